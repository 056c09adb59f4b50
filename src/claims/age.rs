//! What tells whether an age is reached (FORMAT.md, Details).

use super::CivilDate;

/// A birth date decides alone; ages reached count only where there is none.
pub(crate) enum AgeProof {
    BornOn(CivilDate),
    /// The highest age of group 15, if it has one.
    Reached(Option<u8>),
}

impl AgeProof {
    /// From the birth date of 12 or 11 and the ages of 15, ascending; `None` if there is neither.
    pub(crate) fn new(birth_date: Option<CivilDate>, ages: Option<&[u8]>) -> Option<Self> {
        birth_date.map(Self::BornOn).or_else(|| Some(Self::Reached(ages?.last().copied())))
    }

    pub(crate) fn reaches(&self, age: u8, today: CivilDate) -> bool {
        match self {
            Self::BornOn(birth_date) => birth_date.has_reached(age, today),
            Self::Reached(highest) => highest.is_some_and(|highest| highest >= age),
        }
    }
}
