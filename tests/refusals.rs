//! The table of refusals: numbers and names that stay as they are, texts that a clerk can read, and a log line that begins
//! with its code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use eid_verifier::Refusal;
use eid_verifier::claims::Advisory;
use eid_verifier::policy::{Document, Group, Member as _};
use eid_verifier::refusal::{
    Advice, AudienceRefusal, ClaimsRefusal, ClockRefusal, Code, CredentialRefusal, DeviceRefusal,
    DisclosureRefusal, FreshnessRefusal, HeaderRefusal, IssuerRefusal, Layer, NonceRefusal, PayloadRefusal,
    ScopeRefusal, StatusRefusal, Step, TrustRefusal,
};
use eid_verifier::report::RowOutcome;

/// Numbers and names as they were first given out. A row is only ever added: programs and clerks rely on both.
const FROZEN: [(u16, &str); 69] = [
    (1, "clock.behind"),
    (101, "payload.scheme"),
    (102, "payload.too_long"),
    (103, "payload.encoding"),
    (104, "payload.cbor"),
    (105, "payload.shape"),
    (106, "payload.version"),
    (201, "header.critical"),
    (202, "header.type"),
    (203, "header.algorithm"),
    (204, "header.unexpected"),
    (301, "trust.malformed"),
    (302, "trust.type"),
    (303, "trust.anchor"),
    (304, "trust.signature"),
    (305, "trust.expired"),
    (306, "trust.duplicate"),
    (307, "trust.rollback"),
    (401, "issuer.unknown"),
    (402, "issuer.key_validity"),
    (403, "issuer.not_authorised"),
    (404, "issuer.signature"),
    (501, "credential.dates"),
    (502, "credential.not_yet_valid"),
    (503, "credential.expired"),
    (504, "credential.document"),
    (601, "device.key"),
    (602, "device.signature"),
    (603, "device.key_protection"),
    (701, "freshness.window"),
    (702, "freshness.not_yet"),
    (703, "freshness.expired"),
    (801, "audience.mismatch"),
    (802, "challenge.missing"),
    (803, "challenge.unexpected"),
    (804, "challenge.mismatch"),
    (805, "user.not_verified"),
    (901, "scope.region"),
    (902, "scope.scene"),
    (1001, "disclosure.malformed"),
    (1002, "disclosure.unmatched"),
    (1003, "disclosure.duplicate"),
    (1101, "claims.name"),
    (1102, "claims.id_number"),
    (1103, "claims.date"),
    (1104, "claims.code"),
    (1105, "claims.inconsistent"),
    (1106, "claims.missing"),
    (1107, "claims.document_expired"),
    (1108, "claims.endorsement_lapsed"),
    (1109, "claims.underage"),
    (1201, "status.malformed"),
    (1202, "status.type"),
    (1203, "status.issuer"),
    (1204, "status.signature"),
    (1205, "status.too_large"),
    (1206, "status.unreferenced"),
    (1207, "status.ambiguous"),
    (1208, "status.unavailable"),
    (1209, "status.stale"),
    (1210, "status.index"),
    (1211, "status.revoked"),
    (1212, "status.suspended"),
    (1213, "status.outdated"),
    (1214, "status.unknown"),
    (1301, "nonce.ledger_failed"),
    (1302, "nonce.before_ledger"),
    (1303, "nonce.spent"),
    (1304, "nonce.ledger_full"),
];

#[test]
fn numbers_and_names_stay_as_they_are() {
    let table: Vec<_> = Code::ALL.iter().map(|code| (code.number(), code.as_str())).collect();
    assert_eq!(table, FROZEN, "a code was renamed, renumbered, moved, removed or added");
    let numbers: BTreeSet<_> = table.iter().map(|(number, _)| number).collect();
    let names: BTreeSet<_> = table.iter().map(|(_, name)| name).collect();
    assert_eq!((numbers.len(), names.len()), (table.len(), table.len()), "a number or a name stands twice");
}

