//! The CBOR and COSE suites of others (tests/suites). What our two dialects take is written beside every case of them, and
//! was derived from FORMAT.md's encoding rules without this reader: all else is refused.

use super::cbor::{self, Fault};
use super::cose::{Bucket, Headers, Sign1};
use super::signature::DeviceKey;
use serde_json::Value;
use std::format;
use std::vec::Vec;

fn suite(path: &str) -> Value {
    let path = format!("{}/tests/suites/{path}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn hexadecimal(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// How many cases a suite has, how many of them we take, and how many more we take from third parties.
fn taken(path: &str) -> (usize, usize, usize) {
    let suite = suite(path);
    let cases = suite["cases"].as_array().unwrap();
    let (mut ours, mut third_parties) = (0, 0);
    for case in cases {
        let item = hexadecimal(&case["hex"]);
        let deterministic = cbor::decode(&item, |reader| reader.skip().map(drop)).is_ok();
        let from_third_party = cbor::decode_third_party(&item, |reader| reader.skip().map(drop)).is_ok();
        let found = match (deterministic, from_third_party) {
            (true, true) => "both",
            (false, true) => "third party",
            (false, false) => "none",
            (true, false) => "ours alone",
        };
        assert_eq!(case["taken"], found, "{case}");
        ours += usize::from(deterministic);
        third_parties += usize::from(from_third_party && !deterministic);
    }
    (cases.len(), ours, third_parties)
}

#[test]
fn rfc_8949_appendix_a() {
    assert_eq!(taken("cbor-wg/appendix-a"), (81, 40, 30));
}

#[test]
fn cbor_wg_good() {
    assert_eq!(taken("cbor-wg/good"), (88, 13, 60));
}

#[test]
fn cbor_wg_spike() {
    assert_eq!(taken("cbor-wg/spike"), (1165, 258, 825));
}

/// Two of the 47 are well formed, dates of a wrong type under tags that nobody reads: they may stand in a status list.
#[test]
fn cbor_wg_bad() {
    assert_eq!(taken("cbor-wg/bad"), (47, 0, 2));
}

#[test]
fn qcbor_not_well_formed() {
    assert_eq!(taken("qcbor/not_well_formed"), (122, 0, 0));
}

/// What our reader says of a COSE_Sign1: its signature under the key of the case, or the fault.
fn judged(case: &Value) -> &'static str {
    let (object, key) = (hexadecimal(&case["cbor"]), hexadecimal(&case["key"]));
    let read = cbor::decode_sign1(&object, |reader| {
        Sign1::read(reader, |reader| Headers::new().read(Bucket::Unprotected, reader, |_, _| Ok(false)))
    });
    let object = match read {
        Err(Fault::Malformed) => return "malformed",
        Err(_) => return "shape",
        Ok((object, ())) => object,
    };
    let as_printed = object.signed_bytes(|pieces| pieces.concat()) == hexadecimal(&case["to_be_signed"]);
    let holds = DeviceKey::decode(&key).unwrap().verifies(&object);
    match (holds, as_printed) {
        (true, true) => "signed",
        (false, _) => "not signed",
        (true, false) => "signed, over other bytes than printed",
    }
}

/// The algorithms of the suite have other numbers than ours (EdDSA -8, ES256 -7): a token that names one of them is
/// `header.algorithm`. The bytes that are signed and the signatures are the same.
#[test]
fn cose_wg_sign1() {
    let suite = suite("cose-wg/sign1");
    let cases = suite["cases"].as_array().unwrap();
    let (mut signed, mut refused_with_others) = (0, 0);
    for case in cases {
        let found = judged(case);
        assert_eq!(case["ours"], found, "{case}");
        assert!(found != "signed" || case["fail"] == false, "{case}");
        signed += usize::from(found == "signed");
        refused_with_others += usize::from(case["fail"] == true);
    }
    assert_eq!((cases.len(), signed, refused_with_others), (13, 3, 6));
}

/// The one Ed25519 example: taken apart, its headers are read as they stand.
#[test]
fn cose_wg_eddsa_headers() {
    let suite = suite("cose-wg/sign1");
    let case = &suite["cases"][0];
    assert_eq!(case["name"], "eddsa-examples/eddsa-sig-01");
    let object = hexadecimal(&case["cbor"]);
    let mut unprotected = Headers::new();
    let (object, ()) = cbor::decode_sign1(&object, |reader| {
        Sign1::read(reader, |reader| unprotected.read(Bucket::Unprotected, reader, |_, _| Ok(false)))
    })
    .unwrap();
    let mut headers = Headers::new();
    cbor::decode(object.protected, |reader| headers.read(Bucket::Protected, reader, |_, _| Ok(false)))
        .unwrap();
    assert_eq!(headers.algorithm, Some(-8));
    // A content type, and a kid that is not protected: neither belongs to any object of ours.
    assert!(headers.unexpected && unprotected.unexpected);
    assert_eq!(object.payload, b"This is the content.");
}
