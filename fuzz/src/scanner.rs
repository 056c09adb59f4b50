//! Codes as keyboards and clipboards garble them, and arbitrary text: what `scanner::clean` may do to them.
//!
//! Byte 0 picks a good scenario; byte 1 says whether the rest is a text, or else in which transport the scenario's code is
//! shown. Then its case, a suffix, a prefix, wraps and the full width, as the rest says, and up to four characters changed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use eid_verifier::scanner::{Finding, Repair, Repairs, Trouble, clean};

use crate::Seed;
use crate::script::Script;
use crate::signing::{GOODS, Good};
use crate::wire;

/// Bytes beyond which nothing is looked at.
const LONGEST: usize = 20_000;
const LONGEST_PREFIX: usize = 64;
const LONGEST_SUFFIX: usize = 8;
const MOST_CHANGES: usize = 4;

/// What a scanner may add that FORMAT.md trims.
const NOISE: [char; 8] = [' ', '\r', '\n', '\t', '\0', '\u{1d}', '\u{7f}', '\u{feff}'];
/// None of it is in base64url.
const WHITE_SPACE: [char; 8] = [' ', '\r', '\n', '\t', '\u{a0}', '\u{3000}', '\u{2028}', '\u{85}'];
/// In no alphabet, in either case.
const MARKS: [char; 12] = ['#', '~', '=', '&', ';', '"', '|', '`', '(', '<', '@', '\''];
/// Some of them no more than the beginning of a scheme, or an AIM identifier that is trimmed.
const PREFIXES: [&str; 12] = [
    "QR:",
    "]Q1",
    "]d2",
    " ]z9",
    "]Q1 ",
    "扫码>",
    "https://example.com/show#",
    "LZ1",
    "L",
    "lz1u",
    "：",
    "]Q1]Q1",
];

/// The token of every good scenario.
static TOKENS: LazyLock<BTreeSet<&[u8]>> =
    LazyLock::new(|| GOODS.iter().map(|good| good.token.as_slice()).collect());

pub fn scanner(data: &[u8]) {
    let mut script = Script(data);
    let good = &GOODS[usize::from(script.byte().unwrap_or(0)) % GOODS.len()];
    let what = script.byte().unwrap_or(0);
    let (scanned, shown) = if what % 2 == 0 {
        (arbitrary(what, script.0), None)
    } else {
        let garbled = Garbled::by(good, what, &mut script);
        (garbled.text, garbled.shown)
    };

    let (cleaned, repairs) = clean(&scanned);
    assert!(cleaned.len() <= scanned.len(), "longer than what was scanned");
    if scanned.len() > LONGEST {
        assert_eq!((&*cleaned, &repairs), (scanned.as_str(), &Repairs::default()));
    }
    if repairs.undone().is_empty() {
        assert_eq!(cleaned, scanned, "changed, and nothing is said of it");
    }
    assert!(repairs.undone().is_sorted_by_key(|repair| *repair as u8), "{repairs:?}");
    repairs.found().iter().for_each(|finding| is_there(*finding, &cleaned));
    let (twice, more) = clean(&cleaned);
    assert_eq!(twice, cleaned, "not clean after the first time");
    assert_eq!((more.undone(), more.found()), (&[][..], repairs.found()));

    if let Some(Shown { code, undone }) = &shown {
        assert_eq!(wire::without_noise(&cleaned), code, "not what was shown");
        assert_eq!((repairs.undone(), repairs.found()), (&undone[..], &[][..]));
    }
    let is_accepted = |text: &str| match &good.challenge {
        Some(challenge) => good.verifier.check_challenged(text, challenge, good.scenario.now()).is_ok(),
        None => good.verifier.check(text, good.scenario.now()).is_ok(),
    };
    if is_accepted(&cleaned) {
        let token = wire::token(&cleaned).expect("accepted, and no encoder wrote it");
        assert!(TOKENS.contains(token.as_slice()), "a repair made another code right");
        assert_eq!(repairs.found(), [], "accepted, and a trouble is found in it");
    } else {
        assert!(!is_accepted(&scanned), "accepted as it was, and no more once it is cleaned");
        assert!(shown.is_none(), "nothing was lost, and it is not accepted");
    }
}

/// A text as it stands; as one long one, around the length where nothing is looked at any more.
fn arbitrary(what: u8, rest: &[u8]) -> String {
    let text = String::from_utf8_lossy(rest);
    match (what / 2) % 4 {
        0 => text.into_owned(),
        1 => format!("LZ1U:0o{text}"),
        2 => format!("lz1:{text}"),
        _ => {
            let length = LONGEST + 2 - usize::from(what / 8) % 4;
            let filler = "a".repeat(length.saturating_sub(text.len()));
            format!("{text}{filler}")
        }
    }
}

