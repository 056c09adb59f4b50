//! Signed objects of one kind in the place of another. One key signs everything here, under one kid: what keeps the kinds
//! apart is what each says it is, and that it signs that (FORMAT.md: header 16 of every object).

#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod token;
mod transport;

use eid_verifier::sandbox::{Phone, Scenario, USE_CREDENTIALS, USE_STATUS_LISTS, World};
use eid_verifier::{Anchor, Floor, Refusal, TrustList};
use token::{Layout, Sign1};
use transport::Transport;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    TrustList,
    StatusList,
    Credential,
    Binding,
}
use Kind::{Binding, Credential, StatusList};

const KINDS: [Kind; 4] = [Kind::TrustList, StatusList, Credential, Binding];

/// A world where one key is the operator's, the issuer's for both uses, and the phone's.
struct OneKey {
    scenario: Scenario,
    token: Vec<u8>,
}

impl OneKey {
    fn new() -> Self {
        let mut world = World::fixed();
        let key = world.operator.key;
        let cards = &mut world.operator.issuer.cards;
        (cards.key, cards.kid) = (key, key.kid());
        cards.uses = USE_CREDENTIALS | USE_STATUS_LISTS;
        world.publisher.sign_with(cards);
        world.showing.credential.sign_with(cards);
        world.showing.enrol(Phone::Ed25519(key));
        let scenario = world.scenario("one-key", "", "ok");
        scenario.play().unwrap();
        let (_, token) = Transport::decode(&scenario.qr).unwrap();
        Self { scenario, token }
    }

    fn sign(&self, mut object: Sign1) -> Sign1 {
        object.signature = self.scenario.world.operator.key.sign(&object.to_be_signed());
        object
    }

    /// The good object of a kind.
    fn object(&self, kind: Kind) -> Sign1 {
        Sign1::parse(match kind {
            Kind::TrustList => &self.scenario.trust_list,
            StatusList => &self.scenario.status_lists[0],
            Binding => &self.token,
            Credential => &self.token[Layout::of(&self.token).credential],
        })
    }

    /// What comes of an object in the place of a kind. Around a credential the phone signs anew.
    fn answer(&self, place: Kind, object: &Sign1) -> &'static str {
        let now = self.scenario.now();
        let desk = || self.scenario.verifier().unwrap();
        let scan = |token: &[u8]| desk().check(&Transport::Base45.encode(token), now).map(drop);
        let answer: Result<(), Refusal> = match place {
            Kind::TrustList => {
                let anchors = [Anchor::danger_sandbox()];
                TrustList::open(&object.encode(), &anchors, Floor::FirstInstallation, now).map(drop)
            }
            StatusList => desk().with_status_list(&object.encode(), now).map(drop),
            Binding => scan(&object.encode()),
            Credential => {
                let mut binding = self.object(Binding);
                let own = self.object(Credential).encode();
                let start = binding.protected.windows(own.len()).position(|window| window == own).unwrap();
                binding.protected.splice(start..start + own.len(), object.encode());
                scan(&self.sign(binding).encode())
            }
        };
        answer.map_or_else(|refusal| refusal.code().as_str(), |()| "ok")
    }
}

#[test]
fn each_is_good_in_its_own_place() {
    let world = OneKey::new();
    for kind in KINDS {
        let object = world.object(kind);
        assert_eq!(world.answer(kind, &object), "ok", "{kind:?}");
        // The test signs as the sandbox does.
        assert_eq!(world.sign(object.clone()).signature, object.signature, "{kind:?}");
    }
}

#[test]
fn the_whole_of_one_kind_is_no_other() {
    let world = OneKey::new();
    for place in KINDS {
        for kind in KINDS.into_iter().filter(|kind| *kind != place) {
            let expected = match (place, kind) {
                (Kind::TrustList, _) => "trust.malformed",
                (StatusList, _) => "status.malformed",
                // The tag of what the KBT's header holds has no place in a credential's.
                (Credential, Binding) => "payload.cbor",
                (Credential | Binding, _) => "payload.shape",
            };
            assert_eq!(world.answer(place, &world.object(kind)), expected, "{kind:?} as {place:?}");
        }
    }
}

/// The content of one kind under the header of another, signed by the right key.
#[test]
fn the_header_of_another_kind_is_refused() {
    let world = OneKey::new();
    for place in KINDS {
        for kind in KINDS.into_iter().filter(|kind| *kind != place) {
            let protected = world.object(kind).protected;
            let object = world.sign(Sign1 { protected, ..world.object(place) });
            let expected = match (place, kind) {
                // The credential stands in the KBT's header, under a tag that has no place in another.
                (Binding, _) => "payload.shape",
                (Credential, Binding) => "payload.cbor",
                (Kind::TrustList, Binding) => "trust.malformed",
                (StatusList, Binding) => "status.malformed",
                (Kind::TrustList, _) => "trust.type",
                (StatusList, _) => "status.type",
                (Credential, _) => "header.type",
            };
            assert_eq!(world.answer(place, &object), expected, "{kind:?}'s header on {place:?}");
        }
    }
}

/// The content of another kind under the right header, signed by the right key.
#[test]
fn the_content_of_another_kind_is_refused() {
    let world = OneKey::new();
    for place in KINDS {
        for kind in KINDS.into_iter().filter(|kind| *kind != place) {
            let payload = world.object(kind).payload;
            let object = world.sign(Sign1 { payload, ..world.object(place) });
            let expected = match place {
                Kind::TrustList => "trust.malformed",
                StatusList => "status.malformed",
                Credential | Binding => "payload.shape",
            };
            assert_eq!(world.answer(place, &object), expected, "{kind:?}'s content in {place:?}");
        }
    }
}

#[test]
fn the_signature_of_another_kind_is_refused() {
    let world = OneKey::new();
    for place in KINDS {
        for kind in KINDS.into_iter().filter(|kind| *kind != place) {
            let signature = world.object(kind).signature;
            let object = Sign1 { signature, ..world.object(place) };
            let expected = match place {
                Kind::TrustList => "trust.signature",
                StatusList => "status.signature",
                Credential => "issuer.signature",
                Binding => "device.signature",
            };
            assert_eq!(world.answer(place, &object), expected, "{kind:?}'s signature on {place:?}");
        }
    }
}
