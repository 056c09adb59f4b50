//! What a desk's program sees around the verdict: advisories, bookings, lists that change, a ledger that lives elsewhere.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use case::Case;
use eid_verifier::claims::{Advisory, HouseholdKind, Match};
use eid_verifier::policy::{
    AgeRule, Document, Group, KeyProtection, Member as _, Set, StatusRule, UserFactor,
};
use eid_verifier::refusal::{Code, Refusal};
use eid_verifier::sandbox::{Cbor, Key, Person, Shown, USE_CREDENTIALS, World};
use eid_verifier::{
    Anchor, Floor, MemoryLedger, Policy, Scene, Site, Spend, TrustList, UnixTime, VerifiedClaims, Verifier,
};

fn now(world: &World) -> UnixTime {
    UnixTime::from_secs(world.now)
}

fn trust_list(world: &World) -> TrustList {
    TrustList::open(&world.trust_list(), &[Anchor::danger_sandbox()], Floor::FirstInstallation, now(world))
        .unwrap()
}

fn desk(world: &World) -> Verifier {
    let mut desk = Case(world.scenario("", "", "ok").to_json()).verifier().unwrap();
    if world.site.scene == "hotel" {
        desk = desk.with_policy(Policy::hotel());
    }
    desk
}

fn admitted(desk: &Verifier, world: &World) -> VerifiedClaims {
    let code = desk.check(&world.showing.text(), now(world)).unwrap();
    code.admit(Spend::Fresh, now(world)).unwrap()
}

fn code(answer: Result<impl Sized, Refusal>) -> &'static str {
    answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
}

fn list<const N: usize>(items: [Cbor; N]) -> Cbor {
    items.into_iter().collect()
}

/// The table of `Policy`, for those who read it there.
#[test]
fn the_presets_are_those_of_the_table() {
    use Group::{Address, Ages, Demographics, Household, Identity, Permit, Portrait, Residence, Validity};
    let hotel = Policy::hotel();
    assert_eq!(
        hotel.documents,
        Set::from([Document::IdentityCard, Document::HouseholdBook, Document::ResidencePermit])
    );
    assert_eq!(hotel.require, Set::from([Identity]));
    assert_eq!(hotel.accept, Set::from([Demographics, Address, Validity]));
    assert_eq!(hotel.age, AgeRule::AdmitAnyAge);
    assert_eq!(hotel.user_verification, Set::from([UserFactor::Password]));
    assert_eq!(hotel.key_protection, KeyProtection::TrustedEnvironment);
    assert_eq!((hotel.max_age, hotel.max_skew), (300, 60));
    assert_eq!((hotel.status, hotel.max_status_age), (StatusRule::Require, 86_400));

    let mut cafe = Policy::hotel();
    (cafe.require, cafe.accept, cafe.age) = (Set::new(), Set::from([Identity, Ages]), AgeRule::AtLeast(18));
    assert_eq!(Policy::internet_cafe(), cafe);

    let mut patrol = Policy::hotel();
    patrol.accept = Set::from([Demographics, Address, Validity, Household, Residence, Permit, Portrait]);
    assert_eq!(Policy::patrol(), patrol);
    // Sets that differ are not equal, or all of this would say nothing.
    assert_ne!(Set::from([Identity]), Set::new());
    assert_ne!(Set::from([Identity]), Set::from([Ages]));
}

#[test]
fn each_way_to_verify_the_user_is_looked_for_by_its_own_bit() {
    let mut world = World::fixed();
    for verified in 0..8 {
        world.showing.binding.user_verification = Some(verified);
        for asked in 0..8_u64 {
            let factors = [UserFactor::Password, UserFactor::Face, UserFactor::Fingerprint];
            let asked_for = (0..3).filter(|bit| asked >> bit & 1 == 1).map(|bit| factors[bit]);
            let mut policy = Policy::hotel();
            policy.user_verification = asked_for.collect();
            let answer = code(desk(&world).with_policy(policy).check(&world.showing.text(), now(&world)));
            let expected = if verified & asked == asked { "ok" } else { "user.not_verified" };
            assert_eq!(answer, expected, "{verified:03b} verified, {asked:03b} asked");
        }
    }
}

