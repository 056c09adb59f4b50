//! docs/json.md shows what the library writes; what goes in is read strictly; and masked claims hold nobody's values.
#![cfg(all(feature = "sandbox", feature = "serde", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;

use eid_verifier::claims::Advisory;
use eid_verifier::policy::{AgeRule, Document, Group, KeyProtection, Member, Set, StatusRule, UserFactor};
use eid_verifier::receipt::{Ground, Purpose, Receipt};
use eid_verifier::refusal::Code;
use eid_verifier::report::RowOutcome;
use eid_verifier::sandbox::{Fault, Person, Scenario};
use eid_verifier::{Floor, Policy, Refusal, Scene, Site, TrustList, VerifiedClaims};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

// ---------------------------------------------------------------------------------------------------------------------
// What comes out.

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");

/// Each block of the page and what belongs there.
fn documents() -> Vec<(&'static str, String)> {
    let (good, verdict) = played("ok-hotel", None);
    let patrol = Purpose::patrol("012345", Ground::PublicPlace).unwrap();
    let (unknown, refused) = played("ok-patrol", Some(Fault::UnknownIssuer));
    let (early, _) = played("ok-hotel", Some(Fault::EarlyBy(180)));
    let (_, late) = played("ok-hotel", Some(Fault::LateBy(600)));
    let resident = resident();
    vec![
        ("policy", text(&Policy::internet_cafe())),
        ("site", text(&Site::hotel(510_107, "cd-hotel-4711").unwrap())),
        ("refusal", text(&late.unwrap_err())),
        ("report", text(&early.verifier().unwrap().explain(&early.qr, early.now()))),
        ("receipt", text(&receipt(&good, &verdict, &check_in()))),
        ("receipt-of-a-patrol", text(&receipt(&unknown, &refused, &patrol))),
        ("outcome", text(&verdict.unwrap().into_outcome(18))),
        ("claims", text(&resident)),
        ("disclosed", text(&resident.disclosed())),
    ]
}

fn played(id: &str, fault: Option<Fault>) -> (Scenario, Result<VerifiedClaims, Refusal>) {
    let mut case = Scenario::named(id).unwrap();
    if let Some(fault) = fault {
        case = case.broken_by(fault);
    }
    let verdict = case.play();
    (case, verdict)
}

/// All nine groups.
fn resident() -> VerifiedClaims {
    played("ok-all-groups", None).1.unwrap()
}

fn check_in() -> Purpose {
    Purpose::new("旅客住宿登记", "《旅馆业治安管理办法》第六条").unwrap()
}

fn receipt(case: &Scenario, verdict: &Result<VerifiedClaims, Refusal>, purpose: &Purpose) -> Receipt {
    case.verifier().unwrap().receipt(&case.qr, verdict, purpose, case.now()).unwrap()
}

fn text(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap()
}

fn value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap()
}

#[test]
fn the_page_shows_what_is_written() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut rendered = page.clone();
    for (name, document) in documents() {
        let fence = format!("```json {name}\n");
        let begin = rendered.find(&fence).unwrap_or_else(|| panic!("no block for {name}")) + fence.len();
        let end = begin + rendered[begin..].find("```").unwrap();
        rendered.replace_range(begin..end, &format!("{}\n", laid_out(&document, 0)));
    }
    for (what, names) in names() {
        let row = format!("| {what} |");
        let begin = rendered.find(&row).unwrap_or_else(|| panic!("no row for {what}"));
        let end = begin + rendered[begin..].find('\n').unwrap();
        rendered.replace_range(begin..end, &format!("{row} `{}` |", names.join("` `")));
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PAGE, &rendered).unwrap();
    } else {
        assert!(page == rendered, "docs/json.md differs: UPDATE=1 cargo test --all-features --test json");
    }
    assert_eq!(rendered.matches("```json ").count(), documents().len());
}

