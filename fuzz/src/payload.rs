//! Arbitrary text at the door.
//!
//! The first byte says what stands before the rest, and how the rest is written; the rest is the text or the token.

use eid_verifier::refusal::Code;

use crate::Seed;
use crate::wire;
use crate::world::{CASES, WORLDS};

const TOKEN_BYTES: usize = 2048;

/// No panic, and an answer that says something; what is decoded is what an encoder wrote, and all of that.
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
        _ => assert!(wire::token(&scanned).is_some_and(|token| token.len() <= TOKEN_BYTES)),
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
