//! Receipts: what they hold of every verdict, what they never hold, the chain they hang in, and what a later trust list says
//! of them.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use eid_verifier::policy::{AgeRule, Group, KeyProtection, Member as _, Set, StatusRule, UserFactor};
use eid_verifier::receipt::{
    BrokenLink, ChainHead, Ground, IssuerName, Link, LinkFault, Purpose, PurposeError, Receipt, ReceiptChain,
    ReceiptError, Retention, Ruling, Standing,
};
use eid_verifier::refusal::{
    Code, FreshnessRefusal, IssuerRefusal, NonceRefusal, PayloadRefusal, Step, TrustRefusal,
};
use eid_verifier::sandbox::{Cbor, Fault, Form, Key, Person, Scenario, Shown, World};
use eid_verifier::{
    Anchor, Floor, NonceLedger, Policy, Refusal, Scene, Site, Spend, TrustList, UnixTime, VerifiedClaims,
    Verifier,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

fn check_in() -> Purpose {
    Purpose::new("旅客住宿登记", "《旅馆业治安管理办法》第六条").unwrap()
}

fn purpose_at(desk: &Verifier) -> Purpose {
    match desk.site().scene() {
        Scene::Patrol => Purpose::patrol("012345", Ground::PublicPlace).unwrap(),
        _ => check_in(),
    }
}

/// The verdict of a scenario's last scan, and its receipt.
fn receipt(scenario: &Scenario, desk: &Verifier) -> (Result<VerifiedClaims, Refusal>, Receipt) {
    let verdict = scenario.play();
    let (purpose, now) = (purpose_at(desk), scenario.now());
    let receipt = match scenario.challenge() {
        Some(challenge) => desk.receipt_challenged(&scenario.qr, &challenge, &verdict, &purpose, now),
        None => desk.receipt(&scenario.qr, &verdict, &purpose, now),
    };
    (verdict, receipt.unwrap())
}

fn named(id: &str) -> (Scenario, Verifier, Receipt) {
    let scenario = Scenario::named(id).expect(id);
    let desk = scenario.verifier().unwrap();
    let (_, receipt) = receipt(&scenario, &desk);
    (scenario, desk, receipt)
}

/// A code without what a scanner put around it.
fn shown(scanned: &str) -> &str {
    let begin = scanned.find("LZ1").unwrap();
    scanned[begin..].trim_end_matches(|c: char| c <= ' ' || matches!(c, '\u{7f}' | '\u{feff}'))
}

fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[test]
fn every_verdict_has_a_receipt_that_reads_back() {
    let (mut accepted, mut refused) = (0, 0);
    for scenario in Scenario::all() {
        // Where a list does not open, there is no desk and no verdict.
        let Ok(desk) = scenario.verifier() else { continue };
        let (verdict, receipt) = receipt(&scenario, &desk);
        let id = &scenario.id;
        assert_eq!(Receipt::from_bytes(&receipt.to_bytes()).as_ref(), Ok(&receipt), "{id}");

        assert_eq!((receipt.at(), receipt.scene()), (scenario.now(), desk.site().scene()), "{id}");
        assert_eq!(receipt.region(), desk.site().region(), "{id}");
        assert_eq!(receipt.relying_party(), desk.site().relying_party(), "{id}");
        let digest = receipt.issuer().map(|_| sha256(shown(&scenario.qr)));
        assert_eq!(receipt.text_sha256(), digest.as_ref(), "{id}");
        assert_eq!(receipt.trust_list().sha256, sha256(&scenario.trust_list), "{id}");
        assert_eq!(receipt.policy_digest(), &desk.policy().digest(), "{id}");
        match verdict {
            Ok(claims) => {
                accepted += 1;
                assert_eq!(receipt.ruling(), Ruling::Accepted, "{id}");
                assert_eq!(receipt.ruling().to_string(), "ok");
                let shown: Set<Group> = claims.groups().iter().chain(claims.over_disclosed()).collect();
                assert_eq!((receipt.shown(), receipt.dropped()), (shown, claims.over_disclosed()), "{id}");
                let issuer = receipt.issuer().unwrap();
                assert_eq!(issuer.iss, IssuerName::Listed(claims.issuer().into()), "{id}");
                assert!(issuer.proven_by.is_some(), "{id}");
                assert_eq!(receipt.standing(desk.trust_list()), Standing::Stands, "{id}");
            }
            Err(refusal) => {
                refused += 1;
                assert_eq!(receipt.ruling(), Ruling::Refused(refusal.code()), "{id}");
                assert_eq!(receipt.ruling().to_string(), refusal.code().as_str());
                let step = refusal.step().expect("a scan's refusal has a step");
                assert_eq!(receipt.issuer().is_some(), step > Step::Payload, "{id}");
                let proven = receipt.issuer().is_some_and(|issuer| issuer.proven_by.is_some());
                assert_eq!(proven, step > Step::Issuer, "{id}");
                assert_eq!(receipt.dropped(), Set::new(), "{id}");
                let credential = &scenario.world.showing.credential;
                if refusal.code() == Code::StatusRevoked {
                    // All that is there, in the clear and disclosed.
                    let shown: Set<Group> = Group::ALL
                        .iter()
                        .copied()
                        .filter(|group| {
                            credential.groups.iter().any(|own| {
                                own.number == u64::from(group.number())
                                    && matches!(own.shown, Shown::Clear | Shown::Disclosed)
                            })
                        })
                        .collect();
                    assert_eq!(receipt.shown(), shown, "{id}");
                    assert_eq!(
                        receipt.issuer().unwrap().iss,
                        IssuerName::Listed(credential.iss.clone()),
                        "{id}"
                    );
                }
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > 50 && refused > 200);
}

#[test]
fn what_a_verdict_rests_on() {
    for (id, value) in [
        ("ok-hotel", Some(0)),
        ("status-revoked", Some(1)),
        ("status-suspended", Some(2)),
        ("status-outdated", Some(3)),
        ("status-unknown", None),
        ("status-stale-age", None),
        ("nonce-spent", Some(0)),
    ] {
        let Some(scenario) = Scenario::named(id) else { panic!("no scenario {id}") };
        let desk = scenario.verifier().unwrap();
        let (_, receipt) = receipt(&scenario, &desk);
        let printed = format!("{receipt:?}");
        assert!(
            printed.starts_with("Receipt { at: ") && printed.ends_with(", trust_list: 41, .. }"),
            "{printed}"
        );
        let list = receipt.status_list().expect(id);
        assert_eq!(list.issued_at.as_secs(), scenario.world.publisher.iat, "{id}");
        assert_eq!(list.sha256, sha256(&scenario.status_lists[0]), "{id}");
        match (id, value) {
            ("status-unknown", _) => assert!(list.value > Some(3), "{id}"),
            _ => assert_eq!(list.value, value, "{id}"),
        }
    }
    // Before step 12, and where the policy looks nothing up, there is none.
    for id in ["freshness-expired", "ok-status-ignored"] {
        assert_eq!(named(id).2.status_list(), None, "{id}");
    }
}

#[test]
fn an_issuer_that_no_list_has_is_named_by_its_digest() {
    let (scenario, _, receipt) = named("issuer-unknown");
    let issuer = receipt.issuer().unwrap();
    assert_eq!(issuer.iss, IssuerName::Unlisted(sha256(&scenario.world.showing.credential.iss)));
    assert_eq!((issuer.kid, issuer.proven_by), (scenario.world.showing.credential.kid, None));
    assert_eq!(receipt.standing(scenario.verifier().unwrap().trust_list()), Standing::NotProven);
}

#[test]
fn a_challenged_code_has_its_receipt_too() {
    let scenario = Scenario::named("ok-hotel").unwrap().broken_by(Fault::Revoked);
    let mut world = scenario.world;
    world.challenged();
    let scenario = world.scenario("challenged", "", "status.revoked");
    let desk = scenario.verifier().unwrap();
    let (_, with) = receipt(&scenario, &desk);
    assert_eq!(with.status_list().and_then(|list| list.value), Some(1));
    // Without the challenge it is refused for another reason.
    let made = desk.receipt(&scenario.qr, &scenario.play(), &check_in(), scenario.now());
    assert_eq!(made.unwrap_err(), ReceiptError::AnotherVerdict);
}

#[test]
fn the_grounds_of_an_accept_are_those_of_its_moment() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let desk = scenario.verifier().unwrap();
    let verdict = scenario.play();
    let mut world = scenario.world.clone();
    world.operator.sequence += 1;
    let mut policy = Policy::hotel();
    policy.max_age = 299;
    let site = Site::internet_cafe(510_100, "another-desk").unwrap();
    let another = world.scenario("", "", "ok").verifier().unwrap().at(site).with_policy(policy);
    let then = UnixTime::from_secs(5);
    let receipt = another.receipt(&scenario.qr, &verdict, &check_in(), then).unwrap();
    assert_eq!(receipt, desk.receipt(&scenario.qr, &verdict, &check_in(), scenario.now()).unwrap());
    assert_eq!((receipt.at(), receipt.scene(), receipt.region()), (scenario.now(), Scene::Hotel, 510_107));
    assert_eq!(receipt.relying_party(), desk.site().relying_party());
    assert_eq!(receipt.policy_digest(), &desk.policy().digest());
    assert_eq!(receipt.trust_list().sequence, 41);
    assert_eq!(receipt.trust_list().sha256, sha256(&scenario.trust_list));

    // When it was admitted, which may be later than it was checked.
    let code = desk.check(&scenario.qr, scenario.now()).unwrap();
    let later = UnixTime::from_secs(scenario.now().as_secs() + 7);
    let verdict = code.admit(Spend::Fresh, later);
    let receipt = desk.receipt(&scenario.qr, &verdict, &check_in(), scenario.now()).unwrap();
    assert_eq!(receipt.at(), later);
}

#[test]
fn claims_and_text_belong_together() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let desk = scenario.verifier().unwrap();
    let another = |change: &dyn Fn(&mut World)| {
        let mut world = scenario.world.clone();
        change(&mut world);
        world.showing.text()
    };
    for text in [
        "".into(),
        "LZ1:".into(),
        another(&|world| world.showing.binding.cti = [9; 16].into()),
        // The same phone and the same cti do not make it the same code.
        another(&|world| world.showing.credential.disclose(&[11, 12])),
        another(&|world| world.showing.credential.describe(&Person::MINOR)),
        another(&|world| {
            world.showing.bytes = |token| token.iter_mut().rev().take(1).for_each(|byte| *byte ^= 1);
        }),
    ] {
        let made = desk.receipt(&text, &scenario.play(), &check_in(), scenario.now());
        assert_eq!(made.unwrap_err(), ReceiptError::AnotherCode, "{text:.8}");
    }
    // What was damaged elsewhere has the signature still, and is no code to anybody.
    let damaged = another(&|world| world.showing.bytes = |token| token[100] ^= 1);
    let receipt = desk.receipt(&damaged, &scenario.play(), &check_in(), scenario.now()).unwrap();
    assert_eq!(receipt.text_sha256(), Some(&sha256(damaged.as_bytes())));
    assert!(desk.check(&damaged, scenario.now()).is_err());
    // The same token in the other transport is the same code.
    let link = another(&|world| world.showing.form = Form::Base64Url);
    assert!(desk.receipt(&link, &scenario.play(), &check_in(), scenario.now()).is_ok());
}

/// Who has the code can show that a receipt is of it, whatever the scanner put around it.
#[test]
fn what_a_scanner_adds_is_no_part_of_a_code() {
    for id in ["ok-hotel", "status-revoked"] {
        let (scenario, desk, receipt) = named(id);
        assert_eq!(receipt.text_sha256(), Some(&sha256(&scenario.qr)), "{id}");
        for scanned in ["\u{feff} ]Q1", "\t"].map(|around| format!("{around}{}\r\n", scenario.qr)) {
            let made = desk.receipt(&scanned, &scenario.play(), &check_in(), scenario.now());
            assert_eq!(made.as_ref(), Ok(&receipt), "{id}");
        }
    }
}

#[test]
fn refusal_and_text_belong_together() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let (desk, now) = (scenario.verifier().unwrap(), scenario.now());
    let later = UnixTime::from_secs(now.as_secs() + 500);
    let spent: Refusal = NonceRefusal::Spent.into();
    let expired: Refusal = FreshnessRefusal::Expired { expires_at: 1, now: 2 }.into();
    let signature: Refusal = IssuerRefusal::Signature.into();
    let malformed: Refusal = TrustRefusal::Malformed.into();
    for (text, refusal, at, fits) in [
        (scenario.qr.as_str(), spent, now, true),
        (&scenario.qr, expired, now, true),
        (&scenario.qr, expired, later, true),
        (&scenario.qr, spent, later, false),
        (&scenario.qr, signature, now, false),
        (&scenario.qr, malformed, now, false),
        (&scenario.qr, FreshnessRefusal::TooOld { age: 1, max_age: 0 }.into(), now, false),
        ("a loaf", spent, now, false),
        ("a loaf", PayloadRefusal::Scheme.into(), now, true),
    ] {
        let made = desk.receipt(text, &Err(refusal), &check_in(), at);
        assert_eq!(made.err(), (!fits).then_some(ReceiptError::AnotherVerdict), "{text:.8} {refusal}");
    }
    // Of what is no code there is no digest: a number that somebody typed could be guessed from it.
    let typed =
        desk.receipt("519999199003077418", &Err(PayloadRefusal::Scheme.into()), &check_in(), now).unwrap();
    assert_eq!((typed.text_sha256(), typed.issuer(), typed.shown()), (None, None, Set::new()));
}

