//! Scanners as they are: undoes what a keyboard did to a code on its way, where that can be undone without guessing, and
//! names what cannot.
//!
//! [`Verifier::verify`](crate::Verifier::verify) is strict, and stays so: a program that reads from a keyboard-wedge scanner
//! or from a clipboard calls [`clean`] first. Both signatures are checked over what is decoded, so no repair can make a wrong
//! code right.
//!
//! | what arrives | why | what is done |
//! | --- | --- | --- |
//! | full-width forms `ＬＺ１：` | a Chinese input method in full-width mode | [`Repair::FullWidth`]: each has one ASCII character (U+FF01..U+FF5E, U+3000) |
//! | `lz1:` and lower case | Caps Lock inverts what a scanner types | [`Repair::UpperCase`]: Base45 has no lower case, so nothing was lost |
//! | `lz1u:0OrZ..`, inverted case | the same | [`Repair::SwappedCase`]: every code begins with `0o`, so `0O` proves the inversion |
//! | `lz1u:0oRZ..`, a small scheme | a link was normalised (RFC 3986 6.2.2.1) | [`Repair::Scheme`] |
//! | something before the scheme | a preamble set in the scanner, an AIM identifier behind it, a link | [`Repair::Prefix`] |
//! | something after the code that no code has | a terminator set in the scanner, `=` padding | [`Repair::Suffix`] |
//! | white space inside base64url | a link that was wrapped or pasted | [`Repair::WhiteSpace`]: base64url has none |
//! | Chinese characters, other wide ones | the input method took letters for pinyin and digits for candidates | [`Trouble::InputMethod`] |
//! | base64url in one case only | the scanner is set to change case | [`Trouble::CaseLost`] |
//! | ASCII that the code cannot have | another keyboard layout | [`Trouble::KeyboardLayout`] |
//! | `%3A` for the colon of the scheme, `%` in base64url | an app escaped a link (RFC 3986 2.2) | [`Trouble::UrlEscaped`] |
//! | a line break or a control inside Base45 | wrapped where a space may have been; Alt codes | [`Trouble::Control`] |

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::wire::base45;
use crate::wire::text::{Transport, is_scanner_noise, without_aim_identifier};

/// Bytes beyond which nothing is looked at: no scanner's noise makes a code so long.
const LONGEST: usize = 20_000;
/// Characters before the scheme, at most.
const LONGEST_PREFIX: usize = 64;
/// Characters of a terminator, at most.
const LONGEST_SUFFIX: usize = 8;
/// Letters of one case in a row of letters that may be either: fewer could be chance.
const LETTERS_OF_CHANCE: usize = 40;
/// `:` in a link that was escaped.
const ESCAPED_COLON: &str = "%3A";

/// What [`clean`] undid, and what it found and left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    undone: Vec<Repair>,
    found: Vec<Finding>,
}

/// Something undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repair {
    /// Full-width forms were made ASCII.
    FullWidth,
    /// A Base45 code was made upper case.
    UpperCase,
    /// The case of a base64url code was swapped back.
    SwappedCase,
    /// The scheme of a base64url code was made upper case.
    Scheme,
    /// What stood before the scheme was removed.
    Prefix,
    /// What stood after the code was removed.
    Suffix,
    /// White space inside a base64url code was removed.
    WhiteSpace,
}

/// Something that cannot be undone without guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trouble {
    /// Characters that an input method made of letters and digits.
    InputMethod,
    /// A code whose letters were all made one case.
    CaseLost,
    /// ASCII characters that no code has.
    KeyboardLayout,
    /// Escapes of a link.
    UrlEscaped,
    /// A line break or another control inside.
    Control,
}

/// A trouble, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub trouble: Trouble,
    /// The character at which it begins, from 0, in the text as cleaned. The character itself is not told.
    pub position: usize,
}

impl Repairs {
    /// What was undone, in the order of [`Repair`].
    #[must_use]
    pub fn undone(&self) -> &[Repair] {
        &self.undone
    }

    /// What was found and left, each trouble once.
    #[must_use]
    pub fn found(&self) -> &[Finding] {
        &self.found
    }

    /// Whether the text was as it should be.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.undone.is_empty() && self.found.is_empty()
    }

    fn note(&mut self, trouble: Trouble, position: usize) {
        if !self.found.iter().any(|finding| finding.trouble == trouble) {
            self.found.push(Finding { trouble, position });
        }
    }
}

