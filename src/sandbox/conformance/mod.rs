//! Whether a ledger keeps the rules of FORMAT.md (Details, the ledger): for a [`NonceLedger`] of one's own.
//!
//! [`check`] tries each [`Rule`] on a ledger that has just begun, and says which are broken, and how. It takes any ledger: one
//! whose own time is what it is given, and one whose own time is its engine's clock. What it must know of the ledger is a
//! [`Subject`], made anew for every rule.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//!
//! use eid_verifier::sandbox::conformance::{self, Subject};
//! use eid_verifier::{MemoryLedger, NonceLedger, UnixTime};
//!
//! struct Memory {
//!     ledger: MemoryLedger,
//!     clock: AtomicU64,
//! }
//!
//! impl Subject for Memory {
//!     fn desk(&self) -> Box<dyn NonceLedger + Send + '_> {
//!         Box::new(&self.ledger)
//!     }
//!     fn now(&self) -> UnixTime {
//!         UnixTime::from_secs(self.clock.load(Ordering::SeqCst))
//!     }
//!     fn wait_until(&self, moment: UnixTime) {
//!         self.clock.fetch_max(moment.as_secs(), Ordering::SeqCst);
//!     }
//!     fn leaps(&self) -> bool {
//!         true
//!     }
//!     fn beginning(&self) -> UnixTime {
//!         UnixTime::from_secs(1_000)
//!     }
//!     fn capacity(&self) -> Option<usize> {
//!         Some(500)
//!     }
//! }
//!
//! let report = conformance::check(|| Memory {
//!     ledger: MemoryLedger::new(500, UnixTime::from_secs(1_000), [7; 16]),
//!     clock: AtomicU64::new(2_000),
//! });
//! assert!(report.holds(), "{report}");
//! ```

mod rules;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::UnixTime;
use crate::ledger::{Nonce, NonceLedger};

/// A ledger under test, and the clock that its desks go by.
pub trait Subject: Sync {
    /// One more desk at this ledger: with a connection of its own, where the ledger has connections.
    fn desk(&self) -> Box<dyn NonceLedger + Send + '_>;

    /// The time that desks give with a spend. It is the engine's clock, where that is the ledger's own time.
    fn now(&self) -> UnixTime;

    /// Returns when [`now`](Self::now) is `moment` or later. A clock that the ledger is given is set; an engine's is waited
    /// for, at most a few seconds if [`beginning`](Self::beginning) is past.
    fn wait_until(&self, moment: UnixTime);

    /// Whether [`wait_until`](Self::wait_until) returns at once, however far the moment. A code's whole life is tried then.
    fn leaps(&self) -> bool {
        false
    }

    /// The ledger's beginning. One that lies some minutes back saves waiting.
    fn beginning(&self) -> UnixTime;

    /// How many codes it holds, if there is a number: at least 40, and few enough to be filled.
    fn capacity(&self) -> Option<usize> {
        None
    }

    /// Has the ledger lose all it holds while its desks go on, as an engine does that is emptied. False if that cannot be.
    fn loses_everything(&self) -> bool {
        false
    }

    /// Has the ledger's engine fail, for good. False if it has none that could.
    fn breaks(&self) -> bool {
        false
    }
}

/// A rule that every ledger keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One code counts once, at whichever desk, and whatever expiry stands beside its key.
    SpentOnce,
    /// Codes whose keys differ in one bit are two, also for a store that takes keys for text.
    CodesApart,
    /// `iat <= beginning + skew` is before the ledger; one second more is not.
    BeforeBeginning,
    /// `exp <= own time` is a clock behind; one second more is not.
    ClockBehind,
    /// An entry is there until the own time reaches its expiry.
    KeptToTheEnd,
    /// A desk whose clock was set back does not turn the own time back, not even after refused spends only, however refused.
    NeverBack,
    /// Of several answers the first in FORMAT.md's order is given.
    Order,
    /// What is refused is not inserted.
    RefusedLeavesNothing,
    /// Of many desks that spend one code at once, one gets it.
    OneAct,
    /// A full ledger refuses, and forgets nothing.
    FullRefuses,
    /// Where the entries are lost, there is a new beginning.
    LostBeginsAnew,
    /// An engine that does not answer admits nothing.
    FailsClosed,
}

