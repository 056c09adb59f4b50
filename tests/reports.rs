//! Reports: derived from the one run of the checks, step by step, and no verdict; the outcome without claims; the watch on
//! the desk's clock.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use eid_verifier::claims::{Advisory, OfAge};
use eid_verifier::clock::ClockWatch;
use eid_verifier::policy::{AgeRule, Document, Group};
use eid_verifier::refusal::{Code, Step};
use eid_verifier::report::{Report, Row, RowOutcome};
use eid_verifier::sandbox::{Cbor, Fault, Key, Person, Phone, Scenario, World};
use eid_verifier::{Policy, Refusal, Spend, UnixTime, VerifiedClaims, Verifier};

fn explain(scenario: &Scenario, desk: &Verifier) -> Report {
    match scenario.challenge() {
        Some(challenge) => desk.explain_challenged(&scenario.qr, &challenge, scenario.now()),
        None => desk.explain(&scenario.qr, scenario.now()),
    }
}

fn failed(report: &Report) -> Vec<Row> {
    report.rows().iter().copied().filter(|row| matches!(row.outcome, RowOutcome::Failed(_))).collect()
}

#[test]
fn a_report_says_what_the_verdict_says() {
    let mut steps_failed = BTreeSet::new();
    for scenario in Scenario::all() {
        let Ok(desk) = scenario.verifier() else { continue };
        let report = explain(&scenario, &desk);
        let id = &scenario.id;
        assert_eq!(report.rows().map(|row| row.step), Step::ALL, "{id}");
        let check = match scenario.challenge() {
            Some(challenge) => desk.check_challenged(&scenario.qr, &challenge, scenario.now()),
            None => desk.check(&scenario.qr, scenario.now()),
        };
        let at = match check {
            Err(refusal) => {
                let step = refusal.step().expect(id);
                let row = Row { step, outcome: RowOutcome::Failed(refusal) };
                assert_eq!(failed(&report), [row], "{id}");
                steps_failed.insert(step);
                step
            }
            Ok(_) => {
                assert_eq!(failed(&report), [], "{id}");
                Step::Nonce
            }
        };
        for &Row { step, outcome } in report.rows() {
            if step < at {
                let ignored = scenario.policy.status == "ignored" && step == Step::Status;
                let passed = if ignored { RowOutcome::Skipped } else { RowOutcome::Passed };
                assert_eq!(outcome, passed, "{id} {step}");
            } else if step > at {
                assert_eq!(outcome, RowOutcome::NotReached, "{id} {step}");
            } else if step == Step::Nonce {
                // No report ever passes whole.
                assert_eq!(outcome, RowOutcome::LeftToLedger, "{id}");
            }
        }
        assert_eq!(report.code().is_some(), at > Step::Payload, "{id}");
    }
    // Lists open and expire at one moment there: step 3 refuses later.
    let good = Scenario::named("ok-hotel").unwrap();
    let desk = good.verifier().unwrap();
    let [row] = failed(&desk.explain(&good.qr, desk.trust_list().expires_at()))[..] else { panic!() };
    steps_failed.insert(row.step);
    let every: BTreeSet<Step> = Step::ALL.into_iter().filter(|&step| step != Step::Nonce).collect();
    assert_eq!(steps_failed, every);
}

