//! The two texts of one token (FORMAT.md, opening section; RFC 9285 and RFC 4648).

use alloc::string::String;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// How a phone writes its token down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `LZ1:` and Base45, as in a QR picture.
    Base45,
    /// `LZ1U:` and base64url, as in a link.
    Base64Url,
}

impl Form {
    /// The text of these bytes.
    #[must_use]
    pub fn text(self, token: &[u8]) -> String {
        match self {
            Self::Base45 => String::from("LZ1:") + &base45(token),
            Self::Base64Url => String::from("LZ1U:") + &BASE64_URL_SAFE_NO_PAD.encode(token),
        }
    }
}

fn base45(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(2) {
        let mut number = group.iter().fold(0, |number, byte| number * 256 + usize::from(*byte));
        // Two bytes are three digits, a byte alone is two: least significant first.
        for _ in 0..=group.len() {
            text.extend(DIGITS.chars().nth(number % 45));
            number /= 45;
        }
    }
    text
}

const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_9285() {
        assert_eq!(base45(b"AB"), "BB8");
        assert_eq!(base45(b"Hello!!"), "%69 VD92EX0");
        assert_eq!(base45(b"base-45"), "UJCLQE7W581");
        assert_eq!(base45(b"ietf!"), "QED8WEX0");
    }

    #[test]
    fn base64url_has_no_padding() {
        assert_eq!(Form::Base64Url.text(&[0xfb, 0xff]), "LZ1U:-_8");
    }
}
