//! Step 10: what the holder discloses (FORMAT.md, Disclosures; What a verifier checks, Details).

use super::{Case, items};
use crate::sandbox::{
    cbor::{Cbor, list},
    credential::{Group, Shown},
    label,
    person::Person,
    seed,
    world::World,
};

pub(super) const CASES: &[Case] = &[
    ("disclosure-malformed-empty", "disclosure.malformed", "an empty header 17", |w| {
        w.showing.credential.disclose(&[]);
        w.showing.credential.tampering.unprotected = |header| header.put(label::DISCLOSURES, list![]);
    }),
    ("disclosure-malformed-no-array", "disclosure.malformed", "header 17 is a byte string", |w| {
        w.showing.credential.tampering.unprotected = |header| header.put(label::DISCLOSURES, [0; 4]);
    }),
    ("disclosure-malformed-no-bytes", "disclosure.malformed", "a disclosure that is no byte string", |w| {
        w.showing.credential.tampering.unprotected = |header| header.put(label::DISCLOSURES, list![list![]]);
    }),
    ("disclosure-malformed-ten", "disclosure.malformed", "ten disclosures", |w| {
        w.showing.credential.describe(&Person::RESIDENT);
        w.ask_and_show(&[11, 12, 13, 14, 15, 16, 17, 18, 19]);
        w.showing.credential.groups.push(Group::new(20, list!["x"]));
    }),
    ("disclosure-malformed-decoy", "disclosure.malformed", "a shown decoy", |w| {
        disclosure(w, |item| items(item, |parts| parts.truncate(1)));
    }),
    ("disclosure-malformed-two-items", "disclosure.malformed", "no group number inside", |w| {
        disclosure(w, |item| items(item, |parts| parts.truncate(2)));
    }),
    ("disclosure-malformed-four-items", "disclosure.malformed", "a disclosure of four items", |w| {
        disclosure(w, |item| items(item, |parts| parts.push(0.into())));
    }),
    ("disclosure-malformed-salt", "disclosure.malformed", "a salt of 15 bytes", |w| {
        disclosure(w, |item| item.within(0, |salt| super::bytes(salt, |salt| salt.truncate(15))));
    }),
    ("disclosure-malformed-group", "disclosure.malformed", "a group 20", |w| {
        disclosure(w, |item| item.within(2, |number| *number = 20.into()));
    }),
    ("disclosure-malformed-items", "disclosure.malformed", "a group with an item too many", |w| {
        w.showing.credential.say(11, list![Person::ADULT.name, Person::ADULT.id_number(), "x"]);
    }),
    ("disclosure-malformed-type", "disclosure.malformed", "an ID number that is a number", |w| {
        w.showing.credential.say(11, list![Person::ADULT.name, 519_999_u64]);
    }),
    ("disclosure-malformed-undefined", "disclosure.malformed", "undefined for null", |w| {
        w.ask_and_show(&[14]);
        w.showing.credential.say(14, list![20160801, Cbor::Simple(23), "测试"]);
    }),
    ("disclosure-unmatched", "disclosure.unmatched", "a disclosure the issuer never hashed", |w| {
        w.showing.credential.change(11, |group| group.shown = Shown::Forged);
    }),
    ("disclosure-unmatched-head", "disclosure.unmatched", "hashed without the CBOR head", |w| {
        w.showing.credential.digest = seed::sha256;
    }),
    ("disclosure-duplicate", "disclosure.duplicate", "a group disclosed twice, with two names", |w| {
        w.showing.credential.groups.push(Group::new(11, list!["另一人", Person::ADULT.id_number()]));
    }),
    ("disclosure-duplicate-same", "disclosure.duplicate", "the same disclosure twice", |w| {
        w.showing.credential.tampering.unprotected = |header| {
            header.within(label::DISCLOSURES, |list| {
                items(list, |items| items.extend_from_within(..));
            });
        };
    }),
    ("disclosure-duplicate-clear", "disclosure.duplicate", "a group disclosed and in the clear", |w| {
        let value = list![Person::ADULT.name, Person::ADULT.id_number()];
        w.showing.credential.groups.push(Group { shown: Shown::Clear, ..Group::new(11, value) });
    }),
];

fn disclosure(w: &mut World, change: fn(&mut Cbor)) {
    w.showing.credential.change(11, |group| group.disclosure = change);
}
