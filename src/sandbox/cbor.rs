//! A CBOR item to be signed: deterministic unless told otherwise (FORMAT.md, Encoding rules).
//!
//! [`Cbor::Map`] sorts its keys and every head is the shortest, so an item is right by default. Two variants
//! exist to be wrong: [`Cbor::AsGiven`] keeps the order of its keys, [`Cbor::Raw`] is any bytes at all.
//!
//! It shares no code with the reader it puts to the test: one mistake made on both sides would show nowhere.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::wire::encode::{head, length};

/// One CBOR item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cbor {
    /// An unsigned integer.
    Uint(u64),
    /// The negative integer `-1 - n`.
    Nint(u64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text string.
    Text(String),
    /// An array.
    Array(Vec<Self>),
    /// A map, written with its keys ascending bytewise by encoding. A key given twice is written twice.
    Map(Vec<(Self, Self)>),
    /// A map in the order given: for keys that are not ascending.
    AsGiven(Vec<(Self, Self)>),
    /// A tagged item.
    Tag(u64, Box<Self>),
    /// A simple value by its number.
    Simple(u8),
    /// The simple value null.
    Null,
    /// The simple value false or true.
    Bool(bool),
    /// Bytes that stand where an item should: for what no other variant can say.
    Raw(Vec<u8>),
}

impl Cbor {
    /// The bytes of this item.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// This item with more bytes behind it, as raw bytes.
    #[must_use]
    pub fn followed_by(&self, bytes: &[u8]) -> Self {
        let mut out = self.encode();
        out.extend_from_slice(bytes);
        Self::Raw(out)
    }

    /// Puts a value under a key of this map, in place of the one that is there. Nothing, if this is no map.
    pub fn put(&mut self, key: impl Into<Self>, value: impl Into<Self>) {
        let (key, value) = (key.into(), value.into());
        self.remove(key.clone());
        if let Self::Map(pairs) | Self::AsGiven(pairs) = self {
            pairs.push((key, value));
        }
    }

    /// Takes a key out of this map. Nothing, if it is not there.
    pub fn remove(&mut self, key: impl Into<Self>) {
        let key = key.into();
        if let Self::Map(pairs) | Self::AsGiven(pairs) = self {
            pairs.retain(|(other, _)| *other != key);
        }
    }

    /// Changes what stands under a key of this map, at an index of this array, or under this tag. Nothing, if
    /// nothing stands there.
    pub fn within(&mut self, key: impl Into<Self>, change: impl FnOnce(&mut Self)) {
        let key = key.into();
        let found = match self {
            Self::Map(pairs) | Self::AsGiven(pairs) => {
                pairs.iter_mut().find(|(other, _)| *other == key).map(|(_, value)| value)
            }
            Self::Array(items) => {
                items.iter_mut().zip(0..).find_map(|(item, n)| (key == Self::Uint(n)).then_some(item))
            }
            Self::Tag(number, item) => (key == Self::Uint(*number)).then_some(&mut **item),
            _ => None,
        };
        if let Some(found) = found {
            change(found);
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Uint(number) => head(out, 0, *number),
            Self::Nint(number) => head(out, 1, *number),
            Self::Bytes(bytes) => {
                head(out, 2, length(bytes));
                out.extend_from_slice(bytes);
            }
            Self::Text(text) => {
                head(out, 3, length(text.as_bytes()));
                out.extend_from_slice(text.as_bytes());
            }
            Self::Array(items) => {
                head(out, 4, length(items));
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(pairs) => {
                let mut pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.encode(), value)).collect();
                pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
                head(out, 5, length(&pairs));
                for (key, value) in pairs {
                    out.extend_from_slice(&key);
                    value.write(out);
                }
            }
            Self::AsGiven(pairs) => {
                head(out, 5, length(pairs));
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Self::Tag(number, item) => {
                head(out, 6, *number);
                item.write(out);
            }
            Self::Simple(number) => head(out, 7, u64::from(*number)),
            Self::Bool(false) => head(out, 7, 20),
            Self::Bool(true) => head(out, 7, 21),
            Self::Null => head(out, 7, 22),
            Self::Raw(bytes) => out.extend_from_slice(bytes),
        }
    }
}