#[test]
fn a_good_code_has_nothing_to_advise() {
    let mut world = World::fixed();
    world.showing.credential.disclose(&[11, 12, 13, 14]);
    let guest = admitted(&desk(&world), &world);
    assert_eq!(guest.advisories(), []);
    assert_eq!(guest.over_disclosed(), Set::new());
    assert_eq!(
        guest.groups(),
        Set::from([Group::Identity, Group::Demographics, Group::Address, Group::Validity])
    );
    assert_eq!(guest.verified_at(), now(&world));
}

#[test]
fn a_sex_that_differs_from_the_number_is_advised_even_where_it_is_dropped() {
    let mut world = World::fixed();
    world.showing.credential.disclose(&[11, 12]);
    world.showing.credential.change(12, |group| {
        group.value = list([2.into(), 1.into(), Person::ADULT.birth.into()]);
    });
    let hotel = desk(&world);
    assert_eq!(admitted(&hotel, &world).advisories(), [Advisory::SexDiffersFromNumber]);
    let mut policy = Policy::hotel();
    policy.accept = Set::new();
    let guest = admitted(&hotel.with_policy(policy), &world);
    assert_eq!(guest.advisories(), [Advisory::SexDiffersFromNumber]);
    assert_eq!(guest.over_disclosed(), Set::from([Group::Demographics]));
    assert_eq!(guest.demographics().unwrap_err().code(), Code::ClaimsMissing);
    // 0 and 9 say nothing, so they differ from nothing.
    for sex in [0, 9] {
        world.showing.credential.change(12, |group| {
            group.value = list([sex.into(), 1.into(), Person::ADULT.birth.into()]);
        });
        assert_eq!(admitted(&hotel, &world).advisories(), []);
    }
}

#[test]
fn a_document_that_runs_out_within_thirty_days_is_advised() {
    // Today is 2026-09-21 in China.
    for (until, advised) in [(20_260_921, true), (20_261_021, true), (20_261_022, false)] {
        let mut world = World::fixed();
        world.showing.credential.disclose(&[11, 14]);
        world.showing.credential.change(14, |group| {
            group.value = list([20_160_801.into(), until.into(), "测试局".into()]);
        });
        let guest = admitted(&desk(&world), &world);
        assert_eq!(guest.advisories().contains(&Advisory::DocumentExpiresSoon), advised, "{until}");
    }
}

#[test]
fn a_minor_at_a_hotel_is_advised_and_in_a_patrol_is_not() {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::MINOR);
    assert_eq!(admitted(&desk(&world), &world).advisories(), [Advisory::AskForGuardian]);
    world.move_to("patrol");
    assert_eq!(admitted(&desk(&world), &world).advisories(), []);
}

#[test]
fn a_trust_list_past_its_next_update_is_advised_from_that_second_on() {
    for (later, advised) in [(0, true), (1, false)] {
        let mut world = World::fixed();
        world.operator.next_update = world.now + later;
        let guest = admitted(&desk(&world), &world);
        assert_eq!(guest.advisories() == [Advisory::TrustListUpdateDue], advised);
    }
}

#[test]
fn nothing_the_answer_prints_tells_of_a_minor() {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::MINOR);
    let printed = format!("{:?}", admitted(&desk(&world), &world));
    assert!(!printed.contains("Guardian"), "{printed}");
}

#[test]
fn an_age_of_nought_needs_an_age() {
    let mut world = World::fixed();
    world.policy.minimum_age = Some(0);
    world.ask_and_show(&[15]);
    world.showing.credential.change(15, |group| group.value = list([]));
    let mut policy = Policy::internet_cafe();
    policy.age = AgeRule::AtLeast(0);
    let desk = desk(&world).with_policy(policy);
    assert_eq!(code(desk.check(&world.showing.text(), now(&world))), "claims.underage");
}

