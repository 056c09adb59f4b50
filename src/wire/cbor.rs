//! A strict pull reader: every byte is judged as it is read, nothing is copied, and nothing allocated but to compare the
//! keys of a third party's map (FORMAT.md, Encoding rules).
//!
//! ciborium accepts what the format forbids (duplicate and unsorted keys, long integers, indefinite lengths, trailing
//! bytes) and cannot hold `simple(59)`; it is the oracle of the tests instead.
//!
//! A breach of the encoding is reported before a breach of the shape, wherever in the item it stands. So that one pass
//! is enough for a good token, a shape that fails is put aside by [`Reader::attempt`], which steps over the item first.

use alloc::vec::Vec;

use super::labels::{limit, tag};

/// Why an item could not be read, in the order in which the faults of one object are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Not well formed, or not deterministic.
    Malformed,
    /// Well formed, but not the field that belongs here.
    Shape,
    /// A licence of another version.
    Version,
}

/// All parts of one object, or the fault that is reported first.
///
/// # Errors
/// The least fault.
#[inline]
pub(crate) fn all<A, B, C>(
    a: Result<A, Fault>,
    b: Result<B, Fault>,
    c: Result<C, Fault>,
) -> Result<(A, B, C), Fault> {
    match (a, b, c) {
        (Ok(a), Ok(b), Ok(c)) => Ok((a, b, c)),
        (a, b, c) => Err(least([a.err(), b.err(), c.err()])),
    }
}

