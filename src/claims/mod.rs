//! What a verified code says of a person. `Debug` is masked everywhere, and so is `Display` but of a [`CivilDate`]; the whole
//! value comes from a method that says so; its memory on the heap is wiped on drop.

mod age;
mod date;
mod document;
mod id_number;
mod mask;
mod name;
mod outcome;
mod person;

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

#[cfg(feature = "serde")]
pub use crate::json::Disclosed;
pub(crate) use age::AgeProof;
pub use date::CivilDate;
pub use document::{Address, Household, HouseholdKind, Permit, Portrait, Relation, Until, Validity};
pub use id_number::IdNumber;
pub(crate) use mask::breaks_a_line_or_turns_it;
pub use name::Name;
pub use outcome::{OfAge, Outcome};
pub use person::{Ages, Demographics, Ethnicity, Identity, Match, Sex};

use crate::UnixTime;
use crate::policy::{Document, Group, Policy};
use crate::refusal::{ClaimsRefusal, Refusal};
use crate::set::{Member as _, Set};
use crate::site::Site;

/// The claims of a code that passed every check: the only way to them.
///
/// It is not made otherwise, so it proves that both signatures hold and the code was spent:
///
/// ```
/// fn store(guest: &eid_verifier::VerifiedClaims) -> Result<&str, eid_verifier::Refusal> {
///     Ok(guest.identity()?.name().reveal())
/// }
/// ```
///
/// ```compile_fail,E0599
/// fn store(guest: &eid_verifier::VerifiedClaims) -> Result<&str, eid_verifier::Refusal> {
///     Ok(eid_verifier::VerifiedClaims::default().identity()?.name().reveal())
/// }
/// ```
///
/// It is not put together, not read back from anywhere, and not copied:
///
/// ```
/// # use eid_verifier::VerifiedClaims;
/// fn keep(guest: VerifiedClaims) -> VerifiedClaims {
///     guest
/// }
/// ```
///
/// ```compile_fail,E0423
/// # use eid_verifier::VerifiedClaims;
/// fn keep(guest: VerifiedClaims) -> VerifiedClaims {
///     VerifiedClaims(todo!())
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use eid_verifier::VerifiedClaims;
/// fn keep(guest: VerifiedClaims) -> VerifiedClaims {
///     guest.clone()
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use eid_verifier::VerifiedClaims;
/// fn keep(guest: VerifiedClaims) -> VerifiedClaims {
///     serde_json::from_str("{}").unwrap()
/// }
/// ```
// Boxed, so that moving the answer about leaves no copies of it behind. What a scan held on the stack while it ran (dates
// and codes as numbers) is beyond what a library can wipe; texts are never copied there.
pub struct VerifiedClaims(pub(crate) Box<Claims>);

/// The inside of [`VerifiedClaims`]: plain data, filled in by the check of step 11.
pub(crate) struct Claims {
    pub(crate) document: Document,
    pub(crate) issuer: Arc<str>,
    pub(crate) verified_at: UnixTime,
    pub(crate) identity: Option<Identity>,
    pub(crate) demographics: Option<Demographics>,
    pub(crate) address: Option<Address>,
    pub(crate) validity: Option<Validity>,
    pub(crate) ages: Option<Ages>,
    pub(crate) household: Option<Household>,
    pub(crate) residence: Option<Address>,
    pub(crate) permit: Option<Permit>,
    pub(crate) portrait: Option<Portrait>,
    pub(crate) over_disclosed: Set<Group>,
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) evidence: Evidence,
}

/// What the verdict rests on beside the code itself, for its receipt. No claim is in it.
pub(crate) struct Evidence {
    /// The phone's signature, of this one showing: tells the code that was judged from every other. Never given out.
    pub(crate) signature: Zeroizing<[u8; 64]>,
    pub(crate) site: Site,
    pub(crate) policy: Policy,
    /// Sequence and digest.
    pub(crate) trust_list: (u64, [u8; 32]),
    /// Key id and point.
    pub(crate) issuer_key: ([u8; 8], [u8; 32]),
    /// The iat and the digest of the list that was looked into.
    pub(crate) status_list: Option<(UnixTime, [u8; 32])>,
}

/// Something that the desk should know of a code that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advisory {
    /// The sex of group 12 is not the one that digit 17 of the ID number tells: look at the physical card. Wrong numbers
    /// were issued, so this is no refusal.
    SexDiffersFromNumber,
    /// The document itself runs out within 30 days.
    DocumentExpiresSoon,
    /// A guest under 18: ask for the guardian's contact and relation (未成年人保护法 Art. 57).
    AskForGuardian,
    /// The trust list is past its next update: fetch the new one before this one runs out.
    TrustListUpdateDue,
}

