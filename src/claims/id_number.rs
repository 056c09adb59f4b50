//! ID numbers (公民身份号码, GB 11643; FORMAT.md, Details, ID number).

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::{CivilDate, Sex, mask};

/// A citizen's ID number: 17 digits and a check character; wiped on drop.
///
/// `Display` and `Debug` are masked: `510107********7419`. [`IdNumber::reveal`] gives it whole. Its first six digits are
/// where it was first given, not where the person lives: they are never compared with anything.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(Zeroizing<String>);

impl IdNumber {
    /// 18 characters, 17 digits and a digit or `X`, ISO 7064 MOD 11-2, a real birth date not after `today`.
    pub(crate) fn parse(text: &str, today: CivilDate) -> Option<Self> {
        let (&check, digits) = text.as_bytes().split_last()?;
        let right = digits.len() == 17
            && digits.iter().all(u8::is_ascii_digit)
            && check == check_character(digits)
            && birth_date(text)? <= today;
        right.then(|| Self(Zeroizing::new(text.into())))
    }

    /// The whole number, for the register.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The birth date in its digits 7 to 14.
    #[must_use]
    pub fn birth_date(&self) -> CivilDate {
        // `parse` has read it; another number does not exist.
        birth_date(&self.0).unwrap_or(CivilDate::MAX)
    }

    /// The sex that its digit 17 tells, odd for male. Wrong numbers were issued, so this may differ from the sex of
    /// the demographics: see [`Advisory::SexDiffersFromNumber`](super::Advisory::SexDiffersFromNumber).
    #[must_use]
    pub fn sex(&self) -> Sex {
        match self.0.as_bytes().get(16) {
            Some(digit) if digit % 2 == 1 => Sex::Male,
            _ => Sex::Female,
        }
    }

    /// Whether a booking has this number. White space around it is dropped, and `x` is `X`.
    #[must_use]
    pub fn matches(&self, booked: &str) -> bool {
        self.0.eq_ignore_ascii_case(booked.trim())
    }
}

fn birth_date(number: &str) -> Option<CivilDate> {
    number.get(6..14)?.parse().ok().and_then(CivilDate::from_yyyymmdd)
}

/// ISO 7064 MOD 11-2 over 17 digits.
fn check_character(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit - b'0') * weight).sum();
    match sum % 11 {
        0 => b'1',
        1 => b'0',
        2 => b'X',
        3 => b'9',
        4 => b'8',
        5 => b'7',
        6 => b'6',
        7 => b'5',
        8 => b'4',
        9 => b'3',
        _ => b'2',
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::id_number(&self.0, f)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::id_number(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;

    fn today() -> CivilDate {
        CivilDate::from_yyyymmdd(20_260_921).unwrap()
    }

    #[test]
    fn published_numbers() {
        for number in ["11010519491231002X", "34052419800101001X", "370101190102039973"] {
            assert_eq!(IdNumber::parse(number, today()).expect(number).reveal(), number);
        }
    }

    #[test]
    fn what_is_no_number() {
        for number in [
            "",
            "X",
            "11010519491231002x",
            "110105194912310021",
            "11010519491231002Ⅹ",
            "110105491231002",
            "1101051949123100２X",
            " 11010519491231002X",
            "11010519491231002X ",
            "+1010519491231002X",
            "1101051949123100XX",
        ] {
            assert!(IdNumber::parse(number, today()).is_none(), "{number:?}");
        }
    }

    /// The number with the right check character.
    fn checked(digits: &str) -> String {
        format!("{digits}{}", char::from(check_character(digits.as_bytes())))
    }

    #[test]
    fn every_wrong_check_character_is_refused() {
        let right = checked("51010719900307741");
        assert_eq!(right, "510107199003077419");
        for check in "0123456789Xx ".chars() {
            let number = format!("51010719900307741{check}");
            assert_eq!(IdNumber::parse(&number, today()).is_some(), number == right);
        }
    }

    proptest! {
        /// Of 17 digits with a real date, exactly one check character fits, and each wrong digit or swap of neighbours is
        /// seen: that is what MOD 11-2 is for.
        #[test]
        fn one_check_character_and_no_slip(
            region in 0..1_000_000_u32, year in 1900..2026_u32, month in 1..=12_u32, day in 1..=28_u32,
            sequence in 0..1000_u32, place in 0..17_usize, digit in 0..10_u8,
        ) {
            let digits = format!("{region:06}{year}{month:02}{day:02}{sequence:03}");
            let right = checked(&digits);
            let number = IdNumber::parse(&right, today()).unwrap();
            prop_assert_eq!(number.birth_date().to_yyyymmdd(), year * 10_000 + month * 100 + day);
            prop_assert_eq!(number.sex() == Sex::Male, sequence % 2 == 1);
            let fitting = "0123456789X".chars().filter(|&check| {
                IdNumber::parse(&format!("{digits}{check}"), today()).is_some()
            });
            prop_assert_eq!(fitting.count(), 1);

            let mut slip = right.clone().into_bytes();
            slip[place] = b'0' + digit;
            let slip = String::from_utf8(slip).unwrap();
            prop_assert_eq!(IdNumber::parse(&slip, today()).is_some(), slip == right);
            let mut swapped = right.clone().into_bytes();
            swapped.swap(place, place + 1);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(IdNumber::parse(&swapped, today()).is_some(), swapped == right);
        }

        #[test]
        fn noise_is_refused_or_is_a_number(text in "[0-9]{17}[0-9X]|\\PC{0,20}") {
            if let Some(number) = IdNumber::parse(&text, today()) {
                prop_assert_eq!(number.reveal().len(), 18);
                prop_assert!(number.birth_date() <= today());
            }
        }
    }

    #[test]
    fn the_birth_date_is_real_and_not_after_today() {
        assert!(IdNumber::parse(&checked("51010720260921001"), today()).is_some());
        assert!(IdNumber::parse(&checked("51010720260922001"), today()).is_none());
        assert!(IdNumber::parse(&checked("51010720230229001"), today()).is_none());
        assert!(IdNumber::parse(&checked("51010700010101001"), today()).is_none());
        // An abolished or unknown region is nobody's business here.
        assert!(IdNumber::parse(&checked("00000019900307001"), today()).is_some());
    }

    #[test]
    fn what_the_digits_tell() {
        let number = IdNumber::parse("510107199003077419", today()).unwrap();
        assert_eq!(number.birth_date().to_yyyymmdd(), 19_900_307);
        assert_eq!(number.sex(), Sex::Male);
        assert_eq!(IdNumber::parse("11010519491231002X", today()).unwrap().sex(), Sex::Female);
        assert_eq!(format!("{number} {number:?}"), "510107********7419 510107********7419");
        assert!(number.matches(" 510107199003077419\t") && !number.matches("510107199003077418"));
        assert!(IdNumber::parse("11010519491231002X", today()).unwrap().matches("11010519491231002x"));
    }
}
