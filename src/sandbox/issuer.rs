//! An issuer as the trust list names it: regions, status prefix and keys (FORMAT.md, Trust list).

use alloc::{string::String, vec::Vec};

use super::{
    cbor::{Cbor, map},
    key::Key,
};

/// The main issuer of the sandbox. A verifier that meets this name outside its tests has been shown a test code.
pub const TEST_ISS: &str = "TEST-eid-verifier-sandbox";
/// The other issuer of the sandbox, of another province.
pub const TEST_ISS_50: &str = "TEST-eid-verifier-sandbox-50";

/// An issuer of credentials.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Its name in credentials.
    pub iss: String,
    /// Its name for people.
    pub name: String,
    /// Where its credentials may hold.
    pub regions: Vec<u64>,
    /// What its status lists' addresses begin with.
    pub status_prefix: Option<String>,
    /// The key that signs its credentials.
    pub cards: IssuerKey,
    /// The key that signs its status lists.
    pub lists: IssuerKey,
    /// Keys that sign nothing, until a scenario takes one.
    pub other_keys: Vec<IssuerKey>,
}

impl Issuer {
    /// An item of the trust list.
    pub(super) fn entry(&self) -> Cbor {
        let keys = [&self.cards, &self.lists].into_iter().chain(&self.other_keys);
        let mut entry = map! {
            1 => self.iss.as_str(),
            2 => self.name.as_str(),
            3 => self.regions.iter().copied().collect::<Cbor>(),
            5 => keys.map(IssuerKey::entry).collect::<Cbor>(),
        };
        if let Some(prefix) = &self.status_prefix {
            entry.put(4, prefix.as_str());
        }
        entry
    }
}

/// A key of an issuer, and what the trust list allows it.
#[derive(Clone, Debug)]
pub struct IssuerKey {
    /// The key.
    pub key: Key,
    /// The name it is listed under.
    pub kid: [u8; 8],
    /// Valid from this second on.
    pub nbf: u64,
    /// No longer valid from this second on.
    pub exp: u64,
    /// Bit 0 credentials, bit 1 status lists.
    pub uses: u64,
    /// The document types it may sign; `None` for all.
    pub documents: Option<Vec<u64>>,
}

/// [`IssuerKey::uses`] of a key for credentials.
pub const USE_CREDENTIALS: u64 = 1;
/// [`IssuerKey::uses`] of a key for status lists.
pub const USE_STATUS_LISTS: u64 = 2;

impl IssuerKey {
    fn entry(&self) -> Cbor {
        let mut entry = map! {
            1 => self.kid,
            2 => self.key.cose_key(),
            3 => self.nbf,
            4 => self.exp,
            5 => self.uses,
        };
        if let Some(documents) = &self.documents {
            entry.put(6, documents.iter().copied().collect::<Cbor>());
        }
        entry
    }
}
