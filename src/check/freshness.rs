//! Step 7, freshness: the code lives at most 300 s, within its credential, and now. Expiry is never stretched.

use super::device::Authentic;
use super::payload::KeyBinding;
use crate::UnixTime;
use crate::policy::Policy;
use crate::refusal::FreshnessRefusal;
use crate::wire::labels::limit;

/// # Errors
/// `freshness.window`, `freshness.not_yet`, `freshness.expired`.
pub(super) fn is_fresh(code: &Authentic<'_>, policy: &Policy, now: UnixTime) -> Result<(), FreshnessRefusal> {
    let KeyBinding { issued_at, expires_at, .. } = *code.binding;
    if expires_at <= issued_at || expires_at - issued_at > limit::CODE_LIFETIME {
        return Err(FreshnessRefusal::Lifetime { issued_at, expires_at });
    }
    if issued_at < code.credential.issued_at || expires_at > code.credential.expires_at {
        return Err(FreshnessRefusal::OutsideCredential { issued_at, expires_at });
    }
    if now.plus(policy.max_skew).as_secs() < issued_at {
        return Err(FreshnessRefusal::NotYet { issued_at, now: now.as_secs() });
    }
    has_not_expired(UnixTime::from_secs(expires_at), now)?;
    let age = now.since(UnixTime::from_secs(issued_at));
    if age > policy.max_age {
        return Err(FreshnessRefusal::TooOld { age, max_age: policy.max_age });
    }
    Ok(())
}

/// Here, and once more at the time of spending.
///
/// # Errors
/// `freshness.expired`.
pub(super) fn has_not_expired(expires_at: UnixTime, now: UnixTime) -> Result<(), FreshnessRefusal> {
    if now >= expires_at {
        return Err(FreshnessRefusal::Expired { expires_at: expires_at.as_secs(), now: now.as_secs() });
    }
    Ok(())
}