#[test]
fn a_booking_fits_in_four_ways() {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::UYGUR);
    let guest = admitted(&desk(&world), &world);
    let identity = guest.identity().unwrap();
    let (name, number) = (Person::UYGUR.name, Person::UYGUR.id_number());
    assert_eq!(identity.matches(&name.replace('·', "•"), &number.to_lowercase()), Match::Both);
    assert_eq!(identity.matches("李样例", &number), Match::NumberOnly);
    assert_eq!(identity.matches(name, &Person::ADULT.id_number()), Match::NameOnly);
    assert_eq!(identity.matches("李样例", &Person::ADULT.id_number()), Match::Neither);
}

/// Half of a short address at most, or its mask would hide nothing.
#[test]
fn a_short_address_shows_less_of_itself() {
    let mut world = World::fixed();
    world.move_to("patrol");
    world.ask_and_show(&[13]);
    for (length, shown) in [(1, 0), (2, 1), (3, 1), (4, 2), (11, 5), (12, 6), (13, 6), (100, 6)] {
        let whole = "路".repeat(length);
        world.showing.credential.say(13, list([Cbor::Text(whole.clone())]));
        let guest = admitted(&desk(&world), &world);
        let address = guest.address().unwrap();
        assert_eq!(address.reveal(), whole);
        assert_eq!(address.to_string(), format!("{}****", "路".repeat(shown)));
    }
}

#[test]
fn a_household_is_what_its_codes_say() {
    let mut world = World::fixed();
    world.move_to("patrol");
    world.ask_and_show(&[16]);
    for (kind, name) in [(HouseholdKind::Family, "家庭户"), (HouseholdKind::Collective, "集体户")] {
        for (relation, class) in [
            (1, "本人"),
            (2, "户主"),
            (3, "其他"),
            (9, "其他"),
            (10, "配偶"),
            (19, "配偶"),
            (20, "子"),
            (29, "子"),
            (30, "女"),
            (39, "女"),
            (40, "孙子、孙女或外孙子、外孙女"),
            (49, "孙子、孙女或外孙子、外孙女"),
            (50, "父母"),
            (59, "父母"),
            (60, "祖父母或外祖父母"),
            (69, "祖父母或外祖父母"),
            (70, "兄弟姐妹"),
            (79, "兄弟姐妹"),
            (80, "其他"),
            (99, "其他"),
        ] {
            let code = if kind == HouseholdKind::Family { 1 } else { 2 };
            world
                .showing
                .credential
                .say(16, list([Cbor::Text("510107001".into()), code.into(), relation.into()]));
            let guest = admitted(&desk(&world), &world);
            let household = guest.household().unwrap();
            assert_eq!((household.reveal_number(), household.kind()), ("510107001", kind));
            assert_eq!(household.kind().name_zh(), name);
            assert_eq!(u64::from(household.relation().code()), relation);
            assert_eq!(household.relation().class_zh(), class, "{relation}");
        }
    }
}

#[test]
fn every_group_comes_out_disclosed_or_in_the_clear() {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::RESIDENT);
    for &group in Group::ALL {
        let number = group.number().into();
        world.ask_and_show(&[number]);
        for shown in [Shown::Disclosed, Shown::Clear] {
            world.showing.credential.change(number, |group| group.shown = shown);
            let guest = world.scenario("", "", "ok").play().unwrap();
            assert_eq!(guest.groups(), Set::from([group]), "{shown:?}");
        }
    }
}

