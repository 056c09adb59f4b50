//! Deterministic CBOR, through the public door: a claim that no reader asks for, in either of the two signed payloads, may
//! hold any item of FORMAT.md's encoding, and nothing else. Everything is signed anew by the sandbox, so that nothing but
//! the encoding can refuse it.

#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use std::cell::RefCell;

use case::Case;
use eid_verifier::Verifier;
use eid_verifier::sandbox::{Cbor, Tampering, World};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A key that the format leaves free.
const FREE_KEY: u64 = 4711;

/// Nested arrays, maps and tags that may stand in a free claim: twelve less the map that it stands in.
const DEEPEST: u8 = 11;

thread_local! {
    // The sandbox takes plain functions to change what it signs.
    static CLAIM: RefCell<Cbor> = const { RefCell::new(Cbor::Null) };
}

fn add_claim(payload: &mut Cbor) {
    payload.put(Cbor::Uint(FREE_KEY), CLAIM.with_borrow(Cbor::clone));
}

/// The answer to a code with one claim more: in what the phone signs, and in what the issuer signs.
fn answers(claim: Cbor) -> [&'static str; 2] {
    CLAIM.set(claim);
    [true, false].map(|in_binding| {
        let mut world = World::fixed();
        let showing = &mut world.showing;
        let payload = if in_binding {
            &mut showing.binding.tampering.payload
        } else {
            &mut showing.credential.tampering.payload
        };
        *payload = add_claim;
        let qr = showing.text();
        VERIFIER.with(|(case, verifier)| match verifier.check(&qr, case.now()) {
            Ok(_) => "ok",
            Err(refusal) => refusal.code().as_str(),
        })
    })
}

thread_local! {
    static VERIFIER: (Case, Verifier) = {
        let case = Case(World::fixed().scenario("free-claim", "a claim that is not asked for", "ok").to_json());
        let verifier = case.verifier().unwrap();
        (case, verifier)
    };
}

/// Any item that the format allows, at most `depth` deep.
fn item(depth: u32) -> impl Strategy<Value = Cbor> {
    // Numbers about the limits of each length of a head.
    let edges = select(vec![0, 23, 24, 255, 256, 65_535, 65_536, u64::from(u32::MAX), 1 << 32, u64::MAX]);
    let number = prop_oneof![edges, any::<u64>()];
    let leaf = prop_oneof![
        number.clone().prop_map(Cbor::Uint),
        number.prop_map(Cbor::Nint),
        prop::collection::vec(any::<u8>(), 0..30).prop_map(Cbor::Bytes),
        ".{0,12}".prop_map(Cbor::Text),
        // Simple values: 24 to 31 are not well formed.
        prop_oneof![0..24_u8, 32..=255_u8].prop_map(Cbor::Simple),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let pairs = prop::collection::vec((inner.clone(), inner.clone()), 0..4).prop_map(|mut pairs| {
            pairs.sort_by_key(|(key, _)| key.encode());
            pairs.dedup_by_key(|(key, _)| key.encode());
            Cbor::Map(pairs)
        });
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Cbor::Array), pairs]
    })
}

