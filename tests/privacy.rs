//! Nothing personal is ever printed: no `Debug`, no `Display`, no refusal shows a name, a number, an address, a date of
//! birth, a key, a nonce or a signature whole. The canaries are every text, byte string and civil date inside the tokens
//! of the vectors, over-disclosed and redacted ones too; what the lists and the desk already hold is none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;
mod transport;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::iter;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use case::Case;
use eid_verifier::claims::{
    Address, Ages, Demographics, Household, IdNumber, Identity, Name, Outcome, Permit, Portrait, Validity,
};
use eid_verifier::clock::ClockWatch;
use eid_verifier::ledger::Nonce;
use eid_verifier::policy::{AgeRule, Document, Group, KeyProtection, Member, Set, UserFactor};
use eid_verifier::receipt::{
    BrokenLink, ChainHead, Ground, Link, LinkFault, Purpose, PurposeError, Receipt, ReceiptChain,
    ReceiptError,
};
use eid_verifier::refusal::NonceRefusal;
use eid_verifier::report::Report;
use eid_verifier::{
    Anchor, Challenge, ChallengeError, Floor, NonceLedger, Policy, Refusal, Scene, Site, SiteError, Spend,
    TrustList, UnixTime, Unspent, VerifiedClaims, Verifier, scanner,
};
use serde_json::Value;
use transport::Transport;

const SCENES: [Scene; 5] =
    [Scene::Hotel, Scene::InternetCafe, Scene::Patrol, Scene::GovernmentService, Scene::RealEstate];

/// The vectors, and the scenarios of the sandbox where there is one: those reach every group and every code.
fn cases() -> Vec<Case> {
    #[allow(unused_mut, reason = "without the sandbox")]
    let mut cases = Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")));
    #[cfg(feature = "sandbox")]
    cases.extend(eid_verifier::sandbox::Scenario::all().iter().map(|scenario| Case(scenario.to_json())));
    cases
}

// ---------------------------------------------------------------------------------------------------------------------
// The canaries.

/// Texts that must not be printed, without white space.
#[derive(Default)]
struct Canaries(BTreeSet<String>);

impl Canaries {
    /// All there are in the tokens of all vectors.
    fn of(cases: &[Case]) -> Self {
        let mut canaries = Self::default();
        for case in cases {
            if let Some((_, token)) = Transport::decode(case.qr()) {
                let mut found = Vec::new();
                // What is no CBOR at all holds nothing to look for.
                let _ = walk(&token, &mut found);
                let known = Known::of(case);
                found.into_iter().filter(|item| !known.holds(item)).for_each(|item| canaries.add(item));
                canaries.0.extend(Some(bare(case.qr())).filter(|text| text.len() > 20));
            }
            canaries.add_challenge(case);
        }
        canaries
    }

    fn add_challenge(&mut self, case: &Case) {
        if let Some(challenge) = case.0["challenge"].as_str() {
            self.add(Item::Bytes(hex::decode(challenge).unwrap()));
        }
    }

    fn add(&mut self, item: Item) {
        match item {
            Item::Text(text) => self.0.extend([bare(&text)]),
            Item::Bytes(bytes) => {
                let listed = bare(&format!("{bytes:?}"));
                let listed = listed.trim_matches(['[', ']']).to_owned();
                self.0.extend([hex::encode(&bytes), hex::encode_upper(&bytes), listed]);
            }
            Item::Date(date) => {
                let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
                self.0.extend([
                    date.to_string(),
                    format!("{year}-{month:02}-{day:02}"),
                    format!("{year}年{month}月{day}日"),
                ]);
            }
        }
    }

    fn found_in(&self, text: &str) -> Option<&str> {
        let text = bare(text);
        self.0.iter().map(String::as_str).find(|canary| text.contains(canary))
    }

    /// `{:?}`, and `{:#?}`.
    fn look_at<T: Debug + ?Sized>(&self, what: &T) {
        self.look_into(&format!("{what:?}"));
        self.look_into(&format!("{what:#?}"));
    }

