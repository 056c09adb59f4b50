//! A ledger in memory, for one process.
//!
//! One table finds a code by its fingerprint; a ring of lists, one for each second of expiry, says which entries have run
//! out. Both are links through one array of entries, so that the capacity is shared by all seconds, nothing is allocated
//! after construction, and an entry costs 32 bytes and its share of the table (4 to 8). Entries that have run out are
//! taken back a few at each spend, so that no spend pays for a whole second.
//!
//! A code is looked up by its key alone, whatever its expiry: two codes with one nonce are one.

use std::sync::Mutex;
use std::vec;
use std::vec::Vec;

use siphasher::sip128::SipHasher13;

use super::{Nonce, NonceLedger, Spend};
use crate::UnixTime;

/// A bounded ledger in memory, shared by the threads of one process.
///
/// It trusts the clock at its start: whoever sets a terminal's clock back and restarts it can re-admit codes spent since.
/// A running machine that is put back to a snapshot comes back with an old ledger: start the program anew then.
/// Clone an `Arc` of it for every desk of the process.
///
/// ```
/// use eid_verifier::{MemoryLedger, UnixTime};
///
/// let now = UnixTime::from_secs(1_790_000_000);
/// let hash_key = [7; 16]; // 16 random bytes, drawn at every start
/// let ledger = MemoryLedger::new(10_000, now, hash_key);
/// ```
pub struct MemoryLedger {
    began: UnixTime,
    hasher: SipHasher13,
    entries: Mutex<Entries>,
}

impl MemoryLedger {
    /// A ledger of at most `capacity` live codes, which began at `began`.
    ///
    /// - `capacity`: the codes that may be shown in six minutes. Memory is about 40 bytes each, all of it from the start.
    ///   More than 2^32 - 2 are cut to that.
    /// - `began`: the latest moment at which an earlier ledger of this desk may have admitted a code. That is the present, if
    ///   nothing better is known, and **then every code is refused as `nonce.before_ledger` for the first minute**, or as
    ///   long as the policy's skew: the holder shows a new one. A program that notes the latest time that it gave to a spend,
    ///   before the spend and never an earlier one in its place, gives that instead, and serves at once. If the policy's
    ///   skew was lowered since, it is later by as much.
    /// - `hash_key`: 16 random bytes, so that nobody can choose nonces that collide.
    #[must_use]
    pub fn new(capacity: usize, began: UnixTime, hash_key: [u8; 16]) -> Self {
        Self {
            began,
            hasher: SipHasher13::new_with_key(&hash_key),
            entries: Mutex::new(Entries::new(capacity, began)),
        }
    }
}

impl NonceLedger for MemoryLedger {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        let fingerprint = self.hasher.hash(&nonce.key).as_u64();
        // A thread that panicked in here left something half done: nothing more is admitted.
        let Ok(mut entries) = self.entries.lock() else {
            return Spend::Failed;
        };
        entries.own_time = entries.own_time.max(now);
        match nonce.judge(self.began, entries.own_time) {
            Err(refused) => refused,
            Ok(()) => entries.spend(fingerprint, nonce.expires_at),
        }
    }
}

impl core::fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MemoryLedger").field("began", &self.began).finish_non_exhaustive()
    }
}

/// 16 bytes of a keyed hash: two of 10 million live codes are taken for one with a chance of 2^-82, and then refused.
type Fingerprint = (u64, u64);

/// Place of an entry plus one; 0 is none.
type Link = u32;
const NONE: Link = 0;

/// Seconds of the ring. More than a code lives, so that in practice a list holds one second only.
const RING: u64 = 1024;

/// Steps of tidying at each spend: more than the one entry that it adds, so that tidying always catches up.
const STEPS: usize = 8;

#[derive(Clone, Copy)]
struct Entry {
    fingerprint: Fingerprint,
    expires_at: UnixTime,
    /// The next entry with the same place in the table.
    next_alike: Link,
    /// The next entry in its list: of a second, of those being taken back, or of the free ones.
    next_listed: Link,
}

struct Entries {
    own_time: UnixTime,
    /// The last second whose list was taken out of the ring.
    retired: UnixTime,
    entries: Vec<Entry>,
    /// Entries that were never used begin here.
    untouched: usize,
    /// By the low bits of the fingerprint.
    table: Vec<Link>,
    /// By the expiry, modulo the ring.
    ring: Vec<Link>,
    retiring: Link,
    free: Link,
}

