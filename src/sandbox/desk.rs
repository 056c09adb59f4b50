//! The desk that scans: its site, policy, ledger and floor (FORMAT.md, What a verifier checks).
//!
//! Plain data under the names of the test vectors. They say what a verifier must be set up with, and depend on
//! none.

use alloc::{string::String, vec::Vec};

/// Where the desk stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `hotel`, `internet-cafe`, `patrol`, `government-service` or `real-estate`.
    pub scene: &'static str,
    /// The region, 6 digits.
    pub region: u32,
    /// The id of the relying party.
    pub relying_party: String,
}

/// The scenes by name, the first with the number 1.
pub(super) const SCENES: [&str; 5] =
    ["hotel", "internet-cafe", "patrol", "government-service", "real-estate"];

impl Site {
    /// The number of its scene; 0 for one that has none.
    pub(super) fn scene_number(&self) -> u64 {
        SCENES.iter().zip(1..).find_map(|(name, number)| (*name == self.scene).then_some(number)).unwrap_or(0)
    }
}

/// What the desk asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The document types it takes.
    pub documents: Vec<u64>,
    /// The claim groups that must be shown.
    pub require: Vec<u64>,
    /// The claim groups that may be shown.
    pub accept: Vec<u64>,
    /// The age that must be reached.
    pub minimum_age: Option<u64>,
    /// How the phone must have verified its user, in bits; 0: any way, or none.
    pub user_verification: u64,
    /// Where the phone must keep its key, at least; 0: anywhere.
    pub key_protection: u64,
    /// The age a code may have, in seconds.
    pub max_age: u64,
    /// How far a clock may run ahead of the desk's, in seconds.
    pub max_skew: u64,
    /// `required`, `if_referenced` or `ignored`.
    pub status: &'static str,
    /// The age a status list may have, in seconds.
    pub max_status_age: u64,
}

/// The nonce ledger, empty at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// When it began; `None`: at 0.
    pub began: Option<u64>,
    /// How many entries it holds; `None`: plenty.
    pub capacity: Option<u64>,
    /// It does not answer.
    pub fails: bool,
}

/// The newest trust list that the relying party remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Its sequence.
    pub sequence: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// When it was issued.
    pub issued_at: u64,
}
