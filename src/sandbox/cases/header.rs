//! Step 2: the headers of both tokens (FORMAT.md, KBT; SD-CWT).

use super::Case;
use crate::sandbox::{cbor::list, label};

pub(super) const CASES: &[Case] = &[
    ("header-critical", "header.critical", "a critical header of the phone's", |w| {
        w.showing.binding.tampering.protected = |header| header.put(label::CRIT, list![label::TYP]);
    }),
    ("header-critical-inside", "header.critical", "an unknown critical header of the issuer's", |w| {
        w.showing.credential.tampering.protected = |header| {
            header.put(label::CRIT, list![100]);
            header.put(100, 0);
        };
    }),
    ("header-critical-unprotected", "header.critical", "a critical header that is not protected", |w| {
        w.showing.credential.tampering.unprotected = |header| header.put(label::CRIT, list![label::TYP]);
    }),
    ("header-type", "header.type", "the outer token says it is an SD-CWT", |w| {
        w.showing.binding.tampering.protected = |header| header.put(label::TYP, label::TYP_SD_CWT);
    }),
    ("header-type-inside", "header.type", "the inner token says it is a KBT", |w| {
        w.showing.credential.tampering.protected = |header| header.put(label::TYP, label::TYP_KBT);
    }),
    ("header-type-missing", "header.type", "the outer token does not say what it is", |w| {
        w.showing.binding.tampering.protected = |header| header.remove(label::TYP);
    }),
    ("header-algorithm", "header.algorithm", "polymorphic EdDSA (-8) of the phone's", |w| {
        w.showing.binding.tampering.protected = |header| header.put(label::ALG, -8);
    }),
    ("header-algorithm-inside", "header.algorithm", "polymorphic EdDSA (-8) of the issuer's", |w| {
        w.showing.credential.tampering.protected = |header| header.put(label::ALG, -8);
    }),
    ("header-algorithm-issuer-p256", "header.algorithm", "ESP256 of the issuer's: phones only", |w| {
        w.showing.credential.tampering.protected = |header| header.put(label::ALG, label::ESP256);
    }),
    ("header-algorithm-missing", "header.algorithm", "no algorithm", |w| {
        w.showing.binding.tampering.protected = |header| header.remove(label::ALG);
    }),
    ("header-unexpected", "header.unexpected", "a kid of the phone's", |w| {
        w.showing.binding.tampering.protected = |header| header.put(label::KID, [0; 8]);
    }),
    ("header-unexpected-inside", "header.unexpected", "a content type of the issuer's", |w| {
        w.showing.credential.tampering.protected = |header| header.put(3, 0);
    }),
    ("header-unexpected-unprotected", "header.unexpected", "something in the outer unprotected map", |w| {
        w.showing.binding.tampering.unprotected = |header| header.put(label::KID, [0; 8]);
    }),
    ("header-unexpected-unprotected-inside", "header.unexpected", "more than header 17", |w| {
        w.showing.credential.tampering.unprotected = |header| header.put(18, [0; 8]);
    }),
    ("header-unexpected-unprotected-kid", "header.unexpected", "a second kid that nobody signed", |w| {
        w.showing.credential.tampering.unprotected = |header| header.put(label::KID, [0; 8]);
    }),
];
