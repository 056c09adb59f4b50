//! Opening lists as large as they come, and what looking a credential up in one adds to a scan.
//!
//! - `trust`: 256 issuers with two keys each, and with all the keys that the format allows.
//! - `status`: 2^20 entries of one bit and of two, one in 128 of them not valid.
//! - `scan`: codes with 64 places all over the list of two bits, and the same without a look at it, in raw `verify_strict`s.
//!
//! What an opened list takes up in memory is printed before criterion measures the time; and how much longer a scan takes
//! with the look-up, as the difference of the quickest of many turns: it is too small a part of a scan for a ratio.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    missing_docs,
    reason = "a bench fails by panicking"
)]

#[path = "../unit/mod.rs"]
mod unit;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use eid_verifier::ledger::Nonce;
use eid_verifier::policy::StatusRule;
use eid_verifier::sandbox::{Issuer, IssuerKey, Key, World};
use eid_verifier::{Anchor, Floor, NonceLedger, Site, Spend, TrustList, UnixTime, Verifier};
use unit::{Units, timed};

const ENTRIES: u64 = 1 << 20;

struct Fresh;

impl NonceLedger for Fresh {
    fn spend(&self, _: &Nonce, _: UnixTime) -> Spend {
        Spend::Fresh
    }
}

fn open(list: &[u8], world: &World) -> TrustList {
    let anchors = [Anchor::danger_sandbox()];
    TrustList::open(list, &anchors, Floor::FirstInstallation, UnixTime::from_secs(world.now)).unwrap()
}

fn verifier(world: &World) -> Verifier {
    Verifier::new(open(&world.trust_list(), world), Site::hotel(510_107, "cd-hotel-4711").unwrap())
}

/// A world whose trust list has 256 issuers.
fn many_issuers(keys: usize) -> World {
    let mut world = World::fixed();
    let model = world.operator.issuer.clone();
    world.operator.other_issuers = (1..256)
        .map(|number| {
            let mut named = (0..keys).map(|key| {
                let key = Key::named(&format!("issuer {number} key {key}"));
                IssuerKey { key, kid: key.kid(), ..model.cards.clone() }
            });
            Issuer {
                iss: format!("issuer-{number}"),
                cards: named.next().unwrap(),
                lists: named.next().unwrap(),
                other_keys: named.collect(),
                ..model.clone()
            }
        })
        .collect();
    world
}

/// A world whose status list has 2^20 entries, of which one in 128 is set.
fn many_entries(bits: u8) -> World {
    let mut world = World::fixed();
    world.publisher.bits = bits;
    world.publisher.size = usize::try_from(ENTRIES * u64::from(bits) / 8).unwrap();
    let mut state = 1_u64;
    let set = (0..ENTRIES).filter(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33 & 127 == 0
    });
    world.publisher.values = set.map(|number| (number, 1)).collect();
    world
}

/// Bytes that each of many takes up.
fn bytes_of<T>(make: impl Fn() -> T) -> usize {
    const MANY: usize = 256;
    // What was given back before is used up first: it belongs to the process already.
    let first: Vec<T> = (0..MANY / 4).map(|_| make()).collect();
    let before = resident();
    let kept: Vec<T> = (0..MANY).map(|_| make()).collect();
    std::mem::forget(first);
    let bytes = resident().saturating_sub(before) / MANY;
    // What is given back stays with the process, and would be missing from the next measurement.
    std::mem::forget(kept);
    bytes
}

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn trust(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trust");
    for keys in [2, 16] {
        let world = many_issuers(keys);
        let list = world.trust_list();
        let name = format!("256-issuers-of-{keys}-keys");
        eprintln!("= {name}: {} bytes signed, {} opened", list.len(), bytes_of(|| open(&list, &world)));
        group.bench_function(name, |bencher| bencher.iter(|| open(black_box(&list), &world)));
    }
}

fn status(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("status");
    for bits in [1, 2] {
        let world = many_entries(bits);
        let (verifier, list) = (verifier(&world), world.publisher.status_list());
        let now = UnixTime::from_secs(world.now);
        let with_list = || verifier.with_status_list(black_box(&list), now).unwrap();
        let name = format!("2^20-entries-of-{bits}-bits");
        eprintln!("= {name}: {} bytes signed, {} opened", list.len(), bytes_of(with_list));
        group.bench_function(name, |bencher| bencher.iter(with_list));
    }
}

fn scan(criterion: &mut Criterion<Units>) {
    let mut group = criterion.benchmark_group("scan");
    let mut world = many_entries(2);
    world.publisher.values.clear();
    let now = UnixTime::from_secs(world.now);
    let mut texts = Vec::new();
    for place in 0..64 {
        let (_, index) = world.showing.credential.short_status.as_mut().unwrap();
        *index = (place * 40_503_471) % ENTRIES;
        texts.push(world.showing.text());
    }
    let looking = verifier(&world).with_status_list(&world.publisher.status_list(), now).unwrap();
    let mut policy = *looking.policy();
    policy.status = StatusRule::IgnoreStatus;
    let not_looking = looking.with_policy(policy);
    let scan = |verifier: &Verifier, turn: usize| {
        verifier.verify(black_box(&texts[turn % texts.len()]), &Fresh, now).unwrap()
    };
    let quickest = |(with, without): (Duration, Duration), turn: usize| {
        let one = |verifier| timed(1, |_| scan(verifier, turn));
        (with.min(one(&looking)), without.min(one(&not_looking)))
    };
    let most = (Duration::MAX, Duration::MAX);
    let differences = (0..texts.len()).map(|turn| {
        let (with, without) = (0..1000).fold(most, |so_far, _| quickest(so_far, turn));
        with.as_secs_f64() - without.as_secs_f64()
    });
    let mean = differences.sum::<f64>() * 1e9 / texts.len() as f64;
    eprintln!("= the step of the status: {mean:.0} ns more a scan");
    for (name, verifier) in [("with-look-up", &looking), ("without", &not_looking)] {
        group.bench_function(name, |bencher| {
            Units::of(bencher, texts.len(), |turn| scan(verifier, turn));
        });
    }
}

criterion_group! {
    name = lists;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots();
    targets = status, trust
}
criterion_group! {
    name = scans;
    config = Units::RAW.criterion(50, 2000);
    targets = scan
}
criterion_main!(lists, scans);
