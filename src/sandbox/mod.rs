//! A world to test in: fake people, phones, an issuer, a publisher and an operator that sign any LZ1 object from
//! fixed seeds, and a named scenario for every code of FORMAT.md.
//!
//! Nothing here is secret and nothing is random: a program that pins [`Anchor::danger_sandbox`](crate::Anchor::danger_sandbox)
//! trusts everybody. [`Scenario::verifier`] and [`Scenario::play`] do so for you: their answers prove nothing of anybody.
//! Given to [`Anchor::new`](crate::Anchor::new), the sandbox's key is none of the pinned anchors'.
//!
//! - [`Scenario::all`]: each with its own `now`, so none ever runs out. [`Scenario::to_json`] writes a test vector.
//! - [`Scenario::verifier`], [`Scenario::ledger`], [`Scenario::now`]: the desk of a scenario, in the library's own types, and
//!   [`Scenario::play`]: its answer.
//! - [`Scenario::broken_by`]: the same with one thing broken by name, a [`Fault`], and the answer to expect.
//! - `conformance`: whether a ledger of one's own keeps the rules.
//! - [`World`]: everything behind a scenario, each field open to be changed. [`World::live`] is one for the real
//!   clock.
//!
//! ```
//! use eid_verifier::sandbox::{Fault, Scenario, World};
//!
//! // A guest at a hotel desk, today.
//! let guest = World::live(1_800_000_000, [7; 16]).scenario("guest", "all is well", "ok");
//! assert!(guest.qr.starts_with("LZ1:"));
//!
//! // The same guest with a card reported lost.
//! let lost = guest.broken_by(Fault::ReportedLost);
//! assert_eq!(lost.expect, "status.suspended");
//!
//! // A case of one's own: what is not changed stays right.
//! let mut world = World::fixed();
//! world.showing.credential.exp = world.now;
//! let expired = world.scenario("expired", "the credential has run out", "credential.expired");
//! # assert_eq!(expired.to_json()["expect"], "credential.expired");
//! # assert!(Scenario::named("ok-hotel-full").is_some());
//! ```

mod binding;
mod calendar;
mod cases;
mod cbor;
mod code;
#[cfg(feature = "std")]
pub mod conformance;
mod cose;
mod credential;
mod desk;
mod fault;
mod issuer;
mod key;
mod label;
mod operator;
mod person;
mod phone;
mod play;
mod publisher;
mod scenario;
mod seed;
mod showing;
mod world;

#[cfg(feature = "std")]
pub use self::play::TestLedger;
pub use self::{
    binding::Binding,
    cbor::Cbor,
    code::Form,
    cose::Tampering,
    credential::{Credential, Group, Shown},
    desk::{Floor, Ledger, Policy, Site},
    fault::Fault,
    issuer::{Issuer, IssuerKey, TEST_ISS, TEST_ISS_50, USE_CREDENTIALS, USE_STATUS_LISTS},
    key::Key,
    operator::{Operator, TEST_LIST_NAME, TestAnchor},
    person::Person,
    phone::Phone,
    publisher::{Publisher, STATUS_OUTDATED, STATUS_REVOKED, STATUS_SUSPENDED},
    scenario::{ScanBefore, Scenario},
    showing::Showing,
    world::{Earlier, FIXED_NOW, World},
};
