//! What others need for the same: a text with a person's identity, from the text to verified claims.
//!
//! Equivalent, not equal: each has its own format, and most have one signature where LZ1 has two. The person is that of the
//! vectors, with name, number, sex, birth date and address. Compare rows of as many signatures.
//!
//! - `ours`: a whole LZ1 scan, which also checks freshness, audience, scope, disclosures and status.
//! - `by-hand`: a code without disclosures (ciborium cannot read `simple(59)`) with `base64`, `ciborium`, `coset` and two
//!   `verify_strict`: no other rule is checked. `ours-in-the-clear` is a whole scan of the same code.
//! - `claim169-core`: Base45, zlib, COSE and CWT; one signature.
//! - `jsonwebtoken`: EdDSA, one signature; and one inside the other, the inner naming the outer's key. Its `verify`, and that
//!   of `claim169-core`, is the lenient one of ed25519-dalek 2.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench panics"
)]

#[path = "../../tests/case/mod.rs"]
mod case;
#[path = "../verify/signatures.rs"]
#[allow(dead_code)]
mod signatures;
#[path = "../verify/token.rs"]
#[allow(dead_code)]
mod token;
#[path = "../unit/mod.rs"]
mod unit;

use std::hint::black_box;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use case::Case;
use ciborium::Value;
use claim169_core::{Claim169, CwtMeta, Decoder, Encoder};
use coset::{AsCborValue as _, CoseSign1, TaggedCborSerializable as _};
use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger, Spend, UnixTime};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use signatures::Signatures;
use unit::{Raw, Units};

struct Fresh;

impl NonceLedger for Fresh {
    fn spend(&self, _: &Nonce, _: UnixTime) -> Spend {
        Spend::Fresh
    }
}

fn raw(criterion: &mut Criterion) {
    let (raw, mut turns) = (Raw::new(), 0..);
    criterion.benchmark_group("raw").bench_function("verify_strict", |bencher| {
        bencher.iter(|| raw.verify(turns.next().unwrap()));
    });
}

fn ours(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("two-signatures");
    let vectors = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors"));
    let named = |id| Case::all_in(vectors).into_iter().find(|case| case.id() == id).unwrap();
    for (name, id) in [("ours", "ok-hotel-full"), ("ours-in-the-clear", "ok-hotel-clear")] {
        let case: Case = named(id);
        let verifier = case.verifier().unwrap();
        group.bench_function(name, |bencher| {
            Units::of(bencher, 1, |_| verifier.verify(black_box(case.qr()), &Fresh, case.now()).unwrap());
        });
    }

    let case: Case = named("ok-hotel-clear");

    let text = URL_SAFE_NO_PAD.encode(token::of(case.qr()));
    let issuer = Signatures::of(&case).issuer_key();
    by_hand(&text, &issuer);
    group.bench_function("by-hand", |bencher| {
        Units::of(bencher, 1, |_| by_hand(black_box(&text), black_box(&issuer)));
    });
}

/// Both signatures and the decoded claims, and nothing else.
fn by_hand(text: &str, issuer: &VerifyingKey) -> (Value, Value) {
    let token = URL_SAFE_NO_PAD.decode(text).unwrap();
    let binding = CoseSign1::from_tagged_slice(&token).unwrap();
    let (_, credential) =
        binding.protected.header.rest.iter().find(|(label, _)| *label == coset::Label::Int(13)).unwrap();
    let credential = match credential {
        Value::Tag(18, credential) => CoseSign1::from_cbor_value(credential.as_ref().clone()).unwrap(),
        _ => panic!("no credential"),
    };
    verify(&credential, issuer);
    let claims: Value = ciborium::from_reader(&credential.payload.as_ref().unwrap()[..]).unwrap();
    let cose_key = entry(entry(&claims, 8), 1);
    let device = entry(cose_key, -2).as_bytes().unwrap();
    verify(&binding, &VerifyingKey::from_bytes(device.as_slice().try_into().unwrap()).unwrap());
    let shown = ciborium::from_reader(&binding.payload.as_ref().unwrap()[..]).unwrap();
    (claims, shown)
}

