//! Steps 0 and 3: the clock against the trust list (FORMAT.md, What a verifier checks).

use super::Case;

pub(super) const CASES: &[Case] = &[
    ("clock-behind", "clock.behind", "the trust list was issued 61 seconds after the terminal's now", |w| {
        w.operator.issued_at = w.now + 61;
    }),
    ("ok-clock-within-skew", "ok", "the trust list was issued 60 seconds after the terminal's now", |w| {
        w.operator.issued_at = w.now + 60;
    }),
    ("ok-clock-moves-on", "ok", "another scan came when the trust list had run out", |w| {
        w.operator.expires = w.now + 3_600;
        w.shown_before(3_600, "trust.expired");
    }),
];
