//! Civil dates: integers yyyymmdd in Asia/Shanghai (FORMAT.md, Encoding rules and Details).

use core::fmt;

use time::{Date, Month};
use zeroize::Zeroizing;

use super::mask::hidden;
use crate::UnixTime;

/// A civil date in China (UTC+8), years 1000 to 9999. On the wire it is the integer yyyymmdd.
///
/// ```
/// use eid_verifier::claims::CivilDate;
///
/// let date = CivilDate::from_yyyymmdd(20240229).unwrap();
/// assert_eq!((date.year(), date.month(), date.day()), (2024, 2, 29));
/// assert_eq!(date.to_string(), "2024-02-29");
/// assert!(CivilDate::from_yyyymmdd(20230229).is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(Date);

impl CivilDate {
    /// 9999-12-31. Not `Date::MAX`, which a feature of `time` that any crate may switch on puts much later.
    pub(crate) const MAX: Self = match Date::from_calendar_date(9999, Month::December, 31) {
        Ok(date) => Self(date),
        Err(_) => Self(Date::MIN),
    };

    /// The date that eight digits name, or `None` if there is no such day in the years 1000 to 9999.
    #[must_use]
    pub fn from_yyyymmdd(number: u32) -> Option<Self> {
        let [year, month, day] = [number / 10_000, number / 100 % 100, number % 100];
        let year = i32::try_from(year).ok().filter(|year| (1000..=9999).contains(year))?;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok().map(Self)
    }

    /// The date of `now` in UTC+8, at most 9999-12-31.
    ///
    /// ```
    /// use eid_verifier::{UnixTime, claims::CivilDate};
    ///
    /// // 15:59:59 UTC is 23:59:59 in China; a second later it is tomorrow.
    /// assert_eq!(CivilDate::in_china(UnixTime::from_secs(1_790_006_399)).to_string(), "2026-09-21");
    /// assert_eq!(CivilDate::in_china(UnixTime::from_secs(1_790_006_400)).to_string(), "2026-09-22");
    /// ```
    #[must_use]
    pub fn in_china(now: UnixTime) -> Self {
        const UTC_PLUS_8: u64 = 8 * 3600;
        const EPOCH: i32 = 2_440_588;
        let days = now.plus(UTC_PLUS_8).as_secs() / 86_400;
        let date = i32::try_from(days)
            .ok()
            .and_then(|days| EPOCH.checked_add(days))
            .and_then(|day| Date::from_julian_day(day).ok());
        date.map_or(Self::MAX, |date| Self(date).min(Self::MAX))
    }

    /// The year, 1000 to 9999.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.0.day()
    }

    /// The eight digits yyyymmdd.
    #[must_use]
    pub fn to_yyyymmdd(self) -> u32 {
        // The years of this type are positive.
        self.year().unsigned_abs() * 10_000 + u32::from(self.month()) * 100 + u32::from(self.day())
    }

    /// Whether somebody born on this date has reached `age` on `today`: from the day *after* the birthday on (法释〔2006〕
    /// 1号, Article 2), 29 February counting as 1 March in other years.
    #[must_use]
    pub fn has_reached(self, age: u8, today: Self) -> bool {
        let year = self.year() + i32::from(age);
        let birthday = self.0.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::March, 1));
        // A birthday after the year 9999 has not come.
        birthday.is_ok_and(|birthday| today.0 > birthday)
    }

    /// The date `days` later, at most 9999-12-31.
    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(time::Duration::days(days))).min(Self::MAX)
    }
}

/// `2024-02-29`.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

hidden!(CivilDate);

/// A [`CivilDate`] of a person, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WipedDate(Zeroizing<u32>);

impl WipedDate {
    pub(crate) fn get(&self) -> CivilDate {
        // Made from a date, so it is one.
        CivilDate::from_yyyymmdd(*self.0).unwrap_or(CivilDate::MAX)
    }
}

impl From<CivilDate> for WipedDate {
    fn from(date: CivilDate) -> Self {
        Self(Zeroizing::new(date.to_yyyymmdd()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(number: u32) -> CivilDate {
        CivilDate::from_yyyymmdd(number).unwrap()
    }

    #[test]
    fn printed_as_iso_8601_and_hidden_from_debug() {
        let day = CivilDate::from_yyyymmdd(20_240_229).unwrap();
        assert_eq!(std::format!("{day} {day:?}"), "2024-02-29 *");
    }

    #[test]
    fn only_days_that_exist() {
        for number in [10_000_101, 99_991_231, 20_000_229, 20_240_229, 20_261_231] {
            assert_eq!(date(number).to_yyyymmdd(), number);
        }
        for number in [
            0,
            9_991_231,
            19_000_229,
            20_230_229,
            20_261_301,
            20_260_001,
            20_260_100,
            20_260_431,
            100_000_101,
            u32::MAX,
        ] {
            assert!(CivilDate::from_yyyymmdd(number).is_none(), "{number}");
        }
    }

    #[test]
    fn today_changes_at_midnight_in_china() {
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(0)), date(19_700_101));
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(57_599)), date(19_700_101));
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(57_600)), date(19_700_102));
        // 9999-12-31 24:00 in China, and the end of counting.
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(253_402_271_999)), date(99_991_231));
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(253_402_272_000)), date(99_991_231));
        assert_eq!(CivilDate::in_china(UnixTime::from_secs(u64::MAX)), date(99_991_231));
    }

    #[test]
    fn an_age_is_reached_on_the_day_after_the_birthday() {
        let born = date(20_080_307);
        assert!(!born.has_reached(18, date(20_260_306)));
        assert!(!born.has_reached(18, date(20_260_307)));
        assert!(born.has_reached(18, date(20_260_308)));
        // 29 February: 1 March in 2026, so reached on 2 March; 29 February itself in 2028.
        let leap = date(20_080_229);
        assert!(!leap.has_reached(18, date(20_260_301)));
        assert!(leap.has_reached(18, date(20_260_302)));
        assert!(!leap.has_reached(20, date(20_280_229)));
        assert!(leap.has_reached(20, date(20_280_301)));
        assert!(!date(99_000_101).has_reached(150, date(99_991_231)));
    }
}
