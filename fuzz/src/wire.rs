//! The transports, written down from RFC 9285 and RFC 4648 without a look at the library.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

pub fn base45(bytes: &[u8]) -> String {
    let digit = |number: usize| char::from(ALPHABET[number % 45]);
    let mut text = String::from("LZ1:");
    for pair in bytes.chunks(2) {
        match *pair {
            [a, b] => {
                let number = usize::from(a) * 256 + usize::from(b);
                text.extend([digit(number), digit(number / 45), digit(number / 2025)]);
            }
            [a] => text.extend([digit(a.into()), digit(usize::from(a) / 45)]),
            _ => unreachable!("chunks of one or two"),
        }
    }
    text
}

pub fn base64url(bytes: &[u8]) -> String {
    format!("LZ1U:{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The token of a scanned text: what an encoder writes, with nothing around it but what a scanner adds.
pub fn token(scanned: &str) -> Option<Vec<u8>> {
    let text = without_noise(scanned);
    let (bytes, written) = if let Some(body) = text.strip_prefix("LZ1U:") {
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        let written = base64url(&bytes);
        (bytes, written)
    } else {
        let bytes = from_base45(text.strip_prefix("LZ1:")?)?;
        let written = base45(&bytes);
        (bytes, written)
    };
    (written == text).then_some(bytes)
}

pub fn without_noise(scanned: &str) -> &str {
    let noise = |character: char| character <= ' ' || matches!(character, '\u{7f}' | '\u{feff}');
    let text = scanned.trim_matches(noise);
    match text.as_bytes() {
        [b']', b'Q' | b'd' | b'z', b'0'..=b'9', ..] => &text[3..],
        _ => text,
    }
}

fn from_base45(body: &str) -> Option<Vec<u8>> {
    let value = |character: u8| ALPHABET.iter().position(|&digit| digit == character);
    let digits: Vec<usize> = body.bytes().map(value).collect::<Option<_>>()?;
    let mut bytes = Vec::new();
    for group in digits.chunks(3) {
        match *group {
            [c, d, e] => bytes.extend(u16::try_from(c + 45 * d + 2025 * e).ok()?.to_be_bytes()),
            [c, d] => bytes.push(u8::try_from(c + 45 * d).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}
