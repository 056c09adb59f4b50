//! Step 8, audience: the code was made for this desk, answers its challenge if there is one, and by a user whom the phone
//! verified.

use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::device::Authentic;
use crate::policy::{Policy, UserFactor};
use crate::refusal::AudienceRefusal;
use crate::site::Site;

/// A verifier's challenge: random bytes that one phone is to echo, once.
///
/// The caller draws them for one presentation, shows them to the phone beside [`Site::audience`], and drops them when they
/// are answered or after 300 s. With a challenge, a code that was made for another desk of the scene cannot be used here.
///
/// ```
/// use eid_verifier::Challenge;
///
/// let random = [0x5a; 16]; // 16 to 64 bytes of the system's randomness
/// assert!(Challenge::new(&random).is_ok());
/// assert!(Challenge::new(&random[..15]).is_err());
/// ```
pub struct Challenge(Zeroizing<Vec<u8>>);

/// Why a [`Challenge`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// Not 16 to 64 bytes.
    #[error("a challenge is 16 to 64 bytes, not {found}")]
    Length {
        /// Bytes given.
        found: usize,
    },
}

impl Challenge {
    /// A challenge of 16 to 64 random bytes.
    ///
    /// # Errors
    /// [`ChallengeError::Length`].
    pub fn new(random: &[u8]) -> Result<Self, ChallengeError> {
        if !(16..=64).contains(&random.len()) {
            return Err(ChallengeError::Length { found: random.len() });
        }
        Ok(Self(Zeroizing::new(random.to_vec())))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(*)")
    }
}

/// # Errors
/// `audience.mismatch`, `challenge.missing`, `challenge.unexpected`, `challenge.mismatch`, `user.not_verified`.
pub(super) fn is_this_desk(
    code: &Authentic<'_>,
    site: &Site,
    policy: &Policy,
    challenge: Option<&Challenge>,
) -> Result<(), AudienceRefusal> {
    let audience = code.binding.audience;
    // With a challenge the code must name this relying party; without one, its scene is enough.
    if audience != site.audience() && (challenge.is_some() || audience != site.scene().as_str()) {
        return Err(AudienceRefusal::Mismatch);
    }
    match (challenge, code.binding.challenge) {
        (None, None) => {}
        (Some(_), None) => return Err(AudienceRefusal::ChallengeMissing),
        (None, Some(_)) => return Err(AudienceRefusal::ChallengeUnexpected),
        (Some(challenge), Some(answer)) if **challenge.0 == *answer => {}
        (Some(_), Some(_)) => return Err(AudienceRefusal::ChallengeMismatch),
    }
    let verified = UserFactor::among(code.binding.user_verification);
    if !policy.user_verification.iter().all(|factor| verified.contains(factor)) {
        return Err(AudienceRefusal::UserNotVerified);
    }
    Ok(())
}