/// What one step of tidying did.
#[derive(PartialEq, Eq)]
enum Step {
    Freed,
    Moved,
    NothingToDo,
}

#[expect(
    clippy::indexing_slicing,
    reason = "links are made in this impl only, and the table and the ring are indexed modulo their length"
)]
impl Entries {
    fn new(capacity: usize, began: UnixTime) -> Self {
        let capacity = capacity.min(usize::try_from(u32::MAX - 1).unwrap_or(usize::MAX));
        let unused = Entry { fingerprint: (0, 0), expires_at: began, next_alike: NONE, next_listed: NONE };
        Self {
            own_time: began,
            retired: began,
            entries: vec![unused; capacity],
            untouched: 0,
            table: vec![NONE; capacity.next_power_of_two()],
            ring: vec![NONE; place(RING)],
            retiring: NONE,
            free: NONE,
        }
    }

    fn spend(&mut self, fingerprint: Fingerprint, expires_at: UnixTime) -> Spend {
        for _ in 0..STEPS {
            self.tidy();
        }
        if self.holds(fingerprint) {
            return Spend::Spent;
        }
        let Some(link) = self.take_free() else {
            return Spend::Full;
        };
        let bucket = self.bucket(fingerprint);
        self.entries[index(link)] =
            Entry { fingerprint, expires_at, next_alike: self.table[bucket], next_listed: NONE };
        self.table[bucket] = link;
        self.list(link);
        Spend::Fresh
    }

    /// Whether a live entry has this fingerprint. One that has run out and is not yet taken back does not count.
    fn holds(&self, fingerprint: Fingerprint) -> bool {
        let mut link = self.table[self.bucket(fingerprint)];
        while link != NONE {
            let entry = &self.entries[index(link)];
            if entry.fingerprint == fingerprint && entry.expires_at > self.own_time {
                return true;
            }
            link = entry.next_alike;
        }
        false
    }

    fn take_free(&mut self) -> Option<Link> {
        if self.free == NONE && self.untouched < self.entries.len() {
            self.untouched += 1;
            return Link::try_from(self.untouched).ok();
        }
        while self.free == NONE {
            if self.tidy() == Step::NothingToDo {
                return None;
            }
        }
        let link = self.free;
        self.free = self.entries[index(link)].next_listed;
        Some(link)
    }

    /// Takes back one entry that has run out, or looks at one more second of the ring.
    fn tidy(&mut self) -> Step {
        let link = self.retiring;
        if link == NONE {
            if self.retired >= self.own_time {
                return Step::NothingToDo;
            }
            // After a longer pause one turn of the ring meets every list.
            let turn_ago = UnixTime::from_secs(self.own_time.as_secs().saturating_sub(RING));
            self.retired = self.retired.max(turn_ago).plus(1);
            self.retiring = core::mem::take(&mut self.ring[place(self.retired.as_secs() % RING)]);
            return Step::Moved;
        }
        let entry = self.entries[index(link)];
        self.retiring = entry.next_listed;
        if entry.expires_at > self.own_time {
            // Of another turn of the ring: a skew of more than its length.
            self.list(link);
            return Step::Moved;
        }
        self.forget(link, entry);
        Step::Freed
    }

    fn forget(&mut self, link: Link, entry: Entry) {
        let bucket = self.bucket(entry.fingerprint);
        if self.table[bucket] == link {
            self.table[bucket] = entry.next_alike;
        } else {
            let mut before = self.table[bucket];
            while self.entries[index(before)].next_alike != link {
                before = self.entries[index(before)].next_alike;
            }
            self.entries[index(before)].next_alike = entry.next_alike;
        }
        self.entries[index(link)].next_listed = self.free;
        self.free = link;
    }

    fn list(&mut self, link: Link) {
        let expires_at = self.entries[index(link)].expires_at;
        let second = &mut self.ring[place(expires_at.as_secs() % RING)];
        self.entries[index(link)].next_listed = *second;
        *second = link;
    }

    fn bucket(&self, (low, _): Fingerprint) -> usize {
        // A power of two, so that its lower bits suffice on any width of usize.
        place(low & 0xffff_ffff) & (self.table.len() - 1)
    }
}

