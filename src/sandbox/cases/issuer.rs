//! Step 4: the issuer, its key and what the key may sign (FORMAT.md, Trust list; What a verifier checks).

use super::Case;
use crate::sandbox::{
    issuer::{USE_CREDENTIALS, USE_STATUS_LISTS},
    key::Key,
};

pub(super) const CASES: &[Case] = &[
    ("issuer-unknown", "issuer.unknown", "an issuer the list does not have", |w| {
        w.showing.credential.iss = "TEST-nobody".into();
    }),
    ("issuer-unknown-key", "issuer.unknown", "a kid the list does not have", |w| {
        w.showing.credential.signer = Key::named("unlisted");
        w.showing.credential.kid = w.showing.credential.signer.kid();
    }),
    ("issuer-unknown-key-of-another", "issuer.unknown", "a kid of the other issuer", |w| {
        w.operator.other_issuers.iter().for_each(|issuer| w.showing.credential.sign_with(&issuer.cards));
    }),
    ("issuer-key-validity-retired", "issuer.key_validity", "the key runs out in this second", |w| {
        w.operator.issuer.cards.exp = w.now;
    }),
    ("ok-issuer-key-last-second", "ok", "the key runs out in the next second", |w| {
        w.operator.issuer.cards.exp = w.now + 1;
    }),
    ("issuer-key-validity-early", "issuer.key_validity", "issued a second before the key was valid", |w| {
        w.operator.issuer.cards.nbf = w.showing.credential.iat + 1;
    }),
    ("ok-issuer-key-first-second", "ok", "issued in the first second of the key", |w| {
        w.operator.issuer.cards.nbf = w.showing.credential.iat;
    }),
    ("issuer-not-authorised-use", "issuer.not_authorised", "signed by a key for status lists only", |w| {
        w.showing.credential.sign_with(&w.operator.issuer.lists);
    }),
    ("ok-issuer-key-other-uses", "ok", "a key with uses that nobody knows", |w| {
        w.operator.issuer.cards.uses = USE_CREDENTIALS | USE_STATUS_LISTS | 1 << 40;
    }),
    ("issuer-not-authorised-document", "issuer.not_authorised", "a key for residence permits only", |w| {
        w.operator.issuer.cards.documents = Some([3].into());
    }),
    ("issuer-not-authorised-no-documents", "issuer.not_authorised", "a key for no document", |w| {
        w.operator.issuer.cards.documents = Some([].into());
    }),
    ("ok-issuer-key-for-documents", "ok", "signed by a key for identity cards and household books", |w| {
        w.operator.issuer.cards.documents = Some([1, 2].into());
    }),
    ("issuer-not-authorised-region", "issuer.not_authorised", "one region of another province", |w| {
        w.showing.credential.regions = [51, 5_001].into();
    }),
    ("issuer-not-authorised-country", "issuer.not_authorised", "the whole country, by a province", |w| {
        w.showing.credential.regions = [0].into();
    }),
    ("ok-issuer-smaller-regions", "ok", "a city and a county of the issuer's province", |w| {
        w.showing.credential.regions = [5_107, 510_107].into();
    }),
    ("issuer-signature-wrong-key", "issuer.signature", "a rogue key under a known kid", |w| {
        w.showing.credential.signer = Key::named("rogue");
    }),
    ("issuer-signature-flipped-bit", "issuer.signature", "a bit of the signature is flipped", |w| {
        w.showing.credential.tampering.flipped_bit = Some(300);
    }),
];
