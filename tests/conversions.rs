//! The small ways in: a clock's moment, an empty set, a desk by its scene, a ledger behind a reference.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use case::Case;
use eid_verifier::policy::{Group, Set};
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::Scenario;
use eid_verifier::{NonceLedger, Scene, Site, SiteError, UnixTime};
use time::OffsetDateTime;

#[test]
fn a_moment_before_1970_is_1970() {
    let moment = |seconds| UnixTime::from(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
    for (seconds, expected) in
        [(-1, 0), (i64::from(i32::MIN), 0), (0, 0), (1, 1), (1_790_000_000, 1_790_000_000)]
    {
        assert_eq!(moment(seconds).as_secs(), expected);
    }
}

#[test]
fn a_set_begins_empty() {
    assert_eq!(Set::<Group>::default().iter().count(), 0);
    assert_eq!(Set::<Group>::default(), Set::new());
}

#[test]
fn each_desk_is_of_its_scene() {
    type Make = fn(u32, &str) -> Result<Site, SiteError>;
    let makes: [(Make, Scene, &str); 3] = [
        (Site::hotel, Scene::Hotel, "hotel:desk"),
        (Site::internet_cafe, Scene::InternetCafe, "internet-cafe:desk"),
        (Site::patrol, Scene::Patrol, "patrol:desk"),
    ];
    for (make, scene, audience) in makes {
        let site = make(510_107, "desk").unwrap();
        assert_eq!((site.scene(), site.region(), site.audience()), (scene, 510_107, audience));
    }
}

/// Several desks of one process share a ledger by reference; that must not become a ledger of its own.
#[test]
fn a_ledger_behind_a_reference_is_the_same_ledger() {
    fn scan<L: NonceLedger>(case: &Case, ledger: L) -> Option<Code> {
        let answer = case.scan(&case.verifier().unwrap(), case.qr(), &ledger, case.now());
        answer.err().map(|refusal| refusal.code())
    }
    let case = Case(Scenario::named("ok-hotel").unwrap().to_json());
    let ledger = case.ledger();
    let shared: &dyn NonceLedger = &ledger;
    assert_eq!(scan(&case, shared), None);
    assert_eq!(scan(&case, &ledger), Some(Code::NonceSpent));
    assert_eq!(scan(&case, ledger), Some(Code::NonceSpent));
}
