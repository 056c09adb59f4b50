//! One small enum for each step of FORMAT.md, in its order.
//!
//! Variants hold both sides of what was compared: times in unix seconds, spans in seconds, limits, numbers of headers and
//! groups. Where several mean one code, they say which rule of it was broken. Each log text begins with the code.

use core::fmt;

use thiserror::Error;

use super::Code;

/// One of the two signed objects of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The phone's key binding token (KBT), outside.
    KeyBinding,
    /// The issuer's SD-CWT, inside.
    Credential,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyBinding => "key binding token",
            Self::Credential => "credential",
        })
    }
}

/// Step 0, and wherever a list or the ledger shows that this clock is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClockRefusal {
    /// `now` is before the trust list was issued, beyond the skew.
    #[error("clock.behind: the clock says {now}, the trust list was issued at {issued_at}")]
    BehindTrustList {
        /// The time given.
        now: u64,
        /// The trust list's issued-at.
        issued_at: u64,
    },
    /// `now` is before the status list was issued, beyond the skew.
    #[error("clock.behind: the clock says {now}, the status list was issued at {issued_at}")]
    BehindStatusList {
        /// The time given.
        now: u64,
        /// The status list's iat.
        issued_at: u64,
    },
    /// The ledger has seen a later time than the code's expiry, so it may have forgotten the code.
    #[error("clock.behind: the code expires at {expires_at}, which the ledger's own time has reached")]
    BehindLedger {
        /// The code's exp.
        expires_at: u64,
    },
}

impl ClockRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::BehindTrustList { .. } | Self::BehindStatusList { .. } | Self::BehindLedger { .. } => {
                Code::ClockBehind
            }
        }
    }
}

/// Step 1: the text and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadRefusal {
    /// The text is no LZ1 code.
    #[error("payload.scheme: the text begins with neither LZ1: nor LZ1U:")]
    Scheme,
    /// The text has more than 4,296 characters.
    #[error("payload.too_long: {characters} characters, at most 4296")]
    TextTooLong {
        /// Characters found; of a text of more than 17,184 bytes, the least that it can have.
        characters: usize,
    },
    /// The text decodes to more than 2,048 bytes.
    #[error("payload.too_long: {bytes} bytes, at most 2048")]
    TokenTooLong {
        /// Bytes that the text decodes to.
        bytes: usize,
    },
    /// A character or a length that no Base45 or base64url encoder writes.
    #[error("payload.encoding: not Base45 after LZ1:, or not base64url after LZ1U:")]
    Encoding,
    /// Not well formed, or not deterministic, in either object or a disclosure.
    #[error("payload.cbor: not deterministic CBOR")]
    Cbor,
    /// A field is missing, unknown, of the wrong type or of the wrong size.
    #[error("payload.shape: a field is missing, unknown, or not of its type or size")]
    Shape,
    /// The licence is of another version than 1.
    #[error("payload.version: the licence is not of version 1")]
    Version,
}

impl PayloadRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Scheme => Code::PayloadScheme,
            Self::TextTooLong { .. } | Self::TokenTooLong { .. } => Code::PayloadTooLong,
            Self::Encoding => Code::PayloadEncoding,
            Self::Cbor => Code::PayloadCbor,
            Self::Shape => Code::PayloadShape,
            Self::Version => Code::PayloadVersion,
        }
    }
}

/// Step 2: the COSE headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HeaderRefusal {
    /// Header 2 (crit) is present.
    #[error("header.critical: header 2 in the {layer}")]
    Critical {
        /// The object that has it.
        layer: Layer,
    },
    /// Header 16 (typ) is not 294 outside or 293 inside.
    #[error("header.type: header 16 of the {layer} is not its type")]
    Type {
        /// The object that is of another type.
        layer: Layer,
    },
    /// Header 1 (alg) is none that this object may have.
    #[error("header.algorithm: header 1 of the {layer} is not one of its algorithms")]
    Algorithm {
        /// The object that names it.
        layer: Layer,
    },
    /// A header parameter that does not belong where it stands.
    #[error("header.unexpected: a parameter that does not belong in the headers of the {layer}")]
    Unexpected {
        /// The object that has it.
        layer: Layer,
    },
}

