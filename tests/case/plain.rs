//! A ledger written against the public trait alone, for builds without `std`, which have no `MemoryLedger`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger, Spend, UnixTime};

pub(super) struct MemoryLedger {
    capacity: usize,
    began: UnixTime,
    state: Mutex<State>,
}

struct State {
    own_time: UnixTime,
    /// Until when each key is kept.
    live: BTreeMap<[u8; 32], UnixTime>,
}

impl MemoryLedger {
    pub(super) fn new(capacity: usize, began: UnixTime, _hash_key: [u8; 16]) -> Self {
        Self { capacity, began, state: Mutex::new(State { own_time: began, live: BTreeMap::new() }) }
    }
}

impl NonceLedger for MemoryLedger {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        let mut state = self.state.lock().unwrap();
        let own_time = state.own_time.max(now);
        state.own_time = own_time;
        if let Err(refused) = nonce.judge(self.began, own_time) {
            return refused;
        }
        state.live.retain(|_, expires_at| *expires_at > own_time);
        if state.live.contains_key(nonce.key()) {
            return Spend::Spent;
        }
        if state.live.len() == self.capacity {
            return Spend::Full;
        }
        state.live.insert(*nonce.key(), nonce.expires_at());
        Spend::Fresh
    }
}
