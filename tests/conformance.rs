//! The conformance suite passes the ledger in memory, and names the rule that a wrong ledger breaks.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::sandbox::conformance::{self, Report, Rule, Subject};
use eid_verifier::{MemoryLedger, NonceLedger, Spend, UnixTime};

const CAPACITY: usize = 120;
const BEGAN: UnixTime = UnixTime::from_secs(1_000);
const START: u64 = 1_500;

#[test]
fn the_ledger_in_memory_keeps_every_rule_that_can_be_tried_on_it() {
    let report = check(|| MemoryLedger::new(CAPACITY, BEGAN, [7; 16]));
    assert!(report.holds(), "{report}");
    // Its entries are lost with the process, and it has no engine.
    assert_eq!(report.not_tried().collect::<Vec<_>>(), [Rule::LostBeginsAnew, Rule::FailsClosed]);
}

#[test]
fn so_does_the_plain_one_and_there_every_rule_is_tried() {
    let report = check(|| Plain::with(None));
    assert!(report.holds(), "{report}");
    assert_eq!(report.not_tried().count(), 0, "{report}");
}

#[test]
fn every_wrong_ledger_is_found_by_the_rule_that_it_breaks() {
    let mut found = Vec::new();
    for (flaw, broken) in FLAWS {
        let report = check(|| Plain::with(Some(*flaw)));
        assert_eq!(report.broken().collect::<Vec<_>>(), *broken, "{flaw:?}\n{report}");
        found.extend_from_slice(broken);
    }
    for rule in Rule::ALL {
        assert!(found.contains(&rule), "no wrong ledger for {rule}");
    }
}

#[test]
fn a_report_says_what_was_seen_and_the_words_of_the_format() {
    let text = check(|| Plain::with(Some(Flaw::EvictsWhenFull))).to_string();
    assert!(
        text.contains("BROKEN     FullRefuses: one more than it holds: Fresh, and Full is right\n"),
        "{text}"
    );
    assert!(text.contains("FORMAT.md: `nonce.ledger_full`\n"), "{text}");
    assert!(text.contains("holds      SpentOnce\n"), "{text}");
}

#[test]
fn the_sentences_are_those_of_the_format() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let format = words(include_str!("../docs/FORMAT.md"));
    for rule in Rule::ALL {
        assert!(format.contains(&words(rule.sentence())), "{rule}: {}", rule.sentence());
    }
}

/// What can be wrong with a ledger, and the rules that it breaks.
const FLAWS: &[(Flaw, &[Rule])] = &[
    (Flaw::KeyedWithTheExpiry, &[Rule::SpentOnce]),
    (
        Flaw::OneTableADesk,
        &[
            Rule::SpentOnce,
            Rule::CodesApart,
            Rule::KeptToTheEnd,
            Rule::OneAct,
            Rule::FullRefuses,
            Rule::LostBeginsAnew,
        ],
    ),
    (Flaw::ExpiryGoesRound, &[Rule::SpentOnce]),
    (Flaw::KeyCutShort, &[Rule::CodesApart]),
    (Flaw::KeyInLowerCase, &[Rule::CodesApart, Rule::OneAct, Rule::FullRefuses]),
    (Flaw::KeyIsText, &[Rule::CodesApart, Rule::Order]),
    (Flaw::KeyIsTrimmed, &[Rule::CodesApart]),
    (Flaw::SkewForgotten, &[Rule::BeforeBeginning, Rule::LostBeginsAnew]),
    (
        Flaw::BeginningIsIn,
        &[
            Rule::BeforeBeginning,
            Rule::NeverBack,
            Rule::Order,
            Rule::RefusedLeavesNothing,
            Rule::LostBeginsAnew,
        ],
    ),
    (
        Flaw::ExpiryIsIn,
        &[Rule::ClockBehind, Rule::KeptToTheEnd, Rule::NeverBack, Rule::Order, Rule::RefusedLeavesNothing],
    ),
    (Flaw::ForgetsASecondEarly, &[Rule::KeptToTheEnd]),
    (Flaw::KeepsForAMinute, &[Rule::KeptToTheEnd]),
    (Flaw::TimeIsTheLastGiven, &[Rule::NeverBack]),
    (Flaw::RefusedTimeIsForgotten, &[Rule::NeverBack]),
    (Flaw::LateTimeIsForgotten, &[Rule::NeverBack]),
    (Flaw::SpentTimeIsForgotten, &[Rule::NeverBack]),
    (Flaw::SpentComesFirst, &[Rule::KeptToTheEnd, Rule::NeverBack, Rule::Order, Rule::FullRefuses]),
    (Flaw::InsertsFirst, &[Rule::Order, Rule::RefusedLeavesNothing]),
    (Flaw::TwoActs, &[Rule::OneAct]),
    (Flaw::EvictsWhenFull, &[Rule::FullRefuses]),
    (Flaw::KeepsItsBeginning, &[Rule::LostBeginsAnew]),
    (Flaw::FailsOpen, &[Rule::FailsClosed]),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    KeyedWithTheExpiry,
    OneTableADesk,
    ExpiryGoesRound,
    KeyCutShort,
    KeyInLowerCase,
    KeyIsText,
    KeyIsTrimmed,
    SkewForgotten,
    BeginningIsIn,
    ExpiryIsIn,
    ForgetsASecondEarly,
    KeepsForAMinute,
    TimeIsTheLastGiven,
    RefusedTimeIsForgotten,
    LateTimeIsForgotten,
    SpentTimeIsForgotten,
    SpentComesFirst,
    InsertsFirst,
    TwoActs,
    EvictsWhenFull,
    KeepsItsBeginning,
    FailsOpen,
}

