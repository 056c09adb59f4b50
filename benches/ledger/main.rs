//! The memory ledger at the scale of a chain, beside a plain map. `benches/peers` has moka.
//!
//! It is the library's own source that is measured, compiled into the bench: a nonce comes from a verified code only, and to
//! verify a million would take longer than to spend them.
//!
//! Before criterion measures spends and replays, one line for each ledger says what criterion does not: the bytes that a
//! live code takes up, and the worst single spend while codes run out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    reason = "a bench fails by panicking, and includes more of the library than it uses"
)]

extern crate alloc;

#[path = "../../src/ledger/mod.rs"]
mod ledger;
mod steady;
#[path = "../../src/unix_time.rs"]
mod unix_time;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use steady::ours_and_a_plain_map;
use unix_time::UnixTime;

fn one_million(criterion: &mut Criterion) {
    ledgers(criterion, 1_000_000);
}

fn ten_million(criterion: &mut Criterion) {
    ledgers(criterion, 10_000_000);
}

fn ledgers(criterion: &mut Criterion, live: usize) {
    ours_and_a_plain_map(criterion, live);
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
