//! The ledger of spent nonces: one code counts once (FORMAT.md, Details, the ledger).

use core::fmt;

use crate::UnixTime;

/// What a ledger must know of a code to spend it. It names nobody.
///
/// It comes from a code that passed every other check:
///
/// ```
/// # use eid_verifier::{NonceLedger, Spend, UnixTime, Unspent, ledger::Nonce};
/// fn spend(ledger: &impl NonceLedger, code: &Unspent, now: UnixTime) -> Spend {
///     ledger.spend(code.nonce(), now)
/// }
/// ```
///
/// ```compile_fail,E0451
/// # use eid_verifier::{NonceLedger, Spend, UnixTime, Unspent, ledger::Nonce};
/// fn spend(ledger: &impl NonceLedger, code: &Unspent, now: UnixTime) -> Spend {
///     ledger.spend(&Nonce { issued_at: now, ..*code.nonce() }, now)
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce {
    pub(crate) key: [u8; 32],
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
    pub(crate) skew: u64,
}

impl Nonce {
    /// The key under which the code is spent: SHA-256 of the phone's COSE_Key and the code's cti.
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// When the phone made the code.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When the code runs out. An entry is kept until the ledger's own time reaches this.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// The two rules that come before the look-up, for a ledger with this beginning, at its own time: the largest that it
    /// was ever given, or its engine's clock if that is later.
    ///
    /// # Errors
    /// [`Spend::BeforeLedger`] if an earlier ledger may have admitted the code: `iat <= beginning + skew`.
    /// [`Spend::ClockBehind`] if this one may have forgotten it: `exp <= own time`.
    pub fn judge(&self, beginning: UnixTime, own_time: UnixTime) -> Result<(), Spend> {
        if self.issued_at <= beginning.plus(self.skew) {
            return Err(Spend::BeforeLedger);
        }
        if self.expires_at <= own_time {
            return Err(Spend::ClockBehind);
        }
        Ok(())
    }
}

/// The key is left out: it tells one showing from another.
impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonce")
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A ledger's answer. Only [`Fresh`](Self::Fresh) lets a code pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Spend {
    /// The code was not there, and is now.
    Fresh,
    /// The ledger does not answer, or its answer is not understood.
    Failed,
    /// The code is so old that an earlier ledger may have admitted it.
    BeforeLedger,
    /// The ledger's own time has reached the code's expiry, so it may have forgotten the code.
    ClockBehind,
    /// The code was there.
    Spent,
    /// There is no room. A ledger never forgets a live code to make some.
    Full,
}

/// A record of spent codes, shared by all who must not admit the same one twice.
///
/// # Rules
/// - Compare and insert are one atomic act.
/// - The ledger's own time is the largest it was ever given, also with a spend that it refused, or its engine's clock if
///   that is later. [`Nonce::judge`] holds the two rules that depend on it.
/// - An entry is kept until the own time reaches the code's expiry. Beginning and own time live with the entries: where
///   they are lost, a new beginning is set.
/// - Whatever goes wrong is [`Spend::Failed`].
pub trait NonceLedger {
    /// Spends a code at the time `now`.
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend;
}

impl<L: NonceLedger + ?Sized> NonceLedger for &L {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        (**self).spend(nonce, now)
    }
}

#[cfg(test)]
#[cfg(feature = "std")]
mod flood;
#[cfg(feature = "std")]
mod memory;
#[cfg(feature = "std")]
pub use memory::MemoryLedger;