/// Every `group.name` in back quotes in docs/FORMAT.md is a code, and there is no other.
#[test]
fn the_codes_are_those_of_the_format() {
    let format = include_str!("../docs/FORMAT.md");
    let is_code = |text: &&str| {
        let word =
            |word: &str| !word.is_empty() && word.chars().all(|letter| matches!(letter, 'a'..='z' | '_'));
        text.split_once('.').is_some_and(|(group, name)| word(group) && word(name))
    };
    let format: BTreeSet<_> = format.split('`').filter(is_code).collect();
    let table: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(table, format);
}

#[test]
fn clerks_can_read_the_texts() {
    let codes = Code::ALL.iter().map(|code| (code.to_string(), code.clerk_zh(), code.clerk_en()));
    let variants =
        variants().into_iter().map(|refusal| (refusal.to_string(), refusal.clerk_zh(), refusal.clerk_en()));
    let advisories = Advisory::ALL
        .iter()
        .map(|advisory| (advisory.as_str().to_owned(), advisory.clerk_zh(), advisory.clerk_en()));
    for (what, zh, en) in codes.chain(variants).chain(advisories) {
        assert!(zh.contains(|character| matches!(character, '\u{4e00}'..='\u{9fff}')), "{what}: {zh}");
        assert!(!zh.contains(|character: char| character.is_ascii()), "{what}: ASCII in {zh}");
        assert!(zh.ends_with('。'), "{what}: {zh}");
        assert!(en.is_ascii() && !en.contains(|character: char| character.is_control()), "{what}: {en}");
        assert!(en.starts_with(|character: char| character.is_ascii_uppercase()), "{what}: {en}");
        assert!(en.ends_with('.'), "{what}: {en}");
    }
}

#[test]
fn what_is_shown_beside_a_verdict_has_a_name_of_its_own() {
    let refusal = variants().into_iter().next().expect("there are refusals");
    let outcomes = [
        RowOutcome::Passed,
        RowOutcome::Failed(refusal),
        RowOutcome::NotReached,
        RowOutcome::Skipped,
        RowOutcome::LeftToLedger,
    ];
    let documents = Document::ALL.iter();
    let groups = Group::ALL.iter();
    let chinese = documents
        .clone()
        .map(|document| document.name_zh())
        .chain(groups.clone().map(|group| group.name_zh()))
        .chain(outcomes.iter().map(RowOutcome::name_zh));
    let english = documents.map(|document| document.name_en()).chain(groups.map(|group| group.name_en()));
    let (chinese, english): (Vec<_>, Vec<_>) = (chinese.collect(), english.collect());
    assert!(chinese.iter().all(|name| name.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | '、'))));
    assert!(english.iter().all(|name| name.is_ascii()));
    let unique = |names: &[&str]| names.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(unique(&chinese), 3 + 9 + 5, "{chinese:?}");
    // A residence permit is a document, and what is noted on it a group.
    assert_eq!(unique(&english), 3 + 9 - 1, "{english:?}");
}

#[test]
fn every_advisory_has_texts_of_its_own() {
    let texts: BTreeSet<_> = Advisory::ALL
        .iter()
        .flat_map(|advisory| [advisory.as_str(), advisory.clerk_zh(), advisory.clerk_en()])
        .collect();
    assert_eq!(texts.len(), 3 * Advisory::ALL.len());
    assert!(Advisory::AskForGuardian.clerk_zh().contains("监护人"));
}

/// The person across the desk may be a thief, or may be threatened by one: the desk must not show which.
#[test]
fn clerks_do_not_learn_why_a_credential_cannot_be_used() {
    let face = |code: Code| (code.clerk_zh(), code.clerk_en(), code.advice());
    assert_eq!(face(Code::StatusRevoked), face(Code::StatusSuspended));
    assert_eq!(face(Code::StatusRevoked), face(Code::StatusUnknown));
}

