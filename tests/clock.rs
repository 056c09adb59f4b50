//! Every rule of FORMAT.md that has a time in it, a second (or a day) before, at and after the place where it turns; each
//! where no other rule speaks first. And every good scenario at every border of its own times, against the rules written
//! down plainly.

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use eid_verifier::sandbox::{Cbor, Floor, Issuer, Person, Publisher, STATUS_REVOKED, Scenario, World};
use eid_verifier::{NonceLedger as _, Spend, UnixTime};

use time::{Date, Month, UtcOffset};

const DAY: u64 = 86_400;
/// The preset skew, in seconds.
const SKEW: u64 = 60;

fn answer(world: &World) -> &'static str {
    world.scenario("clock", "", "ok").play().map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
}

/// A world, changed so that its rule turns `by` from where it stands.
type Turn = fn(&mut World, i64);

fn moved(time: u64, by: i64) -> u64 {
    time.checked_add_signed(by).unwrap()
}

/// The code made and running out so many seconds from now.
fn code(w: &mut World, iat: i64, exp: i64) {
    w.showing.binding.iat = moved(w.now, iat);
    w.showing.binding.exp = moved(w.now, exp);
}

/// The credential issued so many seconds from now, for thirty days.
fn issued(w: &mut World, iat: i64) {
    w.showing.credential.iat = moved(w.now, iat);
    w.showing.credential.exp = w.showing.credential.iat + 30 * DAY;
}