/// Each field of an example has a row in its section, and each row is a field of an example there.
#[test]
fn every_field_is_explained() {
    let page = fs::read_to_string(PAGE).unwrap();
    let documents = documents();
    let fields = |name: &str| {
        let (_, document) = documents.iter().find(|(known, _)| *known == name).unwrap();
        let mut fields = BTreeSet::new();
        keys(&serde_json::from_str(document).unwrap(), &mut fields);
        fields
    };
    let mut explained = 0;
    for section in page.split("\n## ").filter(|section| section.contains("```json ")) {
        let names = section.split("```json ").skip(1).map(|block| block.lines().next().unwrap());
        let row = |line: &str| Some(line.strip_prefix("| `")?.split('`').next()?.to_string());
        let rows: BTreeSet<_> = section.lines().filter_map(row).collect();
        let mut shown: BTreeSet<_> = names.flat_map(fields).collect();
        if rows.contains("refusal") {
            // The refusal inside is explained in its own section.
            shown.retain(|field| rows.contains(field) || !fields("refusal").contains(field));
        }
        assert_eq!(rows, shown, "{}", section.lines().next().unwrap());
        explained += 1;
    }
    assert_eq!(explained, 8);
}

fn keys(document: &Value, found: &mut BTreeSet<String>) {
    match document {
        Value::Object(fields) => {
            found.extend(fields.keys().cloned());
            fields.values().for_each(|field| keys(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

fn names() -> [(&'static str, Vec<&'static str>); 5] {
    fn of<T: Member>() -> Vec<&'static str> {
        T::ALL.iter().map(|member| member.as_str()).collect()
    }
    let advisories = [
        Advisory::SexDiffersFromNumber,
        Advisory::DocumentExpiresSoon,
        Advisory::AskForGuardian,
        Advisory::TrustListUpdateDue,
    ];
    [
        ("documents", of::<Document>()),
        ("groups", of::<Group>()),
        ("user verification", of::<UserFactor>()),
        ("scenes", Scene::ALL.map(Scene::as_str).into()),
        ("advisories", advisories.map(Advisory::as_str).into()),
    ]
}

/// JSON without white space, in lines of at most 110 characters where that can be. The order of the fields stays.
fn laid_out(json: &str, indent: usize) -> String {
    let items = items(json);
    let (open, close) = (&json[..1], &json[json.len() - 1..]);
    let line = match open {
        "{" | "[" if items.is_empty() => format!("{open}{close}"),
        "{" => format!("{{ {} }}", items.iter().map(|item| one_line(item)).collect::<Vec<_>>().join(", ")),
        "[" => format!("[{}]", items.iter().map(|item| one_line(item)).collect::<Vec<_>>().join(", ")),
        _ => return json.into(),
    };
    if indent > 0 && indent + line.chars().count() <= 110 {
        return line;
    }
    let lines: Vec<_> = items
        .iter()
        .map(|item| {
            let (key, value) = key_and_value(item);
            format!("{:indent$}  {key}{}", "", laid_out(value, indent + 2))
        })
        .collect();
    format!("{open}\n{}\n{:indent$}{close}", lines.join(",\n"), "")
}

fn one_line(item: &str) -> String {
    let (key, value) = key_and_value(item);
    let laid = match &value[..1] {
        "{" | "[" => {
            let items: Vec<_> = items(value).into_iter().map(one_line).collect();
            let pad = if value.starts_with('{') { " " } else { "" };
            format!("{}{pad}{}{pad}{}", &value[..1], items.join(", "), &value[value.len() - 1..])
        }
        _ => value.into(),
    };
    format!("{key}{laid}")
}

/// The key with its colon and a blank, if the item has one, and the rest.
fn key_and_value(item: &str) -> (String, &str) {
    match item.starts_with('"').then(|| item[1..].split_once("\":")).flatten() {
        Some((key, value)) => (format!("\"{key}\": "), value),
        None => (String::new(), item),
    }
}

/// What stands between the commas of an object or an array.
fn items(json: &str) -> Vec<&str> {
    if !json.starts_with(['{', '[']) {
        return Vec::new();
    }
    let inner = &json[1..json.len() - 1];
    let (mut items, mut depth, mut quoted, mut escaped, mut begin) = (Vec::new(), 0, false, false, 0);
    for (at, character) in inner.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&inner[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if !inner.is_empty() {
        items.push(&inner[begin..]);
    }
    items
}

#[test]
fn laying_out_changes_nothing_but_white_space() {
    for (name, document) in documents() {
        let laid: Value = serde_json::from_str(&laid_out(&document, 0)).unwrap();
        assert_eq!(laid, serde_json::from_str::<Value>(&document).unwrap(), "{name}");
    }
}

#[test]
fn every_scenario_can_be_written() {
    for case in Scenario::all() {
        let Ok(desk) = case.verifier() else { continue };
        let report = desk.explain(&case.qr, case.now());
        let written = value(&report);
        assert_eq!(written["version"], 1, "{}", case.id);
        let outcomes: Vec<_> =
            written["steps"].as_array().unwrap().iter().map(|row| &row["outcome"]).collect();
        let rows: Vec<_> = report.rows().iter().map(|row| row.outcome.as_str()).collect();
        assert_eq!(outcomes, rows, "{}", case.id);
        for (row, written) in report.rows().iter().zip(written["steps"].as_array().unwrap()) {
            match row.outcome {
                RowOutcome::Failed(refusal) => assert_eq!(written["refusal"], value(&refusal), "{}", case.id),
                _ => assert_eq!(written.get("refusal"), None, "{}", case.id),
            }
        }
        let verdict = case.play();
        match &verdict {
            Ok(guest) => {
                assert_eq!(value(guest)["masked"], true, "{}", case.id);
                assert_eq!(value(&guest.disclosed())["masked"], false, "{}", case.id);
            }
            Err(refusal) => {
                let written = value(refusal);
                assert_eq!(written["code"], case.expect, "{}", case.id);
                assert_eq!(written["number"], refusal.code().number(), "{}", case.id);
                assert_eq!(written["advice"], refusal.advice().as_str(), "{}", case.id);
                assert_eq!(written["clerk_zh"], refusal.clerk_zh(), "{}", case.id);
                assert_eq!(written["clerk_en"], refusal.clerk_en(), "{}", case.id);
                assert_eq!(written["detail"], refusal.to_string(), "{}", case.id);
            }
        }
    }
}

#[test]
fn a_refusal_of_a_list_has_no_step() {
    let refusal =
        TrustList::open(b"", &[], Floor::FirstInstallation, Scenario::named("ok-hotel").unwrap().now());
    let written = value(&refusal.unwrap_err());
    assert_eq!((&written["code"], &written["step"]), (&json!(Code::TrustMalformed.as_str()), &Value::Null));
}

// ---------------------------------------------------------------------------------------------------------------------
// What goes in.

/// Policies that between them set each knob to each of its values.
fn policies() -> Vec<Policy> {
    let mut all: Vec<_> = Scene::ALL.map(Policy::for_scene).into();
    let mut with = |change: &dyn Fn(&mut Policy)| {
        let mut policy = Policy::hotel();
        change(&mut policy);
        all.push(policy);
    };
    for document in Document::ALL {
        with(&|policy| policy.documents = Set::from([*document]));
    }
    for group in Group::ALL {
        with(&|policy| policy.require = Set::from([*group]));
        with(&|policy| policy.accept = Set::from([*group]));
    }
    for factor in UserFactor::ALL {
        with(&|policy| policy.user_verification = Set::from([*factor]));
    }
    for age in [AgeRule::AdmitAnyAge, AgeRule::AtLeast(0), AgeRule::AtLeast(255)] {
        with(&|policy| policy.age = age);
    }
    for level in [
        KeyProtection::AcceptAny,
        KeyProtection::Software,
        KeyProtection::TrustedEnvironment,
        KeyProtection::SecureElement,
    ] {
        with(&|policy| policy.key_protection = level);
    }
    for status in [StatusRule::Require, StatusRule::PassUnreferenced, StatusRule::IgnoreStatus] {
        with(&|policy| policy.status = status);
    }
    for seconds in [0, 1, u64::MAX] {
        with(&|policy| policy.max_age = seconds);
        with(&|policy| policy.max_skew = seconds);
        with(&|policy| policy.max_status_age = seconds);
    }
    all
}

#[test]
fn policies_and_sites_come_back_as_they_were() {
    let mut texts = BTreeSet::new();
    for policy in policies() {
        assert_eq!(serde_json::from_str::<Policy>(&text(&policy)).unwrap(), policy);
        assert_eq!(serde_json::from_value::<Policy>(value(&policy)).unwrap(), policy);
        texts.insert(text(&policy));
    }
    let different: BTreeSet<_> = policies().iter().map(Policy::digest).collect();
    assert_eq!(texts.len(), different.len(), "two policies read the same");
    for scene in Scene::ALL {
        let site = Site::new(scene, 654_321, "a.B_c-9").unwrap();
        assert_eq!(serde_json::from_str::<Site>(&text(&site)).unwrap(), site);
    }
}

proptest! {
    /// Whatever reads as settings says what it says: written again, it is the same document. And nothing panics.
    #[test]
    fn changed_settings_read_back_or_not_at_all(
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"{}[]\":,0123456789.-eE _aglnps\\".to_vec())), 1..4),
    ) {
        let changed = |mut text: Vec<u8>| {
            for (index, byte) in &edits {
                let place = index.index(text.len());
                text[place] = *byte;
            }
            text
        };
        let policy = changed(text(&Policy::internet_cafe()).into_bytes());
        if let Ok(read) = serde_json::from_slice::<Policy>(&policy) {
            prop_assert_eq!(value(&read), serde_json::from_slice::<Value>(&policy).unwrap());
        }
        let site = changed(text(&Site::hotel(510_107, "cd-hotel-4711").unwrap()).into_bytes());
        if let Ok(read) = serde_json::from_slice::<Site>(&site) {
            prop_assert_eq!(value(&read), serde_json::from_slice::<Value>(&site).unwrap());
        }
    }
}

/// Reads a document, and each that differs from it in one thing that is wrong.
fn is_read_strictly<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    right: &T,
    wrong: &[(&str, Vec<Value>)],
) {
    let document = value(right);
    let is_refused = |text: &str| assert!(serde_json::from_str::<T>(text).is_err(), "{text}");
    assert_eq!(&serde_json::from_value::<T>(document.clone()).unwrap(), right);
    let fields: BTreeSet<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, wrong.iter().map(|(field, _)| *field).collect(), "each field is tried");

    for (field, wrong) in wrong {
        let mut missing = document.clone();
        missing.as_object_mut().unwrap().remove(*field);
        is_refused(&missing.to_string());

        let mut misspelt = missing;
        misspelt[format!("{field}s")] = document[*field].clone();
        is_refused(&misspelt.to_string());

        // Twice, though both say the same.
        let rest = text(right);
        is_refused(&format!("{{\"{field}\":{},{}", document[*field], &rest[1..]));

        for value in wrong.iter().chain([&Value::Null, &json!({}), &json!([[]]), &json!(-1), &json!(1.5)]) {
            let mut changed = document.clone();
            changed[*field] = value.clone();
            is_refused(&changed.to_string());
        }
    }
    let mut unknown = document;
    unknown["comment"] = json!("");
    is_refused(&unknown.to_string());
    is_refused(&format!("{} 1", text(right)));
    is_refused(&format!("[{}]", text(right)));
    // The values alone, whose order nobody sees.
    let values: Vec<_> = items(&text(right)).iter().map(|item| key_and_value(item).1.to_string()).collect();
    is_refused(&format!("[{}]", values.join(",")));
}