/// Foreigners and residents of Hong Kong, Macao and Taiwan have no document here yet, some birth dates are in no calendar, and
/// wrong numbers were issued: such a person is asked for the card, and nobody is called a forger.
#[test]
fn what_is_only_unknown_is_never_called_forged() {
    for code in [
        Code::CredentialDocument,
        Code::ClaimsName,
        Code::ClaimsIdNumber,
        Code::ClaimsDate,
        Code::ClaimsCode,
        Code::ClaimsInconsistent,
    ] {
        assert_eq!(code.advice(), Advice::AskForPhysicalCard, "{code}");
        let texts = [code.clerk_zh(), code.clerk_en(), code.advice().clerk_zh(), code.advice().clerk_en()];
        for accusation in ["伪", "假", "冒", "forge", "fake", "fraud"] {
            assert!(texts.iter().all(|text| !text.contains(accusation)), "{code}: {accusation}");
        }
    }
}

#[test]
fn every_log_line_begins_with_its_code() {
    let mut codes = BTreeSet::new();
    for refusal in variants() {
        let line = refusal.to_string();
        let (code, what) = line.split_once(": ").unwrap_or_else(|| panic!("no code: {line}"));
        assert_eq!(code, refusal.code().as_str(), "{line}");
        assert!(!what.is_empty() && !line.contains('\n') && !line.ends_with('.'), "{line}");
        codes.insert(refusal.code());
    }
    assert!(codes.iter().eq(Code::ALL), "each code has a refusal that means it");
}

#[test]
fn a_log_line_tells_which_of_the_two_objects_is_wrong() {
    for (layer, name) in [(Layer::KeyBinding, "key binding token"), (Layer::Credential, "credential")] {
        assert_eq!(layer.to_string(), name);
        let line = Refusal::from(HeaderRefusal::Critical { layer }).to_string();
        assert!(line.contains(name), "{line}");
    }
}

/// A log line holds both sides of what was compared.
#[test]
fn log_lines_hold_their_numbers() {
    for refusal in variants() {
        let debug = format!("{refusal:?}");
        for number in
            ["90001", "90002", "90003", "201", "202"].iter().filter(|number| debug.contains(*number))
        {
            assert!(refusal.to_string().contains(number), "{number} of {debug} is not in: {refusal}");
        }
    }
}

/// docs/refusals.md is written from the code: `UPDATE=1 cargo test --test refusals` writes it anew.
#[test]
fn the_page_of_refusals_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/refusals.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, page()).unwrap();
    }
    let page_is = fs::read_to_string(path).unwrap();
    assert!(page_is == page(), "docs/refusals.md differs: UPDATE=1 cargo test --test refusals");
    for code in Code::ALL {
        let row = format!("| {} | `{code}` |", code.number());
        assert_eq!(page_is.matches(&row).count(), 1, "{row}");
    }
}

const HEAD: &str = "\
# Refusals

Every code, with what the clerk reads and does. Written from the code by `UPDATE=1 cargo test --test refusals`; change
`src/refusal/code.rs`, not this page.

- The **number** is for a slip or a phone call: the step times 100, and a number within it. Numbers and codes never change
  their meaning.
- **When**: in a `scan`, or `list` where only the opening of a trust list or a status list is refused so, before any guest is
  there. `trust.expired` is both.
- Show the text and the advice, and log the refusal's own line (`to_string`), which has numbers and never a claim. Branch on
  the code or the advice, never on the text.
- Revoked, suspended and unknown read the same: the person across the desk does not learn which.

## What to do
";