#[test]
fn a_portrait_is_the_file_that_was_signed() {
    let mut world = World::fixed();
    world.ask_and_show(&[11, 19]);
    // SHA-256 of "abc".
    let digest = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").unwrap();
    world.showing.credential.change(19, |group| group.value = list([Cbor::Bytes(digest.clone())]));
    let desk = Case(world.scenario("", "", "ok").to_json()).verifier().unwrap();
    let guest = admitted(&desk, &world);
    assert_eq!(guest.portrait_matches(b"abc"), Ok(true));
    assert_eq!(guest.portrait_matches(b"abd"), Ok(false));
    assert_eq!(guest.portrait().unwrap().digest().as_slice(), digest);
}

#[test]
fn another_desk_of_the_scene_keeps_the_policy_and_one_of_another_scene_does_not() {
    let world = World::fixed();
    let mut policy = Policy::hotel();
    policy.require = policy.require.with(Group::Address);
    let hotel = desk(&world).with_policy(policy);
    assert_eq!(*hotel.at(Site::hotel(510_108, "another").unwrap()).policy(), policy);
    let cafe = hotel.at(Site::internet_cafe(510_108, "a-cafe").unwrap());
    assert_eq!((cafe.site().scene(), *cafe.policy()), (Scene::InternetCafe, Policy::internet_cafe()));
    assert_eq!(cafe.policy().age, AgeRule::AtLeast(18));
    assert_eq!(code(hotel.check(&world.showing.text(), now(&world))), "claims.missing");
}

#[test]
fn the_floor_is_what_the_next_list_must_not_be_below() {
    let mut world = World::fixed();
    let anchors = [Anchor::danger_sandbox()];
    let first = trust_list(&world);
    let kept = first.floor().to_bytes().unwrap();
    let floor = Floor::from_bytes(&kept).unwrap();
    let open = |world: &World| code(TrustList::open(&world.trust_list(), &anchors, floor, now(world)));
    assert_eq!(open(&world), "ok");
    world.operator.next_update += 1;
    assert_eq!(open(&world), "trust.rollback");
    world.operator.sequence += 1;
    assert_eq!(open(&world), "ok");
    world.operator.issued_at -= 1;
    assert_eq!(open(&world), "trust.rollback");
    assert_eq!(Floor::FirstInstallation.to_bytes(), None);
}

#[test]
fn one_to_four_anchors_and_any_of_two_that_share_a_kid() {
    let world = World::fixed();
    let right = Anchor::danger_sandbox();
    let other = Anchor::new([0; 8], [9; 32]);
    let kid: [u8; 8] = world.operator.kid;
    let namesake = Anchor::new(kid, Key::named("another operator").x());
    let open = |anchors: &[Anchor]| {
        code(TrustList::open(&world.trust_list(), anchors, Floor::FirstInstallation, now(&world)))
    };
    assert_eq!(open(&[]), "trust.anchor");
    assert_eq!(open(&[other, other, other, right]), "ok");
    assert_eq!(open(&[other, other, other, other, right]), "trust.anchor");
    assert_eq!(open(&[other]), "trust.anchor");
    assert_eq!(open(&[namesake]), "trust.signature");
    assert_eq!(open(&[namesake, right]), "ok");
}

/// It is refused when it is opened, and not first when a guest stands there.
#[test]
fn a_trust_list_that_has_run_out_does_not_open() {
    let world = World::fixed();
    let open = |at: u64| {
        let anchors = [Anchor::danger_sandbox()];
        code(TrustList::open(
            &world.trust_list(),
            &anchors,
            Floor::FirstInstallation,
            UnixTime::from_secs(at),
        ))
    };
    assert_eq!(open(world.operator.expires - 1), "ok");
    assert_eq!(open(world.operator.expires), "trust.expired");
}

