//! Verifies the QR code of an electronic identity credential (亮证) at the desk of a relying party.
//!
//! [`Verifier::verify`] turns the text of a scanned LZ1 code into [`VerifiedClaims`], or into one [`Refusal`] that a clerk
//! can act on. The crate does no I/O: the caller brings the clock, the lists and the ledger. The format is docs/FORMAT.md
//! of the project; sections are cited by their headings.
//!
//! ```
//! use eid_verifier::{NonceLedger, Refusal, UnixTime, Verifier};
//!
//! fn check_in(desk: &Verifier, scanned: &str, ledger: &impl NonceLedger, now: UnixTime) -> Result<(), Refusal> {
//!     let guest = desk.verify(scanned, ledger, now)?;
//!     let id = guest.identity()?;
//!     show(&format!("{} {}", id.name(), id.number())); // masked: 李*明 510107********7419
//!     store(id.name().reveal(), id.number().reveal());
//!     Ok(())
//! }
//! # fn show(_: &str) {}
//! # fn store(_: &str, _: &str) {}
//! ```
//!
//! # The way in
//!
//! 1. Pin the operator's [`Anchor`] and open the [`TrustList`]; keep its [`Floor`].
//! 2. Make a [`Verifier`] for the [`Site`], which chooses a [`Policy`], and give it the status lists.
//! 3. Keep one [`NonceLedger`] for all who must not admit the same code twice.
//! 4. [`Verifier::verify`] every scan with the present [`UnixTime`]. For a ledger that lives elsewhere,
//!    [`Verifier::check`] gives an [`Unspent`], and [`Unspent::admit`] opens it.
//!
//! # The way of the data
//!
//! A scanned text becomes a presentation, of which nothing is proven; then an authentic one, whose two signatures hold; then
//! an [`Unspent`], of which every rule holds but the last; then [`VerifiedClaims`]. Each is made in one place. Claims cannot
//! be reached before the last. What is decoded is wiped, whichever way a scan ends.
//!
//! # Around the verdict
//!
//! [`Verifier::explain`] tells why, step by step ([`report`]); [`Verifier::receipt`] is what a desk keeps of a verdict in
//! place of the code ([`receipt`]); [`VerifiedClaims::into_outcome`] is the result without the person. [`scanner::clean`]
//! undoes what a keyboard did to a code, and a [`ClockWatch`](clock::ClockWatch) tells when this desk's clock is slow.
//!
//! # What it does not do
//!
//! It has no clock, no network, no files, no threads and no randomness, and asks nobody online. It cannot tell who holds the
//! phone. The README lists what remains for the desk to know.
//!
//! # Features
//!
//! - `std` (default): [`MemoryLedger`](ledger), whose lock is that of `std`, and `UnixTime: From<SystemTime>`.
//! - `sandbox`: a test world, for integrators. Never trusted by accident.
//!
//! - `serde`: JSON for what leaves a verifier, and for the policies and sites that go in. `docs/json.md` has the shapes.
//!
//! A feature adds; none changes a verdict.

#![no_std]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod check;
pub mod claims;
pub mod clock;
#[cfg(feature = "serde")]
mod json;
pub mod ledger;
pub mod policy;
pub mod receipt;
pub mod refusal;
mod region;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod scanner;
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
pub use ledger::{NonceLedger, Spend};
pub use policy::Policy;
pub use refusal::Refusal;
pub use site::{Scene, Site, SiteError};
pub use trust::{Anchor, Floor, TrustList};
pub use unix_time::UnixTime;
pub use verifier::Verifier;

/// The README's example, compiled.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;