impl From<u64> for Cbor {
    fn from(number: u64) -> Self {
        Self::Uint(number)
    }
}

impl From<i32> for Cbor {
    fn from(number: i32) -> Self {
        // Of the two one fits: -1 - n is `!n` in two's complement.
        u64::try_from(number).map_or_else(|_| Self::Nint(u64::from(!number.cast_unsigned())), Self::Uint)
    }
}

impl From<bool> for Cbor {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Cbor {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cbor {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Cbor {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Cbor {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<T: Into<Self>> FromIterator<T> for Cbor {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

/// `list![a, b]` is the array of these items.
macro_rules! list {
    ($($item:expr),* $(,)?) => {
        $crate::sandbox::cbor::Cbor::Array(alloc::vec![$($crate::sandbox::cbor::Cbor::from($item)),*])
    };
}

/// `map! { key => value }` is the map of these pairs.
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::sandbox::cbor::Cbor::Map(alloc::vec![
            $(($crate::sandbox::cbor::Cbor::from($key), $crate::sandbox::cbor::Cbor::from($value))),*
        ])
    };
}

pub(super) use {list, map};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_the_shortest() {
        for (number, bytes) in [
            (0, &[0x00][..]),
            (23, &[0x17]),
            (24, &[0x18, 24]),
            (255, &[0x18, 255]),
            (256, &[0x19, 1, 0]),
            (65_535, &[0x19, 255, 255]),
            (65_536, &[0x1a, 0, 1, 0, 0]),
            (u64::from(u32::MAX), &[0x1a, 255, 255, 255, 255]),
            (1 << 32, &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
            (u64::MAX, &[0x1b, 255, 255, 255, 255, 255, 255, 255, 255]),
        ] {
            assert_eq!(Cbor::Uint(number).encode(), bytes, "{number}");
        }
    }

    #[test]
    fn negative_numbers() {
        assert_eq!(Cbor::from(-1).encode(), [0x20]);
        assert_eq!(Cbor::from(-19).encode(), [0x32]);
        assert_eq!(Cbor::from(-65_537).encode(), [0x3a, 0, 1, 0, 0]);
        assert_eq!(Cbor::from(i32::MIN).encode(), [0x3a, 0x7f, 255, 255, 255]);
    }

    #[test]
    fn keys_ascend_bytewise_by_encoding() {
        let pairs = map! { Cbor::Simple(59) => 1, -1 => 2, "a" => 3, 24 => 4, 2 => 5 };
        let sorted = [0xa5, 0x02, 5, 0x18, 24, 4, 0x20, 2, 0x61, b'a', 3, 0xf8, 59, 1];
        assert_eq!(pairs.encode(), sorted);
    }

    #[test]
    fn as_given_keeps_the_order() {
        let pairs = Cbor::AsGiven(alloc::vec![(2.into(), 0.into()), (1.into(), 0.into())]);
        assert_eq!(pairs.encode(), [0xa2, 2, 0, 1, 0]);
    }

    #[test]
    fn edits_reach_into_maps_arrays_and_tags() {
        let mut item = Cbor::Tag(18, Box::new(list![map! { 1 => 2 }, 7]));
        item.within(18, |list| list.within(0, |map| map.put(1, "x")));
        item.within(18, |list| list.within(2, |_| unreachable!()));
        assert_eq!(item, Cbor::Tag(18, Box::new(list![map! { 1 => "x" }, 7])));
        item.within(18, |list| list.within(0, |map| map.remove(1)));
        assert_eq!(item.encode(), [0xd2, 0x82, 0xa0, 7]);
    }
}
