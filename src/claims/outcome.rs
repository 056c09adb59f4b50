//! The verdict without the person: for desks that need no name.

use alloc::vec::Vec;

use super::age::AgeProof;
use super::{Advisory, CivilDate, IdNumber, VerifiedClaims};
use crate::UnixTime;
use crate::policy::{AgeRule, Document, Group};

/// That a code was authentic, of which kind, and whether an age is reached: no claim is in it.
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// It is not.
    NotReached,
    /// No group is here that tells it.
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
    /// else by group 15, as long as these are here (FORMAT.md, Details). A policy that asks for an age refuses who has not
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
        if matches!(self.0.age, AgeRule::AtLeast(asked) if asked >= age) {
            return OfAge::Reached;
        }
        let of_number = || self.identity().ok().map(|identity| IdNumber::birth_date(identity.number()));
        let birth_date = self.demographics().ok().map(|group| group.birth_date()).or_else(of_number);
        // A birth date that was shown decides alone, though it was dropped: then nobody is left to ask.
        let dropped = self.over_disclosed();
        let ages = self
            .ages()
            .ok()
            .filter(|_| !dropped.contains(Group::Identity) && !dropped.contains(Group::Demographics));
        match AgeProof::new(birth_date, ages.map(|ages| ages.reached())) {
            Some(proof) if proof.reaches(age, CivilDate::in_china(self.verified_at())) => OfAge::Reached,
            Some(_) => OfAge::NotReached,
            None => OfAge::NotTold,
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