/// The rules written down plainly, and one of them wrong.
struct Plain {
    flaw: Option<Flaw>,
    broken: AtomicBool,
    desks: AtomicU64,
    state: Mutex<State>,
}

#[derive(Clone)]
struct State {
    began: UnixTime,
    own_time: UnixTime,
    entries: HashMap<Vec<u8>, UnixTime>,
}

impl Plain {
    fn with(flaw: Option<Flaw>) -> Self {
        let state = State { began: BEGAN, own_time: BEGAN, entries: HashMap::new() };
        Self { flaw, broken: AtomicBool::new(false), desks: AtomicU64::new(0), state: Mutex::new(state) }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn spend(&self, desk: u64, code: &Nonce, now: UnixTime) -> Spend {
        if self.broken.load(Ordering::SeqCst) {
            return if self.has(Flaw::FailsOpen) { Spend::Fresh } else { Spend::Failed };
        }
        let mut key = code.key().to_vec();
        if self.has(Flaw::KeyedWithTheExpiry) {
            key.extend(code.expires_at().as_secs().to_be_bytes());
        }
        if self.has(Flaw::KeyCutShort) {
            key.truncate(31);
        }
        if self.has(Flaw::KeyInLowerCase) {
            key.make_ascii_lowercase();
        }
        if self.has(Flaw::KeyIsText) {
            key = String::from_utf8_lossy(&key).into_owned().into_bytes();
        }
        if self.has(Flaw::KeyIsTrimmed) {
            let end = key.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
            key.truncate(end);
        }
        if self.has(Flaw::OneTableADesk) {
            key.extend(desk.to_be_bytes());
        }
        let mut state = self.state.lock().unwrap();
        let remembered = state.own_time;
        let judged = self.judge(code, &mut state, now);
        if self.has(Flaw::SpentComesFirst) && state.entries.contains_key(&key) {
            return Spend::Spent;
        }
        if let Err(refused) = judged {
            if self.has(Flaw::InsertsFirst) {
                state.entries.insert(key, code.expires_at().max(UnixTime::from_secs(now.as_secs() + 1)));
            }
            return refused;
        }
        let early = u64::from(self.has(Flaw::ForgetsASecondEarly));
        let own_time = state.own_time.as_secs();
        if !self.has(Flaw::SpentComesFirst) {
            state.entries.retain(|_, expires_at| expires_at.as_secs() > own_time + early);
        }
        if state.entries.contains_key(&key) {
            if self.has(Flaw::SpentTimeIsForgotten) {
                state.own_time = remembered;
            }
            return Spend::Spent;
        }
        if state.entries.len() >= CAPACITY {
            if !self.has(Flaw::EvictsWhenFull) {
                return Spend::Full;
            }
            let oldest = state.entries.keys().next().unwrap().clone();
            state.entries.remove(&oldest);
        }
        if self.has(Flaw::TwoActs) {
            drop(state);
            thread::sleep(Duration::from_micros(100));
            state = self.state.lock().unwrap();
        }
        let end = match self.flaw {
            Some(Flaw::ExpiryGoesRound) if code.expires_at().as_secs() > u64::MAX - 60 => BEGAN,
            Some(Flaw::KeepsForAMinute) => code.expires_at().min(UnixTime::from_secs(own_time + 60)),
            _ => code.expires_at(),
        };
        state.entries.insert(key, end);
        Spend::Fresh
    }

    fn judge(&self, code: &Nonce, state: &mut State, now: UnixTime) -> Result<(), Spend> {
        let remembered = state.own_time;
        state.own_time = if self.has(Flaw::TimeIsTheLastGiven) { now } else { state.own_time.max(now) };
        let began = if self.has(Flaw::BeginningIsIn) {
            UnixTime::from_secs(state.began.as_secs() - 1)
        } else {
            state.began
        };
        let own_time = if self.has(Flaw::ExpiryIsIn) {
            UnixTime::from_secs(state.own_time.as_secs() - 1)
        } else {
            state.own_time
        };
        let code = if self.has(Flaw::SkewForgotten) {
            &conformance::nonce(*code.key(), code.issued_at(), code.expires_at(), 0)
        } else {
            code
        };
        let judged = code.judge(began, own_time);
        let is_forgotten = match judged {
            Ok(()) => false,
            Err(Spend::ClockBehind) => {
                self.has(Flaw::LateTimeIsForgotten) || self.has(Flaw::RefusedTimeIsForgotten)
            }
            Err(_) => self.has(Flaw::RefusedTimeIsForgotten),
        };
        if is_forgotten {
            state.own_time = remembered;
        }
        judged
    }
}

/// One desk of a ledger.
struct Desk<'l, L>(&'l L, u64);

