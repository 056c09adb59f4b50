//! Step 13: the nonce ledger (FORMAT.md, What a verifier checks, Details).

use super::Case;
use crate::sandbox::{key::Key, phone::Phone, world::Earlier};

pub(super) const CASES: &[Case] = &[
    ("nonce-ledger-failed", "nonce.ledger_failed", "the ledger does not answer", |w| w.ledger.fails = true),
    ("nonce-before-ledger", "nonce.before_ledger", "made 60 seconds after the ledger began", |w| {
        w.ledger.began = Some(w.showing.binding.iat - 60);
    }),
    ("ok-nonce-after-ledger", "ok", "made 61 seconds after the ledger began", |w| {
        w.ledger.began = Some(w.showing.binding.iat - 61);
    }),
    ("nonce-spent", "nonce.spent", "the same code scanned twice", |w| w.times = 2),
    ("nonce-spent-at-its-end", "nonce.spent", "a code scanned again in its last second", |w| {
        w.before.push(Earlier { showing: w.showing.clone(), now: Some(w.now), expect: "ok" });
        w.now = w.showing.binding.exp - 1;
    }),
    ("ok-nonce-of-another-phone", "ok", "the nonce of another phone", |w| {
        w.shown_before(0, "ok");
        let other = Phone::Ed25519(Key::named("another phone"));
        let nonce = w.showing.binding.cti.clone();
        w.before.iter_mut().for_each(|scan| {
            scan.showing.enrol(other);
            scan.showing.binding.cti.clone_from(&nonce);
        });
    }),
    ("ok-nonce-not-burnt", "ok", "a refused scan does not burn the nonce", |w| {
        w.shown_before(0, "audience.mismatch");
        let nonce = w.showing.binding.cti.clone();
        w.before.iter_mut().for_each(|scan| {
            scan.showing.binding.cti.clone_from(&nonce);
            scan.showing.binding.aud = "patrol".into();
        });
    }),
    ("nonce-ledger-full", "nonce.ledger_full", "a ledger of one, and it is taken", |w| {
        w.ledger.capacity = Some(1);
        w.shown_before(0, "ok");
    }),
    ("ok-nonce-place-freed", "ok", "a ledger of one, whose entry runs out in this second", |w| {
        w.ledger.capacity = Some(1);
        w.shown_before(-290, "ok");
    }),
    ("clock-behind-ledger", "clock.behind", "the ledger was given a time when the code had run out", |w| {
        w.shown_before(290, "ok");
    }),
    ("ok-nonce-clock-set-back", "ok", "the ledger was once given the last second of the code", |w| {
        w.shown_before(289, "ok");
    }),
    ("clock-behind-refused-spend", "clock.behind", "that time came with a refused spend", |w| {
        w.ledger.capacity = Some(1);
        w.shown_before(0, "ok");
        w.shown_before(100, "nonce.ledger_full");
        w.showing.binding.exp = w.now + 100;
    }),
];
