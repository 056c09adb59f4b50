//! One code, many hands: exactly one accept, however the threads fall.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use eid_verifier::refusal::Code;
use eid_verifier::sandbox::Scenario;
use eid_verifier::{MemoryLedger, NonceLedger as _, Spend, UnixTime};

const THREADS: usize = 16;
const ROUNDS: usize = 10_000;

#[test]
fn sixteen_threads_and_one_code_ten_thousand_times() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let (desk, now) = (scenario.verifier().unwrap(), scenario.now());
    let ledgers: Vec<_> =
        (0..ROUNDS).map(|_| MemoryLedger::new(4, UnixTime::from_secs(0), [7; 16])).collect();
    let accepts: Vec<_> = (0..ROUNDS).map(|_| AtomicUsize::new(0)).collect();
    let refused = AtomicUsize::new(0);
    let otherwise = AtomicUsize::new(0);
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for (ledger, accepts) in ledgers.iter().zip(&accepts) {
                    // Everything but the spend is done before the start, so that the spends fall together.
                    let code = desk.check(&scenario.qr, now).unwrap();
                    barrier.wait();
                    let spend = ledger.spend(code.nonce(), now);
                    // Counted, and judged at the end: a thread that panicked here would leave the others at the barrier.
                    let count = match code.admit(spend, now).map_err(|refusal| refusal.code()) {
                        Ok(_) => accepts,
                        Err(Code::NonceSpent) => &refused,
                        Err(_) => &otherwise,
                    };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(accepts.iter().all(|accepts| accepts.load(Ordering::Relaxed) == 1));
    assert_eq!((refused.into_inner(), otherwise.into_inner()), (ROUNDS * (THREADS - 1), 0));
}

#[test]
fn two_unspent_of_one_code_are_one_accept() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let (desk, now) = (scenario.verifier().unwrap(), scenario.now());
    let two = || (desk.check(&scenario.qr, now).unwrap(), desk.check(&scenario.qr, now).unwrap());
    let later = UnixTime::from_secs(now.as_secs() + 250);

    // Spent and admitted one after the other, early and late.
    for (first, second) in [(now, now), (now, later), (later, now), (later, later)] {
        let ledger = scenario.ledger();
        let (one, other) = two();
        let spend = ledger.spend(one.nonce(), first);
        assert!(one.admit(spend, first).is_ok());
        let spend = ledger.spend(other.nonce(), second);
        assert_eq!(spend, Spend::Spent);
        assert_eq!(other.admit(spend, second).unwrap_err().code(), Code::NonceSpent);
    }

    // Both spent before either is admitted: the first spend decides, whichever is admitted first.
    let ledger = scenario.ledger();
    let (one, other) = two();
    let spends = (ledger.spend(one.nonce(), now), ledger.spend(other.nonce(), now));
    assert_eq!(other.admit(spends.1, now).unwrap_err().code(), Code::NonceSpent);
    assert!(one.admit(spends.0, later).is_ok());

    // Spent in time, and admitted when the code had run out: nobody is let in, and the code is gone.
    let ledger = scenario.ledger();
    let (one, other) = two();
    let spend = ledger.spend(one.nonce(), now);
    let expires_at = other.nonce().expires_at();
    assert_eq!(one.admit(spend, expires_at).unwrap_err().code(), Code::FreshnessExpired);
    let spend = ledger.spend(other.nonce(), now);
    assert_eq!(other.admit(spend, now).unwrap_err().code(), Code::NonceSpent);
}
