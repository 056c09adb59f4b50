//! Step 12: the status of the credential (FORMAT.md, The licence; Status list token; What a verifier checks).

use super::Case;
use crate::sandbox::{
    publisher::{STATUS_OUTDATED, STATUS_REVOKED, STATUS_SUSPENDED},
    world::{STATUS_INDEX, STATUS_LIST, World},
};

pub(super) const CASES: &[Case] = &[
    ("status-unreferenced", "status.unreferenced", "no status reference where one is required", |w| {
        w.showing.credential.short_status = None;
    }),
    ("ok-status-if-referenced", "ok", "no status reference where none is required", |w| {
        w.showing.credential.short_status = None;
        w.policy.status = "if_referenced";
    }),
    ("status-revoked-if-referenced", "status.revoked", "revoked, and referenced by choice", |w| {
        w.policy.status = "if_referenced";
        value(w, STATUS_REVOKED);
    }),
    ("ok-status-ignored", "ok", "revoked, where nobody looks", |w| {
        w.policy.status = "ignored";
        value(w, STATUS_REVOKED);
    }),
    ("ok-status-standard-form", "ok", "status reference in the standard form only", |w| {
        w.showing.credential.short_status = None;
        standard(w, STATUS_INDEX);
    }),
    ("ok-status-both-forms", "ok", "status reference in both forms", |w| standard(w, STATUS_INDEX)),
    ("status-ambiguous-index", "status.ambiguous", "two references to two indexes", |w| {
        standard(w, STATUS_INDEX + 1);
    }),
    ("status-ambiguous-uri", "status.ambiguous", "two references to two lists", |w| {
        w.showing.credential.short_status = Some((STATUS_LIST + 1, STATUS_INDEX));
        standard(w, STATUS_INDEX);
    }),
    ("status-ambiguous-no-prefix", "status.ambiguous", "two references, one without prefix", |w| {
        w.operator.issuer.status_prefix = None;
        standard(w, STATUS_INDEX);
    }),
    ("status-unavailable", "status.unavailable", "no status list at hand", |w| w.publisher.silent = true),
    ("status-unavailable-other-list", "status.unavailable", "the status list of another address", |w| {
        w.showing.credential.short_status = Some((STATUS_LIST + 1, STATUS_INDEX));
    }),
    ("status-unavailable-no-prefix", "status.unavailable", "a short reference without prefix", |w| {
        w.operator.issuer.status_prefix = None;
    }),
    ("status-unavailable-other-issuer", "status.unavailable", "the list is signed by another issuer", |w| {
        w.operator.other_issuers.iter().for_each(|issuer| w.publisher.sign_with(&issuer.lists));
    }),
    ("ok-status-key-runs-out", "ok", "another scan came when the key of the list had run out", |w| {
        w.operator.issuer.lists.exp = w.now + 100;
        w.shown_before(100, "status.unavailable");
    }),
    ("status-stale-exp", "status.stale", "the list runs out in this second", |w| {
        w.publisher.exp = Some(w.now);
    }),
    ("ok-status-last-second", "ok", "the list runs out in the next second", |w| {
        w.publisher.exp = Some(w.now + 1);
    }),
    ("status-stale-age", "status.stale", "the list is a second more than a day old", |w| {
        w.publisher.iat = w.now - w.policy.max_status_age - 1;
    }),
    ("ok-status-a-day-old", "ok", "the list is a day old", |w| {
        w.publisher.iat = w.now - w.policy.max_status_age;
    }),
    ("clock-behind-status-list", "clock.behind", "the status list was signed 61 seconds after now", |w| {
        w.publisher.iat = w.now + 61;
    }),
    ("ok-status-within-skew", "ok", "the status list was signed 60 seconds after now", |w| {
        w.publisher.iat = w.now + 60;
    }),
    ("status-index", "status.index", "an index right past the end of the list", |w| {
        w.publisher.size = 1_060;
        w.showing.credential.short_status = Some((STATUS_LIST, 1_060 * 4));
    }),
    ("ok-status-last-index", "ok", "the last index of the list", |w| {
        w.publisher.size = 1_060;
        w.showing.credential.short_status = Some((STATUS_LIST, 1_060 * 4 - 1));
    }),
    ("status-index-greatest", "status.index", "an index that is the greatest number there is", |w| {
        w.showing.credential.short_status = Some((STATUS_LIST, u64::MAX));
    }),
    ("status-revoked", "status.revoked", "revoked, or replaced by another copy", |w| {
        value(w, STATUS_REVOKED);
    }),
    ("status-revoked-one-bit", "status.revoked", "revoked, in a list of one bit a value", |w| {
        w.publisher.bits = 1;
        value(w, STATUS_REVOKED);
    }),
    ("status-revoked-newer", "status.revoked", "revoked in the newer of two lists, which came first", |w| {
        second_list(w);
        w.publisher.iat += 1;
        value(w, STATUS_REVOKED);
    }),
    ("status-revoked-later", "status.revoked", "revoked in the later given of two lists of one time", |w| {
        second_list(w);
        w.other_publishers.iter_mut().for_each(|publisher| {
            publisher.values.insert(STATUS_INDEX, STATUS_REVOKED);
        });
    }),
    ("ok-status-newer", "ok", "revoked in the older of two lists, which came later", |w| {
        second_list(w);
        w.other_publishers.iter_mut().for_each(|publisher| {
            publisher.iat -= 1;
            publisher.values.insert(STATUS_INDEX, STATUS_REVOKED);
        });
    }),
    ("ok-status-neighbours", "ok", "the neighbours are revoked", |w| {
        w.publisher.values =
            [(STATUS_INDEX - 1, STATUS_OUTDATED), (STATUS_INDEX + 1, STATUS_OUTDATED)].into();
    }),
    ("status-suspended", "status.suspended", "reported lost", |w| value(w, STATUS_SUSPENDED)),
    ("status-outdated", "status.outdated", "the document is due for renewal", |w| value(w, STATUS_OUTDATED)),
    ("status-unknown", "status.unknown", "a value that nobody knows, in a list of four bits a value", |w| {
        w.publisher.bits = 4;
        value(w, 4);
    }),
    ("status-unknown-eight-bits", "status.unknown", "an unknown value of eight bits", |w| {
        w.publisher.bits = 8;
        value(w, 255);
    }),
];

fn value(w: &mut World, value: u8) {
    w.publisher.values.insert(STATUS_INDEX, value);
}

fn standard(w: &mut World, index: u64) {
    w.showing.credential.standard_status = Some((w.publisher.uri.clone(), index));
}

fn second_list(w: &mut World) {
    w.other_publishers.push(w.publisher.clone());
}
