//! Step 2, headers: both objects say what they are, and nothing else. Code by code, outer before inner.

use super::payload::Presentation;
use crate::refusal::{HeaderRefusal, Layer};
use crate::wire::cose::{Headers, Typ};
use crate::wire::labels::{alg, typ};

/// # Errors
/// `header.critical`, `header.type`, `header.algorithm`, `header.unexpected`.
pub(super) fn are_the_formats(shown: &Presentation<'_>) -> Result<(), HeaderRefusal> {
    let breaks = |rule: fn(&Headers<'_>, Layer) -> bool| {
        [(&shown.binding.headers, Layer::KeyBinding), (&shown.credential.headers, Layer::Credential)]
            .into_iter()
            .find_map(|(headers, layer)| rule(headers, layer).then_some(layer))
    };
    if let Some(layer) = breaks(|headers, _| headers.critical) {
        return Err(HeaderRefusal::Critical { layer });
    }
    if let Some(layer) = breaks(|headers, layer| headers.typ != Typ::Int(type_of(layer))) {
        return Err(HeaderRefusal::Type { layer });
    }
    if let Some(layer) =
        breaks(|headers, layer| !headers.algorithm.is_some_and(|found| may_sign(layer, found)))
    {
        return Err(HeaderRefusal::Algorithm { layer });
    }
    if let Some(layer) = breaks(|headers, _| headers.unexpected) {
        return Err(HeaderRefusal::Unexpected { layer });
    }
    Ok(())
}

const fn type_of(layer: Layer) -> i64 {
    match layer {
        Layer::KeyBinding => typ::KB_CWT,
        Layer::Credential => typ::SD_CWT,
    }
}

const fn may_sign(layer: Layer, algorithm: i64) -> bool {
    match layer {
        Layer::KeyBinding => matches!(algorithm, alg::ED25519 | alg::ESP256),
        Layer::Credential => algorithm == alg::ED25519,
    }
}
