//! How many scans two threads do in the time in which one does one: they share the lists and the ledger. Beside it, the same
//! of raw `verify_strict`s, which share nothing: what the machine has to give.
//!
//! One thread and two take turns, in windows of some milliseconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    missing_docs,
    reason = "a bench fails by panicking"
)]

#[path = "../../tests/case/mod.rs"]
mod case;
#[path = "../unit/mod.rs"]
mod unit;

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use case::Case;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use eid_verifier::{MemoryLedger, UnixTime, Verifier};
use unit::{Raw, Units};

const WINDOW: Duration = Duration::from_millis(20);

/// A desk whose code was spent: everything is checked, the ledger is asked, and nothing runs full.
struct Desk {
    case: Case,
    verifier: Verifier,
    ledger: MemoryLedger,
}

impl Desk {
    fn open(id: &str) -> Self {
        let case = Case::named(id);
        let verifier = case.verifier().unwrap();
        let desk = Self { case, verifier, ledger: MemoryLedger::new(16, UnixTime::from_secs(0), [7; 16]) };
        assert!(desk.scan());
        desk
    }

    fn scan(&self) -> bool {
        black_box(self.verifier.verify(self.case.qr(), &self.ledger, self.case.now())).is_ok()
    }
}

/// How often a second so many threads together do something.
fn speed(threads: usize, act: &(impl Fn() + Sync)) -> f64 {
    let together = Barrier::new(threads);
    let repeat = || {
        together.wait();
        let (start, mut times) = (Instant::now(), 0_u32);
        while start.elapsed() < WINDOW {
            act();
            times += 1;
        }
        f64::from(times) / start.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let each: Vec<_> = (0..threads).map(|_| scope.spawn(repeat)).collect();
        each.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

fn threads(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("threads");
    // As many windows in each sample.
    group.sampling_mode(SamplingMode::Flat);
    let mut two_beside_one = |name: &str, act: &(dyn Fn() + Sync)| {
        group.bench_function(format!("two-beside-one/{name}"), |bencher| {
            bencher.iter_custom(|count| {
                // The best window of each: where the machine has other work, it is not the threads that wait for each other.
                let (mut one, mut two) = (0_f64, 0_f64);
                for _ in 0..count {
                    one = one.max(speed(1, &|| act()));
                    two = two.max(speed(2, &|| act()));
                }
                count as f64 * two / one
            });
        });
    };
    let raw = Raw::new();
    two_beside_one("raw", &|| raw.verify(0));
    for id in ["ok-hotel-minimal", "ok-esp256"] {
        let desk = Desk::open(id);
        two_beside_one(id, &|| assert!(!desk.scan()));
    }
}

criterion_group! {
    name = all;
    config = Units("times one thread").criterion(10, 12_000);
    targets = threads
}
criterion_main!(all);
