//! What a code is scanned for, and what law allows it: no receipt without both.

use alloc::string::String;
use core::fmt;

use thiserror::Error;

use crate::claims::breaks_a_line_or_turns_it;

/// Characters of a purpose, a legal basis, an officer's id: at most.
const LONGEST: usize = 200;

/// The purpose of a scan and its legal basis; of a patrol's, the officer and the ground too.
///
/// ```
/// use eid_verifier::receipt::{Ground, Purpose};
///
/// let check_in = Purpose::new("旅客住宿登记", "《旅馆业治安管理办法》第六条")?;
/// assert_eq!(check_in.legal_basis(), "《旅馆业治安管理办法》第六条");
///
/// let check = Purpose::patrol("012345", Ground::from_number(4).ok_or("1 to 5")?)?;
/// assert_eq!(check.legal_basis(), "《中华人民共和国居民身份证法》第十五条第一款第（四）项");
/// assert!(Purpose::new("", "").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Purpose {
    purpose: String,
    legal_basis: String,
    patrol: Option<(String, Ground)>,
}

/// Why a [`Purpose`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PurposeError {
    /// No letter and no digit in it.
    #[error("a purpose, a legal basis and an officer's id are not empty")]
    Empty,
    /// More than 200 characters.
    #[error("{characters} characters, at most 200")]
    TooLong {
        /// Characters given.
        characters: usize,
    },
    /// Controls, line separators and marks that turn the direction of text: they would forge the lines of a log.
    #[error("no control characters, no line separators, no direction marks")]
    Control,
}

/// When a police officer may check an identity, after showing police credentials (居民身份证法 Art. 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// 1: somebody suspected of breaking the law.
    Suspicion,
    /// 2: control of a scene under the law.
    SceneControl,
    /// 3: a sudden event that gravely endangers public order.
    Emergency,
    /// 4: a station, a harbour, an airport, or a place named by the city for a great event.
    PublicPlace,
    /// 5: another case that a law names.
    OtherLaw,
}

impl Ground {
    /// Every ground, in the order of the law.
    pub const ALL: [Self; 5] =
        [Self::Suspicion, Self::SceneControl, Self::Emergency, Self::PublicPlace, Self::OtherLaw];

    /// The number of the item in the law, 1 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Suspicion => 1,
            Self::SceneControl => 2,
            Self::Emergency => 3,
            Self::PublicPlace => 4,
            Self::OtherLaw => 5,
        }
    }

    /// The ground of a number, 1 to 5.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.number() == number)
    }

    /// What the law says, in Chinese.
    #[must_use]
    pub const fn text_zh(self) -> &'static str {
        match self {
            Self::Suspicion => "对有违法犯罪嫌疑的人员，需要查明身份的",
            Self::SceneControl => "依法实施现场管制时，需要查明有关人员身份的",
            Self::Emergency => "发生严重危害社会治安突发事件时，需要查明现场有关人员身份的",
            Self::PublicPlace => {
                "在火车站、长途汽车站、港口、码头、机场或者在重大活动期间设区的市级人民政府规定的场所，需要查明有关人员身份的"
            }
            Self::OtherLaw => "法律规定需要查明身份的其他情形",
        }
    }

    const fn basis(self) -> &'static str {
        match self {
            Self::Suspicion => "《中华人民共和国居民身份证法》第十五条第一款第（一）项",
            Self::SceneControl => "《中华人民共和国居民身份证法》第十五条第一款第（二）项",
            Self::Emergency => "《中华人民共和国居民身份证法》第十五条第一款第（三）项",
            Self::PublicPlace => "《中华人民共和国居民身份证法》第十五条第一款第（四）项",
            Self::OtherLaw => "《中华人民共和国居民身份证法》第十五条第一款第（五）项",
        }
    }
}

impl Purpose {
    /// A purpose and its legal basis, each 1 to 200 characters once trimmed.
    ///
    /// # Errors
    /// [`PurposeError::Empty`], [`PurposeError::TooLong`], [`PurposeError::Control`].
    pub fn new(purpose: &str, legal_basis: &str) -> Result<Self, PurposeError> {
        Ok(Self { purpose: text(purpose)?, legal_basis: text(legal_basis)?, patrol: None })
    }

    /// A patrol's check of an identity: the officer's id (警号), 1 to 200 characters once trimmed, and the ground, whose item
    /// of the law is the legal basis.
    ///
    /// # Errors
    /// [`PurposeError::Empty`], [`PurposeError::TooLong`], [`PurposeError::Control`].
    pub fn patrol(officer_id: &str, ground: Ground) -> Result<Self, PurposeError> {
        Ok(Self {
            purpose: "查验居民身份证".into(),
            legal_basis: ground.basis().into(),
            patrol: Some((text(officer_id)?, ground)),
        })
    }

    /// What for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// By what law.
    #[must_use]
    pub fn legal_basis(&self) -> &str {
        &self.legal_basis
    }

    /// The officer's id, of a patrol.
    #[must_use]
    pub fn officer_id(&self) -> Option<&str> {
        self.patrol.as_ref().map(|(officer, _)| officer.as_str())
    }

    /// The ground, of a patrol.
    #[must_use]
    pub fn ground(&self) -> Option<Ground> {
        self.patrol.as_ref().map(|&(_, ground)| ground)
    }
}

fn text(given: &str) -> Result<String, PurposeError> {
    let text = given.trim();
    let characters = text.chars().count();
    if !text.chars().any(char::is_alphanumeric) {
        return Err(PurposeError::Empty);
    }
    if characters > LONGEST {
        return Err(PurposeError::TooLong { characters });
    }
    if text.chars().any(breaks_a_line_or_turns_it) {
        return Err(PurposeError::Control);
    }
    Ok(text.into())
}

/// The officer's id is masked.
impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purpose")
            .field("purpose", &self.purpose)
            .field("legal_basis", &self.legal_basis)
            .field("ground", &self.ground())
            .finish_non_exhaustive()
    }
}