impl HeaderRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Critical { .. } => Code::HeaderCritical,
            Self::Type { .. } => Code::HeaderType,
            Self::Algorithm { .. } => Code::HeaderAlgorithm,
            Self::Unexpected { .. } => Code::HeaderUnexpected,
        }
    }
}

/// Step 3, and the opening of a trust list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustRefusal {
    /// The trust list breaks its encoding or its shape.
    #[error("trust.malformed: the trust list is not of its encoding or shape")]
    Malformed,
    /// Header 16 is not that of a trust list.
    #[error("trust.type: header 16 is not that of a trust list")]
    Type,
    /// The list's kid is none of the pinned anchors', or not 1 to 4 anchors were given.
    #[error("trust.anchor: signed with none of the pinned anchors")]
    Anchor,
    /// The anchor's signature does not hold.
    #[error("trust.signature: the anchor's signature does not hold")]
    Signature,
    /// The trust list has run out.
    #[error("trust.expired: ran out at {expires_at}, it is {now}")]
    Expired {
        /// The list's expiry.
        expires_at: u64,
        /// The time given.
        now: u64,
    },
    /// Two issuers share an iss, or two keys a kid or an x.
    #[error("trust.duplicate: two issuers or two keys are the same")]
    Duplicate,
    /// The sequence is below the floor's.
    #[error("trust.rollback: sequence {found}, the floor is {floor}")]
    RollbackSequence {
        /// The list's sequence.
        found: u64,
        /// The floor's.
        floor: u64,
    },
    /// The sequence is the floor's, the bytes are not.
    #[error("trust.rollback: sequence {sequence} was seen with other bytes")]
    RollbackContent {
        /// The sequence of both.
        sequence: u64,
    },
    /// The list was issued before the floor's.
    #[error("trust.rollback: issued at {found}, the floor at {floor}")]
    RollbackIssuedAt {
        /// The list's issued-at.
        found: u64,
        /// The floor's.
        floor: u64,
    },
}

impl TrustRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed => Code::TrustMalformed,
            Self::Type => Code::TrustType,
            Self::Anchor => Code::TrustAnchor,
            Self::Signature => Code::TrustSignature,
            Self::Expired { .. } => Code::TrustExpired,
            Self::Duplicate => Code::TrustDuplicate,
            Self::RollbackSequence { .. } | Self::RollbackContent { .. } | Self::RollbackIssuedAt { .. } => {
                Code::TrustRollback
            }
        }
    }
}

/// Step 4: who signed the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssuerRefusal {
    /// The trust list has no such iss.
    #[error("issuer.unknown: no such issuer in the trust list")]
    UnknownIssuer,
    /// The issuer has no key with this kid.
    #[error("issuer.unknown: the issuer has no such key in the trust list")]
    UnknownKey,
    /// A code of the sandbox, which this trust list does not trust.
    #[error("issuer.unknown: a test code of the sandbox")]
    TestCode,
    /// The credential was issued outside the key's validity.
    #[error("issuer.key_validity: issued at {issued_at}, the key holds from {from} until {until}")]
    KeyNotValidAtIssue {
        /// The credential's iat.
        issued_at: u64,
        /// The key's nbf.
        from: u64,
        /// The key's exp.
        until: u64,
    },
    /// `now` is outside the key's validity.
    #[error("issuer.key_validity: it is {now}, the key holds from {from} until {until}")]
    KeyNotValidNow {
        /// The time given.
        now: u64,
        /// The key's nbf.
        from: u64,
        /// The key's exp.
        until: u64,
    },
    /// The key may not sign credentials.
    #[error("issuer.not_authorised: the key is not for credentials")]
    NotForCredentials,
    /// The key may not sign this document.
    #[error("issuer.not_authorised: the key is not for document {document}")]
    NotForDocument {
        /// The licence's document number.
        document: u64,
    },
    /// A region of the credential is none of the issuer's.
    #[error("issuer.not_authorised: a region of the credential is outside the issuer's")]
    NotForRegion,
    /// The issuer's signature does not hold.
    #[error("issuer.signature: the issuer's signature does not hold")]
    Signature,
}

