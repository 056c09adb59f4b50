//! Verifies the QR code of an electronic identity credential (亮证) at the desk of a relying party.
//!
//! TODO

#![no_std]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod check;
pub mod claims;
pub mod ledger;
mod policy;
pub mod refusal;
mod region;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod set;
mod site;
mod status;
mod trust;
mod unix_time;
mod verifier;
mod wire;

pub use check::{Challenge, ChallengeError, Unspent};
pub use claims::VerifiedClaims;
#[cfg(feature = "std")]
pub use ledger::MemoryLedger;
pub use ledger::{Nonce, NonceLedger, Spend};
pub use policy::{AgeRule, Document, Group, KeyProtection, Policy, StatusRule, UserFactor};
pub use refusal::Refusal;
pub use set::{Member, Set};
pub use site::{Scene, Site, SiteError};
pub use trust::{Anchor, Floor, TrustList};
pub use unix_time::UnixTime;
pub use verifier::Verifier;
