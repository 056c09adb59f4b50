//! Step 0, clock: the present is not before the trust list was issued.

use crate::UnixTime;
use crate::policy::Policy;
use crate::refusal::ClockRefusal;
use crate::trust::TrustList;

/// # Errors
/// `clock.behind` if now + skew < the trust list's issued-at.
pub(super) fn is_not_behind(trust: &TrustList, policy: &Policy, now: UnixTime) -> Result<(), ClockRefusal> {
    let issued_at = trust.issued_at();
    if now.plus(policy.max_skew) < issued_at {
        return Err(ClockRefusal::BehindTrustList { now: now.as_secs(), issued_at: issued_at.as_secs() });
    }
    Ok(())
}
