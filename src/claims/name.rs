//! Names (FORMAT.md, Details, Name).

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::mask;

/// A person's name, exactly as the issuer signed it; wiped on drop.
///
/// `Display` and `Debug` are masked: `李*明`. [`Name::reveal`] gives it whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Zeroizing<String>);

impl Name {
    /// 1 to 200 characters, none of them a control or one that turns the direction of text, no white space at the ends.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let length = text.chars().count();
        let valid = (1..=200).contains(&length)
            && !text.chars().any(|character| character.is_control() || turns_direction(character))
            && text.trim().len() == text.len();
        valid.then(|| Self(Zeroizing::new(text.into())))
    }

    /// The whole name, for the register.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether a booking has this name. White space around it is dropped, and what keyboards offer for the separator
    /// `·` is taken for it, on both sides; nothing else is folded.
    ///
    /// A name is compared character by character, never normalised: normalisation rewrites rare characters of names.
    #[must_use]
    pub fn matches(&self, booked: &str) -> bool {
        self.0.chars().map(separator).eq(booked.trim().chars().map(separator))
    }
}

/// Look-alikes of U+00B7, the separator in the names of several peoples.
const fn separator(character: char) -> char {
    match character {
        '\u{2022}' | '\u{2027}' | '\u{22c5}' | '\u{30fb}' | '\u{ff0e}' | '\u{ff65}' => '\u{b7}',
        other => other,
    }
}

pub(super) const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::name(&self.0, f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        mask::name(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn what_is_a_name() {
        for name in
            ["李", "李小明", "买买提·艾力", "A B", "𠮷田", "\u{f92c}", "a\u{200b}b", &"字".repeat(200)]
        {
            assert_eq!(Name::parse(name).expect(name).reveal(), name);
        }
        for name in [
            "",
            " ",
            "李 ",
            " 李",
            "\u{3000}李",
            "李\u{a0}",
            "李\n明",
            "李\u{85}明",
            "李\u{7f}",
            "\u{202e}李",
            "李\u{61c}明",
            "a\u{200e}b",
            "a\u{200f}b",
            "a\u{202a}b",
            "a\u{2066}b",
            "a\u{2069}b",
            &"字".repeat(201),
        ] {
            assert!(Name::parse(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn masks() {
        for (name, masked) in [
            ("李", "*"),
            ("李明", "李*"),
            ("李小明", "李*明"),
            ("欧阳小明", "欧**明"),
            ("买买提·艾力", "买****力"),
        ] {
            let name = Name::parse(name).unwrap();
            assert_eq!((format!("{name}"), format!("{name:?}")), (masked.into(), masked.into()));
        }
    }

    #[test]
    fn a_booking_may_have_another_separator_and_nothing_else() {
        let name = Name::parse("买买提·艾力").unwrap();
        for dot in ["\u{b7}", "\u{2022}", "\u{2027}", "\u{22c5}", "\u{30fb}", "\u{ff0e}", "\u{ff65}"] {
            assert!(name.matches(&format!(" 买买提{dot}艾力\n")), "{dot}");
        }
        for other in ["买买提.艾力", "买买提艾力", "买买提 艾力", "买买提·艾", "买买提·艾力力", ""]
        {
            assert!(!name.matches(other), "{other}");
        }
        // What the issuer signed may have the look-alike, too.
        assert!(Name::parse("买买提•艾力").unwrap().matches("买买提·艾力"));
        // Not normalised: U+F92C is another character than U+90CE.
        assert!(!Name::parse("\u{f92c}").unwrap().matches("\u{90ce}"));
    }
}
