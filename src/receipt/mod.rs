//! Receipts: what a desk keeps of a verdict in place of the code itself.
//!
//! The scanned text is a signed, transferable proof of a person's data for ever, so it is never stored. A receipt says when,
//! where, what for and on what grounds a verdict was given, and names nobody: no name, no number, no sub, no key of a phone,
//! no status index. What the desk must register of a person it stores elsewhere, and may delete there: receipts stay whole.
//!
//! Receipts are linked to a [`ReceiptChain`], so that none is changed, left out or put in later unnoticed.

mod bytes;
mod chain;
mod purpose;
mod retention;
mod standing;

use alloc::string::String;
use core::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

pub use chain::{BrokenLink, ChainHead, Link, LinkFault, ReceiptChain};
pub use purpose::{Ground, Purpose, PurposeError};
pub use retention::Retention;
pub use standing::Standing;

use crate::UnixTime;
use crate::check::{Context, SeenCode, look_again, phones_signature};
use crate::claims::VerifiedClaims;
use crate::policy::{Group, Policy};
use crate::refusal::{Code, FreshnessRefusal, Refusal, Step};
use crate::set::Set;
use crate::site::{Scene, Site};
use crate::trust::TrustList;
use crate::wire::text;

/// The evidence of one verdict, accepted or refused. It names nobody.
///
/// [`Verifier::receipt`](crate::Verifier::receipt) makes it, [`ReceiptChain::append`] links it; read back from storage it is
/// a record like any other, and no proof of an identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    at: UnixTime,
    scene: Scene,
    region: u32,
    relying_party: String,
    purpose: Purpose,
    ruling: Ruling,
    text: Option<[u8; 32]>,
    policy: [u8; 32],
    trust_list: TrustListEvidence,
    issuer: Option<IssuerEvidence>,
    status_list: Option<StatusListEvidence>,
    shown: Set<Group>,
    dropped: Set<Group>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ruling {
    /// The code was accepted, and spent.
    Accepted,
    /// The code was refused, for the rule of this name.
    Refused(Code),
}

impl Ruling {
    /// `ok`, or the code of the refusal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ok",
            Self::Refused(code) => code.as_str(),
        }
    }
}

/// `ok`, or the code of the refusal.
impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The trust list that a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustListEvidence {
    /// Its sequence.
    pub sequence: u64,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// The status list that a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusListEvidence {
    /// Its iat.
    pub issued_at: UnixTime,
    /// The SHA-256 of its token.
    pub sha256: [u8; 32],
    /// The value found, or `None` where none was: the list was stale, or too short. Where is not told.
    pub value: Option<u8>,
}

/// The issuer that a code names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerEvidence {
    /// Its name.
    pub iss: IssuerName,
    /// The key id that the code gives: a hint.
    pub kid: [u8; 8],
    /// The SHA-256 of the public key whose signature held, or `None` where the issuer is only claimed.
    pub proven_by: Option<[u8; 32]>,
}

/// An issuer's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerName {
    /// One that stands in the trust list.
    Listed(String),
    /// The SHA-256 of one that does not: anybody may have written anything there.
    Unlisted([u8; 32]),
}

/// Why a receipt cannot be made, or not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// A patrol's receipt names the officer and the ground: [`Purpose::patrol`].
    #[error("the site is a patrol's, and the purpose names no officer and no ground")]
    PurposeOfPatrolMissing,
    /// [`Purpose::patrol`] is for a patrol's site.
    #[error("the purpose is a patrol's, and the site is none")]
    PurposeOfPatrolElsewhere,
    /// The claims were not read from the code in this text: the phone's signature is another.
    #[error("the claims are not of this text")]
    AnotherCode,
    /// At this time, by this verifier, and with this challenge or none, the text is not refused so.
    #[error("the refusal is not of this text, by this verifier, at this time")]
    AnotherVerdict,
    /// Not deterministic CBOR, a field missing, unknown or of the wrong type.
    #[error("not a receipt")]
    Malformed,
    /// A receipt of another version.
    #[error("a receipt of another version than 1")]
    Version,
}