const RULES: &[(&str, [&str; 3], Turn)] = &[
    // Opening the trust list, and steps 0 and 3.
    ("issued-at = now + skew", ["ok", "ok", "clock.behind"], |w, by| {
        w.operator.issued_at = moved(w.now + SKEW, by);
    }),
    ("the trust list's expires = now", ["trust.expired", "trust.expired", "ok"], |w, by| {
        w.operator.expires = moved(w.now, by);
    }),
    ("the trust list lives 90 days", ["ok", "ok", "trust.malformed"], |w, by| {
        w.operator.expires = moved(w.operator.issued_at + 90 * DAY, by);
    }),
    ("the trust list lives no second", ["trust.malformed", "ok", "ok"], |w, by| {
        w.operator.issued_at = w.now + 30;
        w.operator.expires = moved(w.now + 30, by);
    }),
    ("the floor's issued-at", ["ok", "ok", "trust.rollback"], |w, by| {
        w.floor = Some(Floor {
            sequence: w.operator.sequence - 1,
            sha256: [0; 32],
            issued_at: moved(w.operator.issued_at, by),
        });
    }),
    ("the floor's sequence, of the same list", ["ok", "ok", "trust.rollback"], |w, by| {
        w.remembered();
        if let Some(floor) = &mut w.floor {
            floor.sequence = moved(floor.sequence, by);
        }
    }),
    ("the floor's sequence, of another list", ["ok", "trust.rollback", "trust.rollback"], |w, by| {
        w.remembered();
        if let Some(floor) = &mut w.floor {
            floor.sequence = moved(floor.sequence, by);
            floor.sha256[31] ^= 1;
        }
    }),
    // Step 4: nbf <= iat < exp and nbf <= now < exp.
    ("the key's nbf = iat", ["ok", "ok", "issuer.key_validity"], |w, by| {
        w.operator.issuer.cards.nbf = moved(w.showing.credential.iat, by);
    }),
    ("the key's exp = iat", ["issuer.key_validity", "issuer.key_validity", "ok"], |w, by| {
        issued(w, 30);
        code(w, 30, 300);
        w.operator.issuer.cards.exp = moved(w.now + 30, by);
    }),
    ("the key's nbf = now", ["ok", "ok", "issuer.key_validity"], |w, by| {
        issued(w, 30);
        code(w, 30, 300);
        w.operator.issuer.cards.nbf = moved(w.now, by);
    }),
    ("the key's exp = now", ["issuer.key_validity", "issuer.key_validity", "ok"], |w, by| {
        w.operator.issuer.cards.exp = moved(w.now, by);
    }),
    // Step 5.
    ("nbf = iat", ["ok", "ok", "credential.dates"], |w, by| {
        w.showing.credential.nbf = Some(moved(w.showing.credential.iat, by));
    }),
    // The code outlives such a credential.
    ("exp = iat", ["credential.dates", "credential.dates", "freshness.window"], |w, by| {
        issued(w, 30);
        code(w, 30, 300);
        w.showing.credential.exp = moved(w.showing.credential.iat, by);
    }),
    ("the credential lives 31 days", ["ok", "ok", "credential.dates"], |w, by| {
        w.showing.credential.exp = moved(w.showing.credential.iat + 31 * DAY, by);
    }),
    ("the credential's iat = now + skew", ["ok", "ok", "credential.not_yet_valid"], |w, by| {
        issued(w, 60 + by);
        code(w, 60, 360);
    }),
    ("the credential's exp = now", ["credential.expired", "credential.expired", "ok"], |w, by| {
        code(w, -10, 1);
        w.showing.credential.exp = moved(w.now, by);
    }),
    // Step 7.
    ("the code lives 300 seconds", ["ok", "ok", "freshness.window"], |w, by| code(w, 0, 300 + by)),
    ("the code lives no second", ["freshness.window", "freshness.window", "ok"], |w, by| {
        code(w, 30, 30 + by);
    }),
    ("the code's iat = the credential's", ["freshness.window", "ok", "ok"], |w, by| {
        issued(w, -20);
        code(w, -20 + by, 200);
    }),
    ("the code's exp = the credential's", ["ok", "ok", "freshness.window"], |w, by| {
        code(w, -10, 200 + by);
        w.showing.credential.exp = w.now + 200;
    }),
    ("the code's iat = now + skew", ["ok", "ok", "freshness.not_yet"], |w, by| code(w, 60 + by, 300)),
    ("the code's exp = now", ["freshness.expired", "freshness.expired", "ok"], |w, by| code(w, -100, by)),
    ("the code's age", ["ok", "ok", "freshness.expired"], |w, by| {
        w.policy.max_age = 100;
        code(w, -100 - by, 150);
    }),
    // Opening the status list, and step 12.
    ("the status key's nbf = now", ["ok", "ok", "status.issuer"], |w, by| {
        w.operator.issuer.lists.nbf = moved(w.now, by);
    }),
    ("the status key's exp = now", ["status.issuer", "status.issuer", "ok"], |w, by| {
        w.operator.issuer.lists.exp = moved(w.now, by);
    }),
    ("the status list's iat = now + skew", ["ok", "ok", "clock.behind"], |w, by| {
        w.publisher.iat = moved(w.now + SKEW, by);
    }),
    ("the status list's exp = now", ["status.stale", "status.stale", "ok"], |w, by| {
        w.publisher.exp = Some(moved(w.now, by));
    }),
    ("the status list's age", ["ok", "ok", "status.stale"], |w, by| {
        w.publisher.exp = None;
        w.publisher.iat = moved(w.now - w.policy.max_status_age, -by);
    }),
    ("the iat of two lists", ["ok", "status.revoked", "status.revoked"], |w, by| {
        let (_, index) = w.showing.credential.short_status.unwrap();
        let mut second = w.publisher.clone();
        second.iat = moved(second.iat, by);
        second.values.insert(index, STATUS_REVOKED);
        w.other_publishers.push(second);
    }),
    // Step 13.
    ("iat = the ledger's beginning + skew", ["nonce.before_ledger", "nonce.before_ledger", "ok"], |w, by| {
        w.ledger.began = Some(moved(w.showing.binding.iat - SKEW, -by));
    }),
    ("the ledger's own time = exp", ["ok", "clock.behind", "clock.behind"], |w, by| {
        w.shown_before(290 + by, "ok");
    }),
    ("the exp of an entry = the ledger's own time", ["ok", "ok", "nonce.ledger_full"], |w, by| {
        w.ledger.capacity = Some(1);
        w.shown_before(-290 + by, "ok");
    }),
];

#[test]
fn every_rule_turns_where_it_says() {
    for (rule, expected, turn) in RULES {
        let found = [-1, 0, 1].map(|by| {
            let mut world = World::fixed();
            turn(&mut world, by);
            answer(&world)
        });
        assert_eq!(found, *expected, "{rule}");
    }
    println!("{} rules, before, at and after", RULES.len());
}

