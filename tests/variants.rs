//! Every way to be refused is reached: one scenario for each variant, by its name and with its numbers. A code may mean several
//! (`issuer.not_authorised`), and a test that asks for the code alone would not see one take the place of another.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use std::collections::BTreeSet;
use std::fs;

use case::Case;
use eid_verifier::refusal::{
    AudienceRefusal, ClaimsRefusal, ClockRefusal, CredentialRefusal, DeviceRefusal, DisclosureRefusal,
    FreshnessRefusal, HeaderRefusal, IssuerRefusal, Layer, NonceRefusal, PayloadRefusal, ScopeRefusal,
    StatusRefusal, TrustRefusal,
};
use eid_verifier::sandbox::{FIXED_NOW as NOW, Scenario};
use eid_verifier::{Challenge, ChallengeError, Refusal, Scene, Site, SiteError};

/// The public items, which tests/public_api holds to the source: what is listed there and missing here is a variant that
/// nobody tests.
const PUBLIC: &str = include_str!("public-api.txt");

#[test]
fn every_refusal_is_reached_with_its_numbers() {
    let table = table();
    for (id, expected) in &table {
        let scenario = Scenario::named(id).unwrap_or_else(|| panic!("no scenario {id}"));
        assert_eq!(scenario.expect, expected.code().as_str(), "{id}");
        assert_eq!(Case(scenario.to_json()).answer().unwrap_err(), *expected, "{id}");
    }
    // A test code is one where the sandbox is not trusted.
    let real = Case::named("ok-hotel-minimal");
    let test = Case(Scenario::named("ok-hotel").unwrap().to_json());
    let test_code = real.scan(&real.verifier().unwrap(), test.qr(), &real.ledger(), test.now()).unwrap_err();
    assert_eq!(test_code, IssuerRefusal::TestCode.into());

    let reached: BTreeSet<String> =
        table.into_iter().map(|(_, refusal)| refusal).chain([test_code]).map(name).collect();
    assert_eq!(reached, variants(|of| of.ends_with("Refusal") && of != "Refusal"));
}

#[test]
fn a_challenge_and_a_site_say_why_they_cannot_be() {
    for found in [0, 15, 65] {
        assert_eq!(Challenge::new(&vec![7; found]).unwrap_err(), ChallengeError::Length { found });
    }
    assert_eq!(Site::new(Scene::Patrol, 51_010, "a"), Err(SiteError::Region));
    assert_eq!(Site::new(Scene::Patrol, 510_107, ""), Err(SiteError::RelyingParty));
}

/// What else can go wrong has a test that names it: here, or in the file of its subject.
#[test]
fn every_error_is_named_by_a_test() {
    let folder = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap();
    let tests: String = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let errors = variants(|of| of.ends_with("Error") || of.ends_with("Fault") || of == "Trouble");
    assert!(errors.len() > 20, "too few to be all of them: {errors:?}");
    let words: BTreeSet<&str> =
        tests.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':').collect();
    let unnamed: Vec<_> = errors.iter().filter(|error| !words.contains(error.as_str())).collect();
    assert!(unnamed.is_empty(), "no test names {unnamed:?}");
}

/// `Clock(BehindLedger { expires_at: 7 })` is `ClockRefusal::BehindLedger`.
fn name(refusal: Refusal) -> String {
    let debug = format!("{refusal:?}");
    let mut words = debug.split(|letter: char| !letter.is_ascii_alphanumeric());
    format!("{}Refusal::{}", words.next().unwrap(), words.next().unwrap())
}

/// `Enum::Variant`, of the public enums of such a name, without those of the sandbox.
fn variants(of: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let is_type = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_uppercase());
    PUBLIC
        .lines()
        .filter_map(|line| line.strip_prefix("pub eid_verifier::"))
        .filter(|path| !path.starts_with("sandbox::"))
        .filter_map(|path| {
            let mut types = path.split("::").skip_while(|word| !is_type(word));
            let (enumeration, variant, None) = (types.next()?, types.next()?, types.next()) else {
                return None;
            };
            of(enumeration).then(|| format!("{enumeration}::{variant}"))
        })
        .collect()
}

