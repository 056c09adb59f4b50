//! One case in the JSON shape of the vectors (tests/vectors/README.md): its inputs, how it is played, and what comes out.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[cfg(not(feature = "std"))]
mod plain;

use std::path::Path;

#[cfg(feature = "std")]
use eid_verifier::MemoryLedger;
use eid_verifier::claims::{Address, Until};
use eid_verifier::ledger::Nonce;
use eid_verifier::policy::{AgeRule, Document, Group, KeyProtection, Member, Set, StatusRule, UserFactor};
use eid_verifier::{
    Anchor, Challenge, Floor, NonceLedger, Policy, Refusal, Scene, Site, Spend, TrustList, UnixTime,
    VerifiedClaims, Verifier,
};
#[cfg(not(feature = "std"))]
use plain::MemoryLedger;
use serde_json::{Map, Value, json};

/// A case, as read.
#[derive(Clone)]
pub struct Case(pub Value);

/// The ledger of a case: in memory, or one that cannot answer.
enum CaseLedger {
    Memory(MemoryLedger),
    Failing,
}

impl NonceLedger for CaseLedger {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        match self {
            Self::Memory(ledger) => ledger.spend(nonce, now),
            Self::Failing => Spend::Failed,
        }
    }
}

impl Case {
    /// Every `*.json` of a folder, by name.
    pub fn all_in(folder: &Path) -> Vec<Self> {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths
            .iter()
            .map(|path| {
                let text = std::fs::read_to_string(path).unwrap();
                Self(
                    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
                )
            })
            .collect()
    }

    /// One of the project's own vectors.
    pub fn named(id: &str) -> Self {
        let path = format!("{}/tests/vectors/{id}.json", env!("CARGO_MANIFEST_DIR"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    pub fn id(&self) -> &str {
        self.text("id")
    }

    pub fn expect(&self) -> &str {
        self.text("expect")
    }

    pub fn qr(&self) -> &str {
        self.text("qr")
    }

    pub fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0["now"].as_u64().expect("now"))
    }

    /// `None` if the case is answered as it expects; else what differs, and why it should be so.
    pub fn mismatch(&self) -> Option<String> {
        let answer = self.answer();
        let found = match &answer {
            Ok(_) => "ok",
            Err(refusal) => refusal.code().as_str(),
        };
        let differs = |what: String| Some(format!("{}: {what}\n    ({})", self.id(), self.text("why")));
        if found != self.expect() {
            return differs(format!("expected {}, found {found}", self.expect()));
        }
        let Ok(guest) = answer else { return None };
        let claims = returned(&guest);
        if claims != self.0["claims"] {
            return differs(format!("expected claims {}, found {claims}", self.0["claims"]));
        }
        let over_disclosed = numbers(guest.over_disclosed());
        if over_disclosed != self.0["over_disclosed"] {
            return differs(format!("expected dropped {}, found {over_disclosed}", self.0["over_disclosed"]));
        }
        None
    }

    /// Plays the case: the scans that come before, then its own, as often as it says. Gives the last answer.
    pub fn answer(&self) -> Result<VerifiedClaims, Refusal> {
        let verifier = self.verifier()?;
        let ledger = self.ledger();
        for scan in self.0["before"].as_array().into_iter().flatten() {
            let now = scan["now"].as_u64().map_or(self.now(), UnixTime::from_secs);
            let found = self.scan(&verifier, scan["qr"].as_str().expect("qr"), &ledger, now);
            let found = found.as_ref().map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
            assert_eq!(Some(found), scan["expect"].as_str(), "{}: a scan before", self.id());
        }
        let times = self.0["times"].as_u64().unwrap_or(1);
        for _ in 1..times {
            let first = self.scan(&verifier, self.qr(), &ledger, self.now());
            assert!(first.is_ok(), "{}: the first of {times} scans: {first:?}", self.id());
        }
        self.scan(&verifier, self.qr(), &ledger, self.now())
    }

    /// The lists of the case, opened at its `now`: a refusal there is its answer.
    pub fn verifier(&self) -> Result<Verifier, Refusal> {
        let anchor = &self.0["anchor"];
        let anchors = [pinned(bytes_of(&anchor["kid"]), bytes_of(&anchor["x"]))];
        let trust = TrustList::open(&bytes(&self.0["trust_list"]), &anchors, self.floor(), self.now())?;
        let mut verifier = Verifier::new(trust, self.site()).with_policy(self.policy());
        for list in self.0["status_lists"].as_array().expect("status_lists") {
            verifier = verifier.with_status_list(&bytes(list), self.now())?;
        }
        Ok(verifier)
    }

    pub fn ledger(&self) -> impl NonceLedger + use<> {
        let ledger = &self.0["ledger"];
        if ledger["fails"].as_bool() == Some(true) {
            return CaseLedger::Failing;
        }
        let capacity =
            ledger["capacity"].as_u64().map_or(1000, |capacity| usize::try_from(capacity).unwrap());
        let began = UnixTime::from_secs(ledger["began"].as_u64().unwrap_or(0));
        CaseLedger::Memory(MemoryLedger::new(capacity, began, [7; 16]))
    }

    /// Judges `qr` with everything else as the case says.
    pub fn scan(
        &self,
        verifier: &Verifier,
        qr: &str,
        ledger: &impl NonceLedger,
        now: UnixTime,
    ) -> Result<VerifiedClaims, Refusal> {
        match self.challenge() {
            Some(challenge) => verifier.verify_challenged(qr, &challenge, ledger, now),
            None => verifier.verify(qr, ledger, now),
        }
    }

    pub fn challenge(&self) -> Option<Challenge> {
        let challenge = &self.0["challenge"];
        (!challenge.is_null()).then(|| Challenge::new(&bytes(challenge)).expect("challenge"))
    }

    fn site(&self) -> Site {
        let site = &self.0["site"];
        let scene =
            [Scene::Hotel, Scene::InternetCafe, Scene::Patrol, Scene::GovernmentService, Scene::RealEstate]
                .into_iter()
                .find(|scene| Some(scene.as_str()) == site["scene"].as_str())
                .expect("scene");
        let region = u32::try_from(site["region"].as_u64().expect("region")).unwrap();
        Site::new(scene, region, site["relying_party"].as_str().expect("relying_party")).expect("site")
    }

    fn policy(&self) -> Policy {
        let given = &self.0["policy"];
        let number =
            |field: &str| given[field].as_u64().unwrap_or_else(|| panic!("{field} of {}", self.id()));
        let mut policy = Policy::hotel();
        policy.documents = set::<Document>(&given["documents"]);
        policy.require = set::<Group>(&given["require"]);
        policy.accept = set::<Group>(&given["accept"]);
        policy.age = given["minimum_age"]
            .as_u64()
            .map_or(AgeRule::AdmitAnyAge, |age| AgeRule::AtLeast(u8::try_from(age).unwrap()));
        let bits = number("user_verification");
        policy.user_verification =
            UserFactor::ALL.iter().copied().filter(|factor| bits & 1 << factor.number() != 0).collect();
        policy.key_protection = match number("key_protection") {
            0 => KeyProtection::AcceptAny,
            1 => KeyProtection::Software,
            2 => KeyProtection::TrustedEnvironment,
            3 => KeyProtection::SecureElement,
            level => panic!("key_protection {level}"),
        };
        policy.max_age = number("max_age");
        policy.max_skew = number("max_skew");
        policy.status = match given["status"].as_str() {
            Some("required") => StatusRule::Require,
            Some("if_referenced") => StatusRule::PassUnreferenced,
            Some("ignored") => StatusRule::IgnoreStatus,
            rule => panic!("status {rule:?}"),
        };
        policy.max_status_age = number("max_status_age");
        policy
    }

    fn floor(&self) -> Floor {
        let floor = &self.0["floor"];
        if floor.is_null() {
            return Floor::FirstInstallation;
        }
        Floor::Seen {
            sequence: floor["sequence"].as_u64().expect("sequence"),
            sha256: bytes_of(&floor["sha256"]),
            issued_at: UnixTime::from_secs(floor["issued_at"].as_u64().expect("issued_at")),
        }
    }

    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_else(|| panic!("no {field}"))
    }
}