impl Receipt {
    /// # Errors
    /// [`ReceiptError::AnotherCode`], [`ReceiptError::AnotherVerdict`], [`ReceiptError::PurposeOfPatrolMissing`],
    /// [`ReceiptError::PurposeOfPatrolElsewhere`].
    pub(crate) fn new(
        scanned: &str,
        verdict: &Result<VerifiedClaims, Refusal>,
        purpose: &Purpose,
        context: &Context<'_>,
    ) -> Result<Self, ReceiptError> {
        let grounds = match verdict {
            Ok(claims) => Grounds::of_claims(scanned, claims)?,
            Err(refusal) => Grounds::of_refusal(scanned, refusal, context)?,
        };
        match (grounds.site.scene(), purpose.ground()) {
            (Scene::Patrol, None) => return Err(ReceiptError::PurposeOfPatrolMissing),
            (scene, Some(_)) if scene != Scene::Patrol => return Err(ReceiptError::PurposeOfPatrolElsewhere),
            _ => {}
        }
        Ok(Self {
            at: grounds.at,
            scene: grounds.site.scene(),
            region: grounds.site.region(),
            relying_party: grounds.site.relying_party().into(),
            purpose: purpose.clone(),
            ruling: verdict
                .as_ref()
                .map_or_else(|refusal| Ruling::Refused(refusal.code()), |_| Ruling::Accepted),
            // Of what is no code, as a number that somebody typed, a digest could be guessed back.
            // And what a scanner put around a code is not part of it.
            text: grounds.issuer.is_some().then(|| Sha256::digest(text::trimmed(scanned)).into()),
            policy: grounds.policy.digest(),
            trust_list: grounds.trust_list,
            issuer: grounds.issuer,
            status_list: grounds.status_list,
            shown: grounds.shown,
            dropped: grounds.dropped,
        })
    }

    /// When the verdict was given.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// What the desk scans for.
    #[must_use]
    pub const fn scene(&self) -> Scene {
        self.scene
    }

    /// The desk's six-digit region.
    #[must_use]
    pub const fn region(&self) -> u32 {
        self.region
    }

    /// The relying party id.
    #[must_use]
    pub fn relying_party(&self) -> &str {
        &self.relying_party
    }

    /// What the code was scanned for.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What was decided.
    #[must_use]
    pub const fn ruling(&self) -> Ruling {
        self.ruling
    }

    /// The SHA-256 of the scanned text as it was shown, trimmed as step 1 does; or `None` if step 1 did not pass: that was no
    /// code, or the clock was behind and it was not read. Who still has the text can show that this is its receipt; nobody gets
    /// it back from the digest of a code, as it has two signatures in it.
    #[must_use]
    pub const fn text_sha256(&self) -> Option<&[u8; 32]> {
        self.text.as_ref()
    }

    /// [`Policy::digest`](crate::Policy::digest) of the policy in force.
    #[must_use]
    pub const fn policy_digest(&self) -> &[u8; 32] {
        &self.policy
    }

    /// The trust list that was used.
    #[must_use]
    pub const fn trust_list(&self) -> TrustListEvidence {
        self.trust_list
    }

    /// The issuer that the code names, or `None` as for [`text_sha256`](Self::text_sha256).
    #[must_use]
    pub const fn issuer(&self) -> Option<&IssuerEvidence> {
        self.issuer.as_ref()
    }

    /// The status list that was looked into, if it came so far.
    #[must_use]
    pub const fn status_list(&self) -> Option<StatusListEvidence> {
        self.status_list
    }

    /// The groups that were shown, which is not what is in them. The phone's word where the code was refused.
    #[must_use]
    pub const fn shown(&self) -> Set<Group> {
        self.shown
    }

    /// Those of them that the desk dropped unread.
    #[must_use]
    pub const fn dropped(&self) -> Set<Group> {
        self.dropped
    }

    /// How long the law has this desk keep its records.
    #[must_use]
    pub const fn retention(&self) -> Retention {
        Retention::of_scene(self.scene)
    }
}