impl IssuerRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::UnknownIssuer | Self::UnknownKey | Self::TestCode => Code::IssuerUnknown,
            Self::KeyNotValidAtIssue { .. } | Self::KeyNotValidNow { .. } => Code::IssuerKeyValidity,
            Self::NotForCredentials | Self::NotForDocument { .. } | Self::NotForRegion => {
                Code::IssuerNotAuthorised
            }
            Self::Signature => Code::IssuerSignature,
        }
    }
}

/// Step 5: the credential's own dates and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialRefusal {
    /// `nbf <= iat < exp` is broken.
    #[error("credential.dates: nbf <= iat < exp does not hold")]
    Dates,
    /// It lives longer than 31 days.
    #[error("credential.dates: lives {lifetime} s, at most 2678400")]
    Lifetime {
        /// exp - iat.
        lifetime: u64,
    },
    /// It was issued in the future, beyond the skew.
    #[error("credential.not_yet_valid: issued at {issued_at}, it is {now}")]
    NotYetValid {
        /// The credential's iat.
        issued_at: u64,
        /// The time given.
        now: u64,
    },
    /// It has run out.
    #[error("credential.expired: ran out at {expires_at}, it is {now}")]
    Expired {
        /// The credential's exp.
        expires_at: u64,
        /// The time given.
        now: u64,
    },
    /// The document is unknown, or not accepted by the policy.
    #[error("credential.document: document {document} is not accepted")]
    Document {
        /// The licence's document number.
        document: u64,
    },
}

impl CredentialRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Dates | Self::Lifetime { .. } => Code::CredentialDates,
            Self::NotYetValid { .. } => Code::CredentialNotYetValid,
            Self::Expired { .. } => Code::CredentialExpired,
            Self::Document { .. } => Code::CredentialDocument,
        }
    }
}

/// Step 6: the phone's key and signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeviceRefusal {
    /// cnf is not one of the two key shapes, or not a point.
    #[error("device.key: cnf is not a key of the format")]
    Key,
    /// The phone signed with an algorithm that its key is not for.
    #[error("device.key: the algorithm does not fit the key of cnf")]
    Algorithm,
    /// The phone's signature does not hold.
    #[error("device.signature: the phone's signature does not hold")]
    Signature,
    /// The phone keeps its key below the policy's level.
    #[error("device.key_protection: the key is kept at level {level}, at least {least}")]
    Protection {
        /// The licence's key storage level.
        level: u64,
        /// The policy's.
        least: u64,
    },
}

impl DeviceRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Key | Self::Algorithm => Code::DeviceKey,
            Self::Signature => Code::DeviceSignature,
            Self::Protection { .. } => Code::DeviceKeyProtection,
        }
    }
}

/// Step 7, and once more in step 13: the code's own times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FreshnessRefusal {
    /// exp - iat is not in 1..=300.
    #[error("freshness.window: made at {issued_at}, expires at {expires_at}: not 1 to 300 s")]
    Lifetime {
        /// The code's iat.
        issued_at: u64,
        /// The code's exp.
        expires_at: u64,
    },
    /// The code begins before its credential, or ends after it.
    #[error("freshness.window: made at {issued_at}, expires at {expires_at}: not within its credential")]
    OutsideCredential {
        /// The code's iat.
        issued_at: u64,
        /// The code's exp.
        expires_at: u64,
    },
    /// The code was made in the future, beyond the skew.
    #[error("freshness.not_yet: made at {issued_at}, it is {now}")]
    NotYet {
        /// The code's iat.
        issued_at: u64,
        /// The time given.
        now: u64,
    },
    /// The code has run out.
    #[error("freshness.expired: expired at {expires_at}, it is {now}")]
    Expired {
        /// The code's exp.
        expires_at: u64,
        /// The time given.
        now: u64,
    },
    /// The code is older than the policy takes.
    #[error("freshness.expired: shown {age} s ago, taken for {max_age} s")]
    TooOld {
        /// now - iat.
        age: u64,
        /// The policy's limit.
        max_age: u64,
    },
}

