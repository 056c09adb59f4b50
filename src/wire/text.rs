//! From what the scanner gives to the bytes of the token (FORMAT.md, Encoding rules, Text).

use alloc::vec::Vec;
use core::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroize as _;

use super::base45;
use super::labels::{limit, scheme};
use crate::refusal::PayloadRefusal;

/// The bytes of a token, wiped when they are dropped.
///
/// `Zeroizing<Vec<u8>>` wipes byte by byte, since it has spare capacity to think of; this one is sized once, has none, and is
/// wiped in bulk. No `Debug`: it would print the code.
pub(crate) struct Token(Vec<u8>);

impl Drop for Token {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl Deref for Token {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Decodes a scanned text.
///
/// # Errors
/// `payload.scheme`, `payload.too_long`, `payload.encoding`.
pub(crate) fn decode(scanned: &str) -> Result<Token, PayloadRefusal> {
    let text = trimmed(scanned);
    let (transport, body) = Transport::of(text).ok_or(PayloadRefusal::Scheme)?;
    // No text has more characters than bytes, so that a short one need not be counted. The length is known before a
    // character is looked at.
    let bytes = transport.decoded_len(body.len());
    if bytes > limit::TOKEN_BYTES {
        return Err(too_long(transport, text, body).unwrap_or(PayloadRefusal::Encoding));
    }
    transport.decode(body, bytes).ok_or(PayloadRefusal::Encoding)
}

/// What is too long about a text of many bytes; `None` if only its characters are wide.
fn too_long(transport: Transport, text: &str, body: &str) -> Option<PayloadRefusal> {
    const WIDEST: usize = 4;
    // The least that they can be, where that is too many already: counting would cost more than all that follows.
    let least = text.len().div_ceil(WIDEST);
    let characters = if least > limit::TEXT_CHARACTERS { least } else { text.chars().count() };
    if characters > limit::TEXT_CHARACTERS {
        return Some(PayloadRefusal::TextTooLong { characters });
    }
    let scheme = text.len() - body.len();
    let bytes = transport.decoded_len(characters - scheme);
    (bytes > limit::TOKEN_BYTES).then_some(PayloadRefusal::TokenTooLong { bytes })
}

/// What was shown, without what a scanner put around it.
pub(crate) fn trimmed(scanned: &str) -> &str {
    without_aim_identifier(scanned.trim_matches(is_scanner_noise))
}

/// What scanners and messengers put around a text: controls, the space and a byte order mark.
pub(crate) fn is_scanner_noise(character: char) -> bool {
    matches!(character, '\0'..=' ' | '\u{7f}' | '\u{feff}')
}

/// Drops one leading AIM symbology identifier: `]Q`, `]d` or `]z` and a digit.
pub(crate) fn without_aim_identifier(text: &str) -> &str {
    match text.as_bytes() {
        [b']', b'Q' | b'd' | b'z', b'0'..=b'9', ..] => text.get(3..).unwrap_or(text),
        _ => text,
    }
}

/// How a token is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Base45,
    Base64Url,
}

impl Transport {
    pub(crate) const ALL: [Self; 2] = [Self::Base45, Self::Base64Url];

    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Base45 => scheme::BASE45,
            Self::Base64Url => scheme::BASE64URL,
        }
    }

    fn of(text: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|transport| Some((transport, text.strip_prefix(transport.scheme())?)))
    }

    const fn decoded_len(self, characters: usize) -> usize {
        match self {
            Self::Base45 => base45::decoded_len(characters),
            Self::Base64Url => characters * 3 / 4,
        }
    }

    fn decode(self, body: &str, bytes: usize) -> Option<Token> {
        // Not `vec![0; bytes]`: glibc's calloc passes by its cache of freed blocks, malloc does not.
        let mut token = Token(Vec::with_capacity(bytes));
        token.0.resize(bytes, 0);
        match self {
            Self::Base45 => base45::decode(body.as_bytes(), &mut token.0)?,
            Self::Base64Url => {
                let written = URL_SAFE_NO_PAD.decode_slice(body, &mut token.0).ok()?;
                if written != bytes {
                    return None;
                }
            }
        }
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn token(scanned: &str) -> Result<Vec<u8>, PayloadRefusal> {
        decode(scanned).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn both_transports() {
        assert_eq!(token("LZ1:BB8").unwrap(), b"AB");
        assert_eq!(token("LZ1U:QUI").unwrap(), b"AB");
        assert_eq!(token("LZ1:").unwrap(), b"");
        assert_eq!(token("LZ1U:").unwrap(), b"");
    }

    #[test]
    fn noise_goes_at_the_ends_and_nowhere_else() {
        for text in ["\u{feff} LZ1:BB8\r\n", "\0\t]Q1LZ1:BB8\u{7f}", "]d2LZ1:BB8", "]z0LZ1:BB8"] {
            assert_eq!(token(text).unwrap(), b"AB", "{text:?}");
        }
        for text in [
            "]Q1 LZ1:BB8",
            "]Q1]Q1LZ1:BB8",
            "]C1LZ1:BB8",
            "]QLZ1:BB8",
            "lz1:BB8",
            "LZ1 :BB8",
            "",
            "]Q1",
            "\u{3000}LZ1:BB8",
            "\u{a0}LZ1:BB8",
            "LZ2:BB8",
            "LZ1",
            "HC1:BB8",
            "LZ1u:QUI",
        ] {
            assert_eq!(token(text), Err(PayloadRefusal::Scheme), "{text:?}");
        }
        // Inside, even a space stays: it is a character of Base45. At the end it is noise.
        assert_eq!(token("LZ1: 00").unwrap(), 36u16.to_be_bytes());
        assert_eq!(token("LZ1:B\u{feff}B8"), Err(PayloadRefusal::Encoding));
        assert_eq!(token("LZ1:00 "), Ok([0].to_vec()));
    }

    #[test]
    fn the_two_lengths_at_their_limits() {
        let fits = format!("LZ1:{}", "0".repeat(3072));
        assert_eq!(token(&fits).unwrap().len(), 2048);
        assert_eq!(token(&format!("{fits}00")), Err(PayloadRefusal::TokenTooLong { bytes: 2049 }));
        assert_eq!(
            token(&format!("LZ1:{}", "0".repeat(4293))),
            Err(PayloadRefusal::TextTooLong { characters: 4297 })
        );
        // Noise is not counted; a wide character counts once.
        assert_eq!(token(&format!("\n{fits}\n\n\n")).unwrap().len(), 2048);
        assert_eq!(token(&format!("LZ1:{}", "中".repeat(3072))), Err(PayloadRefusal::Encoding));
        assert_eq!(token(&format!("LZ1U:{}", "A".repeat(2731))).unwrap().len(), 2048);
        assert_eq!(
            token(&format!("LZ1U:{}", "A".repeat(2732))),
            Err(PayloadRefusal::TokenTooLong { bytes: 2049 })
        );
        // A wide character is no character of the alphabet, wherever it stands and whatever the lengths come to.
        for wide in ["é", "中", "𠮷"] {
            for before in 0..7 {
                for after in 0..7 {
                    for scheme in ["LZ1:", "LZ1U:"] {
                        let text = format!("{scheme}{}{wide}{}", "0".repeat(before), "0".repeat(after));
                        assert_eq!(token(&text), Err(PayloadRefusal::Encoding), "{text}");
                    }
                }
            }
        }
        // Of wide characters, as many as bytes allow; beyond that they are not counted, and the least is told.
        let wide = |count: usize| format!("LZ1:{}", "𠮷".repeat(count));
        assert_eq!(token(&wide(3072)), Err(PayloadRefusal::Encoding));
        assert_eq!(token(&wide(4292)), Err(PayloadRefusal::TokenTooLong { bytes: 2861 }));
        assert_eq!(token(&wide(4293)), Err(PayloadRefusal::TextTooLong { characters: 4297 }));
        assert_eq!(
            token(&format!("LZ1:{}", "0".repeat(17_180))),
            Err(PayloadRefusal::TextTooLong { characters: 17_184 })
        );
        assert_eq!(
            token(&format!("LZ1:{}", "0".repeat(17_181))),
            Err(PayloadRefusal::TextTooLong { characters: 4297 })
        );
        // Too long is found before a wrong character is.
        assert!(matches!(
            token(&format!("LZ1:{}", "?".repeat(4293))),
            Err(PayloadRefusal::TextTooLong { .. })
        ));
        assert!(matches!(
            token(&format!("LZ1:{}", "?".repeat(3080))),
            Err(PayloadRefusal::TokenTooLong { .. })
        ));
    }

    #[test]
    fn base64url_is_strict() {
        for text in ["LZ1U:QUI=", "LZ1U:QUJ", "LZ1U:Q", "LZ1U:Q+I", "LZ1U:QU I", "LZ1U:Q/I"] {
            assert_eq!(token(text), Err(PayloadRefusal::Encoding), "{text:?}");
        }
    }
}