impl Repair {
    /// What to tell whoever set up the scanner, in Chinese.
    #[must_use]
    pub const fn hint_zh(self) -> &'static str {
        match self {
            Self::FullWidth => "输入法处于全角状态，请切换为英文半角。",
            Self::UpperCase | Self::SwappedCase => "键盘大写锁定已打开，请关闭。",
            Self::Scheme => "链接的开头被改成了小写。",
            Self::Prefix => "扫码枪设置了前缀，请关闭。",
            Self::Suffix => "扫码枪设置了特殊后缀，请关闭或改为回车。",
            Self::WhiteSpace => "内容中混入了空格或换行。",
        }
    }

    /// What to tell whoever set up the scanner, in English.
    #[must_use]
    pub const fn hint_en(self) -> &'static str {
        match self {
            Self::FullWidth => "The input method is in full-width mode. Switch it to English, half width.",
            Self::UpperCase | Self::SwappedCase => "Caps Lock is on. Switch it off.",
            Self::Scheme => "The beginning of the link was made lower case.",
            Self::Prefix => "The scanner adds a prefix. Switch that off.",
            Self::Suffix => "The scanner adds a suffix. Switch it off, or set it to Enter.",
            Self::WhiteSpace => "Spaces or line breaks got into the text.",
        }
    }
}

impl Trouble {
    /// What the clerk reads, in Chinese.
    #[must_use]
    pub const fn hint_zh(self) -> &'static str {
        match self {
            Self::InputMethod => "中文输入法开着，扫到的内容变了样。请切换到英文输入法后重新扫码。",
            Self::CaseLost => "扫码枪改变了字母大小写。请在扫码枪设置中关闭大小写转换后重新扫码。",
            Self::KeyboardLayout => "键盘布局不对，扫到的符号变了样。请切换为美式英文键盘后重新扫码。",
            Self::UrlEscaped => "链接内容被转码。请直接扫描对方手机上的二维码。",
            Self::Control => "扫到的内容中间有换行或控制符。请重新扫码，不要复制粘贴。",
        }
    }

    /// What the clerk reads, in English.
    #[must_use]
    pub const fn hint_en(self) -> &'static str {
        match self {
            Self::InputMethod => {
                "A Chinese input method changed what was scanned. Switch it to English, then scan again."
            }
            Self::CaseLost => {
                "The scanner changes the case of letters. Switch that off in the scanner, then scan again."
            }
            Self::KeyboardLayout => {
                "The keyboard layout changed some signs. Switch it to US English, then scan again."
            }
            Self::UrlEscaped => "The link was changed on its way. Scan the code on the guest's phone itself.",
            Self::Control => "There is a line break or a control inside. Scan again instead of pasting.",
        }
    }
}

/// Undoes what a keyboard or a clipboard did to a code. What needs nothing is borrowed.
///
/// The cleaned text is as worth protecting as the scanned one: a signed proof of a person's data. Neither is kept.
///
/// ```
/// use eid_verifier::scanner::{Repair, Trouble, clean};
///
/// let (text, repairs) = clean("lz1:bb8\r");
/// assert_eq!((&*text, repairs.undone()), ("LZ1:BB8", &[Repair::UpperCase][..]));
///
/// let (text, repairs) = clean("LZ1:BB8拼音");
/// assert_eq!((&*text, repairs.found()[0].trouble), ("LZ1:BB8拼音", Trouble::InputMethod));
/// ```
///
/// What is cleaned is what goes on to `verify`, and to whatever takes the same text after it.
#[must_use]
pub fn clean(scanned: &str) -> (Cow<'_, str>, Repairs) {
    let mut repairs = Repairs::default();
    if scanned.len() > LONGEST {
        return (scanned.into(), repairs);
    }
    // Wiped when it goes, as is every copy that is not handed out.
    let narrowed = scanned.contains(is_full_width).then(|| Zeroizing::new(narrow(scanned)));
    let text = narrowed.as_ref().map_or(scanned, |narrowed| narrowed.as_str());
    let Some(found) = Found::in_text(text) else {
        // No code at all, but what was typed all the same: a command, a number.
        let typed: Cow<'_, str> = if narrowed.is_some() && text.is_ascii() {
            repairs.undone.push(Repair::FullWidth);
            text.to_owned().into()
        } else {
            scanned.into()
        };
        if let Some(position) = escaped_colon(&typed) {
            repairs.note(Trouble::UrlEscaped, position);
        // Or an input method has eaten its beginning, where there is enough left to tell.
        } else if typed.chars().filter(char::is_ascii_alphanumeric).count() >= LETTERS_OF_CHANCE {
            note_wide_characters(&typed, &mut repairs);
        }
        return (typed, repairs);
    };
    if narrowed.is_some() {
        repairs.undone.push(Repair::FullWidth);
    }
    match found.repair(text, &mut repairs) {
        Some(repaired) => (repaired.into(), repairs),
        None if narrowed.is_some() => (text.to_owned().into(), repairs),
        None => (scanned.into(), repairs),
    }
}

