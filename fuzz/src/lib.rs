//! The bodies of the fuzz targets, as plain functions: libFuzzer calls them, and so do the tests.

#[path = "../../tests/case/mod.rs"]
mod case;
mod edit;
mod payload;
mod script;
mod tree;
mod verify;
mod wire;
mod world;

use eid_verifier::Refusal;

pub use payload::payload;
pub use verify::verify;

/// One input to begin with.
pub struct Seed {
    pub target: &'static str,
    pub name: String,
    pub input: Vec<u8>,
}

/// What a corpus begins with, for every target.
pub fn seeds() -> Vec<Seed> {
    payload::seeds().chain(verify::seeds()).collect()
}

/// Whatever is refused, the log and both clerks are told something.
fn says_something(refusal: &Refusal) {
    let code = refusal.code();
    assert!(refusal.to_string().starts_with(code.as_str()), "{refusal}");
    assert!(!refusal.clerk_zh().is_empty() && !refusal.clerk_en().is_empty(), "{refusal}");
    assert!(code.number() > 0, "{refusal}");
}
