//! Step 5, credential: its own dates, and the document it stands for. Expiry is never stretched.

use super::payload::Credential;
use crate::UnixTime;
use crate::policy::{Document, Policy};
use crate::refusal::CredentialRefusal;
use crate::wire::labels::limit;

/// # Errors
/// `credential.dates`, `credential.not_yet_valid`, `credential.expired`, `credential.document`.
pub(super) fn holds(
    credential: &Credential<'_>,
    policy: &Policy,
    now: UnixTime,
) -> Result<(), CredentialRefusal> {
    let Credential { not_before, issued_at, expires_at, .. } = *credential;
    if not_before.is_some_and(|not_before| not_before > issued_at) || issued_at >= expires_at {
        return Err(CredentialRefusal::Dates);
    }
    let lifetime = expires_at - issued_at;
    if lifetime > limit::CREDENTIAL_LIFETIME {
        return Err(CredentialRefusal::Lifetime { lifetime });
    }
    if now.plus(policy.max_skew).as_secs() < issued_at {
        return Err(CredentialRefusal::NotYetValid { issued_at, now: now.as_secs() });
    }
    if now.as_secs() >= expires_at {
        return Err(CredentialRefusal::Expired { expires_at, now: now.as_secs() });
    }
    let document = credential.licence.document;
    if !Document::from_number(document).is_some_and(|document| policy.documents.contains(document)) {
        return Err(CredentialRefusal::Document { document });
    }
    Ok(())
}