/// Each field of a trust list, of its issuers and of their keys that has no question mark in FORMAT.md.
#[test]
fn a_trust_list_with_a_field_missing_is_malformed() {
    fn first(list: &mut Cbor, key: u64, change: impl FnOnce(&mut Cbor)) {
        list.within(key, |items| match items {
            Cbor::Array(items) => change(&mut items[0]),
            _ => panic!("no array"),
        });
    }
    let opened = |change: fn(&mut Cbor)| {
        let mut world = World::fixed();
        world.operator.tampering.payload = change;
        let anchors = [Anchor::danger_sandbox()];
        code(TrustList::open(&world.trust_list(), &anchors, Floor::FirstInstallation, now(&world)))
    };
    let issuer: [fn(&mut Cbor); 6] = [
        |list| first(list, 6, |issuer| issuer.remove(1)),
        |list| first(list, 6, |issuer| issuer.remove(2)),
        |list| first(list, 6, |issuer| issuer.remove(3)),
        |list| first(list, 6, |issuer| issuer.remove(5)),
        |list| first(list, 6, |issuer| issuer.put(3, Cbor::Array(Vec::new()))),
        |list| first(list, 6, |issuer| issuer.put(5, Cbor::Array(Vec::new()))),
    ];
    let key: [fn(&mut Cbor); 5] = [
        |list| first(list, 6, |issuer| first(issuer, 5, |key| key.remove(1))),
        |list| first(list, 6, |issuer| first(issuer, 5, |key| key.remove(2))),
        |list| first(list, 6, |issuer| first(issuer, 5, |key| key.remove(3))),
        |list| first(list, 6, |issuer| first(issuer, 5, |key| key.remove(4))),
        |list| first(list, 6, |issuer| first(issuer, 5, |key| key.remove(5))),
    ];
    let whole: [fn(&mut Cbor); 7] = [
        |list| list.remove(0),
        |list| list.remove(1),
        |list| list.remove(2),
        |list| list.remove(3),
        |list| list.remove(4),
        |list| list.remove(5),
        |list| list.remove(6),
    ];
    for (place, change) in whole.into_iter().chain(issuer).chain(key).enumerate() {
        assert_eq!(opened(change), "trust.malformed", "change {place}");
    }
    assert_eq!(opened(|list| first(list, 6, |issuer| issuer.remove(4))), "ok");
}

#[test]
fn a_later_trust_list_ends_a_key() {
    let world = World::fixed();
    let hotel = desk(&world);
    let after = |change: fn(&mut World)| {
        let mut later = world.clone();
        later.operator.sequence += 1;
        change(&mut later);
        let list = TrustList::open(
            &later.trust_list(),
            &[Anchor::danger_sandbox()],
            hotel.trust_list().floor(),
            now(&world),
        );
        code(hotel.with_trust_list(list.unwrap()).check(&world.showing.text(), now(&world)))
    };
    assert_eq!(after(|_| {}), "ok");
    assert_eq!(
        after(|later| {
            let key = Key::named("the key after the leak");
            (later.operator.issuer.cards.key, later.operator.issuer.cards.kid) = (key, key.kid());
        }),
        "issuer.unknown"
    );
    // Cut off at a time: what was issued before it falls too, since a thief of the key writes any date.
    assert_eq!(after(|later| later.operator.issuer.cards.exp = later.now), "issuer.key_validity");
    assert_eq!(after(|later| later.operator.issuer.cards.uses = 0), "issuer.not_authorised");
    assert_eq!(after(|later| later.operator.issuer.iss.push('x')), "issuer.unknown");
}

