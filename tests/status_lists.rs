//! The vectors of draft-ietf-oauth-status-list through the door: the draft's lists, signed anew by the sandbox's publisher,
//! looked into by its credentials. The unit tests look at every entry; here each that is set, and its neighbours.

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;

use eid_verifier::sandbox::{Cbor, STATUS_REVOKED, World};
use serde_json::Value;

const STATUS_LIST: i32 = 65_533;
const STATUS: i32 = 65_535;

thread_local! {
    // The sandbox takes plain functions to change what it signs.
    static LIST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static REFERENCE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn suite() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suites/status-list/vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn bytes(hexadecimal: &Value) -> Vec<u8> {
    hex::decode(hexadecimal.as_str().unwrap()).unwrap()
}

/// A world whose publisher signs `list`, as encoded.
fn publishing(list: Vec<u8>) -> World {
    LIST.set(list);
    let mut world = World::fixed();
    world.publisher.tampering.payload = |claims| {
        claims.put(STATUS_LIST, LIST.with_borrow(|list| Cbor::Raw(list.clone())));
    };
    world
}

fn played(world: &World) -> &'static str {
    world.scenario("status", "", "ok").play().map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
}

fn code(value: u64) -> &'static str {
    ["ok", "status.revoked", "status.suspended", "status.outdated"]
        .get(usize::try_from(value).unwrap())
        .unwrap_or(&"status.unknown")
}

#[test]
fn the_lists_of_the_draft() {
    let mut looked = 0;
    for vector in suite()["vectors"].as_array().unwrap() {
        let size = vector["size"].as_u64().unwrap();
        let nonzero = vector["nonzero"].as_object().unwrap();
        let mut world = publishing(bytes(&vector["cbor_hex"]));
        let desk = world.scenario("status", "", "ok");
        let (desk, now) = (desk.verifier().unwrap(), desk.now());
        let set = nonzero.keys().map(|index| index.parse::<u64>().unwrap());
        let around: BTreeSet<u64> = set
            .flat_map(|index| [index.saturating_sub(1), index, index + 1])
            .chain([0, size - 1, size, size + 1, u64::MAX])
            .collect();
        for index in around {
            let expected = match nonzero.get(&index.to_string()) {
                _ if index >= size => "status.index",
                Some(value) => code(value.as_u64().unwrap()),
                None => "ok",
            };
            let credential = &mut world.showing.credential;
            credential.short_status = credential.short_status.map(|(list, _)| (list, index));
            let answer = desk.check(&world.showing.text(), now);
            let found = answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
            assert_eq!(found, expected, "{} bits, index {index}", vector["bits"]);
            looked += 1;
        }
    }
    println!("{looked} indices of the draft's lists");
    assert!(looked > 500, "{looked}");
}

/// The draft's own token is signed with ES256: no list of ours, whoever signed it.
#[test]
fn the_token_of_the_draft_names_another_algorithm() {
    let desk = World::fixed().scenario("", "", "ok");
    let token = bytes(&suite()["status_list_cwt_hex"]);
    let refusal = desk.verifier().unwrap().with_status_list(&token, desk.now()).unwrap_err();
    assert_eq!(refusal.code().as_str(), "status.malformed");
}

/// The claim of the draft's referenced token, byte for byte, and the list that it means: entry 0 of the 1-bit example is set.
#[test]
fn the_reference_of_the_draft() {
    let suite = suite();
    let token = bytes(&suite["referenced_token_cwt_hex"]);
    let after =
        |mark: &[u8]| token.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len();
    // The value of claim 65535, up to the head of the signature.
    let reference = &token[after(b"\x19\xff\xff")..after(b"\x58\x40") - 2];
    assert!(reference.starts_with(b"\xa1\x6bstatus_list\xa2"), "{reference:02x?}");

    let mut world = publishing(bytes(&suite["short_examples"][0]["cbor_hex"]));
    world.publisher.uri = "https://example.com/statuslists/1".into();
    REFERENCE.set(reference.to_vec());
    world.showing.credential.short_status = None;
    world.showing.credential.tampering.payload = |claims| {
        claims.put(STATUS, REFERENCE.with_borrow(|reference| Cbor::Raw(reference.clone())));
    };
    assert_eq!(played(&world), "status.revoked");
    world.publisher.uri.push('0');
    assert_eq!(played(&world), "status.unavailable");
}

/// Tags are free in what other tools write, and so is that of a CWT (RFC 8392 6) around the whole.
#[test]
fn a_token_under_the_tag_of_a_cwt() {
    let mut world = World::fixed();
    world.publisher.tampering.token = |token| *token = Cbor::Tag(61, Box::new(token.clone()));
    assert_eq!(played(&world), "ok");
    world.publisher.tampering.token = |token| *token = Cbor::Tag(61, Box::new(0.into()));
    assert_eq!(played(&world), "status.malformed");
}

/// A list that does not inflate, or not within the limit, costs an outsider's sender nothing to make: it is not looked into.
#[test]
fn a_list_is_inflated_only_after_its_signature() {
    let cut: fn(&mut World) = |world| world.publisher.zlib = |zlib| zlib.truncate(zlib.len() / 2);
    let checksum: fn(&mut World) = |world| world.publisher.zlib = |zlib| *zlib.last_mut().unwrap() ^= 1;
    let bomb: fn(&mut World) = |world| world.publisher.size = (4 << 20) + 1;
    for (spoil, alone) in
        [(cut, "status.malformed"), (checksum, "status.malformed"), (bomb, "status.too_large")]
    {
        let mut world = World::fixed();
        spoil(&mut world);
        assert_eq!(played(&world), alone);
        let mut unsigned = world.clone();
        unsigned.publisher.tampering.flipped_bit = Some(7);
        assert_eq!(played(&unsigned), "status.signature");
        world.publisher.kid = [0; 8];
        assert_eq!(played(&world), "status.issuer");
    }
}

/// A desk has lists of several counties. An address that begins another is another address, and so is one before or after it.
#[test]
fn the_list_of_another_address_is_not_looked_into() {
    let world = World::fixed();
    let address = world.publisher.uri.clone();
    assert_eq!(played(&world), "ok");
    let (_, index) = world.showing.credential.short_status.expect("a reference");
    for other in ["a", &address[..1], &address[..address.len() - 1], "z"] {
        assert!(other.len() < address.len());
        let mut both = world.clone();
        let mut publisher = world.publisher.clone();
        publisher.uri = other.into();
        publisher.iat += 1;
        publisher.values.insert(index, STATUS_REVOKED);
        both.other_publishers.push(publisher);
        assert_eq!(played(&both), "ok", "{other}");
        both.publisher.silent = true;
        assert_eq!(played(&both), "status.unavailable", "{other}");
    }
}
