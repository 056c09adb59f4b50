//! ESP256 over the suite of others: r and s in 1..n-1, 64 bytes `r||s` and no other length, a high s too (FORMAT.md,
//! Details). The keys come in as the COSE_Key of a credential's `cnf`, once with y whole and once with its sign.

use super::{DeviceKey, esp256_verifies};
use serde_json::Value;
use std::vec;
use std::vec::Vec;

fn hexadecimal(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// `{1: 2, -1: 1, -2: x, -3: y}`.
fn cose_key(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[0xa4, 1, 2, 0x20, 1, 0x21][..], x, &[0x22], y].concat()
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    [&[0x58, u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
}

fn verdict(cose_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Ok(DeviceKey::P256(key)) = DeviceKey::decode(cose_key) else { panic!("no key of P-256") };
    let (first, second) = message.split_at(message.len() / 3);
    // Another length than 64 is `payload.shape` before any signature is looked at.
    signature.try_into().is_ok_and(|signature| esp256_verifies(&key, &[first, second], signature))
}

#[test]
fn wycheproof() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/suites/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"
    );
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut keys, mut cases, mut accepted, mut of_another_length) = (0, 0, 0, 0);
    for group in suite["testGroups"].as_array().unwrap() {
        let point = hexadecimal(&group["publicKey"]["uncompressed"]);
        let (x, y) = (byte_string(&point[1..33]), byte_string(&point[33..]));
        // true where y is odd.
        let sign = vec![if point[64] % 2 == 1 { 0xf5 } else { 0xf4 }];
        keys += 1;
        for test in group["tests"].as_array().unwrap() {
            let (message, signature) = (hexadecimal(&test["msg"]), hexadecimal(&test["sig"]));
            let found = [&y, &sign].map(|y| verdict(&cose_key(&x, y), &message, &signature));
            assert_eq!(found, [test["result"] == "valid"; 2], "tcId {}", test["tcId"]);
            cases += 1;
            accepted += u32::from(found[0]);
            of_another_length += u32::from(signature.len() != 64);
        }
    }
    assert_eq!((keys, cases, accepted, of_another_length), (112, 262, 173, 21));
}
