//! A claim group as it stands on the wire: its CBOR types and counts, and nothing of its values (FORMAT.md, Claim groups).
//!
//! A wrong shape is `payload.shape` in the clear and `disclosure.malformed` in a disclosure; a right shape with a wrong
//! value is for step 11.

use crate::policy::Group;
use crate::set::Member as _;
use crate::wire::cbor::{Fault, Reader};

/// One group, borrowed from the decode buffer. Dates are the integers as they stand.
#[derive(Clone, Copy)]
pub(super) enum RawGroup<'a> {
    Identity { name: &'a str, number: &'a str },
    Demographics { sex: u64, ethnicity: u64, birth_date: i64 },
    Address { text: &'a str, division: Option<u64> },
    Validity { from: i64, until: Option<i64>, authority: &'a str },
    Ages(RawAges<'a>),
    Household { number: &'a str, kind: u64, relation: u64 },
    Residence { text: &'a str, division: u64 },
    Permit { issued: i64, endorsed_until: i64, authority: &'a str },
    Portrait(&'a [u8; 32]),
}

/// The ages of group 15: as many unsigned integers as there are.
#[derive(Clone, Copy)]
pub(super) struct RawAges<'a> {
    first: Reader<'a>,
    count: u64,
}

impl RawAges<'_> {
    /// At most this many: more cannot ascend strictly to 150.
    pub(super) fn capacity(&self) -> usize {
        usize::try_from(self.count.min(150)).unwrap_or(150)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        let mut reader = self.first;
        // Read once already, so each is there.
        (0..self.count).map_while(move |_| reader.uint().ok())
    }
}

impl<'a> RawGroup<'a> {
    pub(super) fn read(group: Group, reader: &mut Reader<'a>) -> Result<Self, Fault> {
        match group {
            Group::Identity => reader
                .array_of(2, |reader| Ok(Self::Identity { name: reader.text()?, number: reader.text()? })),
            Group::Demographics => reader.array_of(3, |reader| {
                Ok(Self::Demographics {
                    sex: reader.uint()?,
                    ethnicity: reader.uint()?,
                    birth_date: reader.int()?,
                })
            }),
            Group::Address => reader.array(|reader, length| {
                let text = reader.text()?;
                let division = match length {
                    1 => None,
                    2 => Some(reader.uint()?),
                    _ => return Err(Fault::Shape),
                };
                Ok(Self::Address { text, division })
            }),
            Group::Validity => reader.array_of(3, |reader| {
                Ok(Self::Validity {
                    from: reader.int()?,
                    until: reader.nullable(Reader::int)?,
                    authority: reader.text()?,
                })
            }),
            Group::Ages => reader.array(|reader, count| {
                let first = *reader;
                for _ in 0..count {
                    reader.uint()?;
                }
                Ok(Self::Ages(RawAges { first, count }))
            }),
            Group::Household => reader.array_of(3, |reader| {
                Ok(Self::Household { number: reader.text()?, kind: reader.uint()?, relation: reader.uint()? })
            }),
            Group::Residence => reader
                .array_of(2, |reader| Ok(Self::Residence { text: reader.text()?, division: reader.uint()? })),
            Group::Permit => reader.array_of(3, |reader| {
                Ok(Self::Permit {
                    issued: reader.int()?,
                    endorsed_until: reader.int()?,
                    authority: reader.text()?,
                })
            }),
            Group::Portrait => reader.array_of(1, |reader| reader.bytes_of().map(Self::Portrait)),
        }
    }
}

/// Which groups are shown, each at most once: a place for each of the nine.
#[derive(Clone, Copy)]
pub(super) struct RawGroups<'a>([Option<RawGroup<'a>>; 9]);

impl<'a> RawGroups<'a> {
    pub(super) const fn new() -> Self {
        Self([None; 9])
    }

    pub(super) fn get(&self, group: Group) -> Option<RawGroup<'a>> {
        self.0.get(place(group)).copied().flatten()
    }

    /// Puts a group in its place; `false` if one was there.
    pub(super) fn insert(&mut self, group: Group, value: RawGroup<'a>) -> bool {
        match self.0.get_mut(place(group)) {
            Some(place @ None) => {
                *place = Some(value);
                true
            }
            _ => false,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Group, RawGroup<'a>)> {
        Group::ALL.iter().filter_map(|&group| Some((group, self.get(group)?)))
    }
}

fn place(group: Group) -> usize {
    usize::from(group.number() - 11)
}
