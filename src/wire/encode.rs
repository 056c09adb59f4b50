//! Deterministic CBOR, written (RFC 8949 4.2.1): shortest heads, definite lengths. That map keys ascend is the caller's part;
//! receipts and policies write theirs in order.

use alloc::vec::Vec;

/// An item being written, front to back.
#[derive(Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn uint(&mut self, number: u64) -> &mut Self {
        head(&mut self.0, 0, number);
        self
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        head(&mut self.0, 2, length(bytes));
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        head(&mut self.0, 3, length(text.as_bytes()));
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        head(&mut self.0, 7, 22);
        self
    }

    /// The head of an array: its items are written next.
    pub(crate) fn array(&mut self, items: usize) -> &mut Self {
        head(&mut self.0, 4, u64::try_from(items).unwrap_or(u64::MAX));
        self
    }

    /// The head of a map: its keys and values are written next, keys ascending.
    pub(crate) fn map(&mut self, pairs: usize) -> &mut Self {
        head(&mut self.0, 5, u64::try_from(pairs).unwrap_or(u64::MAX));
        self
    }

    /// An item that is encoded already.
    pub(crate) fn item(&mut self, encoded: &[u8]) -> &mut Self {
        self.0.extend_from_slice(encoded);
        self
    }
}

/// The first byte of an item and its number, in the shortest form.
pub(crate) fn head(out: &mut Vec<u8>, major: u8, number: u64) {
    let (info, width) = match (u8::try_from(number), number) {
        (Ok(small @ 0..=23), _) => (small, 0),
        (Ok(_), _) => (24, 1),
        (_, ..=0xFFFF) => (25, 2),
        (_, ..=0xFFFF_FFFF) => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | info);
    out.extend(number.to_be_bytes().iter().skip(8 - width));
}

pub(crate) fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