impl Rule {
    /// Every rule, in the order in which they are tried.
    pub const ALL: [Self; 12] = [
        Self::SpentOnce,
        Self::CodesApart,
        Self::BeforeBeginning,
        Self::ClockBehind,
        Self::KeptToTheEnd,
        Self::NeverBack,
        Self::Order,
        Self::RefusedLeavesNothing,
        Self::OneAct,
        Self::FullRefuses,
        Self::LostBeginsAnew,
        Self::FailsClosed,
    ];

    /// The words of FORMAT.md that it comes from.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SpentOnce => "One code counts once",
            Self::CodesApart => "Nonce key: SHA-256(the cnf COSE_Key as encoded, then cti).",
            Self::BeforeBeginning => "A code whose iat <= beginning + skew is `nonce.before_ledger`",
            Self::ClockBehind => {
                "one whose exp <= the ledger's own now may have been forgotten and is `clock.behind`."
            }
            Self::KeptToTheEnd => "An entry is kept until the own now reaches its exp.",
            Self::NeverBack => "A time given with a spend that is refused counts too.",
            Self::Order => {
                "`nonce.ledger_failed` (it does not answer) `nonce.before_ledger` `clock.behind` (below) `nonce.spent` \
                 `nonce.ledger_full`"
            }
            Self::RefusedLeavesNothing => "so a refused scan does not burn it",
            Self::OneAct => "The ledger compares and inserts in one atomic act",
            Self::FullRefuses => "`nonce.ledger_full`",
            Self::LostBeginsAnew => {
                "Beginning and own now live with the entries; where they are lost, a new beginning is set."
            }
            Self::FailsClosed => "`nonce.ledger_failed` (it does not answer)",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What came of trying a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not, and what was seen.
    Broken(String),
    /// The subject says that it cannot be tried: no capacity, nothing that could be lost, no engine that could fail.
    NotTried,
}

/// What came of trying all rules.
#[derive(Clone, Debug)]
#[must_use = "a report that nobody reads tests nothing"]
pub struct Report {
    outcomes: Vec<(Rule, Outcome)>,
}

impl Report {
    /// Whether no rule is broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The broken rules.
    pub fn broken(&self) -> impl Iterator<Item = Rule> {
        self.with(|outcome| matches!(outcome, Outcome::Broken(_)))
    }

    /// The rules that could not be tried on this ledger.
    pub fn not_tried(&self) -> impl Iterator<Item = Rule> {
        self.with(|outcome| *outcome == Outcome::NotTried)
    }

    /// Each rule and what came of it.
    pub fn outcomes(&self) -> impl Iterator<Item = &(Rule, Outcome)> {
        self.outcomes.iter()
    }

    fn with(&self, is: impl Fn(&Outcome) -> bool) -> impl Iterator<Item = Rule> {
        self.outcomes.iter().filter_map(move |(rule, outcome)| is(outcome).then_some(*rule))
    }
}

/// A line for each rule; for a broken one what was seen, and the words of FORMAT.md.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rule, outcome) in &self.outcomes {
            match outcome {
                Outcome::Holds => writeln!(f, "holds      {rule}")?,
                Outcome::NotTried => writeln!(f, "not tried  {rule}")?,
                Outcome::Broken(seen) => {
                    writeln!(f, "BROKEN     {rule}: {seen}\n           FORMAT.md: {}", rule.sentence())?;
                }
            }
        }
        Ok(())
    }
}

/// Tries every rule, each on a ledger that `begin` makes for it: empty, and alone with it.
pub fn check<S: Subject>(mut begin: impl FnMut() -> S) -> Report {
    let outcomes = Rule::ALL.into_iter().map(|rule| (rule, rules::outcome(rule, &begin()))).collect();
    Report { outcomes }
}

/// A code of a test's own making, which no phone has signed: its key, when it was made and runs out, and the policy's skew in
/// seconds. A ledger takes it like any other.
#[must_use]
pub const fn nonce(key: [u8; 32], issued_at: UnixTime, expires_at: UnixTime, skew: u64) -> Nonce {
    Nonce { key, issued_at, expires_at, skew }
}
