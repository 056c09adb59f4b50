//! How personal text is shown where anybody may look.

use core::fmt::{self, Write as _};

use super::name::turns_direction;

/// The first and the last character, and a star for each between: `李*明`, `李*`, `*`.
pub(super) fn name(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut inner = name.chars();
    let first = inner.next();
    let last = inner.next_back();
    match (first, last) {
        (Some(first), Some(last)) => {
            let between = inner.count();
            // Two characters: the second is hidden, or nothing would be.
            write!(f, "{first}{:*<between$}", "")?;
            if between == 0 { f.write_str("*") } else { write!(f, "{last}") }
        }
        _ => f.write_str("*"),
    }
}

/// The first six digits and the last four: `510107********7419`.
pub(super) fn id_number(number: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (head, tail) = (number.get(..6).unwrap_or_default(), number.get(14..).unwrap_or_default());
    write!(f, "{head}********{tail}")
}

/// The first six characters of at least twelve; less of a shorter one: `四川省成都市****`. An issuer may have signed any
/// character there: what would do something to the screen is a star, too.
pub(super) fn address(address: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = (address.chars().count() / 2).min(6);
    address
        .chars()
        .take(shown)
        .map(|character| if breaks_a_line_or_turns_it(character) { '*' } else { character })
        .try_for_each(|character| f.write_char(character))?;
    f.write_str("****")
}

/// Controls, line separators, and marks that turn the direction of text.
pub(crate) fn breaks_a_line_or_turns_it(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || turns_direction(character)
}

/// `Debug` of what is a person's own matter, also when it was taken out of its group: a star.
macro_rules! hidden {
    ($name:ident) => {
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str("*")
            }
        }
    };
}
pub(super) use hidden;

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::{String, ToString as _};

    struct Masked(String);

    impl fmt::Display for Masked {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            address(&self.0, f)
        }
    }

    /// FORMAT.md forbids nothing in an address: an escape there would paint the clerk's terminal, a mark turn the line round.
    #[test]
    fn an_address_does_nothing_to_the_screen() {
        for character in [
            '\0', '\n', '\r', '\x08', '\x1b', '\x7f', '\u{85}', '\u{9b}', '\u{61c}', '\u{200e}', '\u{200f}',
            '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}',
        ] {
            let address = Masked(format!("四川{character}市区路一号二栋三楼"));
            assert_eq!(address.to_string(), "四川*市区路****", "{character:?}");
        }
        for (text, masked) in [
            ("四川省成都市武侯区一号", "四川省成都****"),
            ("四川省成都市武侯区一号楼", "四川省成都市****"),
            ("四川 A-1·区 一号楼二单元", "四川 A-1****"),
            ("四", "****"),
            ("", "****"),
        ] {
            assert_eq!(Masked(text.into()).to_string(), masked);
        }
    }
}