/// What stands at the place that is told is what the finding says.
fn is_there(finding: Finding, cleaned: &str) {
    let mut from_there = cleaned.chars().skip(finding.position);
    let character = from_there.next().expect("a finding beyond the text");
    let fits = match finding.trouble {
        Trouble::InputMethod => !character.is_ascii(),
        Trouble::Control => character.is_ascii_control(),
        Trouble::UrlEscaped => character == '%',
        Trouble::KeyboardLayout => character.is_ascii_graphic() || character == ' ',
        Trouble::CaseLost => {
            let scheme: String = [character].into_iter().chain(from_there.take(4)).collect();
            scheme.eq_ignore_ascii_case("LZ1U:")
        }
        _ => panic!("a trouble that this test does not know"),
    };
    assert!(fits, "{finding:?}");
}

/// A garbled code.
struct Garbled {
    text: String,
    shown: Option<Shown>,
}

/// What must come back, where nothing was lost, and what must be said of it.
struct Shown {
    code: String,
    undone: Vec<Repair>,
}

impl Garbled {
    fn by(good: &Good, what: u8, script: &mut Script<'_>) -> Self {
        let is_base45 = what % 4 == 1;
        let code = if is_base45 { wire::base45(&good.token) } else { wire::base64url(&good.token) };
        let mut undone = Vec::new();
        let (mut text, case) = change_case(&code, is_base45, script);
        undone.extend(case.filter(|_| text != code));
        if !is_base45 && wrap(&mut text, script) {
            undone.push(Repair::WhiteSpace);
        }
        let (suffix, marks) = suffix(script);
        if marks > 0 {
            undone.push(Repair::Suffix);
        }
        let prefix = prefix(script);
        if wire::without_noise(&format!("{prefix}{code}")) != code {
            undone.push(Repair::Prefix);
        }
        let mut text = widened(&format!("{prefix}{text}{suffix}"), script);
        if text.contains(is_wide) {
            undone.push(Repair::FullWidth);
        }
        undone.sort_by_key(|repair| *repair as u8);
        let has_a_scheme =
            ["LZ1:", "LZ1U:"].iter().any(|scheme| prefix.to_ascii_uppercase().contains(scheme));
        // A code in Base45 that ends with a space loses it at any desk.
        let is_lost = has_a_scheme || marks > LONGEST_SUFFIX || code.ends_with(' ');
        let has_changed = change_characters(&mut text, script);
        Self { text, shown: (!is_lost && !has_changed).then_some(Shown { code, undone }) }
    }
}

/// Caps Lock, or what else the case may suffer, and what must be said to undo it.
fn change_case(code: &str, is_base45: bool, script: &mut Script<'_>) -> (String, Option<Repair>) {
    let how = script.byte().unwrap_or(0);
    let lower_some = |from: usize, step: usize| {
        let lower = |(at, c): (usize, char)| {
            if at >= from && (at - from).is_multiple_of(step) { c.to_ascii_lowercase() } else { c }
        };
        code.chars().enumerate().map(lower).collect()
    };
    match (how % 4, is_base45) {
        (0, _) => (code.into(), None),
        (1, true) => (swapped(code), Some(Repair::UpperCase)),
        (1, false) => (swapped(code), Some(Repair::SwappedCase)),
        (_, true) => {
            let (from, step) = (script.pick(code.len()), 1 + usize::from(how / 4));
            (lower_some(from, step), Some(Repair::UpperCase))
        }
        (_, false) => {
            let (scheme, body) = code.split_at(5);
            let small = if how & 4 == 0 { scheme.to_ascii_lowercase() } else { scheme.replace('Z', "z") };
            let repair = if how % 4 == 2 { Repair::Scheme } else { Repair::SwappedCase };
            let body = if repair == Repair::Scheme { body.into() } else { swapped(body) };
            (small + &body, Some(repair))
        }
    }
}

fn swapped(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

/// White space in front of some characters behind the scheme.
fn wrap(text: &mut String, script: &mut Script<'_>) -> bool {
    let count = script.byte().unwrap_or(0) % 4;
    for _ in 0..count {
        let white = WHITE_SPACE[usize::from(script.byte().unwrap_or(0)) % WHITE_SPACE.len()];
        let places: Vec<usize> = text.char_indices().skip(5).map(|(at, _)| at).collect();
        text.insert(places[script.pick(places.len())], white);
    }
    count > 0
}

/// A terminator, with noise in it and around it, and how many characters it has beside that.
fn suffix(script: &mut Script<'_>) -> (String, usize) {
    let (mut suffix, mut marks) = (String::new(), 0);
    for _ in 0..script.byte().unwrap_or(0) % 16 {
        let what = usize::from(script.byte().unwrap_or(0));
        if what % 3 == 0 {
            suffix.push(NOISE[what / 3 % NOISE.len()]);
        } else {
            suffix.push(MARKS[what / 3 % MARKS.len()]);
            marks += 1;
        }
    }
    (suffix, marks)
}

fn prefix(script: &mut Script<'_>) -> String {
    let mut prefix = String::new();
    for _ in 0..script.byte().unwrap_or(0) % 6 {
        let what = usize::from(script.byte().unwrap_or(0));
        match what % 3 {
            0 => prefix.push(NOISE[what / 3 % NOISE.len()]),
            1 => prefix.push_str(PREFIXES[what / 3 % PREFIXES.len()]),
            _ => prefix.push_str(&String::from_utf8_lossy(script.literal())),
        }
    }
    // Full-width forms in it are those that `widened` makes.
    prefix.chars().map(narrow).take(LONGEST_PREFIX).collect()
}

fn is_wide(character: char) -> bool {
    narrow(character) != character
}

fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from(u8::try_from(u32::from(character) - 0xff01).unwrap() + b'!'),
        other => other,
    }
}

