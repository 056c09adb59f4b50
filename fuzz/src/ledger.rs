//! Sequences of spends and clock moves, against the ledger's rules written down plainly.
//!
//! Byte 0 is the capacity, byte 1 the beginning; then two bytes a step: which code, and how far the clock moves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use eid_verifier::ledger::Nonce;
use eid_verifier::sandbox::{FIXED_NOW, World};
use eid_verifier::{MemoryLedger, NonceLedger as _, Spend, UnixTime};

use crate::Seed;

const MOST_PLACES: u8 = 12;
/// The first code was made then.
const START: u64 = FIXED_NOW;

/// A code, with what is known of it here.
struct Code {
    nonce: Nonce,
    issued_at: u64,
    expires_at: u64,
    skew: u64,
}

/// 64 codes: of 40 nonces, so that some are one nonce with another expiry.
static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| {
    (0..64_u64)
        .map(|n| {
            let mut world = World::at(START);
            let binding = &mut world.showing.binding;
            // Over more than an hour: a ledger may meet codes far ahead of its own time.
            let (issued_at, lives) = (START + n * 97 % 4000, 1 + n * 37 % 300);
            binding.cti = [u8::try_from(n % 40).unwrap(); 16].into();
            (binding.iat, binding.exp) = (issued_at, issued_at + lives);
            let skew = [0, 5, 60, 2000][usize::try_from(n % 4).unwrap()];
            world.now = issued_at;
            world.policy.max_skew = skew;
            let scenario = world.scenario("code", "", "ok");
            let code = scenario.verifier().unwrap().check(&scenario.qr, scenario.now()).unwrap();
            Code { nonce: *code.nonce(), issued_at, expires_at: issued_at + lives, skew }
        })
        .collect()
});

pub fn ledger(data: &[u8]) {
    let [places, began, steps @ ..] = data else { return };
    let capacity = usize::from(places % MOST_PLACES);
    let began = (START + u64::from(*began)).saturating_sub(200);
    let ledger = MemoryLedger::new(capacity, UnixTime::from_secs(began), [7; 16]);
    let mut live = BTreeMap::<[u8; 32], u64>::new();
    let (mut now, mut own_time) = (START, began);
    for [code, pace] in steps.as_chunks().0 {
        now = match pace {
            // Some seconds back and on, some minutes, and to either end of time.
            0..200 => now.saturating_add(u64::from(*pace % 20)).saturating_sub(4),
            200..240 => now.saturating_add(u64::from(*pace - 200) * 30),
            240..250 => now.saturating_sub(u64::from(*pace - 240) * 60),
            250 => 0,
            251 => u64::MAX - u64::from(*code),
            _ => START,
        };
        let code = &CODES[usize::from(*code) % CODES.len()];
        own_time = own_time.max(now);
        live.retain(|_, expires_at| *expires_at > own_time);
        let expected = if code.issued_at <= began.saturating_add(code.skew) {
            Spend::BeforeLedger
        } else if code.expires_at <= own_time {
            Spend::ClockBehind
        } else if live.contains_key(code.nonce.key()) {
            Spend::Spent
        } else if live.len() == capacity {
            Spend::Full
        } else {
            live.insert(*code.nonce.key(), code.expires_at);
            Spend::Fresh
        };
        assert_eq!(ledger.spend(&code.nonce, UnixTime::from_secs(now)), expected, "at {now}");
    }
}

pub fn seeds() -> impl Iterator<Item = Seed> {
    (0..120_u8).map(|n| {
        let steps = (0..200_u32).flat_map(move |step| {
            let mixed = (step + 1).wrapping_mul(0x9e37_79b9).rotate_left(u32::from(n)) ^ step;
            let [code, pace, ..] = mixed.to_be_bytes();
            [code, if n % 3 == 0 { pace } else { pace % 200 }]
        });
        Seed {
            target: "ledger",
            name: format!("walk-{n}"),
            input: [n % 13, n].into_iter().chain(steps).collect(),
        }
    })
}
