//! The steps of a scan (FORMAT.md, What a verifier checks, in order).

use core::fmt;

use super::{ClockRefusal, Refusal, StatusRefusal, TrustRefusal};

/// One of the fourteen steps that a scan goes through, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 0: this clock is not behind the trust list.
    Clock,
    /// 1: the text is a code.
    Payload,
    /// 2: the headers are those of the format.
    Headers,
    /// 3: the trust list is in force.
    Trust,
    /// 4: the issuer signed, and was allowed to.
    Issuer,
    /// 5: the credential is in force.
    Credential,
    /// 6: the phone signed.
    Device,
    /// 7: the code is fresh.
    Freshness,
    /// 8: the code is for this desk.
    Audience,
    /// 9: the credential holds here and for this.
    Scope,
    /// 10: the issuer signed what is disclosed.
    Disclosures,
    /// 11: the claims are right and complete.
    Claims,
    /// 12: the credential is not revoked, suspended or outdated.
    Status,
    /// 13: the code was not used before.
    Nonce,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 14] = [
        Self::Clock,
        Self::Payload,
        Self::Headers,
        Self::Trust,
        Self::Issuer,
        Self::Credential,
        Self::Device,
        Self::Freshness,
        Self::Audience,
        Self::Scope,
        Self::Disclosures,
        Self::Claims,
        Self::Status,
        Self::Nonce,
    ];

    const fn row(self) -> (u8, &'static str, &'static str) {
        match self {
            Self::Clock => (0, "clock", "本机时间"),
            Self::Payload => (1, "payload", "二维码内容"),
            Self::Headers => (2, "headers", "格式标识"),
            Self::Trust => (3, "trust", "信任名单"),
            Self::Issuer => (4, "issuer", "签发机关"),
            Self::Credential => (5, "credential", "证照有效期"),
            Self::Device => (6, "device", "手机签名"),
            Self::Freshness => (7, "freshness", "亮证时效"),
            Self::Audience => (8, "audience", "出示对象"),
            Self::Scope => (9, "scope", "适用地区和场景"),
            Self::Disclosures => (10, "disclosures", "出示内容"),
            Self::Claims => (11, "claims", "身份信息"),
            Self::Status => (12, "status", "证照状态"),
            Self::Nonce => (13, "nonce", "一次一验"),
        }
    }

    /// The number of the step, 0 to 13.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.row().0
    }

    /// The stable name, for a program: `freshness`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().1
    }

    /// What the step looks at, in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        self.row().2
    }
}

/// The stable name.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Refusal {
    /// The step of a scan that refuses so, or `None` where only the opening of a list does.
    ///
    /// `freshness.expired` is asked twice: this tells the first time, step 7, though the second, in step 13, reads the same.
    #[must_use]
    pub const fn step(&self) -> Option<Step> {
        Some(match self {
            Self::Clock(ClockRefusal::BehindTrustList { .. }) => Step::Clock,
            Self::Payload(_) => Step::Payload,
            Self::Header(_) => Step::Headers,
            Self::Trust(TrustRefusal::Expired { .. }) => Step::Trust,
            Self::Issuer(_) => Step::Issuer,
            Self::Credential(_) => Step::Credential,
            Self::Device(_) => Step::Device,
            Self::Freshness(_) => Step::Freshness,
            Self::Audience(_) => Step::Audience,
            Self::Scope(_) => Step::Scope,
            Self::Disclosure(_) => Step::Disclosures,
            Self::Claims(_) => Step::Claims,
            Self::Clock(ClockRefusal::BehindStatusList { .. }) => Step::Status,
            Self::Clock(ClockRefusal::BehindLedger { .. }) | Self::Nonce(_) => Step::Nonce,
            Self::Trust(_)
            | Self::Status(
                StatusRefusal::Malformed
                | StatusRefusal::Type
                | StatusRefusal::Issuer
                | StatusRefusal::Signature
                | StatusRefusal::TooLarge,
            ) => return None,
            Self::Status(_) => Step::Status,
        })
    }
}
