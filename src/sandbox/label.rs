//! The numbers of LZ1 that the sandbox writes (FORMAT.md: KBT, SD-CWT, Trust list, Status list token).
//!
//! The verifier has a table of its own. They are kept apart on purpose: a number wrong in one of them fails.

/// The tag of a COSE_Sign1.
pub(super) const SIGN1: u64 = 18;

/// Header parameters.
pub(super) const ALG: i32 = 1;
pub(super) const CRIT: i32 = 2;
pub(super) const KID: i32 = 4;
pub(super) const SD_CWT: i32 = 13;
pub(super) const TYP: i32 = 16;
pub(super) const DISCLOSURES: i32 = 17;

/// Algorithms.
pub(super) const ED25519: i32 = -19;
pub(super) const ESP256: i32 = -9;

/// Types of signed objects.
pub(super) const TYP_SD_CWT: i32 = 293;
pub(super) const TYP_KBT: i32 = 294;
pub(super) const TYP_TRUST_LIST: &str = "application/lz-trust-list+cbor";
pub(super) const TYP_STATUS_LIST: &str = "application/statuslist+cwt";

/// Claims.
pub(super) const ISS: i32 = 1;
pub(super) const SUB: i32 = 2;
pub(super) const AUD: i32 = 3;
pub(super) const EXP: i32 = 4;
pub(super) const NBF: i32 = 5;
pub(super) const IAT: i32 = 6;
pub(super) const CTI: i32 = 7;
pub(super) const CNF: i32 = 8;
pub(super) const CNONCE: i32 = 39;
pub(super) const STATUS_LIST: i32 = 65_533;
pub(super) const TTL: i32 = 65_534;
pub(super) const STATUS: i32 = 65_535;
pub(super) const LICENCE: i32 = -65_537;
pub(super) const USER_VERIFICATION: i32 = -65_538;
