//! Counts and numbers with a bound in FORMAT.md, at the bound and one beyond: an off-by-one would let in what the province does
//! not sign, or keep out what it does. Spans of time are in tests/clock.rs, sizes of texts and tokens in src/wire.

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use eid_verifier::sandbox::{Cbor, IssuerKey, Key, Person, World};

/// What has the bound, the code beyond it, and a world with so many more than the bound.
type Bound = (&'static str, &'static str, fn(&mut World, u64));

const BOUNDS: &[Bound] = &[
    ("256 issuers", "trust.malformed", |w, more| {
        let one = w.operator.other_issuers[0].clone();
        w.operator.other_issuers = (0..255 + more)
            .map(|n| {
                let mut issuer = one.clone();
                issuer.iss = format!("TEST-{n}");
                issuer.cards = key(&one.cards, &format!("cards {n}"));
                issuer.lists = key(&one.lists, &format!("lists {n}"));
                issuer
            })
            .collect();
    }),
    ("64 regions of an issuer", "trust.malformed", |w, more| {
        w.operator.issuer.regions = (510_101..510_164 + more).chain([51]).collect();
    }),
    ("16 keys of an issuer", "trust.malformed", |w, more| {
        let one = w.operator.issuer.cards.clone();
        w.operator.issuer.other_keys = (0..14 + more).map(|n| key(&one, &format!("spare {n}"))).collect();
    }),
    ("16 regions of a licence", "payload.shape", |w, more| {
        w.showing.credential.regions = (510_101..510_116 + more).chain([51]).collect();
    }),
    ("16 scenes", "payload.shape", |w, more| w.showing.credential.scenes = (1..17 + more).collect()),
    ("16 digests", "payload.shape", |w, more| {
        let credential = &mut w.showing.credential;
        credential.decoys = 16 - u64::try_from(credential.groups.len()).unwrap() + more;
    }),
    ("64 bytes echoed", "payload.shape", |w, more| {
        w.challenged();
        let echoed = vec![7; 64 + usize::try_from(more).unwrap()];
        w.challenge = Some(echoed[..64].into());
        w.showing.binding.cnonce = Some(echoed);
    }),
    ("an age of 150", "claims.code", |w, more| said(w, 15, [18, 150 + more].map(Cbor::Uint).into())),
    ("division 999999", "claims.code", |w, more| {
        said(w, 13, ["样例街1号".into(), (999_999 + more).into()].into());
    }),
    ("division 100000", "claims.code", |w, less| {
        said(w, 13, ["样例街1号".into(), (100_000 - less).into()].into());
    }),
    ("relation 99", "claims.code", |w, more| said(w, 16, household(99 + more))),
    ("relation 1", "claims.code", |w, less| said(w, 16, household(1 - less))),
    ("ethnicity 56", "claims.code", |w, more| said(w, 12, [1, 56 + more, 19951224].map(Cbor::Uint).into())),
    ("ethnicity 1", "claims.code", |w, less| said(w, 12, [1, 1 - less, 19951224].map(Cbor::Uint).into())),
    ("household 2", "claims.code", |w, more| {
        said(w, 16, ["519999000006".into(), (2 + more).into(), 1.into()].into());
    }),
];

/// Another key, for the same uses and time.
fn key(like: &IssuerKey, name: &str) -> IssuerKey {
    let key = Key::named(name);
    IssuerKey { key, kid: key.kid(), ..like.clone() }
}

fn household(relation: u64) -> Vec<Cbor> {
    ["519999000006".into(), 1.into(), relation.into()].into()
}

/// A credential that says this in a group, which is shown.
fn said(w: &mut World, number: u64, value: Vec<Cbor>) {
    w.showing.credential.describe(&Person::RESIDENT);
    w.ask_and_show(&[11, number]);
    w.showing.credential.say(number, Cbor::Array(value));
}

#[test]
fn every_bound_is_taken_and_one_beyond_is_not() {
    for (bound, beyond, change) in BOUNDS {
        let found = [0, 1].map(|more| {
            let mut world = World::fixed();
            change(&mut world, more);
            let answer = world.scenario("bound", "", "ok").play();
            answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
        });
        assert_eq!(found, ["ok", *beyond], "{bound}");
    }
}
