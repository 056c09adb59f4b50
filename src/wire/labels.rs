//! Every number and name of the protocol, once. Those of the drafts may still move: this is the only place to change.

/// Text transports (FORMAT.md, top).
pub(crate) mod scheme {
    pub(crate) const BASE45: &str = "LZ1:";
    pub(crate) const BASE64URL: &str = "LZ1U:";
}

/// CBOR tags.
pub(crate) mod tag {
    pub(crate) const COSE_SIGN1: u64 = 18;
}

/// COSE header parameters (RFC 9052, RFC 9596, draft-ietf-spice-sd-cwt).
pub(crate) mod header {
    pub(crate) const ALG: i64 = 1;
    pub(crate) const CRIT: i64 = 2;
    pub(crate) const KID: i64 = 4;
    pub(crate) const KCWT: i64 = 13;
    pub(crate) const TYP: i64 = 16;
    pub(crate) const SD_CLAIMS: i64 = 17;
}

/// Values of header `typ`.
pub(crate) mod typ {
    pub(crate) const SD_CWT: i64 = 293;
    pub(crate) const KB_CWT: i64 = 294;
    pub(crate) const TRUST_LIST: &str = "application/lz-trust-list+cbor";
    pub(crate) const STATUS_LIST: &str = "application/statuslist+cwt";
}

/// COSE algorithms (RFC 9864).
pub(crate) mod alg {
    pub(crate) const ED25519: i64 = -19;
    pub(crate) const ESP256: i64 = -9;
}

/// COSE_Key (RFC 9053 7).
pub(crate) mod key {
    pub(crate) const KTY: i64 = 1;
    pub(crate) const CRV: i64 = -1;
    pub(crate) const X: i64 = -2;
    pub(crate) const Y: i64 = -3;
    pub(crate) const KTY_OKP: i64 = 1;
    pub(crate) const KTY_EC2: i64 = 2;
    pub(crate) const CRV_ED25519: i64 = 6;
    pub(crate) const CRV_P256: i64 = 1;
}

/// CWT claims (RFC 8392, RFC 8747, draft-ietf-oauth-status-list) and the project's own.
pub(crate) mod claim {
    pub(crate) const ISS: i64 = 1;
    pub(crate) const SUB: i64 = 2;
    pub(crate) const AUD: i64 = 3;
    pub(crate) const EXP: i64 = 4;
    pub(crate) const NBF: i64 = 5;
    pub(crate) const IAT: i64 = 6;
    pub(crate) const CTI: i64 = 7;
    pub(crate) const CNF: i64 = 8;
    pub(crate) const CNONCE: i64 = 39;
    pub(crate) const STATUS_LIST: i64 = 65533;
    pub(crate) const STATUS: i64 = 65535;
    pub(crate) const LICENCE: i64 = -65537;
    pub(crate) const USER_VERIFICATION: i64 = -65538;
    /// Member of `cnf`.
    pub(crate) const CNF_COSE_KEY: i64 = 1;
}

/// The licence map (FORMAT.md, The licence). Keys 11..=19 are claim groups.
pub(crate) mod licence {
    pub(crate) const VERSION: i64 = 0;
    pub(crate) const DOCUMENT: i64 = 1;
    pub(crate) const REGIONS: i64 = 2;
    pub(crate) const SCENES: i64 = 3;
    pub(crate) const STATUS: i64 = 4;
    pub(crate) const KEY_STORAGE: i64 = 5;
    /// `simple(59)`, redacted claim keys.
    pub(crate) const REDACTED: u8 = 59;
    pub(crate) const VERSION_1: u64 = 1;
}

/// Trust list, issuer and key maps (FORMAT.md, Trust list).
pub(crate) mod trust_list {
    pub(crate) const VERSION: i64 = 0;
    pub(crate) const NAME: i64 = 1;
    pub(crate) const SEQUENCE: i64 = 2;
    pub(crate) const ISSUED_AT: i64 = 3;
    pub(crate) const NEXT_UPDATE: i64 = 4;
    pub(crate) const EXPIRES: i64 = 5;
    pub(crate) const ISSUERS: i64 = 6;
    pub(crate) const VERSION_1: u64 = 1;

    pub(crate) const ISSUER_ISS: i64 = 1;
    pub(crate) const ISSUER_NAME: i64 = 2;
    pub(crate) const ISSUER_REGIONS: i64 = 3;
    pub(crate) const ISSUER_STATUS_PREFIX: i64 = 4;
    pub(crate) const ISSUER_KEYS: i64 = 5;

    pub(crate) const KEY_KID: i64 = 1;
    pub(crate) const KEY_COSE: i64 = 2;
    pub(crate) const KEY_NBF: i64 = 3;
    pub(crate) const KEY_EXP: i64 = 4;
    pub(crate) const KEY_USES: i64 = 5;
    pub(crate) const KEY_DOCUMENTS: i64 = 6;

    pub(crate) const USE_CREDENTIALS: u64 = 1;
    pub(crate) const USE_STATUS_LISTS: u64 = 2;
}

/// Sizes and spans that FORMAT.md fixes.
pub(crate) mod limit {
    /// Characters of the scanned text, scheme included.
    pub(crate) const TEXT_CHARACTERS: usize = 4_296;
    /// Bytes of the decoded token.
    pub(crate) const TOKEN_BYTES: usize = 2_048;
    /// Arrays, maps and tags inside one another.
    pub(crate) const NESTING: u8 = 12;
    /// Disclosures in one presentation.
    pub(crate) const DISCLOSURES: usize = 9;
    /// Regions, scenes, and digests of one licence.
    pub(crate) const LICENCE_ENTRIES: usize = 16;
    /// Seconds a code may live.
    pub(crate) const CODE_LIFETIME: u64 = 300;
    /// Seconds a credential may live: 31 days.
    pub(crate) const CREDENTIAL_LIFETIME: u64 = 31 * 86_400;
    /// Seconds a trust list may live: 90 days.
    pub(crate) const TRUST_LIST_LIFETIME: u64 = 90 * 86_400;
    /// Keys that a relying party may pin.
    pub(crate) const ANCHORS: usize = 4;
    pub(crate) const TRUST_LIST_ISSUERS: usize = 256;
    pub(crate) const ISSUER_REGIONS: usize = 64;
    pub(crate) const ISSUER_KEYS: usize = 16;
    /// Bytes of an inflated status list: 4 MiB.
    pub(crate) const STATUS_LIST_BYTES: usize = 4 << 20;
}

/// Names of the sandbox, known without its feature too, so that a test code is called one and its key is never pinned by
/// accident. A test of the sandbox holds them to its own.
pub(crate) mod sandbox {
    /// The beginning of its issuers' names.
    pub(crate) const ISS: &str = "TEST-eid-verifier-sandbox";
    /// The key id of its operator.
    #[cfg(feature = "sandbox")]
    pub(crate) const ANCHOR_KID: [u8; 8] = [0xca, 0xaa, 0x31, 0x02, 0x82, 0x35, 0x72, 0x78];
    /// The public key of its operator. Everybody has the private one.
    pub(crate) const ANCHOR_X: [u8; 32] = [
        0x6a, 0xf9, 0x2a, 0xb4, 0x62, 0xf1, 0x2b, 0x51, 0x92, 0x4c, 0xd6, 0xe7, 0xff, 0x73, 0x20, 0x7c, 0xe4,
        0x80, 0xae, 0xdb, 0x10, 0xaf, 0x3d, 0x27, 0x46, 0x52, 0x62, 0xf5, 0xac, 0x9a, 0x20, 0xf0,
    ];
}
