//! The two transports of FORMAT.md, both ways, written apart from the crate: what a test changes tokens with is not what
//! it tests.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// How a text carries a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Base45,
    Base64Url,
}

impl Transport {
    /// The transport and the token of a text, if it is encoded as FORMAT.md says.
    pub fn decode(scanned: &str) -> Option<(Self, Vec<u8>)> {
        let text = bare(scanned)?;
        if let Some(body) = text.strip_prefix("LZ1:") {
            return Some((Self::Base45, from_base45(body)?));
        }
        let token = URL_SAFE_NO_PAD.decode(text.strip_prefix("LZ1U:")?).ok()?;
        Some((Self::Base64Url, token))
    }

    /// The text that carries `token`.
    pub fn encode(self, token: &[u8]) -> String {
        match self {
            Self::Base45 => format!("LZ1:{}", to_base45(token)),
            Self::Base64Url => format!("LZ1U:{}", URL_SAFE_NO_PAD.encode(token)),
        }
    }
}

/// The text without what the scanner of a vector put around it.
pub fn bare(scanned: &str) -> Option<&str> {
    let noise = |character: char| character <= ' ' || matches!(character, '\u{7f}' | '\u{feff}');
    Some(scanned.get(scanned.find("LZ1")?..)?.trim_end_matches(noise))
}

/// RFC 9285, 4: two bytes are three characters, the last odd one is two; the least significant comes first.
fn to_base45(bytes: &[u8]) -> String {
    let mut text = String::new();
    for pair in bytes.chunks(2) {
        let mut number = pair.iter().fold(0, |number, &byte| number * 256 + usize::from(byte));
        for _ in 0..=pair.len() {
            text.push(char::from(ALPHABET[number % 45]));
            number /= 45;
        }
    }
    text
}

fn from_base45(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(3) {
        let mut number = 0;
        for character in group.iter().rev() {
            number = number * 45 + ALPHABET.iter().position(|letter| letter == character)?;
        }
        match group.len() {
            3 => bytes.extend(u16::try_from(number).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}
