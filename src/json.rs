//! What leaves a verifier as JSON, and the two things that go in: docs/json.md has every shape, with an example.
//!
//! Each document says `"version": 1`. A field is added without a new version, so that readers ignore what they do not know;
//! a field that goes, or means something else, is a new one. What goes in is read strictly: a field that is missing, unknown
//! or twice is an error, since a knob that was misspelt would be one that does not hold.
//!
//! Claims are masked, as everywhere. [`VerifiedClaims::disclosed`] is the one way to write them whole, and nothing verified is
//! ever read back: a JSON text proves nothing.
//!
//! ```
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<Policy> {
//!     serde_json::from_str(text)
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<VerifiedClaims> {
//!     serde_json::from_str(text)
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<Outcome> {
//!     serde_json::from_str(text)
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<Receipt> {
//!     serde_json::from_str(text)
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<Report> {
//!     serde_json::from_str(text)
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use eid_verifier::{Policy, Refusal, VerifiedClaims, claims::Outcome, receipt::Receipt, report::Report};
//! fn read(text: &str) -> serde_json::Result<Refusal> {
//!     serde_json::from_str(text)
//! }
//! ```

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeStruct as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::UnixTime;
use crate::claims::{Address, Advisory, CivilDate, Outcome, Until, VerifiedClaims};
use crate::policy::{AgeRule, KeyProtection, Policy, StatusRule, UserFactor};
use crate::policy::{Document, Group};
use crate::receipt::{IssuerEvidence, IssuerName, Receipt, StatusListEvidence, TrustListEvidence};
use crate::refusal::{Refusal, Step};
use crate::report::{CodeTimes, ListAge, Report, Row, RowOutcome};
use crate::set::{Member, Set};
use crate::site::{Scene, Site};

const VERSION: u8 = 1;

// ---------------------------------------------------------------------------------------------------------------------
// What goes in.

/// A policy as it stands in a program's settings.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyShape {
    version: u8,
    documents: Vec<String>,
    require: Vec<String>,
    accept: Vec<String>,
    age: AgeShape,
    user_verification: Vec<String>,
    key_protection: String,
    max_age: u64,
    max_skew: u64,
    status: String,
    max_status_age: u64,
}

/// `"admit_any_age"` or `{"at_least": 18}`.
struct AgeShape(AgeRule);

const ADMIT_ANY_AGE: &str = "admit_any_age";
const AT_LEAST: &str = "at_least";

impl Serialize for AgeShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AgeRule::AdmitAnyAge => serializer.serialize_str(ADMIT_ANY_AGE),
            AgeRule::AtLeast(age) => {
                let mut shape = serializer.serialize_map(Some(1))?;
                shape.serialize_entry(AT_LEAST, &age)?;
                shape.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for AgeShape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AgeVisitor).map(Self)
    }
}

struct AgeVisitor;

impl<'de> Visitor<'de> for AgeVisitor {
    type Value = AgeRule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{ADMIT_ANY_AGE}\" or {{\"{AT_LEAST}\": an age}}")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AgeRule, E> {
        if text == ADMIT_ANY_AGE { Ok(AgeRule::AdmitAnyAge) } else { Err(E::custom("an unknown age rule")) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<AgeRule, A::Error> {
        match (fields.next_entry::<String, u8>()?, fields.next_key::<String>()?) {
            (Some((name, age)), None) if name == AT_LEAST => Ok(AgeRule::AtLeast(age)),
            _ => Err(A::Error::custom("an age rule has one field, at_least")),
        }
    }
}

/// A desk as it stands in a program's settings.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteShape {
    version: u8,
    scene: String,
    region: u32,
    relying_party: String,
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PolicyShape {
            version: VERSION,
            documents: names(self.documents),
            require: names(self.require),
            accept: names(self.accept),
            age: AgeShape(self.age),
            user_verification: names(self.user_verification),
            key_protection: self.key_protection.as_str().into(),
            max_age: self.max_age,
            max_skew: self.max_skew,
            status: self.status.as_str().into(),
            max_status_age: self.max_status_age,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape: PolicyShape = deserializer.deserialize_map(Fields(PhantomData))?;
        is_version_1(shape.version)?;
        Ok(Self {
            documents: members::<Document, _>(&shape.documents)?,
            require: members::<Group, _>(&shape.require)?,
            accept: members::<Group, _>(&shape.accept)?,
            age: shape.age.0,
            user_verification: members::<UserFactor, _>(&shape.user_verification)?,
            key_protection: KeyProtection::ALL
                .into_iter()
                .find(|protection| protection.as_str() == shape.key_protection)
                .ok_or_else(|| D::Error::custom("an unknown key protection"))?,
            max_age: shape.max_age,
            max_skew: shape.max_skew,
            status: StatusRule::ALL
                .into_iter()
                .find(|rule| rule.as_str() == shape.status)
                .ok_or_else(|| D::Error::custom("an unknown status rule"))?,
            max_status_age: shape.max_status_age,
        })
    }
}

impl Serialize for Site {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SiteShape {
            version: VERSION,
            scene: self.scene().as_str().into(),
            region: self.region(),
            relying_party: self.relying_party().into(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape: SiteShape = deserializer.deserialize_map(Fields(PhantomData))?;
        is_version_1(shape.version)?;
        let scene = Scene::ALL.into_iter().find(|scene| scene.as_str() == shape.scene);
        let scene = scene.ok_or_else(|| D::Error::custom("unknown scene"))?;
        Self::new(scene, shape.region, &shape.relying_party).map_err(D::Error::custom)
    }
}

/// Reads a shape by the names of its fields only: a derived one would take an array as well, by position.
struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields))
    }
}