/// Full-width forms as ASCII. No character gets longer, so nothing is moved while it is written.
fn narrow(text: &str) -> String {
    let mut narrowed = String::with_capacity(text.len());
    narrowed.extend(text.chars().map(half_width));
    narrowed
}

const fn is_full_width(character: char) -> bool {
    matches!(character, '\u{ff01}'..='\u{ff5e}' | '\u{3000}')
}

fn half_width(character: char) -> char {
    const TO_ASCII: u32 = 0xFEE0;
    match character {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - TO_ASCII).unwrap_or(character),
        other => other,
    }
}

fn note_wide_characters(text: &str, repairs: &mut Repairs) {
    if let Some(position) =
        text.chars().position(|character| !character.is_ascii() && character != '\u{feff}')
    {
        repairs.note(Trouble::InputMethod, position);
    }
}

/// Where the colon of a scheme is escaped: of a link in base64url it is the one character that an app escapes.
fn escaped_colon(text: &str) -> Option<usize> {
    starts(text).find_map(|(start, rest)| {
        Transport::ALL.into_iter().find_map(|transport| {
            let name = transport.scheme().trim_end_matches(':');
            let (found, behind) = rest.split_at_checked(name.len())?;
            let escape = behind.get(..ESCAPED_COLON.len())?;
            let is_escaped = found.eq_ignore_ascii_case(name) && escape.eq_ignore_ascii_case(ESCAPED_COLON);
            is_escaped.then_some(start + name.len())
        })
    })
}

/// Where a code may begin: each character and what stands from there on.
fn starts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let rests = text.char_indices().filter_map(|(byte, _)| text.get(byte..));
    rests.enumerate().take(LONGEST_PREFIX + 1)
}

/// Why a code, its case undone, cannot have this character; `None` if it can.
fn trouble_with(character: char, transport: Transport) -> Option<Trouble> {
    match character {
        character if may_have(transport, character) => None,
        character if !character.is_ascii() => Some(Trouble::InputMethod),
        character if character.is_control() => Some(Trouble::Control),
        '%' => Some(Trouble::UrlEscaped),
        _ => Some(Trouble::KeyboardLayout),
    }
}

/// Whether a code may have this character, in any case.
fn may_have(transport: Transport, character: char) -> bool {
    match transport {
        Transport::Base45 => u8::try_from(character.to_ascii_uppercase()).is_ok_and(base45::has),
        Transport::Base64Url => character.is_ascii_alphanumeric() || matches!(character, '-' | '_'),
    }
}

/// White space that no code can have: in Base45 a space counts.
fn is_white_space(transport: Transport, character: char) -> bool {
    transport == Transport::Base64Url && character.is_whitespace()
}

/// A code in a text: the scheme as it stands, and what follows.
struct Found<'a> {
    transport: Transport,
    /// Where the scheme begins, in characters.
    start: usize,
    scheme: &'a str,
    body: &'a str,
}

impl<'a> Found<'a> {
    fn in_text(text: &'a str) -> Option<Self> {
        starts(text).find_map(|(start, rest)| {
            Transport::ALL.into_iter().find_map(|transport| {
                let (scheme, body) = rest.split_at_checked(transport.scheme().len())?;
                let is_scheme = scheme.eq_ignore_ascii_case(transport.scheme());
                is_scheme.then_some(Self { transport, start, scheme, body })
            })
        })
    }

