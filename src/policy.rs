//! What a desk asks of a code, beyond what every code must be (FORMAT.md, What a verifier checks).

use sha2::{Digest as _, Sha256};

pub use crate::set::{Member, Members, Set};
use crate::site::Scene;
use crate::wire::encode::Encoder;

/// A document that a credential stands for (FORMAT.md, The licence, key 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Document {
    /// 1: 居民身份证.
    IdentityCard,
    /// 2: 居民户口簿.
    HouseholdBook,
    /// 3: 居住证.
    ResidencePermit,
}

impl Document {
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|document| u64::from(document.number()) == number)
    }

    /// The document's name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::IdentityCard => "居民身份证",
            Self::HouseholdBook => "居民户口簿",
            Self::ResidencePermit => "居住证",
        }
    }

    /// The document's name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::IdentityCard => "resident identity card",
            Self::HouseholdBook => "household book",
            Self::ResidencePermit => "residence permit",
        }
    }
}

impl Member for Document {
    const ALL: &'static [Self] = &[Self::IdentityCard, Self::HouseholdBook, Self::ResidencePermit];

    fn number(self) -> u8 {
        match self {
            Self::IdentityCard => 1,
            Self::HouseholdBook => 2,
            Self::ResidencePermit => 3,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::IdentityCard => "identity_card",
            Self::HouseholdBook => "household_book",
            Self::ResidencePermit => "residence_permit",
        }
    }
}

/// A group of claims that is shown or kept back whole (FORMAT.md, Claim groups).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// 11: name and ID number.
    Identity,
    /// 12: sex, ethnicity and birth date.
    Demographics,
    /// 13: the registered address.
    Address,
    /// 14: the document's dates and authority.
    Validity,
    /// 15: ages reached.
    Ages,
    /// 16: the household.
    Household,
    /// 17: the place of residence.
    Residence,
    /// 18: the residence permit's dates and authority.
    Permit,
    /// 19: the digest of the portrait file.
    Portrait,
}

impl Group {
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| u64::from(group.number()) == number)
    }

    /// The group's name in Chinese, as a person would tick it.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Identity => "姓名和身份证号码",
            Self::Demographics => "性别、民族和出生日期",
            Self::Address => "户籍地址",
            Self::Validity => "证件有效期和签发机关",
            Self::Ages => "是否已满规定年龄",
            Self::Household => "户口信息",
            Self::Residence => "居住地址",
            Self::Permit => "居住证签注信息",
            Self::Portrait => "照片",
        }
    }

    /// The group's name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Identity => "name and ID number",
            Self::Demographics => "sex, ethnicity and birth date",
            Self::Address => "registered address",
            Self::Validity => "validity and issuing authority",
            Self::Ages => "ages reached",
            Self::Household => "household",
            Self::Residence => "place of residence",
            Self::Permit => "residence permit",
            Self::Portrait => "portrait",
        }
    }
}

impl Member for Group {
    const ALL: &'static [Self] = &[
        Self::Identity,
        Self::Demographics,
        Self::Address,
        Self::Validity,
        Self::Ages,
        Self::Household,
        Self::Residence,
        Self::Permit,
        Self::Portrait,
    ];

    fn number(self) -> u8 {
        match self {
            Self::Identity => 11,
            Self::Demographics => 12,
            Self::Address => 13,
            Self::Validity => 14,
            Self::Ages => 15,
            Self::Household => 16,
            Self::Residence => 17,
            Self::Permit => 18,
            Self::Portrait => 19,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Demographics => "demographics",
            Self::Address => "address",
            Self::Validity => "validity",
            Self::Ages => "ages",
            Self::Household => "household",
            Self::Residence => "residence",
            Self::Permit => "permit",
            Self::Portrait => "portrait",
        }
    }
}

/// How a phone says it verified its user (FORMAT.md, KBT, key -65538). It is the phone's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UserFactor {
    /// Bit 0: the password (亮证密码).
    Password,
    /// Bit 1: the face.
    Face,
    /// Bit 2: a fingerprint.
    Fingerprint,
}

