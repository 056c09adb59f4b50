//! moka as a ledger, beside the library's own and a plain map (`../ledger`, whose words hold here too).
//!
//! moka lets entries run out by the clock of the machine, not by a time that is given, so none does here: it holds at most
//! as many as there is room for, and drops others to make some, which a ledger may never do. It is the nearest that a
//! cache comes to one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench panics"
)]
#![allow(dead_code, unused_imports, reason = "includes more of the library than it uses")]

extern crate alloc;

#[path = "../../src/ledger/mod.rs"]
mod ledger;
#[path = "../ledger/steady.rs"]
mod steady;
#[path = "../../src/unix_time.rs"]
mod unix_time;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ledger::{Nonce, NonceLedger, Spend};
use moka::sync::Cache;
use steady::{PlainMap, Steady, memory_ledger, mix, table_row};
use unix_time::UnixTime;

const LIVE: usize = 1_000_000;

struct Moka(Cache<[u8; 32], ()>);

impl NonceLedger for Moka {
    fn spend(&self, nonce: &Nonce, _: UnixTime) -> Spend {
        if self.0.entry(*nonce.key()).or_insert(()).is_fresh() { Spend::Fresh } else { Spend::Spent }
    }
}

fn ledgers(criterion: &mut Criterion) {
    let moka = || {
        let room = u64::try_from(LIVE + LIVE / 3).unwrap();
        Moka(Cache::builder().max_capacity(room).time_to_live(Duration::from_secs(300)).build())
    };
    bench(criterion, "memory-ledger", table_row("memory ledger", LIVE, || memory_ledger(LIVE)));
    bench(criterion, "map-retain", table_row("mutex, map, retain", LIVE, || PlainMap::new(LIVE)));
    bench(criterion, "moka", table_row("moka", LIVE, moka));
}

fn bench<L: NonceLedger>(criterion: &mut Criterion, name: &str, mut steady: Steady<L>) {
    let mut group = criterion.benchmark_group(format!("{LIVE}-live"));
    group.bench_function(format!("spend/{name}"), |bencher| bencher.iter(|| steady.spend()));
    let mut draws = (0..).map(mix);
    // Of moka's, some are gone: what it answers does not matter here.
    if name != "moka" {
        group.bench_function(format!("replay/{name}"), |bencher| {
            bencher.iter(|| steady.replay(draws.next().unwrap()));
        });
    }
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    targets = ledgers
}
criterion_main!(all);