#[test]
fn a_patrol_names_officer_and_ground_and_nobody_else_does() {
    let on_patrol = Purpose::patrol("012345", Ground::Suspicion).unwrap();
    for (id, purpose, error) in [
        ("ok-patrol", check_in(), ReceiptError::PurposeOfPatrolMissing),
        ("ok-hotel", on_patrol.clone(), ReceiptError::PurposeOfPatrolElsewhere),
    ] {
        let scenario = Scenario::named(id).unwrap();
        let desk = scenario.verifier().unwrap();
        let made = desk.receipt(&scenario.qr, &scenario.play(), &purpose, scenario.now());
        assert_eq!(made.unwrap_err(), error, "{id}");
    }
    let (.., receipt) = named("ok-patrol");
    assert_eq!(receipt.purpose().officer_id(), Some("012345"));
    assert_eq!(receipt.purpose().ground(), Some(Ground::PublicPlace));
    assert!(!format!("{receipt:?} {:?}", receipt.purpose()).contains("012345"));
    let printed = format!(
        "Purpose {{ purpose: {:?}, legal_basis: {:?}, ground: Some(PublicPlace), .. }}",
        receipt.purpose().purpose(),
        receipt.purpose().legal_basis()
    );
    assert_eq!(format!("{:?}", receipt.purpose()), printed);

    for (purpose, basis, error) in [
        ("", "law", PurposeError::Empty),
        ("purpose", " \n", PurposeError::Empty),
        ("a\u{7}b", "law", PurposeError::Control),
        ("a\u{202e}b", "law", PurposeError::Control),
        ("a", "l\u{2028}w", PurposeError::Control),
        ("\u{200b}", "law", PurposeError::Empty),
        ("——", "law", PurposeError::Empty),
        ("purpose", &"法".repeat(201), PurposeError::TooLong { characters: 201 }),
    ] {
        assert_eq!(Purpose::new(purpose, basis).unwrap_err(), error);
    }
    assert!(Purpose::new("a", &"法".repeat(200)).is_ok());
    assert_eq!(Purpose::patrol("  ", Ground::Emergency).unwrap_err(), PurposeError::Empty);
    for (number, item) in (1..).zip(["（一）", "（二）", "（三）", "（四）", "（五）"]) {
        let ground = Ground::from_number(number).unwrap();
        assert_eq!(ground.number(), number);
        assert!(Purpose::patrol("1", ground).unwrap().legal_basis().contains(item));
        assert!(ground.text_zh().contains("查明"), "{ground:?}");
    }
    assert_eq!((Ground::from_number(0), Ground::from_number(6)), (None, None));
}

