//! Why a code was taken or refused, step by step: for the technician, and for the clerk who asks the technician.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::UnixTime;
use crate::check::{Context, SeenCode, look_again};
use crate::policy::StatusRule;
use crate::refusal::{Refusal, Step};

/// One row a step of FORMAT.md, the clock, the lists and the time left: what [`Verifier::explain`] found.
///
/// It comes from the same run of the same checks as a verdict, and holds no claim. It is no verdict: no ledger was asked, so
/// its last step never passes.
///
/// ```
/// # use eid_verifier::{Refusal, UnixTime, VerifiedClaims, Verifier, report::Report};
/// fn why(desk: &Verifier, text: &str, now: UnixTime) -> Report {
///     desk.explain(text, now)
/// }
/// ```
///
/// ```compile_fail,E0308
/// # use eid_verifier::{Refusal, UnixTime, VerifiedClaims, Verifier, report::Report};
/// fn why(desk: &Verifier, text: &str, now: UnixTime) -> Result<VerifiedClaims, Refusal> {
///     desk.explain(text, now)
/// }
/// ```
///
/// [`Verifier::explain`]: crate::Verifier::explain
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a report changes nothing"]
pub struct Report {
    now: UnixTime,
    max_skew: u64,
    max_age: u64,
    rows: [Row; 14],
    code: Option<CodeTimes>,
    trust_list: ListAge,
    status_lists: Vec<ListAge>,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The step.
    pub step: Step,
    /// What became of it.
    pub outcome: RowOutcome,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowOutcome {
    /// All its rules hold.
    Passed,
    /// One does not: the refusal has both sides of what was compared.
    Failed(Refusal),
    /// An earlier step failed.
    NotReached,
    /// The policy skips it (a status that is ignored).
    Skipped,
    /// It is for the ledger, which a report does not ask: asking would spend the code.
    LeftToLedger,
}

impl RowOutcome {
    /// The stable name, for a program: `not_reached`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotReached => "not_reached",
            Self::Skipped => "skipped",
            Self::LeftToLedger => "left_to_ledger",
        }
    }

    /// The same in Chinese.
    #[must_use]
    pub const fn name_zh(&self) -> &'static str {
        match self {
            Self::Passed => "通过",
            Self::Failed(_) => "不通过",
            Self::NotReached => "未检查",
            Self::Skipped => "按设置跳过",
            Self::LeftToLedger => "由使用记录判定",
        }
    }
}

/// The times that a code gives itself. The phone's word, unproven where step 6 did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeTimes {
    /// When the phone made it, by the phone's clock.
    pub issued_at: UnixTime,
    /// When it runs out.
    pub expires_at: UnixTime,
}

/// How old a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAge {
    /// The name of the trust list, or the uri of the status list.
    pub name: String,
    /// When it was issued.
    pub issued_at: UnixTime,
    /// When it runs out, if it says so.
    pub expires_at: Option<UnixTime>,
}

impl Report {
    pub(crate) fn new(scanned: &str, context: &Context<'_>) -> Self {
        let (answer, seen) = look_again(scanned, context);
        // The claims, if it came so far, are wiped here.
        let refusal = answer.map(drop).err();
        let trust = context.trust;
        Self {
            now: context.now,
            max_skew: context.policy.max_skew,
            max_age: context.policy.max_age,
            rows: rows(refusal, context.policy.status == StatusRule::IgnoreStatus),
            code: seen.code.map(|SeenCode { issued_at, expires_at, .. }| CodeTimes { issued_at, expires_at }),
            trust_list: ListAge {
                name: trust.name().into(),
                issued_at: trust.issued_at(),
                expires_at: Some(trust.expires_at()),
            },
            status_lists: context.status.iter().map(status_list).collect(),
        }
    }

    /// The time it was asked for: this desk's clock.
    #[must_use]
    pub const fn now(&self) -> UnixTime {
        self.now
    }

    /// The steps, in order.
    #[must_use]
    pub const fn rows(&self) -> &[Row; 14] {
        &self.rows
    }

