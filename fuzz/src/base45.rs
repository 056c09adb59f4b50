//! Base45 through the door: a text is what its bytes are in base64url, or it is refused as no encoding.
//!
//! The first byte says how the rest is read: as text, as characters of the alphabet, or as edits of a good text.

use eid_verifier::refusal::Code;

use crate::Seed;
use crate::edit::{KINDS, edit};
use crate::script::Script;
use crate::signing::{GOODS, Good};
use crate::wire;

const TEXT_CHARACTERS: usize = 4296;
const TOKEN_BYTES: usize = 2048;

pub fn base45(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    let mut script = Script(rest);
    let body = match form % 3 {
        0 => String::from_utf8_lossy(rest).into_owned(),
        1 => rest.iter().map(|&byte| char::from(wire::ALPHABET[usize::from(byte) % 45])).collect(),
        _ => {
            let good = &GOODS[script.pick(GOODS.len())];
            let mut text = wire::base45(&good.token).as_bytes()["LZ1:".len()..].to_vec();
            while script.is_left() {
                edit(&mut text, good.scenario.qr.as_bytes(), &mut script);
            }
            String::from_utf8_lossy(&text).into_owned()
        }
    };
    let good = &GOODS[0];
    let scanned = format!("LZ1:{body}");
    let found = answer(good, &scanned);
    let bare = wire::without_noise(&scanned);
    if bare.chars().count() > TEXT_CHARACTERS {
        assert_eq!(found, Some(Code::PayloadTooLong));
    } else if bare.len() < "LZ1:".len() {
        assert_eq!(found, Some(Code::PayloadScheme));
    } else if let Some(token) = wire::token(&scanned) {
        let expected = if token.len() > TOKEN_BYTES {
            Some(Code::PayloadTooLong)
        } else {
            answer(good, &wire::base64url(&token))
        };
        assert_eq!(found, expected, "{scanned:?}");
    } else {
        let is_long = bare.len() > "LZ1:".len() + TOKEN_BYTES * 3 / 2;
        assert!(
            found == Some(Code::PayloadEncoding) || (is_long && found == Some(Code::PayloadTooLong)),
            "{scanned:?}: {found:?}"
        );
    }
}

fn answer(good: &Good, scanned: &str) -> Option<Code> {
    let answer = good.verifier.check(scanned, good.scenario.now());
    answer.as_ref().err().map(|refusal| {
        crate::says_something(refusal);
        refusal.code()
    })
}

pub fn seeds() -> impl Iterator<Item = Seed> {
    let seed = |name: String, form: u8, rest: &[u8]| Seed {
        target: "base45",
        name,
        input: [&[form], rest].concat(),
    };
    let texts = [
        "",
        "BB8",
        "%69 VD92EX0",
        "UJCLQE7W581",
        "QED8WEX0",
        "FGW",
        "GGW",
        ":::",
        "U5",
        "U6",
        "A",
        " ",
        "bb8",
    ];
    let mut seeds: Vec<_> =
        texts.iter().enumerate().map(|(n, text)| seed(format!("text-{n}"), 0, text.as_bytes())).collect();
    for length in [0, 1, 2, 3, 5, 3072, 3073, 3074, 4291, 4292, 4293] {
        seeds.push(seed(format!("zeros-{length}"), 1, &vec![0; length]));
    }
    for place in 0..u8::try_from(GOODS.len()).unwrap() {
        seeds.push(seed(format!("good-{place}"), 2, &[0, place]));
    }
    for kind in 0..KINDS {
        seeds.push(seed(format!("edit-{kind}"), 2, &[0, 0, kind, 0, 40, 2, 7, 3, 1, 2, 3]));
    }
    seeds.into_iter()
}
