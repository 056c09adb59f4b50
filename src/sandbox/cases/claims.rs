//! Step 11: what the groups say (FORMAT.md, Claim groups; What a verifier checks, Details).

use alloc::string::String;

use super::Case;
use crate::sandbox::{
    cbor::{Cbor, list},
    person::Person,
    world::World,
};

pub(super) const CASES: &[Case] = &[
    ("claims-name-empty", "claims.name", "an empty name", |w| name(w, "")),
    ("claims-name-long", "claims.name", "a name of 201 characters", |w| name(w, &"样".repeat(201))),
    ("ok-claims-name-of-200-characters", "ok", "a name of 200 characters", |w| name(w, &"样".repeat(200))),
    ("claims-name-control", "claims.name", "a line break in the name", |w| name(w, "李\n样例")),
    ("claims-name-direction", "claims.name", "a right-to-left override in the name", |w| {
        name(w, "李\u{202e}样例");
    }),
    ("claims-name-isolate", "claims.name", "an isolate in the name", |w| name(w, "李\u{2066}样例")),
    ("claims-name-arabic-mark", "claims.name", "an Arabic letter mark in the name", |w| {
        name(w, "李\u{61c}样例");
    }),
    ("claims-name-leading-space", "claims.name", "a space before the name", |w| name(w, " 李样例")),
    ("claims-name-trailing-space", "claims.name", "an ideographic space after the name", |w| {
        name(w, "李样例\u{3000}");
    }),
    ("ok-claims-name-spaces-inside", "ok", "spaces inside the name", |w| name(w, "TEST \u{3000}YANG LI")),
    ("ok-claims-name-look-alike", "ok", "a look-alike of the separator, returned as it is", |w| {
        name(w, "古丽样例\u{2022}测试江");
    }),
    ("claims-id-number", "claims.id_number", "a wrong check digit", |w| {
        number(w, |number| {
            let right = number.pop();
            number.push(if right == Some('1') { '2' } else { '1' });
        });
    }),
    ("claims-id-number-lower-case", "claims.id_number", "a lower-case x", |w| {
        number(w, |number| *number = Person::ELDER.id_number().to_lowercase());
    }),
    ("claims-id-number-short", "claims.id_number", "17 digits", |w| {
        number(w, |number| {
            number.pop();
        });
    }),
    ("claims-id-number-old", "claims.id_number", "15 digits, as before 1999", |w| {
        number(w, |number| *number = "519999900307741".into());
    }),
    ("claims-id-number-full-width", "claims.id_number", "a full-width digit", |w| {
        number(w, |number| *number = number.replacen('5', "５", 1));
    }),
    ("claims-id-number-no-date", "claims.id_number", "born on 30 February", |w| born(w, 19900230)),
    ("claims-id-number-tomorrow", "claims.id_number", "born tomorrow", |w| born(w, 20260922)),
    ("ok-claims-born-today", "ok", "born today", |w| born(w, 20260921)),
    ("ok-claims-leap-day", "ok", "born on 29 February", |w| born(w, 20000229)),
    ("claims-date", "claims.date", "a card that is valid from 29 February of a common year", |w| {
        group(w, 14, list![20230229, 20360801, "测试"]);
    }),
    ("claims-date-digits", "claims.date", "a year where a date should be", |w| {
        group(w, 14, list![2016, Cbor::Null, "测试"]);
    }),
    ("claims-date-birth-tomorrow", "claims.date", "a birth date after today", |w| {
        group(w, 12, list![1, 1, 20260922]);
    }),
    ("claims-date-reversed", "claims.date", "a card valid from the day after its last", |w| {
        group(w, 14, list![20360802, 20360801, "测试"]);
    }),
    ("ok-claims-valid-for-a-day", "ok", "a card valid today only", |w| {
        group(w, 14, list![20260921, 20260921, "测试"]);
    }),
    ("claims-date-permit-reversed", "claims.date", "a permit issued after its last day", |w| {
        group(w, 18, list![20270102, 20270101, "测试"]);
    }),
    ("claims-code-sex", "claims.code", "a sex that is none of 0, 1, 2, 9", |w| {
        group(w, 12, list![3, 1, 19900307]);
    }),
    ("claims-code-ethnicity", "claims.code", "an ethnicity 57", |w| group(w, 12, list![1, 57, 19900307])),
    ("claims-code-ethnicity-zero", "claims.code", "an ethnicity 0", |w| {
        group(w, 12, list![1, 0, 19900307]);
    }),
    ("ok-claims-ethnicity-97", "ok", "an ethnicity not yet identified, a sex not stated", |w| {
        group(w, 12, list![9, 97, 19900307]);
    }),
    ("claims-code-division", "claims.code", "a division of four digits", |w| {
        group(w, 13, list!["样例街1号", 5_101]);
    }),
    ("claims-code-division-residence", "claims.code", "a division of seven digits", |w| {
        group(w, 17, list!["样例街1号", 5_101_070]);
    }),
    ("ok-claims-address-alone", "ok", "an address without a division", |w| group(w, 13, list!["样例街1号"])),
    ("claims-code-household", "claims.code", "a household that is neither family nor collective", |w| {
        group(w, 16, list!["519999000001", 3, 1]);
    }),
    ("claims-code-relation", "claims.code", "a relation 100", |w| {
        group(w, 16, list!["519999000001", 1, 100]);
    }),
    ("claims-code-ages-descending", "claims.code", "ages not ascending", |w| group(w, 15, list![18, 16])),
    ("claims-code-ages-equal", "claims.code", "an age twice", |w| group(w, 15, list![16, 16])),
    ("claims-code-ages-zero", "claims.code", "an age of 0", |w| group(w, 15, list![0, 16])),
    ("claims-code-ages-high", "claims.code", "an age of 151", |w| group(w, 15, list![18, 151])),
    ("claims-inconsistent", "claims.inconsistent", "two birth dates", |w| {
        w.ask_and_show(&[11, 12]);
        w.showing.credential.say(12, list![1, 1, 19900308]);
    }),
    ("ok-claims-sex-and-number", "ok", "another sex than the number's: an advisory, no refusal", |w| {
        w.ask_and_show(&[11, 12]);
        w.showing.credential.say(12, list![2, 1, 19900307]);
    }),
    ("claims-missing", "claims.missing", "the address was asked for and not shown", |w| {
        w.policy.require.push(13);
    }),
    ("claims-missing-age", "claims.missing", "an age is asked for, nothing shown tells one", |w| {
        w.ask_and_show(&[13]);
        w.policy.minimum_age = Some(18);
    }),
    ("claims-document-expired", "claims.document_expired", "the card expired yesterday", |w| {
        group(w, 14, list![20160920, 20260920, "测试"]);
    }),
    ("claims-document-expired-unasked", "claims.document_expired", "expired, and nobody asked", |w| {
        group(w, 14, list![20160920, 20260920, "测试"]);
        w.policy.require.clear();
    }),
    ("ok-claims-document-last-day", "ok", "the card expires today", |w| {
        group(w, 14, list![20160921, 20260921, "测试"]);
    }),
    ("claims-endorsement-lapsed", "claims.endorsement_lapsed", "the endorsement lapsed yesterday", |w| {
        group(w, 18, list![20250920, 20260920, "测试"]);
    }),
    ("ok-claims-endorsement-last-day", "ok", "the permit's endorsement lapses today", |w| {
        group(w, 18, list![20250921, 20260921, "测试"]);
    }),
    ("claims-underage", "claims.underage", "seventeen in an internet cafe, by the ID number", |w| {
        cafe(w, &Person::MINOR, &[11]);
    }),
    ("claims-underage-demographics", "claims.underage", "seventeen, by the birth date", |w| {
        cafe(w, &Person::MINOR, &[12]);
    }),
    ("claims-underage-ages", "claims.underage", "seventeen, by the ages group", |w| {
        cafe(w, &Person::MINOR, &[15]);
    }),
    ("claims-underage-birthday", "claims.underage", "eighteen today: reached tomorrow", |w| {
        cafe(w, &Person { birth: 20080921, ..Person::ADULT }, &[11]);
    }),
    ("ok-claims-day-after-birthday", "ok", "eighteen yesterday: reached today", |w| {
        cafe(w, &Person { birth: 20080920, ..Person::ADULT }, &[11]);
    }),
    ("claims-underage-leap-day", "claims.underage", "born on 29 February, on 1 March", |w| {
        *w = World::at(FIRST_OF_MARCH);
        cafe(w, &Person { birth: 20080229, ..Person::ADULT }, &[12]);
    }),
    ("ok-claims-day-after-leap-day", "ok", "born on 29 February, on 2 March", |w| {
        *w = World::at(FIRST_OF_MARCH + 86_400);
        cafe(w, &Person { birth: 20080229, ..Person::ADULT }, &[12]);
    }),
    ("claims-underage-birth-date-decides", "claims.underage", "seventeen by the ID number", |w| {
        cafe(w, &Person::MINOR, &[11, 15]);
        w.showing.credential.say(15, list![14, 16, 18]);
    }),
    ("ok-claims-birth-date-decides", "ok", "an adult by number, sixteen by the ages group", |w| {
        cafe(w, &Person::ADULT, &[11, 15]);
        w.showing.credential.say(15, list![14, 16]);
    }),
    ("ok-claims-higher-age", "ok", "the ages group tells of twenty-one, not of eighteen", |w| {
        cafe(w, &Person::ADULT, &[15]);
        w.showing.credential.say(15, list![14, 21]);
    }),
    ("ok-claims-age-unasked", "ok", "the age from a group that is then dropped", |w| {
        cafe(w, &Person::ADULT, &[12]);
        w.policy.require.clear();
    }),
];

/// 2026-03-01, 12:00 in UTC+8.
const FIRST_OF_MARCH: u64 = 1_772_337_600;

fn name(w: &mut World, name: &str) {
    w.showing.credential.say(11, list![name, Person::ADULT.id_number()]);
}

fn number(w: &mut World, change: impl FnOnce(&mut String)) {
    let mut number = Person::ADULT.id_number();
    change(&mut number);
    w.showing.credential.say(11, list![Person::ADULT.name, number]);
}

fn born(w: &mut World, birth: u64) {
    number(w, |number| *number = Person { birth, ..Person::ADULT }.id_number());
}

/// A group, of all there are, alone.
fn group(w: &mut World, number: u64, value: Cbor) {
    w.showing.credential.describe(&Person::RESIDENT);
    w.ask_and_show(&[number]);
    w.showing.credential.say(number, value);
}

/// An internet cafe, where this person shows these groups.
fn cafe(w: &mut World, person: &Person, groups: &[u64]) {
    w.move_to("internet-cafe");
    w.policy.minimum_age = Some(18);
    w.showing.credential.describe(person);
    w.ask_and_show(groups);
}
