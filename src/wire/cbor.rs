//! A strict pull reader: every byte is judged as it is read, nothing is copied or allocated (FORMAT.md, Encoding rules).
//!
//! ciborium accepts what the format forbids (duplicate and unsorted keys, long integers, indefinite lengths, trailing
//! bytes) and cannot hold `simple(59)`; it is the oracle of the tests instead.
//!
//! A breach of the encoding is reported before a breach of the shape, wherever in the item it stands. So that one pass
//! is enough for a good token, a shape that fails is put aside by [`Reader::attempt`], which steps over the item first.

use alloc::vec::Vec;

use super::labels::{limit, tag};

/// Why an item could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not well formed, or not deterministic.
    Malformed,
    /// Well formed, but not the field that belongs here.
    Shape,
    /// A licence of another version.
    Version,
}

/// Which encodings are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// RFC 8949 4.2.1 without floats, and without tags but where the caller asks for one.
    Deterministic,
    /// Tokens of third-party tools: key order, tags and floats are free.
    ThirdParty,
}

/// The key of a map entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Int(i64),
    Text(&'a str),
    Simple(u8),
    /// Well formed, and none that the format names.
    Other,
}

enum Head {
    Unsigned(u64),
    Negative(u64),
    Bytes(u64),
    Text(u64),
    Array(u64),
    Map(u64),
    Tag(u64),
    Simple(u8),
    Float,
}

const FALSE: u8 = 20;
const TRUE: u8 = 21;
const NULL: u8 = 22;

/// Reads one item, and refuses bytes after it.
///
/// # Errors
/// [`Fault::Malformed`] first, wherever it stands; else what `read` finds.
pub(crate) fn decode<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    finished(bytes, Dialect::Deterministic, TagAtTop::None, read)
}

/// [`decode`] for a COSE_Sign1, which stands under its tag.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_sign1<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    finished(bytes, Dialect::Deterministic, TagAtTop::Sign1, read)
}

/// [`decode`] for tokens that third-party tools make.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_third_party<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    finished(bytes, Dialect::ThirdParty, TagAtTop::None, read)
}

fn finished<'a, T>(
    bytes: &'a [u8],
    dialect: Dialect,
    tag_at_top: TagAtTop,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut reader = Reader { rest: bytes, nesting: 0, dialect };
    let outcome = reader.attempt_under(tag_at_top, read)?;
    if reader.rest.is_empty() { outcome } else { Err(Fault::Malformed) }
}

/// A place in the input, and how many arrays, maps and tags are open around it.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    nesting: u8,
    dialect: Dialect,
}

impl<'a> Reader<'a> {
    /// Runs `read` on the next item. Where the item is well formed but `read` does not want it, the item is stepped
    /// over and the fault handed back inside, so that a malformed byte further on is still the first to be reported.
    ///
    /// # Errors
    /// [`Fault::Malformed`] only.
    pub(crate) fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Result<T, Fault>, Fault> {
        self.attempt_under(TagAtTop::None, read)
    }

    /// [`Reader::attempt`] for a COSE_Sign1, which stands under its tag.
    ///
    /// # Errors
    /// [`Fault::Malformed`] only.
    pub(crate) fn attempt_sign1<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Result<T, Fault>, Fault> {
        self.attempt_under(TagAtTop::Sign1, read)
    }

    fn attempt_under<T>(
        &mut self,
        tag_at_top: TagAtTop,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Result<T, Fault>, Fault> {
        let start = *self;
        match read(self) {
            Err(Fault::Malformed) => Err(Fault::Malformed),
            Err(fault) => {
                *self = start;
                self.skip_item(tag_at_top)?;
                Ok(Err(fault))
            }
            Ok(value) => Ok(Ok(value)),
        }
    }

    /// Steps over one item, and gives its encoding.
    pub(crate) fn skip(&mut self) -> Result<&'a [u8], Fault> {
        let start = *self;
        self.skip_item(TagAtTop::None)?;
        Ok(self.since(start))
    }

    /// The encoding of what `read` reads.
    pub(crate) fn encoding_of<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<(&'a [u8], T), Fault> {
        let start = *self;
        let value = read(self)?;
        Ok((self.since(start), value))
    }

