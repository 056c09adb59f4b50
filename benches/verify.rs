//! A whole verify, and every refusal, beside one raw `verify_strict` in the same run.
//!
//! - `raw`: ed25519-dalek's `verify_strict` of 500 bytes with a parsed key, once and twice: what everything is divided by.
//!   `once-again` is the same at the end of the run: how far the two differ is how far the machine can be trusted.
//! - `accept`: text to claims, with a ledger that says [`Spend::Fresh`]; `memory-ledger` is the first of them with a fresh
//!   [`MemoryLedger`] each time.
//! - `refusal`: every refused vector under its code. A step is not visible from outside, but the time to be refused at it
//!   is: each row holds all steps before its own, so that what a step costs is the difference of two rows of like tokens.
//!   `dearest` are those that make the verifier work hardest.
//!
//! `cargo bench --bench verify`, then `benches/ratios.py` for the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a bench fails by panicking"
)]

#[path = "../tests/case/mod.rs"]
mod case;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use case::Case;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signer as _, SigningKey};
use eid_verifier::ledger::Nonce;
use eid_verifier::{
    Challenge, MemoryLedger, NonceLedger, Refusal, Spend, UnixTime, VerifiedClaims, Verifier,
};

/// Admits everything, so that one code can be scanned a million times.
struct Fresh;

impl NonceLedger for Fresh {
    fn spend(&self, _: &Nonce, _: UnixTime) -> Spend {
        Spend::Fresh
    }
}

/// One vector, opened.
struct Desk {
    case: Case,
    verifier: Verifier,
    challenge: Option<Challenge>,
}

impl Desk {
    /// `None` if the vector's lists are refused already.
    fn open(case: Case) -> Option<Self> {
        Some(Self { verifier: case.verifier().ok()?, challenge: case.challenge(), case })
    }

    fn scan(&self, ledger: &impl NonceLedger) -> Result<VerifiedClaims, Refusal> {
        self.scan_text(black_box(self.case.qr()), ledger)
    }

    fn scan_text(&self, text: &str, ledger: &impl NonceLedger) -> Result<VerifiedClaims, Refusal> {
        match &self.challenge {
            Some(challenge) => self.verifier.verify_challenged(text, challenge, ledger, self.case.now()),
            None => self.verifier.verify(text, ledger, self.case.now()),
        }
    }

    /// The vector's own ledger, after the scans that come before its last.
    fn ledger(&self) -> impl NonceLedger + use<> {
        let ledger = self.case.ledger();
        for scan in self.case.0["before"].as_array().into_iter().flatten() {
            let _ = self.scan_text(scan["qr"].as_str().unwrap(), &ledger);
        }
        for _ in 1..self.case.0["times"].as_u64().unwrap_or(1) {
            let _ = self.scan(&ledger);
        }
        ledger
    }
}

fn raw(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, times: usize) {
    let message = [0x5a; 500];
    let signing = SigningKey::from_bytes(&[7; 32]);
    let (key, signature) = (signing.verifying_key(), signing.sign(&message));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for _ in 0..times {
                black_box(&key).verify_strict(black_box(&message), black_box(&signature)).unwrap();
            }
        });
    });
}

fn raw_first(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("raw");
    raw(&mut group, "verify_strict", 1);
    raw(&mut group, "verify_strict-twice", 2);
}

fn raw_last(criterion: &mut Criterion) {
    raw(&mut criterion.benchmark_group("raw"), "verify_strict-again", 1);
}

fn accept(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("accept");
    for (name, id) in [
        ("base45", "ok-hotel-full"),
        ("base45-minimal", "ok-hotel-minimal"),
        ("base64url", "ok-base64url"),
        ("challenge", "ok-challenge"),
        ("esp256", "ok-esp256"),
    ] {
        let desk = Desk::open(Case::named(id)).unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| desk.scan(&Fresh).unwrap()));
    }
    let desk = Desk::open(Case::named("ok-hotel-full")).unwrap();
    group.bench_function("memory-ledger", |bencher| {
        bencher.iter_batched_ref(
            || MemoryLedger::new(16, UnixTime::from_secs(0), [7; 16]),
            |ledger| desk.scan(ledger).unwrap(),
            BatchSize::SmallInput,
        );
    });
}

fn refusal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("refusal");
    for case in Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))) {
        if case.expect() == "ok" {
            continue;
        }
        let Some(desk) = Desk::open(case) else { continue };
        let ledger = desk.ledger();
        let code = desk.scan(&ledger).unwrap_err().code();
        group.bench_function(BenchmarkId::new(code.as_str(), desk.case.id()), |bencher| {
            bencher.iter(|| desk.scan(&ledger).unwrap_err());
        });
    }
}