/// What a program's settings get wrong is told to whom writes them.
#[test]
fn what_is_wanted_is_said() {
    let told = |age: Value| {
        let mut policy = value(&Policy::hotel());
        policy["age"] = age;
        serde_json::from_value::<Policy>(policy).unwrap_err().to_string()
    };
    assert_eq!(
        told(json!(18)),
        "invalid type: integer `18`, expected \"admit_any_age\" or {\"at_least\": an age}"
    );
    assert_eq!(told(json!("any")), "an unknown age rule");
    assert_eq!(told(json!({ "at_most": 18 })), "an age rule has one field, at_least");
    for told in [
        serde_json::from_str::<Policy>("[]").unwrap_err().to_string(),
        serde_json::from_str::<Site>("[]").unwrap_err().to_string(),
    ] {
        assert!(told.starts_with("invalid type: sequence, expected an object"), "{told}");
    }
}

#[test]
fn a_policy_is_read_strictly() {
    let seconds = || vec![json!("300"), json!("PT5M"), json!([300])];
    is_read_strictly(
        &Policy::internet_cafe(),
        &[
            ("version", vec![json!(0), json!(2), json!("1"), json!(257)]),
            ("documents", sets("identity_card", &["passport", "identity-card", "Identity_card", ""])),
            ("require", sets("identity", &["name", "IDENTITY", "11", ""])),
            ("accept", sets("ages", &["age", "ages ", ""])),
            (
                "age",
                vec![
                    json!("at_least"),
                    json!("any"),
                    json!(18),
                    json!({ "at_least": 256 }),
                    json!({ "at_least": "18" }),
                    json!({ "at_least": null }),
                    json!({ "at_most": 18 }),
                    json!({ "at_least": 18, "at_most": 60 }),
                    json!({ "admit_any_age": true }),
                ],
            ),
            ("user_verification", sets("password", &["pin", "Password", ""])),
            ("key_protection", vec![json!("any"), json!("AcceptAny"), json!(2), json!("")]),
            ("max_age", seconds()),
            ("max_skew", seconds()),
            ("status", vec![json!("required"), json!("ignored"), json!(true), json!("")]),
            ("max_status_age", seconds()),
        ],
    );
}