fn is_version_1<E: serde::de::Error>(version: u8) -> Result<(), E> {
    if version == VERSION { Ok(()) } else { Err(E::custom("another version than 1")) }
}

fn names<T: Member>(set: Set<T>) -> Vec<String> {
    set.iter().map(|member| member.as_str().into()).collect()
}

fn members<T: Member, E: serde::de::Error>(names: &[String]) -> Result<Set<T>, E> {
    names.iter().try_fold(Set::new(), |set: Set<T>, name| {
        match T::ALL.iter().copied().find(|member| member.as_str() == name) {
            Some(member) if set.contains(member) => Err(E::custom("a name is there twice")),
            Some(member) => Ok(set.with(member)),
            None => Err(E::custom("an unknown name in a set")),
        }
    })
}

// ---------------------------------------------------------------------------------------------------------------------
// What comes out.

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Refusal", 8)?;
        shape.serialize_field("version", &VERSION)?;
        shape.serialize_field("code", self.code().as_str())?;
        shape.serialize_field("number", &self.code().number())?;
        shape.serialize_field("step", &self.step().map(Step::number))?;
        shape.serialize_field("advice", self.advice().as_str())?;
        shape.serialize_field("clerk_zh", self.clerk_zh())?;
        shape.serialize_field("clerk_en", self.clerk_en())?;
        shape.serialize_field("detail", &self.to_string())?;
        shape.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Outcome", 7)?;
        shape.serialize_field("version", &VERSION)?;
        shape.serialize_field("authentic", &true)?;
        shape.serialize_field("document", self.document().as_str())?;
        shape.serialize_field("verified_at", &self.verified_at().as_secs())?;
        shape.serialize_field("age", &self.age())?;
        shape.serialize_field("of_age", self.of_age().as_str())?;
        shape.serialize_field("advisories", &advisories(self.advisories()))?;
        shape.end()
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let now = self.now();
        let lists = |list| ListShape { list, now };
        let mut shape = serializer.serialize_struct("Report", 7)?;
        shape.serialize_field("version", &VERSION)?;
        shape.serialize_field("now", &now.as_secs())?;
        shape.serialize_field("steps", &self.rows().map(RowShape))?;
        shape.serialize_field("code", &self.code().zip(self.remaining(now)).map(TimesShape))?;
        shape.serialize_field("phone_ahead_by", &self.phone_ahead_by())?;
        shape.serialize_field("trust_list", &lists(self.trust_list()))?;
        let status_lists: Vec<_> = self.status_lists().iter().map(lists).collect();
        shape.serialize_field("status_lists", &status_lists)?;
        shape.end()
    }
}

struct RowShape(Row);

impl Serialize for RowShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row { step, outcome } = &self.0;
        let mut shape = serializer.serialize_map(None)?;
        shape.serialize_entry("step", &step.number())?;
        shape.serialize_entry("name", step.as_str())?;
        shape.serialize_entry("outcome", outcome.as_str())?;
        if let RowOutcome::Failed(refusal) = outcome {
            shape.serialize_entry("refusal", refusal)?;
        }
        shape.end()
    }
}

/// With the seconds that are left.
struct TimesShape((CodeTimes, u64));

