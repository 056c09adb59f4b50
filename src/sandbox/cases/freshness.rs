//! Step 7: the code's own times (FORMAT.md, KBT; What a verifier checks).

use super::Case;
use crate::sandbox::world::World;

pub(super) const CASES: &[Case] = &[
    ("freshness-window-long", "freshness.window", "valid for 301 seconds", |w| made(w, -10, 291)),
    ("ok-freshness-of-300-seconds", "ok", "valid for 300 seconds", |w| made(w, 0, 300)),
    ("freshness-window-empty", "freshness.window", "exp equal to iat", |w| made(w, 10, 10)),
    ("ok-freshness-of-a-second", "ok", "valid for one second", |w| made(w, 0, 1)),
    ("freshness-window-reversed", "freshness.window", "exp before iat", |w| made(w, 10, 5)),
    ("freshness-window-for-ever", "freshness.window", "exp is the greatest number there is", |w| {
        w.showing.binding.exp = u64::MAX;
    }),
    ("freshness-window-before-credential", "freshness.window", "made a second before the credential", |w| {
        w.showing.credential.iat = w.showing.binding.iat + 1;
    }),
    ("ok-freshness-first-second", "ok", "made in the first second of the credential", |w| {
        w.showing.credential.iat = w.showing.binding.iat;
    }),
    ("freshness-window-beyond-credential", "freshness.window", "longer than the credential", |w| {
        w.showing.credential.exp = w.showing.binding.exp - 1;
    }),
    ("ok-freshness-last-second", "ok", "valid as long as the credential", |w| {
        w.showing.credential.exp = w.showing.binding.exp;
    }),
    ("freshness-not-yet", "freshness.not_yet", "a phone clock 61 seconds ahead", |w| made(w, 61, 300)),
    ("ok-freshness-within-skew", "ok", "a phone clock 60 seconds ahead", |w| made(w, 60, 300)),
    ("freshness-not-yet-strict", "freshness.not_yet", "one second ahead, where none is forgiven", |w| {
        w.policy.max_skew = 0;
        made(w, 1, 300);
    }),
    ("freshness-expired", "freshness.expired", "the code runs out in this second", |w| made(w, -300, 0)),
    ("ok-freshness-299-seconds-old", "ok", "the code runs out in the next second", |w| made(w, -299, 1)),
    ("freshness-expired-screenshot", "freshness.expired", "a screenshot of six minutes ago", |w| {
        made(w, -360, -60);
    }),
    ("freshness-expired-age", "freshness.expired", "61 seconds old, where the desk takes 60", |w| {
        w.policy.max_age = 60;
        made(w, -61, 239);
    }),
    ("ok-freshness-age", "ok", "60 seconds old, where the desk takes 60", |w| {
        w.policy.max_age = 60;
        made(w, -60, 240);
    }),
];

/// Made and running out so many seconds after now.
fn made(w: &mut World, iat: i64, exp: i64) {
    w.showing.binding.iat = w.now.saturating_add_signed(iat);
    w.showing.binding.exp = w.now.saturating_add_signed(exp);
}
