//! "Codes are tried in the order written" (FORMAT.md, What a verifier checks): of every two things that are wrong at once the
//! one that comes first is told. What is cheap or proves who signed comes before what costs or is about the person, and the
//! ledger comes last.

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use eid_verifier::UnixTime;
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::{Cbor, Floor, Group, Key, Person, Phone, Shown, USE_STATUS_LISTS, World};

type Fault = (&'static str, fn(&mut World));

/// In FORMAT.md's order. Each leaves to the others what they break.
const FAULTS: &[Fault] = &[
    // Opening the trust list.
    ("trust.malformed", |w| w.operator.tampering.payload = |list| list.put(7, 0)),
    ("trust.type", |w| w.operator.tampering.protected = |header| header.put(16, "application/cwt")),
    ("trust.anchor", |w| w.operator.kid = [0; 8]),
    ("trust.signature", |w| w.operator.key = Key::named("rogue")),
    ("trust.expired", |w| {
        w.operator.expires = w.now;
        w.operator.issued_at = w.operator.issued_at.min(w.now);
    }),
    ("trust.duplicate", |w| w.operator.issuer.lists.kid = w.operator.issuer.cards.kid),
    ("trust.rollback", |w| {
        w.floor = Some(Floor { sequence: u64::MAX, sha256: [0; 32], issued_at: 0 });
    }),
    // Opening the status list.
    ("status.malformed", |w| w.publisher.bits = 3),
    ("status.type", |w| w.publisher.tampering.protected = |header| header.put(16, "application/cwt")),
    ("status.issuer", |w| w.publisher.kid = [0; 8]),
    ("status.signature", |w| w.publisher.key = Key::named("rogue")),
    ("status.malformed", |w| w.publisher.zlib = |zlib| zlib.truncate(zlib.len() / 2)),
    // Steps 0 to 2.
    ("clock.behind", |w| w.operator.issued_at = w.now + 61),
    ("payload.scheme", |w| w.showing.written = |text| text.insert(0, 'X')),
    ("payload.cbor", |w| w.showing.bytes = |bytes| bytes.push(0)),
    ("payload.shape", |w| w.showing.binding.tampering.payload = |claims| claims.remove(7)),
    ("payload.version", |w| w.showing.credential.licence = |licence| licence.put(0, 2)),
    ("header.critical", |w| w.showing.binding.tampering.unprotected = |header| header.put(2, 0)),
    ("header.type", |w| w.showing.credential.tampering.protected = |header| header.put(16, 294)),
    ("header.algorithm", |w| w.showing.binding.tampering.protected = |header| header.put(1, -8)),
    ("header.unexpected", |w| w.showing.credential.tampering.unprotected = |header| header.put(18, 0)),
    // 4.
    ("issuer.unknown", |w| w.showing.credential.iss.push('x')),
    ("issuer.key_validity", |w| w.operator.issuer.cards.exp = w.now),
    ("issuer.not_authorised", |w| w.operator.issuer.cards.uses = USE_STATUS_LISTS),
    ("issuer.not_authorised", |w| w.operator.issuer.cards.documents = Some([2].into())),
    ("issuer.not_authorised", |w| w.showing.credential.regions = [0].into()),
    ("issuer.signature", |w| w.showing.credential.signer = Key::named("rogue")),
    // 5.
    ("credential.dates", |w| w.showing.credential.nbf = Some(u64::MAX)),
    ("credential.dates", |w| w.showing.credential.exp = w.showing.credential.iat + 32 * 86_400),
    ("credential.not_yet_valid", |w| {
        w.showing.credential.iat = w.now + 61;
        w.showing.credential.exp = w.now + 86_400;
    }),
    ("credential.expired", |w| w.showing.credential.exp = w.now),
    ("credential.document", |w| w.showing.credential.document = 4),
    // 6.
    ("device.key", |w| w.showing.credential.cose_key = |key| key.remove(-2)),
    ("device.key", |w| w.showing.binding.tampering.protected = |header| header.put(1, -9)),
    ("device.signature", |w| w.showing.binding.phone = Phone::Ed25519(Key::named("thief"))),
    ("device.key_protection", |w| w.showing.credential.key_protection = None),
    // 7.
    ("freshness.window", |w| w.showing.binding.exp = w.showing.binding.iat + 301),
    ("freshness.not_yet", |w| {
        (w.showing.binding.iat, w.showing.binding.exp) = (w.now + 61, w.now + 300);
    }),
    ("freshness.expired", |w| (w.showing.binding.iat, w.showing.binding.exp) = (w.now - 300, w.now)),
    ("freshness.expired", |w| w.policy.max_age = 5),
    // 8 and 9.
    ("audience.mismatch", |w| w.showing.binding.aud = "patrol".into()),
    ("challenge.unexpected", |w| w.showing.binding.cnonce = Some([1; 16].into())),
    ("user.not_verified", |w| w.showing.binding.user_verification = None),
    ("scope.region", |w| w.showing.credential.regions = [510_106].into()),
    ("scope.scene", |w| w.showing.credential.scenes = [5].into()),
    // 10.
    ("disclosure.malformed", |w| {
        shown(w, 12, |group| {
            group.disclosure = |item| {
                if let Cbor::Array(parts) = item {
                    parts.truncate(1);
                }
            }
        });
    }),
    ("disclosure.unmatched", |w| shown(w, 13, |group| group.shown = Shown::Forged)),
    ("disclosure.duplicate", |w| {
        let again = Group::new(16, Cbor::Array(["519999000001".into(), 1.into(), 1.into()].into()));
        shown(w, 16, |_| {});
        w.showing.credential.groups.push(again);
    }),
    // 11.
    ("claims.name", |w| said(w, 11, 0, "")),
    ("claims.id_number", |w| said(w, 11, 1, "51")),
    ("claims.date", |w| said(w, 14, 0, 20260230)),
    ("claims.code", |w| said(w, 12, 0, 3)),
    ("claims.inconsistent", |w| said(w, 12, 2, 19500101)),
    ("claims.missing", |w| w.policy.require.push(19)),
    ("claims.document_expired", |w| said(w, 14, 1, 20260920)),
    ("claims.endorsement_lapsed", |w| {
        said(w, 18, 0, 20260101);
        said(w, 18, 1, 20260920);
    }),
    ("claims.underage", |w| w.policy.minimum_age = Some(150)),
    // 12.
    ("status.unreferenced", |w| {
        (w.showing.credential.short_status, w.showing.credential.standard_status) = (None, None);
    }),
    ("status.ambiguous", |w| w.showing.credential.standard_status = Some((w.publisher.uri.clone(), 0))),
    ("status.unavailable", |w| w.publisher.uri.push('0')),
    ("clock.behind", |w| w.publisher.iat = w.now + 61),
    ("status.stale", |w| w.publisher.exp = Some(w.now)),
    ("status.stale", |w| w.publisher.iat = w.now - w.policy.max_status_age - 1),
    ("status.index", |w| {
        let status = &mut w.showing.credential.short_status;
        *status = status.map(|(list, _)| (list, u64::MAX));
    }),
    ("status.revoked", |w| {
        let (_, index) = w.showing.credential.short_status.unwrap();
        w.publisher.values.insert(index, 1);
    }),
    // 13.
    ("nonce.ledger_failed", |w| w.ledger.fails = true),
    ("nonce.before_ledger", |w| w.ledger.began = Some(w.showing.binding.iat)),
    ("clock.behind", |w| w.shown_before(290, "ok")),
    // In a ledger that is full of it.
    ("nonce.spent", |w| {
        w.before.clear();
        w.times = 2;
    }),
    ("nonce.ledger_full", |w| {
        w.ledger.capacity = Some(1);
        w.shown_before(0, "ok");
    }),
];

/// Changes a group that is then shown.
fn shown(w: &mut World, number: u64, change: impl FnOnce(&mut Group)) {
    w.showing.credential.change(number, |group| {
        group.shown = Shown::Disclosed;
        change(group);
    });
}

/// Puts this in a place of a group.
fn said(w: &mut World, number: u64, place: u64, value: impl Into<Cbor>) {
    shown(w, number, |group| group.value.within(place, |item| *item = value.into()));
}

/// A credential with every group, one of which is shown.
fn good() -> World {
    let mut world = World::fixed();
    world.showing.credential.describe(&Person::RESIDENT);
    world.showing.credential.disclose(&[11]);
    world.publisher.size = 1_100;
    world
}

fn answer(faults: &[&Fault]) -> &'static str {
    let mut world = good();
    faults.iter().for_each(|(_, fault)| fault(&mut world));
    world.scenario("", "", "ok").play().map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
}