impl Advisory {
    /// Every advisory.
    pub const ALL: &'static [Self] = &[
        Self::SexDiffersFromNumber,
        Self::DocumentExpiresSoon,
        Self::AskForGuardian,
        Self::TrustListUpdateDue,
    ];

    /// The stable name, for a program: `ask_for_guardian`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SexDiffersFromNumber => "sex_differs_from_number",
            Self::DocumentExpiresSoon => "document_expires_soon",
            Self::AskForGuardian => "ask_for_guardian",
            Self::TrustListUpdateDue => "trust_list_update_due",
        }
    }

    /// What the clerk reads, in Chinese.
    #[must_use]
    pub const fn clerk_zh(self) -> &'static str {
        match self {
            Self::SexDiffersFromNumber => "性别与身份证号码不一致，请核对实体证件。",
            Self::DocumentExpiresSoon => "对方的证件即将到期，请提醒对方及时换领。",
            Self::AskForGuardian => {
                "对方未满十八周岁。请询问父母或其他监护人的联系方式、与同住人员的身份关系，并如实登记；发现可疑情况请立即报警。"
            }
            Self::TrustListUpdateDue => "本机的信任名单该更新了，请尽快联网更新。",
        }
    }

    /// What the clerk reads, in English.
    #[must_use]
    pub const fn clerk_en(self) -> &'static str {
        match self {
            Self::SexDiffersFromNumber => {
                "The sex does not fit the ID number. Compare with the physical card."
            }
            Self::DocumentExpiresSoon => "The guest's document expires soon. Remind the guest to renew it.",
            Self::AskForGuardian => {
                "The guest is under 18. Ask how to reach the parents or guardian and who is staying with the guest, and record it. If anything is suspicious, call the police."
            }
            Self::TrustListUpdateDue => {
                "The trust list on this computer is due for an update. Update it soon."
            }
        }
    }
}

impl VerifiedClaims {
    /// The document that the credential stands for.
    #[must_use]
    pub const fn document(&self) -> Document {
        self.0.document
    }

    /// The issuer (iss), as in the trust list.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The time that the code was admitted at.
    #[must_use]
    pub const fn verified_at(&self) -> UnixTime {
        self.0.verified_at
    }

    /// Group 11: name and ID number.
    ///
    /// # Errors
    /// `claims.missing` if the group is not here: it was not shown, or the policy neither requires nor accepts it. A group
    /// that the policy requires is always here; for one that it only accepts, ask [`groups`](Self::groups) first.
    pub fn identity(&self) -> Result<&Identity, Refusal> {
        present(self.0.identity.as_ref(), Group::Identity)
    }

    /// Group 12: sex, ethnicity and birth date.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn demographics(&self) -> Result<&Demographics, Refusal> {
        present(self.0.demographics.as_ref(), Group::Demographics)
    }

    /// Group 13: the registered address.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn address(&self) -> Result<&Address, Refusal> {
        present(self.0.address.as_ref(), Group::Address)
    }

    /// Group 14: the document's dates and authority.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn validity(&self) -> Result<&Validity, Refusal> {
        present(self.0.validity.as_ref(), Group::Validity)
    }

    /// Group 15: ages reached when the credential was issued.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn ages(&self) -> Result<&Ages, Refusal> {
        present(self.0.ages.as_ref(), Group::Ages)
    }

    /// Group 16: the household.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn household(&self) -> Result<&Household, Refusal> {
        present(self.0.household.as_ref(), Group::Household)
    }

    /// Group 17: the place of residence.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn residence(&self) -> Result<&Address, Refusal> {
        present(self.0.residence.as_ref(), Group::Residence)
    }

    /// Group 18: the residence permit's dates and authority.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn permit(&self) -> Result<&Permit, Refusal> {
        present(self.0.permit.as_ref(), Group::Permit)
    }

    /// Group 19: the digest of the portrait file.
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn portrait(&self) -> Result<&Portrait, Refusal> {
        present(self.0.portrait.as_ref(), Group::Portrait)
    }

    /// Whether `file` is the portrait that the issuer signed: see [`Portrait::matches`].
    ///
    /// # Errors
    /// As [`identity`](Self::identity).
    pub fn portrait_matches(&self, file: &[u8]) -> Result<bool, Refusal> {
        self.portrait().map(|portrait| portrait.matches(file))
    }

    /// The groups that are here.
    #[must_use]
    pub fn groups(&self) -> Set<Group> {
        let claims = &*self.0;
        [
            claims.identity.as_ref().map(|_| Group::Identity),
            claims.demographics.as_ref().map(|_| Group::Demographics),
            claims.address.as_ref().map(|_| Group::Address),
            claims.validity.as_ref().map(|_| Group::Validity),
            claims.ages.as_ref().map(|_| Group::Ages),
            claims.household.as_ref().map(|_| Group::Household),
            claims.residence.as_ref().map(|_| Group::Residence),
            claims.permit.as_ref().map(|_| Group::Permit),
            claims.portrait.as_ref().map(|_| Group::Portrait),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The groups that were shown and dropped, since the policy neither requires nor accepts them.
    #[must_use]
    pub const fn over_disclosed(&self) -> Set<Group> {
        self.0.over_disclosed
    }

    /// What the desk should know beside the claims.
    #[must_use]
    pub fn advisories(&self) -> &[Advisory] {
        &self.0.advisories
    }
}

fn present<T>(value: Option<&T>, group: Group) -> Result<&T, Refusal> {
    value.ok_or_else(|| ClaimsRefusal::Missing { group: group.number() }.into())
}

/// Masked: document and groups. Advisories are left out: that somebody is a minor is a claim.
impl fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedClaims")
            .field("document", &self.document())
            .field("groups", &self.groups())
            .field("over_disclosed", &self.over_disclosed())
            .finish_non_exhaustive()
    }
}