/// The skew of a policy that forgives nothing, and of one that forgives everything.
#[test]
fn skew_forgives_only_the_future_side() {
    for (rule, expected, turn) in RULES {
        let mut world = World::fixed();
        turn(&mut world, 0);
        world.policy.max_skew = 0;
        let found = answer(&world);
        let is_of_the_skew = rule.contains("skew");
        match *rule {
            // With less skew a ledger of the same beginning has admitted fewer codes.
            "iat = the ledger's beginning + skew" => assert_eq!(found, "ok"),
            _ if is_of_the_skew => assert_ne!(found, "ok", "{rule}"),
            // Those that are set thirty seconds ahead, to be out of the way of others.
            _ if found.ends_with("not_yet")
                || found.ends_with("not_yet_valid")
                || found == "clock.behind" =>
            {
                let ahead = ["no second", "key's exp = iat", "key's nbf = now", "exp = iat", "own time"];
                assert!(ahead.iter().any(|part| rule.contains(part)), "{rule}: {found}");
            }
            _ => assert_eq!(found, expected[1], "{rule}"),
        }
    }
    // All that is to come is forgiven, but an expiry is not; and every code may be from before such a ledger.
    let mut world = World::fixed();
    world.policy.max_skew = u64::MAX;
    code(&mut world, 100_000, 100_300);
    issued(&mut world, 90_000);
    world.operator.issued_at = world.now + DAY;
    world.publisher.iat = world.now + DAY;
    world.publisher.exp = None;
    let forgiven = world.scenario("forgiven", "", "ok");
    let desk = forgiven.verifier().unwrap();
    assert!(desk.check(&forgiven.qr, forgiven.now()).is_ok());
    assert_eq!(answer(&world), "nonce.before_ledger");
    code(&mut world, -10, 0);
    issued(&mut world, -10);
    assert_eq!(answer(&world), "freshness.expired");
}

#[test]
fn the_time_of_spending_is_looked_at_anew() {
    let good = World::fixed().scenario("spending", "", "ok");
    let desk = good.verifier().unwrap();
    let exp = good.world.showing.binding.exp;
    for (now, expected) in [
        (0, "ok"),
        (exp - 1, "ok"),
        (exp, "freshness.expired"),
        (exp + 1, "freshness.expired"),
        (u64::MAX, "freshness.expired"),
    ] {
        let code = desk.check(&good.qr, good.now()).unwrap();
        let found = code.admit(Spend::Fresh, UnixTime::from_secs(now));
        assert_eq!(found.map_or_else(|refusal| refusal.code().as_str(), |_| "ok"), expected, "{now}");
    }
    // A ledger whose time went on meanwhile.
    let ledger = good.ledger();
    for (now, expected) in [(exp, Spend::ClockBehind), (exp - 1, Spend::ClockBehind)] {
        let code = desk.check(&good.qr, good.now()).unwrap();
        assert_eq!(ledger.spend(code.nonce(), UnixTime::from_secs(now)), expected);
    }
}

/// 00:00 in UTC+8 of a day yyyymmdd.
fn midnight(day: u64) -> u64 {
    let [year, month, day] = [day / 10_000, day / 100 % 100, day % 100].map(|n| u16::try_from(n).unwrap());
    let month = Month::try_from(u8::try_from(month).unwrap()).unwrap();
    let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).unwrap()).unwrap();
    u64::try_from(date.midnight().assume_offset(UtcOffset::from_hms(8, 0, 0).unwrap()).unix_timestamp())
        .unwrap()
}

/// The last second of the day before, the first of this day in UTC+8, and the next.
fn around_midnight(day: u64, world: impl Fn(u64) -> World) -> [&'static str; 3] {
    [-1, 0, 1].map(|by| answer(&world(moved(midnight(day), by))))
}