#[test]
fn of_every_two_faults_the_first_is_told() {
    assert_eq!(answer(&[]), "ok");
    let mut pairs = 0;
    for (place, first) in FAULTS.iter().enumerate() {
        assert_eq!(answer(&[first]), first.0, "alone");
        for second in &FAULTS[place + 1..] {
            // The first has the last word where both change one thing.
            assert_eq!(answer(&[second, first]), first.0, "{} and {}", first.0, second.0);
            pairs += 1;
        }
    }
    println!("{} faults in {pairs} pairs", FAULTS.len());
    let named = |code: &Code| FAULTS.iter().any(|(name, _)| *name == code.as_str());
    let unnamed: Vec<&str> = Code::ALL.iter().filter(|code| !named(code)).map(|code| code.as_str()).collect();
    // Of the text, of the inside of a list, of a challenge that was given, and further values of a status.
    assert_eq!(
        unnamed,
        [
            "payload.too_long",
            "payload.encoding",
            "challenge.missing",
            "challenge.mismatch",
            "status.too_large",
            "status.suspended",
            "status.outdated",
            "status.unknown"
        ]
    );
}

/// Step 3, of a list that was in force when it was opened.
#[test]
fn a_list_that_ran_out_is_told_after_the_headers_and_before_the_issuer() {
    let at_its_end = |fault: fn(&mut World)| {
        let mut world = good();
        fault(&mut world);
        let mut scenario = world.scenario("", "", "ok");
        scenario.now = world.operator.expires - 1;
        let desk = scenario.verifier().unwrap();
        let end = UnixTime::from_secs(world.operator.expires);
        desk.check(&scenario.qr, end).unwrap_err().code().as_str()
    };
    assert_eq!(at_its_end(|_| {}), "trust.expired");
    assert_eq!(
        at_its_end(|w| w.showing.credential.tampering.unprotected = |header| header.put(18, 0)),
        "header.unexpected"
    );
    assert_eq!(at_its_end(|w| w.showing.credential.iss.push('x')), "trust.expired");
}
