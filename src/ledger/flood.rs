//! A million distinct codes, each good, against a ledger of a thousand places: it stays full, what runs out makes room, and
//! nothing spent is ever admitted again. (That a spend allocates nothing is counted in fuzz/tests.)

use super::{MemoryLedger, Nonce, NonceLedger as _, Spend};
use crate::UnixTime;
use std::collections::{BTreeMap, HashMap};
use std::println;
use std::vec::Vec;

const CODES: u64 = 1_000_000;
const CAPACITY: usize = 1_000;
const A_SECOND: u64 = 40;
const SKEW: u64 = 60;

/// Code number `n`: made in the second in which it is shown or up to a minute before, living one to 300 seconds from then.
fn code(n: u64) -> Nonce {
    let random = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let mut key = [0; 32];
    key[..8].copy_from_slice(&n.to_be_bytes());
    let issued_at = second(n) - random % 60;
    let expires_at = second(n) + 1 + random / 60 % 240;
    let [issued_at, expires_at] = [issued_at, expires_at].map(UnixTime::from_secs);
    Nonce { key, issued_at, expires_at, skew: SKEW }
}

fn second(n: u64) -> u64 {
    1_790_000_000 + n / A_SECOND
}

#[test]
fn a_million_codes_against_a_thousand_places() {
    let ledger = MemoryLedger::new(CAPACITY, UnixTime::from_secs(1_789_990_000), [7; 16]);
    // The live ones, by when they run out.
    let mut live = BTreeMap::<u64, Vec<u64>>::new();
    let mut places = CAPACITY;
    let mut admitted = Vec::new();
    let (mut full, mut most) = (0_u64, 0);
    for n in 0..CODES {
        let now = second(n);
        while let Some(first) = live.first_entry().filter(|first| *first.key() <= now) {
            places += first.remove().len();
        }
        let expected = if places == 0 { Spend::Full } else { Spend::Fresh };
        assert_eq!(ledger.spend(&code(n), UnixTime::from_secs(now)), expected, "{n}");
        if expected == Spend::Fresh {
            places -= 1;
            live.entry(code(n).expires_at.as_secs()).or_default().push(n);
            admitted.push(n);
            // At once again, and one of those before it.
            assert_eq!(ledger.spend(&code(n), UnixTime::from_secs(now)), Spend::Spent, "{n}");
            let before = usize::try_from(n).unwrap() % admitted.len();
            replay(&ledger, admitted[before], now);
        } else {
            full += 1;
        }
        most = most.max(CAPACITY - places);
    }
    assert_eq!(most, CAPACITY);
    assert!(full > CODES / 4 && admitted.len() > 100 * CAPACITY, "{full} {}", admitted.len());

    // Everything that was ever admitted, with the clock where it is, and with one set back to when it was shown.
    let now = second(CODES - 1);
    let mut answers = HashMap::<&str, usize>::new();
    for &n in &admitted {
        *answers.entry(replay(&ledger, n, now)).or_default() += 1;
        replay(&ledger, n, second(n));
    }
    println!("{} of {CODES} admitted, {full} found it full; then replayed: {answers:?}", admitted.len());
    assert_eq!(answers["spent"], CAPACITY - places);
}

/// Shows an admitted code again: it is known while it lives, and too late after.
fn replay(ledger: &MemoryLedger, n: u64, now: u64) -> &'static str {
    match ledger.spend(&code(n), UnixTime::from_secs(now)) {
        Spend::Spent => "spent",
        Spend::ClockBehind => "run out",
        answer => panic!("code {n} at {now}: {answer:?}"),
    }
}