    /// The times of the code, or `None` if step 1 did not pass: the text is none, or this clock is behind and it was not read.
    #[must_use]
    pub const fn code(&self) -> Option<CodeTimes> {
        self.code
    }

    /// Seconds in which the code can still be taken here: until it runs out, or is older than the policy takes. `None` as for
    /// [`code`](Self::code).
    #[must_use]
    pub fn remaining(&self, now: UnixTime) -> Option<u64> {
        let CodeTimes { issued_at, expires_at } = self.code?;
        let too_old_at = issued_at.plus(self.max_age).plus(1);
        Some(expires_at.min(too_old_at).since(now))
    }

    /// Seconds by which the phone's clock was ahead of this desk's when the code was made, at least; `None` if it need not
    /// have been, or as for [`code`](Self::code).
    #[must_use]
    pub fn phone_ahead_by(&self) -> Option<u64> {
        self.code.map(|code| code.issued_at.since(self.now)).filter(|&ahead| ahead > 0)
    }

    /// The trust list in use.
    #[must_use]
    pub const fn trust_list(&self) -> &ListAge {
        &self.trust_list
    }

    /// The status lists at hand, by issuer and uri. Which of them speaks for the code is not told.
    #[must_use]
    pub fn status_lists(&self) -> &[ListAge] {
        &self.status_lists
    }
}

impl ListAge {
    /// Seconds since it was issued; 0 if that is to come.
    #[must_use]
    pub const fn age(&self, now: UnixTime) -> u64 {
        now.since(self.issued_at)
    }
}

fn status_list(list: &crate::status::StatusList) -> ListAge {
    ListAge { name: list.uri.as_ref().into(), issued_at: list.issued_at, expires_at: list.expires_at }
}

fn rows(refusal: Option<Refusal>, status_is_ignored: bool) -> [Row; 14] {
    // Every refusal of a scan has a step; one that had none would leave nothing passed.
    let failed = refusal.map(|refusal| (refusal.step().unwrap_or(Step::Clock), refusal));
    Step::ALL.map(|step| {
        let outcome = match failed {
            Some((at, refusal)) if step == at => RowOutcome::Failed(refusal),
            Some((at, _)) if step > at => RowOutcome::NotReached,
            _ if step == Step::Nonce => RowOutcome::LeftToLedger,
            _ if step == Step::Status && status_is_ignored => RowOutcome::Skipped,
            _ => RowOutcome::Passed,
        };
        Row { step, outcome }
    })
}

/// A table for a log or a terminal: a line a step, then the times.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Row { step, outcome } in &self.rows {
            write!(f, "{:>2} {step:<11} {}", step.number(), outcome.as_str())?;
            if let RowOutcome::Failed(refusal) = outcome {
                write!(f, ": {refusal}")?;
            }
            writeln!(f)?;
        }
        write!(f, "clock {}, skew {} s", self.now, self.max_skew)?;
        if let Some(CodeTimes { issued_at, expires_at }) = self.code {
            write!(f, "\ncode made at {issued_at}, runs out at {expires_at}: ")?;
            let left = self.remaining(self.now).unwrap_or_default();
            write!(f, "{} s old, {left} s left", self.now.since(issued_at))?;
            if let Some(ahead) = self.phone_ahead_by() {
                write!(f, "; the phone's clock is {ahead} s ahead, at least")?;
            }
        }
        write_list(f, "trust list", &self.trust_list, self.now)?;
        self.status_lists.iter().try_for_each(|list| write_list(f, "status list", list, self.now))
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, kind: &str, list: &ListAge, now: UnixTime) -> fmt::Result {
    // A list may be called anything, also something with line breaks.
    write!(f, "\n{kind} {}: {} s old", list.name.escape_debug(), list.age(now))?;
    match list.expires_at {
        Some(expires_at) => write!(f, ", {} s left", expires_at.since(now)),
        None => Ok(()),
    }
}
