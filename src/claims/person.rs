//! Groups 11, 12 and 15: who somebody is, and how old (FORMAT.md, Claim groups).

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::date::WipedDate;
use super::mask::hidden;
use super::{CivilDate, IdNumber, Name};

/// Group 11: name and ID number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub(crate) name: Name,
    pub(crate) number: IdNumber,
}

/// How a booking fits an [`Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Name and number are the booking's.
    Both,
    /// The number is the booking's, the name is not.
    NumberOnly,
    /// The name is the booking's, the number is not: perhaps a namesake.
    NameOnly,
    /// Neither is the booking's.
    Neither,
}

impl Identity {
    /// The name.
    #[must_use]
    pub const fn name(&self) -> &Name {
        &self.name
    }

    /// The ID number.
    #[must_use]
    pub const fn number(&self) -> &IdNumber {
        &self.number
    }

    /// Compares with the name and the number of a booking: see [`Name::matches`] and [`IdNumber::matches`].
    #[must_use]
    pub fn matches(&self, name: &str, number: &str) -> Match {
        match (self.name.matches(name), self.number.matches(number)) {
            (true, true) => Match::Both,
            (false, true) => Match::NumberOnly,
            (true, false) => Match::NameOnly,
            (false, false) => Match::Neither,
        }
    }
}

/// Sex by GB/T 2261.1. `Debug` is masked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 0: 未知.
    Unknown,
    /// 1: 男.
    Male,
    /// 2: 女.
    Female,
    /// 9: 未说明.
    NotStated,
}

hidden!(Sex);

impl Sex {
    pub(crate) const fn from_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::Unknown),
            1 => Some(Self::Male),
            2 => Some(Self::Female),
            9 => Some(Self::NotStated),
            _ => None,
        }
    }

    /// The code of GB/T 2261.1.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Male => 1,
            Self::Female => 2,
            Self::NotStated => 9,
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Unknown => "未知的性别",
            Self::Male => "男",
            Self::Female => "女",
            Self::NotStated => "未说明的性别",
        }
    }
}

/// Ethnicity (民族) by GB/T 3304: 1 to 56, 97 and 98.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ethnicity(u8);

impl Ethnicity {
    const NAMES: [&'static str; 56] = [
        "汉族",
        "蒙古族",
        "回族",
        "藏族",
        "维吾尔族",
        "苗族",
        "彝族",
        "壮族",
        "布依族",
        "朝鲜族",
        "满族",
        "侗族",
        "瑶族",
        "白族",
        "土家族",
        "哈尼族",
        "哈萨克族",
        "傣族",
        "黎族",
        "傈僳族",
        "佤族",
        "畲族",
        "高山族",
        "拉祜族",
        "水族",
        "东乡族",
        "纳西族",
        "景颇族",
        "柯尔克孜族",
        "土族",
        "达斡尔族",
        "仫佬族",
        "羌族",
        "布朗族",
        "撒拉族",
        "毛南族",
        "仡佬族",
        "锡伯族",
        "阿昌族",
        "普米族",
        "塔吉克族",
        "怒族",
        "乌孜别克族",
        "俄罗斯族",
        "鄂温克族",
        "德昂族",
        "保安族",
        "裕固族",
        "京族",
        "塔塔尔族",
        "独龙族",
        "鄂伦春族",
        "赫哲族",
        "门巴族",
        "珞巴族",
        "基诺族",
    ];

    /// `None` for a code that the set does not have.
    pub(crate) fn from_code(code: u64) -> Option<Self> {
        u8::try_from(code).ok().filter(|code| matches!(code, 1..=56 | 97 | 98)).map(Self)
    }

    /// The code of GB/T 3304.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The name in Chinese: `汉族`, `维吾尔族`; `其他` for 97, `外国血统中国籍人士` for 98.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self.0 {
            97 => "其他",
            98 => "外国血统中国籍人士",
            code => Self::NAMES.get(usize::from(code) - 1).copied().unwrap_or("其他"),
        }
    }
}

hidden!(Ethnicity);

/// Group 12: sex, ethnicity and birth date; wiped on drop. `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Demographics {
    /// Sex and ethnicity.
    codes: Zeroizing<[u8; 2]>,
    birth_date: WipedDate,
}

impl Demographics {
    pub(crate) fn new(sex: Sex, ethnicity: Ethnicity, birth_date: CivilDate) -> Self {
        Self { codes: Zeroizing::new([sex.code(), ethnicity.code()]), birth_date: birth_date.into() }
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        let [sex, _] = *self.codes;
        Sex::from_code(sex.into()).unwrap_or(Sex::Unknown)
    }

    /// The ethnicity.
    #[must_use]
    pub fn ethnicity(&self) -> Ethnicity {
        let [_, ethnicity] = *self.codes;
        Ethnicity(ethnicity)
    }

    /// The birth date.
    #[must_use]
    pub fn birth_date(&self) -> CivilDate {
        self.birth_date.get()
    }
}

impl fmt::Debug for Demographics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Demographics(*)")
    }
}

/// Group 15: the ages that the person had reached when the credential was issued; wiped on drop. `Debug` shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct Ages(pub(crate) Zeroizing<Vec<u8>>);

impl Ages {
    /// The ages, ascending.
    #[must_use]
    pub fn reached(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Ages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ages(*)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_sets() {
        let sexes: Vec<u64> = (0..300).filter(|&code| Sex::from_code(code).is_some()).collect();
        assert_eq!(sexes, [0, 1, 2, 9]);
        assert!(sexes.iter().all(|&code| u64::from(Sex::from_code(code).unwrap().code()) == code));
        let ethnicities: Vec<u64> = (0..400).filter(|&code| Ethnicity::from_code(code).is_some()).collect();
        assert_eq!(ethnicities, (1..=56).chain([97, 98]).collect::<Vec<_>>());
        for (code, name) in [
            (1, "汉族"),
            (4, "藏族"),
            (5, "维吾尔族"),
            (7, "彝族"),
            (33, "羌族"),
            (55, "珞巴族"),
            (56, "基诺族"),
        ] {
            assert_eq!(Ethnicity::from_code(code).unwrap().name_zh(), name);
        }
        let mut names = Ethnicity::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 56);
    }
}