#[test]
fn a_status_list_counts_while_its_key_stands() {
    let mut world = World::fixed();
    let hotel = desk(&world);
    let scan = |desk: &Verifier, world: &World| code(desk.check(&world.showing.text(), now(world)));
    assert_eq!(scan(&hotel, &world), "ok");

    // A trust list without the key: the list does not count, until the key comes back.
    let next = Key::named("the next lists key");
    let changes: [&dyn Fn(&mut World); 4] = [
        &|world| (world.operator.issuer.lists.key, world.operator.issuer.lists.kid) = (next, next.kid()),
        &|world| world.operator.issuer.lists.key = next,
        &|world| world.operator.issuer.lists.uses = USE_CREDENTIALS,
        &|world| world.operator.issuer.iss.push('x'),
    ];
    for change in changes {
        let mut without = world.clone();
        change(&mut without);
        let changed = hotel.with_trust_list(trust_list(&without));
        let refused = scan(&changed, &world);
        assert!(matches!(refused, "status.unavailable" | "issuer.unknown"), "{refused}");
        assert_eq!(scan(&changed.with_trust_list(trust_list(&world)), &world), "ok");
    }

    // A newer list of the same key takes its place; an older one given later does not; an equally old one does.
    let old = world.publisher.status_list();
    world.publisher.iat += 1;
    world.publisher.values = [(4_242, 1)].into();
    let newer = world.publisher.status_list();
    let revoked = hotel.with_status_list(&newer, now(&world)).unwrap();
    assert_eq!(scan(&revoked, &world), "status.revoked");
    assert_eq!(scan(&revoked.with_status_list(&old, now(&world)).unwrap(), &world), "status.revoked");
    world.publisher.values = [].into();
    let as_old = world.publisher.status_list();
    assert_eq!(scan(&revoked.with_status_list(&as_old, now(&world)).unwrap(), &world), "ok");
    // The verifier it came from goes on with the lists it began with.
    assert_eq!(scan(&hotel, &world), "ok");

    // Run out, and let go when the program says so.
    let later = UnixTime::from_secs(world.publisher.exp.unwrap());
    assert_eq!(scan(&hotel.without_expired_status_lists(now(&world)), &world), "ok");
    assert_eq!(scan(&hotel.without_expired_status_lists(later), &world), "status.unavailable");
}

/// How many status lists a desk keeps.
fn status_lists(desk: &Verifier) -> usize {
    let printed = format!("{desk:?}");
    let (_, rest) = printed.split_once("status_lists: ").unwrap();
    rest.split(',').next().unwrap().parse().unwrap()
}

#[test]
fn each_address_has_its_own_status_list() {
    let world = World::fixed();
    let (first, index) = world.showing.credential.short_status.unwrap();
    let prefix = world.operator.issuer.status_prefix.clone().unwrap();
    let published = |number: u64, value: u8| {
        let mut publisher = world.publisher.clone();
        publisher.uri = format!("{prefix}{number}");
        publisher.values = [(index, value)].into();
        publisher.status_list()
    };
    let answers = [(first, 0, "ok"), (first + 1, 1, "status.revoked"), (first + 2, 2, "status.suspended")];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut hotel = desk(&world);
        for (number, value, _) in order.map(|place| answers[place]) {
            hotel = hotel.with_status_list(&published(number, value), now(&world)).unwrap();
        }
        assert_eq!(status_lists(&hotel), 3);
        for (number, _, answer) in answers {
            let mut showing = world.showing.clone();
            showing.credential.short_status = Some((number, index));
            assert_eq!(code(hotel.check(&showing.text(), now(&world))), answer, "list {number}, {order:?}");
        }
    }
}

/// So that the list of a key that is taken back can be followed by that of another at once.
#[test]
fn each_key_has_its_own_list_of_an_address() {
    let mut world = World::fixed();
    let mut other = world.operator.issuer.lists.clone();
    other.key = Key::named("another lists key");
    other.kid = other.key.kid();
    world.operator.issuer.other_keys.push(other.clone());
    let hotel = desk(&world);
    let (_, index) = world.showing.credential.short_status.unwrap();
    let mut older = world.publisher.clone();
    older.sign_with(&other);
    older.iat -= 1;
    older.values = [(index, 1)].into();
    let both = hotel.with_status_list(&older.status_list(), now(&world)).unwrap();
    assert_eq!(status_lists(&both), 2);
    let scan = |desk: &Verifier| code(desk.check(&world.showing.text(), now(&world)));
    assert_eq!(scan(&both), "ok");
    let mut without = world.clone();
    without.operator.issuer.lists = other;
    without.operator.issuer.other_keys.clear();
    let fallen_back = both.with_trust_list(trust_list(&without));
    assert_eq!(scan(&fallen_back), "status.revoked");
    assert_eq!(scan(&fallen_back.with_trust_list(trust_list(&world))), "ok");
}

