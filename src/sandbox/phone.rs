//! A phone that holds a credential's key: Ed25519, or P-256 where the hardware has nothing else (FORMAT.md, KBT).

use alloc::vec::Vec;

use p256::{
    FieldBytes, NonZeroScalar,
    ecdsa::{Signature, SigningKey, signature::Signer as _},
    elliptic_curve::ops::Reduce,
};

use super::{
    cbor::{Cbor, map},
    key::Key,
    label,
};

/// A phone and the kind of key it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phone {
    /// Signs with Ed25519.
    Ed25519(Key),
    /// Signs with ESP256; y of its key is enrolled as 32 bytes.
    P256(Key),
    /// Signs with ESP256; y of its key is enrolled as a bool, true where it is odd.
    P256Compressed(Key),
}

impl Phone {
    /// The algorithm it names in its header.
    #[must_use]
    pub fn algorithm(&self) -> i32 {
        match self {
            Self::Ed25519(_) => label::ED25519,
            Self::P256(_) | Self::P256Compressed(_) => label::ESP256,
        }
    }

    /// Its public key, as the issuer writes it into `cnf`.
    #[must_use]
    pub fn cose_key(&self) -> Cbor {
        match self {
            Self::Ed25519(key) => key.cose_key(),
            Self::P256(key) => {
                let (x, y) = point(key);
                map! { 1 => 2, -1 => 1, -2 => x, -3 => y }
            }
            Self::P256Compressed(key) => {
                let (x, y) = point(key);
                map! { 1 => 2, -1 => 1, -2 => x, -3 => y.last().is_some_and(|byte| byte % 2 == 1) }
            }
        }
    }

    /// Its signature: of 64 bytes, `r||s` for ESP256.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message),
            Self::P256(key) | Self::P256Compressed(key) => {
                let signature: Signature = p256(key).sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }
}

fn p256(key: &Key) -> SigningKey {
    SigningKey::from(NonZeroScalar::reduce(&FieldBytes::from(key.seed())))
}

fn point(key: &Key) -> (Vec<u8>, Vec<u8>) {
    let point = p256(key).verifying_key().to_sec1_point(false);
    let coordinate = |bytes: Option<&FieldBytes>| bytes.map(|bytes| bytes.to_vec()).unwrap_or_default();
    (coordinate(point.x()), coordinate(point.y()))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier as _};

    use super::*;

    #[test]
    fn p256_signatures_verify_under_the_enrolled_key() {
        let key = Key::named("a phone of P-256");
        let (x, y) = point(&key);
        let sec1 = [&[4][..], &x, &y].concat();
        let signature = Signature::from_slice(&Phone::P256(key).sign(b"message")).unwrap();
        VerifyingKey::from_sec1_bytes(&sec1).unwrap().verify(b"message", &signature).unwrap();
    }
}