fn page() -> String {
    let variants = variants();
    let mut page = String::from(HEAD);
    page += "\n| advice | 按钮 | button | codes |\n| --- | --- | --- | --- |\n";
    let mut advised: Vec<_> = Code::ALL.iter().map(|code| code.advice()).collect();
    advised.sort_by_key(|advice| Code::ALL.iter().position(|code| code.advice() == *advice));
    advised.dedup();
    for advice in advised {
        let numbers = Code::ALL.iter().filter(|code| code.advice() == advice);
        let numbers: Vec<_> = numbers.map(|code| code.number().to_string()).collect();
        let (zh, en) = (advice.clerk_zh(), advice.clerk_en());
        writeln!(page, "| `{advice}` | {zh} | {en} | {} |", numbers.join(" ")).unwrap();
    }
    for step in Step::ALL {
        writeln!(page, "\n## Step {}: {step} {}\n", step.number(), step.name_zh()).unwrap();
        page +=
            "| number | code | when | what to do | what the clerk reads |\n| --- | --- | --- | --- | --- |\n";
        for code in Code::ALL.iter().filter(|code| code.number() / 100 == u16::from(step.number())) {
            let of_code = || variants.iter().filter(|refusal| refusal.code() == *code);
            let in_a_scan = of_code().any(|refusal| refusal.step().is_some());
            let when = if in_a_scan { "scan" } else { "list" };
            let face = (code.clerk_zh(), code.clerk_en(), code.advice());
            row(&mut page, &format!("{} | `{code}` | {when}", code.number()), face);
            for refusal in of_code() {
                let own = (refusal.clerk_zh(), refusal.clerk_en(), refusal.advice());
                if own != face {
                    let line = refusal.to_string();
                    let (_, what) = line.split_once(": ").unwrap();
                    row(&mut page, &format!("{} | {what} | {when}", code.number()), own);
                }
            }
        }
    }
    page
}

fn row(page: &mut String, begins: &str, (zh, en, advice): (&str, &str, Advice)) {
    writeln!(page, "| {begins} | {}<br>{} | {zh}<br>{en} |", advice.clerk_zh(), advice.clerk_en()).unwrap();
}

