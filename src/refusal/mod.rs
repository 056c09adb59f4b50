//! Refusals: one for each broken rule, with the numbers a technician needs and the words a clerk needs.
//!
//! [`Refusal`] says what was found; its `Display` is the line for the log. [`Code`] is the stable name of the rule
//! (FORMAT.md, What a verifier checks), with a number that is never reused, a text for the clerk in Chinese and English,
//! and an [`Advice`]. None of them ever holds a claim, a key or a signature.

mod code;
mod step;
mod steps;

pub use code::{Advice, Code};
pub use step::Step;
pub use steps::{
    AudienceRefusal, ClaimsRefusal, ClockRefusal, CredentialRefusal, DeviceRefusal, DisclosureRefusal,
    FreshnessRefusal, HeaderRefusal, IssuerRefusal, Layer, NonceRefusal, PayloadRefusal, ScopeRefusal,
    StatusRefusal, TrustRefusal,
};

/// Why a scan, a trust list or a status list was refused.
///
/// ```
/// use eid_verifier::refusal::{Advice, FreshnessRefusal, Refusal};
///
/// let refusal = Refusal::from(FreshnessRefusal::TooOld { age: 301, max_age: 300 });
/// assert_eq!(refusal.code().as_str(), "freshness.expired");
/// assert_eq!(refusal.to_string(), "freshness.expired: shown 301 s ago, taken for 300 s");
/// assert_eq!(refusal.advice(), Advice::ShowAgain);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Refusal {
    /// Step 0, and later steps that find the clock behind what they read.
    Clock(#[from] ClockRefusal),
    /// Step 1.
    Payload(#[from] PayloadRefusal),
    /// Step 2.
    Header(#[from] HeaderRefusal),
    /// Step 3, and the opening of a trust list.
    Trust(#[from] TrustRefusal),
    /// Step 4.
    Issuer(#[from] IssuerRefusal),
    /// Step 5.
    Credential(#[from] CredentialRefusal),
    /// Step 6.
    Device(#[from] DeviceRefusal),
    /// Step 7, and once more in step 13.
    Freshness(#[from] FreshnessRefusal),
    /// Step 8.
    Audience(#[from] AudienceRefusal),
    /// Step 9.
    Scope(#[from] ScopeRefusal),
    /// Step 10.
    Disclosure(#[from] DisclosureRefusal),
    /// Step 11, and a group that was asked for and is not there.
    Claims(#[from] ClaimsRefusal),
    /// Step 12, and the opening of a status list.
    Status(#[from] StatusRefusal),
    /// Step 13.
    Nonce(#[from] NonceRefusal),
}

impl Refusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Clock(refusal) => refusal.code(),
            Self::Payload(refusal) => refusal.code(),
            Self::Header(refusal) => refusal.code(),
            Self::Trust(refusal) => refusal.code(),
            Self::Issuer(refusal) => refusal.code(),
            Self::Credential(refusal) => refusal.code(),
            Self::Device(refusal) => refusal.code(),
            Self::Freshness(refusal) => refusal.code(),
            Self::Audience(refusal) => refusal.code(),
            Self::Scope(refusal) => refusal.code(),
            Self::Disclosure(refusal) => refusal.code(),
            Self::Claims(refusal) => refusal.code(),
            Self::Status(refusal) => refusal.code(),
            Self::Nonce(refusal) => refusal.code(),
        }
    }

    /// What the clerk reads, in Chinese.
    #[must_use]
    pub const fn clerk_zh(&self) -> &'static str {
        match self {
            Self::Issuer(IssuerRefusal::TestCode) => {
                "这是测试码，不能用于办理业务。请对方出示正式的电子证照二维码。"
            }
            Self::Claims(refusal) => refusal.clerk().0,
            _ => self.code().clerk_zh(),
        }
    }

    /// What the clerk reads, in English.
    #[must_use]
    pub const fn clerk_en(&self) -> &'static str {
        match self {
            Self::Issuer(IssuerRefusal::TestCode) => {
                "This is a test code and proves nothing. Ask for a real one."
            }
            Self::Claims(refusal) => refusal.clerk().1,
            _ => self.code().clerk_en(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> Advice {
        match self {
            Self::Issuer(IssuerRefusal::TestCode) => Advice::Refuse,
            _ => self.code().advice(),
        }
    }
}
