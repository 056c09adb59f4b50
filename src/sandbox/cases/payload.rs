//! Step 1: text and bytes (FORMAT.md, Encoding rules; KBT; SD-CWT; The licence).

use alloc::{string::String, vec::Vec};

use super::{Case, bytes, items, part, trailing, twice, unsorted, untagged};
use crate::sandbox::{
    cbor::{Cbor, list, map},
    code::Form,
    credential::Shown,
    label,
    person::Person,
    world::World,
};

pub(super) const CASES: &[Case] = &[
    ("payload-scheme-other", "payload.scheme", "a health certificate prefix", |w| {
        w.showing.written = |text| *text = text.replacen("LZ1:", "HC1:", 1);
    }),
    ("payload-scheme-lower-case", "payload.scheme", "the prefix in lower case", |w| {
        w.showing.written = |text| *text = text.replacen("LZ1:", "lz1:", 1);
    }),
    ("payload-scheme-empty", "payload.scheme", "an empty text", |w| w.showing.written = String::clear),
    ("payload-scheme-second-trim", "payload.scheme", "a space after the AIM identifier", |w| {
        w.showing.written = |text| text.insert_str(0, "]Q1 ");
    }),
    ("payload-scheme-second-identifier", "payload.scheme", "two AIM identifiers", |w| {
        w.showing.written = |text| text.insert_str(0, "]Q1]Q1");
    }),
    ("payload-scheme-other-identifier", "payload.scheme", "the AIM identifier of a bar code", |w| {
        w.showing.written = |text| text.insert_str(0, "]C1");
    }),
    ("payload-too-long-text", "payload.too_long", "4,297 characters, the last ones no Base45", |w| {
        w.showing.written = |text| *text += &"x".repeat(4_297 - text.chars().count());
    }),
    ("payload-too-long-bytes", "payload.too_long", "2,049 bytes", |w| fill(w, 2_049)),
    ("ok-payload-of-2048-bytes", "ok", "2,048 bytes, in a link", |w| fill(w, 2_048)),
    ("payload-encoding-lower-case", "payload.encoding", "a lower-case letter in Base45", |w| {
        w.showing.written = |text| *text += "00a";
    }),
    ("payload-encoding-length", "payload.encoding", "a digit of Base45 alone", |w| {
        w.showing.written = |text| *text = "LZ1:BB8B".into();
    }),
    ("payload-encoding-triple", "payload.encoding", "a Base45 triple above 65535", |w| {
        w.showing.written = |text| *text = "LZ1::::".into();
    }),
    ("payload-encoding-pair", "payload.encoding", "a Base45 pair above 255", |w| {
        w.showing.written = |text| *text = "LZ1:BB8::".into();
    }),
    ("payload-encoding-padding", "payload.encoding", "base64url with padding", |w| {
        w.showing.written = |text| *text = "LZ1U:0oQ=".into();
    }),
    ("payload-encoding-stray-bits", "payload.encoding", "base64url with stray bits", |w| {
        w.showing.written = |text| *text = "LZ1U:0oR".into();
    }),
    ("payload-encoding-base64", "payload.encoding", "base64 of the other alphabet", |w| {
        w.showing.written = |text| *text = "LZ1U:0+/0".into();
    }),
    ("payload-encoding-space", "payload.encoding", "a line break inside", |w| {
        w.showing.written = |text| *text = "LZ1U:0oRZ\n0oRZ".into();
    }),
    ("payload-cbor-empty", "payload.cbor", "no bytes at all", |w| w.showing.bytes = Vec::clear),
    ("payload-cbor-trailing", "payload.cbor", "one byte after the token", |w| {
        w.showing.bytes = |bytes| bytes.push(0);
    }),
    ("payload-cbor-cut", "payload.cbor", "the token is cut short", |w| {
        w.showing.bytes = |bytes| bytes.truncate(bytes.len() - 1);
    }),
    ("payload-cbor-claims-trailing", "payload.cbor", "one byte after the claims", |w| {
        w.showing.credential.tampering.payload = trailing;
    }),
    ("payload-cbor-unsorted", "payload.cbor", "keys of the claims not ascending", |w| {
        w.showing.credential.tampering.payload = unsorted;
    }),
    ("payload-cbor-unsorted-header", "payload.cbor", "keys of the protected header not ascending", |w| {
        w.showing.binding.tampering.protected = unsorted;
    }),
    ("payload-cbor-duplicate-key", "payload.cbor", "two audiences", |w| {
        w.showing.binding.tampering.payload = |claims| twice(claims, label::AUD, "patrol");
    }),
    ("payload-cbor-duplicate-licence-key", "payload.cbor", "two documents in the licence", |w| {
        w.showing.credential.licence = |licence| twice(licence, 1, 2);
    }),
    ("payload-cbor-long-integer", "payload.cbor", "an integer longer than it needs to be", |w| {
        w.showing.credential.licence = |licence| licence.put(1, Cbor::Raw([0x18, 1].into()));
    }),
    ("payload-cbor-long-length", "payload.cbor", "a length longer than it needs to be", |w| {
        w.showing.credential.tampering.payload =
            |claims| claims.put(label::SUB, Cbor::Raw([0x78, 1, b'a'].into()));
    }),
    ("payload-cbor-indefinite", "payload.cbor", "an array of indefinite length", |w| {
        w.showing.credential.licence = |licence| licence.put(2, Cbor::Raw([0x9f, 0x18, 51, 0xff].into()));
    }),
    ("payload-cbor-float", "payload.cbor", "a float in a claim that is ignored", |w| {
        ignored(w, |claims| claims.put(999, Cbor::Raw([0xf9, 0x3c, 0].into())));
    }),
    ("payload-cbor-tag", "payload.cbor", "a tag in a claim that is ignored", |w| {
        ignored(w, |claims| claims.put(999, Cbor::Tag(1, alloc::boxed::Box::new(0.into()))));
    }),
    ("payload-cbor-utf8", "payload.cbor", "a text that is not UTF-8", |w| {
        ignored(w, |claims| claims.put(999, Cbor::Raw([0x61, 0xff].into())));
    }),
    ("payload-cbor-simple", "payload.cbor", "a simple value below 32 in two bytes", |w| {
        ignored(w, |claims| claims.put(999, Cbor::Raw([0xf8, 31].into())));
    }),
    ("payload-cbor-deep", "payload.cbor", "13 nested maps and arrays", |w| {
        ignored(w, |claims| claims.put(999, nested(12)));
    }),
    ("ok-payload-12-nested", "ok", "12 nested maps and arrays in a claim that is ignored", |w| {
        ignored(w, |claims| claims.put(999, nested(11)));
    }),
    ("payload-cbor-disclosure", "payload.cbor", "one byte after a disclosure", |w| {
        w.showing.credential.change(11, |group| group.disclosure = trailing);
    }),
    ("payload-cbor-disclosure-long-integer", "payload.cbor", "a long integer inside a disclosure", |w| {
        w.showing.credential.change(11, |group| {
            group.disclosure = |item| item.within(2, |number| *number = Cbor::Raw([0x18, 11].into()));
        });
    }),
    ("ok-payload-ignored-claims", "ok", "unknown claims of the credential and of the phone", |w| {
        ignored(w, |claims| claims.put("x", map! { -1 => list![1, true], "y" => Cbor::Null }));
        w.showing.binding.tampering.payload = |claims| claims.put(-70_000, "ignored");
    }),
    ("ok-payload-simple-values", "ok", "undefined and other simple values in a claim that is ignored", |w| {
        ignored(w, |claims| claims.put(999, list![Cbor::Simple(23), Cbor::Simple(0), Cbor::Simple(255)]));
    }),
    ("ok-payload-unknown-scene", "ok", "a scene number that nobody knows beside those that are known", |w| {
        w.showing.credential.scenes.push(99);
    }),
    ("payload-shape-untagged", "payload.shape", "COSE_Sign1 without tag 18", |w| {
        w.showing.binding.tampering.token = untagged;
    }),
    ("payload-shape-untagged-inside", "payload.shape", "the SD-CWT without tag 18", |w| {
        w.showing.credential.tampering.token = untagged;
    }),
    ("payload-shape-wrapped", "payload.shape", "the SD-CWT wrapped in a byte string", |w| {
        w.showing.credential.tampering.token = |token| *token = token.encode().into();
    }),
    ("payload-shape-three-parts", "payload.shape", "a COSE_Sign1 of three parts", |w| {
        w.showing.binding.tampering.token = |token| {
            token.within(label::SIGN1, |parts| items(parts, |parts| parts.truncate(3)));
        }
    }),
    ("payload-shape-signature", "payload.shape", "a signature of 63 bytes", |w| {
        w.showing.binding.tampering.signature = |signature| signature.truncate(63);
    }),
    ("payload-shape-detached", "payload.shape", "a payload of null", |w| {
        w.showing.binding.tampering.token = |token| part(token, 2, |payload| *payload = Cbor::Null);
    }),
    ("payload-shape-no-sd-cwt", "payload.shape", "no SD-CWT in the header", |w| {
        w.showing.binding.tampering.protected = |header| header.remove(label::SD_CWT);
    }),
    ("payload-shape-no-kid", "payload.shape", "no kid in the header of the SD-CWT", |w| {
        w.showing.credential.tampering.protected = |header| header.remove(label::KID);
    }),
    ("payload-shape-kid", "payload.shape", "a kid of seven bytes", |w| {
        w.showing.credential.tampering.protected = |header| header.put(label::KID, [7; 7]);
    }),
    ("payload-shape-no-audience", "payload.shape", "no audience", |w| {
        w.showing.binding.tampering.payload = |claims| claims.remove(label::AUD);
    }),
    ("payload-shape-iat-text", "payload.shape", "iat is a text", |w| {
        w.showing.binding.tampering.payload = |claims| claims.put(label::IAT, "1790000000");
    }),
    ("payload-shape-iat-negative", "payload.shape", "iat is a negative number", |w| {
        w.showing.binding.tampering.payload = |claims| claims.put(label::IAT, -1);
    }),
    ("payload-shape-nonce", "payload.shape", "a nonce of 15 bytes", |w| w.showing.binding.cti.truncate(15)),
    ("payload-shape-cnonce-short", "payload.shape", "a challenge of seven bytes echoed", |w| {
        w.showing.binding.cnonce = Some([1; 7].into());
    }),
    ("payload-shape-cnonce-long", "payload.shape", "a challenge of 65 bytes echoed", |w| {
        w.showing.binding.cnonce = Some([1; 65].into());
    }),
    ("payload-shape-no-iss", "payload.shape", "no issuer", |w| {
        w.showing.credential.tampering.payload = |claims| claims.remove(label::ISS);
    }),
    ("payload-shape-sub-empty", "payload.shape", "an empty sub", |w| w.showing.credential.sub.clear()),
    ("payload-shape-sub-long", "payload.shape", "a sub of 65 characters", |w| {
        w.showing.credential.sub = "号".repeat(65);
    }),
    ("ok-payload-sub-of-64-characters", "ok", "a sub of 64 characters in 192 bytes", |w| {
        w.showing.credential.sub = "号".repeat(64);
    }),
    ("payload-shape-cnf", "payload.shape", "cnf with a second key", |w| {
        w.showing.credential.tampering.payload = |claims| claims.within(label::CNF, |cnf| cnf.put(3, [0; 8]));
    }),
    ("payload-shape-cnf-no-map", "payload.shape", "cnf holds no map", |w| {
        w.showing.credential.tampering.payload = |claims| claims.put(label::CNF, map! { 1 => [0; 32] });
    }),
    ("payload-shape-status", "payload.shape", "a standard status reference without an index", |w| {
        w.showing.credential.tampering.payload = |claims| {
            claims.put(
                label::STATUS,
                map! { "status_list" => map! { "uri" => "https://status.test.invalid/51/17" } },
            );
        };
    }),
    ("payload-shape-no-licence", "payload.shape", "no licence", |w| {
        w.showing.credential.tampering.payload = |claims| claims.remove(label::LICENCE);
    }),
    ("payload-shape-licence-key", "payload.shape", "an unknown key in the licence", |w| {
        w.showing.credential.licence = |licence| licence.put(6, 0);
    }),
    ("payload-shape-licence-key-text", "payload.shape", "a text as a key in the licence", |w| {
        w.showing.credential.licence = |licence| licence.put("x", 0);
    }),
    (
        "payload-shape-licence-key-simple",
        "payload.shape",
        "another simple value as a key in the licence",
        |w| {
            w.showing.credential.licence = |licence| licence.put(Cbor::Simple(58), 0);
        },
    ),
    ("payload-shape-licence-group", "payload.shape", "a group 20 in the licence", |w| {
        w.showing.credential.licence = |licence| licence.put(20, list!["x"]);
    }),
    ("payload-shape-no-document", "payload.shape", "no document in the licence", |w| {
        w.showing.credential.licence = |licence| licence.remove(1);
    }),
    ("payload-shape-no-regions", "payload.shape", "an empty array of regions", |w| {
        w.showing.credential.regions.clear();
    }),
    ("payload-shape-many-regions", "payload.shape", "17 regions", |w| {
        w.showing.credential.regions = (510_101..510_118).collect();
    }),
    ("ok-payload-16-regions", "ok", "16 regions", |w| {
        w.showing.credential.regions = (510_101..510_117).collect();
    }),
    ("payload-shape-region-trailing-zeros", "payload.shape", "5100 for a region, not 51", |w| {
        w.showing.credential.regions = [5_100].into();
    }),
    ("payload-shape-region-digits", "payload.shape", "a region of five digits", |w| {
        w.showing.credential.regions = [51_010].into();
    }),
    ("payload-shape-many-scenes", "payload.shape", "17 scenes", |w| {
        w.showing.credential.scenes = (1..18).collect();
    }),
    ("payload-shape-short-status", "payload.shape", "a short status reference without an index", |w| {
        w.showing.credential.licence = |licence| licence.put(4, list![17]);
    }),
    ("payload-shape-digest", "payload.shape", "a digest of 31 bytes", |w| {
        w.showing.credential.licence = |licence| {
            licence.within(Cbor::Simple(59), |digests| {
                digests.within(0, |digest| bytes(digest, |b| b.truncate(31)));
            });
        };
    }),
    ("payload-shape-many-digests", "payload.shape", "17 digests", |w| decoys_up_to(w, 17)),
    ("ok-payload-16-digests", "ok", "16 digests", |w| decoys_up_to(w, 16)),
    ("payload-shape-no-digests", "payload.shape", "an empty array of digests", |w| {
        w.showing.credential.clear(&[11]);
        w.showing.credential.licence = |licence| licence.put(Cbor::Simple(59), list![]);
    }),
    ("payload-shape-clear-group", "payload.shape", "a group in the clear with an item too few", |w| {
        w.showing.credential.change(11, |group| {
            (group.shown, group.value) = (Shown::Clear, list![Person::ADULT.name]);
        });
    }),
    ("payload-shape-undefined", "payload.shape", "undefined for null in a group in the clear", |w| {
        w.showing.credential.change(14, |group| {
            (group.shown, group.value) = (Shown::Clear, list![20160801, Cbor::Simple(23), "测试"]);
        });
    }),
    ("payload-shape-version-missing", "payload.shape", "a licence that names no version", |w| {
        w.showing.credential.licence = |licence| licence.remove(0);
    }),
    ("payload-shape-regions-missing", "payload.shape", "a licence that names no region", |w| {
        w.showing.credential.licence = |licence| licence.remove(2);
    }),
    ("payload-shape-scenes-missing", "payload.shape", "a licence that names no scene", |w| {
        w.showing.credential.licence = |licence| licence.remove(3);
    }),
    ("payload-version", "payload.version", "a licence of version 2", |w| {
        w.showing.credential.licence = |licence| licence.put(0, 2);
    }),
    ("payload-version-and-unknown-key", "payload.version", "version 2 with a key of its own", |w| {
        w.showing.credential.licence = |licence| {
            licence.put(0, 2);
            licence.put(6, "new");
            licence.remove(1);
        };
    }),
];

/// Fills the token up to this size, with a long address.
fn fill(w: &mut World, size: usize) {
    w.showing.form = Form::Base64Url;
    w.ask_and_show(&[11, 13]);
    let address = |length| list!["1".repeat(length)];
    // From 256 to 65535 characters the heads keep their length.
    w.showing.credential.say(13, address(1_000));
    let missing = size.saturating_sub(w.showing.token().len());
    w.showing.credential.say(13, address(1_000 + missing));
}

/// Changes the claims in a place that a verifier ignores.
fn ignored(w: &mut World, change: fn(&mut Cbor)) {
    w.showing.credential.tampering.payload = change;
}

/// So many arrays, one in the other.
fn nested(depth: usize) -> Cbor {
    (0..depth).fold(Cbor::Null, |inner, _| list![inner])
}

fn decoys_up_to(w: &mut World, digests: u64) {
    w.showing.credential.groups.retain(|group| group.number == 11);
    w.showing.credential.decoys = digests - 1;
}