    /// The code as it was shown, or `None` if `text` needs nothing that the verifier does not do itself.
    fn repair(&self, text: &str, repairs: &mut Repairs) -> Option<String> {
        let Self { transport, start, scheme, body } = *self;
        let whole = body.trim_end_matches(is_scanner_noise);
        let body = without_suffix(whole, transport);
        let is_wrapped = body.contains(|character| is_white_space(transport, character));
        let case = Case::of(transport, scheme, body);
        let undone: Vec<Repair> = [
            (case == Case::Lower, Repair::UpperCase),
            (case == Case::Inverted, Repair::SwappedCase),
            (case == Case::SmallScheme, Repair::Scheme),
            (without_noise_in_front(text).len() != scheme.len() + self.body.len(), Repair::Prefix),
            (body.len() != whole.len(), Repair::Suffix),
            (is_wrapped, Repair::WhiteSpace),
        ]
        .into_iter()
        .filter_map(|(is_so, repair)| is_so.then_some(repair))
        .collect();

        let moved = if undone.is_empty() { start } else { 0 };
        // What ends in white space may end in the verifier's own noise once that is gone.
        let is_at_end = |character: char| is_scanner_noise(character) || is_white_space(transport, character);
        let kept = body.trim_end_matches(is_at_end).chars();
        let kept = kept.filter(|&character| !is_white_space(transport, character));
        if case == Case::Lost {
            repairs.note(Trouble::CaseLost, moved);
        }
        for (position, character) in kept.clone().enumerate() {
            if let Some(trouble) = trouble_with(character, transport) {
                repairs.note(trouble, moved + scheme.len() + position);
            }
        }
        if undone.is_empty() {
            return None;
        }
        repairs.undone.extend(undone);
        // In one piece: a string that grew would leave its shorter selves behind.
        let mut code = String::with_capacity(scheme.len() + body.len());
        code.push_str(if case == Case::Lost { scheme } else { transport.scheme() });
        code.extend(kept.map(|character| case.undo(character)));
        Some(code)
    }
}

/// A text as the verifier looks for the scheme in it.
fn without_noise_in_front(text: &str) -> &str {
    without_aim_identifier(text.trim_start_matches(is_scanner_noise))
}

/// Drops a terminator: at most eight ASCII characters that a code cannot have, and the noise among them.
fn without_suffix(body: &str, transport: Transport) -> &str {
    let is_noise = |character: char| is_scanner_noise(character) || is_white_space(transport, character);
    let mut rest = body;
    for _ in 0..LONGEST_SUFFIX {
        let trimmed = rest.trim_end_matches(is_noise);
        match trimmed.char_indices().next_back() {
            Some((at, last)) if last.is_ascii() && !may_have(transport, last) => {
                rest = trimmed.get(..at).unwrap_or(trimmed);
            }
            _ => return if rest.len() < body.len() { trimmed } else { body },
        }
    }
    let trimmed = rest.trim_end_matches(is_noise);
    // More than that is no terminator.
    if trimmed.ends_with(|last: char| last.is_ascii() && !may_have(transport, last)) { body } else { trimmed }
}

/// What became of the case of a code's letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Nothing.
    Kept,
    /// Letters of Base45 became lower case.
    Lower,
    /// Every letter of base64url has the other case.
    Inverted,
    /// Only the scheme of base64url became lower case.
    SmallScheme,
    /// It cannot be told any more.
    Lost,
}

impl Case {
    fn of(transport: Transport, scheme: &str, body: &str) -> Self {
        let lower = body.chars().filter(char::is_ascii_lowercase).count();
        let upper = body.chars().filter(char::is_ascii_uppercase).count();
        let mut kept = body.chars().filter(|&character| !is_white_space(transport, character));
        let beginning = (kept.next(), kept.next());
        let is_one_case = (lower == 0 || upper == 0) && lower + upper >= LETTERS_OF_CHANCE;
        match transport {
            Transport::Base45 if lower > 0 || scheme != transport.scheme() => Self::Lower,
            Transport::Base45 => Self::Kept,
            Transport::Base64Url if is_one_case => Self::Lost,
            Transport::Base64Url if scheme == transport.scheme() => Self::Kept,
            // The first two bytes of every token, tag 18 and an array of four, are 0o in base64url.
            Transport::Base64Url if beginning == (Some('0'), Some('o')) => Self::SmallScheme,
            Transport::Base64Url if beginning == (Some('0'), Some('O')) => Self::Inverted,
            Transport::Base64Url => Self::Lost,
        }
    }

    const fn undo(self, character: char) -> char {
        match self {
            Self::Lower => character.to_ascii_uppercase(),
            Self::Inverted if character.is_ascii_lowercase() => character.to_ascii_uppercase(),
            Self::Inverted => character.to_ascii_lowercase(),
            Self::Kept | Self::SmallScheme | Self::Lost => character,
        }
    }
}
