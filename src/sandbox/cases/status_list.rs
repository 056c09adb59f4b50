//! Opening a status list (FORMAT.md, Status list token; What a verifier checks).

use super::{Case, trailing, twice, unsorted, untagged};
use crate::sandbox::{
    cbor::{Cbor, list},
    key::Key,
    label,
};

pub(super) const CASES: &[Case] = &[
    ("status-malformed-trailing", "status.malformed", "one byte after the list", |w| {
        w.publisher.tampering.token = trailing;
    }),
    ("status-malformed-untagged", "status.malformed", "COSE_Sign1 without tag 18", |w| {
        w.publisher.tampering.token = untagged;
    }),
    ("status-malformed-algorithm", "status.malformed", "polymorphic EdDSA (-8)", |w| {
        w.publisher.tampering.protected = |header| header.put(label::ALG, -8);
    }),
    ("status-malformed-critical", "status.malformed", "a critical header", |w| {
        w.publisher.tampering.protected = |header| header.put(label::CRIT, list![label::TYP]);
    }),
    ("status-malformed-kid-unprotected", "status.malformed", "the kid is not protected", |w| {
        w.publisher.tampering.protected = |header| header.remove(label::KID);
        w.publisher.tampering.unprotected =
            |header| header.put(label::KID, Key::named("lists of TEST-eid-verifier-sandbox").kid());
    }),
    ("status-malformed-duplicate-key", "status.malformed", "a key of the map twice", |w| {
        w.publisher.tampering.payload = |claims| twice(claims, label::TTL, 60);
    }),
    ("status-malformed-long-integer", "status.malformed", "an integer longer than it needs to be", |w| {
        w.publisher.tampering.payload = |claims| claims.put(label::TTL, Cbor::Raw([0x18, 1].into()));
    }),
    ("status-malformed-no-iat", "status.malformed", "no iat", |w| {
        w.publisher.tampering.payload = |claims| claims.remove(label::IAT);
    }),
    ("status-malformed-no-sub", "status.malformed", "no address", |w| {
        w.publisher.tampering.payload = |claims| claims.remove(label::SUB);
    }),
    ("status-malformed-no-list", "status.malformed", "no list", |w| {
        w.publisher.tampering.payload = |claims| claims.within(label::STATUS_LIST, |list| list.remove("lst"));
    }),
    ("status-malformed-bits", "status.malformed", "three bits a value", |w| w.publisher.bits = 3),
    ("status-malformed-zlib-cut", "status.malformed", "the compressed list is cut short", |w| {
        w.publisher.zlib = |lst| lst.truncate(lst.len() / 2);
    }),
    ("status-malformed-zlib-trailing", "status.malformed", "bytes after the compressed list", |w| {
        w.publisher.zlib = |lst| lst.push(0);
    }),
    ("ok-status-list-of-another-tool", "ok", "a float, a tag, other headers, keys in another order", |w| {
        w.publisher.tampering.protected = |header| {
            header.put(3, "cwt");
            unsorted(header);
        };
        w.publisher.tampering.unprotected = |header| header.put(33, list![[1, 2, 3]]);
        w.publisher.tampering.payload = |claims| {
            claims.put("half", Cbor::Raw([0xf9, 0x38, 0].into()));
            claims.put(99, Cbor::Tag(1, alloc::boxed::Box::new(0.into())));
            unsorted(claims);
        };
    }),
    ("ok-status-list-without-exp", "ok", "neither exp nor ttl", |w| {
        (w.publisher.exp, w.publisher.ttl) = (None, None);
    }),
    ("ok-status-list-past-its-ttl", "ok", "ttl has passed: the policy's limit counts", |w| {
        w.publisher.ttl = Some(1);
    }),
    ("status-type", "status.type", "the header says it is an SD-CWT", |w| {
        w.publisher.tampering.protected = |header| header.put(label::TYP, label::TYP_SD_CWT);
    }),
    ("status-issuer-unknown-key", "status.issuer", "a kid the trust list does not have", |w| {
        w.publisher.key = Key::named("unlisted");
        w.publisher.kid = w.publisher.key.kid();
    }),
    ("status-issuer-key-for-credentials", "status.issuer", "signed by a key for credentials only", |w| {
        w.publisher.sign_with(&w.operator.issuer.cards);
    }),
    ("status-issuer-expired-key", "status.issuer", "the key runs out in this second", |w| {
        w.operator.issuer.lists.exp = w.now;
    }),
    ("status-issuer-early-key", "status.issuer", "the key is valid from the next second on", |w| {
        w.operator.issuer.lists.nbf = w.now + 1;
    }),
    ("ok-status-list-key-for-a-second", "ok", "the key is valid from this second to the next", |w| {
        (w.operator.issuer.lists.nbf, w.operator.issuer.lists.exp) = (w.now, w.now + 1);
    }),
    ("ok-status-list-key-for-all", "ok", "signed by a key for credentials and status lists", |w| {
        w.operator.issuer.cards.uses = 3;
        w.publisher.sign_with(&w.operator.issuer.cards);
    }),
    ("status-signature-wrong-key", "status.signature", "a rogue key under a known kid", |w| {
        w.publisher.key = Key::named("rogue");
    }),
    ("status-signature-flipped-bit", "status.signature", "a bit of the signature is flipped", |w| {
        w.publisher.tampering.flipped_bit = Some(511);
    }),
    ("status-too-large", "status.too_large", "inflates to one byte more than 4 MiB", |w| {
        w.publisher.size = FOUR_MIB + 1;
    }),
    ("ok-status-list-of-4-mib", "ok", "inflates to 4 MiB", |w| w.publisher.size = FOUR_MIB),
];

const FOUR_MIB: usize = 4 << 20;
