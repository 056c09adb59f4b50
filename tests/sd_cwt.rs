//! The digest rule against the SD-CWT draft's own key binding token: SHA-256 over a disclosure's byte string with its CBOR
//! head (FORMAT.md, Disclosures). The draft's disclosures are of other claims than ours, so the rule is held to them, and the
//! library to the rule.

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use eid_verifier::refusal::DisclosureRefusal;
use eid_verifier::sandbox::{Cbor, Shown, World};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn with_the_head(disclosure: &[u8]) -> [u8; 32] {
    Sha256::digest(Cbor::Bytes(disclosure.to_vec()).encode()).into()
}

fn of_the_content(disclosure: &[u8]) -> [u8; 32] {
    Sha256::digest(disclosure).into()
}

/// What comes of credentials whose issuer hashes like this, with one group shown and with seven.
fn answers(digest: fn(&[u8]) -> [u8; 32]) -> [&'static str; 2] {
    [&[11][..], &[11, 12, 13, 14, 15, 16, 19]].map(|groups| {
        let mut world = World::fixed();
        world.ask_and_show(groups);
        world.showing.credential.digest = digest;
        let answer = world.scenario("digest", "", "ok").play();
        answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
    })
}

#[test]
fn the_drafts_digests_are_over_the_byte_string_with_its_head() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suites/sd-cwt/kbt.json");
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let disclosures = suite["disclosures"].as_array().unwrap();
    assert_eq!(disclosures.len(), 3);
    for disclosure in disclosures {
        let bytes = hex::decode(disclosure["disclosure"].as_str().unwrap()).unwrap();
        assert_eq!(disclosure["digest"], hex::encode(with_the_head(&bytes)));
        assert_ne!(disclosure["digest"], hex::encode(of_the_content(&bytes)));
    }
}

#[test]
fn the_library_digests_like_the_draft() {
    assert_eq!(answers(with_the_head), ["ok"; 2]);
    assert_eq!(answers(of_the_content), ["disclosure.unmatched"; 2]);
}

/// Each of seven, by itself: one that was found says nothing of the next.
#[test]
fn what_nobody_hashed_is_found_in_every_place() {
    let groups = [11, 12, 13, 14, 15, 16, 19];
    for forged in groups {
        let mut world = World::fixed();
        world.ask_and_show(&groups.map(u64::from));
        world.showing.credential.change(forged.into(), |group| group.shown = Shown::Forged);
        let refusal = world.scenario("forged", "", "ok").play().unwrap_err();
        assert_eq!(refusal, DisclosureRefusal::Unmatched { group: forged }.into());
    }
}
