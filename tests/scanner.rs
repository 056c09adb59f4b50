//! Scanners as they are: each rule of `scanner::clean` with the evidence for it, and that no repair makes a wrong code right.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use std::borrow::Cow;

use case::Case;
use eid_verifier::scanner::{Finding, Repair, Repairs, Trouble, clean};
use proptest::prelude::*;

/// A code in Base45, and one in base64url.
fn codes() -> [String; 2] {
    ["ok-hotel-full", "ok-base64url"].map(|id| Case::named(id).qr().to_owned())
}

/// `garbled` is cleaned to `code` by these repairs, and nothing is left to find.
fn undone(garbled: &str, code: &str, repairs: &[Repair]) {
    let (text, found) = clean(garbled);
    assert_eq!(text, code);
    assert_eq!((found.undone(), found.found()), (repairs, &[][..]), "{garbled:.20}");
}

/// `garbled` is left alone, and the trouble named.
fn named(garbled: &str, trouble: Trouble, position: usize) {
    let (text, found) = clean(garbled);
    assert_eq!(text, garbled);
    assert_eq!(found.undone(), []);
    assert_eq!(found.found(), [Finding { trouble, position }], "{garbled:.20}");
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

fn full_width(text: &str) -> String {
    let widen = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(widen).collect()
}

#[test]
fn a_right_code_is_borrowed_as_it_is() {
    for code in codes() {
        // What the verifier trims itself is left to it.
        for text in [
            code.clone(),
            format!("\u{feff} {code}\r\n"),
            format!("]Q1{code}\t"),
            format!("\u{2}{code}\u{3}"),
            format!("\0]d2{code}"),
        ] {
            let (cleaned, repairs) = clean(&text);
            assert!(matches!(cleaned, Cow::Borrowed(same) if same == text));
            assert!(repairs.is_empty(), "{repairs:?}");
        }
    }
    for text in ["", "a loaf of bread", "https://example.com/"] {
        assert_eq!(clean(text), (text.into(), Repairs::default()));
    }
    // Beyond any scanner's noise nothing is looked at.
    let code = |length: usize| format!("lz1:{}", "a".repeat(length - 4));
    assert_eq!(clean(&code(20_000)).1.undone(), [Repair::UpperCase]);
    assert_eq!(clean(&code(20_001)), (code(20_001).into(), Repairs::default()));
}

/// Loftware, "Data Changes Case When Scanning Bar Code": with Caps Lock on, AbCd is typed as aBcD.
#[test]
fn caps_lock_is_undone() {
    let [base45, base64url] = codes();
    undone(&swap_case(&base45), &base45, &[Repair::UpperCase]);
    // Base45 has no lower case, so even a change half way is undone.
    let (head, tail) = base45.split_at(base45.len() / 2);
    undone(&format!("{head}{}", swap_case(tail)), &base45, &[Repair::UpperCase]);
    undone(&format!("{}{tail}", swap_case(head)), &base45, &[Repair::UpperCase]);
    undone(&swap_case(&base64url), &base64url, &[Repair::SwappedCase]);
}

/// A scanner that converts case (a setting of most) loses what base64url says by it.
#[test]
fn a_lost_case_is_named() {
    let [_, base64url] = codes();
    named(&base64url.to_ascii_uppercase(), Trouble::CaseLost, 0);
    named(&base64url.to_ascii_lowercase(), Trouble::CaseLost, 0);
    named(&format!(" \t{}", base64url.to_ascii_uppercase()), Trouble::CaseLost, 2);
    // A few letters of one case may be chance; so many are none.
    for (letters, is_lost) in [(39, false), (40, true)] {
        for letter in ["A", "a"] {
            let (_, repairs) = clean(&format!("LZ1U:{}", letter.repeat(letters)));
            assert_eq!(!repairs.found().is_empty(), is_lost, "{letters} {letter}");
        }
    }
    // A body that begins as no token does.
    let body = &base64url[5..];
    named(&format!("lz1u:x{body}"), Trouble::CaseLost, 0);
    named(&format!("Lz1U:{}", &body[1..]), Trouble::CaseLost, 0);
}

/// RFC 3986 6.2.2.1: a link that is normalised gets a scheme in lower case, and only that.
#[test]
fn a_small_scheme_is_undone() {
    let [_, base64url] = codes();
    let body = &base64url[5..];
    assert!(body.starts_with("0o"));
    for scheme in ["lz1u:", "Lz1U:", "lZ1u:"] {
        undone(&format!("{scheme}{body}"), &base64url, &[Repair::Scheme]);
        undone(&format!("{scheme} {body}"), &base64url, &[Repair::Scheme, Repair::WhiteSpace]);
        undone(&format!("{scheme}{}", swap_case(body)), &base64url, &[Repair::SwappedCase]);
    }
}

/// epoos.com/blog/scan, zongzijie.github.io: a Chinese input method in full-width mode gives U+FF01 to U+FF5E.
#[test]
fn full_width_is_undone() {
    for code in codes() {
        undone(&full_width(&code), &code, &[Repair::FullWidth]);
        let (head, tail) = code.split_at(code.len() / 2);
        undone(&format!("{head}{}", full_width(tail)), &code, &[Repair::FullWidth]);
    }
    undone("？", "?", &[Repair::FullWidth]);
    let [base45, _] = codes();
    undone(&full_width(&swap_case(&base45)), &base45, &[Repair::FullWidth, Repair::UpperCase]);
}

/// The same sources: with the input method on, letters become pinyin and digits pick candidates.
#[test]
fn an_input_method_is_named() {
    let [base45, base64url] = codes();
    for (code, wide) in [(&base45, "拼音"), (&base64url, "，"), (&base45, "é"), (&base45, "𠮷")] {
        // Full-width punctuation is undone; other wide characters are not.
        if wide == "，" {
            continue;
        }
        let (head, tail) = code.split_at(100);
        named(&format!("{head}{wide}{tail}"), Trouble::InputMethod, 100);
        named(&format!("{code}{wide}"), Trouble::InputMethod, code.len());
    }
    // Where even the scheme is gone, enough must be left to tell a code from a poster.
    for (left, is_named) in [(39, false), (40, true)] {
        let (_, found) = clean(&format!("了自{}", "1".repeat(left)));
        assert_eq!(
            found.found(),
            &[Finding { trouble: Trouble::InputMethod, position: 0 }][..usize::from(is_named)]
        );
    }
    let (_, found) = clean(&format!("\u{feff}{}自", "A".repeat(40)));
    assert_eq!(found.found(), [Finding { trouble: Trouble::InputMethod, position: 41 }]);
    for poster in ["你好，世界", "扫一扫，加微信 13800000000"] {
        assert_eq!(clean(poster), (Cow::Borrowed(poster), Repairs::default()));
    }
}

/// Datalogic Magellan: `]Q0` to `]Q6` in front; E-Seek and most others: a preamble of one's choice. jquery-pos#6: Tab, LF.
#[test]
fn prefixes_are_undone() {
    for code in codes() {
        for prefix in ["QR:", "]Q1\u{2}", "\u{1d}]Q1 ", "扫码>", "https://example.com/show#"] {
            undone(&format!("{prefix}{code}"), &code, &[Repair::Prefix]);
        }
        undone(&format!("{}{code}", "x".repeat(64)), &code, &[Repair::Prefix]);
        let far = format!("{}{code}", "x".repeat(65));
        assert_eq!(clean(&far), (Cow::Borrowed(far.as_str()), Repairs::default()));
    }
}

/// Scanners that end with a sign of one's choice, and encoders that pad.
#[test]
fn suffixes_are_undone() {
    let [base45, base64url] = codes();
    for suffix in ["#", "~\r\n", "=", "&&", "\t;"] {
        undone(&format!("{base45}{suffix}"), &base45, &[Repair::Suffix]);
    }
    for suffix in ["=", "==", "#", ".\r"] {
        undone(&format!("{base64url}{suffix}"), &base64url, &[Repair::Suffix]);
    }
    for suffix in ["#\u{feff}#", "# #", "########", "#\r\n#\r\n"] {
        undone(&format!("{base45}{suffix}"), &base45, &[Repair::Suffix]);
    }
    undone(&format!("{base64url}=\u{a0}="), &base64url, &[Repair::Suffix]);
    named(&format!("{base45}{}", "#".repeat(9)), Trouble::KeyboardLayout, base45.len());
}

/// hannob/vacdec#19: pasted spaces; a link that was wrapped in a mail. In Base45 a space counts, so a line break may stand
/// for one.
#[test]
fn a_wrapped_link_is_undone_and_a_wrapped_code_named() {
    let [base45, base64url] = codes();
    let (head, tail) = base64url.split_at(70);
    undone(&format!("{head}\r\n  {tail}"), &base64url, &[Repair::WhiteSpace]);
    undone(&format!("{head}\u{3000}\u{a0}{tail}"), &base64url, &[Repair::FullWidth, Repair::WhiteSpace]);
    for end in ["\u{a0}", "\u{a0}\r\n", "\u{feff}\u{a0}", "\0\u{a0}\u{feff}\u{3000}"] {
        let repairs = [Repair::FullWidth, Repair::WhiteSpace];
        let repairs = if end.contains('\u{3000}') { &repairs[..] } else { &repairs[1..] };
        undone(&format!("{base64url}{end}"), &base64url, repairs);
    }
    let (head, tail) = base45.split_at(70);
    named(&format!("{head}\r\n{tail}"), Trouble::Control, 70);
    // linux22.com 1157885: GS typed as an Alt code.
    named(&format!("{head}\u{1d}{tail}"), Trouble::Control, 70);
}

/// Morovia: on another keyboard layout `-` is typed as `'`, and so on. eu-dcc-hcert-spec#72: apps that escape. RFC 3986 2.2 and
/// 2.3: of a link in base64url that is the colon alone.
#[test]
fn a_keyboard_layout_and_an_escaped_link_are_named() {
    let [base45, base64url] = codes();
    let (head, tail) = base45.split_at(50);
    named(&format!("{head}\'{tail}"), Trouble::KeyboardLayout, 50);
    let (head, tail) = base64url.split_at(50);
    named(&format!("{head}%2D{tail}"), Trouble::UrlEscaped, 50);
    named(&format!(" {head}?{tail}"), Trouble::KeyboardLayout, 51);
    for (escaped, position) in [
        (base64url.replace(':', "%3A"), 4),
        (base64url.replace(':', "%3a").to_ascii_lowercase(), 4),
        (format!("https://example.com/show#{}", base64url.replace(':', "%3A")), 29),
        (format!("扫码>{}", base45.replace('%', "%25").replace(':', "%3A").replace(' ', "%20")), 6),
        (format!("{}LZ1U%3A", "x".repeat(64)), 68),
    ] {
        named(&escaped, Trouble::UrlEscaped, position);
    }
    let (text, found) = clean("ＬＺ１Ｕ％３Ａ０ｏ");
    assert_eq!((&*text, found.undone()), ("LZ1U%3A0o", &[Repair::FullWidth][..]));
    assert_eq!(found.found(), [Finding { trouble: Trouble::UrlEscaped, position: 4 }]);
    for text in ["LZ1U%3", "LZ1%3B", "LZ1U%%3A", &format!("{}LZ1U%3A", "x".repeat(65))] {
        assert_eq!(clean(text), (text.into(), Repairs::default()));
    }
}

/// A finding is told by its place in the text that is handed out, not in the one that came.
#[test]
fn a_place_is_that_of_the_cleaned_text() {
    for code in codes() {
        let (head, tail) = code.split_at(50);
        let garbled = format!("{head}'{tail}");
        let scanned = format!("扫码>{garbled}");
        let (text, found) = clean(&scanned);
        assert_eq!((&*text, found.undone()), (garbled.as_str(), &[Repair::Prefix][..]));
        assert_eq!(found.found(), [Finding { trouble: Trouble::KeyboardLayout, position: 50 }]);
    }
}

#[test]
fn what_was_undone_or_found_is_not_nothing() {
    let code = &codes()[0];
    let (_, undone) = clean(&code.to_ascii_lowercase());
    assert!(!undone.undone().is_empty() && undone.found().is_empty() && !undone.is_empty());
    let (head, tail) = code.split_at(50);
    let (_, found) = clean(&format!("{head}\n{tail}"));
    assert!(found.undone().is_empty() && !found.found().is_empty() && !found.is_empty());
}

#[test]
fn every_hint_is_in_both_languages() {
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let english = |text: &str| text.is_ascii() && text.ends_with('.');
    for repair in [
        Repair::FullWidth,
        Repair::UpperCase,
        Repair::SwappedCase,
        Repair::Scheme,
        Repair::Prefix,
        Repair::Suffix,
        Repair::WhiteSpace,
    ] {
        assert!(han(repair.hint_zh()) && english(repair.hint_en()));
    }
    for trouble in [
        Trouble::InputMethod,
        Trouble::CaseLost,
        Trouble::KeyboardLayout,
        Trouble::UrlEscaped,
        Trouble::Control,
    ] {
        assert!(han(trouble.hint_zh()) && english(trouble.hint_en()));
    }
}

proptest! {
    /// Cleaning is done once: a cleaned text needs no more of it. And it never panics.
    #[test]
    fn cleaning_twice_is_cleaning_once(text in "(LZ1:|lz1:|LZ1U:|lz1u:|Lz1u:|ＬＺ１：)?\\PC{0,60}|.{0,20}(lz1u?:|LZ1U?:)[ -~]{0,60}.{0,9}") {
        let (once, _) = clean(&text);
        let (twice, repairs) = clean(&once);
        prop_assert_eq!(&twice, &once);
        prop_assert_eq!(repairs.undone(), &[]);
    }

    /// Whatever a desk accepts once it is cleaned holds the same token that was shown: here, the vector's own.
    #[test]
    fn no_repair_makes_another_code_right(place in any::<prop::sample::Index>(), with in any::<char>(), repeat in 1_usize..3) {
        let case = Case::named("ok-hotel-minimal");
        let code = case.qr();
        let place = place.index(code.len());
        let garbled: String = code
            .char_indices()
            .flat_map(|(index, c)| if index == place { vec![with; repeat] } else { vec![c] })
            .collect();
        let (text, _) = clean(&garbled);
        if case.verifier().unwrap().check(&text, case.now()).is_ok() {
            prop_assert_eq!(text.trim_matches(|c: char| c <= ' ' || c == '\u{7f}' || c == '\u{feff}'), code);
        }
    }
}
