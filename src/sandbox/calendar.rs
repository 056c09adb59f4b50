//! Civil dates are integers yyyymmdd in UTC+8 (FORMAT.md, Encoding rules).

use time::{OffsetDateTime, UtcOffset};

pub(super) const DAY: u64 = 86_400;
const UTC_8: u64 = 8 * 3_600;

/// 00:00 UTC+8 of the day of `now`: issuers write no other times (FORMAT.md, What an issuer keeps).
pub(super) fn midnight(now: u64) -> u64 {
    (now.saturating_add(UTC_8) / DAY * DAY).saturating_sub(UTC_8)
}

/// The date of `now`; 9999-12-31 where `time` knows none.
pub(super) fn date(now: u64) -> u64 {
    let date = i64::try_from(now)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .zip(UtcOffset::from_hms(8, 0, 0).ok())
        .and_then(|(time, offset)| time.checked_to_offset(offset))
        .map(OffsetDateTime::date);
    date.and_then(|date| {
        let year = u64::try_from(date.year()).ok()?;
        Some(year * 10_000 + u64::from(u8::from(date.month())) * 100 + u64::from(date.day()))
    })
    .unwrap_or(99991231)
}

/// The same day of the year, `years` before. 29 February becomes 1 March where that year has none.
pub(super) fn years_before(date: u64, years: u64) -> u64 {
    let earlier = date.saturating_sub(years.saturating_mul(10_000));
    let year = earlier / 10_000;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if earlier % 10_000 == 229 && !leap { year * 10_000 + 301 } else { earlier }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_at_sixteen_hundred_utc() {
        // 2026-09-21 24:00 in UTC+8.
        assert_eq!(date(1_790_006_399), 20260921);
        assert_eq!(date(1_790_006_400), 20260922);
        assert_eq!(midnight(1_790_006_399), 1_790_006_400 - DAY);
        assert_eq!(midnight(1_790_006_400), 1_790_006_400);
    }

    #[test]
    fn beyond_the_calendar() {
        assert_eq!(date(u64::MAX), 99991231);
    }

    #[test]
    fn leap_days() {
        assert_eq!(years_before(20240229, 18), 20060301);
        assert_eq!(years_before(20240229, 20), 20040229);
        assert_eq!(years_before(20260921, 18), 20080921);
    }
}
