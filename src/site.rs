//! The desk: what it is, where it is, and whose it is (FORMAT.md, What a verifier checks, Inputs).

use alloc::format;
use alloc::sync::Arc;
use core::fmt;

use thiserror::Error;

/// What a credential is shown for (FORMAT.md, The licence, key 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scene {
    /// 1: 旅馆.
    Hotel,
    /// 2: 网吧.
    InternetCafe,
    /// 3: 街面巡逻盘查.
    Patrol,
    /// 4: 政务服务.
    GovernmentService,
    /// 5: 不动产登记.
    RealEstate,
}

impl Scene {
    /// Every scene, in the order of its number.
    pub const ALL: [Self; 5] =
        [Self::Hotel, Self::InternetCafe, Self::Patrol, Self::GovernmentService, Self::RealEstate];

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| u64::from(scene.number()) == number)
    }

    /// The number of the format.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Hotel => 1,
            Self::InternetCafe => 2,
            Self::Patrol => 3,
            Self::GovernmentService => 4,
            Self::RealEstate => 5,
        }
    }

    /// The name in an audience.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hotel => "hotel",
            Self::InternetCafe => "internet-cafe",
            Self::Patrol => "patrol",
            Self::GovernmentService => "government-service",
            Self::RealEstate => "real-estate",
        }
    }
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The desk that scans: a scene, a region and a relying party. Cheap to clone.
///
/// ```
/// use eid_verifier::{Site, Scene};
///
/// let desk = Site::hotel(510_107, "cd-hotel-4711")?;
/// assert_eq!((desk.scene(), desk.region(), desk.relying_party()), (Scene::Hotel, 510_107, "cd-hotel-4711"));
/// # Ok::<(), eid_verifier::SiteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    scene: Scene,
    region: u32,
    /// `scene:relying-party`, whole, because that is what every scan compares.
    audience: Arc<str>,
}

/// Why a [`Site`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The region is not a code of six digits.
    #[error("a site's region is a code of six digits")]
    Region,
    /// The relying party id is not 1 to 64 of `A-Z a-z 0-9 . _ -`.
    #[error("a relying party id is 1 to 64 of A-Z a-z 0-9 . _ -")]
    RelyingParty,
}

impl Site {
    /// A desk: its scene, its six-digit region (GB/T 2260) and its relying party id.
    ///
    /// # Errors
    /// [`SiteError::Region`], [`SiteError::RelyingParty`].
    pub fn new(scene: Scene, region: u32, relying_party: &str) -> Result<Self, SiteError> {
        if !(100_000..=999_999).contains(&region) {
            return Err(SiteError::Region);
        }
        let id = relying_party.as_bytes();
        let is_id = id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        if !is_id || !(1..=64).contains(&id.len()) {
            return Err(SiteError::RelyingParty);
        }
        Ok(Self { scene, region, audience: format!("{scene}:{relying_party}").into() })
    }

    /// A hotel's front desk.
    ///
    /// # Errors
    /// As [`Site::new`].
    pub fn hotel(region: u32, relying_party: &str) -> Result<Self, SiteError> {
        Self::new(Scene::Hotel, region, relying_party)
    }

    /// The desk of an internet café.
    ///
    /// # Errors
    /// As [`Site::new`].
    pub fn internet_cafe(region: u32, relying_party: &str) -> Result<Self, SiteError> {
        Self::new(Scene::InternetCafe, region, relying_party)
    }

    /// A patrol's handheld.
    ///
    /// # Errors
    /// As [`Site::new`].
    pub fn patrol(region: u32, relying_party: &str) -> Result<Self, SiteError> {
        Self::new(Scene::Patrol, region, relying_party)
    }

    /// What credentials are shown for here.
    #[must_use]
    pub const fn scene(&self) -> Scene {
        self.scene
    }

    /// The six-digit region.
    #[must_use]
    pub const fn region(&self) -> u32 {
        self.region
    }

    /// The relying party id.
    #[must_use]
    pub fn relying_party(&self) -> &str {
        self.audience.split_once(':').map_or("", |(_, id)| id)
    }

    /// `scene:relying-party`: the audience of a code that is made for this desk alone. It goes into the request that a
    /// phone scans, beside the challenge.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_that_an_audience_can_carry() {
        assert!(Site::hotel(510_107, &"a".repeat(64)).is_ok());
        assert!(Site::hotel(510_107, "A-z0_9.").is_ok());
        for id in ["", &"a".repeat(65), "a:b", "a b", "旅馆", "a/b", "a\n"] {
            assert_eq!(Site::hotel(510_107, id), Err(SiteError::RelyingParty), "{id:?}");
        }
        for region in [0, 51, 5101, 99_999, 1_000_000] {
            assert_eq!(Site::hotel(region, "a"), Err(SiteError::Region));
        }
        assert!(Site::hotel(100_000, "a").is_ok() && Site::hotel(999_999, "a").is_ok());
    }
}
