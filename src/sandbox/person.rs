//! People who do not exist, with everything a credential says of a person (FORMAT.md, Claim groups).
//!
//! Their ID numbers pass every check of form. They begin with 519999, a division code that was never given out,
//! so no number here can be a living person's.

use alloc::{format, string::String, vec::Vec};

use super::{
    cbor::{Cbor, list},
    seed,
};

/// A person who does not exist.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name.
    pub name: &'static str,
    /// GB/T 2261.1: 1 male, 2 female.
    pub sex: u64,
    /// GB/T 3304: 1 Han, 5 Uygur, 7 Yi, ...
    pub ethnicity: u64,
    /// Date of birth, yyyymmdd.
    pub birth: u64,
    /// The three digits that tell apart those born on one day in one place; odd for men.
    pub sequence: u64,
    /// The registered address.
    pub address: &'static str,
    /// From when, until when (`None`: 长期) and by whom the physical card holds.
    pub validity: (u64, Option<u64>, &'static str),
    /// The ages reached, of those that a scene asks for.
    pub ages: &'static [u64],
    /// Number and type of the household, and the relation to its head (GB/T 4761).
    pub household: (&'static str, u64, u64),
    /// Where the person lives, if not where registered: address, then the permit's dates and authority.
    pub permit: Option<(&'static str, u64, u64, &'static str)>,
}

/// The division of every number and address here.
const DIVISION: u64 = 519_999;
const AUTHORITY: &str = "测试市公安局样例分局";

impl Person {
    /// An adult man with the plainest data there is.
    pub const ADULT: Self = Self {
        name: "李样例",
        sex: 1,
        ethnicity: 1,
        birth: 19900307,
        sequence: 741,
        address: "四川省测试市样例区虚构大道1号2栋3单元405号",
        validity: (20160801, Some(20360801), AUTHORITY),
        ages: &[14, 16, 18],
        household: ("519999000001", 1, 2),
        permit: None,
    };

    /// A girl of seventeen, on the day of the fixed scenarios.
    pub const MINOR: Self = Self {
        name: "王小样",
        sex: 2,
        birth: 20090115,
        sequence: 26,
        validity: (20250201, Some(20350201), AUTHORITY),
        ages: &[14, 16],
        household: ("519999000002", 1, 30),
        ..Self::ADULT
    };

    /// A man whose number ends in X, and whose card does not expire (长期).
    pub const ELDER: Self = Self {
        name: "赵末位",
        birth: 19551102,
        sequence: 113,
        validity: (20150618, None, AUTHORITY),
        household: ("519999000003", 1, 2),
        ..Self::ADULT
    };

    /// A woman of an ethnic minority, with the separator U+00B7 in her name.
    pub const UYGUR: Self = Self {
        name: "古丽样例\u{b7}测试江",
        sex: 2,
        ethnicity: 5,
        birth: 19980630,
        sequence: 368,
        validity: (20190312, Some(20290312), AUTHORITY),
        household: ("519999000004", 2, 2),
        ..Self::ADULT
    };

    /// A child in a household book, as the holder of the credential herself.
    pub const CHILD: Self = Self {
        name: "陈户样",
        sex: 2,
        birth: 20150520,
        sequence: 902,
        validity: (20220901, Some(20270901), AUTHORITY),
        ages: &[],
        household: ("519999000005", 1, 30),
        ..Self::ADULT
    };

    /// A man with a residence permit: all nine groups.
    pub const RESIDENT: Self = Self {
        name: "周居样",
        birth: 19951224,
        sequence: 553,
        validity: (20200110, Some(20300110), AUTHORITY),
        household: ("519999000006", 1, 22),
        permit: Some(("四川省测试市样例区暂居街7号", 20260101, 20270101, AUTHORITY)),
        ..Self::ADULT
    };

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::ADULT, Self::MINOR, Self::ELDER, Self::UYGUR, Self::CHILD, Self::RESIDENT];

    /// The ID number, with its check character.
    #[must_use]
    pub fn id_number(&self) -> String {
        let digits = format!("{DIVISION}{:08}{:03}", self.birth, self.sequence);
        let check = check_character(&digits);
        digits + check
    }

    /// What the credential says of this person, a value for each group (11 to 19) that applies.
    #[must_use]
    pub fn groups(&self) -> Vec<(u64, Cbor)> {
        let (from, until, authority) = self.validity;
        let (household, kind, relation) = self.household;
        let mut groups = alloc::vec![
            (11, list![self.name, self.id_number()]),
            (12, list![self.sex, self.ethnicity, self.birth]),
            (13, list![self.address, DIVISION]),
            (14, list![from, until.map_or(Cbor::Null, Cbor::Uint), authority]),
            (15, self.ages.iter().copied().collect()),
            (16, list![household, kind, relation]),
        ];
        if let Some((address, issued, endorsed_until, authority)) = self.permit {
            groups.push((17, list![address, DIVISION]));
            groups.push((18, list![issued, endorsed_until, authority]));
        }
        groups.push((19, list![seed::bytes::<32>(&format!("portrait of {}", self.name))]));
        groups
    }
}

/// ISO 7064 MOD 11-2 over the first 17 digits, as GB 11643 writes it.
fn check_character(digits: &str) -> &'static str {
    let sum = digits.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    const CHARACTERS: [&str; 11] = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"];
    CHARACTERS
        .into_iter()
        .zip(0..)
        .find_map(|(character, n)| (n == sum).then_some(character))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_of_known_numbers() {
        // The two examples printed in GB 11643-1999.
        assert_eq!(check_character("11010519491231002"), "X");
        assert_eq!(check_character("44052418800101001"), "4");
    }

    #[test]
    fn numbers_are_valid_in_form() {
        for person in Person::ALL {
            let number = person.id_number();
            assert_eq!(number.len(), 18, "{number}");
            assert_eq!(person.sequence % 2, person.sex % 2, "{number}");
        }
        assert!(Person::ELDER.id_number().ends_with('X'), "{}", Person::ELDER.id_number());
        assert!(!Person::ADULT.id_number().ends_with('X'));
    }
}