/// One scenario for each.
fn table() -> Vec<(&'static str, Refusal)> {
    let (phone, issuer) = (Layer::KeyBinding, Layer::Credential);
    let mut all: Vec<(&str, Refusal)> = vec![
        ("clock-behind", ClockRefusal::BehindTrustList { now: NOW, issued_at: NOW + 61 }.into()),
        ("clock-behind-status-list", ClockRefusal::BehindStatusList { now: NOW, issued_at: NOW + 61 }.into()),
        ("clock-behind-ledger", ClockRefusal::BehindLedger { expires_at: NOW + 290 }.into()),
        ("payload-scheme-other", PayloadRefusal::Scheme.into()),
        ("payload-too-long-text", PayloadRefusal::TextTooLong { characters: 4297 }.into()),
        ("payload-too-long-bytes", PayloadRefusal::TokenTooLong { bytes: 2049 }.into()),
        ("payload-encoding-triple", PayloadRefusal::Encoding.into()),
        ("payload-cbor-float", PayloadRefusal::Cbor.into()),
        ("payload-shape-nonce", PayloadRefusal::Shape.into()),
        ("payload-version", PayloadRefusal::Version.into()),
        ("header-critical", HeaderRefusal::Critical { layer: phone }.into()),
        ("header-critical-inside", HeaderRefusal::Critical { layer: issuer }.into()),
        ("header-type", HeaderRefusal::Type { layer: phone }.into()),
        ("header-type-inside", HeaderRefusal::Type { layer: issuer }.into()),
        ("header-algorithm", HeaderRefusal::Algorithm { layer: phone }.into()),
        ("header-algorithm-inside", HeaderRefusal::Algorithm { layer: issuer }.into()),
        ("header-unexpected", HeaderRefusal::Unexpected { layer: phone }.into()),
        ("header-unexpected-inside", HeaderRefusal::Unexpected { layer: issuer }.into()),
    ];
    all.extend::<[(_, Refusal); 9]>([
        ("trust-malformed-version", TrustRefusal::Malformed.into()),
        ("trust-type", TrustRefusal::Type.into()),
        ("trust-anchor", TrustRefusal::Anchor.into()),
        ("trust-signature-wrong-key", TrustRefusal::Signature.into()),
        ("trust-expired", TrustRefusal::Expired { expires_at: NOW, now: NOW }.into()),
        ("trust-duplicate-kid", TrustRefusal::Duplicate.into()),
        ("trust-rollback-sequence", TrustRefusal::RollbackSequence { found: 40, floor: 41 }.into()),
        ("trust-rollback-other-bytes", TrustRefusal::RollbackContent { sequence: 41 }.into()),
        (
            "trust-rollback-issued-at",
            TrustRefusal::RollbackIssuedAt { found: 1_789_827_199, floor: 1_789_827_200 }.into(),
        ),
    ]);
    all.extend::<[(_, Refusal); 8]>([
        ("issuer-unknown", IssuerRefusal::UnknownIssuer.into()),
        ("issuer-unknown-key", IssuerRefusal::UnknownKey.into()),
        (
            "issuer-key-validity-early",
            IssuerRefusal::KeyNotValidAtIssue {
                issued_at: 1_789_833_600,
                from: 1_789_833_601,
                until: 1_821_536_000,
            }
            .into(),
        ),
        (
            "issuer-key-validity-retired",
            IssuerRefusal::KeyNotValidNow { now: NOW, from: 1_758_464_000, until: NOW }.into(),
        ),
        ("issuer-not-authorised-use", IssuerRefusal::NotForCredentials.into()),
        ("issuer-not-authorised-document", IssuerRefusal::NotForDocument { document: 1 }.into()),
        ("issuer-not-authorised-region", IssuerRefusal::NotForRegion.into()),
        ("issuer-signature-wrong-key", IssuerRefusal::Signature.into()),
    ]);
    all.extend::<[(_, Refusal); 14]>([
        ("credential-dates-nbf", CredentialRefusal::Dates.into()),
        ("credential-dates-lifetime", CredentialRefusal::Lifetime { lifetime: 31 * 86_400 + 1 }.into()),
        ("credential-not-yet-valid", CredentialRefusal::NotYetValid { issued_at: NOW + 61, now: NOW }.into()),
        ("credential-expired", CredentialRefusal::Expired { expires_at: NOW, now: NOW }.into()),
        ("credential-document-unknown", CredentialRefusal::Document { document: 4 }.into()),
        ("device-key-off-the-curve", DeviceRefusal::Key.into()),
        ("device-key-algorithm", DeviceRefusal::Algorithm.into()),
        ("device-signature-thief", DeviceRefusal::Signature.into()),
        ("device-key-protection-software", DeviceRefusal::Protection { level: 1, least: 2 }.into()),
        (
            "freshness-window-long",
            FreshnessRefusal::Lifetime { issued_at: NOW - 10, expires_at: NOW + 291 }.into(),
        ),
        (
            "freshness-window-beyond-credential",
            FreshnessRefusal::OutsideCredential { issued_at: NOW - 10, expires_at: NOW + 290 }.into(),
        ),
        ("freshness-not-yet", FreshnessRefusal::NotYet { issued_at: NOW + 61, now: NOW }.into()),
        ("freshness-expired-screenshot", FreshnessRefusal::Expired { expires_at: NOW - 60, now: NOW }.into()),
        ("freshness-expired-age", FreshnessRefusal::TooOld { age: 61, max_age: 60 }.into()),
    ]);
    all.extend::<[(_, Refusal); 10]>([
        ("audience-mismatch-scene", AudienceRefusal::Mismatch.into()),
        ("challenge-missing", AudienceRefusal::ChallengeMissing.into()),
        ("challenge-unexpected", AudienceRefusal::ChallengeUnexpected.into()),
        ("challenge-mismatch", AudienceRefusal::ChallengeMismatch.into()),
        ("user-not-verified", AudienceRefusal::UserNotVerified.into()),
        ("scope-region-county", ScopeRefusal::Region { region: 510_107 }.into()),
        ("scope-scene", ScopeRefusal::Scene { scene: 5 }.into()),
        ("disclosure-malformed-salt", DisclosureRefusal::Malformed.into()),
        ("disclosure-unmatched", DisclosureRefusal::Unmatched { group: 11 }.into()),
        ("disclosure-duplicate", DisclosureRefusal::Duplicate { group: 11 }.into()),
    ]);
    all.extend::<[(_, Refusal); 10]>([
        ("claims-name-empty", ClaimsRefusal::Name { group: 11 }.into()),
        ("claims-id-number", ClaimsRefusal::IdNumber { group: 11 }.into()),
        ("claims-date-permit-reversed", ClaimsRefusal::Date { group: 18 }.into()),
        ("claims-code-division-residence", ClaimsRefusal::CodeNumber { group: 17 }.into()),
        ("claims-inconsistent", ClaimsRefusal::Inconsistent.into()),
        ("claims-missing", ClaimsRefusal::Missing { group: 13 }.into()),
        ("claims-missing-age", ClaimsRefusal::AgeMissing.into()),
        ("claims-document-expired", ClaimsRefusal::DocumentExpired.into()),
        ("claims-endorsement-lapsed", ClaimsRefusal::EndorsementLapsed.into()),
        ("claims-underage", ClaimsRefusal::Underage { age: 18 }.into()),
    ]);
    all.extend::<[(_, Refusal); 19]>([
        ("status-malformed-bits", StatusRefusal::Malformed.into()),
        ("status-type", StatusRefusal::Type.into()),
        ("status-issuer-unknown-key", StatusRefusal::Issuer.into()),
        ("status-signature-wrong-key", StatusRefusal::Signature.into()),
        ("status-too-large", StatusRefusal::TooLarge.into()),
        ("status-unreferenced", StatusRefusal::Unreferenced.into()),
        ("status-ambiguous-index", StatusRefusal::Ambiguous.into()),
        ("status-unavailable", StatusRefusal::Unavailable.into()),
        ("status-stale-exp", StatusRefusal::Expired { expires_at: NOW, now: NOW }.into()),
        ("status-stale-age", StatusRefusal::TooOld { age: 86_401, max_age: 86_400 }.into()),
        ("status-index-greatest", StatusRefusal::Index { entries: 65_536 }.into()),
        ("status-revoked", StatusRefusal::Revoked.into()),
        ("status-suspended", StatusRefusal::Suspended.into()),
        ("status-outdated", StatusRefusal::Outdated.into()),
        ("status-unknown", StatusRefusal::Unknown { status: 4 }.into()),
        ("nonce-ledger-failed", NonceRefusal::LedgerFailed.into()),
        ("nonce-before-ledger", NonceRefusal::BeforeLedger { issued_at: NOW - 10 }.into()),
        ("nonce-spent", NonceRefusal::Spent.into()),
        ("nonce-ledger-full", NonceRefusal::LedgerFull.into()),
    ]);
    all
}
