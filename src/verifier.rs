//! The verifier: lists, site and policy in one immutable value, and the one verb at the door.

use alloc::sync::Arc;
use core::fmt;

use crate::UnixTime;
use crate::check::{self, Challenge, Context, Unspent};
use crate::claims::VerifiedClaims;
use crate::ledger::NonceLedger;
use crate::policy::Policy;
use crate::receipt::{Purpose, Receipt, ReceiptError};
use crate::refusal::Refusal;
use crate::report::Report;
use crate::site::Site;
use crate::status::{StatusList, StatusLists};
use crate::trust::TrustList;

/// Judges scanned codes for one desk.
///
/// Immutable, cheap to clone, `Send` and `Sync`. What changes it gives a new one; a program swaps its `Arc<Verifier>`, and
/// a scan in flight ends on the lists it began with.
///
/// A desk cannot leave the ledger out:
///
/// ```
/// # use eid_verifier::{NonceLedger, Refusal, UnixTime, VerifiedClaims, Verifier};
/// fn scan(desk: &Verifier, text: &str, ledger: &impl NonceLedger, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     desk.verify(text, ledger, now)
/// }
/// # fn shared<T: Send + Sync + Clone + 'static>() {}
/// # shared::<Verifier>();
/// ```
///
/// ```compile_fail,E0061
/// # use eid_verifier::{NonceLedger, Refusal, UnixTime, VerifiedClaims, Verifier};
/// fn scan(desk: &Verifier, text: &str, ledger: &impl NonceLedger, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     desk.verify(text, now)
/// }
/// # fn shared<T: Send + Sync + Clone + 'static>() {}
/// # shared::<Verifier>();
/// ```
///
/// ```compile_fail,E0308
/// # use eid_verifier::{NonceLedger, Refusal, UnixTime, VerifiedClaims, Verifier};
/// fn scan(desk: &Verifier, text: &str, ledger: &impl NonceLedger, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     desk.check(text, now)
/// }
/// # fn shared<T: Send + Sync + Clone + 'static>() {}
/// # shared::<Verifier>();
/// ```
#[derive(Clone)]
pub struct Verifier {
    trust: Arc<TrustList>,
    status: StatusLists,
    site: Site,
    policy: Policy,
}

impl Verifier {
    /// A verifier for a site, with the preset policy of its scene and no status list yet.
    #[must_use]
    pub fn new(trust: TrustList, site: Site) -> Self {
        let policy = Policy::for_scene(site.scene());
        Self { trust: Arc::new(trust), status: StatusLists::default(), site, policy }
    }

