//! Which bytes are one CBOR item of FORMAT.md's encoding rules, written down from them without a look at the library.

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Deterministic,
    ThirdParty,
}

/// Whether these bytes are one item, at most `depth` arrays, maps and tags deep.
pub fn is_item(bytes: &[u8], dialect: Dialect, depth: u8) -> bool {
    after_item(bytes, dialect, depth).is_some_and(<[u8]>::is_empty)
}

/// What stands behind the first item.
pub fn after_item(bytes: &[u8], dialect: Dialect, depth: u8) -> Option<&[u8]> {
    let (&first, rest) = bytes.split_first()?;
    let (major, information) = (first >> 5, first & 31);
    let (argument, rest) = match information {
        0..24 => (u64::from(information), rest),
        24..28 => {
            let (bytes, rest) = rest.split_at_checked(1 << (information - 24))?;
            (bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)), rest)
        }
        _ => return None,
    };
    if major == 7 {
        let is_taken = match information {
            24 => argument >= 32,
            25..28 => dialect == Dialect::ThirdParty,
            _ => true,
        };
        return is_taken.then_some(rest);
    }
    // The shortest head.
    let least = [0, 24, 1 << 8, 1 << 16, 1 << 32][usize::from(information.saturating_sub(23))];
    if argument < least {
        return None;
    }
    let inner = || depth.checked_sub(1);
    match major {
        0 | 1 => Some(rest),
        2 | 3 => {
            let (content, rest) = rest.split_at_checked(argument.try_into().ok()?)?;
            (major == 2 || std::str::from_utf8(content).is_ok()).then_some(rest)
        }
        4 => {
            let inner = inner()?;
            let mut rest = rest;
            for _ in 0..argument {
                rest = after_item(rest, dialect, inner)?;
            }
            Some(rest)
        }
        5 => {
            let inner = inner()?;
            let mut keys = Vec::new();
            let mut rest = rest;
            for _ in 0..argument {
                let value = after_item(rest, dialect, inner)?;
                keys.push(&rest[..rest.len() - value.len()]);
                rest = after_item(value, dialect, inner)?;
            }
            if dialect == Dialect::ThirdParty {
                keys.sort_unstable();
            }
            keys.is_sorted_by(|one, other| one < other).then_some(rest)
        }
        _ if dialect == Dialect::Deterministic => None,
        _ => after_item(rest, dialect, inner()?),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, is_item};
    use serde_json::Value;

    /// The column beside every case of the suites, which a third program wrote.
    #[test]
    fn agrees_with_the_suites() {
        let mut cases = 0;
        for path in
            ["cbor-wg/appendix-a", "cbor-wg/good", "cbor-wg/bad", "cbor-wg/spike", "qcbor/not_well_formed"]
        {
            let path = format!("{}/../tests/suites/{path}.json", env!("CARGO_MANIFEST_DIR"));
            let suite: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            for case in suite["cases"].as_array().unwrap() {
                let item = hex::decode(case["hex"].as_str().unwrap()).unwrap();
                let found =
                    [Dialect::Deterministic, Dialect::ThirdParty].map(|dialect| is_item(&item, dialect, 12));
                let taken = match found {
                    [true, true] => "both",
                    [false, true] => "third party",
                    [_, false] => "none",
                };
                assert_eq!(case["taken"], taken, "{case}");
                cases += 1;
            }
        }
        assert_eq!(cases, 81 + 88 + 47 + 1165 + 122);
    }
}