impl FreshnessRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Lifetime { .. } | Self::OutsideCredential { .. } => Code::FreshnessWindow,
            Self::NotYet { .. } => Code::FreshnessNotYet,
            Self::Expired { .. } | Self::TooOld { .. } => Code::FreshnessExpired,
        }
    }
}

/// Step 8: for whom the code was made. Holds nothing: an audience tells where a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AudienceRefusal {
    /// The code was made for another scene or relying party.
    #[error("audience.mismatch: made for another scene or relying party")]
    Mismatch,
    /// A challenge was set, and the code does not answer one.
    #[error("challenge.missing: the code answers no challenge")]
    ChallengeMissing,
    /// The code answers a challenge, and none was set.
    #[error("challenge.unexpected: the code answers a challenge that was not set here")]
    ChallengeUnexpected,
    /// The code answers another challenge.
    #[error("challenge.mismatch: the code answers another challenge")]
    ChallengeMismatch,
    /// The phone did not verify its user as the policy asks.
    #[error("user.not_verified: the phone did not verify its user as asked")]
    UserNotVerified,
}

impl AudienceRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Mismatch => Code::AudienceMismatch,
            Self::ChallengeMissing => Code::ChallengeMissing,
            Self::ChallengeUnexpected => Code::ChallengeUnexpected,
            Self::ChallengeMismatch => Code::ChallengeMismatch,
            Self::UserNotVerified => Code::UserNotVerified,
        }
    }
}

/// Step 9: where and for what the credential holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScopeRefusal {
    /// The site's region is none of the credential's.
    #[error("scope.region: the credential does not hold in region {region}")]
    Region {
        /// The site's region.
        region: u32,
    },
    /// The site's scene is none of the credential's.
    #[error("scope.scene: the credential does not hold for scene {scene}")]
    Scene {
        /// The site's scene number.
        scene: u8,
    },
}

impl ScopeRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Region { .. } => Code::ScopeRegion,
            Self::Scene { .. } => Code::ScopeScene,
        }
    }
}

/// Step 10: the groups the holder shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DisclosureRefusal {
    /// Header 17 or one of its disclosures is not of its shape.
    #[error("disclosure.malformed: a disclosure is not of its shape")]
    Malformed,
    /// A disclosure whose digest the issuer did not sign.
    #[error("disclosure.unmatched: group {group} has no digest in the credential")]
    Unmatched {
        /// The number of the claim group.
        group: u8,
    },
    /// A group shown twice, or both disclosed and in the clear.
    #[error("disclosure.duplicate: group {group} is there twice")]
    Duplicate {
        /// The number of the claim group.
        group: u8,
    },
}

impl DisclosureRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed => Code::DisclosureMalformed,
            Self::Unmatched { .. } => Code::DisclosureUnmatched,
            Self::Duplicate { .. } => Code::DisclosureDuplicate,
        }
    }
}