/// An unknown name alone, beside a right one, and a right one twice; and what is no set.
fn sets(right: &str, unknown: &[&str]) -> Vec<Value> {
    let mut wrong = vec![json!([right, right]), json!(right), json!([right, 1]), json!([null])];
    for name in unknown {
        wrong.extend([json!([name]), json!([right, name])]);
    }
    wrong
}

#[test]
fn a_site_is_read_strictly() {
    is_read_strictly(
        &Site::hotel(510_107, "cd-hotel-4711").unwrap(),
        &[
            ("version", vec![json!(0), json!(2), json!("1")]),
            ("scene", vec![json!("hotels"), json!("Hotel"), json!(1), json!("internet_cafe"), json!("")]),
            (
                "region",
                vec![
                    json!(0),
                    json!(51),
                    json!(99_999),
                    json!(1_000_000),
                    json!("510107"),
                    json!(4_295_477_403_u64),
                ],
            ),
            (
                "relying_party",
                vec![json!(""), json!("a b"), json!("旅馆"), json!("a:b"), json!("a".repeat(65)), json!(1)],
            ),
        ],
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Claims.

/// What the credential says of a person, as text and as it may be written.
fn values(person: &Person) -> Vec<String> {
    let day = |date: u64| {
        [date.to_string(), format!("{}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100)]
    };
    let (from, until, authority) = person.validity;
    let (residence, issued, endorsed_until, permit_authority) = person.permit.unwrap();
    let mut values = vec![
        person.name.into(),
        person.id_number(),
        person.address.into(),
        person.household.0.into(),
        authority.into(),
        residence.into(),
        permit_authority.into(),
    ];
    for date in [person.birth, from, until.unwrap(), issued, endorsed_until] {
        values.extend(day(date));
    }
    values
}

#[test]
fn masked_claims_hold_no_value_whole_and_disclosed_ones_hold_all() {
    let guest = resident();
    assert_eq!(guest.groups(), Group::ALL.iter().copied().collect());
    let portrait: String =
        guest.portrait().unwrap().digest().iter().map(|byte| format!("{byte:02x}")).collect();
    let (masked, whole) = (text(&guest), text(&guest.disclosed()));
    assert_eq!(format!("{:?}", guest.disclosed()), format!("Disclosed({guest:?})"));
    for value in values(&Person::RESIDENT).iter().chain([&portrait]) {
        assert!(!masked.contains(value.as_str()), "{value} is in {masked}");
    }
    for field in ["demographics", "validity", "ages", "household", "permit", "portrait", "advisories"] {
        assert_eq!(value(&guest).get(field), None);
    }

    let person = Person::RESIDENT;
    let day = |date: u64| format!("{}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100);
    let (from, until, authority) = person.validity;
    let (residence, issued, endorsed_until, permit_authority) = person.permit.unwrap();
    let written = value(&guest.disclosed());
    let expected = json!({
        "version": 1,
        "masked": false,
        "document": "residence_permit",
        "issuer": guest.issuer(),
        "verified_at": guest.verified_at().as_secs(),
        "groups": Group::ALL.iter().map(|group| group.as_str()).collect::<Vec<_>>(),
        "over_disclosed": [],
        "advisories": [],
        "identity": { "name": person.name, "number": person.id_number() },
        "demographics": {
            "sex": 1, "sex_zh": "男", "ethnicity": 1, "ethnicity_zh": "汉族", "birth_date": day(person.birth),
        },
        "address": { "text": person.address, "division": 519_999 },
        "residence": { "text": residence, "division": 519_999 },
        "validity": {
            "from": day(from), "until": day(until.unwrap()), "long_term": false, "authority": authority,
        },
        "ages": person.ages,
        "household": {
            "number": person.household.0,
            "kind": person.household.1,
            "kind_zh": "家庭户",
            "relation": person.household.2,
            "relation_zh": guest.household().unwrap().relation().class_zh(),
        },
        "permit": { "issued": day(issued), "endorsed_until": day(endorsed_until), "authority": permit_authority },
        "portrait": portrait,
    });
    assert_eq!(written, expected, "{whole}");
}

#[test]
fn a_document_that_does_not_run_out_says_so() {
    let (_, verdict) = played("ok-number-with-x", None);
    let written = value(&verdict.unwrap().disclosed());
    assert_eq!(
        (&written["validity"]["until"], &written["validity"]["long_term"]),
        (&Value::Null, &json!(true))
    );
}

#[test]
fn an_advisory_is_disclosed_and_not_masked() {
    let mut world = Scenario::named("ok-minor").unwrap().world;
    world.showing.credential.disclose(&[11, 19]);
    let guest = world.scenario("minor", "", "ok").play().unwrap();
    assert!(!text(&guest).contains("guardian") && !text(&guest).contains("advisor"), "{}", text(&guest));
    assert_eq!(value(&guest.disclosed())["advisories"], json!(["ask_for_guardian"]));
    assert_eq!(value(&guest)["over_disclosed"], json!(["portrait"]));
}

#[test]
fn what_the_examples_have_none_of_is_written_too() {
    // A minor, of whom more was shown than the desk asks for.
    let mut world = Scenario::named("ok-minor").unwrap().world;
    world.showing.credential.disclose(&[11, 19]);
    let minor = world.scenario("minor", "", "ok");
    let verdict = minor.play();
    let written = value(&receipt(&minor, &verdict, &check_in()));
    assert_eq!(
        (&written["shown"], &written["dropped"]),
        (&json!(["identity", "portrait"]), &json!(["portrait"]))
    );
    let written = value(&verdict.unwrap().into_outcome(18));
    assert_eq!(written["advisories"], json!(["ask_for_guardian"]));
}

/// Nothing of the person is in what is kept of a verdict.
#[test]
fn nothing_else_holds_a_value() {
    let (case, verdict) = played("ok-all-groups", None);
    let desk = case.verifier().unwrap();
    let mut written = text(&receipt(&case, &verdict, &check_in()));
    written += &text(&desk.explain(&case.qr, case.now()));
    written += &text(&verdict.unwrap().into_outcome(18));
    let late = case.broken_by(Fault::LateBy(600));
    let refused = late.play();
    written += &text(&receipt(&late, &refused, &check_in()));
    written += &text(&refused.unwrap_err());
    for value in values(&Person::RESIDENT) {
        assert!(!written.contains(&value), "{value} is in {written}");
    }
}
