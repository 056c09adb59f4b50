//! The vectors, as the targets use them. They are read where they lie, so that a new one is in the corpus at once.

use std::path::Path;
use std::sync::LazyLock;

use eid_verifier::{Challenge, Verifier};
use serde_json::Value;

use crate::case::{Case, bytes};
use crate::tree::Node;
use crate::wire;

/// One accepted vector, opened.
pub struct World {
    pub case: Case,
    pub verifier: Verifier,
    pub challenge: Option<Challenge>,
    pub token: Vec<u8>,
    pub trust_list: Vec<u8>,
    pub status_lists: Vec<Vec<u8>>,
}

pub static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors"))));

/// Every accepted vector.
pub static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let accepted = CASES.iter().filter(|case| case.expect() == "ok");
    accepted
        .map(|case| World {
            verifier: case.verifier().unwrap(),
            challenge: case.challenge(),
            token: wire::token(case.qr()).unwrap(),
            trust_list: bytes(&case.0["trust_list"]),
            status_lists: status_lists(case),
            case: case.clone(),
        })
        .collect()
});

/// The token of every vector that holds a whole one.
pub static TOKENS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| distinct(CASES.iter().filter(has_token).map(|case| wire::token(case.qr()).unwrap())));

/// Those of them that some desk may admit at some time: nothing is wrong with them in themselves.
pub static SOUND_TOKENS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    const WRONG: [&str; 5] =
        ["header.", "issuer.signature", "device.signature", "disclosure.", "claims.id_number"];
    let is_sound =
        |case: &&Case| has_token(case) && !WRONG.iter().any(|code| case.expect().starts_with(code));
    distinct(CASES.iter().filter(is_sound).map(|case| wire::token(case.qr()).unwrap()))
});

fn has_token(case: &&Case) -> bool {
    !case.expect().starts_with("payload.")
}

/// When a code was made, and when it runs out.
pub fn times(token: &[u8]) -> Option<(u64, u64)> {
    let Node::Tag(18, object) = Node::parse(token)? else { return None };
    let Node::Array(parts) = *object else { return None };
    let Node::Wrapped(payload) = parts.get(2)? else { return None };
    Some((payload.uint_at(6)?, payload.uint_at(4)?))
}

/// Every trust list of a vector.
pub static TRUST_LISTS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| distinct(CASES.iter().map(|case| bytes(&case.0["trust_list"]))));

/// Every status list of a vector.
pub static STATUS_LISTS: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| distinct(CASES.iter().flat_map(status_lists)));

/// Both.
#[cfg(test)]
pub static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| [&TRUST_LISTS[..], &STATUS_LISTS[..]].concat());

fn status_lists(case: &Case) -> Vec<Vec<u8>> {
    case.0["status_lists"].as_array().map(|lists| lists.iter().map(bytes).collect()).unwrap_or_default()
}

fn distinct(all: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut found: Vec<_> = all.collect();
    found.sort();
    found.dedup();
    found
}

/// Bytes, as a vector holds them.
pub fn hexadecimal(bytes: &[u8]) -> Value {
    hex::encode(bytes).into()
}