impl UserFactor {
    pub(crate) fn among(bits: u64) -> Set<Self> {
        Self::ALL.iter().copied().filter(|factor| bits & 1 << factor.number() != 0).collect()
    }
}

impl Member for UserFactor {
    const ALL: &'static [Self] = &[Self::Password, Self::Face, Self::Fingerprint];

    fn number(self) -> u8 {
        match self {
            Self::Password => 0,
            Self::Face => 1,
            Self::Fingerprint => 2,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Face => "face",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// The least protection of the phone's key that a desk takes (FORMAT.md, The licence, key 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyProtection {
    /// 0: any key is taken, even one whose place is not told.
    AcceptAny,
    /// 1: at least a key in software.
    Software,
    /// 2: at least a trusted execution environment.
    TrustedEnvironment,
    /// 3: a secure element.
    SecureElement,
}

impl KeyProtection {
    /// Every level, ascending.
    pub const ALL: [Self; 4] =
        [Self::AcceptAny, Self::Software, Self::TrustedEnvironment, Self::SecureElement];

    /// The stable name, for a program: `trusted_environment`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AcceptAny => "accept_any",
            Self::Software => "software",
            Self::TrustedEnvironment => "trusted_environment",
            Self::SecureElement => "secure_element",
        }
    }

    pub(crate) const fn level(self) -> u64 {
        match self {
            Self::AcceptAny => 0,
            Self::Software => 1,
            Self::TrustedEnvironment => 2,
            Self::SecureElement => 3,
        }
    }
}

/// Which age a desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeRule {
    /// No age is looked at.
    AdmitAnyAge,
    /// This age must have been reached, the day *after* the birthday.
    AtLeast(u8),
}

/// How a desk treats the status of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusRule {
    /// A credential without a status reference is refused.
    Require,
    /// A credential without a status reference passes; one with a reference is looked up.
    PassUnreferenced,
    /// Step 12 is skipped whole: a revoked credential passes.
    IgnoreStatus,
}

impl StatusRule {
    /// Every rule, the strictest first.
    pub const ALL: [Self; 3] = [Self::Require, Self::PassUnreferenced, Self::IgnoreStatus];

    /// The stable name, for a program: `require`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::PassUnreferenced => "pass_unreferenced",
            Self::IgnoreStatus => "ignore_status",
        }
    }
}

/// What a desk asks of a code.
///
/// Three presets, for the hotel, the internet café and the patrol; the other scenes begin as the hotel's.
///
/// | knob | hotel | internet café | patrol | reason |
/// | --- | --- | --- | --- | --- |
/// | documents | 1 2 3 | 1 2 3 | 1 2 3 | each proves identity (户口登记条例 Art. 4; 居住证暂行条例) |
/// | require | 11 | none | 11 | 旅馆业治安管理办法 Art. 6: register name and number; a café must know the age, and whom it registers it asks for by policy; an officer asks who somebody is (居民身份证法 Art. 15) |
/// | accept | 12 13 14 | 11 15 | 12 13 14 16 17 18 19 | what the local register or the officer may also need; anything else is dropped (PIPL Art. 6: minimum scope) |
/// | age | any | 18 | any | 互联网上网服务营业场所管理条例 Art. 21: no minors; hotels take minors, and ask about the guardian (未成年人保护法 Art. 57) |
/// | user verification | password | password | password | 亮证 begins with the password; a found phone must not do |
/// | key protection | 2 | 2 | 2 | "bound to the phone's hardware" is not true of a key in software |
/// | max age of a code | 300 s | 300 s | 300 s | the whole life of a code: a slow scanner needs up to 11 s for one text |
/// | skew | 60 s | 60 s | 60 s | phones and desks drift by seconds; only the future side is forgiven |
/// | status | required | required | required | a reported loss (挂失) must reach the desk |
/// | max age of a status list | 24 h | 24 h | 24 h | lists appear every 6 h: three may be missed; a patrol loads them in the morning |
///
/// ```
/// use eid_verifier::policy::{Group, Policy};
///
/// let mut policy = Policy::hotel();
/// policy.require = policy.require.with(Group::Address);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Documents that are accepted.
    pub documents: Set<Document>,
    /// Groups that must be shown; they are returned.
    pub require: Set<Group>,
    /// Groups that are returned if they are shown. Others are checked, dropped and reported as over-disclosed.
    pub accept: Set<Group>,
    /// The age asked for.
    pub age: AgeRule,
    /// What the phone must have verified of its user; all of them.
    pub user_verification: Set<UserFactor>,
    /// Where the phone must keep its key.
    pub key_protection: KeyProtection,
    /// Seconds since the code was made, at most.
    pub max_age: u64,
    /// Seconds by which another clock may be ahead. Expiry is never stretched. The beginning of a ledger is judged with it too:
    /// with less than before a restart, the new ledger begins later by as much.
    pub max_skew: u64,
    /// Whether the status must be known.
    pub status: StatusRule,
    /// Seconds since the status list was issued, at most.
    pub max_status_age: u64,
}

