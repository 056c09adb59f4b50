//! The operator of the trust list, whose key a relying party pins (FORMAT.md, Trust list).

use alloc::{string::String, vec::Vec};

use super::{
    cbor::{Cbor, map},
    cose::{Tampering, sign1},
    issuer::Issuer,
    key::Key,
    label,
};

/// What the trust list of the sandbox calls itself.
pub const TEST_LIST_NAME: &str = "TEST ONLY 测试专用";

/// The public key of a trust list's operator, as a scenario's JSON names it. Plain data, for readers in any language: it is
/// not trusted by being here. A program pins [`Anchor::danger_sandbox`](crate::Anchor::danger_sandbox); the same key given
/// to [`Anchor::new`](crate::Anchor::new) opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestAnchor {
    /// The name a trust list's header gives it.
    pub kid: [u8; 8],
    /// The Ed25519 public key.
    pub x: [u8; 32],
}

impl TestAnchor {
    /// The key of the sandbox, as data. Its private half is public: whoever pins it trusts everybody.
    #[must_use]
    pub fn danger_public() -> Self {
        Self::of(&operator_key())
    }

    fn of(key: &Key) -> Self {
        Self { kid: key.kid(), x: key.x() }
    }
}

/// The key that signs the sandbox's trust lists.
pub(super) fn operator_key() -> Key {
    Key::named("operator")
}

/// An operator with the list it signs.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Signs the list.
    pub key: Key,
    /// The name of that key in the list's header.
    pub kid: [u8; 8],
    /// The name of the list.
    pub name: String,
    /// The number of the list: a later list has a greater one.
    pub sequence: u64,
    /// When it was signed.
    pub issued_at: u64,
    /// When the next one is due.
    pub next_update: u64,
    /// From when on it must not be used.
    pub expires: u64,
    /// The issuer of the credential and of the status list.
    pub issuer: Issuer,
    /// The other issuers of the list.
    pub other_issuers: Vec<Issuer>,
    /// What is done to the list on its way out.
    pub tampering: Tampering,
}

impl Operator {
    /// The signed trust list.
    #[must_use]
    pub fn trust_list(&self) -> Vec<u8> {
        let issuers = [&self.issuer].into_iter().chain(&self.other_issuers);
        let list = map! {
            0 => 1,
            1 => self.name.as_str(),
            2 => self.sequence,
            3 => self.issued_at,
            4 => self.next_update,
            5 => self.expires,
            6 => issuers.map(Issuer::entry).collect::<Cbor>(),
        };
        let protected = map! { label::ALG => label::ED25519, label::KID => self.kid, label::TYP => label::TYP_TRUST_LIST };
        sign1(protected, map! {}, list, |bytes| self.key.sign(bytes), &self.tampering).encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{TEST_ISS, TEST_ISS_50};
    use crate::wire::labels::sandbox;

    #[test]
    fn a_verifier_without_the_sandbox_knows_its_names() {
        let anchor = TestAnchor::danger_public();
        assert_eq!((anchor.kid, anchor.x), (sandbox::ANCHOR_KID, sandbox::ANCHOR_X));
        assert!(TEST_ISS.starts_with(sandbox::ISS) && TEST_ISS_50.starts_with(sandbox::ISS));
    }
}