/// Neither a list that has run out nor one whose key was away for a while gives an older one its say back.
#[test]
fn what_a_newer_list_said_is_not_unsaid_by_an_older_one() {
    let mut world = World::fixed();
    let mut other = world.operator.issuer.lists.clone();
    other.key = Key::named("another lists key");
    other.kid = other.key.kid();
    world.operator.issuer.other_keys.push(other.clone());
    let (_, index) = world.showing.credential.short_status.unwrap();
    let scan = |desk: &Verifier| code(desk.check(&world.showing.text(), now(&world)));

    // The older list, of another key, says valid and runs to the end of time; the newer one says revoked and runs out now.
    let mut older = world.publisher.clone();
    older.sign_with(&other);
    (older.iat, older.exp) = (older.iat - 1, None);
    let mut newer = world.publisher.clone();
    (newer.exp, newer.values) = (Some(world.now), [(index, 1)].into());
    let soon = UnixTime::from_secs(world.now - 1);
    let site = || Site::hotel(510_107, "cd-hotel-4711").unwrap();
    for order in [[&older, &newer], [&newer, &older]] {
        let lists = order.map(|publisher| publisher.status_list());
        let empty = Verifier::new(trust_list(&world), site());
        let hotel = lists.iter().fold(empty, |desk, list| desk.with_status_list(list, soon).unwrap());
        assert_eq!(status_lists(&hotel), 2);
        assert_eq!(scan(&hotel), "status.stale");
        assert_eq!(scan(&hotel.without_expired_status_lists(soon)), "status.stale");
        let let_go = hotel.without_expired_status_lists(now(&world));
        assert_eq!((scan(&let_go), status_lists(&let_go)), ("status.unavailable", 0));

        let mut without = world.clone();
        std::mem::swap(&mut without.operator.issuer.lists, &mut without.operator.issuer.other_keys[0]);
        without.operator.issuer.other_keys.clear();
        let away = hotel.with_trust_list(trust_list(&without));
        assert_eq!(scan(&away), "ok");
        assert_eq!(scan(&away.with_trust_list(trust_list(&world))), "status.stale");
    }

    // A list of another address, or a newer one, stays.
    let mut elsewhere = older.clone();
    elsewhere.uri.push('9');
    let mut newest = older.clone();
    newest.iat = newer.iat;
    let desk = [newer, newest, elsewhere]
        .iter()
        .fold(Verifier::new(trust_list(&world), site()), |desk, publisher| {
            desk.with_status_list(&publisher.status_list(), soon).unwrap()
        });
    let let_go = desk.without_expired_status_lists(now(&world));
    assert_eq!((scan(&let_go), status_lists(&let_go)), ("ok", 2));
}

#[test]
fn an_unspent_code_opens_by_a_fresh_answer_in_time_only() {
    let world = World::fixed();
    let hotel = desk(&world);
    let admit = |spend: Spend, at: u64| {
        let unspent = hotel.check(&world.showing.text(), now(&world)).unwrap();
        code(unspent.admit(spend, UnixTime::from_secs(at)))
    };
    let expires = world.showing.binding.exp;
    assert_eq!(admit(Spend::Fresh, expires - 1), "ok");
    for spend in
        [Spend::Fresh, Spend::Spent, Spend::Failed, Spend::Full, Spend::BeforeLedger, Spend::ClockBehind]
    {
        assert_eq!(admit(spend, expires), "freshness.expired");
    }
    assert_eq!(admit(Spend::Failed, world.now), "nonce.ledger_failed");
    assert_eq!(admit(Spend::BeforeLedger, world.now), "nonce.before_ledger");
    assert_eq!(admit(Spend::ClockBehind, world.now), "clock.behind");
    assert_eq!(admit(Spend::Spent, world.now), "nonce.spent");
    assert_eq!(admit(Spend::Full, world.now), "nonce.ledger_full");
}