/// The text, some characters of it in full width.
fn widened(text: &str, script: &mut Script<'_>) -> String {
    let how = script.byte().unwrap_or(0);
    if how.is_multiple_of(2) {
        return text.into();
    }
    let (from, step) = (script.pick(text.len()), 1 + usize::from(how / 2) % 16);
    let widen = |(at, c): (usize, char)| match c {
        _ if at < from || !(at - from).is_multiple_of(step) => c,
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) - u32::from('!') + 0xff01).unwrap(),
        other => other,
    };
    text.chars().enumerate().map(widen).collect()
}

/// Another character in the place of one, one more, or one less.
fn change_characters(text: &mut String, script: &mut Script<'_>) -> bool {
    let before = text.clone();
    for _ in 0..MOST_CHANGES {
        let Some(how) = script.byte() else { break };
        let mut characters: Vec<char> = text.chars().collect();
        let at = script.pick(characters.len());
        let others = String::from_utf8_lossy(script.literal()).into_owned();
        let length = usize::from(how % 2).min(characters.len() - at);
        characters.splice(at..at + length, others.chars().take(usize::from(how / 2) % 4));
        *text = characters.into_iter().collect();
    }
    *text != before
}

/// Every code in both transports, garbled by each way alone, at its limits, and by all together; one character of the first
/// two changed into some others, wherever it stands; and texts.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let seed = |name: String, input: Vec<u8>| Seed { target: "scanner", name, input };
    let mut seeds = Vec::new();
    // Case, wraps (of base64url), suffix, prefix, full width.
    type Way = (&'static str, &'static [u8], &'static [&'static [u8]]);
    let ways: [Way; 8] = [
        ("plain", &[0], &[&[0, 0, 0]]),
        ("caps-lock", &[1], &[&[0, 0, 0]]),
        ("half-way", &[2, 0, 50], &[&[0, 0, 0]]),
        ("small-scheme", &[3], &[&[0, 0, 0]]),
        (
            "suffix",
            &[0],
            &[&[3, 1, 0, 4, 0, 0], &[8, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], &[9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]],
        ),
        (
            "prefix",
            &[0],
            &[&[0, 2, 1, 3, 0], &[0, 3, 0, 4, 7, 0], &[0, 1, 22, 0], &[0, 1, 13, 0], &[0, 3, 19, 19, 19, 0]],
        ),
        ("full-width", &[0], &[&[0, 0, 1, 0, 0], &[0, 0, 3, 0, 40]]),
        ("all", &[1], &[&[2, 1, 4, 2, 1, 13, 3, 0, 9]]),
    ];
    for place in 0..u8::try_from(GOODS.len()).unwrap() {
        for (way, case, rests) in ways {
            for (number, rest) in rests.iter().enumerate() {
                for (what, wraps) in [(1, &[][..]), (3, &[0]), (3, &[2, 3, 0, 9, 5, 0, 70])] {
                    let input = [&[place, what], case, wraps, *rest].concat();
                    seeds.push(seed(format!("{way}-{place}-{number}-{what}-{}", wraps.len()), input));
                }
            }
        }
        let text = GOODS[usize::from(place)].scenario.qr.as_bytes();
        seeds.push(seed(format!("text-{place}"), [&[place, 0], text].concat()));
    }
    for (what, nothing) in [(1, &[0, 0, 0, 0][..]), (3, &[0, 0, 0, 0, 0])] {
        for at in 0..u16::try_from(GOODS[0].token.len()).unwrap() {
            let [high, low] = at.to_be_bytes();
            for (number, other) in ["A", "z", "#", "\n", "拼", "%"].into_iter().enumerate() {
                let literal = [&[u8::try_from(other.len()).unwrap()], other.as_bytes()].concat();
                let change = [&[0, what], nothing, &[3, high, low], &literal].concat();
                seeds.push(seed(format!("change-{what}-{at}-{number}"), change));
            }
        }
    }
    let texts = [
        "",
        "?",
        "？",
        "了自",
        "lz1:",
        "LZ1U:",
        "lz1u:0O",
        "LZ1U:QUI\u{a0}",
        "LZ1U:QUI\u{feff}\u{a0}",
        "LZ1:AB#########",
        "https://example.com/",
        "LZ1U%3A0oRZ",
        "扫码>lz1%3aBB8",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        for what in [0, 2, 4, 6, 14, 22, 30] {
            seeds.push(seed(format!("words-{what}-{number}"), [&[0, what], text.as_bytes()].concat()));
        }
    }
    seeds.into_iter()
}