impl Serialize for TimesShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (CodeTimes { issued_at, expires_at }, remaining) = &self.0;
        let mut shape = serializer.serialize_struct("Code", 3)?;
        shape.serialize_field("issued_at", &issued_at.as_secs())?;
        shape.serialize_field("expires_at", &expires_at.as_secs())?;
        shape.serialize_field("remaining", remaining)?;
        shape.end()
    }
}

struct ListShape<'a> {
    list: &'a ListAge,
    now: UnixTime,
}

impl Serialize for ListShape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("List", 4)?;
        shape.serialize_field("name", &self.list.name)?;
        shape.serialize_field("issued_at", &self.list.issued_at.as_secs())?;
        shape.serialize_field("expires_at", &self.list.expires_at.map(UnixTime::as_secs))?;
        shape.serialize_field("age", &self.list.age(self.now))?;
        shape.end()
    }
}

impl Serialize for Receipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_map(None)?;
        shape.serialize_entry("version", &VERSION)?;
        shape.serialize_entry("at", &self.at().as_secs())?;
        shape.serialize_entry("scene", self.scene().as_str())?;
        shape.serialize_entry("region", &self.region())?;
        shape.serialize_entry("relying_party", self.relying_party())?;
        shape.serialize_entry("purpose", self.purpose().purpose())?;
        shape.serialize_entry("legal_basis", self.purpose().legal_basis())?;
        if let (Some(officer), Some(ground)) = (self.purpose().officer_id(), self.purpose().ground()) {
            shape.serialize_entry("officer_id", officer)?;
            shape.serialize_entry("ground", &ground.number())?;
        }
        shape.serialize_entry("ruling", self.ruling().as_str())?;
        shape.serialize_entry("text_sha256", &self.text_sha256().map(|digest| Hex(digest)))?;
        shape.serialize_entry("policy", &Hex(self.policy_digest()))?;
        shape.serialize_entry("trust_list", &TrustListShape(self.trust_list()))?;
        shape.serialize_entry("issuer", &self.issuer().map(IssuerShape))?;
        shape.serialize_entry("status_list", &self.status_list().map(StatusListShape))?;
        shape.serialize_entry("shown", &names(self.shown()))?;
        shape.serialize_entry("dropped", &names(self.dropped()))?;
        shape.end()
    }
}

struct TrustListShape(TrustListEvidence);

impl Serialize for TrustListShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("TrustList", 2)?;
        shape.serialize_field("sequence", &self.0.sequence)?;
        shape.serialize_field("sha256", &Hex(&self.0.sha256))?;
        shape.end()
    }
}

struct IssuerShape<'a>(&'a IssuerEvidence);

impl Serialize for IssuerShape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_map(None)?;
        match &self.0.iss {
            IssuerName::Listed(iss) => shape.serialize_entry("iss", iss)?,
            IssuerName::Unlisted(sha256) => shape.serialize_entry("iss_sha256", &Hex(sha256))?,
        }
        shape.serialize_entry("kid", &Hex(&self.0.kid))?;
        shape.serialize_entry("proven_by", &self.0.proven_by.as_ref().map(|key| Hex(key)))?;
        shape.end()
    }
}

struct StatusListShape(StatusListEvidence);

impl Serialize for StatusListShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("StatusList", 3)?;
        shape.serialize_field("issued_at", &self.0.issued_at.as_secs())?;
        shape.serialize_field("sha256", &Hex(&self.0.sha256))?;
        shape.serialize_field("value", &self.0.value)?;
        shape.end()
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Claims, masked and whole.

/// Masked, and without advisories: that somebody is a minor is a claim.
impl Serialize for VerifiedClaims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_map(None)?;
        write_frame(&mut shape, self, true)?;
        if let Ok(identity) = self.identity() {
            shape.serialize_entry(
                "identity",
                &IdentityShape { name: &identity.name().to_string(), number: &identity.number().to_string() },
            )?;
        }
        for (name, address) in [("address", self.address()), ("residence", self.residence())] {
            if let Ok(address) = address {
                shape.serialize_entry(name, &address.to_string())?;
            }
        }
        shape.end()
    }
}

/// Verified claims to be written whole, by [`VerifiedClaims::disclosed`].
pub struct Disclosed<'a>(&'a VerifiedClaims);

impl VerifiedClaims {
    /// These claims, to be serialized whole: for the register that the law asks for, over a channel that is fit for it.
    #[must_use]
    pub const fn disclosed(&self) -> Disclosed<'_> {
        Disclosed(self)
    }
}