/// Step 11: what the groups say. Holds the number of the group and the policy's side, never a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimsRefusal {
    /// A name that is empty, too long, or has controls.
    #[error("claims.name: the name in group {group} is not a name")]
    Name {
        /// The number of the claim group.
        group: u8,
    },
    /// An ID number that breaks GB 11643.
    #[error("claims.id_number: the number in group {group} is not an ID number")]
    IdNumber {
        /// The number of the claim group.
        group: u8,
    },
    /// A date that does not exist, or dates in the wrong order.
    #[error("claims.date: a date in group {group} does not exist or is out of order")]
    Date {
        /// The number of the claim group.
        group: u8,
    },
    /// A number that its code set does not have.
    #[error("claims.code: a code in group {group} is not in its set")]
    CodeNumber {
        /// The number of the claim group.
        group: u8,
    },
    /// Groups 11 and 12 have two birth dates.
    #[error("claims.inconsistent: groups 11 and 12 differ in the birth date")]
    Inconsistent,
    /// A group was not shown that the policy requires, or that was asked for.
    #[error("claims.missing: group {group} is not there")]
    Missing {
        /// The number of the claim group.
        group: u8,
    },
    /// No group was shown that tells the age.
    #[error("claims.missing: none of groups 11, 12 and 15 is there to tell the age")]
    AgeMissing,
    /// The document of group 14 has run out.
    #[error("claims.document_expired: the document of group 14 has run out")]
    DocumentExpired,
    /// The yearly endorsement of group 18 has lapsed.
    #[error("claims.endorsement_lapsed: the endorsement of group 18 has lapsed")]
    EndorsementLapsed,
    /// The age that the policy asks for is not reached.
    #[error("claims.underage: not yet {age}")]
    Underage {
        /// The policy's age.
        age: u8,
    },
}

impl ClaimsRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Name { .. } => Code::ClaimsName,
            Self::IdNumber { .. } => Code::ClaimsIdNumber,
            Self::Date { .. } => Code::ClaimsDate,
            Self::CodeNumber { .. } => Code::ClaimsCode,
            Self::Inconsistent => Code::ClaimsInconsistent,
            Self::Missing { .. } | Self::AgeMissing => Code::ClaimsMissing,
            Self::DocumentExpired => Code::ClaimsDocumentExpired,
            Self::EndorsementLapsed => Code::ClaimsEndorsementLapsed,
            Self::Underage { .. } => Code::ClaimsUnderage,
        }
    }
}

impl ClaimsRefusal {
    /// What the clerk reads, in Chinese and English: of a group that is missing, which one to ask for.
    pub(super) const fn clerk(self) -> (&'static str, &'static str) {
        let group = match self {
            Self::Missing { group } => group,
            Self::AgeMissing => {
                return (
                    "对方没有出示年龄。请对方勾选年龄或出生日期后重新亮证。",
                    "No age was shown. Ask the person to tick the age or the birth date and show a new code.",
                );
            }
            _ => 0,
        };
        match group {
            11 => (
                "对方没有出示姓名和身份证号码。请对方勾选后重新亮证。",
                "Name and ID number were not shown. Ask the person to tick them and show a new code.",
            ),
            12 => (
                "对方没有出示性别、民族和出生日期。请对方勾选后重新亮证。",
                "Sex, ethnicity and birth date were not shown. Ask the person to tick them and show a new code.",
            ),
            13 => (
                "对方没有出示户籍地址。请对方勾选后重新亮证。",
                "The registered address was not shown. Ask the person to tick it and show a new code.",
            ),
            14 => (
                "对方没有出示证件有效期和签发机关。请对方勾选后重新亮证。",
                "The document's dates were not shown. Ask the person to tick them and show a new code.",
            ),
            15 => (
                "对方没有出示年龄。请对方勾选后重新亮证。",
                "No age was shown. Ask the person to tick it and show a new code.",
            ),
            16 => (
                "对方没有出示户口信息。请对方勾选后重新亮证。",
                "The household was not shown. Ask the person to tick it and show a new code.",
            ),
            17 => (
                "对方没有出示居住地址。请对方勾选后重新亮证。",
                "The place of residence was not shown. Ask the person to tick it and show a new code.",
            ),
            18 => (
                "对方没有出示居住证签注信息。请对方勾选后重新亮证。",
                "The residence permit's endorsement was not shown. Ask the person to tick it and show a new code.",
            ),
            19 => (
                "对方没有出示照片。请对方勾选后重新亮证。",
                "The portrait was not shown. Ask the person to tick it and show a new code.",
            ),
            _ => (self.code().clerk_zh(), self.code().clerk_en()),
        }
    }
}