    fn since(&self, start: Self) -> &'a [u8] {
        let length = start.rest.len() - self.rest.len();
        start.rest.get(..length).unwrap_or_default()
    }

    pub(crate) fn uint(&mut self) -> Result<u64, Fault> {
        match self.head()? {
            Head::Unsigned(value) => Ok(value),
            _ => Err(Fault::Shape),
        }
    }

    /// An integer of either sign; one that `i64` cannot hold becomes its nearest bound.
    pub(crate) fn int(&mut self) -> Result<i64, Fault> {
        match self.head()? {
            Head::Unsigned(value) => Ok(i64::try_from(value).unwrap_or(i64::MAX)),
            Head::Negative(value) => Ok(i64::try_from(value).map_or(i64::MIN, |value| -1 - value)),
            _ => Err(Fault::Shape),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        match self.head()? {
            Head::Bytes(length) => self.take(length),
            _ => Err(Fault::Shape),
        }
    }

    pub(crate) fn bytes_of<const N: usize>(&mut self) -> Result<&'a [u8; N], Fault> {
        self.bytes()?.try_into().map_err(|_| Fault::Shape)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Fault> {
        match self.head()? {
            Head::Text(length) => self.utf8(length),
            _ => Err(Fault::Shape),
        }
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Fault> {
        match self.head()? {
            Head::Simple(FALSE) => Ok(false),
            Head::Simple(TRUE) => Ok(true),
            _ => Err(Fault::Shape),
        }
    }

    /// `read`, or `null`.
    pub(crate) fn nullable<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut ahead = *self;
        if matches!(ahead.head()?, Head::Simple(NULL)) {
            *self = ahead;
            return Ok(None);
        }
        read(self).map(Some)
    }

    /// An integer, or any other item, which is stepped over.
    pub(crate) fn int_or_other(&mut self) -> Result<Option<i64>, Fault> {
        self.attempt(Self::int).map(Result::ok)
    }

    /// An array: `read` is told its length and reads each of its items.
    pub(crate) fn array<T>(
        &mut self,
        read: impl FnOnce(&mut Self, u64) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        match self.head()? {
            Head::Array(length) => self.nested(|reader| read(reader, length)),
            _ => Err(Fault::Shape),
        }
    }

    /// An array of exactly `length` items.
    pub(crate) fn array_of<T>(
        &mut self,
        length: u64,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.array(|reader, found| if found == length { read(reader) } else { Err(Fault::Shape) })
    }

    /// An array of 1 to `most` items, each read by `read`; gives their number.
    pub(crate) fn array_up_to(
        &mut self,
        most: usize,
        mut read: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<usize, Fault> {
        self.array(|reader, length| {
            let length = usize::try_from(length).map_err(|_| Fault::Shape)?;
            if length == 0 || length > most {
                return Err(Fault::Shape);
            }
            for _ in 0..length {
                read(reader)?;
            }
            Ok(length)
        })
    }

    /// A map: `read` reads the value of each key.
    pub(crate) fn map(
        &mut self,
        read: impl FnMut(Key<'a>, &mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self.head()? {
            Head::Map(length) => self.entries(length, read),
            _ => Err(Fault::Shape),
        }
    }

    /// An item under the tag of COSE_Sign1; without it, [`Fault::Shape`].
    pub(crate) fn sign1_tag<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        match self.head()? {
            Head::Tag(tag::COSE_SIGN1) => self.nested(read),
            // Around a third party's COSE_Sign1 other tags are free, as everywhere in it.
            Head::Tag(_) if self.dialect == Dialect::ThirdParty => {
                self.nested(|reader| reader.sign1_tag(read))
            }
            Head::Tag(_) => Err(Fault::Malformed),
            _ => Err(Fault::Shape),
        }
    }

    fn skip_item(&mut self, tag_at_top: TagAtTop) -> Result<(), Fault> {
        match self.head()? {
            Head::Unsigned(_) | Head::Negative(_) | Head::Simple(_) => Ok(()),
            Head::Bytes(length) => self.take(length).map(drop),
            Head::Text(length) => self.utf8(length).map(drop),
            Head::Array(length) => self.nested(|reader| {
                // A length beyond the input runs out of bytes at once.
                for _ in 0..length {
                    reader.skip_item(TagAtTop::None)?;
                }
                Ok(())
            }),
            Head::Map(length) => self.entries(length, |_, reader| reader.skip_item(TagAtTop::None)),
            Head::Tag(number) => {
                let allowed = self.dialect == Dialect::ThirdParty
                    || (tag_at_top == TagAtTop::Sign1 && number == tag::COSE_SIGN1);
                if allowed {
                    self.nested(|reader| reader.skip_item(TagAtTop::None))
                } else {
                    Err(Fault::Malformed)
                }
            }
            Head::Float if self.dialect == Dialect::ThirdParty => Ok(()),
            Head::Float => Err(Fault::Malformed),
        }
    }

    fn entries(
        &mut self,
        length: u64,
        mut read: impl FnMut(Key<'a>, &mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.nested(|reader| {
            let mut keys = KeyOrder::new(reader.dialect);
            for _ in 0..length {
                let (encoded, key) = reader.encoding_of(Self::key)?;
                keys.take(encoded)?;
                read(key, reader)?;
            }
            keys.finish()
        })
    }

    fn key(&mut self) -> Result<Key<'a>, Fault> {
        let start = *self;
        Ok(match self.head()? {
            Head::Unsigned(value) => i64::try_from(value).map_or(Key::Other, Key::Int),
            Head::Negative(value) => i64::try_from(value).map_or(Key::Other, |value| Key::Int(-1 - value)),
            Head::Text(length) => Key::Text(self.utf8(length)?),
            Head::Simple(value) => Key::Simple(value),
            _ => {
                *self = start;
                self.skip()?;
                Key::Other
            }
        })
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.nesting == limit::NESTING {
            return Err(Fault::Malformed);
        }
        self.nesting += 1;
        let value = read(self)?;
        self.nesting -= 1;
        Ok(value)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let length = usize::try_from(length).map_err(|_| Fault::Malformed)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Fault::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Fault::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn utf8(&mut self, length: u64) -> Result<&'a str, Fault> {
        core::str::from_utf8(self.take(length)?).map_err(|_| Fault::Malformed)
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let [first] = self.take_array()?;
        let (major, information) = (first >> 5, first & 0x1f);
        if major == 7 {
            return self.simple_or_float(information);
        }
        let argument = match information {
            0..=23 => u64::from(information),
            24 => shortest(u8::from_be_bytes(self.take_array()?).into(), 24)?,
            25 => shortest(u16::from_be_bytes(self.take_array()?).into(), 1 << 8)?,
            26 => shortest(u32::from_be_bytes(self.take_array()?).into(), 1 << 16)?,
            27 => shortest(u64::from_be_bytes(self.take_array()?), 1 << 32)?,
            // 28 to 30 are reserved, 31 is an indefinite length.
            _ => return Err(Fault::Malformed),
        };
        Ok(match major {
            0 => Head::Unsigned(argument),
            1 => Head::Negative(argument),
            2 => Head::Bytes(argument),
            3 => Head::Text(argument),
            4 => Head::Array(argument),
            5 => Head::Map(argument),
            _ => Head::Tag(argument),
        })
    }

    fn simple_or_float(&mut self, information: u8) -> Result<Head, Fault> {
        match information {
            0..=23 => Ok(Head::Simple(information)),
            24 => match self.take_array()? {
                [value] if value >= 32 => Ok(Head::Simple(value)),
                _ => Err(Fault::Malformed),
            },
            25 => self.take_array::<2>().map(|_| Head::Float),
            26 => self.take_array::<4>().map(|_| Head::Float),
            27 => self.take_array::<8>().map(|_| Head::Float),
            _ => Err(Fault::Malformed),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TagAtTop {
    None,
    Sign1,
}

const fn shortest(argument: u64, least: u64) -> Result<u64, Fault> {
    if argument < least { Err(Fault::Malformed) } else { Ok(argument) }
}

/// Holds the keys of one map to their order, or, where the order is free, to being different.
enum KeyOrder<'a> {
    Ascending { last: Option<&'a [u8]> },
    Free { all: Vec<&'a [u8]> },
}

impl<'a> KeyOrder<'a> {
    const fn new(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Deterministic => Self::Ascending { last: None },
            Dialect::ThirdParty => Self::Free { all: Vec::new() },
        }
    }

    fn take(&mut self, key: &'a [u8]) -> Result<(), Fault> {
        match self {
            Self::Ascending { last } => {
                if last.is_some_and(|last| last >= key) {
                    return Err(Fault::Malformed);
                }
                *last = Some(key);
            }
            Self::Free { all } => all.push(key),
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Fault> {
        if let Self::Free { mut all } = self {
            // Sorted, so that a map of many keys cannot cost the square of their number.
            all.sort_unstable();
            if all.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err(Fault::Malformed) }
        } else {
            Ok(())
        }
    }
}