fn least(faults: [Option<Fault>; 3]) -> Fault {
    // One of them is there: malformed, were it otherwise.
    faults.into_iter().flatten().min().unwrap_or(Fault::Malformed)
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
    #[inline]
    pub(crate) fn encoding_of<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<(&'a [u8], T), Fault> {
        let start = *self;
        let value = read(self)?;
        Ok((self.since(start), value))
    }

    #[inline]
    fn since(&self, start: Self) -> &'a [u8] {
        let length = start.rest.len() - self.rest.len();
        start.rest.get(..length).unwrap_or_default()
    }

    #[inline]
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

    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        match self.head()? {
            Head::Bytes(length) => self.take(length),
            _ => Err(Fault::Shape),
        }
    }

    #[inline]
    pub(crate) fn bytes_of<const N: usize>(&mut self) -> Result<&'a [u8; N], Fault> {
        self.bytes()?.try_into().map_err(|_| Fault::Shape)
    }

    #[inline]
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
            // Under another tag, too: whoever then steps over the item finds that tag malformed.
            _ => Err(Fault::Shape),
        }
    }

    fn skip_item(&mut self, tag_at_top: TagAtTop) -> Result<(), Fault> {
        match self.head()? {
            Head::Unsigned(_) | Head::Negative(_) | Head::Simple(_) => Ok(()),
            Head::Bytes(length) => self.take(length).map(drop),
            Head::Text(length) => self.utf8(length).map(drop),
            // A length beyond the input runs out of bytes at once.
            Head::Array(length) => self.nested(|reader| reader.skip_items(length)),
            Head::Map(length) => self.entries(length, |_, reader| reader.skip_items(1)),
            Head::Tag(number) => {
                let allowed = self.dialect == Dialect::ThirdParty
                    || (tag_at_top == TagAtTop::Sign1 && number == tag::COSE_SIGN1);
                if allowed { self.nested(|reader| reader.skip_items(1)) } else { Err(Fault::Malformed) }
            }
            Head::Float if self.dialect == Dialect::ThirdParty => Ok(()),
            Head::Float => Err(Fault::Malformed),
        }
    }

    /// Most items that an attacker can fit into a token are of one byte: these are stepped over without a look at more.
    #[inline]
    fn skip_items(&mut self, count: u64) -> Result<(), Fault> {
        for _ in 0..count {
            match self.rest {
                [first, rest @ ..] if is_whole(*first) => self.rest = rest,
                _ => self.skip_item(TagAtTop::None)?,
            }
        }
        Ok(())
    }

    #[inline]
    fn entries(
        &mut self,
        length: u64,
        mut read: impl FnMut(Key<'a>, &mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.nested(|reader| {
            let deterministic = reader.dialect == Dialect::Deterministic;
            let (mut last, mut all) = (&[][..], Vec::new());
            for _ in 0..length {
                let (encoded, key) = reader.encoding_of(Self::key)?;
                if !deterministic {
                    all.push(encoded);
                } else if ascends(last, encoded) {
                    last = encoded;
                } else {
                    return Err(Fault::Malformed);
                }
                read(key, reader)?;
            }
            if all.is_empty() { Ok(()) } else { are_different(all) }
        })
    }

    #[inline]
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

    #[inline]
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.nesting == limit::NESTING {
            return Err(Fault::Malformed);
        }
        self.nesting += 1;
        let value = read(self)?;
        self.nesting -= 1;
        Ok(value)
    }

    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8], Fault> {
        let length = usize::try_from(length).map_err(|_| Fault::Malformed)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Fault::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Fault::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    #[inline]
    fn utf8(&mut self, length: u64) -> Result<&'a str, Fault> {
        core::str::from_utf8(self.take(length)?).map_err(|_| Fault::Malformed)
    }

    #[inline(always)]
    fn head(&mut self) -> Result<Head, Fault> {
        let [first] = self.take_array()?;
        let (major, information) = (first >> 5, first & 0x1f);
        if major == 7 {
            return self.simple_or_float(information);
        }
        let argument = match information {
            0..24 => information.into(),
            24 => {
                let [argument] = self.take_array()?;
                shortest(argument.into(), 24)?
            }
            _ => self.long_argument(information)?,
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

    /// The argument of a head of more than two bytes.
    #[inline(never)]
    fn long_argument(&mut self, information: u8) -> Result<u64, Fault> {
        match information {
            25 => shortest(u16::from_be_bytes(self.take_array()?).into(), 1 << 8),
            26 => shortest(u32::from_be_bytes(self.take_array()?).into(), 1 << 16),
            27 => shortest(u64::from_be_bytes(self.take_array()?), 1 << 32),
            // 28 to 30 are reserved, 31 is an indefinite length.
            _ => Err(Fault::Malformed),
        }
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

/// Whether an item ends with its first byte: a small integer, a simple value, an empty string. Arrays and maps are not
/// among them, since they may be too deep.
const fn is_whole(first: u8) -> bool {
    match first >> 5 {
        0 | 1 | 7 => first & 0x1f < 24,
        2 | 3 => first & 0x1f == 0,
        _ => false,
    }
}

const fn shortest(argument: u64, least: u64) -> Result<u64, Fault> {
    if argument < least { Err(Fault::Malformed) } else { Ok(argument) }
}

/// Where their order is free, the keys of a map are still different. Sorted, so that a map of many keys cannot cost the
/// square of their number.
#[cold]
fn are_different(mut keys: Vec<&[u8]>) -> Result<(), Fault> {
    keys.sort_unstable();
    if keys.is_sorted_by(|a, b| a < b) { Ok(()) } else { Err(Fault::Malformed) }
}

/// `last < key`, which nearly always the first byte says. Nothing comes before the first key: it is not compared, since
/// comparing memory at the address of no slice can cost more than all else here.
#[inline]
fn ascends(last: &[u8], key: &[u8]) -> bool {
    match (last.first(), key.first()) {
        (None, _) => true,
        (Some(a), Some(b)) if a != b => a < b,
        _ => last < key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec;
    use proptest::prelude::*;

    fn well_formed(bytes: &[u8]) -> bool {
        decode(bytes, |reader| reader.skip().map(drop)).is_ok()
    }

    fn accepted_from_third_party(bytes: &[u8]) -> bool {
        decode_third_party(bytes, |reader| reader.skip().map(drop)).is_ok()
    }

    fn hexadecimal(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    #[test]
    fn deterministic_items_are_taken() {
        for item in [
            "00",
            "17",
            "1818",
            "18ff",
            "190100",
            "1a00010000",
            "1b0000000100000000",
            "1bffffffffffffffff",
            "20",
            "3bffffffffffffffff",
            "40",
            "4101",
            "60",
            "63e69d8e",
            "80",
            "820102",
            "a0",
            "a10102",
            "a2010220f6",
            "f4",
            "f5",
            "f6",
            "f7",
            "e0",
            "f0",
            "f820",
            "f83b",
            "f8ff",
            "a4000001000200f83b00",
        ] {
            assert!(well_formed(&hexadecimal(item)), "{item}");
        }
    }

    #[test]
    fn everything_else_is_malformed() {
        for (item, why) in [
            ("", "nothing"),
            ("0000", "a byte after the item"),
            ("1817", "a long integer"),
            ("1900ff", "a long integer"),
            ("1a0000ffff", "a long integer"),
            ("1b00000000ffffffff", "a long integer"),
            ("5817", "a long length, and cut"),
            ("9800", "a long length"),
            ("b800", "a long length"),
            ("1c", "reserved"),
            ("3d", "reserved"),
            ("5e", "reserved"),
            ("fc", "reserved"),
            ("5fff", "indefinite bytes"),
            ("7fff", "indefinite text"),
            ("9fff", "an indefinite array"),
            ("bfff", "an indefinite map"),
            ("ff", "a break"),
            ("f800", "a simple value in two bytes"),
            ("f81f", "a simple value in two bytes"),
            ("f8", "a cut simple value"),
            ("f90000", "a float"),
            ("fa00000000", "a float"),
            ("fb0000000000000000", "a float"),
            ("c000", "a tag"),
            ("d200", "a tag"),
            ("81", "a missing item"),
            ("a101", "a missing value"),
            ("a201010101", "a key twice"),
            ("a202010101", "keys descending"),
            ("a2200100f6", "keys descending, by their encoding"),
            ("61ff", "no UTF-8"),
            ("62c080", "overlong UTF-8"),
            ("63eda080", "a surrogate"),
            ("4201", "cut bytes"),
            ("5bffffffffffffffff", "endless bytes"),
            ("9bffffffffffffffff", "an endless array"),
            ("bbffffffffffffffff", "an endless map"),
            ("a1f9000000", "a float for a key"),
        ] {
            assert!(!well_formed(&hexadecimal(item)), "{item}: {why}");
        }
    }

    #[test]
    fn twelve_deep_and_not_thirteen() {
        let nested = |depth: usize| [vec![0x81; depth], vec![0x00]].concat();
        assert!(well_formed(&nested(12)) && !well_formed(&nested(13)));
        assert!(accepted_from_third_party(&nested(12)) && !accepted_from_third_party(&nested(13)));
        let maps = |depth: usize| [[0xa1, 0x00].repeat(depth), vec![0x00]].concat();
        assert!(well_formed(&maps(12)) && !well_formed(&maps(13)));
        let keys = |depth: usize| [vec![0xa1; depth], vec![0x00; depth + 1]].concat();
        assert!(well_formed(&keys(12)) && !well_formed(&keys(13)));
        let tags = |depth: usize| [vec![0xc1; depth], vec![0x00]].concat();
        assert!(accepted_from_third_party(&tags(12)) && !accepted_from_third_party(&tags(13)));
        assert!(!well_formed(&vec![0x81; 100_000]));
        // The sibling of something deep is not deeper for it.
        assert!(well_formed(&[&[0x82][..], &nested(11), &nested(11)].concat()));
    }

    #[test]
    fn third_parties_may_order_tag_and_float_but_not_repeat() {
        for item in ["a202010101", "c000", "f90000", "fb0000000000000000", "a2616101616201", "d83d80"] {
            assert!(accepted_from_third_party(&hexadecimal(item)), "{item}");
        }
        for item in ["a201010101", "a3020001000200", "1817", "9fff", "0000", "61ff", "f81f", "c1"] {
            assert!(!accepted_from_third_party(&hexadecimal(item)), "{item}");
        }
    }

    #[test]
    fn malformed_is_found_before_a_wrong_shape() {
        // A text where a number is wanted, and a long integer behind it.
        let read = |bytes: &[u8]| {
            decode(bytes, |reader| reader.array_of(2, |reader| Ok((reader.uint()?, reader.uint()?))))
                .unwrap_err()
        };
        assert_eq!(read(&hexadecimal("82616100")), Fault::Shape);
        assert_eq!(read(&hexadecimal("8261611817")), Fault::Malformed);
        assert_eq!(read(&hexadecimal("8361610000")), Fault::Shape);
        assert_eq!(read(&hexadecimal("8261610000")), Fault::Malformed);
        // Tag 18 stands at the top of a COSE_Sign1 and nowhere else.
        let under_tag = |bytes: &[u8]| decode_sign1(bytes, |reader| reader.sign1_tag(Reader::uint)).err();
        assert_eq!(under_tag(&hexadecimal("d200")), None);
        assert_eq!(under_tag(&hexadecimal("00")), Some(Fault::Shape));
        assert_eq!(under_tag(&hexadecimal("d260")), Some(Fault::Shape));
        assert_eq!(under_tag(&hexadecimal("d2d200")), Some(Fault::Malformed));
        assert_eq!(under_tag(&hexadecimal("d100")), Some(Fault::Malformed));
        assert_eq!(decode(&hexadecimal("d200"), Reader::uint), Err(Fault::Malformed));
    }

    #[test]
    fn integers_beyond_i64_saturate_and_are_nobodys_key() {
        let int = |item: &str| decode(&hexadecimal(item), Reader::int).unwrap();
        assert_eq!(int("1b7fffffffffffffff"), i64::MAX);
        assert_eq!(int("1b8000000000000000"), i64::MAX);
        assert_eq!(int("3b7fffffffffffffff"), i64::MIN);
        assert_eq!(int("3bffffffffffffffff"), i64::MIN);
        decode(&hexadecimal("a11bffffffffffffffff00"), |reader| {
            reader.map(|key, reader| {
                assert_eq!(key, Key::Other);
                reader.uint().map(drop)
            })
        })
        .unwrap();
    }

    /// The slow and obvious way: read into a tree without minding the form, write the tree in the one right form, compare.
    #[derive(Clone, Debug)]
    enum Tree {
        Unsigned(u64),
        Negative(u64),
        Bytes(Vec<u8>),
        Text(String),
        Array(Vec<Self>),
        Map(Vec<(Self, Self)>),
        Simple(u8),
    }

    impl Tree {
        fn read(input: &mut &[u8]) -> Option<Self> {
            let (&first, rest) = input.split_first()?;
            *input = rest;
            let mut number = |bytes: usize| {
                let (head, rest) = input.split_at_checked(bytes)?;
                *input = rest;
                Some(head.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
            };
            let argument = match first & 31 {
                small @ 0..=23 => u64::from(small),
                24 => number(1)?,
                25 => number(2)?,
                26 => number(4)?,
                27 => number(8)?,
                _ => return None,
            };
            let mut take = || {
                let (head, rest) = input.split_at_checked(usize::try_from(argument).ok()?)?;
                *input = rest;
                Some(head.to_vec())
            };
            Some(match first >> 5 {
                0 => Self::Unsigned(argument),
                1 => Self::Negative(argument),
                2 => Self::Bytes(take()?),
                3 => Self::Text(String::from_utf8(take()?).ok()?),
                4 => Self::Array((0..argument).map(|_| Self::read(input)).collect::<Option<_>>()?),
                5 => Self::Map(
                    (0..argument)
                        .map(|_| Some((Self::read(input)?, Self::read(input)?)))
                        .collect::<Option<_>>()?,
                ),
                // 24 to 31 are no simple values in either form.
                7 if first & 31 <= 24 && !(24..32).contains(&argument) => {
                    Self::Simple(u8::try_from(argument).ok()?)
                }
                _ => return None,
            })
        }

        fn write(&self, out: &mut Vec<u8>) {
            let mut head = |major: u8, argument: u64| {
                let bytes = argument.to_be_bytes();
                match argument {
                    0..=23 => out.push(major << 5 | bytes[7]),
                    24..=0xff => out.extend([major << 5 | 24, bytes[7]]),
                    0x100..=0xffff => out.extend([&[major << 5 | 25][..], &bytes[6..]].concat()),
                    0x1_0000..=0xffff_ffff => out.extend([&[major << 5 | 26][..], &bytes[4..]].concat()),
                    _ => out.extend([&[major << 5 | 27][..], &bytes].concat()),
                }
            };
            let length = |length: usize| u64::try_from(length).unwrap();
            match self {
                Self::Unsigned(number) => head(0, *number),
                Self::Negative(number) => head(1, *number),
                Self::Simple(number) => head(7, u64::from(*number)),
                Self::Bytes(bytes) => {
                    head(2, length(bytes.len()));
                    out.extend(bytes);
                }
                Self::Text(text) => {
                    head(3, length(text.len()));
                    out.extend(text.bytes());
                }
                Self::Array(items) => {
                    head(4, length(items.len()));
                    items.iter().for_each(|item| item.write(out));
                }
                Self::Map(entries) => {
                    let mut entries: Vec<_> =
                        entries.iter().map(|(key, value)| (key.bytes(), value.bytes())).collect();
                    entries.sort();
                    entries.dedup_by(|a, b| a.0 == b.0);
                    head(5, length(entries.len()));
                    entries.iter().for_each(|(key, value)| out.extend(key.iter().chain(value)));
                }
            }
        }

        fn bytes(&self) -> Vec<u8> {
            let mut out = Vec::new();
            self.write(&mut out);
            out
        }

        fn depth(&self) -> usize {
            match self {
                Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
                Self::Map(entries) => {
                    1 + entries.iter().map(|(key, value)| key.depth().max(value.depth())).max().unwrap_or(0)
                }
                _ => 0,
            }
        }
    }

    /// Well formed by the slow way.
    fn obviously(mut bytes: &[u8]) -> bool {
        let all = bytes;
        // A tree as deep as the input is long is not read at all.
        if all.iter().filter(|byte| matches!(*byte >> 5, 4 | 5)).count() > 500 {
            return false;
        }
        let Some(tree) = Tree::read(&mut bytes) else { return false };
        bytes.is_empty() && tree.bytes() == all && tree.depth() <= 12
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            any::<u64>().prop_map(Tree::Unsigned),
            (0..30_u64).prop_map(Tree::Unsigned),
            any::<u64>().prop_map(Tree::Negative),
            (0..300_u64).prop_map(Tree::Negative),
            proptest::collection::vec(any::<u8>(), 0..30).prop_map(Tree::Bytes),
            "\\PC{0,30}".prop_map(Tree::Text),
            prop_oneof![0..24_u8, 32..=255_u8].prop_map(Tree::Simple),
        ];
        leaf.prop_recursive(14, 60, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Tree::Array),
                proptest::collection::vec((inner.clone(), inner), 0..5).prop_map(Tree::Map),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn agrees_with_the_slow_way(tree in tree(), edits in proptest::collection::vec((any::<u16>(), any::<u8>(), 0..4_u8), 0..3)) {
            let mut bytes = tree.bytes();
            prop_assert_eq!(well_formed(&bytes), tree.depth() <= 12);
            for (place, byte, edit) in edits {
                let place = usize::from(place) % (bytes.len() + 1);
                match edit {
                    0 if place < bytes.len() => bytes[place] ^= byte,
                    1 => bytes.insert(place, byte),
                    2 if place < bytes.len() => drop(bytes.remove(place)),
                    _ => bytes.truncate(place),
                }
                prop_assert_eq!(well_formed(&bytes), obviously(&bytes), "{:02x?}", bytes);
                prop_assert!(!well_formed(&bytes) || accepted_from_third_party(&bytes));
            }
        }

        #[test]
        fn agrees_with_the_slow_way_on_noise(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(well_formed(&bytes), obviously(&bytes), "{:02x?}", bytes);
        }
    }
}
