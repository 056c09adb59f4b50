//! Step 4, issuer: the credential is signed by a key that the trust list gives this issuer, for this document, here and now.

use super::payload::Presentation;
use crate::UnixTime;
use crate::refusal::IssuerRefusal;
use crate::trust::{Issuer, IssuerKey, TrustList};
use crate::wire::labels::sandbox;

/// Gives the issuer and the key whose signature holds.
///
/// # Errors
/// `issuer.unknown`, `issuer.key_validity`, `issuer.not_authorised`, `issuer.signature`.
pub(super) fn signed<'v>(
    shown: &Presentation<'_>,
    trust: &'v TrustList,
    now: UnixTime,
) -> Result<(&'v Issuer, &'v IssuerKey), IssuerRefusal> {
    let credential = &shown.credential;
    let issuer = trust.issuer(credential.iss).ok_or_else(|| unknown(credential.iss))?;
    // The kid is a hint: it finds the key, and the signature proves it.
    let key = issuer.key(credential.kid).ok_or(IssuerRefusal::UnknownKey)?;

    let (from, until) = (key.from.as_secs(), key.until.as_secs());
    if !key.holds_at(UnixTime::from_secs(credential.issued_at)) {
        return Err(IssuerRefusal::KeyNotValidAtIssue { issued_at: credential.issued_at, from, until });
    }
    if !key.holds_at(now) {
        return Err(IssuerRefusal::KeyNotValidNow { now: now.as_secs(), from, until });
    }

    let licence = &credential.licence;
    if !key.is_for_credentials() {
        return Err(IssuerRefusal::NotForCredentials);
    }
    if !key.is_for_document(licence.document) {
        return Err(IssuerRefusal::NotForDocument { document: licence.document });
    }
    if !licence.regions().iter().all(|&region| issuer.covers(region)) {
        return Err(IssuerRefusal::NotForRegion);
    }

    if !key.key.verifies(&credential.object) {
        return Err(IssuerRefusal::Signature);
    }
    Ok((issuer, key))
}

/// A test code says so itself, unproven: enough to tell a clerk why it is refused.
fn unknown(iss: &str) -> IssuerRefusal {
    if iss.starts_with(sandbox::ISS) { IssuerRefusal::TestCode } else { IssuerRefusal::UnknownIssuer }
}
