//! The publisher of a status list (FORMAT.md, Status list token; draft-ietf-oauth-status-list).

use alloc::{collections::BTreeMap, string::String, vec, vec::Vec};

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::{
    cbor::map,
    cose::{Tampering, sign1},
    issuer::IssuerKey,
    key::Key,
    label,
};

/// The value of a credential that was revoked or replaced.
pub const STATUS_REVOKED: u8 = 1;
/// The value of a credential reported lost (挂失), which can be undone.
pub const STATUS_SUSPENDED: u8 = 2;
/// The value of a credential whose physical document is due for renewal (证照更新).
pub const STATUS_OUTDATED: u8 = 3;

/// A publisher with the list it signs.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Signs the list.
    pub key: Key,
    /// The name of that key in the list's header.
    pub kid: [u8; 8],
    /// The list's address.
    pub uri: String,
    /// When it was signed.
    pub iat: u64,
    /// From when on it must not be used.
    pub exp: Option<u64>,
    /// For how many seconds a copy may be kept, says the publisher.
    pub ttl: Option<u64>,
    /// The width of a value: 1, 2, 4 or 8 bits.
    pub bits: u8,
    /// The size of the list before compression, in bytes.
    pub size: usize,
    /// The values that are not 0, by their index.
    pub values: BTreeMap<u64, u8>,
    /// Keeps the list to itself: the desk has none.
    pub silent: bool,
    /// Done to the compressed list, before it is signed.
    pub zlib: fn(&mut Vec<u8>),
    /// What is done to the token on its way out.
    pub tampering: Tampering,
}

impl Publisher {
    /// Signs with another key, under that key's name.
    pub fn sign_with(&mut self, key: &IssuerKey) {
        (self.key, self.kid) = (key.key, key.kid);
    }

    /// The signed status list token.
    #[must_use]
    pub fn status_list(&self) -> Vec<u8> {
        let mut lst = compress_to_vec_zlib(&self.packed(), 9);
        (self.zlib)(&mut lst);

        let mut claims = map! {
            label::SUB => self.uri.as_str(),
            label::IAT => self.iat,
            label::STATUS_LIST => map! { "bits" => u64::from(self.bits), "lst" => lst },
        };
        if let Some(exp) = self.exp {
            claims.put(label::EXP, exp);
        }
        if let Some(ttl) = self.ttl {
            claims.put(label::TTL, ttl);
        }

        let protected = map! { label::ALG => label::ED25519, label::KID => self.kid, label::TYP => label::TYP_STATUS_LIST };
        sign1(protected, map! {}, claims, |bytes| self.key.sign(bytes), &self.tampering).encode()
    }

    /// The values side by side, the first in the lowest bits of the first byte.
    fn packed(&self) -> Vec<u8> {
        let mut packed = vec![0; self.size];
        for (index, value) in &self.values {
            let bit = index.saturating_mul(u64::from(self.bits));
            if let Some(byte) = usize::try_from(bit / 8).ok().and_then(|n| packed.get_mut(n)) {
                *byte |= value << (bit % 8);
            }
        }
        packed
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::World;

    #[test]
    fn values_are_packed_from_the_lowest_bit() {
        let mut publisher = World::fixed().publisher;
        publisher.size = 2;
        publisher.bits = 2;
        publisher.values = [(0, 1), (1, 2), (3, 3), (4, 2)].into();
        assert_eq!(publisher.packed(), [0b1100_1001, 0b0000_0010]);
    }
}