impl Policy {
    /// For a hotel's front desk: name and number, of any age.
    #[must_use]
    pub fn hotel() -> Self {
        Self {
            documents: Document::ALL.iter().copied().collect(),
            require: Set::from([Group::Identity]),
            accept: Set::from([Group::Demographics, Group::Address, Group::Validity]),
            age: AgeRule::AdmitAnyAge,
            user_verification: Set::from([UserFactor::Password]),
            key_protection: KeyProtection::TrustedEnvironment,
            max_age: 300,
            max_skew: 60,
            status: StatusRule::Require,
            max_status_age: 24 * 3600,
        }
    }

    /// For an internet café: eighteen, by whichever group tells it.
    #[must_use]
    pub fn internet_cafe() -> Self {
        Self {
            require: Set::new(),
            accept: Set::from([Group::Identity, Group::Ages]),
            age: AgeRule::AtLeast(18),
            ..Self::hotel()
        }
    }

    /// For a patrol: who it is, and whatever else is shown of the card.
    #[must_use]
    pub fn patrol() -> Self {
        Self {
            accept: Set::from([
                Group::Demographics,
                Group::Address,
                Group::Validity,
                Group::Household,
                Group::Residence,
                Group::Permit,
                Group::Portrait,
            ]),
            ..Self::hotel()
        }
    }

    /// The preset of a scene.
    #[must_use]
    pub fn for_scene(scene: Scene) -> Self {
        match scene {
            Scene::InternetCafe => Self::internet_cafe(),
            Scene::Patrol => Self::patrol(),
            Scene::Hotel | Scene::GovernmentService | Scene::RealEstate => Self::hotel(),
        }
    }

    /// The SHA-256 of what the policy asks, the same for the same knobs: receipts name a policy by it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut out = Encoder::new();
        out.array(11).uint(1);
        write_set(&mut out, self.documents);
        write_set(&mut out, self.require);
        write_set(&mut out, self.accept);
        match self.age {
            AgeRule::AdmitAnyAge => out.null(),
            AgeRule::AtLeast(age) => out.uint(age.into()),
        };
        write_set(&mut out, self.user_verification);
        out.uint(self.key_protection.level()).uint(self.max_age).uint(self.max_skew);
        out.uint(match self.status {
            StatusRule::Require => 0,
            StatusRule::PassUnreferenced => 1,
            StatusRule::IgnoreStatus => 2,
        });
        out.uint(self.max_status_age);
        Sha256::digest(out.into_bytes()).into()
    }

    /// Groups that are returned.
    pub(crate) fn wants(&self, group: Group) -> bool {
        self.require.contains(group) || self.accept.contains(group)
    }
}

fn write_set<T: Member>(out: &mut Encoder, set: Set<T>) {
    out.array(set.len());
    for member in set {
        out.uint(member.number().into());
    }
}
