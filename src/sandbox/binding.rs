//! What the phone signs: the key binding token around the credential (FORMAT.md, KBT).

use alloc::{string::String, vec::Vec};

use super::{
    cbor::{Cbor, map},
    cose::{Tampering, sign1},
    label,
    phone::Phone,
};

/// A key binding token before it is signed.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The phone that signs.
    pub phone: Phone,
    /// Whom the code is for: `scene` or `scene:relying-party`.
    pub aud: String,
    /// When the code was made.
    pub iat: u64,
    /// From when on it is no longer valid.
    pub exp: u64,
    /// The one-time nonce, 16 bytes.
    pub cti: Vec<u8>,
    /// The verifier's challenge, echoed.
    pub cnonce: Option<Vec<u8>>,
    /// How the phone verified its user: bit 0 亮证密码, bit 1 face, bit 2 fingerprint.
    pub user_verification: Option<u64>,
    /// What is done to the token on its way out.
    pub tampering: Tampering,
}

impl Binding {
    /// The signed token around this credential's.
    pub(super) fn token(&self, credential: Cbor) -> Cbor {
        let protected = map! {
            label::ALG => self.phone.algorithm(),
            label::SD_CWT => credential,
            label::TYP => label::TYP_KBT,
        };
        let mut payload = map! {
            label::AUD => self.aud.as_str(),
            label::EXP => self.exp,
            label::IAT => self.iat,
            label::CTI => self.cti.clone(),
        };
        if let Some(cnonce) = &self.cnonce {
            payload.put(label::CNONCE, cnonce.clone());
        }
        if let Some(bits) = self.user_verification {
            payload.put(label::USER_VERIFICATION, bits);
        }
        sign1(protected, map! {}, payload, |bytes| self.phone.sign(bytes), &self.tampering)
    }
}