/// Step 12, and the opening of a status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatusRefusal {
    /// The status list token breaks its encoding or its shape.
    #[error("status.malformed: the status list is not of its encoding or shape")]
    Malformed,
    /// Header 16 is not that of a status list.
    #[error("status.type: header 16 is not that of a status list")]
    Type,
    /// No key of the trust list may have signed it now.
    #[error("status.issuer: signed with no key that may sign status lists now")]
    Issuer,
    /// The status list's signature does not hold.
    #[error("status.signature: the status list's signature does not hold")]
    Signature,
    /// It inflates to more than 4 MiB.
    #[error("status.too_large: inflates to more than 4194304 bytes")]
    TooLarge,
    /// The credential names no status list, and the policy requires one.
    #[error("status.unreferenced: the credential names no status list")]
    Unreferenced,
    /// The two references do not name the same entry.
    #[error("status.ambiguous: the two status references differ")]
    Ambiguous,
    /// There is no list at hand that may speak for this credential.
    #[error("status.unavailable: no list at hand for this credential")]
    Unavailable,
    /// The status list has run out.
    #[error("status.stale: ran out at {expires_at}, it is {now}")]
    Expired {
        /// The status list's exp.
        expires_at: u64,
        /// The time given.
        now: u64,
    },
    /// The status list is older than the policy takes.
    #[error("status.stale: {age} s old, taken for {max_age} s")]
    TooOld {
        /// now - iat.
        age: u64,
        /// The policy's limit.
        max_age: u64,
    },
    /// The credential's index is past the end of the list.
    #[error("status.index: index past the end of a list of {entries}")]
    Index {
        /// Entries of the list.
        entries: u64,
    },
    /// Revoked, or replaced.
    #[error("status.revoked: status 1")]
    Revoked,
    /// Suspended (挂失): reported lost, reversible.
    #[error("status.suspended: status 2")]
    Suspended,
    /// Outdated: the holder must update the credential (证照更新).
    #[error("status.outdated: status 3")]
    Outdated,
    /// A status that the format does not know.
    #[error("status.unknown: status {status}")]
    Unknown {
        /// The value found.
        status: u8,
    },
}

impl StatusRefusal {
    /// The value that the status list gave, where it is what refuses.
    pub(crate) const fn value(self) -> Option<u8> {
        match self {
            Self::Revoked => Some(1),
            Self::Suspended => Some(2),
            Self::Outdated => Some(3),
            Self::Unknown { status } => Some(status),
            _ => None,
        }
    }

    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Malformed => Code::StatusMalformed,
            Self::Type => Code::StatusType,
            Self::Issuer => Code::StatusIssuer,
            Self::Signature => Code::StatusSignature,
            Self::TooLarge => Code::StatusTooLarge,
            Self::Unreferenced => Code::StatusUnreferenced,
            Self::Ambiguous => Code::StatusAmbiguous,
            Self::Unavailable => Code::StatusUnavailable,
            Self::Expired { .. } | Self::TooOld { .. } => Code::StatusStale,
            Self::Index { .. } => Code::StatusIndex,
            Self::Revoked => Code::StatusRevoked,
            Self::Suspended => Code::StatusSuspended,
            Self::Outdated => Code::StatusOutdated,
            Self::Unknown { .. } => Code::StatusUnknown,
        }
    }
}

/// Step 13: the one-time nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NonceRefusal {
    /// The ledger does not answer.
    #[error("nonce.ledger_failed: the ledger does not answer")]
    LedgerFailed,
    /// The code is so old that an earlier ledger may have taken it.
    #[error("nonce.before_ledger: made at {issued_at}, before the ledger's beginning and the skew")]
    BeforeLedger {
        /// The code's iat.
        issued_at: u64,
    },
    /// The code has been used.
    #[error("nonce.spent: the code has been used")]
    Spent,
    /// The ledger has no room.
    #[error("nonce.ledger_full: the ledger has no room")]
    LedgerFull,
}

impl NonceRefusal {
    /// The stable code of the broken rule.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::LedgerFailed => Code::NonceLedgerFailed,
            Self::BeforeLedger { .. } => Code::NonceBeforeLedger,
            Self::Spent => Code::NonceSpent,
            Self::LedgerFull => Code::NonceLedgerFull,
        }
    }
}