/// The sandbox's key is pinned by its own name only.
fn pinned(kid: [u8; 8], x: [u8; 32]) -> Anchor {
    #[cfg(feature = "sandbox")]
    if x == eid_verifier::sandbox::TestAnchor::danger_public().x {
        return Anchor::danger_sandbox();
    }
    Anchor::new(kid, x)
}

fn set<T: Member>(numbers: &Value) -> Set<T> {
    let numbers = numbers.as_array().expect("numbers");
    let found: Set<T> = numbers
        .iter()
        .filter_map(|number| {
            T::ALL.iter().copied().find(|member| number.as_u64() == Some(member.number().into()))
        })
        .collect();
    assert_eq!(found.iter().count(), numbers.len(), "a number that the crate does not have: {numbers:?}");
    found
}

fn numbers<T: Member>(set: Set<T>) -> Value {
    set.iter().map(Member::number).collect()
}

/// The groups as in the vectors: by number, in the shapes of FORMAT.md.
pub fn returned(guest: &VerifiedClaims) -> Value {
    let mut claims = Map::new();
    for group in guest.groups().iter() {
        claims.insert(group.number().to_string(), group_value(guest, group).unwrap());
    }
    Value::Object(claims)
}

fn group_value(guest: &VerifiedClaims, group: Group) -> Result<Value, Refusal> {
    Ok(match group {
        Group::Identity => {
            let identity = guest.identity()?;
            json!([identity.name().reveal(), identity.number().reveal()])
        }
        Group::Demographics => {
            let person = guest.demographics()?;
            json!([person.sex().code(), person.ethnicity().code(), person.birth_date().to_yyyymmdd()])
        }
        Group::Address => address(guest.address()?),
        Group::Validity => {
            let validity = guest.validity()?;
            let until = match validity.until() {
                Until::Day(day) => json!(day.to_yyyymmdd()),
                Until::LongTerm => Value::Null,
            };
            json!([validity.from().to_yyyymmdd(), until, validity.authority()])
        }
        Group::Ages => json!(guest.ages()?.reached()),
        Group::Household => {
            let household = guest.household()?;
            let kind = match household.kind().name_zh() {
                "家庭户" => 1,
                _ => 2,
            };
            json!([household.reveal_number(), kind, household.relation().code()])
        }
        Group::Residence => address(guest.residence()?),
        Group::Permit => {
            let permit = guest.permit()?;
            json!([permit.issued().to_yyyymmdd(), permit.endorsed_until().to_yyyymmdd(), permit.authority()])
        }
        Group::Portrait => json!([hex::encode(guest.portrait()?.digest())]),
        group => panic!("{group:?} has no shape here"),
    })
}

fn address(address: &Address) -> Value {
    address
        .division()
        .map_or_else(|| json!([address.reveal()]), |division| json!([address.reveal(), division]))
}

pub fn bytes(hexadecimal: &Value) -> Vec<u8> {
    hex::decode(hexadecimal.as_str().expect("hex")).expect("hex")
}

fn bytes_of<const N: usize>(hexadecimal: &Value) -> [u8; N] {
    bytes(hexadecimal).try_into().expect("length")
}
