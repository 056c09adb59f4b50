//! COSE_Sign1 and its headers (RFC 9052): the parts as received, and the bytes that a signature covers.

use super::cbor::{Fault, Key, Reader};
use super::labels::header;

/// The signed parts of one COSE_Sign1, as received.
#[derive(Clone, Copy)]
pub(crate) struct Sign1<'a> {
    pub(crate) protected: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) signature: &'a [u8; 64],
}

impl<'a> Sign1<'a> {
    /// Reads a tagged COSE_Sign1; `unprotected` reads its unprotected map.
    pub(crate) fn read<T>(
        reader: &mut Reader<'a>,
        unprotected: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
    ) -> Result<(Self, T), Fault> {
        reader.sign1_tag(|reader| {
            reader.array_of(4, |reader| {
                let protected = reader.bytes()?;
                let found = unprotected(reader)?;
                let payload = reader.bytes()?;
                let signature = reader.bytes_of()?;
                Ok((Self { protected, payload, signature }, found))
            })
        })
    }

    /// The Sig_structure `["Signature1", protected, h'', payload]` (RFC 9052 4.4) in pieces: it is never copied together.
    pub(crate) fn signed_bytes<T>(&self, verify: impl FnOnce(&[&[u8]]) -> T) -> T {
        let (mut first, mut second) = ([0; 5], [0; 5]);
        verify(&[
            b"\x84\x6aSignature1",
            bytes_head(self.protected.len(), &mut first),
            self.protected,
            b"\x40",
            bytes_head(self.payload.len(), &mut second),
            self.payload,
        ])
    }
}

/// The CBOR head of a byte string.
fn bytes_head(length: usize, buffer: &mut [u8; 5]) -> &[u8] {
    const BYTES: u8 = 2 << 5;
    // No object here reaches 4 GiB; one that did would fail its signature.
    let [c, d, e, f] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let used = match length {
        0..=23 => {
            *buffer = [BYTES | f, 0, 0, 0, 0];
            1
        }
        24..=0xff => {
            *buffer = [BYTES | 24, f, 0, 0, 0];
            2
        }
        0x100..=0xffff => {
            *buffer = [BYTES | 25, e, f, 0, 0];
            3
        }
        _ => {
            *buffer = [BYTES | 26, c, d, e, f];
            5
        }
    };
    buffer.get(..used).unwrap_or_default()
}

/// What stands in header 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typ<'a> {
    Int(i64),
    Text(&'a str),
    /// Missing, or neither.
    None,
}

/// Both header maps of one COSE_Sign1, but for the parameters that only this kind of object has.
#[derive(Clone, Copy)]
pub(crate) struct Headers<'a> {
    pub(crate) critical: bool,
    pub(crate) typ: Typ<'a>,
    /// `None` where it is missing or no integer.
    pub(crate) algorithm: Option<i64>,
    /// A parameter that does not belong where it stands.
    pub(crate) unexpected: bool,
}

/// Which of the two header maps is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    Protected,
    Unprotected,
}

impl<'a> Headers<'a> {
    pub(crate) const fn new() -> Self {
        Self { critical: false, typ: Typ::None, algorithm: None, unexpected: false }
    }

    /// Reads one map into `self`. `own` reads the value of a parameter of this kind of object and says `true`, or leaves
    /// it and says `false`.
    pub(crate) fn read(
        &mut self,
        bucket: Bucket,
        reader: &mut Reader<'a>,
        mut own: impl FnMut(i64, &mut Reader<'a>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        reader.map(|key, reader| {
            match key {
                Key::Int(header::CRIT) => self.critical = true,
                Key::Int(header::ALG) if bucket == Bucket::Protected => {
                    self.algorithm = reader.int_or_other()?;
                    return Ok(());
                }
                Key::Int(header::TYP) if bucket == Bucket::Protected => {
                    self.typ = typ(reader)?;
                    return Ok(());
                }
                Key::Int(label) if own(label, reader)? => return Ok(()),
                _ => self.unexpected = true,
            }
            reader.skip().map(drop)
        })
    }
}

fn typ<'a>(reader: &mut Reader<'a>) -> Result<Typ<'a>, Fault> {
    let mut ahead = *reader;
    if let Ok(text) = ahead.text() {
        *reader = ahead;
        return Ok(Typ::Text(text));
    }
    Ok(reader.int_or_other()?.map_or(Typ::None, Typ::Int))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_head_of_a_byte_string_is_shortest() {
        let mut buffer = [0; 5];
        for (length, head) in [
            (0, vec![0x40]),
            (23, vec![0x57]),
            (24, vec![0x58, 24]),
            (255, vec![0x58, 255]),
            (256, vec![0x59, 1, 0]),
            (65_535, vec![0x59, 255, 255]),
            (65_536, vec![0x5a, 0, 1, 0, 0]),
            (0x0102_0304, vec![0x5a, 1, 2, 3, 4]),
        ] {
            assert_eq!(bytes_head(length, &mut buffer), head);
        }
    }
}
