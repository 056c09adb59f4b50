//! Arbitrary text at the door.
//!
//! The first byte says what stands before the rest, and how the rest is written; the rest is the text or the token.

use eid_verifier::refusal::Code;

use crate::Seed;
use crate::strict::{Dialect, is_item};
use crate::token::{put_together, taken_apart};
use crate::wire;
use crate::world::{CASES, WORLDS};

const TOKEN_BYTES: usize = 2048;

/// Codes of the steps after the headers.
const PAST_ITS_HEADERS: u16 = 300;

/// No panic, and an answer that says something; what is decoded is what an encoder wrote, and all of that; and what parses is
/// encoded to itself.
pub fn payload(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    let world = &WORLDS[0];
    let text = String::from_utf8_lossy(rest);
    let scanned = match form % 5 {
        0 => text.into_owned(),
        1 => format!("LZ1:{text}"),
        2 => format!("LZ1U:{text}"),
        3 => wire::base45(rest),
        _ => wire::base64url(rest),
    };
    let answer = world.verifier.check(&scanned, world.case.now());
    let code = answer.as_ref().err().map(|refusal| refusal.code());
    if let Err(refusal) = &answer {
        crate::says_something(refusal);
    }
    match code {
        Some(Code::PayloadScheme | Code::PayloadTooLong) if form % 5 < 3 => {}
        Some(Code::PayloadTooLong) => assert!(rest.len() > TOKEN_BYTES),
        Some(Code::PayloadEncoding) => assert_eq!(wire::token(&scanned), None),
        _ => {
            let token = wire::token(&scanned).expect("decoded, and no encoder wrote it");
            assert!(token.len() <= TOKEN_BYTES);
            if code.is_none_or(|code| code.number() >= PAST_ITS_HEADERS) {
                is_encoded_to_itself(&token);
            }
        }
    }
}

/// A token whose headers are right has one layout and one encoding.
fn is_encoded_to_itself(token: &[u8]) {
    let fields = taken_apart(token);
    assert_eq!(put_together(&fields), token);
    let [binding, header, disclosures, claims, _, payload, _] = &fields;
    // {1: -19 or -9, 13: the SD-CWT, 16: 294}
    assert!(matches!(binding[..], [0xa3, 1, 0x32 | 0x28, 13, 16, 0x19, 1, 38]), "{binding:02x?}");
    // Around the disclosures are the map of that header, the tag and the array of the SD-CWT.
    for (part, depth) in [(header, 12), (disclosures, 12 - 3), (claims, 12), (payload, 12)] {
        assert!(is_item(part, Dialect::Deterministic, depth), "{part:02x?}");
    }
}

pub fn seeds() -> impl Iterator<Item = Seed> {
    CASES.iter().flat_map(|case| {
        let seed = |form: u8, rest: &[u8]| Seed {
            target: "payload",
            name: format!("{}-{form}", case.id()),
            input: [&[form], rest].concat(),
        };
        let token = wire::token(case.qr()).map(|token| seed(3, &token));
        [Some(seed(0, case.qr().as_bytes())), token].into_iter().flatten()
    })
}
