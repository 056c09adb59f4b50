//! A ledger at work: so many live codes, each for 300 seconds, new ones as fast as old ones run out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use criterion::Criterion;

use crate::UnixTime;
use crate::ledger::{MemoryLedger, Nonce, NonceLedger, Spend};

/// Seconds that a code lives.
const LIFE: u64 = 300;
/// When the first code is shown: well after the ledger's beginning.
const START: u64 = 10_000;

/// What everybody writes first: all keys in one map, and a walk over it from time to time.
pub struct PlainMap(Mutex<(HashMap<[u8; 32], UnixTime>, UnixTime)>);

impl PlainMap {
    /// Seconds between two walks.
    const BETWEEN_WALKS: u64 = 10;

    pub fn new(capacity: usize) -> Self {
        Self(Mutex::new((HashMap::with_capacity(capacity), UnixTime::from_secs(START))))
    }
}

impl NonceLedger for PlainMap {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        let (map, walked) = &mut *self.0.lock().unwrap();
        if now.since(*walked) >= Self::BETWEEN_WALKS {
            *walked = now;
            map.retain(|_, expires_at| *expires_at > now);
        }
        match map.entry(*nonce.key()) {
            Entry::Occupied(_) => Spend::Spent,
            Entry::Vacant(place) => {
                place.insert(nonce.expires_at());
                Spend::Fresh
            }
        }
    }
}

/// Room for what is live and a third more.
pub fn memory_ledger(live: usize) -> MemoryLedger {
    MemoryLedger::new(live + live / 3, UnixTime::from_secs(0), [7; 16])
}

/// A ledger in its steady state, and the time there.
pub struct Steady<L> {
    ledger: L,
    live: u64,
    shown: u64,
}

/// What single spends took.
pub struct Singles {
    pub median: Duration,
    pub thousandth: Duration,
    pub worst: Duration,
}

impl<L: NonceLedger> Steady<L> {
    /// Fills a ledger, and lets two lives pass.
    pub fn of(ledger: L, live: usize) -> Self {
        let mut steady = Self { ledger, live: u64::try_from(live).unwrap(), shown: 0 };
        for _ in 0..2 * live {
            steady.spend();
        }
        steady
    }

    /// Spends one new code.
    pub fn spend(&mut self) {
        let (nonce, now) = self.nonce(self.shown);
        self.shown += 1;
        assert_eq!(black_box(self.ledger.spend(&nonce, now)), Spend::Fresh);
    }

    /// Shows a code again that is still live, which one being told by `draw`.
    pub fn replay(&self, draw: u64) {
        let age = draw % (self.live - self.live / LIFE * 2);
        let (nonce, _) = self.nonce(self.shown - 1 - age);
        let (_, now) = self.nonce(self.shown - 1);
        assert_eq!(black_box(self.ledger.spend(&nonce, now)), Spend::Spent);
    }

    /// One spend after another for another life, each with its own time: of so many, some expire at every one.
    pub fn singles(&mut self) -> Singles {
        let mut times: Vec<_> = (0..self.live)
            .map(|_| {
                let start = Instant::now();
                self.spend();
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        Singles {
            median: times[times.len() / 2],
            thousandth: times[times.len() / 1000 * 999],
            worst: times[times.len() - 1],
        }
    }

    /// The code number `number`, and the second in which it is shown.
    fn nonce(&self, number: u64) -> (Nonce, UnixTime) {
        let now = START + number * LIFE / self.live;
        let mut key = [0; 32];
        for (place, part) in key.as_chunks_mut::<8>().0.iter_mut().zip(1..) {
            *place = mix(number * 4 + part).to_be_bytes();
        }
        let (issued_at, expires_at) = (UnixTime::from_secs(now), UnixTime::from_secs(now + LIFE));
        (Nonce { key, issued_at, expires_at, skew: 60 }, issued_at)
    }
}

/// splitmix64.
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// Bytes of this process in memory.
pub fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Builds a ledger, and prints what criterion does not measure: what it takes up, and how long single spends last.
///
/// Other work on the machine interrupts a spend now and then, so that of several lives the one with the least worst counts;
/// the worst of the median life is printed beside it.
pub fn table_row<L: NonceLedger>(name: &str, live: usize, make: impl FnOnce() -> L) -> Steady<L> {
    let before = resident();
    let mut steady = Steady::of(make(), live);
    let bytes = (resident() - before) as f64 / live as f64;
    let count = if live > 2_000_000 { 3 } else { 7 };
    let mut lives: Vec<_> = (0..count).map(|_| steady.singles()).collect();
    lives.sort_unstable_by_key(|life| life.worst);
    let (best, middle) = (&lives[0], &lives[lives.len() / 2]);
    eprintln!(
        "= {name:18} {live:>8} live  {bytes:5.1} bytes each  median {:4} ns  99.9 % {:6} ns  worst {:7.3} ms, \
         median of lives {:7.3}",
        best.median.as_nanos(),
        best.thousandth.as_nanos(),
        best.worst.as_secs_f64() * 1e3,
        middle.worst.as_secs_f64() * 1e3,
    );
    steady
}

/// The library's ledger and a plain map: a line for each, then spends and replays by criterion.
pub fn ours_and_a_plain_map(criterion: &mut Criterion, live: usize) {
    let mut ours = table_row("memory ledger", live, || memory_ledger(live));
    spends(criterion, live, &mut ours, "memory-ledger");
    replays(criterion, live, &ours, "memory-ledger");
    drop(ours);
    let mut map = table_row("mutex, map, retain", live, || PlainMap::new(live));
    spends(criterion, live, &mut map, "map-retain");
    replays(criterion, live, &map, "map-retain");
}

pub fn spends<L: NonceLedger>(criterion: &mut Criterion, live: usize, steady: &mut Steady<L>, name: &str) {
    criterion
        .benchmark_group(format!("{live}-live"))
        .bench_function(format!("spend/{name}"), |bencher| bencher.iter(|| steady.spend()));
}

fn replays<L: NonceLedger>(criterion: &mut Criterion, live: usize, steady: &Steady<L>, name: &str) {
    let mut draws = (0..).map(mix);
    criterion.benchmark_group(format!("{live}-live")).bench_function(format!("replay/{name}"), |bencher| {
        bencher.iter(|| steady.replay(draws.next().unwrap()));
    });
}
