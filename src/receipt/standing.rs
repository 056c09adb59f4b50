//! Stored receipts, judged again: which of them rest on an issuer's key that has been removed since.

use super::{IssuerName, Receipt, key_digest};
use crate::trust::TrustList;

/// How the issuer's key of a receipt stands in a later trust list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// It stands there, for credentials, and was valid when the receipt was made.
    Stands,
    /// It stands there, but not valid at the time of the receipt.
    NotValidThen,
    /// It stands there, but no longer for credentials.
    NotForCredentials,
    /// The issuer stands there, its key does not.
    KeyRemoved,
    /// The issuer does not stand there.
    IssuerRemoved,
    /// The receipt rests on no issuer's key: the code was refused before its signature was found to hold.
    NotProven,
}

impl Receipt {
    /// How the key that signed the credential stands in `trust`, a later list.
    ///
    /// Only the key is looked at: not the document, the regions or the date of the credential, which a receipt does not
    /// hold. An accepted check-in that does not stand any more is one to look into: the key may have been in the wrong hands.
    #[must_use]
    pub fn standing(&self, trust: &TrustList) -> Standing {
        let Some((IssuerName::Listed(iss), proven_by)) =
            self.issuer.as_ref().and_then(|issuer| Some((&issuer.iss, issuer.proven_by?)))
        else {
            return Standing::NotProven;
        };
        let Some(listed) = trust.issuer(iss) else {
            return Standing::IssuerRemoved;
        };
        // By the key itself: a key id is a hint, and may be given anew.
        match listed.keys().iter().find(|key| key_digest(key.key.as_bytes()) == proven_by) {
            None => Standing::KeyRemoved,
            Some(key) if !key.is_for_credentials() => Standing::NotForCredentials,
            Some(key) if !key.holds_at(self.at) => Standing::NotValidThen,
            Some(_) => Standing::Stands,
        }
    }
}
