//! Step 5: the dates and the type of the credential (FORMAT.md, What a verifier checks).

use super::Case;
use crate::sandbox::calendar::DAY;

pub(super) const CASES: &[Case] = &[
    ("credential-dates-nbf", "credential.dates", "nbf a second after iat", |w| {
        w.showing.credential.nbf = Some(w.showing.credential.iat + 1);
    }),
    ("ok-credential-nbf", "ok", "nbf equal to iat", |w| {
        w.showing.credential.nbf = Some(w.showing.credential.iat);
    }),
    ("ok-credential-early-nbf", "ok", "nbf long before iat: it says nothing", |w| {
        w.showing.credential.nbf = Some(0);
    }),
    ("credential-dates-empty", "credential.dates", "exp equal to iat", |w| {
        w.showing.credential.exp = w.showing.credential.iat;
    }),
    ("credential-dates-lifetime", "credential.dates", "valid for a second more than 31 days", |w| {
        w.showing.credential.exp = w.showing.credential.iat + 31 * DAY + 1;
    }),
    ("ok-credential-of-31-days", "ok", "valid for 31 days", |w| {
        w.showing.credential.exp = w.showing.credential.iat + 31 * DAY;
    }),
    ("credential-dates-for-ever", "credential.dates", "exp is the greatest number there is", |w| {
        w.showing.credential.exp = u64::MAX;
    }),
    ("credential-not-yet-valid", "credential.not_yet_valid", "issued 61 seconds after now", |w| {
        w.showing.credential.iat = w.now + 61;
        (w.showing.binding.iat, w.showing.binding.exp) = (w.now + 61, w.now + 300);
    }),
    ("ok-credential-within-skew", "ok", "issued 60 seconds after now", |w| {
        w.showing.credential.iat = w.now + 60;
        (w.showing.binding.iat, w.showing.binding.exp) = (w.now + 60, w.now + 300);
    }),
    ("credential-expired", "credential.expired", "the credential runs out in this second", |w| {
        w.showing.credential.exp = w.now;
        w.showing.binding.exp = w.now;
    }),
    ("ok-credential-last-second", "ok", "the credential runs out in the next second", |w| {
        w.showing.credential.exp = w.now + 1;
        w.showing.binding.exp = w.now + 1;
    }),
    ("credential-document-unknown", "credential.document", "a document type that nobody knows", |w| {
        w.showing.credential.document = 4;
    }),
    ("credential-document-not-accepted", "credential.document", "a type the desk does not take", |w| {
        w.showing.credential.document = 2;
        w.policy.documents = [1, 3].into();
    }),
];