#[test]
fn a_report_has_the_numbers_of_the_desk() {
    let good = Scenario::named("ok-hotel").unwrap();
    let late = good.now().as_secs() + 400;
    let desk = good.verifier().unwrap();
    let report = desk.explain(&good.qr, UnixTime::from_secs(late));
    let text = report.to_string();
    let binding = &good.world.showing.binding;
    for line in [
        " 6 device      passed",
        &format!(" 7 freshness   failed: freshness.expired: expired at {}, it is {late}", binding.exp),
        " 8 audience    not_reached",
        "13 nonce       not_reached",
        &format!("clock {late}, skew 60 s"),
        &format!("code made at {}, runs out at {}: 410 s old, 0 s left", binding.iat, binding.exp),
        &format!(
            "trust list {}: {} s old, {} s left",
            good.world.operator.name,
            2 * 86_400 + 400,
            30 * 86_400 - 400
        ),
        &format!("status list {}: 4000 s old, {} s left", good.world.publisher.uri, 86_400 - 400),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert_eq!(report.remaining(good.now()), Some(290));
    assert_eq!(report.remaining(UnixTime::from_secs(late)), Some(0));
    // A policy may take less than the whole life of a code.
    let mut hasty = Policy::hotel();
    hasty.max_age = 60;
    let hasty = desk.with_policy(hasty).explain(&good.qr, good.now());
    assert_eq!(hasty.remaining(good.now()), Some(51));
    assert_eq!((report.now().as_secs(), report.phone_ahead_by()), (late, None));
    assert_eq!(report.trust_list().age(report.now()), 2 * 86_400 + 400);
    assert_eq!(report.status_lists().len(), 1);

    let early = desk.explain(&good.qr, UnixTime::from_secs(binding.iat - 90));
    assert_eq!(early.phone_ahead_by(), Some(90));
    assert!(early.to_string().contains("the phone's clock is 90 s ahead, at least"));

    let nothing = desk.explain("a loaf of bread", good.now());
    assert_eq!((nothing.code(), nothing.remaining(good.now()), nothing.phone_ahead_by()), (None, None, None));
    assert!(nothing.to_string().contains(" 1 payload     failed: payload.scheme"));
}

/// Whoever names a list writes no line of a log.
#[test]
fn the_name_of_a_list_is_on_one_line() {
    let mut world = World::fixed();
    world.operator.name = "a list\n 7 freshness   passed".into();
    let scenario = world.scenario("", "", "ok");
    let text = explain(&scenario, &scenario.verifier().unwrap()).to_string();
    assert!(text.contains("trust list a list\\n 7 freshness   passed: "), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with(" 7 freshness")).count(), 1, "{text}");
}

// ---------------------------------------------------------------------------------------------------------------------
// The outcome.

fn admitted(world: &World, policy: Policy) -> VerifiedClaims {
    let desk = world.scenario("", "", "ok").verifier().unwrap().with_policy(policy);
    let now = UnixTime::from_secs(world.now);
    desk.check(&world.showing.text(), now).unwrap().admit(Spend::Fresh, now).unwrap()
}

#[test]
fn an_outcome_tells_an_age_by_the_right_group() {
    let any_age = |accept: &[Group]| {
        let mut policy = Policy::internet_cafe();
        policy.age = AgeRule::AdmitAnyAge;
        policy.accept = accept.iter().copied().collect();
        policy
    };
    let all = [Group::Identity, Group::Demographics, Group::Ages];
    let adult = Person::ADULT;
    let minor = Person::MINOR;
    for (person, shown, policy, age, of_age) in [
        (&adult, &[11][..], any_age(&all), 18, OfAge::Reached),
        (&adult, &[12], any_age(&all), 18, OfAge::Reached),
        (&minor, &[11], any_age(&all), 18, OfAge::NotReached),
        (&minor, &[12], any_age(&all), 18, OfAge::NotReached),
        (&minor, &[11, 12], any_age(&all), 3, OfAge::Reached),
        (&adult, &[15], any_age(&all), 18, OfAge::Reached),
        // Group 15 has only the ages that a scene asks for: what is not in it is not told.
        (&adult, &[15], any_age(&all), 21, OfAge::NotTold),
        (&minor, &[15], any_age(&all), 18, OfAge::NotTold),
        // A birth date that was shown and dropped decides no more, and nothing else in its place.
        (&adult, &[12, 15], any_age(&[Group::Ages]), 18, OfAge::NotTold),
        (&adult, &[11, 15], any_age(&[Group::Ages]), 18, OfAge::NotTold),
        (&adult, &[13], any_age(&all), 18, OfAge::NotTold),
        // What the policy asked for was reached, whatever was dropped afterwards.
        (&adult, &[12], Policy::internet_cafe(), 18, OfAge::Reached),
        (&adult, &[12], Policy::internet_cafe(), 16, OfAge::Reached),
        (&adult, &[12], Policy::internet_cafe(), 19, OfAge::NotTold),
    ] {
        let mut world = World::fixed();
        world.move_to("internet-cafe");
        world.policy.require.clear();
        world.showing.credential.describe(person);
        world.showing.credential.disclose(shown);
        let outcome = admitted(&world, policy).into_outcome(age);
        assert_eq!((outcome.of_age(), outcome.age()), (of_age, age), "{shown:?} {age}");
        assert_eq!(outcome.document(), Document::IdentityCard);
        assert_eq!(outcome.verified_at().as_secs(), world.now);
    }
}

