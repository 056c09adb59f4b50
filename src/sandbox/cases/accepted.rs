//! What is right: people, documents, scenes, phones and texts.

use p256::ecdsa::Signature;

use super::Case;
use crate::sandbox::{code::Form, credential::Shown, key::Key, person::Person, phone::Phone};

pub(super) const CASES: &[Case] = &[
    ("ok-hotel", "ok", "name and ID number at a hotel", |_| {}),
    ("ok-hotel-full", "ok", "name, number, demographics and address", |w| w.ask_and_show(&[11, 12, 13])),
    ("ok-hotel-clear", "ok", "issued for the scene, nothing redacted", |w| {
        w.policy.require = [11, 12].into();
        w.showing.credential.clear(&[11, 12]);
        w.showing.credential.decoys = 0;
    }),
    ("ok-clear-and-redacted", "ok", "the name in the clear, the address disclosed", |w| {
        w.ask_and_show(&[11, 13]);
        w.showing.credential.change(11, |group| group.shown = Shown::Clear);
    }),
    ("ok-all-groups", "ok", "all nine groups, of a man with a residence permit", |w| {
        w.showing.credential.describe(&Person::RESIDENT);
        w.showing.credential.document = 3;
        w.ask_and_show(&[11, 12, 13, 14, 15, 16, 17, 18, 19]);
    }),
    ("ok-household-book", "ok", "a household book, whose holder is a child", |w| {
        w.showing.credential.describe(&Person::CHILD);
        w.showing.credential.document = 2;
        w.ask_and_show(&[11, 16]);
    }),
    ("ok-residence-permit", "ok", "a residence permit", |w| {
        w.showing.credential.describe(&Person::RESIDENT);
        w.showing.credential.document = 3;
        w.ask_and_show(&[11, 17, 18]);
    }),
    ("ok-minor", "ok", "seventeen, where nobody asks for an age", |w| {
        w.showing.credential.describe(&Person::MINOR);
    }),
    ("ok-name-with-separator", "ok", "a name with U+00B7", |w| w.showing.credential.describe(&Person::UYGUR)),
    ("ok-number-with-x", "ok", "an ID number that ends in X, a card that does not expire", |w| {
        w.showing.credential.describe(&Person::ELDER);
        w.ask_and_show(&[11, 14]);
    }),
    ("ok-portrait", "ok", "the hash of the portrait", |w| w.ask_and_show(&[11, 19])),
    ("ok-accepted", "ok", "a group that is accepted and shown", |w| {
        w.policy.accept = [12, 13].into();
        w.showing.credential.disclose(&[11, 12]);
    }),
    ("ok-over-disclosed", "ok", "the holder shows more than asked: reported and dropped", |w| {
        w.showing.credential.disclose(&[14, 11, 12]);
    }),
    ("ok-nothing-asked", "ok", "nothing is required and nothing is shown", |w| w.ask_and_show(&[])),
    ("ok-internet-cafe", "ok", "an adult in an internet cafe, by the ages group alone", |w| {
        w.move_to("internet-cafe");
        w.policy.minimum_age = Some(18);
        w.ask_and_show(&[15]);
    }),
    ("ok-patrol", "ok", "street patrol in another city of the province", |w| {
        w.move_to("patrol");
        w.site.region = 510_703;
    }),
    ("ok-government-service", "ok", "at a counter of the government", |w| {
        w.move_to("government-service");
        w.showing.credential.scenes = [4].into();
    }),
    ("ok-real-estate", "ok", "at the registry of real estate", |w| {
        w.move_to("real-estate");
        w.showing.credential.scenes = [1, 5].into();
    }),
    ("ok-other-issuer", "ok", "the other issuer of the list, a site in its region", |w| {
        let Some(issuer) = w.operator.other_issuers.pop() else { return };
        w.showing.credential.iss.clone_from(&issuer.iss);
        w.showing.credential.sign_with(&issuer.cards);
        w.showing.credential.regions = [50].into();
        w.publisher.sign_with(&issuer.lists);
        w.publisher.uri = "https://status.test.invalid/50/17".into();
        w.operator.other_issuers.push(issuer);
        w.site.region = 500_103;
    }),
    ("ok-p256", "ok", "a phone whose secure hardware has only P-256", |w| {
        w.showing.enrol(Phone::P256(Key::named("phone of P-256")));
    }),
    ("ok-p256-even-y", "ok", "y of the key as the bool false", |w| {
        w.showing.enrol(Phone::P256Compressed(Key::named("phone of P-256")));
    }),
    ("ok-p256-odd-y", "ok", "y of the key as the bool true", |w| {
        w.showing.enrol(Phone::P256Compressed(Key::named("a third phone of P-256")));
    }),
    ("ok-p256-high-s", "ok", "s in the upper half: nothing is keyed on signature bytes", |w| {
        w.showing.enrol(Phone::P256(Key::named("phone of P-256")));
        w.showing.binding.tampering.signature = |signature| high_s(signature);
    }),
    ("ok-p256-low-s", "ok", "s in the lower half", |w| {
        w.showing.enrol(Phone::P256(Key::named("phone of P-256")));
        w.showing.binding.tampering.signature = |signature| low_s(signature);
    }),
    ("ok-base64url", "ok", "the link form of the same token", |w| w.showing.form = Form::Base64Url),
    ("ok-scanner-noise", "ok", "a scanner adds an AIM identifier, a tab, CR and LF", |w| {
        w.showing.written = |text| *text = ["]Q1", text, "\t\r\n"].concat();
    }),
    ("ok-byte-order-mark", "ok", "U+FEFF in front and a NUL and a DEL behind", |w| {
        w.showing.written = |text| *text = ["\u{feff}", text, "\0\u{7f}"].concat();
    }),
    ("ok-data-matrix", "ok", "the AIM identifier of Data Matrix, after a space", |w| {
        w.showing.written = |text| *text = [" ]d2", text].concat();
    }),
    ("ok-aztec", "ok", "the AIM identifier of Aztec", |w| {
        w.showing.written = |text| text.insert_str(0, "]z0");
    }),
];

fn low_s(signature: &mut [u8]) {
    if let Ok(parsed) = Signature::from_slice(signature) {
        signature.copy_from_slice(&parsed.normalize_s().to_bytes());
    }
}

fn high_s(signature: &mut [u8]) {
    low_s(signature);
    let negated = Signature::from_slice(signature).and_then(|parsed| {
        let (r, s) = parsed.split_scalars();
        Signature::from_scalars(r, -s)
    });
    if let Ok(negated) = negated {
        signature.copy_from_slice(&negated.to_bytes());
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::{cbor::Cbor, scenario::Scenario};

    #[test]
    fn both_halves_of_the_curve_are_shown() {
        for (id, odd) in [("ok-p256-even-y", false), ("ok-p256-odd-y", true)] {
            let mut key = Scenario::named(id).unwrap().world.showing.binding.phone.cose_key();
            key.within(-3, |y| assert_eq!(*y, Cbor::Bool(odd), "{id}"));
        }
    }
}