fn verify(object: &CoseSign1, key: &VerifyingKey) {
    object
        .verify_signature(b"", |signature, message| {
            key.verify_strict(message, &Signature::from_slice(signature).unwrap())
        })
        .unwrap();
}

fn entry(map: &Value, key: i64) -> &Value {
    let (_, value) = map.as_map().unwrap().iter().find(|(own, _)| *own == Value::from(key)).unwrap();
    value
}

fn claim169(criterion: &mut Criterion<Units>) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let claim = Claim169::new()
        .with_id("510107199003072136")
        .with_full_name("李小明")
        .with_date_of_birth("1990-03-07")
        .with_address("四川省成都市武侯区人民南路四段1号");
    let meta = CwtMeta::new().with_issuer("https://issuer.example.com").with_expires_at(4_000_000_000);
    let text =
        Encoder::new(claim, meta).sign_with_ed25519(&key.to_bytes()).unwrap().encode().unwrap().qr_data;
    let public = key.verifying_key().to_bytes();
    criterion.benchmark_group("one-signature").bench_function("claim169-core", |bencher| {
        Units::of(bencher, 1, |_| {
            Decoder::new(black_box(text.as_str())).verify_with_ed25519(&public).unwrap().decode().unwrap()
        });
    });
}

#[derive(Serialize, Deserialize)]
struct Person {
    iss: String,
    exp: u64,
    name: String,
    number: String,
    birth_date: u32,
    address: String,
    /// The x of the phone's key.
    cnf: String,
}

#[derive(Serialize, Deserialize)]
struct Showing {
    exp: u64,
    aud: String,
    nonce: String,
    credential: String,
}

fn jwt(criterion: &mut Criterion<Units>) {
    let (issuer, phone) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[9; 32]));
    let x = |key: &SigningKey| URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let person = Person {
        iss: "https://issuer.example.com".into(),
        exp: 4_000_000_000,
        name: "李小明".into(),
        number: "510107199003072136".into(),
        birth_date: 19_900_307,
        address: "四川省成都市武侯区人民南路四段1号".into(),
        cnf: x(&phone),
    };
    let header = Header::new(Algorithm::EdDSA);
    let credential = encode(&header, &person, &signing(&issuer)).unwrap();
    let showing = Showing {
        exp: 4_000_000_000,
        aud: "hotel".into(),
        nonce: "MTIzNDU2Nzg5MDEyMzQ1Ng".into(),
        credential: credential.clone(),
    };
    let showing = encode(&header, &showing, &signing(&phone)).unwrap();
    let issuer = DecodingKey::from_ed_components(&x(&issuer)).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["hotel"]);
    let alone = Validation::new(Algorithm::EdDSA);
    let one = |text: &str| decode::<Person>(text, &issuer, &alone).unwrap().claims;
    criterion.benchmark_group("one-signature").bench_function("jsonwebtoken", |bencher| {
        Units::of(bencher, 1, |_| one(black_box(&credential)));
    });
    // The phone's key is known only after the credential is read, so the outer object is looked into first.
    let both = |text: &str| {
        let outer = jsonwebtoken::dangerous::insecure_decode::<Showing>(text).unwrap().claims;
        let person = one(&outer.credential);
        let phone = DecodingKey::from_ed_components(&person.cnf).unwrap();
        (person, decode::<Showing>(text, &phone, &validation).unwrap().claims)
    };
    criterion.benchmark_group("two-signatures").bench_function("jsonwebtoken", |bencher| {
        Units::of(bencher, 1, |_| both(black_box(&showing)));
    });
}

/// The key in PKCS#8 (RFC 8410).
fn signing(key: &SigningKey) -> EncodingKey {
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    EncodingKey::from_ed_der(&[&head[..], &key.to_bytes()].concat())
}

criterion_group!(unit_alone, raw);
criterion_group! {
    name = peers;
    config = Units::RAW.criterion(50, 2000);
    targets = ours, claim169, jwt
}
criterion_main!(unit_alone, peers);
