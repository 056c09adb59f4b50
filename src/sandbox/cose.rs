//! COSE_Sign1 as LZ1 uses it: tag 18, empty external_aad (FORMAT.md, Encoding rules), and the ways to spoil one.

use alloc::{boxed::Box, vec::Vec};

use super::{
    cbor::{Cbor, list},
    label,
};

/// What is done to a signed object on its way out. By default nothing.
///
/// The first three act before the signature, which then covers what they made of it; the others after it.
#[derive(Clone, Debug)]
pub struct Tampering {
    /// Done to the protected header.
    pub protected: fn(&mut Cbor),
    /// Done to the unprotected header.
    pub unprotected: fn(&mut Cbor),
    /// Done to the payload: the claims, or the list.
    pub payload: fn(&mut Cbor),
    /// Done to the signature.
    pub signature: fn(&mut Vec<u8>),
    /// This bit of the signature (counted from the left, modulo its length) is flipped.
    pub flipped_bit: Option<usize>,
    /// Done to the whole: tag 18 over `[protected, unprotected, payload, signature]`.
    pub token: fn(&mut Cbor),
}

impl Default for Tampering {
    fn default() -> Self {
        Self {
            protected: |_| {},
            unprotected: |_| {},
            payload: |_| {},
            signature: |_| {},
            flipped_bit: None,
            token: |_| {},
        }
    }
}

/// The three parts and their signature, as an item.
pub(super) fn sign1(
    mut protected: Cbor,
    mut unprotected: Cbor,
    mut payload: Cbor,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
    tampering: &Tampering,
) -> Cbor {
    (tampering.protected)(&mut protected);
    (tampering.unprotected)(&mut unprotected);
    (tampering.payload)(&mut payload);
    let (protected, payload) = (protected.encode(), payload.encode());

    let mut signature = sign(&list!["Signature1", protected.clone(), [], payload.clone()].encode());
    (tampering.signature)(&mut signature);
    if let Some(bit) = tampering.flipped_bit {
        let length = signature.len().max(1);
        signature.iter_mut().skip(bit / 8 % length).take(1).for_each(|byte| *byte ^= 0x80 >> (bit % 8));
    }

    let mut token = Cbor::Tag(label::SIGN1, Box::new(list![protected, unprotected, payload, signature]));
    (tampering.token)(&mut token);
    token
}
