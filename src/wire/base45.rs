//! Base45 (RFC 9285), strictly: upper case only, triples at most 65535, pairs at most 255, no left-over character.
//!
//! The `base45` crate needs `std`; the rule is three lines long.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Not a character of the alphabet: above anything that a triple of right ones may come to.
const NONE: u32 = 1 << 16;

/// What each byte stands for at the first, second and third place of a triple.
const FIRST: [u32; 256] = values(1);
const SECOND: [u32; 256] = values(45);
const THIRD: [u32; 256] = values(2025);

#[allow(clippy::indexing_slicing, clippy::as_conversions, clippy::cast_possible_truncation)]
const fn values(weight: u32) -> [u32; 256] {
    let mut table = [NONE; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        table[ALPHABET[i] as usize] = weight * i as u32;
        i += 1;
    }
    table
}

/// Whether `byte` is in the alphabet.
pub(crate) fn has(byte: u8) -> bool {
    ALPHABET.contains(&byte)
}

/// Bytes that `characters` characters decode to.
pub(crate) const fn decoded_len(characters: usize) -> usize {
    characters / 3 * 2 + characters % 3 / 2
}

/// Decodes into `out`, which has [`decoded_len`] bytes; `None` for anything that no encoder writes.
///
/// A wrong triple is noticed once, at the end: that is faster than looking at each.
pub(crate) fn decode(text: &[u8], out: &mut [u8]) -> Option<()> {
    // The caller sees to it. Were `out` shorter, the end of the text would not be looked at.
    if out.len() != decoded_len(text.len()) {
        return None;
    }
    let (triples, tail) = text.as_chunks::<3>();
    let (pairs, rest) = out.as_chunks_mut::<2>();
    let mut above = 0;
    for (&[c, d, e], pair) in triples.iter().zip(pairs) {
        let value = value(&FIRST, c) + value(&SECOND, d) + value(&THIRD, e);
        above |= value;
        let [low, high, ..] = value.to_le_bytes();
        *pair = [high, low];
    }
    match (tail, rest) {
        ([], []) => {}
        (&[c, d], [byte]) => *byte = u8::try_from(value(&FIRST, c) + value(&SECOND, d)).ok()?,
        _ => return None,
    }
    (above < NONE).then_some(())
}

fn value(table: &[u32; 256], character: u8) -> u32 {
    // It has a place for every byte.
    table.get(usize::from(character)).copied().unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::collection;
    use proptest::prelude::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = vec![0; decoded_len(text.len())];
        decode(text.as_bytes(), &mut out).map(|()| out)
    }

    #[test]
    fn the_examples_of_rfc_9285() {
        assert_eq!(decoded("BB8").unwrap(), b"AB");
        assert_eq!(decoded("%69 VD92EX0").unwrap(), b"Hello!!");
        assert_eq!(decoded("UJCLQE7W581").unwrap(), b"base-45");
        assert_eq!(decoded("QED8WEX0").unwrap(), b"ietf!");
        assert_eq!(decoded("").unwrap(), b"");
    }

    #[test]
    fn what_no_encoder_writes_is_refused() {
        assert_eq!(decoded("FGW").unwrap(), [0xff, 0xff]);
        for wrong in ["GGW", ":::", "A", "AAAA", "::", "bb8", "BB\u{e9}", "B_8", "BB8\n", "U6", "V5"] {
            // "U5" is 255: the last pair that fits one byte.
            assert_eq!(decoded(wrong), None, "{wrong:?}");
        }
        assert_eq!(decoded("U5").unwrap(), [0xff]);
    }

    #[test]
    fn every_triple_and_pair_round_trips() {
        for value in 0..=u16::MAX {
            let text: Vec<u8> = [value % 45, value / 45 % 45, value / 2025]
                .iter()
                .map(|&digit| ALPHABET[usize::from(digit)])
                .collect();
            let mut out = [0; 2];
            decode(&text, &mut out).unwrap();
            assert_eq!(out, value.to_be_bytes());
        }
        for value in 0..=u8::MAX {
            let text = [ALPHABET[usize::from(value % 45)], ALPHABET[usize::from(value / 45)]];
            let mut out = [0];
            decode(&text, &mut out).unwrap();
            assert_eq!(out, [value]);
        }
    }

    /// RFC 9285, section 4, written down.
    fn encoded(bytes: &[u8]) -> Vec<u8> {
        let digit = |value: usize| ALPHABET[value % 45];
        let pair = |pair: &[u8]| match *pair {
            [a, b] => {
                let value = usize::from(a) * 256 + usize::from(b);
                vec![digit(value), digit(value / 45), digit(value / 45 / 45)]
            }
            _ => vec![digit(pair[0].into()), digit(usize::from(pair[0]) / 45)],
        };
        bytes.chunks(2).flat_map(pair).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes in collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decoded(core::str::from_utf8(&encoded(&bytes)).unwrap()), Some(bytes));
        }

        #[test]
        fn what_decodes_is_what_an_encoder_writes(text in "[0-9A-Z $%*+./:-]{0,60}|[ -~]{0,9}|\\PC{0,9}") {
            if let Some(bytes) = decoded(&text) {
                prop_assert_eq!(encoded(&bytes), text.as_bytes());
            }
        }
    }

    #[test]
    fn the_length_is_known_before_decoding() {
        for characters in [0, 2, 3, 5, 6, 300, 302] {
            let text = "0".repeat(characters);
            assert_eq!(decoded(&text).unwrap().len(), decoded_len(characters));
        }
    }
}
