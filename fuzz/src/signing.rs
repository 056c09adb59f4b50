//! The sandbox's good scenarios, and its keys: what is edited can be signed anew.

use std::sync::LazyLock;

use eid_verifier::sandbox::{Issuer, IssuerKey, Scenario, World};
use eid_verifier::{Challenge, Verifier};

use crate::token::{Fields, Sign1, taken_apart};
use crate::wire;

/// A scenario that is ok, opened.
pub struct Good {
    pub scenario: Scenario,
    pub verifier: Verifier,
    pub challenge: Option<Challenge>,
    pub token: Vec<u8>,
    pub fields: Fields,
}

pub static GOODS: LazyLock<Vec<Good>> = LazyLock::new(|| {
    let accepted = Scenario::all().into_iter().filter(|scenario| scenario.expect == "ok");
    accepted
        .map(|scenario| {
            let token = wire::token(&scenario.qr).unwrap();
            Good {
                verifier: scenario.verifier().unwrap(),
                challenge: scenario.challenge(),
                fields: taken_apart(&token),
                token,
                scenario,
            }
        })
        .collect()
});

/// Every scenario, those that are refused too.
pub static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(Scenario::all);

/// The object with the signature that `sign` gives it.
pub fn signed(mut object: Sign1, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Sign1 {
    object.signature = sign(&object.to_be_signed());
    object
}

pub fn issuers(world: &World) -> impl Iterator<Item = &Issuer> {
    [&world.operator.issuer].into_iter().chain(&world.operator.other_issuers)
}

pub fn keys(issuer: &Issuer) -> impl Iterator<Item = &IssuerKey> {
    [&issuer.cards, &issuer.lists].into_iter().chain(&issuer.other_keys)
}