/// Masked, as the claims are.
impl fmt::Debug for Disclosed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Disclosed").field(self.0).finish()
    }
}

impl Serialize for Disclosed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let claims = self.0;
        let mut shape = serializer.serialize_map(None)?;
        write_frame(&mut shape, claims, false)?;
        shape.serialize_entry("advisories", &advisories(claims.advisories()))?;
        if let Ok(identity) = claims.identity() {
            shape.serialize_entry(
                "identity",
                &IdentityShape { name: identity.name().reveal(), number: identity.number().reveal() },
            )?;
        }
        if let Ok(group) = claims.demographics() {
            shape.serialize_entry(
                "demographics",
                &DemographicsShape {
                    sex: group.sex().code(),
                    sex_zh: group.sex().name_zh(),
                    ethnicity: group.ethnicity().code(),
                    ethnicity_zh: group.ethnicity().name_zh(),
                    birth_date: Day(group.birth_date()),
                },
            )?;
        }
        for (name, address) in [("address", claims.address()), ("residence", claims.residence())] {
            if let Ok(address) = address {
                shape.serialize_entry(name, &AddressShape::from(address))?;
            }
        }
        if let Ok(group) = claims.validity() {
            let until = match group.until() {
                Until::Day(day) => Some(Day(day)),
                Until::LongTerm => None,
            };
            let long_term = until.is_none();
            shape.serialize_entry(
                "validity",
                &ValidityShape { from: Day(group.from()), until, long_term, authority: group.authority() },
            )?;
        }
        if let Ok(group) = claims.ages() {
            shape.serialize_entry("ages", group.reached())?;
        }
        if let Ok(group) = claims.household() {
            shape.serialize_entry(
                "household",
                &HouseholdShape {
                    number: group.reveal_number(),
                    kind: group.kind().code(),
                    kind_zh: group.kind().name_zh(),
                    relation: group.relation().code(),
                    relation_zh: group.relation().class_zh(),
                },
            )?;
        }
        if let Ok(group) = claims.permit() {
            shape.serialize_entry(
                "permit",
                &PermitShape {
                    issued: Day(group.issued()),
                    endorsed_until: Day(group.endorsed_until()),
                    authority: group.authority(),
                },
            )?;
        }
        if let Ok(group) = claims.portrait() {
            shape.serialize_entry("portrait", &Hex(group.digest()))?;
        }
        shape.end()
    }
}

/// What masked and whole claims have in common.
fn write_frame<M: serde::ser::SerializeMap>(
    shape: &mut M,
    claims: &VerifiedClaims,
    masked: bool,
) -> Result<(), M::Error> {
    shape.serialize_entry("version", &VERSION)?;
    shape.serialize_entry("masked", &masked)?;
    shape.serialize_entry("document", claims.document().as_str())?;
    shape.serialize_entry("issuer", claims.issuer())?;
    shape.serialize_entry("verified_at", &claims.verified_at().as_secs())?;
    shape.serialize_entry("groups", &names(claims.groups()))?;
    shape.serialize_entry("over_disclosed", &names(claims.over_disclosed()))
}

#[derive(Serialize)]
struct IdentityShape<'a> {
    name: &'a str,
    number: &'a str,
}

#[derive(Serialize)]
struct DemographicsShape {
    sex: u8,
    sex_zh: &'static str,
    ethnicity: u8,
    ethnicity_zh: &'static str,
    birth_date: Day,
}

#[derive(Serialize)]
struct AddressShape<'a> {
    text: &'a str,
    division: Option<u32>,
}

impl<'a> From<&'a Address> for AddressShape<'a> {
    fn from(address: &'a Address) -> Self {
        Self { text: address.reveal(), division: address.division() }
    }
}

#[derive(Serialize)]
struct ValidityShape<'a> {
    from: Day,
    until: Option<Day>,
    long_term: bool,
    authority: &'a str,
}

#[derive(Serialize)]
struct HouseholdShape<'a> {
    number: &'a str,
    kind: u8,
    kind_zh: &'static str,
    relation: u8,
    relation_zh: &'static str,
}

#[derive(Serialize)]
struct PermitShape<'a> {
    issued: Day,
    endorsed_until: Day,
    authority: &'a str,
}

fn advisories(advisories: &[Advisory]) -> Vec<&'static str> {
    advisories.iter().map(|advisory| advisory.as_str()).collect()
}

/// `2024-02-29`.
struct Day(CivilDate);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes in lower-case hexadecimal.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
