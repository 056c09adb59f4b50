//! Step 3, trust: the trust list is still in force, since the present has moved on after it was opened.

use crate::UnixTime;
use crate::refusal::TrustRefusal;
use crate::trust::TrustList;

/// # Errors
/// `trust.expired` if now >= the list's expires.
pub(super) fn is_in_force(trust: &TrustList, now: UnixTime) -> Result<(), TrustRefusal> {
    let expires_at = trust.expires_at();
    if now >= expires_at {
        return Err(TrustRefusal::Expired { expires_at: expires_at.as_secs(), now: now.as_secs() });
    }
    Ok(())
}
