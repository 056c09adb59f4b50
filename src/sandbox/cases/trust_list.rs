//! Opening a trust list (FORMAT.md, Trust list; What a verifier checks).

use alloc::format;

use super::{Case, trailing, twice, unsorted, untagged};
use crate::sandbox::{
    calendar::DAY,
    cbor::{Cbor, list, map},
    desk::Floor,
    issuer::{USE_CREDENTIALS, USE_STATUS_LISTS},
    key::Key,
    label,
    world::{World, issuer_key},
};

pub(super) const CASES: &[Case] = &[
    ("trust-malformed-trailing", "trust.malformed", "one byte after the list", |w| {
        w.operator.tampering.token = trailing;
    }),
    ("trust-malformed-cut", "trust.malformed", "the list is cut short", |w| {
        w.operator.tampering.token = |token| {
            let mut cut = token.encode();
            cut.pop();
            *token = Cbor::Raw(cut);
        }
    }),
    ("trust-malformed-untagged", "trust.malformed", "COSE_Sign1 without tag 18", |w| {
        w.operator.tampering.token = untagged;
    }),
    ("trust-malformed-unsorted", "trust.malformed", "keys not ascending", |w| {
        w.operator.tampering.payload = unsorted;
    }),
    ("trust-malformed-duplicate-key", "trust.malformed", "a key of the map twice", |w| {
        w.operator.tampering.payload = |list| twice(list, 1, "TEST");
    }),
    ("trust-malformed-algorithm", "trust.malformed", "polymorphic EdDSA (-8)", |w| {
        w.operator.tampering.protected = |header| header.put(label::ALG, -8);
    }),
    ("trust-malformed-critical", "trust.malformed", "a critical header", |w| {
        w.operator.tampering.protected = |header| header.put(label::CRIT, list![label::TYP]);
    }),
    ("trust-malformed-unprotected", "trust.malformed", "something in the unprotected map", |w| {
        w.operator.tampering.unprotected = |header| header.put(label::KID, [0; 8]);
    }),
    ("trust-malformed-version", "trust.malformed", "a list of version 2", |w| {
        w.operator.tampering.payload = |list| list.put(0, 2);
    }),
    ("trust-malformed-unknown-key", "trust.malformed", "an unknown key in the list", |w| {
        w.operator.tampering.payload = |list| list.put(7, 0);
    }),
    ("trust-malformed-unknown-issuer-key", "trust.malformed", "an unknown key in an issuer", |w| {
        w.operator.tampering.payload = |list| in_issuer(list, |issuer| issuer.put(6, 0));
    }),
    ("trust-malformed-unknown-key-key", "trust.malformed", "an unknown key in the entry of a key", |w| {
        w.operator.tampering.payload = |list| in_key(list, |key| key.put(7, 0));
    }),
    ("trust-malformed-missing", "trust.malformed", "no name", |w| {
        w.operator.tampering.payload = |list| list.remove(1);
    }),
    ("trust-malformed-no-issuers", "trust.malformed", "a list of no issuers", |w| {
        w.operator.tampering.payload = |list| list.put(6, list![]);
    }),
    ("trust-malformed-many-regions", "trust.malformed", "65 regions", |w| {
        w.operator.issuer.regions = (110_101..110_166).collect();
    }),
    ("trust-malformed-many-keys", "trust.malformed", "17 keys of one issuer", |w| more_keys(w, 15)),
    ("ok-trust-list-many-keys", "ok", "16 keys of one issuer", |w| more_keys(w, 14)),
    ("trust-malformed-region", "trust.malformed", "510000 for a region, not 51", |w| {
        w.operator.issuer.regions = [510_000].into();
    }),
    ("trust-malformed-region-digits", "trust.malformed", "a region of three digits", |w| {
        w.operator.issuer.regions = [51, 511].into();
    }),
    ("ok-trust-list-whole-country", "ok", "an issuer for the whole country", |w| {
        w.operator.issuer.regions = [0].into();
    }),
    ("trust-malformed-kid", "trust.malformed", "a kid of seven bytes", |w| {
        w.operator.tampering.payload = |list| in_key(list, |key| key.put(1, [7; 7]));
    }),
    ("trust-malformed-no-point", "trust.malformed", "a key that is no point", |w| {
        w.operator.tampering.payload = |list| in_key(list, |key| key.put(2, ed25519(2)));
    }),
    ("trust-malformed-small-order", "trust.malformed", "a key of small order", |w| {
        w.operator.tampering.payload = |list| in_key(list, |key| key.put(2, ed25519(1)));
    }),
    ("trust-malformed-p256-key", "trust.malformed", "a key of another kind", |w| {
        w.operator.tampering.payload =
            |list| in_key(list, |key| key.within(2, |cose_key| cose_key.put(1, 2)));
    }),
    ("trust-malformed-lifetime", "trust.malformed", "valid for more than 90 days", |w| {
        w.operator.expires = w.operator.issued_at + 90 * DAY + 1;
    }),
    ("ok-trust-list-of-90-days", "ok", "valid for 90 days", |w| {
        w.operator.expires = w.operator.issued_at + 90 * DAY;
    }),
    ("trust-malformed-expires-before-issued", "trust.malformed", "it expires before it was issued", |w| {
        (w.operator.issued_at, w.operator.expires) = (w.now + 30, w.now + 20);
    }),
    ("trust-type", "trust.type", "the header says it is a status list", |w| {
        w.operator.tampering.protected = |header| header.put(label::TYP, label::TYP_STATUS_LIST);
    }),
    ("trust-anchor", "trust.anchor", "signed by an anchor that is not pinned", |w| {
        w.operator.key = Key::named("another operator");
        w.operator.kid = w.operator.key.kid();
    }),
    ("trust-signature-wrong-key", "trust.signature", "a rogue key under the anchor's kid", |w| {
        w.operator.key = Key::named("rogue");
    }),
    ("trust-signature-flipped-bit", "trust.signature", "a bit of the signature is flipped", |w| {
        w.operator.tampering.flipped_bit = Some(0);
    }),
    ("trust-expired", "trust.expired", "the list runs out in this second", |w| w.operator.expires = w.now),
    ("ok-trust-list-last-second", "ok", "the list runs out in the next second", |w| {
        w.operator.expires = w.now + 1;
    }),
    ("trust-duplicate-iss", "trust.duplicate", "two issuers of one iss", |w| {
        let iss = w.operator.issuer.iss.clone();
        w.operator.other_issuers.iter_mut().for_each(|issuer| issuer.iss.clone_from(&iss));
    }),
    ("trust-duplicate-kid", "trust.duplicate", "two keys of one issuer under one kid", |w| {
        w.operator.issuer.lists.kid = w.operator.issuer.cards.kid;
    }),
    ("trust-duplicate-x", "trust.duplicate", "one key under two kids, at two issuers", |w| {
        let key = w.operator.issuer.cards.key;
        w.operator.other_issuers.iter_mut().for_each(|issuer| issuer.lists.key = key);
    }),
    ("trust-rollback-sequence", "trust.rollback", "an older trust list than the one seen before", |w| {
        w.remembered();
        w.operator.sequence -= 1;
    }),
    ("trust-rollback-other-bytes", "trust.rollback", "another list of the same number", |w| {
        w.remembered();
        w.operator.next_update += 1;
    }),
    ("trust-rollback-issued-at", "trust.rollback", "a later number, an earlier time of issue", |w| {
        w.remembered();
        w.operator.sequence += 1;
        w.operator.issued_at -= 1;
    }),
    ("ok-trust-list-seen-before", "ok", "the very list that was seen before", World::remembered),
    ("ok-trust-list-newer", "ok", "a newer list than the one seen before", |w| {
        w.floor = Some(Floor {
            sequence: w.operator.sequence - 1,
            sha256: [0; 32],
            issued_at: w.operator.issued_at,
        });
    }),
];

fn in_issuer(list: &mut Cbor, change: impl FnOnce(&mut Cbor)) {
    list.within(6, |issuers| issuers.within(0, change));
}

fn in_key(list: &mut Cbor, change: impl FnOnce(&mut Cbor)) {
    in_issuer(list, |issuer| issuer.within(5, |keys| keys.within(0, change)));
}

fn more_keys(w: &mut World, count: u8) {
    let uses = USE_CREDENTIALS | USE_STATUS_LISTS;
    w.operator.issuer.other_keys =
        (0..count).map(|n| issuer_key(w.now, &format!("spare key {n}"), uses)).collect();
}

/// The Ed25519 key whose y is this number: 1 has small order, 2 is on no point.
fn ed25519(y: u8) -> Cbor {
    let mut x = [0; 32];
    if let Some(first) = x.first_mut() {
        *first = y;
    }
    map! { 1 => 1, -1 => 6, -2 => x }
}
