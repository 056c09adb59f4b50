//! The two signatures of a code, verified as the library does and with nothing around them.

use std::hint::black_box;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::ed25519::signature::MultipartVerifier as _;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha512};

use crate::case::Case;
use crate::token;

/// Of one accepted code. The issuer's key is decoded, the phone's is not, as in a scan.
pub(crate) struct Signatures {
    issuer: (VerifyingKey, Signed),
    device: ([u8; 32], Signed),
    issuer_point: EdwardsPoint,
}

/// What one signature covers, and the signature.
struct Signed {
    pieces: [Vec<u8>; 6],
    signature: Signature,
}

impl Signatures {
    pub(crate) fn of(case: &Case) -> Self {
        let token = token::of(case.qr());
        let device = Signed::read(&token[2..]);
        // {1: alg, 13: #6.18([...]), 16: 294}
        let issuer = Signed::read(&device.protected()[6..]);
        let trust_list = hex::decode(case.0["trust_list"].as_str().unwrap()).unwrap();
        let issuer_key = keys(&trust_list).find(|key| issuer.is_by(key)).expect("the issuer's key");
        let device_key = keys(issuer.payload()).find(|key| device.is_by(key)).expect("the phone's key");
        let issuer_point = CompressedEdwardsY(issuer_key.to_bytes()).decompress().unwrap();
        Self { issuer: (issuer_key, issuer), device: (device_key.to_bytes(), device), issuer_point }
    }

    #[allow(dead_code, reason = "for ../peers")]
    pub(crate) fn issuer_key(&self) -> VerifyingKey {
        self.issuer.0
    }

    pub(crate) fn verify_issuers(&self) {
        let (key, signed) = &self.issuer;
        assert!(signed.is_by(black_box(key)));
    }

    pub(crate) fn verify_devices(&self) {
        let (key, signed) = &self.device;
        assert!(signed.is_by(&VerifyingKey::from_bytes(black_box(key)).unwrap()));
    }

    /// What the library does not do: both equations on the curve itself, with one inversion for the two.
    pub(crate) fn verify_both_together(&self) {
        let device = CompressedEdwardsY(*black_box(&self.device.0));
        let issuer = black_box(&self.issuer_point);
        let computed = [
            self.issuer.1.expected_r(self.issuer.0.as_bytes(), issuer),
            self.device.1.expected_r(device.as_bytes(), &device.decompress().unwrap()),
        ];
        let [by_issuer, by_device] = EdwardsPoint::compress_batch(&computed);
        assert!(by_issuer.as_bytes() == self.issuer.1.signature.r_bytes());
        assert!(by_device.as_bytes() == self.device.1.signature.r_bytes());
    }
}

impl Signed {
    /// Reads a COSE_Sign1 from behind its tag and the head of its array.
    fn read(encoded: &[u8]) -> Self {
        let (protected, rest) = byte_string(encoded);
        let rest = match rest {
            [0xa0, rest @ ..] => rest,
            // {17: [disclosures]}
            [0xa1, 17, array, rest @ ..] => (0..array & 0x1f).fold(rest, |rest, _| byte_string(rest).1),
            _ => panic!("no unprotected map"),
        };
        let (payload, rest) = byte_string(rest);
        let (signature, _) = byte_string(rest);
        let pieces = [b"\x84\x6aSignature1", protected[0], protected[1], b"\x40", payload[0], payload[1]];
        Self { pieces: pieces.map(<[u8]>::to_vec), signature: Signature::from_slice(signature[1]).unwrap() }
    }

    fn protected(&self) -> &[u8] {
        &self.pieces[2]
    }

    fn payload(&self) -> &[u8] {
        &self.pieces[5]
    }

    /// `sB - kA`.
    fn expected_r(&self, key: &[u8; 32], point: &EdwardsPoint) -> EdwardsPoint {
        let signature = black_box(&self.signature);
        let hash = Sha512::new().chain_update(signature.r_bytes()).chain_update(key);
        let hash = self.pieces.iter().fold(hash, |hash, piece| hash.chain_update(piece)).finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        let s = Scalar::from_canonical_bytes(*signature.s_bytes()).unwrap();
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &-point, &s)
    }

    fn is_by(&self, key: &VerifyingKey) -> bool {
        let pieces = self.pieces.each_ref().map(Vec::as_slice);
        key.multipart_verify(black_box(&pieces), black_box(&self.signature)).is_ok()
    }
}

/// The head and the content of a byte string, and what comes after it.
fn byte_string(encoded: &[u8]) -> ([&[u8]; 2], &[u8]) {
    let (head, length) = match *encoded {
        [0x58, length, ..] => (2, usize::from(length)),
        [0x59, high, low, ..] => (3, usize::from(u16::from_be_bytes([high, low]))),
        [head @ 0x40..0x58, ..] => (1, usize::from(head - 0x40)),
        _ => panic!("no byte string"),
    };
    ([&encoded[..head], &encoded[head..head + length]], &encoded[head + length..])
}

/// Everything that looks like the x of a COSE_Key, `-2: h'...'`, and is a point.
fn keys(encoded: &[u8]) -> impl Iterator<Item = VerifyingKey> {
    encoded
        .windows(35)
        .filter(|window| window.starts_with(&[0x21, 0x58, 32]))
        .filter_map(|window| VerifyingKey::from_bytes(window.last_chunk()?).ok())
}
