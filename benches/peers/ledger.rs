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
use steady::{ours_and_a_plain_map, spends, table_row};
use unix_time::UnixTime;

struct Moka(Cache<[u8; 32], ()>);

impl NonceLedger for Moka {
    fn spend(&self, nonce: &Nonce, _: UnixTime) -> Spend {
        if self.0.entry(*nonce.key()).or_insert(()).is_fresh() { Spend::Fresh } else { Spend::Spent }
    }
}

fn one_million(criterion: &mut Criterion) {
    ledgers(criterion, 1_000_000);
}

fn ten_million(criterion: &mut Criterion) {
    ledgers(criterion, 10_000_000);
}

fn ledgers(criterion: &mut Criterion, live: usize) {
    let moka = || {
        let room = u64::try_from(live + live / 3).unwrap();
        Moka(Cache::builder().max_capacity(room).time_to_live(Duration::from_secs(300)).build())
    };
    ours_and_a_plain_map(criterion, live);
    // Some of its codes are gone, so that there are no replays: what it would answer does not matter here.
    spends(criterion, live, &mut table_row("moka", live, moka), "moka");
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    targets = one_million, ten_million
}
criterion_main!(all);
