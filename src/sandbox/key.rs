//! An Ed25519 key with a name for a seed (FORMAT.md, Trust list: COSE_Key and kid).

use alloc::vec::Vec;

use ed25519_dalek::{Signer as _, SigningKey};

use super::{
    cbor::{Cbor, map},
    seed,
};

/// A key of the sandbox. Whoever knows its name can sign with it, so it proves nothing, to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    seed: [u8; 32],
}

impl Key {
    /// The key of this name; another name gives another key.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { seed: seed::bytes(name) }
    }

    /// The Ed25519 public key. Whoever pins it trusts everybody.
    #[must_use]
    pub fn x(&self) -> [u8; 32] {
        SigningKey::from_bytes(&self.seed).verifying_key().to_bytes()
    }

    /// `{1: 1, -1: 6, -2: x}`.
    #[must_use]
    pub fn cose_key(&self) -> Cbor {
        map! { 1 => 1, -1 => 6, -2 => self.x() }
    }

    /// The first 8 bytes of SHA-256 over the COSE_Key.
    #[must_use]
    pub fn kid(&self) -> [u8; 8] {
        seed::first(seed::sha256(&self.cose_key().encode()))
    }

    /// The Ed25519 signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        SigningKey::from_bytes(&self.seed).sign(message).to_bytes().into()
    }

    /// What a phone of P-256 makes its scalar of.
    pub(super) fn seed(&self) -> [u8; 32] {
        self.seed
    }
}
