//! The two signature algorithms, and the keys that verify them (FORMAT.md, Details, Ed25519 and ESP256).
//!
//! Ed25519 is strict and cofactorless: the verdict of ed25519-dalek's `verify_strict`, without its square root for R.
//! 1. A key is taken only if it is the canonical encoding of a point, and not one of small order.
//! 2. `verify` compares the *bytes* of R with the canonical encoding of `sB - kA`, so an R that passes is canonical.
//! 3. Such an R is of small order exactly if its bytes are one of the eight canonical encodings of these points.
//! 4. s < L is looked at here: a feature of ed25519-dalek that any crate may switch on would let s + L pass.
//! 5. The multi-part form hashes the pieces of the Sig_structure where they lie.
//!
//! ESP256 is `p256` as it comes. A high s is accepted, since no verdict is keyed on the bytes of a signature.

use ed25519_dalek::ed25519::signature::MultipartVerifier as _;
use ed25519_dalek::{Signature, VerifyingKey};
use p256::Sec1Point;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use sha2::{Digest as _, Sha256};

use super::cbor::{self, Fault, Key};
use super::cose::Sign1;
use super::labels::{alg, key};

/// Why bytes are no Ed25519 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// No point of the curve, or not the canonical encoding of it.
    NotAPoint,
    /// One of the eight points that almost any signature fits.
    SmallOrder,
}

/// An Ed25519 public key that strict verification may use.
#[derive(Clone)]
pub(crate) struct Ed25519Key(VerifyingKey);

impl Ed25519Key {
    pub(crate) fn decode(x: &[u8; 32]) -> Result<Self, KeyFault> {
        if !is_canonical(x) {
            return Err(KeyFault::NotAPoint);
        }
        // As `is_weak` of the key would say, since the encoding is canonical.
        if SMALL_ORDER.contains(x) {
            return Err(KeyFault::SmallOrder);
        }
        VerifyingKey::from_bytes(x).map(Self).map_err(|_| KeyFault::NotAPoint)
    }