#[test]
fn a_refused_scan_does_not_burn_the_code() {
    let world = World::fixed();
    let ledger = MemoryLedger::new(10, UnixTime::from_secs(0), [7; 16]);
    let hotel = desk(&world);
    let mut strict = Policy::hotel();
    strict.require = strict.require.with(Group::Address);
    let text = world.showing.text();
    let refused = hotel.with_policy(strict).verify(&text, &ledger, now(&world));
    assert_eq!(code(refused), "claims.missing");
    assert_eq!(code(hotel.verify(&text, &ledger, now(&world))), "ok");
    assert_eq!(code(hotel.verify(&text, &ledger, now(&world))), "nonce.spent");
}

/// The same nonce under another expiry is the same code: the ledger is keyed by phone and nonce alone.
#[test]
fn one_nonce_signed_twice_counts_once() {
    let mut world = World::fixed();
    let ledger = MemoryLedger::new(10, UnixTime::from_secs(0), [7; 16]);
    let hotel = desk(&world);
    assert_eq!(code(hotel.verify(&world.showing.text(), &ledger, now(&world))), "ok");
    world.showing.binding.exp -= 1;
    world.showing.binding.iat -= 1;
    assert_eq!(code(hotel.verify(&world.showing.text(), &ledger, now(&world))), "nonce.spent");
}

/// "Codes are tried in the order written; in step 1 outer before inner", where two things are wrong at once.
#[test]
fn of_two_faults_the_one_that_comes_first_is_told() {
    let shape_of_binding = |world: &mut World| world.showing.binding.tampering.payload = |map| map.remove(7);
    let cbor_of_binding = |world: &mut World| {
        world.showing.binding.tampering.payload = |map| *map = map.followed_by(&[0]);
    };
    let no_credential = |world: &mut World| {
        world.showing.binding.tampering.protected = |map| map.remove(13);
    };
    let cbor_of_claims = |world: &mut World| {
        world.showing.credential.tampering.payload = |map| *map = map.followed_by(&[0]);
    };
    let shape_of_claims = |world: &mut World| {
        world.showing.credential.tampering.payload = |map| map.remove(2);
    };
    let version = |world: &mut World| world.showing.credential.licence = |map| map.put(0, 2);
    let licence_shape = |world: &mut World| {
        world.showing.credential.licence = |map| {
            map.put(0, 2);
            map.put(10, 0);
        };
    };
    let bad_disclosure = |world: &mut World| {
        world.showing.credential.change(11, |group| {
            group.disclosure = |items| *items = items.followed_by(&[0]);
        });
    };
    let answer = |faults: &[&dyn Fn(&mut World)]| {
        let mut world = World::fixed();
        faults.iter().for_each(|fault| fault(&mut world));
        code(desk(&World::fixed()).check(&world.showing.text(), now(&world)))
    };
    // The phone's token before the issuer's, whatever is wrong with each.
    assert_eq!(answer(&[&shape_of_binding, &cbor_of_claims]), "payload.shape");
    assert_eq!(answer(&[&shape_of_binding, &version]), "payload.shape");
    assert_eq!(answer(&[&cbor_of_binding, &version]), "payload.cbor");
    // Within one of them: cbor, shape, version.
    assert_eq!(answer(&[&no_credential, &cbor_of_binding]), "payload.cbor");
    assert_eq!(answer(&[&shape_of_claims, &bad_disclosure]), "payload.cbor");
    assert_eq!(answer(&[&version, &bad_disclosure]), "payload.cbor");
    assert_eq!(answer(&[&shape_of_claims, &version]), "payload.shape");
    assert_eq!(answer(&[&version, &licence_shape]), "payload.version");
    assert_eq!(answer(&[&version]), "payload.version");
    assert_eq!(answer(&[]), "ok");
}
