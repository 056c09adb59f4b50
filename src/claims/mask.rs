//! How personal text is shown where anybody may look.

use core::fmt;

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

/// The first six characters of at least twelve; less of a shorter one: `四川省成都市****`.
pub(super) fn address(address: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = (address.chars().count() / 2).min(6);
    address.chars().take(shown).try_for_each(|character| write!(f, "{character}"))?;
    f.write_str("****")
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
