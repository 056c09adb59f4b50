//! The bodies of the fuzz targets, as plain functions: libFuzzer calls them, and so do the tests.

mod base45;
#[path = "../../tests/case/mod.rs"]
mod case;
mod cbor;
mod edit;
mod ledger;
mod payload;
mod receipt;
mod resigned;
mod scanner;
mod script;
mod signing;
mod status_list;
mod strict;
#[path = "../../tests/token/mod.rs"]
mod token;
mod tree;
mod trust_list;
mod verify;
mod wire;
mod world;

use eid_verifier::Refusal;

pub use base45::base45;
pub use cbor::cbor;
pub use ledger::ledger;
pub use payload::payload;
pub use receipt::receipt;
pub use resigned::resigned;
pub use scanner::scanner;
pub use status_list::status_list;
pub use trust_list::trust_list;
pub use verify::verify;

/// A target's name and body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 10] = [
    ("base45", base45),
    ("cbor", cbor),
    ("ledger", ledger),
    ("payload", payload),
    ("receipt", receipt),
    ("resigned", resigned),
    ("scanner", scanner),
    ("status_list", status_list),
    ("trust_list", trust_list),
    ("verify", verify),
];

/// One input to begin with.
pub struct Seed {
    pub target: &'static str,
    pub name: String,
    pub input: Vec<u8>,
}

/// What a corpus begins with, for every target.
pub fn seeds() -> Vec<Seed> {
    base45::seeds()
        .chain(cbor::seeds())
        .chain(ledger::seeds())
        .chain(payload::seeds())
        .chain(receipt::seeds())
        .chain(resigned::seeds())
        .chain(scanner::seeds())
        .chain(status_list::seeds())
        .chain(trust_list::seeds())
        .chain(verify::seeds())
        .collect()
}

/// Whatever is refused, the log and both clerks are told something.
fn says_something(refusal: &Refusal) {
    let code = refusal.code();
    assert!(refusal.to_string().starts_with(code.as_str()), "{refusal}");
    assert!(!refusal.clerk_zh().is_empty() && !refusal.clerk_en().is_empty(), "{refusal}");
    assert!(code.number() > 0, "{refusal}");
}
