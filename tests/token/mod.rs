//! Where each byte of a good token belongs, by the layout of FORMAT.md (KBT, SD-CWT): written apart from the crate, and for
//! good tokens only.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::ops::Range;

/// What a byte of a token is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    /// Tags, arrays of four, heads of byte strings, the empty map of the KBT.
    Frame,
    /// Headers 1 and 16 of the KBT, and the key of 13.
    BindingHeader,
    /// The protected header of the SD-CWT.
    CredentialHeader,
    /// The unprotected header of the SD-CWT.
    Disclosures,
    /// The claims of the SD-CWT.
    Claims,
    IssuerSignature,
    /// The payload of the KBT.
    Payload,
    DeviceSignature,
}

/// A good token, cut into its regions in the order of its bytes.
pub struct Layout {
    pub pieces: Vec<(Region, Range<usize>)>,
    /// The SD-CWT, an item of the KBT's protected header.
    pub credential: Range<usize>,
}

impl Layout {
    pub fn of(token: &[u8]) -> Self {
        let mut layout = Self { pieces: Vec::new(), credential: 0..0 };
        let mut place = layout.frame(0, 2); // tag 18, array of four
        place = layout.frame(place, head(token, place).length); // the protected header
        place = layout.take(Region::BindingHeader, place, 1); // its map
        for _ in 0..head(token, place - 1).argument {
            let key = head(token, place);
            place = layout.take(Region::BindingHeader, place, key.length);
            if key.argument == 13 {
                layout.credential.start = place;
                place = layout.credential(token, place);
                layout.credential.end = place;
            } else {
                let end = item(token, place);
                place = layout.take(Region::BindingHeader, place, end - place);
            }
        }
        place = layout.frame(place, 1); // the empty map
        place = layout.bytes(token, place, Region::Payload);
        place = layout.bytes(token, place, Region::DeviceSignature);
        assert_eq!(place, token.len(), "no token of the layout");
        layout
    }

    fn credential(&mut self, token: &[u8], place: usize) -> usize {
        let place = self.frame(place, 2);
        let place = self.bytes(token, place, Region::CredentialHeader);
        let place = self.take(Region::Disclosures, place, item(token, place) - place);
        let place = self.bytes(token, place, Region::Claims);
        self.bytes(token, place, Region::IssuerSignature)
    }

    fn bytes(&mut self, token: &[u8], place: usize, region: Region) -> usize {
        let head = head(token, place);
        assert_eq!(head.major, 2);
        let place = self.frame(place, head.length);
        self.take(region, place, head.argument)
    }

    fn frame(&mut self, place: usize, length: usize) -> usize {
        self.take(Region::Frame, place, length)
    }

    fn take(&mut self, region: Region, place: usize, length: usize) -> usize {
        match self.pieces.last_mut() {
            Some((last, range)) if *last == region => range.end += length,
            _ => self.pieces.push((region, place..place + length)),
        }
        place + length
    }

    pub fn region(&self, place: usize) -> Region {
        self.pieces.iter().find(|(_, range)| range.contains(&place)).unwrap().0
    }

    /// The bytes of one region, joined.
    pub fn bytes_of(&self, token: &[u8], region: Region) -> Vec<u8> {
        let own = self.pieces.iter().filter(|(own, _)| *own == region);
        own.flat_map(|(_, range)| token[range.clone()].to_vec()).collect()
    }
}

/// The fields of a token that can be put together anew, with the lengths around them made right.
pub const FIELDS: [Region; 7] = [
    Region::BindingHeader,
    Region::CredentialHeader,
    Region::Disclosures,
    Region::Claims,
    Region::IssuerSignature,
    Region::Payload,
    Region::DeviceSignature,
];

/// The bytes of each of [`FIELDS`].
pub type Fields = [Vec<u8>; 7];

pub fn taken_apart(token: &[u8]) -> Fields {
    let layout = Layout::of(token);
    FIELDS.map(|field| layout.bytes_of(token, field))
}

/// The token of these fields. The binding header has its three entries in the order 1, 13, 16.
pub fn put_together(fields: &Fields) -> Vec<u8> {
    let [binding, header, disclosures, claims, issuer, payload, device] = fields;
    let credential =
        [&[0xd2, 0x84][..], &byte_string(header), disclosures, &byte_string(claims), &byte_string(issuer)]
            .concat();
    // Map head, key 1 and the algorithm, key 13; then key 16 and the type.
    let before_credential = 1 + 1 + head(binding, 2).length + 1;
    let (before, after) = binding.split_at(before_credential);
    let protected = [before, &credential, after].concat();
    [&[0xd2, 0x84][..], &byte_string(&protected), &[0xa0], &byte_string(payload), &byte_string(device)]
        .concat()
}

/// A COSE_Sign1: the content of its protected header, its unprotected header as encoded, payload and signature.
#[derive(Clone)]
pub struct Sign1 {
    pub protected: Vec<u8>,
    pub unprotected: Vec<u8>,
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Sign1 {
    pub fn parse(object: &[u8]) -> Self {
        assert_eq!(object[..2], [0xd2, 0x84]);
        let mut place = 2;
        let mut next = || {
            let start = place;
            place = item(object, start);
            object[start..place].to_vec()
        };
        let (protected, unprotected, payload, signature) = (next(), next(), next(), next());
        assert_eq!(place, object.len());
        let content = |item: Vec<u8>| item[head(&item, 0).length..].to_vec();
        let [protected, payload, signature] = [protected, payload, signature].map(content);
        Self { protected, unprotected, payload, signature }
    }

    pub fn encode(&self) -> Vec<u8> {
        let [protected, payload, signature] =
            [&self.protected, &self.payload, &self.signature].map(|bytes| byte_string(bytes));
        [&[0xd2, 0x84][..], &protected, &self.unprotected, &payload, &signature].concat()
    }

    /// The Sig_structure of RFC 9052 4.4.
    pub fn to_be_signed(&self) -> Vec<u8> {
        let [protected, payload] = [&self.protected, &self.payload].map(|bytes| byte_string(bytes));
        [&b"\x84\x6aSignature1"[..], &protected, b"\x40", &payload].concat()
    }
}

pub fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let [.., high, low] = bytes.len().to_be_bytes();
    let head = match bytes.len() {
        0..24 => vec![0x40 | low],
        24..256 => vec![0x58, low],
        _ => vec![0x59, high, low],
    };
    [head, bytes.to_vec()].concat()
}

struct Head {
    major: u8,
    argument: usize,
    /// Of the head itself.
    length: usize,
}

fn head(bytes: &[u8], place: usize) -> Head {
    let (major, information) = (bytes[place] >> 5, bytes[place] & 31);
    let more = match information {
        0..24 => 0,
        24..28 => 1 << (information - 24),
        _ => panic!("an indefinite length"),
    };
    let number =
        bytes[place + 1..=place + more].iter().fold(0, |number, &byte| number << 8 | usize::from(byte));
    let argument = if more == 0 { usize::from(information) } else { number };
    Head { major, argument, length: 1 + more }
}

/// The end of the item that begins here.
fn item(bytes: &[u8], place: usize) -> usize {
    let head = head(bytes, place);
    let after = place + head.length;
    let inside = |items| (0..items).fold(after, |place, _| item(bytes, place));
    match head.major {
        2 | 3 => after + head.argument,
        4 => inside(head.argument),
        5 => inside(2 * head.argument),
        6 => inside(1),
        _ => after,
    }
}
