//! Every scenario of the sandbox gets its exact answer, every code is reached by one, and nobody trusts the sandbox by
//! accident.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use std::collections::BTreeSet;

use case::Case;
use eid_verifier::refusal::{Advice, Code};
use eid_verifier::sandbox::{Fault, Scenario, TestAnchor};
use eid_verifier::{Anchor, Floor, TrustList, UnixTime};

#[test]
fn every_scenario_gets_its_exact_answer() {
    let scenarios = Scenario::all();
    let mismatches: Vec<String> =
        scenarios.iter().filter_map(|scenario| Case(scenario.to_json()).mismatch()).collect();
    println!("{} scenarios, {} mismatches", scenarios.len(), mismatches.len());
    assert!(mismatches.is_empty(), "\n{}", mismatches.join("\n"));

    let reached: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.expect).collect();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).chain(["ok"]).collect();
    assert_eq!(reached, codes);
}

/// Every fault in a good scenario of each kind of phone, document and scene.
#[test]
fn every_fault_gets_the_answer_it_names() {
    let mut cases = 0;
    for id in [
        "ok-hotel",
        "ok-hotel-clear",
        "ok-all-groups",
        "ok-p256",
        "ok-internet-cafe",
        "ok-patrol",
        "ok-other-issuer",
    ] {
        let good = Scenario::named(id).expect(id);
        for fault in Fault::EACH {
            let broken = Case(good.broken_by(fault).to_json());
            assert_eq!(broken.mismatch(), None, "{id} {fault:?}");
            cases += 1;
        }
    }
    println!("{cases} faults");
}

#[test]
fn the_sandboxs_key_is_pinned_by_danger_sandbox_only() {
    let good = Scenario::named("ok-hotel").unwrap();
    let TestAnchor { kid, x } = good.anchor;
    let now = UnixTime::from_secs(good.now);
    let open = |anchor| TrustList::open(&good.trust_list, &[anchor], Floor::FirstInstallation, now);
    assert!(open(Anchor::danger_sandbox()).is_ok());
    assert_eq!(open(Anchor::new(kid, x)).unwrap_err().code(), Code::TrustAnchor);
}

#[test]
fn a_real_desk_calls_a_test_code_a_test_code() {
    let desk = Case::named("ok-hotel-minimal").verifier().unwrap();
    let test = Scenario::named("ok-hotel").unwrap();
    let refusal = desk.check(&test.qr, UnixTime::from_secs(test.now)).unwrap_err();
    assert_eq!((refusal.code(), refusal.advice()), (Code::IssuerUnknown, Advice::Refuse));
    assert!(refusal.clerk_zh().contains("测试码") && refusal.clerk_en().contains("test code"));
    assert!(refusal.to_string().contains("test code"));
}
