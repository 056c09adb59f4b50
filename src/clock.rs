//! Whose clock is wrong: one phone that is ahead has a wrong clock, several mean that this desk is behind.

use alloc::vec::Vec;
use core::fmt;

use crate::UnixTime;
use crate::check::phone;
use crate::claims::VerifiedClaims;
use crate::refusal::{FreshnessRefusal, Refusal};

/// Phones that must agree before this desk's clock is doubted.
const PHONES: usize = 3;

/// Watches for a desk's clock that is behind: the program feeds it every verdict.
///
/// Each `freshness.not_yet` alone says that a phone is ahead of this desk. From three phones in a row, without a code between
/// them that was accepted, it is the desk's clock that is to be looked at. A phone is told by its key: one that holds three
/// credentials may count as three, so this is advice, and no verdict.
///
/// ```
/// use eid_verifier::clock::{ClockWatch, SlowClock};
/// use eid_verifier::{NonceLedger, UnixTime, Verifier};
///
/// fn scan(desk: &Verifier, text: &str, ledger: &impl NonceLedger, watch: &mut ClockWatch, now: UnixTime) {
///     let verdict = desk.verify(text, ledger, now);
///     if let Some(SlowClock { behind_by, .. }) = watch.note(text, &verdict) {
///         println!("本机时间至少慢 {behind_by} 秒，请校准。");
///     }
/// }
/// ```
#[derive(Clone, Default)]
pub struct ClockWatch {
    /// The last phones that were ahead, each once, and by how many seconds. A phone is the beginning of its key's digest.
    ahead: Vec<([u8; 8], u64)>,
}

/// This desk's clock is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowClock {
    /// Seconds, at least: by the phone that was least ahead.
    pub behind_by: u64,
}

impl SlowClock {
    /// What the clerk reads, in Chinese.
    #[must_use]
    pub const fn clerk_zh(self) -> &'static str {
        "好几部手机的时间都比本机快：应是本机时间慢了。请校准电脑时间后再扫。"
    }

    /// What the clerk reads, in English.
    #[must_use]
    pub const fn clerk_en(self) -> &'static str {
        "Several phones are ahead of this computer, so it is this clock that is slow. Set it right, then scan again."
    }
}

impl ClockWatch {
    /// A watch that has seen nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { ahead: Vec::new() }
    }

    /// Notes a verdict and the text it is of, as it was verified. Where that is one more phone that is ahead, it may be this desk that is behind.
    pub fn note(&mut self, scanned: &str, verdict: &Result<VerifiedClaims, Refusal>) -> Option<SlowClock> {
        match verdict {
            Err(Refusal::Freshness(FreshnessRefusal::NotYet { issued_at, now })) => {
                let (issued_at, now) = (UnixTime::from_secs(*issued_at), UnixTime::from_secs(*now));
                self.note_ahead(scanned, issued_at, issued_at.since(now))
            }
            // A phone whose time agrees with this desk's.
            Ok(_) => {
                self.ahead.clear();
                None
            }
            // A code that is refused for another reason may be an old one, which a slow clock finds fresh.
            Err(_) => None,
        }
    }

    fn note_ahead(&mut self, scanned: &str, issued_at: UnixTime, seconds: u64) -> Option<SlowClock> {
        let (digest, made_at) = phone(scanned)?;
        let phone = digest.first_chunk().copied().filter(|_| made_at == issued_at)?;
        self.ahead.retain(|(other, _)| *other != phone);
        if self.ahead.len() == PHONES {
            self.ahead.remove(0);
        }
        self.ahead.push((phone, seconds));
        let behind_by = self.ahead.iter().map(|&(_, seconds)| seconds).min()?;
        (self.ahead.len() == PHONES).then_some(SlowClock { behind_by })
    }
}

/// How many phones were ahead, and nothing that tells one from another.
impl fmt::Debug for ClockWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClockWatch").field("phones_ahead", &self.ahead.len()).finish_non_exhaustive()
    }
}