    /// Reads `{1: 1, -1: 6, -2: x}`, and nothing else.
    pub(crate) fn read(reader: &mut cbor::Reader<'_>) -> Result<Self, Fault> {
        match CoseKey::read(reader)? {
            CoseKey { kty: Some(key::KTY_OKP), crv: Some(key::CRV_ED25519), x: Some(x), y: None } => {
                Self::decode(x).map_err(|_| Fault::Shape)
            }
            _ => Err(Fault::Shape),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(crate) fn verifies(&self, object: &Sign1<'_>) -> bool {
        object.signed_bytes(|pieces| self.verifies_pieces(pieces, object.signature))
    }

    fn verifies_pieces(&self, message: &[&[u8]], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        !SMALL_ORDER.contains(signature.r_bytes())
            && is_reduced(signature.s_bytes())
            && self.0.multipart_verify(message, &signature).is_ok()
    }
}

/// The phone's key, as the credential names it.
#[derive(Clone)]
pub(crate) enum DeviceKey {
    Ed25519(Ed25519Key),
    P256(p256::ecdsa::VerifyingKey),
}

impl DeviceKey {
    /// Decodes a COSE_Key of one of the two shapes.
    pub(crate) fn decode(cose_key: &[u8]) -> Result<Self, KeyFault> {
        match cbor::decode(cose_key, CoseKey::read).map_err(|_| KeyFault::NotAPoint)? {
            CoseKey { kty: Some(key::KTY_OKP), crv: Some(key::CRV_ED25519), x: Some(x), y: None } => {
                Ed25519Key::decode(x).map(Self::Ed25519)
            }
            CoseKey { kty: Some(key::KTY_EC2), crv: Some(key::CRV_P256), x: Some(x), y: Some(y) } => {
                let point = match y {
                    Y::Whole(y) => Sec1Point::from_affine_coordinates(x.into(), y.into(), false),
                    Y::Odd(odd) => {
                        let mut compressed = [if odd { 3 } else { 2 }; 33];
                        if let Some(tail) = compressed.last_chunk_mut() {
                            *tail = *x;
                        }
                        Sec1Point::from_bytes(compressed).map_err(|_| KeyFault::NotAPoint)?
                    }
                };
                p256::ecdsa::VerifyingKey::from_sec1_point(&point)
                    .map(Self::P256)
                    .map_err(|_| KeyFault::NotAPoint)
            }
            _ => Err(KeyFault::NotAPoint),
        }
    }

    pub(crate) const fn algorithm(&self) -> i64 {
        match self {
            Self::Ed25519(_) => alg::ED25519,
            Self::P256(_) => alg::ESP256,
        }
    }

    pub(crate) fn verifies(&self, object: &Sign1<'_>) -> bool {
        match self {
            Self::Ed25519(key) => key.verifies(object),
            Self::P256(key) => object.signed_bytes(|pieces| esp256_verifies(key, pieces, object.signature)),
        }
    }
}

fn esp256_verifies(key: &p256::ecdsa::VerifyingKey, message: &[&[u8]], signature: &[u8; 64]) -> bool {
    let Ok(signature) = p256::ecdsa::Signature::from_slice(signature) else {
        return false;
    };
    let hash = message.iter().fold(Sha256::new(), |hash, piece| hash.chain_update(piece)).finalize();
    key.verify_prehash(&hash, &signature).is_ok()
}

enum Y<'a> {
    Whole(&'a [u8; 32]),
    Odd(bool),
}

impl<'a> Y<'a> {
    fn read(reader: &mut cbor::Reader<'a>) -> Result<Self, Fault> {
        let mut ahead = *reader;
        if let Ok(odd) = ahead.bool() {
            *reader = ahead;
            return Ok(Self::Odd(odd));
        }
        reader.bytes_of().map(Self::Whole)
    }
}

/// The members of a COSE_Key (RFC 9053 7) that the format knows; any other is a fault.
struct CoseKey<'a> {
    kty: Option<i64>,
    crv: Option<i64>,
    x: Option<&'a [u8; 32]>,
    y: Option<Y<'a>>,
}

impl<'a> CoseKey<'a> {
    fn read(reader: &mut cbor::Reader<'a>) -> Result<Self, Fault> {
        let mut found = Self { kty: None, crv: None, x: None, y: None };
        reader.map(|key, reader| {
            match key {
                Key::Int(key::KTY) => found.kty = Some(reader.int()?),
                Key::Int(key::CRV) => found.crv = Some(reader.int()?),
                Key::Int(key::X) => found.x = Some(reader.bytes_of()?),
                Key::Int(key::Y) => {
                    found.y = Some(Y::read(reader)?);
                }
                _ => return Err(Fault::Shape),
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Whether these are the bytes of y < p, with no sign on a point whose x is 0 (y = 1 and y = -1).
fn is_canonical(encoded: &[u8; 32]) -> bool {
    const Y_ONE: [u8; 32] =
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80];
    let [low, middle @ .., high] = encoded;
    let y_is_at_least_p_minus_19 = middle.iter().all(|&byte| byte == 0xff) && high & 0x7f == 0x7f;
    let y_is_reduced = !(y_is_at_least_p_minus_19 && *low >= 0xed);
    let y_is_minus_one = y_is_at_least_p_minus_19 && *low == 0xec;
    let signed = high & 0x80 != 0;
    y_is_reduced && !(signed && (y_is_minus_one || *encoded == Y_ONE))
}

/// L, the order of the base point, its lowest byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn is_reduced(s: &[u8; 32]) -> bool {
    s.iter().rev().lt(ORDER.iter().rev())
}

/// The canonical encodings of the eight points of small order.
const SMALL_ORDER: [[u8; 32]; 8] = {
    const ORDER_8_LOW: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    const ORDER_8_HIGH: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    const fn with_sign(mut encoded: [u8; 32]) -> [u8; 32] {
        encoded[31] |= 0x80;
        encoded
    }
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut order_2 = [0xff; 32];
    order_2[0] = 0xec;
    order_2[31] = 0x7f;
    let order_4 = [0; 32];
    [
        identity,
        order_2,
        order_4,
        with_sign(order_4),
        ORDER_8_LOW,
        with_sign(ORDER_8_LOW),
        ORDER_8_HIGH,
        with_sign(ORDER_8_HIGH),
    ]
};

#[cfg(test)]
mod differential;
#[cfg(test)]
mod esp256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_are_all_the_canonical_points_of_small_order() {
        for (i, encoded) in SMALL_ORDER.iter().enumerate() {
            assert!(VerifyingKey::from_bytes(encoded).unwrap().is_weak());
            assert!(is_canonical(encoded));
            assert_eq!(Ed25519Key::decode(encoded).err(), Some(KeyFault::SmallOrder));
            assert!(!SMALL_ORDER[..i].contains(encoded));
        }
    }

    #[test]
    fn an_encoding_that_is_not_canonical_is_no_key() {
        let p = |low: u8, high: u8| {
            let mut encoded = [0xff; 32];
            encoded[0] = low;
            encoded[31] = high;
            encoded
        };
        for low in 0xed..=0xff {
            for high in [0x7f, 0xff] {
                assert!(!is_canonical(&p(low, high)));
                assert_eq!(Ed25519Key::decode(&p(low, high)).err(), Some(KeyFault::NotAPoint));
            }
        }
        // x = 0 has no sign.
        assert!(!is_canonical(&p(0xec, 0xff)));
        assert!(is_canonical(&p(0xec, 0x7f)));
        assert!(is_canonical(&p(0xeb, 0xff)));
        // One byte less, wherever it is above the lowest, is below p.
        assert!(is_canonical(&p(0xff, 0x7e)));
        for middle in 1..31 {
            let mut below = p(0xff, 0x7f);
            below[middle] = 0xfe;
            assert!(is_canonical(&below));
        }
        let mut one = [0; 32];
        one[0] = 1;
        assert!(is_canonical(&one));
        one[31] = 0x80;
        assert!(!is_canonical(&one));
    }

    #[test]
    fn s_is_below_the_order() {
        let mut s = ORDER;
        assert!(!is_reduced(&s));
        s[0] -= 1;
        assert!(is_reduced(&s));
        s[31] += 1;
        assert!(!is_reduced(&s));
        assert!(is_reduced(&[0; 32]));
        assert!(!is_reduced(&[0xff; 32]));
    }
}
