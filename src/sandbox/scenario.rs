//! One scenario: every input of a verifier, and the one right answer (FORMAT.md, What a verifier checks).
//!
//! Its JSON has the shape of the test vectors, so that one runner runs both.

use alloc::{format, string::String, vec::Vec};
use core::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    cases,
    cbor::Cbor,
    credential::Shown,
    desk::{Floor, Ledger, Policy, Site},
    fault::Fault,
    operator::TestAnchor,
    world::World,
};

/// The inputs of one check, and its answer. The lists are opened first, at `now`, the trust list before the status
/// lists: a refusal there is the answer.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub id: String,
    /// The defect in words.
    pub why: String,
    /// When the code is scanned and the lists are opened, in unix seconds.
    pub now: u64,
    /// The key to pin, as data: a Rust program pins [`Anchor::danger_sandbox`](crate::Anchor::danger_sandbox).
    pub anchor: TestAnchor,
    /// The signed trust list.
    pub trust_list: Vec<u8>,
    /// The signed status lists.
    pub status_lists: Vec<Vec<u8>>,
    /// Where the desk stands.
    pub site: Site,
    /// What it asks for.
    pub policy: Policy,
    /// The challenge it gave.
    pub challenge: Option<Vec<u8>>,
    /// The newest trust list it remembers.
    pub floor: Option<Floor>,
    /// Its nonce ledger.
    pub ledger: Ledger,
    /// The text, as the scanner gives it.
    pub qr: String,
    /// 2: it is scanned twice; the first answer is ok, the second is `expect`.
    pub times: u64,
    /// Other scans, presented first, in order, to the same ledger.
    pub before: Vec<ScanBefore>,
    /// `ok`, or the one code that must be given.
    pub expect: &'static str,
    /// With `ok`: the groups returned.
    pub claims: Vec<(u64, Cbor)>,
    /// With `ok`: the numbers of the groups that were shown and dropped.
    pub over_disclosed: Vec<u64>,
    /// What all this was made from.
    pub world: World,
}

/// A scan that comes before the one that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanBefore {
    /// The text, as the scanner gives it.
    pub qr: String,
    /// `ok`, or the one code that must be given.
    pub expect: &'static str,
    /// When, if not at the scenario's `now`.
    pub now: Option<u64>,
}

impl Scenario {
    /// All of them: every code of FORMAT.md at least once, and the ways to be right.
    #[must_use]
    pub fn all() -> Vec<Self> {
        cases::all()
    }

    /// The scenario of this name.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        cases::named(id)
    }

    /// This scenario with one thing broken, made anew from its world, and the answer that the break must get: `ok`
    /// where this desk does not look at what was broken.
    ///
    /// For a scenario that is ok. One that is already refused has its own defect as well, and a verifier may meet
    /// that one first.
    #[must_use]
    pub fn broken_by(&self, fault: Fault) -> Self {
        let mut world = self.world.clone();
        let expect = fault.apply(&mut world);
        world.scenario(format!("{}-but-{}", self.id, fault.name()), fault.why(), expect)
    }

    /// The scenario as a test vector.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut out = json!({
            "id": self.id,
            "why": self.why,
            "now": self.now,
            "anchor": { "kid": hex(&self.anchor.kid), "x": hex(&self.anchor.x) },
            "trust_list": hex(&self.trust_list),
            "status_lists": self.status_lists.iter().map(|list| hex(list)).collect::<Vec<_>>(),
            "site": {
                "scene": self.site.scene,
                "region": self.site.region,
                "relying_party": self.site.relying_party,
            },
            "policy": {
                "documents": self.policy.documents,
                "require": self.policy.require,
                "accept": self.policy.accept,
                "minimum_age": self.policy.minimum_age,
                "user_verification": self.policy.user_verification,
                "key_protection": self.policy.key_protection,
                "max_age": self.policy.max_age,
                "max_skew": self.policy.max_skew,
                "status": self.policy.status,
                "max_status_age": self.policy.max_status_age,
            },
            "challenge": self.challenge.as_deref().map(hex),
            "floor": self.floor.as_ref().map(|floor| json!({
                "sequence": floor.sequence,
                "sha256": hex(&floor.sha256),
                "issued_at": floor.issued_at,
            })),
            "ledger": ledger(&self.ledger),
            "qr": self.qr,
            "times": self.times,
            "expect": self.expect,
        });
        if let Value::Object(out) = &mut out {
            if !self.before.is_empty() {
                out.insert("before".into(), self.before.iter().map(scan_before).collect());
            }
            if self.expect == "ok" {
                let claims = self.claims.iter().map(|(number, value)| (format!("{number}"), claim(value)));
                out.insert("claims".into(), Value::Object(claims.collect()));
                out.insert("over_disclosed".into(), json!(self.over_disclosed));
            }
        }
        out
    }
}

impl World {
    /// Signs everything and writes down what must come of it: `expect` is `ok` or a code of FORMAT.md.
    #[must_use]
    pub fn scenario(&self, id: impl Into<String>, why: impl Into<String>, expect: &'static str) -> Scenario {
        let (mut claims, mut over_disclosed) = (Vec::new(), Vec::new());
        if expect == "ok" {
            let mut groups: Vec<_> = self.showing.credential.groups.iter().collect();
            groups.retain(|group| group.shown != Shown::Withheld);
            groups.sort_by_key(|group| group.number);
            for group in groups {
                if self.policy.require.contains(&group.number) || self.policy.accept.contains(&group.number) {
                    claims.push((group.number, group.value.clone()));
                } else {
                    over_disclosed.push(group.number);
                }
            }
        }
        Scenario {
            id: id.into(),
            why: why.into(),
            now: self.now,
            anchor: TestAnchor::danger_public(),
            trust_list: self.trust_list(),
            status_lists: self.status_lists(),
            site: self.site.clone(),
            policy: self.policy.clone(),
            challenge: self.challenge.clone(),
            floor: self.floor.clone(),
            ledger: self.ledger.clone(),
            qr: self.showing.text(),
            times: self.times,
            before: (self.before.iter())
                .map(|scan| ScanBefore { qr: scan.showing.text(), expect: scan.expect, now: scan.now })
                .collect(),
            expect,
            claims,
            over_disclosed,
            world: self.clone(),
        }
    }
}

fn ledger(ledger: &Ledger) -> Value {
    let mut out = Map::new();
    out.extend(ledger.began.map(|began| ("began".into(), json!(began))));
    out.extend(ledger.capacity.map(|capacity| ("capacity".into(), json!(capacity))));
    out.extend(ledger.fails.then(|| ("fails".into(), json!(true))));
    Value::Object(out)
}

fn scan_before(scan: &ScanBefore) -> Value {
    let mut out = Map::new();
    out.insert("qr".into(), json!(scan.qr));
    out.insert("expect".into(), json!(scan.expect));
    out.extend(scan.now.map(|now| ("now".into(), json!(now))));
    Value::Object(out)
}

/// A claim as the vectors write it: byte strings as hex. Items that no claim of FORMAT.md has are null.
fn claim(value: &Cbor) -> Value {
    match value {
        Cbor::Uint(number) => json!(number),
        Cbor::Text(text) => json!(text),
        Cbor::Bytes(bytes) => json!(hex(bytes)),
        Cbor::Array(items) => items.iter().map(claim).collect(),
        _ => Value::Null,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