#[test]
fn the_law_on_keeping() {
    let (.., cafe) = named("ok-internet-cafe");
    assert_eq!(cafe.retention().at_least_days(), Some(60));
    assert!(cafe.retention().law_zh().contains("不得少于60日"));
    for scene in Scene::ALL.into_iter().filter(|&scene| scene != Scene::InternetCafe) {
        assert_eq!(Retention::of_scene(scene).at_least_days(), None, "{scene}");
        assert!(Retention::of_scene(scene).law_zh().starts_with("《中华人民共和国个人信息保护法》"));
    }
}

#[test]
fn every_knob_moves_the_policys_digest() {
    let changes: [fn(&mut Policy); 13] = [
        |_| {},
        |policy| policy.documents = Set::new(),
        |policy| policy.require = Set::new(),
        |policy| policy.accept = Set::new(),
        |policy| policy.age = AgeRule::AtLeast(0),
        |policy| policy.age = AgeRule::AtLeast(18),
        |policy| policy.user_verification = Set::from([UserFactor::Face]),
        |policy| policy.key_protection = KeyProtection::SecureElement,
        |policy| policy.max_age = 299,
        |policy| policy.max_skew = 0,
        |policy| policy.status = StatusRule::PassUnreferenced,
        |policy| policy.status = StatusRule::IgnoreStatus,
        |policy| policy.max_status_age = 1,
    ];
    let digests: std::collections::BTreeSet<_> = changes
        .iter()
        .map(|change| {
            let mut policy = Policy::hotel();
            change(&mut policy);
            policy.digest()
        })
        .collect();
    assert_eq!(digests.len(), changes.len());
    // Frozen: stored receipts name a policy by it.
    let hex: String = Policy::hotel().digest().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "7694b63005f1cdac0412134ce70cf989ad4e6eab9166b7c7145fa844c3d0d8b7");
}