/// What a verdict rests on.
struct Grounds {
    at: UnixTime,
    site: Site,
    policy: Policy,
    trust_list: TrustListEvidence,
    issuer: Option<IssuerEvidence>,
    status_list: Option<StatusListEvidence>,
    shown: Set<Group>,
    dropped: Set<Group>,
}

impl Grounds {
    /// As the claims have kept it: another verifier may have come since.
    fn of_claims(scanned: &str, claims: &VerifiedClaims) -> Result<Self, ReceiptError> {
        let evidence = &claims.0.evidence;
        if phones_signature(scanned) != Some(*evidence.signature) {
            return Err(ReceiptError::AnotherCode);
        }
        let (sequence, sha256) = evidence.trust_list;
        let (kid, point) = evidence.issuer_key;
        Ok(Self {
            at: claims.verified_at(),
            site: evidence.site.clone(),
            policy: evidence.policy,
            trust_list: TrustListEvidence { sequence, sha256 },
            issuer: Some(IssuerEvidence {
                iss: IssuerName::Listed(claims.issuer().into()),
                kid,
                proven_by: Some(key_digest(&point)),
            }),
            status_list: evidence.status_list.map(|(issued_at, sha256)| StatusListEvidence {
                issued_at,
                sha256,
                value: Some(0),
            }),
            shown: claims.groups().iter().chain(claims.over_disclosed()).collect(),
            dropped: claims.over_disclosed(),
        })
    }

    /// As a second look finds it, as far as that gets.
    fn of_refusal(scanned: &str, refusal: &Refusal, context: &Context<'_>) -> Result<Self, ReceiptError> {
        let (answer, seen) = look_again(scanned, context);
        let is_the_same = match &answer {
            // Then it was the ledger that refused, or the code ran out while it was asked.
            Ok(_) => {
                refusal.step() == Some(Step::Nonce)
                    || matches!(refusal, Refusal::Freshness(FreshnessRefusal::Expired { .. }))
            }
            Err(found) => found.code() == refusal.code(),
        };
        if !is_the_same {
            return Err(ReceiptError::AnotherVerdict);
        }
        let (passed_issuer, value) = match answer {
            Ok(_) => (true, Some(0)),
            Err(Refusal::Status(refusal)) => (true, refusal.value()),
            Err(refusal) => (refusal.step().is_some_and(|step| step > Step::Issuer), None),
        };
        let trust = context.trust;
        Ok(Self {
            at: context.now,
            site: context.site.clone(),
            policy: *context.policy,
            trust_list: TrustListEvidence { sequence: trust.sequence(), sha256: trust.sha256 },
            issuer: seen.code.as_ref().map(|code| issuer(code, passed_issuer, trust)),
            status_list: seen.status.map(|(issued_at, sha256)| StatusListEvidence {
                issued_at,
                sha256,
                value,
            }),
            shown: seen.code.map_or_else(Set::new, |code| code.groups),
            dropped: Set::new(),
        })
    }
}

fn issuer(code: &SeenCode, passed_issuer: bool, trust: &TrustList) -> IssuerEvidence {
    let listed = trust.issuer(&code.iss);
    let key = listed.and_then(|issuer| issuer.key(code.kid)).filter(|_| passed_issuer);
    IssuerEvidence {
        iss: match listed {
            Some(issuer) => IssuerName::Listed(issuer.iss.as_ref().into()),
            None => IssuerName::Unlisted(Sha256::digest(&code.iss).into()),
        },
        kid: code.kid,
        proven_by: key.map(|key| key_digest(key.key.as_bytes())),
    }
}

/// What tells a key from every other, where a key id is only a hint.
fn key_digest(point: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(point).into()
}

/// Short: digests tell one showing from another.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("at", &self.at)
            .field("scene", &self.scene)
            .field("purpose", &self.purpose)
            .field("ruling", &self.ruling)
            .field("trust_list", &self.trust_list.sequence)
            .finish_non_exhaustive()
    }
}
