//! Step 12, status: the credential is not revoked, suspended or outdated, by a list that is fresh and may speak for it.

use super::device::Authentic;
use crate::UnixTime;
use crate::policy::{Policy, StatusRule};
use crate::refusal::{ClockRefusal, Refusal, StatusRefusal};
use crate::status::{StatusList, StatusLists, Uri};

/// Where the status of a credential stands.
pub(super) struct Entry<'v> {
    pub(super) list: &'v StatusList,
    index: u64,
}

/// The entry to look up, or `None` where the policy looks none up.
///
/// # Errors
/// `status.unreferenced`, `status.ambiguous`, `status.unavailable`.
pub(super) fn entry<'v>(
    code: &Authentic<'_>,
    lists: &'v StatusLists,
    policy: &Policy,
    now: UnixTime,
) -> Result<Option<Entry<'v>>, StatusRefusal> {
    if policy.status == StatusRule::IgnoreStatus {
        return Ok(None);
    }
    let Some((uri, index)) = reference(code)? else {
        return match policy.status {
            StatusRule::Require => Err(StatusRefusal::Unreferenced),
            StatusRule::PassUnreferenced | StatusRule::IgnoreStatus => Ok(None),
        };
    };
    let list = lists.find(code.issuer, uri, now).ok_or(StatusRefusal::Unavailable)?;
    Ok(Some(Entry { list, index }))
}

/// # Errors
/// `clock.behind`, `status.stale`, `status.index`, `status.revoked`, `status.suspended`, `status.outdated`,
/// `status.unknown`.
pub(super) fn is_good(entry: Option<&Entry<'_>>, policy: &Policy, now: UnixTime) -> Result<(), Refusal> {
    let Some(&Entry { list, index }) = entry else {
        return Ok(());
    };
    let issued_at = list.issued_at;
    if now.plus(policy.max_skew) < issued_at {
        let (now, issued_at) = (now.as_secs(), issued_at.as_secs());
        return Err(ClockRefusal::BehindStatusList { now, issued_at }.into());
    }
    if let Some(expires_at) = list.expires_at.filter(|&expires_at| now >= expires_at) {
        let (expires_at, now) = (expires_at.as_secs(), now.as_secs());
        return Err(StatusRefusal::Expired { expires_at, now }.into());
    }
    let age = now.since(issued_at);
    if age > policy.max_status_age {
        return Err(StatusRefusal::TooOld { age, max_age: policy.max_status_age }.into());
    }

    match list.get(index) {
        Some(0) => Ok(()),
        Some(1) => Err(StatusRefusal::Revoked.into()),
        Some(2) => Err(StatusRefusal::Suspended.into()),
        Some(3) => Err(StatusRefusal::Outdated.into()),
        Some(status) => Err(StatusRefusal::Unknown { status }.into()),
        None => Err(StatusRefusal::Index { entries: list.len() }.into()),
    }
}

/// The list and the index that the credential names, in either form or both.
fn reference<'a>(code: &Authentic<'a>) -> Result<Option<(Uri<'a>, u64)>, StatusRefusal> {
    let standard = code.credential.status;
    let Some((list, index)) = code.credential.licence.status else {
        return Ok(standard.map(|standard| (Uri::Whole(standard.uri), standard.index)));
    };
    let Some(prefix) = code.issuer.status_prefix.as_deref() else {
        return Err(if standard.is_some() { StatusRefusal::Ambiguous } else { StatusRefusal::Unavailable });
    };
    let uri = Uri::Numbered { prefix, digits: list.into() };
    match standard {
        Some(standard) if !uri.is(standard.uri) || standard.index != index => Err(StatusRefusal::Ambiguous),
        _ => Ok(Some((uri, index))),
    }
}
