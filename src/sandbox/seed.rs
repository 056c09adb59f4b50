//! The sandbox has no randomness: whatever should be random is SHA-256 of a name.

use sha2::{Digest, Sha256};

/// The first `N` bytes, at most 32, of what stands for the random bytes called `name`.
pub(super) fn bytes<const N: usize>(name: &str) -> [u8; N] {
    first(sha256(&[b"TEST eid-verifier sandbox ", name.as_bytes()].concat()))
}

pub(super) fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// The first `N` bytes, at most 32, of a hash.
pub(super) fn first<const N: usize>(hash: [u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(hash).for_each(|(out, byte)| *out = byte);
    out
}