/// The day after the birthday, in China, as everywhere.
#[test]
fn an_outcome_tells_an_age_on_the_right_day() {
    // Today is 2026-09-21 in China.
    for (born, of_age) in [
        (20_080_919, OfAge::Reached),
        (20_080_920, OfAge::Reached),
        (20_080_921, OfAge::NotReached),
        (20_080_922, OfAge::NotReached),
    ] {
        let mut world = World::fixed();
        world.policy.require.clear();
        world.showing.credential.disclose(&[12]);
        world.showing.credential.change(12, |group| {
            group.value = [1.into(), 1.into(), Cbor::from(born)].into_iter().collect();
        });
        let mut policy = Policy::hotel();
        policy.require = [].into();
        assert_eq!(admitted(&world, policy).into_outcome(18).of_age(), of_age, "{born}");
    }
}

#[test]
fn an_outcome_keeps_the_advisories() {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::MINOR);
    let outcome = admitted(&world, Policy::hotel()).into_outcome(18);
    assert_eq!(outcome.advisories(), [Advisory::AskForGuardian]);
    assert_eq!(outcome.of_age(), OfAge::NotReached);
}

// ---------------------------------------------------------------------------------------------------------------------
// The watch on the clock.

/// A code of the `n`th phone, made `ahead` seconds after this desk's now.
fn ahead(n: u8, ahead: u64) -> (String, Result<VerifiedClaims, Refusal>) {
    let mut world = World::fixed();
    world.showing.enrol(Phone::Ed25519(Key::named(&format!("phone {n}"))));
    world.showing.binding.iat = world.now + ahead;
    world.showing.binding.exp = world.now + ahead + 300;
    let scenario = world.scenario("", "", "freshness.not_yet");
    let verdict = scenario.play();
    (scenario.qr, verdict)
}

#[test]
fn a_clerk_can_read_that_the_clock_is_slow() {
    let mut watch = ClockWatch::new();
    let slow = (1..=3).filter_map(|phone| {
        let (text, verdict) = ahead(phone, 500);
        watch.note(&text, &verdict)
    });
    let [slow] = slow.collect::<Vec<_>>()[..] else { panic!("the third phone tells, and no other") };
    assert_eq!(format!("{watch:?}"), "ClockWatch { phones_ahead: 3, .. }");
    assert!(slow.clerk_zh().contains("校准") && slow.clerk_zh().ends_with('。'));
    assert!(slow.clerk_en().contains("clock") && slow.clerk_en().ends_with('.'));
}

#[test]
fn three_phones_that_are_ahead_mean_that_the_desk_is_behind() {
    let mut watch = ClockWatch::new();
    let mut note = |(text, verdict): (String, Result<VerifiedClaims, Refusal>)| {
        watch.note(&text, &verdict).map(|slow| slow.behind_by)
    };
    assert_eq!(ahead(1, 500).1.unwrap_err().code(), Code::FreshnessNotYet);
    // One phone, however often it tries.
    for second in 0..5 {
        assert_eq!(note(ahead(1, 500 + second)), None);
    }
    assert_eq!(note(ahead(1, 500)), None);
    assert_eq!(note(ahead(2, 470)), None);
    // A verdict that is of another text: the third phone has not been seen.
    assert_eq!(note((ahead(3, 480).0, ahead(2, 470).1)), None);
    // What says nothing of clocks changes nothing.
    let good = Scenario::named("ok-hotel").unwrap();
    for fault in [Fault::WrongIssuerKey, Fault::UnknownIssuer] {
        let broken = good.broken_by(fault);
        assert_eq!(note((broken.qr.clone(), broken.play())), None);
    }
    assert_eq!(
        note(("no code".into(), good.verifier().unwrap().check("no code", good.now()).map(|_| panic!()))),
        None
    );
    assert_eq!(note(ahead(3, 480)), Some(470));
    // The last three count.
    assert_eq!(note(ahead(4, 490)), Some(470));
    assert_eq!(note(ahead(5, 505)), Some(480));
    // What says nothing of clocks raises no alarm either.
    assert_eq!(
        note(("no code".into(), good.verifier().unwrap().check("no code", good.now()).map(|_| panic!()))),
        None
    );
    // A refusal for another reason takes no doubt away: a slow clock finds an old code fresh.
    let lost = good.broken_by(Fault::ReportedLost);
    assert_eq!(note((lost.qr.clone(), lost.play())), None);
    assert_eq!(note(ahead(1, 500)), Some(490));
    // A phone that agrees with the desk does.
    assert_eq!(note((good.qr.clone(), good.play())), None);
    assert_eq!((note(ahead(1, 500)), note(ahead(2, 500)), note(ahead(3, 500))), (None, None, Some(500)));
}