#[test]
fn a_document_expires_when_its_last_day_is_over_in_utc_8() {
    for (until, next) in [
        (20260930, 20261001),
        (20261231, 20270101),
        (20280228, 20280229),
        (20280229, 20280301),
        (21000228, 21000301),
    ] {
        let found = around_midnight(next, |now| {
            let mut world = World::at(now);
            world.ask_and_show(&[11, 14]);
            world.showing.credential.say(
                14,
                [20160801, until].map(Cbor::Uint).into_iter().chain(["测试市公安局".into()]).collect(),
            );
            world
        });
        assert_eq!(found, ["ok", "claims.document_expired", "claims.document_expired"], "{until}");

        let found = around_midnight(next, |now| {
            let mut world = World::at(now);
            world.showing.credential.describe(&Person {
                permit: Some(("四川省测试市样例区暂居街7号", 20260101, until, "测试市公安局")),
                ..Person::RESIDENT
            });
            world.showing.credential.document = 3;
            world.ask_and_show(&[11, 18]);
            world
        });
        assert_eq!(found, ["ok", "claims.endorsement_lapsed", "claims.endorsement_lapsed"], "{until}");
    }
}

/// A world at this time, of a person born on this day, of whom these groups are shown.
fn born(now: u64, birth: u64, groups: &[u64]) -> World {
    let mut world = World::at(now);
    world.showing.credential.describe(&Person { birth, ..Person::ADULT });
    world.ask_and_show(groups);
    world
}

#[test]
fn nobody_is_born_tomorrow() {
    for birth in [20261001, 20270101, 20280229, 20280301] {
        let found = around_midnight(birth, |now| born(now, birth, &[11]));
        assert_eq!(found, ["claims.id_number", "ok", "ok"], "{birth}");
        let found = around_midnight(birth, |now| born(now, birth, &[12]));
        assert_eq!(found, ["claims.date", "ok", "ok"], "{birth}");
    }
}

/// An age is reached on the day after the birthday, and 29 February counts as 1 March in other years.
#[test]
fn an_age_is_reached_on_the_day_after_the_birthday() {
    for (birth, age, reached) in [
        (20081001, 18, 20261002),
        (20080930, 18, 20261001),
        (20081231, 18, 20270101),
        // Born on a leap day: in a year without one, in a year with one.
        (20080229, 18, 20260302),
        (20080229, 20, 20280301),
        (20080229, 19, 20270302),
        // Around it.
        (20080228, 18, 20260301),
        (20080301, 18, 20260302),
        (20080228, 20, 20280229),
        (20080301, 20, 20280302),
        // 2100 is no leap year, 2000 was one.
        (20800229, 20, 21000302),
        (20000229, 27, 20270302),
    ] {
        for groups in [&[11][..], &[12], &[11, 12]] {
            let found = around_midnight(reached, |now| {
                let mut world = born(now, birth, groups);
                world.policy.minimum_age = Some(age);
                world
            });
            assert_eq!(found, ["claims.underage", "ok", "ok"], "{birth} {age} {groups:?}");
        }
    }
}

#[test]
fn a_civil_date_exists_or_is_refused() {
    let validity = |from: u64, until: u64| {
        let mut world = World::fixed();
        world.ask_and_show(&[11, 14]);
        let value = [from, until].map(Cbor::Uint).into_iter().chain(["测试市公安局".into()]).collect();
        world.showing.credential.say(14, value);
        answer(&world)
    };
    for (from, until, expected) in [
        (20240229, 20440229, "ok"),
        (20230229, 20440229, "claims.date"),
        (20240229, 20430229, "claims.date"),
        (20000229, 20400801, "ok"),
        (19000229, 20400801, "claims.date"),
        (10000101, 99991231, "ok"),
        (9991231, 99991231, "claims.date"),
        (10000101, 99991232, "claims.date"),
        (10000101, 100000101, "claims.date"),
        (0, 99991231, "claims.date"),
        (20160801, u64::MAX, "claims.date"),
        (20260431, 20360801, "claims.date"),
        (20261301, 20360801, "claims.date"),
        (20260001, 20360801, "claims.date"),
        (20260100, 20360801, "claims.date"),
        // A from after its until is wrong whatever the day; a day on which both fall is right.
        (20360802, 20360801, "claims.date"),
        (20360801, 20360801, "ok"),
    ] {
        assert_eq!(validity(from, until), expected, "{from} {until}");
    }
    let permit = |issued: u64, until: u64| {
        let mut world = World::fixed();
        world.showing.credential.describe(&Person {
            permit: Some(("四川省测试市样例区暂居街7号", issued, until, "测试市公安局")),
            ..Person::RESIDENT
        });
        world.ask_and_show(&[11, 18]);
        answer(&world)
    };
    for (issued, until, expected) in
        [(20261231, 20270101, "ok"), (20270101, 20270101, "ok"), (20270102, 20270101, "claims.date")]
    {
        assert_eq!(permit(issued, until), expected, "{issued} {until}");
    }
}

