//! The clock, which the caller brings (FORMAT.md, Encoding rules: all times are unix seconds, dates are in UTC+8).

use core::fmt;

use time::OffsetDateTime;

/// A moment, in whole seconds since 1970-01-01 00:00:00 UTC.
///
/// The crate has no clock: every check takes the present as its last argument. Sums saturate.
///
/// ```
/// use eid_verifier::UnixTime;
///
/// let now = UnixTime::from_secs(1_790_000_000);
/// assert_eq!(now, UnixTime::from(time::OffsetDateTime::from_unix_timestamp(1_790_000_000)?));
/// # Ok::<(), time::error::ComponentRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// A moment from its unix seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The unix seconds of this moment.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// This moment, `seconds` later.
    pub(crate) const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds since `earlier`; 0 if that is later.
    pub(crate) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A moment before 1970 becomes 1970: too early for every list of this century, so it is refused as `clock.behind`.
impl From<OffsetDateTime> for UnixTime {
    fn from(moment: OffsetDateTime) -> Self {
        Self(u64::try_from(moment.unix_timestamp()).unwrap_or(0))
    }
}

/// The system's clock, read by the caller: `SystemTime::now().into()`. A moment before 1970 becomes 1970.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for UnixTime {
    fn from(moment: std::time::SystemTime) -> Self {
        Self(moment.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