// ---------------------------------------------------------------------------------------------------------------------
// A later trust list.

#[test]
fn stored_receipts_are_judged_again_by_a_later_list() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let desk = scenario.verifier().unwrap();
    let (_, receipt) = receipt(&scenario, &desk);
    let later = |change: &dyn Fn(&mut World)| {
        let mut world = scenario.world.clone();
        world.operator.sequence += 1;
        change(&mut world);
        let list = world.trust_list();
        TrustList::open(&list, &[Anchor::danger_sandbox()], desk.trust_list().floor(), scenario.now())
            .unwrap()
    };
    let now = scenario.now().as_secs();
    assert_eq!(receipt.standing(&later(&|_| {})), Standing::Stands);
    let another = Key::named("another key of the issuer");
    type Change<'a> = &'a dyn Fn(&mut World);
    let changes: [(Change<'_>, Standing); 7] = [
        (&|world| world.operator.issuer.iss.push('x'), Standing::IssuerRemoved),
        (
            &|world| {
                world.operator.issuer.cards.key = another;
                world.operator.issuer.cards.kid = another.kid();
            },
            Standing::KeyRemoved,
        ),
        // A kid is only a hint, either way.
        (&|world| world.operator.issuer.cards.key = another, Standing::KeyRemoved),
        (&|world| world.operator.issuer.cards.kid = another.kid(), Standing::Stands),
        (&|world| world.operator.issuer.cards.uses = 2, Standing::NotForCredentials),
        (&|world| world.operator.issuer.cards.exp = now, Standing::NotValidThen),
        (&|world| world.operator.issuer.cards.nbf = now + 1, Standing::NotValidThen),
    ];
    for (change, standing) in changes {
        assert_eq!(receipt.standing(&later(change)), standing);
    }
    assert_eq!(
        receipt.standing(&later(&|world| world.operator.issuer.cards.exp = now + 1)),
        Standing::Stands
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// The chain.

/// A chain of receipts of several verdicts.
fn chain() -> (Vec<Vec<u8>>, ChainHead) {
    let mut chain = ReceiptChain::resume(ChainHead::START);
    let ids = ["ok-hotel", "nonce-spent", "freshness-expired", "issuer-unknown", "ok-patrol"];
    let links = ids.map(|id| chain.append(&named(id).2)).into();
    (links, chain.head())
}

#[test]
fn a_chain_holds_and_goes_on() {
    let (links, head) = chain();
    assert_eq!(ReceiptChain::verify(ChainHead::START, &links, head), Ok(()));
    assert_eq!(head.number(), 5);
    assert_eq!(ChainHead::from_bytes(&head.to_bytes()), Some(head));
    assert_eq!(ChainHead::from_bytes(&head.to_bytes()[1..]), None);
    assert_eq!(ChainHead::from_bytes(&[&head.to_bytes()[..], &[0]].concat()), None);

    // The next day.
    let mut chain = ReceiptChain::resume(head);
    let more = chain.append(&named("ok-hotel").2);
    let all: Vec<_> = links.iter().chain([&more]).collect();
    assert_eq!(ReceiptChain::verify(ChainHead::START, all, chain.head()), Ok(()));
    // After old ones were deleted, from the head that was kept then.
    assert_eq!(ReceiptChain::verify(head, [&more], chain.head()), Ok(()));
    assert_eq!(ReceiptChain::verify::<&[u8]>(head, [], head), Ok(()));
    assert_eq!(Link::from_bytes(&more).unwrap().number(), 5);
    // A desk that was stopped before it kept its head steps over what it had stored; a link that is not the next moves
    // nothing.
    let mut behind = ReceiptChain::resume(head);
    assert_eq!(behind.follow(&links[4]).unwrap_err(), LinkFault::Number { found: 4, expected: 5 });
    assert_eq!(behind.follow(&more[1..]).unwrap_err(), LinkFault::Malformed);
    let mut elsewhere = head.to_bytes();
    elsewhere[39] ^= 1;
    let mut elsewhere = ReceiptChain::resume(ChainHead::from_bytes(&elsewhere).unwrap());
    assert_eq!(behind.follow(&elsewhere.append(&named("ok-hotel").2)).unwrap_err(), LinkFault::Previous);
    assert_eq!(behind.head(), head);
    assert_eq!(behind.follow(&more).unwrap().receipt(), &named("ok-hotel").2);
    assert_eq!(behind.head(), chain.head());
    assert_eq!(Link::from_bytes(&links[1]).unwrap().receipt(), &named("nonce-spent").2);
}

#[test]
fn the_first_broken_link_is_found() {
    let (links, head) = chain();
    let broken = |links: &[Vec<u8>], after, until| ReceiptChain::verify(after, links, until).unwrap_err();
    let start = ChainHead::START;
    let at = |position, fault| BrokenLink { position, fault };

    let mut without = links.clone();
    without.remove(2);
    assert_eq!(broken(&without, start, head), at(2, LinkFault::Number { found: 3, expected: 2 }));
    let mut swapped = links.clone();
    swapped.swap(1, 2);
    assert_eq!(broken(&swapped, start, head), at(1, LinkFault::Number { found: 2, expected: 1 }));
    assert_eq!(broken(&links[..4], start, head), at(4, LinkFault::Head));
    assert_eq!(broken(&links[1..], start, head), at(0, LinkFault::Number { found: 1, expected: 0 }));
    assert_eq!(broken(&links, start, start), at(5, LinkFault::Head));
    // A head is both: as many links as it says, and the last of them as it was.
    for changed in [7, 8] {
        let mut kept = head.to_bytes();
        kept[changed] ^= 1;
        let until = ChainHead::from_bytes(&kept).unwrap();
        assert_eq!(broken(&links, start, until), at(5, LinkFault::Head));
    }

    // A link of another chain with the right number.
    let mut other = ReceiptChain::resume(ChainHead::START);
    let mut mixed = links.clone();
    mixed[0] = other.append(&named("freshness-expired").2);
    assert_eq!(broken(&mixed, start, head), at(1, LinkFault::Previous));
    // And of the last, only the head tells.
    let mut forged = ReceiptChain::resume(ChainHead::START);
    links[..4].iter().for_each(|link| drop(forged.append(Link::from_bytes(link).unwrap().receipt())));
    let mut ended = links.clone();
    ended[4] = forged.append(&named("ok-hotel").2);
    assert_eq!(broken(&ended, start, head), at(5, LinkFault::Head));
}

#[test]
fn no_bit_of_a_chain_can_be_changed() {
    let (links, head) = chain();
    let mut flipped = 0;
    for position in 0..links.len() {
        for bit in 0..links[position].len() * 8 {
            let mut changed = links.clone();
            changed[position][bit / 8] ^= 1 << (bit % 8);
            let broken = ReceiptChain::verify(ChainHead::START, &changed, head).unwrap_err();
            assert!([position, position + 1].contains(&broken.position), "{position} {bit}: {broken}");
            flipped += 1;
        }
    }
    println!("{flipped} bits");
}

#[test]
fn what_is_no_receipt_is_said_to_be_none() {
    let good = named("ok-hotel").2.to_bytes();
    for cut in 0..good.len() {
        assert_eq!(Receipt::from_bytes(&good[..cut]).unwrap_err(), ReceiptError::Malformed);
    }
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(Receipt::from_bytes(&longer).unwrap_err(), ReceiptError::Malformed);
    // The version is the second byte after the map's head.
    let mut version_2 = good.clone();
    assert_eq!(version_2[1..3], [0, 1]);
    version_2[2] = 2;
    assert_eq!(Receipt::from_bytes(&version_2).unwrap_err(), ReceiptError::Version);
    assert_eq!(Link::from_bytes(&good).unwrap_err(), ReceiptError::Malformed);
    let (links, head) = chain();
    let place =
        links[0].windows(3).position(|window| window[1..] == [0, 1] && window[0] & 0xe0 == 0xa0).unwrap();
    let mut of_version_2 = links.clone();
    of_version_2[0][place + 2] = 2;
    let broken = ReceiptChain::verify(ChainHead::START, &of_version_2, head).unwrap_err();
    assert_eq!(broken, BrokenLink { position: 0, fault: LinkFault::Version });
}

/// Each rule of the shape, broken in a receipt that is otherwise one.
#[test]
fn a_receipt_that_this_crate_does_not_write_is_none() {
    let list = |items: &[Cbor]| Cbor::Array(items.to_vec());
    let digest = || Cbor::Bytes(vec![7; 32]);
    let issuer = |iss: Cbor, key: Cbor| list(&[iss, Cbor::Bytes(vec![1; 8]), key]);
    let good = |patrol: bool, ruling: &str| {
        let mut pairs: Vec<(Cbor, Cbor)> = vec![
            (0.into(), 1.into()),
            (1.into(), 1_790_000_000.into()),
            (2.into(), list(&[if patrol { 3 } else { 1 }.into(), 510_107.into(), "desk-1".into()])),
            (5.into(), ruling.into()),
            (6.into(), digest()),
            (7.into(), digest()),
            (8.into(), list(&[41.into(), digest()])),
            (9.into(), issuer("an issuer".into(), digest())),
            (10.into(), list(&[1_789_990_000.into(), digest(), 0.into()])),
            (11.into(), list(&[11.into(), 12.into()])),
            (12.into(), list(&[12.into()])),
        ];
        if patrol {
            let basis = Purpose::patrol("1", Ground::Suspicion).unwrap();
            pairs.push((3.into(), list(&[basis.purpose().into(), basis.legal_basis().into()])));
            pairs.push((4.into(), list(&["1".into(), 1.into()])));
        } else {
            pairs.push((3.into(), list(&["purpose".into(), "law".into()])));
        }
        Cbor::Map(pairs)
    };
    let read = |receipt: &Cbor| Receipt::from_bytes(&receipt.encode());
    assert_eq!(read(&good(false, "ok")).unwrap().ruling(), Ruling::Accepted);
    assert_eq!(read(&good(true, "ok")).unwrap().purpose().ground(), Some(Ground::Suspicion));

    let no: [(&str, bool, u64, Cbor); 23] = [
        ("a scene that is none", false, 2, list(&[9.into(), 510_107.into(), "desk-1".into()])),
        ("a region of five digits", false, 2, list(&[1.into(), 51_010.into(), "desk-1".into()])),
        ("a relying party that is none", false, 2, list(&[1.into(), 510_107.into(), "a b".into()])),
        ("an empty purpose", false, 3, list(&["".into(), "law".into()])),
        ("a purpose that is not trimmed", false, 3, list(&[" purpose".into(), "law".into()])),
        ("officer and ground at a hotel", false, 4, list(&["1".into(), 1.into()])),
        ("another basis than the ground's", true, 3, list(&["查验居民身份证".into(), "law".into()])),
        ("a ground that is none", true, 4, list(&["1".into(), 6.into()])),
        ("an officer that is not trimmed", true, 4, list(&["1 ".into(), 1.into()])),
        ("a ruling that is none", false, 5, "perhaps".into()),
        ("a digest that is short", false, 6, Cbor::Bytes(vec![7; 31])),
        ("an accept of a claimed issuer", false, 9, issuer("an issuer".into(), Cbor::Null)),
        ("an accept of an unlisted issuer", false, 9, issuer(digest(), digest())),
        ("an issuer that is a number", false, 9, issuer(1.into(), digest())),
        ("an accept of a revoked credential", false, 10, list(&[1.into(), digest(), 1.into()])),
        ("an accept of no status value", false, 10, list(&[1.into(), digest(), Cbor::Null])),
        ("a status value above a byte", false, 10, list(&[1.into(), digest(), 256.into()])),
        ("groups that do not ascend", false, 11, list(&[12.into(), 11.into()])),
        ("a group twice", false, 11, list(&[11.into(), 12.into(), 12.into()])),
        ("a group that is none", false, 11, list(&[20.into()])),
        ("a group dropped that was not shown", false, 12, list(&[13.into()])),
        ("an unknown key", false, 13, 0.into()),
        ("a time that is negative", false, 1, (-1).into()),
    ];
    for (what, patrol, key, value) in no {
        let mut receipt = good(patrol, "ok");
        receipt.put(key, value);
        assert_eq!(read(&receipt).unwrap_err(), ReceiptError::Malformed, "{what}");
    }
    for (missing, patrol) in (0..=12).map(|key| (key, false)).chain([(3, true), (4, true)]) {
        let mut receipt = good(patrol, "ok");
        receipt.remove(missing);
        // Only a status list, and officer and ground elsewhere than on patrol, may be left out of an accept.
        let may = missing == 10 || missing == 4 && !patrol;
        assert_eq!(read(&receipt).is_ok(), may, "without {missing}");
    }
    // A refusal drops nothing, and need not know an issuer; without one there was no code, and no digest of it.
    let mut refused = good(false, "payload.scheme");
    assert!(read(&refused).is_err());
    refused.put(12, list(&[]));
    assert!(read(&refused).is_ok());
    // A key is proven by the list that has it, so that an issuer of no list has none.
    refused.put(9, issuer(digest(), Cbor::Null));
    assert!(read(&refused).is_ok());
    refused.put(9, issuer(digest(), digest()));
    assert!(read(&refused).is_err());
    refused.remove(9);
    assert!(read(&refused).is_err());
    refused.remove(6);
    assert!(read(&refused).is_ok());
}

proptest! {
    /// Whatever reads as a receipt is written the same again, and nothing panics.
    #[test]
    fn changed_receipts_read_back_or_not_at_all(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = named("ok-patrol").2.to_bytes();
        for (index, byte) in edits {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(receipt) = Receipt::from_bytes(&bytes) {
            prop_assert_eq!(receipt.to_bytes(), bytes);
        }
    }
}

#[test]
fn a_ledger_that_refuses_leaves_the_grounds_it_had() {
    let scenario = Scenario::named("ok-hotel").unwrap();
    let desk = scenario.verifier().unwrap();
    let ledger = scenario.ledger();
    let code = desk.check(&scenario.qr, scenario.now()).unwrap();
    assert_eq!(ledger.spend(code.nonce(), scenario.now()), Spend::Fresh);
    // Admitted too late: the code ran out while the ledger was asked.
    let expires_at = code.nonce().expires_at();
    assert_eq!(code.remaining(scenario.now()), expires_at.as_secs() - scenario.now().as_secs());
    assert_eq!(code.remaining(expires_at), 0);
    let verdict = code.admit(Spend::Fresh, expires_at);
    let receipt = desk.receipt(&scenario.qr, &verdict, &check_in(), scenario.now()).unwrap();
    assert_eq!(receipt.ruling(), Ruling::Refused(Code::FreshnessExpired));
    assert_eq!(receipt.status_list().and_then(|list| list.value), Some(0));
    assert_eq!(Floor::FirstInstallation.to_bytes(), None);
    assert_eq!(UnixTime::from_secs(receipt.at().as_secs()), scenario.now());
}