#[test]
fn after_9999_it_stays_the_last_day() {
    let last = midnight(99991231);
    let until = |until: u64| {
        move |now| {
            let mut world = World::at(now);
            world.ask_and_show(&[11, 14]);
            world.showing.credential.say(
                14,
                [20160801, until].map(Cbor::Uint).into_iter().chain(["测试市公安局".into()]).collect(),
            );
            answer(&world)
        }
    };
    for now in [last - 1, last, last + DAY - 1, last + DAY, last + DAY + 1, last + 1000 * DAY, u64::MAX - 1] {
        assert_eq!(until(99991231)(now), "ok", "{now}");
        let expected = if now < last { "ok" } else { "claims.document_expired" };
        assert_eq!(until(99991230)(now), expected, "{now}");
        let expected = if now < last { "claims.id_number" } else { "ok" };
        assert_eq!(answer(&born(now, 99991231, &[11])), expected, "{now}");
    }
}

#[test]
fn at_the_ends_of_time() {
    // 1970-01-01, 08:00 in UTC+8. A code of that second may be from before any ledger.
    assert_eq!(answer(&World::at(0)), "claims.id_number");
    let early = |now| answer(&born(now, 19000101, &[11]));
    assert_eq!([0, 1, 60, 70].map(early), ["nonce.before_ledger"; 4]);
    assert_eq!(early(71), "ok");
    // The last second in which anything can hold is the last but one.
    assert_eq!(answer(&World::at(u64::MAX - 1)), "ok");
    assert_eq!(answer(&World::at(u64::MAX)), "trust.expired");
    // A terminal whose clock is at either end, at every good desk.
    let mut scenarios = 0;
    for good in Scenario::all().into_iter().filter(|scenario| scenario.expect == "ok") {
        let desk = good.verifier().unwrap();
        let scan = |now| {
            let now = UnixTime::from_secs(now);
            let answer = match good.challenge() {
                Some(challenge) => desk.check_challenged(&good.qr, &challenge, now),
                None => desk.check(&good.qr, now),
            };
            answer.err().map(|refusal| refusal.code().as_str())
        };
        let skew_is_endless = good.policy.max_skew == u64::MAX;
        assert!(scan(0) == Some("clock.behind") || skew_is_endless, "{}", good.id);
        assert_eq!(scan(u64::MAX), Some("trust.expired"), "{}", good.id);
        scenarios += 1;
    }
    println!("{scenarios} scenarios at both ends of time");
}

/// What the times alone say of a scan at `now`, by the rules as FORMAT.md writes them, in its order.
fn by_the_times(world: &World, now: u64) -> &'static str {
    let World { operator, policy, showing, .. } = world;
    let (credential, binding) = (&showing.credential, &showing.binding);
    let ahead = now.saturating_add(policy.max_skew);
    if ahead < operator.issued_at {
        return "clock.behind";
    }
    if now >= operator.expires {
        return "trust.expired";
    }
    let issuer = issuer(world);
    let keys = || [&issuer.cards, &issuer.lists].into_iter().chain(&issuer.other_keys);
    let key = keys().find(|key| key.kid == credential.kid).unwrap();
    let holds = |time: u64| (key.nbf..key.exp).contains(&time);
    if !holds(credential.iat) || !holds(now) {
        return "issuer.key_validity";
    }
    if ahead < credential.iat {
        return "credential.not_yet_valid";
    }
    if now >= credential.exp {
        return "credential.expired";
    }
    if ahead < binding.iat {
        return "freshness.not_yet";
    }
    if now >= binding.exp || now.saturating_sub(binding.iat) > policy.max_age {
        return "freshness.expired";
    }
    let Some(uri) = status_uri(world).filter(|_| policy.status != "ignored") else { return "ok" };
    let counts = |publisher: &&Publisher| {
        let signer = keys().find(|key| key.kid == publisher.kid && key.key == publisher.key);
        publisher.uri == uri && signer.is_some_and(|key| (key.nbf..key.exp).contains(&now))
    };
    // The last of the newest.
    let Some(list) = publishers(world).filter(counts).max_by_key(|publisher| publisher.iat) else {
        return "status.unavailable";
    };
    if ahead < list.iat {
        "clock.behind"
    } else if list.exp.is_some_and(|exp| now >= exp) || now.saturating_sub(list.iat) > policy.max_status_age {
        "status.stale"
    } else {
        "ok"
    }
}