/// One item that the format does not allow, whatever it stands in.
fn wrong() -> impl Strategy<Value = Cbor> {
    let raw = |bytes: &[u8]| Just(Cbor::Raw(bytes.to_vec())).boxed();
    let longer_head = (0..4_u8, 0..8_u8, any::<Index>()).prop_map(|(width, major, number)| {
        // A number that fits a shorter head: below 24, 2^8, 2^16, 2^32.
        let below = [24, 1 << 8, 1 << 16, 1_usize << 32][usize::from(width)];
        let number = u64::try_from(number.index(below)).unwrap();
        let bytes = number.to_be_bytes();
        let mut head = vec![(major % 2) << 5 | (24 + width)];
        head.extend(&bytes[8 - (1 << width)..]);
        Cbor::Raw(head)
    });
    prop_oneof![
        longer_head,
        // Indefinite lengths: bytes, text, array, map.
        raw(&[0x5f, 0x41, 0, 0xff]),
        raw(&[0x7f, 0x61, b'a', 0xff]),
        raw(&[0x9f, 0xff]),
        raw(&[0xbf, 0xff]),
        // Floats of each length, simple values below 32 in two bytes, what is reserved, a break alone.
        raw(&[0xf9, 0x3c, 0]),
        raw(&[0xfa, 0, 0, 0, 0]),
        raw(&[0xfb, 0, 0, 0, 0, 0, 0, 0, 0]),
        (0..32_u8).prop_map(|number| Cbor::Raw(vec![0xf8, number])),
        (0..8_u8, 28..31_u8).prop_map(|(major, info)| Cbor::Raw(vec![major << 5 | info])),
        raw(&[0xff]),
        // Tags, the one of COSE_Sign1 too.
        (0..30_u64, item(1)).prop_map(|(tag, item)| Cbor::Tag(tag, Box::new(item))),
        // Text that is no UTF-8: a lone byte of a longer character, a surrogate, an overlong slash.
        raw(&[0x61, 0x80]),
        raw(&[0x63, 0xed, 0xa0, 0x80]),
        raw(&[0x62, 0xc0, 0xaf]),
        // The same key twice, and keys that do not ascend.
        (item(1), item(1))
            .prop_map(|(key, value)| Cbor::Map(vec![(key.clone(), value.clone()), (key, value)])),
        (item(1), item(1)).prop_filter_map("two keys", |(one, other)| {
            let mut keys = [one, other];
            keys.sort_by_key(|key| std::cmp::Reverse(key.encode()));
            let [one, other] = keys;
            (one != other).then(|| Cbor::AsGiven(vec![(one, Cbor::Null), (other, Cbor::Null)]))
        }),
        // Items that end early, and more than one where one should be.
        raw(&[0x42, 0]),
        raw(&[0x82, 0]),
        raw(&[0xa1, 0]),
        raw(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        (item(1), item(1)).prop_map(|(one, other)| one.followed_by(&other.encode())),
    ]
}

/// `item` in so many arrays and maps.
fn nested(item: Cbor, kinds: &[bool]) -> Cbor {
    kinds.iter().fold(item, |item, &in_array| {
        if in_array { Cbor::Array(vec![item]) } else { Cbor::Map(vec![(Cbor::Uint(0), item)]) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_free_claim_may_hold_any_item(item in item(4)) {
        prop_assert_eq!(answers(item), ["ok", "ok"]);
    }

    #[test]
    fn a_free_claim_may_hold_nothing_else(wrong in wrong(), kinds in prop::collection::vec(any::<bool>(), 0..5)) {
        prop_assert_eq!(answers(nested(wrong, &kinds)), ["payload.cbor", "payload.cbor"]);
    }

    /// Counted afresh in each byte string, whose inside is nobody's business in a free claim.
    #[test]
    fn a_free_claim_is_at_most_so_deep(kinds in prop::collection::vec(any::<bool>(), 0..=20)) {
        let depth = u8::try_from(kinds.len()).unwrap();
        let expected = if depth <= DEEPEST { "ok" } else { "payload.cbor" };
        let claim = nested(Cbor::Null, &kinds);
        prop_assert_eq!(answers(claim.clone()), [expected, expected]);
        prop_assert_eq!(answers(Cbor::Bytes(claim.encode())), ["ok", "ok"]);
    }
}

/// What the desk answers where the token of each kind is changed so: the phone's, the issuer's, the trust list's.
fn answers_to(change: impl Fn(&mut Tampering)) -> [&'static str; 3] {
    let parts: [fn(&mut World) -> &mut Tampering; 3] = [
        |world| &mut world.showing.binding.tampering,
        |world| &mut world.showing.credential.tampering,
        |world| &mut world.operator.tampering,
    ];
    parts.map(|part| {
        let mut world = World::fixed();
        change(part(&mut world));
        world.scenario("changed", "", "ok").play().map_or_else(|refusal| refusal.code().as_str(), |_| "ok")
    })
}

/// Tag 18 once, and nothing around it: not the tag of a CWT, not tag 18 again, no byte string.
#[test]
fn a_token_has_one_tag() {
    let malformed = ["payload.cbor", "payload.cbor", "trust.malformed"];
    let around: [fn(&mut Cbor); 3] = [
        |token| *token = Cbor::Tag(61, Box::new(token.clone())),
        |token| *token = Cbor::Tag(18, Box::new(token.clone())),
        |token| *token = Cbor::Tag(55799, Box::new(token.clone())),
    ];
    for token in around {
        assert_eq!(answers_to(|tampering| tampering.token = token), malformed);
    }
    let wrapped = answers_to(|tampering| tampering.token = |token| *token = token.encode().into());
    assert_eq!(wrapped, ["payload.shape", "payload.shape", "trust.malformed"]);
    assert_eq!(answers_to(|_| {}), ["ok"; 3]);
}

/// The algorithm, the type and the key id count where they are signed, and have no place where they are not.
#[test]
fn what_is_not_protected_does_not_count() {
    const ALG: u64 = 1;
    const KID: u64 = 4;
    const TYP: u64 = 16;
    const ED25519: Cbor = Cbor::Nint(18);
    let doubled = ["header.unexpected", "header.unexpected", "trust.malformed"];
    // The issuer's own key id, which is right, and the anchor's; and one that picks no key.
    let right: fn(&mut Cbor) = |header| header.put(KID, World::fixed().showing.credential.kid);
    let anchors: fn(&mut Cbor) = |header| header.put(KID, World::fixed().scenario("", "", "ok").anchor.kid);
    let added: [fn(&mut Cbor); 6] = [
        |header| header.put(ALG, ED25519),
        |header| header.put(TYP, 294),
        |header| header.put(TYP, 293),
        |header| header.put(KID, [0; 8]),
        right,
        anchors,
    ];
    for header in added {
        assert_eq!(answers_to(|tampering| tampering.unprotected = header), doubled);
    }
    let moved = answers_to(|tampering| {
        tampering.protected = |header| header.remove(ALG);
        tampering.unprotected = |header| header.put(ALG, ED25519);
    });
    assert_eq!(moved, ["header.algorithm", "header.algorithm", "trust.malformed"]);
    let types: [fn(&mut Cbor); 3] = [
        |header| header.put(TYP, 294),
        |header| header.put(TYP, 293),
        |header| header.put(TYP, "application/lz-trust-list+cbor"),
    ];
    let moved = types.map(|header| {
        answers_to(|tampering| {
            tampering.protected = |header| header.remove(TYP);
            tampering.unprotected = header;
        })
    });
    assert_eq!([moved[0][0], moved[1][1], moved[2][2]], ["header.type", "header.type", "trust.malformed"]);
    let moved = [right, anchors].map(|header| {
        answers_to(|tampering| {
            tampering.protected = |header| header.remove(KID);
            tampering.unprotected = header;
        })
    });
    assert_eq!([moved[0][1], moved[1][2]], ["payload.shape", "trust.malformed"]);
    // Where the protected one picks no key, the right one beside it does not help.
    let doubled = answers_to(|tampering| {
        tampering.protected = |header| header.put(KID, [0; 8]);
        tampering.unprotected = right;
    });
    assert_eq!(doubled[1], "header.unexpected");
}

/// [`answers_to`], and what a status list comes to that is changed so.
fn answers_of_all_four(change: impl Fn(&mut Tampering)) -> [&'static str; 4] {
    let [binding, credential, trust_list] = answers_to(&change);
    let mut world = World::fixed();
    change(&mut world.publisher.tampering);
    let answer = world.scenario("changed", "", "ok").play();
    [binding, credential, trust_list, answer.map_or_else(|refusal| refusal.code().as_str(), |_| "ok")]
}

/// Whatever stands in it and wherever it stands: an empty one names nothing that could be unknown, and is none the less.
#[test]
fn no_critical_header_is_passed_over() {
    const CRIT: u64 = 2;
    let critical = ["header.critical", "header.critical", "trust.malformed", "status.malformed"];
    let headers: [fn(&mut Cbor); 4] = [
        |header| header.put(CRIT, Cbor::Array(vec![])),
        |header| header.put(CRIT, Cbor::Array(vec![16.into()])),
        |header| header.put(CRIT, "alg"),
        |header| header.put(CRIT, Cbor::Null),
    ];
    for header in headers {
        assert_eq!(answers_of_all_four(|tampering| tampering.protected = header), critical);
        assert_eq!(answers_of_all_four(|tampering| tampering.unprotected = header), critical);
    }
}

/// A reader that is strict about claims alone would take another's header for its own.
#[test]
fn headers_are_held_to_the_encoding_too() {
    let malformed = ["payload.cbor", "payload.cbor", "trust.malformed", "status.malformed"];
    let indefinite: fn(&mut Cbor) = |header| {
        let mut bytes = header.encode();
        bytes[0] = 0xbf;
        bytes.push(0xff);
        *header = Cbor::Raw(bytes);
    };
    let more: fn(&mut Cbor) = |header| *header = header.followed_by(&[0]);
    let long: fn(&mut Cbor) = |header| header.put(1, Cbor::Raw(vec![0x38, 18]));
    let twice: fn(&mut Cbor) = |header| {
        *header = Cbor::AsGiven(vec![(1.into(), Cbor::Nint(18)), (1.into(), Cbor::Nint(18))]);
    };
    for header in [indefinite, more, long, twice] {
        assert_eq!(answers_of_all_four(|tampering| tampering.protected = header), malformed);
    }
    for header in [indefinite, long, twice] {
        assert_eq!(answers_of_all_four(|tampering| tampering.unprotected = header), malformed);
    }
}