impl NonceLedger for Desk<'_, Plain> {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.0.spend(self.1, nonce, now)
    }
}

impl NonceLedger for Desk<'_, MemoryLedger> {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.0.spend(nonce, now)
    }
}

/// A ledger that is given its time, and the clock that gives it.
struct Given<L> {
    ledger: L,
    clock: AtomicU64,
}

fn check<L>(mut begin: impl FnMut() -> L) -> Report
where
    Given<L>: Subject,
{
    conformance::check(|| Given { ledger: begin(), clock: AtomicU64::new(START) })
}

impl<L> Given<L> {
    fn time(&self) -> UnixTime {
        UnixTime::from_secs(self.clock.load(Ordering::SeqCst))
    }

    fn set(&self, moment: UnixTime) {
        self.clock.fetch_max(moment.as_secs(), Ordering::SeqCst);
    }
}

impl Subject for Given<MemoryLedger> {
    fn desk(&self) -> Box<dyn NonceLedger + Send + '_> {
        Box::new(Desk(&self.ledger, 0))
    }
    fn now(&self) -> UnixTime {
        self.time()
    }
    fn wait_until(&self, moment: UnixTime) {
        self.set(moment);
    }
    fn leaps(&self) -> bool {
        true
    }
    fn beginning(&self) -> UnixTime {
        BEGAN
    }
    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
}

impl Subject for Given<Plain> {
    fn desk(&self) -> Box<dyn NonceLedger + Send + '_> {
        Box::new(Desk(&self.ledger, self.ledger.desks.fetch_add(1, Ordering::SeqCst)))
    }
    fn now(&self) -> UnixTime {
        self.time()
    }
    fn wait_until(&self, moment: UnixTime) {
        self.set(moment);
    }
    fn leaps(&self) -> bool {
        true
    }
    fn beginning(&self) -> UnixTime {
        self.ledger.state.lock().unwrap().began
    }
    fn capacity(&self) -> Option<usize> {
        Some(CAPACITY)
    }
    fn loses_everything(&self) -> bool {
        let mut state = self.ledger.state.lock().unwrap();
        state.entries.clear();
        if !self.ledger.has(Flaw::KeepsItsBeginning) {
            state.began = self.time();
        }
        true
    }
    fn breaks(&self) -> bool {
        self.ledger.broken.store(true, Ordering::SeqCst);
        true
    }
}
