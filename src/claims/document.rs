//! Groups 13, 14 and 16 to 19: what stands on a document beside the person (FORMAT.md, Claim groups).

use alloc::string::String;
use core::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::date::WipedDate;
use super::mask::hidden;
use super::{CivilDate, mask};

/// An address, exactly as the issuer signed it; wiped on drop.
///
/// Group 13 is the registered address, group 17 the place of residence. `Display` and `Debug` are masked: `四川省成都市****`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) text: Zeroizing<String>,
    pub(crate) division: Option<Zeroizing<u32>>,
}

impl Address {
    /// The whole address, for the register.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The administrative division, six digits of GB/T 2260, if it is given.
    #[must_use]
    pub fn division(&self) -> Option<u32> {
        self.division.as_deref().copied()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::address(&self.text, f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::address(&self.text, f)
    }
}

/// Group 14: since when and until when the document holds, and who issued it. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Validity {
    pub(crate) from: WipedDate,
    /// `None` for 长期.
    pub(crate) until: Option<WipedDate>,
    pub(crate) authority: Zeroizing<String>,
}

/// How long a document holds. `Debug` is masked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To the end of this day.
    Day(CivilDate),
    /// 长期: without end.
    LongTerm,
}

hidden!(Until);

impl Validity {
    /// The first day.
    #[must_use]
    pub fn from(&self) -> CivilDate {
        self.from.get()
    }

    /// The last day, if there is one.
    #[must_use]
    pub fn until(&self) -> Until {
        self.until.as_ref().map_or(Until::LongTerm, |until| Until::Day(until.get()))
    }

    /// The issuing authority (签发机关).
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Validity(*)")
    }
}

/// Group 16: the household (户). `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Household {
    pub(crate) number: Zeroizing<String>,
    /// Type and relation.
    pub(crate) codes: Zeroizing<[u8; 2]>,
}

/// The kind of a household. `Debug` is masked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum HouseholdKind {
    /// 1: 家庭户.
    Family,
    /// 2: 集体户.
    Collective,
}

/// The relation to the head of the household by GB/T 4761, 1 to 99. `Debug` is masked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relation(u8);

hidden!(HouseholdKind);
hidden!(Relation);

impl Household {
    /// The number of the household (户号), whole.
    #[must_use]
    pub fn reveal_number(&self) -> &str {
        &self.number
    }

    /// Family or collective.
    #[must_use]
    pub fn kind(&self) -> HouseholdKind {
        let [kind, _] = *self.codes;
        HouseholdKind::from_code(kind.into()).unwrap_or(HouseholdKind::Family)
    }

    /// The relation of the person to the head of the household.
    #[must_use]
    pub fn relation(&self) -> Relation {
        let [_, relation] = *self.codes;
        Relation(relation)
    }
}

impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Household(*)")
    }
}

impl HouseholdKind {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Family => 1,
            Self::Collective => 2,
        }
    }

    pub(crate) const fn from_code(code: u64) -> Option<Self> {
        match code {
            1 => Some(Self::Family),
            2 => Some(Self::Collective),
            _ => None,
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Family => "家庭户",
            Self::Collective => "集体户",
        }
    }
}

impl Relation {
    pub(crate) fn from_code(code: u64) -> Option<Self> {
        u8::try_from(code).ok().filter(|code| (1..=99).contains(code)).map(Self)
    }

    /// The code of GB/T 4761.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The name of its class in Chinese: 01 and 02, and then the tens of the code.
    #[must_use]
    pub const fn class_zh(self) -> &'static str {
        match self.0 {
            1 => "本人",
            2 => "户主",
            10..=19 => "配偶",
            20..=29 => "子",
            30..=39 => "女",
            40..=49 => "孙子、孙女或外孙子、外孙女",
            50..=59 => "父母",
            60..=69 => "祖父母或外祖父母",
            70..=79 => "兄弟姐妹",
            _ => "其他",
        }
    }
}

/// Group 18: since when a residence permit exists, until when it is endorsed (签注), and who issued it. `Debug` shows none
/// of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Permit {
    pub(crate) issued: WipedDate,
    pub(crate) endorsed_until: WipedDate,
    pub(crate) authority: Zeroizing<String>,
}

impl Permit {
    /// The day of issue.
    #[must_use]
    pub fn issued(&self) -> CivilDate {
        self.issued.get()
    }

    /// The last day of the endorsement.
    #[must_use]
    pub fn endorsed_until(&self) -> CivilDate {
        self.endorsed_until.get()
    }

    /// The issuing authority.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit(*)")
    }
}

/// Group 19: the SHA-256 of the portrait file; wiped on drop. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait(pub(crate) Zeroizing<[u8; 32]>);

impl Portrait {
    /// Whether `file`, all its bytes, is the portrait that the issuer signed. That the face is the guest's is for the
    /// clerk to see.
    #[must_use]
    pub fn matches(&self, file: &[u8]) -> bool {
        <[u8; 32]>::from(Sha256::digest(file)) == *self.0
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Portrait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Portrait(*)")
    }
}
