//! Step 13, nonce: the code counts once. It is spent last, so that a refused scan does not burn it.

use alloc::boxed::Box;
use core::fmt;

use sha2::{Digest as _, Sha256};

use super::Context;
use super::device::Authentic;
use super::freshness;
use super::status::Entry;
use crate::UnixTime;
use crate::claims::{Claims, VerifiedClaims};
use crate::ledger::{Nonce, Spend};
use crate::refusal::{ClockRefusal, NonceRefusal, Refusal};

/// A code that passed every check but the last: its claims stay shut until a ledger has spent it.
///
/// ```
/// use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
///
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     code.admit(spend, now)
/// }
/// ```
///
/// It is admitted once, so it is no copy of anything:
///
/// ```compile_fail,E0599
/// use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
///
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     code.clone().admit(spend, now)
/// }
/// ```
///
/// Its claims stay shut until a ledger's answer is given, and it is used up by that:
///
/// ```
/// # use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     code.admit(spend, now)
/// }
/// ```
///
/// ```compile_fail,E0616
/// # use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     Ok(code.claims)
/// }
/// ```
///
/// ```compile_fail,E0061
/// # use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     code.admit(now)
/// }
/// ```
///
/// ```compile_fail,E0382
/// # use eid_verifier::{Refusal, Spend, UnixTime, Unspent, VerifiedClaims};
/// fn finish(code: Unspent, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     code.admit(spend, now).or(code.admit(spend, now))
/// }
/// ```
#[must_use = "a code that is not spent and admitted gives no claims"]
pub struct Unspent {
    nonce: Nonce,
    claims: VerifiedClaims,
}

pub(super) fn unspent(
    code: &Authentic<'_>,
    mut claims: Box<Claims>,
    status: Option<&Entry<'_>>,
    context: &Context<'_>,
) -> Unspent {
    claims.evidence.status_list = status.map(|entry| (entry.list.issued_at, entry.list.sha256));
    let key = Sha256::new().chain_update(code.credential.cnf).chain_update(code.binding.cti).finalize();
    Unspent {
        nonce: Nonce {
            key: key.into(),
            issued_at: UnixTime::from_secs(code.binding.issued_at),
            expires_at: UnixTime::from_secs(code.binding.expires_at),
            skew: context.policy.max_skew,
        },
        claims: VerifiedClaims(claims),
    }
}

impl Unspent {
    /// What the ledger must spend.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// Seconds until the code runs out, 0 once it has: for a countdown while a ledger elsewhere is asked.
    #[must_use]
    pub const fn remaining(&self, now: UnixTime) -> u64 {
        self.nonce.expires_at.since(now)
    }

    /// Opens the claims, given the ledger's answer and the time after it came.
    ///
    /// # Errors
    /// `freshness.expired` if the code ran out meanwhile; then the ledger's answer: `nonce.ledger_failed`,
    /// `nonce.before_ledger`, `clock.behind`, `nonce.spent`, `nonce.ledger_full`.
    pub fn admit(mut self, spend: Spend, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
        freshness::has_not_expired(self.nonce.expires_at, now)?;
        match spend {
            Spend::Fresh => {
                self.claims.0.verified_at = now;
                Ok(self.claims)
            }
            Spend::Failed => Err(NonceRefusal::LedgerFailed.into()),
            Spend::BeforeLedger => {
                Err(NonceRefusal::BeforeLedger { issued_at: self.nonce.issued_at.as_secs() }.into())
            }
            Spend::ClockBehind => {
                Err(ClockRefusal::BehindLedger { expires_at: self.nonce.expires_at.as_secs() }.into())
            }
            Spend::Spent => Err(NonceRefusal::Spent.into()),
            Spend::Full => Err(NonceRefusal::LedgerFull.into()),
        }
    }
}

impl fmt::Debug for Unspent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unspent").field("nonce", &self.nonce).finish_non_exhaustive()
    }
}