    /// What is printed of an error, and of what it names as its source.
    fn look_along<E: Error + 'static>(&self, error: &E) {
        self.look_into(&chain(error));
    }

    fn look_into(&self, text: &str) {
        if let Some(canary) = self.found_in(text) {
            panic!("{canary} is printed in {text}");
        }
    }
}

/// An error and its sources, one below the other: a logger prints them all.
fn chain(error: &(dyn Error + 'static)) -> String {
    let links = iter::successors(Some(error), |&error| error.source());
    links.map(|error| format!("{error:?}\n{error:#?}\n{error}\n")).collect()
}

/// `{:#?}` puts white space into lists.
fn bare(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// What is no secret: it stands in the lists, or is the desk's.
struct Known {
    lists: Vec<u8>,
    desk: [String; 2],
    now: u64,
}

impl Known {
    fn of(case: &Case) -> Self {
        let status_lists = case.0["status_lists"].as_array().unwrap();
        let lists = [&case.0["trust_list"]].into_iter().chain(status_lists).flat_map(case::bytes).collect();
        let site = &case.0["site"];
        let [scene, id] = ["scene", "relying_party"].map(|field| site[field].as_str().unwrap().to_owned());
        Self { lists, desk: [format!("{scene}:{id}"), id], now: case.now().as_secs() }
    }

    fn holds(&self, item: &Item) -> bool {
        let bytes: &[u8] = match item {
            Item::Text(text) if SCENES.iter().any(|scene| scene.as_str() == text) => return true,
            Item::Text(text) if self.desk.contains(text) => return true,
            // A time, written as a text to be refused.
            Item::Text(text) if text.parse() == Ok(self.now) => return true,
            Item::Text(text) => text.as_bytes(),
            Item::Bytes(bytes) => bytes,
            Item::Date(_) => return false,
        };
        self.lists.windows(bytes.len()).any(|window| window == bytes)
    }
}

/// A text that is not found by chance: shorter ones are words of clerk texts, or of Rust.
fn is_telling(text: &str) -> bool {
    text.len() >= 8 || !text.is_ascii() && text.chars().count() >= 2
}

enum Item {
    Text(String),
    Bytes(Vec<u8>),
    Date(u64),
}

/// Collects what a CBOR item holds, keys of maps left out; `None` if the bytes are not one item.
fn walk(bytes: &[u8], found: &mut Vec<Item>) -> Option<()> {
    let mut rest = bytes;
    walk_item(&mut rest, found, 0)?;
    rest.is_empty().then_some(())
}

fn walk_item(rest: &mut &[u8], found: &mut Vec<Item>, depth: usize) -> Option<()> {
    let head = *take(rest, 1)?.first()?;
    let (major, info) = (head >> 5, usize::from(head & 31));
    let argument = match info {
        0..=23 => u64::try_from(info).ok()?,
        24..=27 => {
            take(rest, 1 << (info - 24))?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
        }
        _ => return None,
    };
    let length = usize::try_from(argument).ok()?;
    match major {
        0 if (10_000_101..=99_991_231).contains(&argument) => found.push(Item::Date(argument)),
        2 => {
            let bytes = take(rest, length)?;
            let mut inside = Vec::new();
            if walk(bytes, &mut inside).is_some() {
                found.append(&mut inside);
            }
            if length >= 8 {
                found.push(Item::Bytes(bytes.into()));
            }
        }
        3 => {
            let text = std::str::from_utf8(take(rest, length)?).ok()?;
            if is_telling(text) {
                found.push(Item::Text(text.into()));
            }
        }
        4 | 6 if depth < 32 => {
            for _ in 0..if major == 4 { length } else { 1 } {
                walk_item(rest, found, depth + 1)?;
            }
        }
        5 if depth < 32 => {
            for _ in 0..length {
                walk_item(rest, &mut Vec::new(), depth + 1)?;
                walk_item(rest, found, depth + 1)?;
            }
        }
        4..=6 => return None,
        _ => {}
    }
    Some(())
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

#[test]
fn the_canaries_are_what_the_vectors_return() {
    let cases = cases();
    let canaries = Canaries::of(&cases);
    println!("{} canaries", canaries.0.len());
    let mut looked_at = 0;
    for case in &cases {
        let Some(groups) = case.0["claims"].as_object() else { continue };
        let known = Known::of(case);
        for value in groups.values().flat_map(|group| group.as_array().unwrap()) {
            let (text, has_canary) = match (value.as_str(), value.as_u64()) {
                (Some(text), _) => {
                    (text.to_owned(), is_telling(text) && !known.holds(&Item::Text(text.into())))
                }
                // Divisions, codes and ages have none: their digits are anywhere.
                (_, number) => (value.to_string(), number >= Some(10_000_101)),
            };
            if has_canary {
                assert!(canaries.found_in(&text).is_some(), "{}: no canary for {text}", case.id());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 0, "no claim in any vector");
}

/// Every public type that prints is looked at above or below, as `look_at::<Name>` or `look_along::<Name>`, or is listed here:
/// a new one is a decision. A mention elsewhere is none: an import looks at nothing.
#[test]
fn every_public_type_that_prints_is_accounted_for() {
    // A star each where they are taken out of their group; a birth date's `Display` is the date, and says so.
    const MASKED_WHERE_THEY_ARE_TAKEN_OUT: [&str; 7] =
        ["CivilDate", "Disclosed", "Ethnicity", "HouseholdKind", "Relation", "Sex", "Until"];
    // What a program asked for by a method of its own, and named there.
    const CONCLUSIONS: [&str; 3] = ["Advisory", "Match", "OfAge"];
    // Looked at as a part of what holds them.
    const PARTS: [&str; 33] = [
        "AgeRule",
        "AudienceRefusal",
        "ClaimsRefusal",
        "ClockRefusal",
        "CodeTimes",
        "CredentialRefusal",
        "DeviceRefusal",
        "DisclosureRefusal",
        "Document",
        "FreshnessRefusal",
        "Ground",
        "Group",
        "HeaderRefusal",
        "IssuerEvidence",
        "IssuerName",
        "IssuerRefusal",
        "KeyProtection",
        "Layer",
        "Link",
        "ListAge",
        "NonceRefusal",
        "PayloadRefusal",
        "Repair",
        "Repairs",
        "Row",
        "RowOutcome",
        "Scene",
        "ScopeRefusal",
        "StatusListEvidence",
        "StatusRefusal",
        "TrustListEvidence",
        "TrustRefusal",
        "UserFactor",
    ];
    // Numbers, names of ours, places in a text.
    const NOTHING_OF_A_PERSON: [&str; 11] = [
        "Advice",
        "Code",
        "Finding",
        "Retention",
        "Ruling",
        "SlowClock",
        "Standing",
        "StatusRule",
        "Step",
        "Trouble",
        "UnixTime",
    ];
    let looked_at: BTreeSet<&str> = [concat!("look_at", "::<"), concat!("look_along", "::<")]
        .iter()
        .flat_map(|look| include_str!("privacy.rs").split(look).skip(1))
        .filter_map(|after| Some(after.split_once(">(")?.0))
        // A call, and no comment that speaks of one.
        .filter(|types| {
            types.chars().all(|letter| letter.is_ascii_alphanumeric() || "_:<>, ".contains(letter))
        })
        .flat_map(|types| types.split(|letter: char| !letter.is_ascii_alphanumeric()))
        .collect();
    let prints = ["impl core::fmt::Debug for ", "impl core::fmt::Display for "];
    let types = include_str!("public-api.txt")
        .lines()
        .filter_map(|line| prints.iter().find_map(|prints| line.split_once(prints)))
        .map(|(_, path)| path.split('<').next().unwrap())
        .filter(|path| !path.starts_with("eid_verifier::sandbox::"));
    let types: BTreeSet<&str> = types.map(|path| path.rsplit("::").next().unwrap()).collect();
    println!("{} public types that print", types.len());
    let listed = [&MASKED_WHERE_THEY_ARE_TAKEN_OUT[..], &CONCLUSIONS, &PARTS, &NOTHING_OF_A_PERSON].concat();
    let unseen: Vec<_> =
        types.iter().filter(|name| !looked_at.contains(*name) && !listed.contains(*name)).collect();
    assert!(unseen.is_empty(), "nobody looks at {unseen:?}");
    let gone: Vec<_> = listed.iter().filter(|name| !types.contains(*name)).collect();
    assert!(gone.is_empty(), "there is no {gone:?}");
}

// ---------------------------------------------------------------------------------------------------------------------
// What is printed of a code that is accepted.

#[test]
fn nothing_personal_is_printed_of_an_accepted_code() {
    for case in cases().iter().filter(|case| case.expect() == "ok") {
        let mut canaries = Canaries::of(std::slice::from_ref(case));
        let verifier = case.verifier().unwrap();
        let code = check(&verifier, case, case.qr(), case.now()).unwrap();
        canaries.add(Item::Bytes(code.nonce().key().to_vec()));
        let spend = case.ledger().spend(code.nonce(), case.now());

        canaries.look_at::<Verifier>(&verifier);
        canaries.look_at::<Policy>(verifier.policy());
        canaries.look_at::<Site>(verifier.site());
        canaries.look_at::<Anchor>(&anchor(case));
        canaries.look_at::<TrustList>(verifier.trust_list());
        canaries.look_at::<Floor>(&verifier.trust_list().floor());
        canaries.look_at::<Nonce>(code.nonce());
        canaries.look_at::<Unspent>(&code);
        canaries.look_at::<Spend>(&spend);
        #[cfg(feature = "std")]
        {
            let ledger = eid_verifier::MemoryLedger::new(10, UnixTime::from_secs(0), [7; 16]);
            assert_eq!(ledger.spend(code.nonce(), case.now()), spend);
            canaries.look_at::<eid_verifier::MemoryLedger>(&ledger);
        }
        canaries.look_at::<Option<Challenge>>(&case.challenge());

        canaries.look_around(case, &verifier, None);
        let verdict = code.admit(spend, case.now());
        canaries.look_at_receipt(&receipt(&verifier, case, &verdict));
        let guest = verdict.unwrap();
        canaries.look_at::<VerifiedClaims>(&guest);
        canaries.look_at(guest.advisories());
        for advisory in guest.advisories() {
            assert!(!format!("{guest:?}").contains(&format!("{advisory:?}")), "{advisory:?} is a claim");
        }
        for shown in [typed(&canaries, &guest).err(), missing(&guest)].into_iter().flatten() {
            canaries.look_at::<Refusal>(&shown);
            canaries.look_along::<Refusal>(&shown);
        }
        #[cfg(feature = "serde")]
        {
            canaries.look_into(&serde_json::to_string(&guest).unwrap());
            canaries.look_at(&guest.disclosed());
        }
        let outcome = guest.into_outcome(18);
        canaries.look_at::<Outcome>(&outcome);
        let expected = format!(
            "Outcome {{ document: {:?}, verified_at: {:?}, age: 18, .. }}",
            outcome.document(),
            outcome.verified_at()
        );
        assert_eq!(format!("{outcome:?}"), expected);
        #[cfg(feature = "serde")]
        canaries.look_into(&serde_json::to_string(&outcome).unwrap());
    }
}

impl Canaries {
    /// What is said beside a verdict: the report, the scanner's repairs, the watch on the clock.
    fn look_around(&self, case: &Case, verifier: &Verifier, refusal: Option<Refusal>) {
        let report = match case.challenge() {
            Some(challenge) => verifier.explain_challenged(case.qr(), &challenge, case.now()),
            None => verifier.explain(case.qr(), case.now()),
        };
        self.look_at::<Report>(&report);
        self.look_into(&report.to_string());
        #[cfg(feature = "serde")]
        self.look_into(&serde_json::to_string(&report).unwrap());
        self.look_at(&scanner::clean(case.qr()).1);
        if let Some(refusal) = refusal {
            let mut watch = ClockWatch::new();
            self.look_at(&watch.note(case.qr(), &Err(refusal)));
            self.look_at::<ClockWatch>(&watch);
        }
    }

    /// The record itself too: its bytes, and what of them is text. The key id is no secret, though no list may have it.
    fn look_at_receipt(&self, receipt: &Receipt) {
        self.look_at::<Receipt>(receipt);
        let kid = receipt.issuer().map(|issuer| hex::encode(issuer.kid));
        let found_in = |text: &str| {
            let text = bare(text);
            self.0
                .iter()
                .find(|&canary| Some(canary) != kid.as_ref() && text.contains(canary.as_str()))
                .cloned()
        };
        let bytes = receipt.to_bytes();
        let mut shown = vec![hex::encode(&bytes), String::from_utf8_lossy(&bytes).into_owned()];
        let mut chain =
            ReceiptChain::resume(ChainHead::from_bytes(b"forty bytes which no token of a case has").unwrap());
        shown.push(hex::encode(chain.append(receipt)));
        self.look_at::<ReceiptChain>(&chain);
        self.look_at::<ChainHead>(&chain.head());
        #[cfg(feature = "serde")]
        shown.push(serde_json::to_string(receipt).unwrap());
        for text in shown {
            assert_eq!(found_in(&text), None, "in the receipt {text}");
        }
    }
}

fn receipt(verifier: &Verifier, case: &Case, verdict: &Result<VerifiedClaims, Refusal>) -> Receipt {
    let purpose = match verifier.site().scene() {
        Scene::Patrol => Purpose::patrol(OFFICER, Ground::Suspicion),
        _ => Purpose::new("登记", "依法"),
    };
    let (purpose, now) = (purpose.unwrap(), case.now());
    let receipt = match case.challenge() {
        Some(challenge) => verifier.receipt_challenged(case.qr(), &challenge, verdict, &purpose, now),
        None => verifier.receipt(case.qr(), verdict, &purpose, now),
    };
    let canaries = Canaries(BTreeSet::from([bare(OFFICER)]));
    canaries.look_at::<Purpose>(&purpose);
    canaries.look_at::<Result<Receipt, ReceiptError>>(&receipt);
    receipt.unwrap()
}

fn anchor(case: &Case) -> Anchor {
    let [kid, x] = ["kid", "x"].map(|field| case::bytes(&case.0["anchor"][field]));
    Anchor::new(kid.try_into().unwrap(), x.try_into().unwrap())
}

const OFFICER: &str = "officer 012345";

/// Looks at every group that is there.
fn typed(canaries: &Canaries, guest: &VerifiedClaims) -> Result<(), Refusal> {
    for group in guest.groups().iter() {
        match group {
            Group::Identity => {
                let identity = guest.identity()?;
                canaries.look_at::<Identity>(identity);
                canaries.look_at::<Name>(identity.name());
                canaries.look_into(&identity.name().to_string());
                canaries.look_at::<IdNumber>(identity.number());
                canaries.look_into(&identity.number().to_string());
            }
            Group::Demographics => {
                let person = guest.demographics()?;
                canaries.look_at::<Demographics>(person);
                let (sex, ethnicity, birth_date) = (person.sex(), person.ethnicity(), person.birth_date());
                assert_eq!(
                    format!("{person:?} {sex:?} {ethnicity:?} {birth_date:?}"),
                    "Demographics(*) * * *"
                );
            }
            Group::Address => typed_address(canaries, guest.address()?),
            Group::Validity => {
                let validity = guest.validity()?;
                canaries.look_at::<Validity>(validity);
                let (from, until) = (validity.from(), validity.until());
                assert_eq!(format!("{validity:?} {from:?} {until:?}"), "Validity(*) * *");
            }
            Group::Ages => {
                let ages = guest.ages()?;
                canaries.look_at::<Ages>(ages);
                assert_eq!(format!("{ages:?}"), "Ages(*)");
            }
            Group::Household => {
                let household = guest.household()?;
                canaries.look_at::<Household>(household);
                let (kind, relation) = (household.kind(), household.relation());
                assert_eq!(format!("{household:?} {kind:?} {relation:?}"), "Household(*) * *");
            }
            Group::Residence => typed_address(canaries, guest.residence()?),
            Group::Permit => {
                let permit = guest.permit()?;
                canaries.look_at::<Permit>(permit);
                assert_eq!(format!("{permit:?}"), "Permit(*)");
            }
            Group::Portrait => {
                let portrait = guest.portrait()?;
                canaries.look_at::<Portrait>(portrait);
                assert_eq!(format!("{portrait:?}"), "Portrait(*)");
            }
            group => panic!("{group:?} is not looked at"),
        }
    }
    Ok(())
}

fn typed_address(canaries: &Canaries, address: &Address) {
    canaries.look_at::<Address>(address);
    canaries.look_into(&address.to_string());
}

/// The refusal of asking for a group that is not there.
fn missing(guest: &VerifiedClaims) -> Option<Refusal> {
    guest.portrait().err()
}

#[test]
fn the_masks_are_those_of_the_documentation() {
    let case = Case::named("ok-hotel-full");
    let guest = case.answer().unwrap();
    let (identity, address) = (guest.identity().unwrap(), guest.address().unwrap());
    for (masked, shown) in [
        ("李*明", both(identity.name())),
        ("510107********7419", both(identity.number())),
        ("四川省成都市****", both(address)),
    ] {
        assert_eq!(shown, [masked, masked]);
    }
    // And the whole is still there for whom it is for.
    assert_eq!(identity.name().reveal(), case.0["claims"]["11"][0]);
    assert_eq!(identity.number().reveal(), case.0["claims"]["11"][1]);
    assert_eq!(address.reveal(), case.0["claims"]["13"][0]);
}

/// Not nothing, and not more than this.
#[test]
fn what_is_printed_of_what_is_masked() {
    let case = Case::named("ok-hotel-full");
    let verifier = case.verifier().unwrap();
    let unspent = verifier.check(case.qr(), case.now()).unwrap();
    let (issued_at, expires_at) = (unspent.nonce().issued_at(), unspent.nonce().expires_at());
    let nonce = format!("Nonce {{ issued_at: {issued_at:?}, expires_at: {expires_at:?}, .. }}");
    assert_eq!(format!("{:?}", unspent.nonce()), nonce);
    assert_eq!(format!("{unspent:?}"), format!("Unspent {{ nonce: {nonce}, .. }}"));
    let guest = unspent.admit(Spend::Fresh, case.now()).unwrap();
    assert_eq!(
        format!("{guest:?}"),
        "VerifiedClaims { document: IdentityCard, groups: {Identity, Demographics, Address}, over_disclosed: {}, .. }"
    );
    let list = verifier.trust_list();
    let head = format!("TrustList {{ name: {:?}, sequence: {}, issued_at: ", list.name(), list.sequence());
    let printed = format!("{list:?}");
    assert!(printed.starts_with(&head) && printed.ends_with(", .. }"), "{printed}");
    assert!(format!("{verifier:?}").starts_with(&format!("Verifier {{ trust: {head}")));
    assert_eq!(format!("{:?}", Challenge::new(&[7; 16]).unwrap()), "Challenge(*)");
    #[cfg(feature = "std")]
    assert_eq!(
        format!("{:?}", eid_verifier::MemoryLedger::new(1, issued_at, [7; 16])),
        format!("MemoryLedger {{ began: {issued_at:?}, .. }}")
    );
}

fn both(what: &(impl Debug + Display)) -> [String; 2] {
    [format!("{what}"), format!("{what:?}")]
}

// ---------------------------------------------------------------------------------------------------------------------
// What is printed of a code that is refused.

#[test]
fn nothing_personal_is_printed_of_a_refusal() {
    let cases = cases();
    let canaries = Canaries::of(&cases);
    let mut refusals = Refusals::default();
    for case in &cases {
        refusals.of(case);
    }
    println!("{} different refusals, of {} codes", refusals.texts.len(), refusals.codes.len());
    refusals.texts.iter().for_each(|text| canaries.look_into(text));
    for case in cases.iter().filter(|case| case.expect() != "ok") {
        let (Ok(verifier), Err(refusal)) = (case.verifier(), case.answer()) else { continue };
        canaries.look_around(case, &verifier, Some(refusal));
        // Only its own: the issuer of one case is unknown in another.
        Canaries::of(std::slice::from_ref(case)).look_at_receipt(&receipt(&verifier, case, &Err(refusal)));
        #[cfg(feature = "serde")]
        canaries.look_into(&serde_json::to_string(&refusal).unwrap());
    }
    for case in cases.iter().filter(|case| case.expect() != "ok") {
        assert!(refusals.codes.contains(case.expect()), "{}: its refusal was not looked at", case.id());
    }
}

/// Everything that is printed of the refusals met so far.
#[derive(Default)]
struct Refusals {
    texts: BTreeSet<String>,
    codes: BTreeSet<&'static str>,
}

impl Refusals {
    fn note<T>(&mut self, answer: Result<T, Refusal>) -> Option<T> {
        match answer {
            Ok(right) => Some(right),
            Err(refusal) => {
                self.codes.insert(refusal.code().as_str());
                let clerk = [refusal.clerk_zh(), refusal.clerk_en()];
                self.texts.insert(format!("{}{clerk:?}", chain(&refusal)));
                None
            }
        }
    }

    /// The refusals of a vector, and of what may go wrong around it.
    fn of(&mut self, case: &Case) {
        self.note(case.answer());
        self.of_lists(case);
        let Some(verifier) = self.note(case.verifier()) else { return };
        for verifier in desks(&verifier) {
            self.note(check(&verifier, case, case.qr(), case.now()));
        }
        let now = case.now().as_secs();
        for now in [0, now - 40 * 86_400, now - 3600, now + 61, now + 400, now + 30 * 86_400, u64::MAX] {
            self.note(check(&verifier, case, case.qr(), UnixTime::from_secs(now)));
        }
        self.note(verifier.check(case.qr(), case.now()));
        let other = Challenge::new(&[0x5a; 16]).unwrap();
        self.note(verifier.check_challenged(case.qr(), &other, case.now()));
        for spend in [Spend::Failed, Spend::BeforeLedger, Spend::ClockBehind, Spend::Spent, Spend::Full] {
            if let Some(code) = self.note(check(&verifier, case, case.qr(), case.now())) {
                self.note(code.admit(spend, case.now()));
            }
        }
        self.of_changed_tokens(case, &verifier);
    }

    /// Flips some bits of each list.
    fn of_lists(&mut self, case: &Case) {
        let anchors = [anchor(case)];
        for list in flipped(&case::bytes(&case.0["trust_list"]), 997) {
            self.note(TrustList::open(&list, &anchors, Floor::FirstInstallation, case.now()));
        }
        if let Ok(verifier) = case.verifier() {
            let lists = case.0["status_lists"].as_array().unwrap();
            for list in lists.iter().flat_map(|list: &Value| flipped(&case::bytes(list), 97)) {
                self.note(verifier.with_status_list(&list, case.now()));
            }
        }
    }

    /// Flips some bits of the token, and some characters of the text.
    fn of_changed_tokens(&mut self, case: &Case, verifier: &Verifier) {
        if let Some((transport, token)) = Transport::decode(case.qr()) {
            for token in flipped(&token, 61) {
                self.note(check(verifier, case, &transport.encode(&token), case.now()));
            }
        }
        for place in (0..case.qr().chars().count()).step_by(97) {
            let qr: String = case
                .qr()
                .chars()
                .enumerate()
                .map(|(index, character)| if index == place { '~' } else { character })
                .collect();
            self.note(check(verifier, case, &qr, case.now()));
        }
    }
}

/// Copies of `bytes`, each with one bit flipped: every `step`th.
fn flipped(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
    let flip = |bit: usize| {
        let mut copy = bytes.to_vec();
        copy[bit / 8] ^= 1 << (bit % 8);
        copy
    };
    (0..bytes.len() * 8).step_by(step).map(flip).collect()
}

/// Desks that ask for more, or for other things, than the vector's own.
fn desks(verifier: &Verifier) -> Vec<Verifier> {
    let own = *verifier.policy();
    let changed = |change: fn(&mut Policy)| {
        let mut policy = own;
        change(&mut policy);
        verifier.with_policy(policy)
    };
    let site = |scene: Scene, region: u32| {
        let site = Site::new(scene, region, "another-desk").unwrap();
        verifier.at(site).with_policy(own)
    };
    let mut desks = vec![
        changed(|policy| policy.documents = Set::new()),
        changed(|policy| policy.documents = Document::ALL.iter().copied().collect()),
        changed(|policy| policy.require = Group::ALL.iter().copied().collect()),
        changed(|policy| policy.age = AgeRule::AtLeast(200)),
        changed(|policy| policy.user_verification = UserFactor::ALL.iter().copied().collect()),
        changed(|policy| policy.key_protection = KeyProtection::SecureElement),
        changed(|policy| policy.max_age = 0),
        changed(|policy| policy.max_status_age = 0),
        site(Scene::Hotel, 110_101),
    ];
    desks.extend(SCENES.map(|scene| site(scene, verifier.site().region())));
    desks
}

/// The other errors, each of a code that was given where something else belongs, as a scanner types it into whatever is open.
#[test]
fn nothing_personal_is_in_any_other_error() {
    for case in cases().iter().filter(|case| case.expect() == "ok") {
        let canaries = Canaries::of(std::slice::from_ref(case));
        let (qr, now) = (case.qr(), case.now());
        let (_, token) = Transport::decode(qr).unwrap();
        canaries.look_along::<ChallengeError>(&Challenge::new(&token).unwrap_err());
        canaries.look_along::<SiteError>(&Site::new(Scene::Hotel, 510_107, qr).unwrap_err());
        for (purpose, basis) in [(qr, "依法"), ("登记", qr), ("登记\n", "\n"), ("登\n记", qr)] {
            canaries.look_along::<PurposeError>(&Purpose::new(purpose, basis).unwrap_err());
        }
        canaries.look_along::<PurposeError>(&Purpose::patrol(qr, Ground::Emergency).unwrap_err());
        for read in [Receipt::from_bytes(&token).err(), Link::from_bytes(&token).err()] {
            canaries.look_along::<ReceiptError>(&read.unwrap());
        }

        let verifier = case.verifier().unwrap();
        let verdict = case.answer();
        let purpose = Purpose::new("登记", "依法").unwrap();
        let another = verifier.receipt(&format!("{qr}00"), &verdict, &purpose, now).unwrap_err();
        canaries.look_along::<ReceiptError>(&another);
        let refusal = Err(NonceRefusal::LedgerFailed.into());
        let another = verifier.receipt("LZ1:", &refusal, &purpose, now).unwrap_err();
        canaries.look_along::<ReceiptError>(&another);

        let link = ReceiptChain::resume(ChainHead::START).append(&receipt(&verifier, case, &verdict));
        for links in [vec![token], vec![link.clone(), link]] {
            let broken = ReceiptChain::verify(ChainHead::START, &links, ChainHead::START).unwrap_err();
            canaries.look_along::<BrokenLink>(&broken);
            canaries.look_along::<LinkFault>(&broken.fault);
        }
    }
}

/// A program that unwraps a verdict from its wrong side panics with what it holds.
#[test]
fn nothing_personal_is_in_a_panic() {
    let cases = cases();
    let canaries = Canaries::of(&cases);
    let (mut accepted, mut refused) = (0, 0);
    for case in &cases {
        let verdict = case.answer();
        let count = if verdict.is_ok() { &mut accepted } else { &mut refused };
        *count += 1;
        let unwrap = || match verdict {
            Ok(_) => Some(verdict.unwrap_err()),
            Err(_) => verdict.map(|_| None).unwrap(),
        };
        let panicked = panic::catch_unwind(AssertUnwindSafe(unwrap)).unwrap_err();
        canaries.look_into(panicked.downcast_ref::<String>().unwrap());
    }
    assert!(accepted > 10 && refused > 10, "{accepted} accepted, {refused} refused");
}

fn check(verifier: &Verifier, case: &Case, qr: &str, now: UnixTime) -> Result<Unspent, Refusal> {
    match case.challenge() {
        Some(challenge) => verifier.check_challenged(qr, &challenge, now),
        None => verifier.check(qr, now),
    }
}
