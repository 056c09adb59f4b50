//! Administrative regions by their GB/T 2260 codes (FORMAT.md, The licence and Details).

/// A region in which a credential or an issuer holds: 0 for the whole country, or a code of 2, 4 or 6 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region(u32);

impl Region {
    pub(crate) const WHOLE_COUNTRY: Self = Self(0);

    /// `None` for any other number of digits, and for one that ends in 00: 51 is written 51, not 510000.
    pub(crate) fn from_code(code: u64) -> Option<Self> {
        let code = u32::try_from(code).ok()?;
        let digits = matches!(code, 0 | 10..=99 | 1_000..=9_999 | 100_000..=999_999);
        (digits && (code == 0 || code % 100 != 0)).then_some(Self(code))
    }

    /// Whether every place of `other` is in this region.
    pub(crate) const fn covers(self, other: Self) -> bool {
        self.covers_code(other.0)
    }

    /// Whether the digits of this region begin those of `code`.
    pub(crate) const fn covers_code(self, code: u32) -> bool {
        let mut code = code;
        while code > self.0 {
            code /= 10;
        }
        // For the whole country the loop ends at 0.
        code == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_four_or_six_digits_that_do_not_end_in_00() {
        for code in [0, 10, 51, 99, 5101, 9999, 510_107, 110_101] {
            assert!(Region::from_code(code).is_some(), "{code}");
        }
        for code in
            [1, 9, 100, 510, 51_010, 5100, 510_000, 510_100, 1_000_000, 5_101_070, u64::MAX, 1 << 32 | 51]
        {
            assert!(Region::from_code(code).is_none(), "{code}");
        }
    }

    #[test]
    fn covering_is_beginning_with_the_same_digits() {
        // The obvious way, in text.
        let begins = |a: u32, b: u32| a == 0 || std::format!("{b}").starts_with(&std::format!("{a}"));
        let codes: std::vec::Vec<u32> =
            (0..=9999).chain([510_101, 510_107, 510_199, 500_101, 519_999, 100_001, 999_999]).collect();
        let regions = codes.iter().filter_map(|&code| Region::from_code(code.into()));
        for a in regions.clone().step_by(7).chain([Region(0), Region(51), Region(5101)]) {
            for b in regions.clone() {
                assert_eq!(a.covers(b), begins(a.0, b.0), "{a:?} {b:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn covering_is_a_prefix(a in 0..1_000_000_u64, cut in 0..3_u32, b in 100_000..1_000_000_u32) {
            let a = Region::from_code(a / 100_u64.pow(cut));
            let Some(a) = a else { return Ok(()) };
            let begins = a.0 == 0 || std::format!("{b}").starts_with(&std::format!("{}", a.0));
            prop_assert_eq!(a.covers_code(b), begins);
        }
    }
}
