//! A whole verify, and every refusal, in units of one raw `verify_strict` (see `unit`).
//!
//! - `raw`: the unit itself in criterion's own nanoseconds; and two of it, beside it.
//! - `signatures`: those of the codes that are accepted, and nothing else; and what one inversion for the two would save.
//! - `accept`: text to claims, with a ledger that says [`Spend::Fresh`]. `base45`, `base64url` and `memory-ledger` are the
//!   mean over the same codes as `signatures`, so that what they cost beyond it is everything else.
//! - `refusal`: every refused vector under its code. A step is not visible from outside, but the time to be refused at it
//!   is: each row holds all steps before its own, so that what a step costs is the difference of two rows of like tokens.
//! - `dearest`: what makes the verifier work hardest.
//!
//! `benches/ratios.py` runs it in several processes, and prints the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a bench fails by panicking"
)]

#[path = "../../tests/case/mod.rs"]
mod case;
mod signatures;
mod token;
#[path = "../unit/mod.rs"]
mod unit;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use case::Case;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use eid_verifier::ledger::Nonce;
use eid_verifier::{
    Challenge, MemoryLedger, NonceLedger, Refusal, Spend, UnixTime, VerifiedClaims, Verifier,
};
use signatures::Signatures;
use unit::{Raw, Units, timed};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

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

/// The codes of the vectors in Base45 that are accepted, signed twice with Ed25519, and need no challenge.
fn accepted() -> Vec<Desk> {
    let desks: Vec<_> = Case::all_in(Path::new(VECTORS))
        .into_iter()
        .filter(|case| case.expect() == "ok" && case.challenge().is_none() && case.id() != "ok-esp256")
        .filter(|case| case.qr().contains("LZ1:"))
        .map(|case| Desk::open(case).unwrap())
        .collect();
    assert!(desks.len() >= 10);
    desks
}

fn raw(criterion: &mut Criterion) {
    let (raw, mut turns) = (Raw::new(), 0..);
    criterion.benchmark_group("raw").bench_function("verify_strict", |bencher| {
        bencher.iter(|| raw.verify(turns.next().unwrap()));
    });
}

fn raw_twice(criterion: &mut Criterion<Units>) {
    let raw = Raw::new();
    criterion.benchmark_group("raw").bench_function("verify_strict-twice", |bencher| {
        Units::of(bencher, raw.turns(), |turn| {
            raw.verify(turn);
            raw.verify(turn + 1);
        });
    });
}

fn signatures(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("signatures");
    let signed: Vec<_> = accepted().iter().map(|desk| Signatures::of(&desk.case)).collect();
    let issuer = |turn: usize| signed[turn % signed.len()].verify_issuers();
    let device = |turn: usize| signed[turn % signed.len()].verify_devices();
    group.bench_function("issuer", |bencher| Units::of(bencher, signed.len(), issuer));
    group.bench_function("device", |bencher| Units::of(bencher, signed.len(), device));
    group.bench_function("both", |bencher| {
        Units::of(bencher, signed.len(), |turn| {
            issuer(turn);
            device(turn);
        });
    });
    group.bench_function("both-with-one-inversion", |bencher| {
        Units::of(bencher, signed.len(), |turn| signed[turn % signed.len()].verify_both_together());
    });
}

fn accept(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("accept");
    let desks = accepted();
    group.bench_function("base45", |bencher| {
        Units::of(bencher, desks.len(), |turn| desks[turn % desks.len()].scan(&Fresh).unwrap());
    });
    let texts: Vec<_> = desks
        .iter()
        .map(|desk| format!("LZ1U:{}", URL_SAFE_NO_PAD.encode(token::of(desk.case.qr()))))
        .collect();
    group.bench_function("base64url", |bencher| {
        Units::of(bencher, desks.len(), |turn| {
            let (desk, text) = (&desks[turn % desks.len()], &texts[turn % desks.len()]);
            desk.scan_text(black_box(text), &Fresh).unwrap()
        });
    });
    group.bench_function("memory-ledger", |bencher| {
        Units::measure(bencher, desks.len(), |turns| {
            let ledgers: Vec<_> =
                (0..turns).map(|_| MemoryLedger::new(16, UnixTime::from_secs(0), [7; 16])).collect();
            timed(turns, |turn| desks[turn % desks.len()].scan(&ledgers[turn]).unwrap())
        });
    });
    for id in ["ok-hotel-minimal", "ok-hotel-full", "ok-challenge", "ok-esp256"] {
        let desk = Desk::open(Case::named(id)).unwrap();
        group.bench_function(id, |bencher| Units::of(bencher, 1, |_| desk.scan(&Fresh).unwrap()));
    }
}

fn refusal(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("refusal");
    for case in Case::all_in(Path::new(VECTORS)) {
        if case.expect() == "ok" {
            continue;
        }
        let Some(desk) = Desk::open(case) else { continue };
        let ledger = desk.ledger();
        let code = desk.scan(&ledger).unwrap_err().code();
        group.bench_function(BenchmarkId::new(code.as_str(), desk.case.id()), |bencher| {
            Units::of(bencher, 1, |_| desk.scan(&ledger).unwrap_err());
        });
    }
}

fn dearest(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("dearest");
    for (name, id) in [("spent", "ok-hotel-full"), ("spent-esp256", "ok-esp256")] {
        let desk = Desk::open(Case::named(id)).unwrap();
        let ledger = desk.case.ledger();
        desk.scan(&ledger).unwrap();
        group.bench_function(name, |bencher| Units::of(bencher, 1, |_| desk.scan(&ledger).unwrap_err()));
    }

    let desk = Desk::open(Case::named("ok-hotel-full")).unwrap();
    let mut text = |name: &str, text: &str, code: &str| {
        assert_eq!(desk.scan_text(text, &Fresh).unwrap_err().code().as_str(), code, "{name}");
        group.bench_function(name, |bencher| {
            Units::of(bencher, 1, |_| desk.scan_text(black_box(text), &Fresh).unwrap_err());
        });
    };
    text("text-of-1-MiB", &format!("LZ1:{}", "0".repeat(1 << 20)), "payload.too_long");
    text("base45-wrong-at-the-end", &format!("LZ1:{}:::", "0".repeat(3069)), "payload.encoding");
    for (name, token) in token::crafted() {
        text(&format!("crafted/{name}"), &token::to_base45(&token), "payload.shape");
    }
}

criterion_group! {
    name = unit;
    config = Criterion::default().sample_size(50).measurement_time(Duration::from_secs(1));
    targets = raw
}
criterion_group! {
    name = accepts;
    config = Units::RAW.criterion(10, 3000);
    targets = raw_twice, signatures, accept, dearest
}
criterion_group! {
    name = refusals;
    config = Units::RAW.criterion(20, 200);
    targets = refusal
}
criterion_main!(unit, accepts, refusals);