/// Never called with [`NONE`].
fn index(link: Link) -> usize {
    place(u64::from(link)) - 1
}

/// Numbers below 2^32 on machines of 32 bits and more.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    fn nonce(key: u64, issued_at: u64, expires_at: u64, skew: u64) -> Nonce {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&key.to_be_bytes());
        Nonce {
            key: bytes,
            issued_at: UnixTime::from_secs(issued_at),
            expires_at: UnixTime::from_secs(expires_at),
            skew,
        }
    }

    fn ledger(capacity: usize, began: u64) -> MemoryLedger {
        MemoryLedger::new(capacity, UnixTime::from_secs(began), [7; 16])
    }

    fn spend(ledger: &MemoryLedger, nonce: Nonce, now: u64) -> Spend {
        ledger.spend(&nonce, UnixTime::from_secs(now))
    }

    #[test]
    fn one_code_counts_once() {
        let ledger = ledger(10, 0);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 60), 1000), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 60), 1000), Spend::Spent);
        assert_eq!(spend(&ledger, nonce(2, 1000, 1300, 60), 1299), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 60), 1299), Spend::Spent);
        // The same nonce with another expiry is the same code.
        assert_eq!(spend(&ledger, nonce(1, 1001, 1301, 60), 1299), Spend::Spent);
        // From its expiry on it is forgotten, and a code that expires then is too late anyway.
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 60), 1300), Spend::ClockBehind);
        assert_eq!(spend(&ledger, nonce(1, 1001, 1301, 60), 1300), Spend::Fresh);
    }

    /// One half of it, and the chance that an honest code is refused for another's would be 2^64 times as large.
    #[test]
    fn the_whole_fingerprint_tells_codes_apart() {
        let mut entries = Entries::new(4, UnixTime::from_secs(0));
        for fingerprint in [(7, 1), (7, 2), (8, 1)] {
            assert_eq!(entries.spend(fingerprint, UnixTime::from_secs(300)), Spend::Fresh);
            assert_eq!(entries.spend(fingerprint, UnixTime::from_secs(300)), Spend::Spent);
        }
    }

    /// Else a spend would look at every live code: a right answer, and a slow one.
    #[test]
    fn codes_are_spread_over_the_table() {
        let ledger = ledger(1 << 10, 0);
        for key in 0..1 << 10 {
            assert_eq!(spend(&ledger, nonce(key, 1000, 1300, 60), 1000), Spend::Fresh);
        }
        let entries = ledger.entries.lock().unwrap();
        // Of as many places as codes, one in e stays empty.
        let taken = entries.table.iter().filter(|link| **link != NONE).count();
        assert!((600..700).contains(&taken), "{taken} of {}", entries.table.len());
    }

    #[test]
    fn a_code_from_before_the_beginning_is_refused_with_the_skew() {
        let ledger = ledger(10, 1000);
        assert_eq!(spend(&ledger, nonce(1, 1060, 1300, 60), 1100), Spend::BeforeLedger);
        assert_eq!(spend(&ledger, nonce(1, 1061, 1300, 60), 1100), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(2, u64::MAX, u64::MAX, u64::MAX), 1100), Spend::BeforeLedger);
    }

    #[test]
    fn the_own_time_never_goes_back_and_counts_refused_spends_too() {
        let ledger = ledger(10, 0);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 0), 1000), Spend::Fresh);
        // Refused, but its time counts.
        assert_eq!(spend(&ledger, nonce(9, 0, 5000, 0), 1300), Spend::BeforeLedger);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 0), 1000), Spend::ClockBehind);
        assert_eq!(spend(&ledger, nonce(2, 1000, 1300, 0), 1000), Spend::ClockBehind);
        assert_eq!(spend(&ledger, nonce(3, 1001, 1301, 0), 1000), Spend::Fresh);
    }

    #[test]
    fn full_is_full_until_something_runs_out() {
        let ledger = ledger(2, 0);
        assert_eq!(spend(&ledger, nonce(1, 100, 400, 0), 100), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(2, 101, 401, 0), 101), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(3, 102, 402, 0), 102), Spend::Full);
        // A replay is known as one even then.
        assert_eq!(spend(&ledger, nonce(1, 100, 400, 0), 102), Spend::Spent);
        assert_eq!(spend(&ledger, nonce(3, 102, 402, 0), 399), Spend::Full);
        assert_eq!(spend(&ledger, nonce(3, 102, 402, 0), 400), Spend::Fresh);
        assert_eq!(spend(&ledger, nonce(4, 102, 402, 0), 400), Spend::Full);
        assert_eq!(spend(&self::ledger(0, 0), nonce(1, 100, 400, 0), 100), Spend::Full);
    }

    /// Against the rules written down plainly, over long pauses, small capacities and skews beyond the ring.
    #[test]
    fn agrees_with_a_plain_model() {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut draw = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        let mut answers = HashMap::<&str, usize>::new();
        for (capacity, pause, span) in
            [(50, 3, 300), (1000, 2, 300), (40, 400, 300), (60, 5, 5000), (3, 40, 2500)]
        {
            let ledger = ledger(capacity, 1_000);
            let mut live = HashMap::<u64, u64>::new();
            let (mut now, mut own) = (1_000_u64, 1_000_u64);
            for _ in 0..40_000 {
                now = (now + draw(pause)).saturating_sub(draw(2));
                let (key, issued) = (draw(400), now.saturating_sub(draw(40)));
                let expires = issued + 1 + draw(span);
                own = own.max(now);
                live.retain(|_, expires| *expires > own);
                let expected = if issued <= 1_000 + 5 {
                    Spend::BeforeLedger
                } else if expires <= own {
                    Spend::ClockBehind
                } else if live.contains_key(&key) {
                    Spend::Spent
                } else if live.len() == capacity {
                    Spend::Full
                } else {
                    live.insert(key, expires);
                    Spend::Fresh
                };
                assert_eq!(spend(&ledger, nonce(key, issued, expires, 5), now), expected);
                *answers
                    .entry(match expected {
                        Spend::Fresh => "fresh",
                        Spend::Spent => "spent",
                        Spend::Full => "full",
                        Spend::ClockBehind => "behind",
                        _ => "before",
                    })
                    .or_default() += 1;
            }
        }
        assert!(
            ["fresh", "spent", "full", "behind", "before"].iter().all(|answer| answers[answer] > 10),
            "{answers:?}"
        );
    }

    /// Who could foretell them would choose nonces that all stand in one row of the table.
    #[test]
    fn places_cannot_be_foretold_without_the_key() {
        // As they lie in the ledger after they were spent there.
        let places = |hash_key| {
            let ledger = MemoryLedger::new(10, UnixTime::from_secs(0), hash_key);
            for key in [1, 2, 3] {
                assert_eq!(spend(&ledger, nonce(key, 1000, 1300, 60), 1000), Spend::Fresh);
            }
            let entries = ledger.entries.into_inner().unwrap();
            [0, 1, 2].map(|place| entries.entries[place].fingerprint)
        };
        assert_eq!(places([7; 16]), places([7; 16]));
        for ((low, high), (other_low, other_high)) in places([7; 16]).into_iter().zip(places([8; 16])) {
            assert!(low != other_low && high != other_high);
        }
    }

    #[test]
    fn after_a_panic_inside_nothing_is_admitted() {
        let ledger = ledger(10, 0);
        assert_eq!(spend(&ledger, nonce(1, 1000, 1300, 60), 1000), Spend::Fresh);
        let panicked = thread::scope(|scope| {
            let inside = scope.spawn(|| {
                let _entries = ledger.entries.lock();
                panic!("with the lock in hand");
            });
            inside.join().is_err()
        });
        assert!(panicked);
        for key in [1, 2] {
            assert_eq!(spend(&ledger, nonce(key, 1000, 1300, 60), 1000), Spend::Failed);
        }
    }

    #[test]
    fn threads_admit_one_code_once() {
        let ledger = Arc::new(ledger(4096, 0));
        let fresh = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (ledger, fresh) = (Arc::clone(&ledger), Arc::clone(&fresh));
                thread::spawn(move || {
                    for key in 0..2000 {
                        if spend(&ledger, nonce(key, 1000, 1300, 60), 1000) == Spend::Fresh {
                            fresh.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(fresh.load(Ordering::Relaxed), 2000);
    }
}