/// One of each. Times, spans and lengths are 90001 and up, small numbers 201 and up, so that they can be found again.
fn variants() -> Vec<Refusal> {
    const A: u64 = 90_001;
    const B: u64 = 90_002;
    const C: u64 = 90_003;
    const LENGTH: usize = 90_001;
    const SMALL: u8 = 201;
    let mut all: Vec<Refusal> = vec![
        ClockRefusal::BehindTrustList { now: A, issued_at: B }.into(),
        ClockRefusal::BehindStatusList { now: A, issued_at: B }.into(),
        ClockRefusal::BehindLedger { expires_at: A }.into(),
        PayloadRefusal::Scheme.into(),
        PayloadRefusal::TextTooLong { characters: LENGTH }.into(),
        PayloadRefusal::TokenTooLong { bytes: LENGTH }.into(),
        PayloadRefusal::Encoding.into(),
        PayloadRefusal::Cbor.into(),
        PayloadRefusal::Shape.into(),
        PayloadRefusal::Version.into(),
    ];
    for layer in [Layer::KeyBinding, Layer::Credential] {
        all.extend::<[Refusal; 4]>([
            HeaderRefusal::Critical { layer }.into(),
            HeaderRefusal::Type { layer }.into(),
            HeaderRefusal::Algorithm { layer }.into(),
            HeaderRefusal::Unexpected { layer }.into(),
        ]);
    }
    all.extend::<[Refusal; 18]>([
        TrustRefusal::Malformed.into(),
        TrustRefusal::Type.into(),
        TrustRefusal::Anchor.into(),
        TrustRefusal::Signature.into(),
        TrustRefusal::Expired { expires_at: A, now: B }.into(),
        TrustRefusal::Duplicate.into(),
        TrustRefusal::RollbackSequence { found: A, floor: B }.into(),
        TrustRefusal::RollbackContent { sequence: A }.into(),
        TrustRefusal::RollbackIssuedAt { found: A, floor: B }.into(),
        IssuerRefusal::UnknownIssuer.into(),
        IssuerRefusal::UnknownKey.into(),
        IssuerRefusal::TestCode.into(),
        IssuerRefusal::KeyNotValidAtIssue { issued_at: A, from: B, until: C }.into(),
        IssuerRefusal::KeyNotValidNow { now: A, from: B, until: C }.into(),
        IssuerRefusal::NotForCredentials.into(),
        IssuerRefusal::NotForDocument { document: A }.into(),
        IssuerRefusal::NotForRegion.into(),
        IssuerRefusal::Signature.into(),
    ]);
    all.extend::<[Refusal; 14]>([
        CredentialRefusal::Dates.into(),
        CredentialRefusal::Lifetime { lifetime: A }.into(),
        CredentialRefusal::NotYetValid { issued_at: A, now: B }.into(),
        CredentialRefusal::Expired { expires_at: A, now: B }.into(),
        CredentialRefusal::Document { document: A }.into(),
        DeviceRefusal::Key.into(),
        DeviceRefusal::Algorithm.into(),
        DeviceRefusal::Signature.into(),
        DeviceRefusal::Protection { level: A, least: B }.into(),
        FreshnessRefusal::Lifetime { issued_at: A, expires_at: B }.into(),
        FreshnessRefusal::OutsideCredential { issued_at: A, expires_at: B }.into(),
        FreshnessRefusal::NotYet { issued_at: A, now: B }.into(),
        FreshnessRefusal::Expired { expires_at: A, now: B }.into(),
        FreshnessRefusal::TooOld { age: A, max_age: B }.into(),
    ]);
    all.extend::<[Refusal; 10]>([
        AudienceRefusal::Mismatch.into(),
        AudienceRefusal::ChallengeMissing.into(),
        AudienceRefusal::ChallengeUnexpected.into(),
        AudienceRefusal::ChallengeMismatch.into(),
        AudienceRefusal::UserNotVerified.into(),
        ScopeRefusal::Region { region: 90_001 }.into(),
        ScopeRefusal::Scene { scene: SMALL }.into(),
        DisclosureRefusal::Malformed.into(),
        DisclosureRefusal::Unmatched { group: SMALL }.into(),
        DisclosureRefusal::Duplicate { group: SMALL }.into(),
    ]);
    all.extend::<[Refusal; 10]>([
        ClaimsRefusal::Name { group: SMALL }.into(),
        ClaimsRefusal::IdNumber { group: SMALL }.into(),
        ClaimsRefusal::Date { group: SMALL }.into(),
        ClaimsRefusal::CodeNumber { group: SMALL }.into(),
        ClaimsRefusal::Inconsistent.into(),
        ClaimsRefusal::Missing { group: SMALL }.into(),
        ClaimsRefusal::AgeMissing.into(),
        ClaimsRefusal::DocumentExpired.into(),
        ClaimsRefusal::EndorsementLapsed.into(),
        ClaimsRefusal::Underage { age: SMALL }.into(),
    ]);
    all.extend((11..=19).map(|group| Refusal::from(ClaimsRefusal::Missing { group })));
    all.extend::<[Refusal; 19]>([
        StatusRefusal::Malformed.into(),
        StatusRefusal::Type.into(),
        StatusRefusal::Issuer.into(),
        StatusRefusal::Signature.into(),
        StatusRefusal::TooLarge.into(),
        StatusRefusal::Unreferenced.into(),
        StatusRefusal::Ambiguous.into(),
        StatusRefusal::Unavailable.into(),
        StatusRefusal::Expired { expires_at: A, now: B }.into(),
        StatusRefusal::TooOld { age: A, max_age: B }.into(),
        StatusRefusal::Index { entries: A }.into(),
        StatusRefusal::Revoked.into(),
        StatusRefusal::Suspended.into(),
        StatusRefusal::Outdated.into(),
        StatusRefusal::Unknown { status: SMALL }.into(),
        NonceRefusal::LedgerFailed.into(),
        NonceRefusal::BeforeLedger { issued_at: A }.into(),
        NonceRefusal::Spent.into(),
        NonceRefusal::LedgerFull.into(),
    ]);
    all
}