    /// This verifier with another policy.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self { policy, ..self.clone() }
    }

    /// This verifier with a later trust list. A status list counts while its signing key stands in the trust list in use:
    /// without one, credentials are `status.unavailable` until a list of a key that stands is given, or the key comes back.
    #[must_use]
    pub fn with_trust_list(&self, trust: TrustList) -> Self {
        Self { trust: Arc::new(trust), ..self.clone() }
    }

    /// This verifier without the status lists that have run out at `now`, for a program that runs for months. Their
    /// credentials are then `status.unavailable` instead of `status.stale`: a list that goes takes those of its address with
    /// it that were older.
    #[must_use]
    pub fn without_expired_status_lists(&self, now: UnixTime) -> Self {
        Self { status: self.status.not_expired(now), ..self.clone() }
    }

    /// This verifier and one status list more: `token` as published, and the present. A newer list takes the place of an
    /// older one of the same key and uri.
    ///
    /// # Errors
    /// `status.malformed`, `status.type`, `status.issuer`, `status.signature`; and after the signature, for what zlib
    /// finds, `status.malformed` or `status.too_large` (FORMAT.md, Opening a status list).
    pub fn with_status_list(&self, token: &[u8], now: UnixTime) -> Result<Self, Refusal> {
        let list = StatusList::open(token, &self.trust, now)?;
        Ok(Self { status: self.status.with(list), ..self.clone() })
    }

    /// This verifier for another desk. A desk of the same scene keeps the policy; one of another scene takes its preset.
    #[must_use]
    pub fn at(&self, site: Site) -> Self {
        let policy =
            if site.scene() == self.site.scene() { self.policy } else { Policy::for_scene(site.scene()) };
        Self { site, policy, ..self.clone() }
    }

    /// The trust list in use.
    #[must_use]
    pub fn trust_list(&self) -> &TrustList {
        &self.trust
    }

    /// The desk.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// What the desk asks of a code.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Judges a scanned text, and spends its nonce in `ledger` if everything else holds.
    ///
    /// # Errors
    /// The first code, in the order of FORMAT.md's steps, whose rule is broken.
    pub fn verify<L: NonceLedger + ?Sized>(
        &self,
        scanned: &str,
        ledger: &L,
        now: UnixTime,
    ) -> Result<VerifiedClaims, Refusal> {
        spend(self.check(scanned, now)?, ledger, now)
    }

    /// [`verify`](Self::verify) for a code that must answer this desk's challenge.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_challenged<L: NonceLedger + ?Sized>(
        &self,
        scanned: &str,
        challenge: &Challenge,
        ledger: &L,
        now: UnixTime,
    ) -> Result<VerifiedClaims, Refusal> {
        spend(self.check_challenged(scanned, challenge, now)?, ledger, now)
    }

    /// Everything but the ledger, for one that lives elsewhere: the caller spends [`Unspent::nonce`] there, and gives the
    /// answer to [`Unspent::admit`].
    ///
    /// # Errors
    /// As [`verify`](Self::verify), up to step 12.
    pub fn check(&self, scanned: &str, now: UnixTime) -> Result<Unspent, Refusal> {
        check::check(scanned, &self.context(None, now))
    }

    /// [`check`](Self::check) for a code that must answer this desk's challenge.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_challenged(
        &self,
        scanned: &str,
        challenge: &Challenge,
        now: UnixTime,
    ) -> Result<Unspent, Refusal> {
        check::check(scanned, &self.context(Some(challenge), now))
    }

    /// Goes through the steps once more, for whoever wants to know why: one row a step. No verdict, and spends nothing.
    ///
    /// Give it the time that the verdict was given.
    pub fn explain(&self, scanned: &str, now: UnixTime) -> Report {
        Report::new(scanned, &self.context(None, now))
    }

    /// [`explain`](Self::explain) for a code that had to answer this desk's challenge.
    pub fn explain_challenged(&self, scanned: &str, challenge: &Challenge, now: UnixTime) -> Report {
        Report::new(scanned, &self.context(Some(challenge), now))
    }

    /// The receipt of a verdict of this verifier: what it rests on, and no claim. To be linked and stored in place of the
    /// code, accepted or refused.
    ///
    /// `scanned` and `now` are those that the verdict was given on. What an accepted code rests on, and when it was admitted,
    /// comes with its claims; what a refused one rests on is found by going through the steps again, as far as they go.
    ///
    /// An accepted code is known again by its phone's signature. Nobody but the phone could put that under another content; a
    /// text that was only damaged since, with the signature left whole, is not noticed, and nobody would accept it.
    ///
    /// # Errors
    /// [`ReceiptError::AnotherCode`] if the claims were not read from this text, [`ReceiptError::AnotherVerdict`] if the text
    /// is not refused so at `now`; then [`ReceiptError::PurposeOfPatrolMissing`],
    /// [`ReceiptError::PurposeOfPatrolElsewhere`].
    pub fn receipt(
        &self,
        scanned: &str,
        verdict: &Result<VerifiedClaims, Refusal>,
        purpose: &Purpose,
        now: UnixTime,
    ) -> Result<Receipt, ReceiptError> {
        Receipt::new(scanned, verdict, purpose, &self.context(None, now))
    }

    /// [`receipt`](Self::receipt) for a code that had to answer this desk's challenge.
    ///
    /// # Errors
    /// As [`receipt`](Self::receipt).
    pub fn receipt_challenged(
        &self,
        scanned: &str,
        challenge: &Challenge,
        verdict: &Result<VerifiedClaims, Refusal>,
        purpose: &Purpose,
        now: UnixTime,
    ) -> Result<Receipt, ReceiptError> {
        Receipt::new(scanned, verdict, purpose, &self.context(Some(challenge), now))
    }

    fn context<'v>(&'v self, challenge: Option<&'v Challenge>, now: UnixTime) -> Context<'v> {
        Context {
            trust: &self.trust,
            status: &self.status,
            site: &self.site,
            policy: &self.policy,
            challenge,
            now,
        }
    }
}

fn spend<L: NonceLedger + ?Sized>(
    code: Unspent,
    ledger: &L,
    now: UnixTime,
) -> Result<VerifiedClaims, Refusal> {
    let spend = ledger.spend(code.nonce(), now);
    code.admit(spend, now)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("trust", &self.trust)
            .field("status_lists", &self.status.len())
            .field("site", &self.site)
            .field("policy", &self.policy)
            .finish()
    }
}