fn issuer(world: &World) -> &Issuer {
    let operator = &world.operator;
    let mut issuers = [&operator.issuer].into_iter().chain(&operator.other_issuers);
    issuers.find(|issuer| issuer.iss == world.showing.credential.iss).unwrap()
}

fn publishers(world: &World) -> impl Iterator<Item = &Publisher> {
    [&world.publisher].into_iter().chain(&world.other_publishers).filter(|publisher| !publisher.silent)
}

fn status_uri(world: &World) -> Option<String> {
    let credential = &world.showing.credential;
    let short = || {
        let (list, _) = credential.short_status?;
        Some(format!("{}{list}", issuer(world).status_prefix.as_ref()?))
    };
    credential.standard_status.as_ref().map(|(uri, _)| uri.clone()).or_else(short)
}

/// Every time that a scenario's scan may turn at.
fn borders(world: &World) -> Vec<u64> {
    let World { operator, policy, showing, .. } = world;
    let issuer = issuer(world);
    let keys = [&issuer.cards, &issuer.lists].into_iter().chain(&issuer.other_keys);
    let lists = publishers(world)
        .flat_map(|list| [list.iat, list.exp.unwrap_or(0), list.iat.saturating_add(policy.max_status_age)]);
    let all: Vec<u64> = [
        operator.issued_at,
        operator.expires,
        showing.credential.iat,
        showing.credential.exp,
        showing.binding.iat,
        showing.binding.exp,
        showing.binding.iat.saturating_add(policy.max_age),
        world.now,
    ]
    .into_iter()
    .chain(keys.flat_map(|key| [key.nbf, key.exp]))
    .chain(lists)
    .collect();
    let around = |time: u64| [time.saturating_sub(1), time, time.saturating_add(1)];
    let with_skew = all.iter().flat_map(|&time| [time, time.saturating_sub(policy.max_skew)]);
    let mut borders: Vec<u64> = with_skew.flat_map(around).chain([0, u64::MAX]).collect();
    borders.sort_unstable();
    borders.dedup();
    borders
}

#[test]
fn every_good_scenario_at_every_border_of_its_times() {
    let (mut scenarios, mut scans, mut answers) = (0, 0, BTreeMap::<&str, u32>::new());
    for good in Scenario::all().into_iter().filter(|scenario| scenario.expect == "ok") {
        let desk = good.verifier().unwrap();
        for now in borders(&good.world) {
            let time = UnixTime::from_secs(now);
            let answer = match good.challenge() {
                Some(challenge) => desk.check_challenged(&good.qr, &challenge, time),
                None => desk.check(&good.qr, time),
            };
            let found = answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
            assert_eq!(found, by_the_times(&good.world, now), "{} at {now}", good.id);
            *answers.entry(found).or_default() += 1;
            scans += 1;
        }
        scenarios += 1;
    }
    println!("{scans} scans of {scenarios} scenarios: {answers:?}");
    assert!(scenarios > 100 && answers["ok"] > 1000, "{answers:?}");
    for code in
        ["clock.behind", "trust.expired", "issuer.key_validity", "freshness.not_yet", "freshness.expired"]
    {
        assert!(answers.contains_key(code), "{code}");
    }
}
