//! The verdicts are `verify_strict`'s, and never move: over the suites of others, every pair of small-order and
//! non-canonical encodings, mixed-order points, s around L, and mutations. Only a key that is not canonical is refused
//! here before `verify_strict` would see it.

use super::{Ed25519Key, SMALL_ORDER, is_canonical};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity as _;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde_json::Value;
use sha2::{Digest as _, Sha512};
use std::format;
use std::string::String;
use std::vec::Vec;

fn suite(path: &str) -> Value {
    let path = format!("{}/tests/suites/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn hexadecimal(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// Our verdict, the message in two pieces.
fn ours(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let (first, second) = message.split_at(message.len() / 3);
    Ed25519Key::decode(key).is_ok_and(|key| key.verifies_pieces(&[first, second], signature))
}

/// ed25519-dalek's strict verdict, over canonical keys and reduced s. The tests run with its `legacy_compatibility`, which
/// drops the second from `verify_strict`.
fn strict(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let s = signature.last_chunk().copied().unwrap();
    is_canonical(key)
        && Scalar::from_canonical_bytes(s).is_some().into()
        && VerifyingKey::from_bytes(key)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// The verdict of both, which must be one.
fn verdict(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (key.try_into(), signature.try_into()) else {
        return false;
    };
    let found = ours(key, message, signature);
    assert_eq!(
        found,
        strict(key, message, signature),
        "key {} message {} signature {}",
        hex::encode(key),
        hex::encode(message),
        hex::encode(signature)
    );
    found
}

#[test]
fn wycheproof() {
    let suite = suite("wycheproof/ed25519_test.json");
    let (mut cases, mut accepted) = (0, 0);
    for group in suite["testGroups"].as_array().unwrap() {
        let key = hexadecimal(&group["publicKey"]["pk"]);
        for test in group["tests"].as_array().unwrap() {
            let found = verdict(&key, &hexadecimal(&test["msg"]), &hexadecimal(&test["sig"]));
            assert_eq!(found, test["result"] == "valid", "tcId {}", test["tcId"]);
            cases += 1;
            accepted += u32::from(found);
        }
    }
    assert_eq!((cases, accepted), (151, 88));
}

#[test]
fn cctv() {
    let suite = suite("cctv/ed25519vectors.json");
    let (mut cases, mut accepted) = (0, 0);
    for case in suite.as_array().unwrap() {
        let message = case["msg"].as_str().unwrap().as_bytes();
        let found = verdict(&hexadecimal(&case["key"]), message, &hexadecimal(&case["sig"]));
        let flags = format!("{}", case["flags"]);
        let weak = ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"];
        assert!(!found || weak.iter().all(|flag| !flags.contains(&format!("\"{flag}\""))), "{case}");
        cases += 1;
        accepted += u32::from(found);
    }
    assert_eq!((cases, accepted), (914, 43));
}

#[test]
fn speccheck() {
    let suite = suite("speccheck/cases.json");
    let verdicts: String = suite
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            let key = hexadecimal(&case["pub_key"]);
            if verdict(&key, &hexadecimal(&case["message"]), &hexadecimal(&case["signature"])) {
                'V'
            } else {
                'X'
            }
        })
        .collect();
    assert_eq!(verdicts, "XXXVXXXXXXXX");
}

#[test]
fn dalek() {
    let suite = suite("dalek-testvectors/testvectors.json");
    let vectors = suite["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 128);
    for vector in vectors {
        let [key, message, signature] = ["pk", "msg", "sig"].map(|field| hexadecimal(&vector[field]));
        assert!(verdict(&key, &message, &signature));
    }
}

/// The small-order points and every non-canonical encoding: y = p..p+18 with either sign, and -0.
fn odd_encodings() -> Vec<[u8; 32]> {
    let mut encodings = SMALL_ORDER.to_vec();
    for low in 0xec..=0xff {
        for high in [0x7f, 0xff] {
            let mut encoding = [0xff; 32];
            encoding[0] = low;
            encoding[31] = high;
            encodings.push(encoding);
        }
    }
    let mut minus_one_x = [0; 32];
    minus_one_x[0] = 1;
    minus_one_x[31] = 0x80;
    encodings.push(minus_one_x);
    encodings
}

const L: [u8; 32] = super::ORDER;

#[test]
fn odd_points_with_odd_scalars() {
    let scalars = [[0; 32], core::array::from_fn(|i| if i == 0 { 5 } else { 0 }), L];
    let encodings = odd_encodings();
    let mut cases = 0;
    for a in &encodings {
        for r in &encodings {
            for s in &scalars {
                for message in 0..8_u8 {
                    let signature = [&r[..], &s[..]].concat();
                    assert!(!verdict(a, &[message], &signature));
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 49 * 49 * 3 * 8);
}

/// Numbers that look random and are the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn scalar(&mut self) -> Scalar {
        let wide: [u8; 64] = core::array::from_fn(|_| u8::try_from(self.below(256)).unwrap());
        Scalar::from_bytes_mod_order_wide(&wide)
    }
}

/// Signatures that a key's owner can make with a torsion part in A or R: some hold cofactorless, and all that hold hold
/// for both.
#[test]
fn mixed_order_points() {
    let mut draw = Draw(1);
    let torsion: Vec<EdwardsPoint> =
        SMALL_ORDER.iter().map(|encoding| CompressedEdwardsY(*encoding).decompress().unwrap()).collect();
    let (mut cases, mut accepted, mut mixed) = (0, 0, 0);
    for round in 0..40_u8 {
        for t_a in &torsion {
            for t_r in &torsion {
                let (secret, nonce) = (draw.scalar(), draw.scalar());
                let a = (EdwardsPoint::mul_base(&secret) + t_a).compress();
                let r = (EdwardsPoint::mul_base(&nonce) + t_r).compress();
                let message = [round];
                let k = Sha512::new().chain_update(r.0).chain_update(a.0).chain_update(message).finalize();
                let s = nonce + Scalar::from_bytes_mod_order_wide(&k.into()) * secret;
                let signature = [r.0, s.to_bytes()].concat();
                let found = verdict(&a.0, &message, &signature);
                cases += 1;
                accepted += u32::from(found);
                mixed += u32::from(found && !(t_a.is_identity() && t_r.is_identity()));
            }
        }
    }
    // Some of those with torsion cancel, so that the test is not of refusals only.
    assert!(mixed > 50 && accepted < cases, "{mixed} of {accepted} of {cases}");
}

#[test]
fn s_just_below_and_above_the_order() {
    let mut draw = Draw(2);
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key().to_bytes();
    // s = L - 1 and s = 0 with the R that fits: R = sB - kA needs k, which needs R; so any R, and both refuse alike.
    let add = |s: &[u8], by: &[u8; 32]| {
        let mut carry = 0_u16;
        let sum: Vec<u8> = s
            .iter()
            .zip(by)
            .map(|(&a, &b)| {
                let digit = u16::from(a) + u16::from(b) + carry;
                carry = digit >> 8;
                digit.to_le_bytes()[0]
            })
            .collect();
        (carry == 0).then_some(sum)
    };
    for _ in 0..200 {
        let message = draw.scalar().to_bytes();
        let good = key.sign(&message).to_bytes();
        assert!(verdict(&public, &message, &good));
        let (r, s) = good.split_at(32);
        let mut larger = s.to_vec();
        // s + L, s + 2L, ... as long as 32 bytes hold them.
        while let Some(next) = add(&larger, &L) {
            assert!(!verdict(&public, &message, &[r, &next[..]].concat()));
            larger = next;
        }
        let mut below = L;
        below[0] -= 1;
        for edge in [below, L, [0; 32], [0xff; 32]] {
            assert!(!verdict(&public, &message, &[r, &edge[..]].concat()));
        }
    }
}

#[test]
fn a_hundred_thousand_mutations() {
    let mut draw = Draw(3);
    let torsion: Vec<EdwardsPoint> =
        SMALL_ORDER.iter().map(|encoding| CompressedEdwardsY(*encoding).decompress().unwrap()).collect();
    let (mut accepted, rounds) = (0, 100_000);
    let mut key = SigningKey::from_bytes(&[0; 32]);
    for round in 0..rounds {
        if round % 16 == 0 {
            key = SigningKey::from_bytes(&draw.scalar().to_bytes());
        }
        let mut message = draw.scalar().to_bytes().to_vec();
        let mut signature = key.sign(&message).to_bytes();
        let mut public = key.verifying_key().to_bytes();
        let bit = 1 << draw.below(8);
        match draw.below(8) {
            0 => signature[draw.below(32)] ^= bit,
            1 => signature[32 + draw.below(32)] ^= bit,
            2 => message[draw.below(32)] ^= bit,
            3 => public[draw.below(32)] ^= bit,
            4 => {
                let r = CompressedEdwardsY::from_slice(&signature[..32]).unwrap().decompress().unwrap();
                let moved = (r + torsion[draw.below(8)]).compress();
                signature[..32].copy_from_slice(&moved.0);
            }
            5 => signature[..32].copy_from_slice(&SMALL_ORDER[draw.below(8)]),
            6 => signature[32..].copy_from_slice(&draw.scalar().to_bytes()),
            _ => {}
        }
        accepted += u32::from(verdict(&public, &message, &signature));
    }
    assert!(accepted > rounds / 16, "{accepted}");
}
