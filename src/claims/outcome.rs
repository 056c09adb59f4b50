//! The verdict without the person: for desks that need no name.

use alloc::vec::Vec;
use core::fmt;

use super::{Advisory, AgeProof, Ages, CivilDate, IdNumber, VerifiedClaims};
use crate::UnixTime;
use crate::policy::{AgeRule, Document, Group};

/// That a code was authentic, of which kind, whether an age is reached, and what to look at: no claim is in it.
///
/// An advisory is a conclusion, as `of_age` is: [`Advisory::AskForGuardian`] says of a hotel's guest that they are a minor.
///
/// It is made of verified claims only, which are used up and wiped by that:
///
/// ```
/// # use eid_verifier::{VerifiedClaims, claims::Outcome};
/// fn result_only(guest: VerifiedClaims) -> Outcome {
///     guest.into_outcome(18)
/// }
/// ```
///
/// ```compile_fail,E0382
/// # use eid_verifier::{VerifiedClaims, claims::Outcome};
/// fn result_only(guest: VerifiedClaims) -> Outcome {
///     drop(guest.into_outcome(18)); guest.into_outcome(18)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    document: Document,
    verified_at: UnixTime,
    age: u8,
    of_age: OfAge,
    advisories: Vec<Advisory>,
}

/// Whether an age is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfAge {
    /// It is.
    Reached,
    /// It is not, by a birth date.
    NotReached,
    /// No group that is here tells it.
    NotTold,
}

impl OfAge {
    /// The stable name, for a program: `not_reached`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NotReached => "not_reached",
            Self::NotTold => "not_told",
        }
    }
}

impl VerifiedClaims {
    /// The verdict without the person; the claims are wiped.
    ///
    /// Whether `age` is reached is told by the policy, where it asked for as much; else by the birth date of group 12 or 11,
    /// else by group 15 where it has as much, as long as these are here (FORMAT.md, Details). A policy that asks for an age refuses who has not
    /// reached it (`claims.underage`): a desk that wants to know either way has one that does not ask.
    #[must_use]
    pub fn into_outcome(self, age: u8) -> Outcome {
        Outcome {
            document: self.document(),
            verified_at: self.verified_at(),
            age,
            of_age: self.of_age(age),
            advisories: self.advisories().into(),
        }
    }

    fn of_age(&self, age: u8) -> OfAge {
        if matches!(self.0.evidence.policy.age, AgeRule::AtLeast(asked) if asked >= age) {
            return OfAge::Reached;
        }
        let today = CivilDate::in_china(self.verified_at());
        let of_number = || self.identity().ok().map(|identity| IdNumber::birth_date(identity.number()));
        let birth_date = self.demographics().ok().map(|group| group.birth_date()).or_else(of_number);
        // A birth date that was shown decides alone, though it was dropped: then nobody is left to ask.
        let dropped = self.over_disclosed();
        let a_birth_date_was_dropped =
            dropped.contains(Group::Identity) || dropped.contains(Group::Demographics);
        match AgeProof::new(birth_date, self.ages().ok().map(Ages::reached)) {
            Some(AgeProof::Reached(_)) if a_birth_date_was_dropped => OfAge::NotTold,
            Some(proof) if proof.reaches(age, today) => OfAge::Reached,
            Some(AgeProof::BornOn(_)) => OfAge::NotReached,
            // Group 15 has only the ages that some scene asks for: one that is not in it may be reached all the same.
            Some(AgeProof::Reached(_)) | None => OfAge::NotTold,
        }
    }
}

impl Outcome {
    /// The document that the credential stands for.
    #[must_use]
    pub const fn document(&self) -> Document {
        self.document
    }

    /// The time that the code was admitted at.
    #[must_use]
    pub const fn verified_at(&self) -> UnixTime {
        self.verified_at
    }

    /// The age that was asked for.
    #[must_use]
    pub const fn age(&self) -> u8 {
        self.age
    }

    /// Whether it is reached.
    #[must_use]
    pub const fn of_age(&self) -> OfAge {
        self.of_age
    }

    /// What the desk should know beside that.
    #[must_use]
    pub fn advisories(&self) -> &[Advisory] {
        &self.advisories
    }
}

/// Whether the age is reached and the advisories are left out, as of [`VerifiedClaims`]: a log is not to say who is a minor.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("document", &self.document)
            .field("verified_at", &self.verified_at)
            .field("age", &self.age)
            .finish_non_exhaustive()
    }
}