fn dearest(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dearest");
    for (name, id) in [("spent", "ok-hotel-full"), ("spent-esp256", "ok-esp256")] {
        let desk = Desk::open(Case::named(id)).unwrap();
        let ledger = desk.case.ledger();
        desk.scan(&ledger).unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| desk.scan(&ledger).unwrap_err()));
    }

    let desk = Desk::open(Case::named("ok-hotel-full")).unwrap();
    let mut text = |name: &str, text: &str, code: &str| {
        assert_eq!(desk.scan_text(text, &Fresh).unwrap_err().code().as_str(), code, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| desk.scan_text(black_box(text), &Fresh).unwrap_err());
        });
    };
    text("text-of-1-MiB", &format!("LZ1:{}", "0".repeat(1 << 20)), "payload.too_long");
    text("base45-wrong-at-the-end", &format!("LZ1:{}:::", "0".repeat(3069)), "payload.encoding");
    for (name, token, code) in small_items() {
        text(name, &base45(&token), code);
    }
}

/// Tokens of 2,048 bytes, as many of them as can be items of one byte, where no signature stops them.
fn small_items() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    const TOKEN: usize = 2048;
    let bytes = |content: &[u8]| match content.len() {
        length @ 24..256 => [&[0x58, be(length)[1]], content].concat(),
        length @ 256.. => [&[0x59][..], &be(length), content].concat(),
        length => [&[0x40 | be(length)[1]], content].concat(),
    };
    let array = |items: usize| [&[0x99][..], &be(items), &vec![0; items]].concat();
    // [<< {1: -19, 13: ..., 16: 294} >>, {}, << payload >>, signature], and the same of the SD-CWT.
    let signature = [&[0x58, 64][..], &[0; 64]].concat();
    let object = |protected: &[u8], payload: &[u8]| {
        [&[0xd2, 0x84][..], &bytes(protected), &[0xa0], &bytes(payload), &signature].concat()
    };
    let kbt = |credential: &[u8], more: &[u8]| {
        let protected = [&[0xa3, 1, 0x32, 13][..], credential, &[16, 0x19, 1, 38]].concat();
        let payload = [
            &[0xa5, 3, 0x65][..],
            b"hotel",
            &[4, 0x1a, 0x6a, 0xb1, 0x3b, 0x9c, 6, 0x1a, 0x6a, 0xb1, 0x3b, 0x80, 7, 0x50],
            &[0; 16],
            more,
        ]
        .concat();
        object(&protected, &payload)
    };
    // An unknown claim of the phone's: ignored, but read; then the credential turns out to be none.
    let in_payload = |items| kbt(&[0x80], &[&[0x18, 99][..], &array(items)].concat());
    // As ages in the licence, whose last key then is one too many, in a credential without an issuer: read three times.
    let in_licence = |items| {
        let licence = [&[0xa3, 0, 1, 15][..], &array(items), &[0x18, 99, 0]].concat();
        let no_iss = [&[0xa5, 2, 0x61, b'b', 4, 2, 6, 1, 8, 0xa1, 1, 0xa0][..], &[0x3a, 0, 1, 0, 0]].concat();
        let claims = [&no_iss[..], &licence].concat();
        let credential_header = [&[0xa3, 1, 0x32, 4, 0x48][..], &[0; 8], &[16, 0x19, 1, 37]].concat();
        kbt(&object(&credential_header, &claims), &[0x18, 99, 0])
    };
    let filled = |make: &dyn Fn(usize) -> Vec<u8>| {
        let items = TOKEN - (make(256).len() - 256);
        let token = make(items);
        assert_eq!(token.len(), TOKEN);
        token
    };
    vec![
        ("small-items-in-payload", filled(&in_payload), "payload.shape"),
        ("small-items-in-licence", filled(&in_licence), "payload.shape"),
    ]
}

fn be(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap().to_be_bytes()
}

fn base45(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let digit = |number: usize| char::from(ALPHABET[number % 45]);
    let (pairs, []) = bytes.as_chunks::<2>() else { panic!("an even length") };
    let triple = |&[a, b]: &[u8; 2]| {
        let number = usize::from(a) * 256 + usize::from(b);
        [digit(number), digit(number / 45), digit(number / 2025)]
    };
    "LZ1:".chars().chain(pairs.iter().flat_map(triple)).collect()
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500));
    targets = raw_first, accept, refusal, dearest, raw_last
}
criterion_main!(all);
