//! The trust list: who may issue credentials and status lists (FORMAT.md, Trust list).
//!
//! It is signed by an anchor that the relying party pins. Opening it takes the floor, which the relying party keeps across
//! restarts, so that nobody can hand it a list from before a key was removed.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::UnixTime;
use crate::refusal::{Refusal, TrustRefusal};
use crate::region::Region;
use crate::wire::cbor::{self, Fault, Key, Reader};
use crate::wire::cose::{Bucket, Headers, Sign1, Typ};
use crate::wire::labels::{alg, header, limit, sandbox, trust_list as label, typ};
use crate::wire::signature::Ed25519Key;

/// A pinned key that trust lists are signed with. A relying party pins 1 to 4.
///
/// ```
/// use eid_verifier::Anchor;
///
/// // From the province's own publication, compiled in or kept beside the program.
/// const ANCHORS: [Anchor; 1] = [Anchor::new([0xcd, 0x84, 0xeb, 0xcc, 0x60, 0x1a, 0x9d, 0x4b], [7; 32])];
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    kid: [u8; 8],
    x: [u8; 32],
    made_by: MadeBy,
}

/// The public key of the sandbox counts only where somebody wrote `danger_sandbox`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MadeBy {
    New,
    #[cfg(feature = "sandbox")]
    DangerSandbox,
}

impl Anchor {
    /// An anchor by its key id and the 32 bytes of its Ed25519 public key. Bytes that are no such key verify nothing.
    /// The public key of the sandbox, given here, is none of the pinned anchors' (`trust.anchor`).
    #[must_use]
    pub const fn new(kid: [u8; 8], x: [u8; 32]) -> Self {
        Self { kid, x, made_by: MadeBy::New }
    }

    /// The anchor of the sandbox, whose private key everybody has: a verifier that pins it trusts everybody. For tests.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub const fn danger_sandbox() -> Self {
        Self { kid: sandbox::ANCHOR_KID, x: sandbox::ANCHOR_X, made_by: MadeBy::DangerSandbox }
    }

    fn is_the_sandboxs_by_accident(&self) -> bool {
        self.x == sandbox::ANCHOR_X && self.made_by == MadeBy::New
    }
}

/// The newest trust list that this relying party has seen: no older one is taken.
///
/// Keep [`TrustList::floor`] wherever the program keeps its settings, and give it back at the next opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Floor {
    /// None has been seen yet. Right once, when the program is installed.
    FirstInstallation,
    /// This one was seen.
    Seen {
        /// Its sequence.
        sequence: u64,
        /// The SHA-256 of its bytes.
        sha256: [u8; 32],
        /// When it was issued, in unix seconds.
        issued_at: UnixTime,
    },
}

impl Floor {
    /// 48 bytes to keep, or `None` where there is nothing to keep yet: sequence and issued-at, big-endian, and the digest.
    ///
    /// ```
    /// use eid_verifier::{Floor, UnixTime};
    ///
    /// let floor = Floor::Seen { sequence: 42, sha256: [7; 32], issued_at: UnixTime::from_secs(1_789_913_600) };
    /// let kept = floor.to_bytes().unwrap();
    /// assert_eq!(Floor::from_bytes(&kept), Some(floor));
    /// // Lost or damaged is not the same as never seen.
    /// assert_eq!(Floor::from_bytes(&kept[1..]), None);
    /// ```
    #[must_use]
    pub fn to_bytes(self) -> Option<[u8; 48]> {
        let Self::Seen { sequence, sha256, issued_at } = self else {
            return None;
        };
        let mut kept = [0; 48];
        let fields =
            sequence.to_be_bytes().into_iter().chain(issued_at.as_secs().to_be_bytes()).chain(sha256);
        kept.iter_mut().zip(fields).for_each(|(place, byte)| *place = byte);
        Some(kept)
    }

    /// The floor that [`to_bytes`](Self::to_bytes) wrote, or `None` if these are not 48 bytes: then stop and ask for help,
    /// rather than begin again with [`FirstInstallation`](Self::FirstInstallation).
    #[must_use]
    pub fn from_bytes(kept: &[u8]) -> Option<Self> {
        let (sequence, rest) = kept.split_first_chunk()?;
        let (issued_at, sha256) = rest.split_first_chunk()?;
        Some(Self::Seen {
            sequence: u64::from_be_bytes(*sequence),
            sha256: sha256.try_into().ok()?,
            issued_at: UnixTime::from_secs(u64::from_be_bytes(*issued_at)),
        })
    }
}

/// An opened trust list: its signature holds, and it is not older than the floor.
///
/// It is opened with a floor, or not at all:
///
/// ```
/// # use eid_verifier::{Anchor, Floor, Refusal, TrustList, UnixTime};
/// fn open(list: &[u8], anchors: &[Anchor], floor: Floor, now: UnixTime) -> Result<TrustList, Refusal> {
///     TrustList::open(list, anchors, floor, now)
/// }
/// ```
///
/// ```compile_fail,E0061
/// # use eid_verifier::{Anchor, Floor, Refusal, TrustList, UnixTime};
/// fn open(list: &[u8], anchors: &[Anchor], floor: Floor, now: UnixTime) -> Result<TrustList, Refusal> {
///     TrustList::open(list, anchors, now)
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use eid_verifier::{Anchor, Floor, Refusal, TrustList, UnixTime};
/// fn open(list: &[u8], anchors: &[Anchor], floor: Floor, now: UnixTime) -> Result<TrustList, Refusal> {
///     Ok(TrustList::default())
/// }
/// ```
pub struct TrustList {
    name: Box<str>,
    sequence: u64,
    pub(crate) sha256: [u8; 32],
    issued_at: UnixTime,
    next_update: UnixTime,
    expires_at: UnixTime,
    /// Ascending by iss.
    issuers: Vec<Issuer>,
}

/// One issuer of the list.
pub(crate) struct Issuer {
    /// Shared with the claims of every code of this issuer.
    pub(crate) iss: Arc<str>,
    regions: Vec<Region>,
    pub(crate) status_prefix: Option<Box<str>>,
    keys: Vec<IssuerKey>,
}

/// One key of an issuer.
pub(crate) struct IssuerKey {
    pub(crate) kid: [u8; 8],
    pub(crate) key: Ed25519Key,
    pub(crate) from: UnixTime,
    pub(crate) until: UnixTime,
    uses: u64,
    documents: Option<Vec<u64>>,
}

impl TrustList {
    /// Opens a trust list: `bytes` as published, 1 to 4 pinned anchors, the floor, and the present.
    ///
    /// A list issued in the future is opened: it is every scan that is then refused as `clock.behind`.
    ///
    /// # Errors
    /// `trust.malformed`, `trust.type`, `trust.anchor`, `trust.signature`, `trust.expired`, `trust.duplicate`,
    /// `trust.rollback` (FORMAT.md, Opening a trust list).
    pub fn open(bytes: &[u8], anchors: &[Anchor], floor: Floor, now: UnixTime) -> Result<Self, Refusal> {
        let (object, headers, kid, list) = read(bytes).map_err(|_| TrustRefusal::Malformed)?;
        if headers.typ != Typ::Text(typ::TRUST_LIST) {
            return Err(TrustRefusal::Type.into());
        }
        verify(&object, kid, anchors)?;
        if now >= list.expires_at {
            return Err(
                TrustRefusal::Expired { expires_at: list.expires_at.as_secs(), now: now.as_secs() }.into()
            );
        }
        let list = Self { sha256: Sha256::digest(bytes).into(), ..list };
        list.has_no_duplicates()?;
        list.is_not_below(floor)?;
        Ok(list)
    }

    /// The floor to keep, and to open the next list with.
    #[must_use]
    pub const fn floor(&self) -> Floor {
        Floor::Seen { sequence: self.sequence, sha256: self.sha256, issued_at: self.issued_at }
    }

    /// The name that the list gives itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its sequence: a later list has a higher one.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When the next one is due.
    #[must_use]
    pub const fn next_update(&self) -> UnixTime {
        self.next_update
    }

    /// When it runs out.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    pub(crate) fn issuer(&self, iss: &str) -> Option<&Issuer> {
        let index = self.issuers.binary_search_by(|issuer| (*issuer.iss).cmp(iss)).ok()?;
        self.issuers.get(index)
    }

    /// The issuer and its key with this kid that may sign status lists at `now`.
    pub(crate) fn status_signer(&self, kid: &[u8], now: UnixTime) -> Option<(&Issuer, &IssuerKey)> {
        self.issuers
            .iter()
            .flat_map(|issuer| issuer.keys.iter().map(move |key| (issuer, key)))
            .find(|(_, key)| key.kid == kid && key.is_for_status_lists() && key.holds_at(now))
    }

    fn has_no_duplicates(&self) -> Result<(), TrustRefusal> {
        let keys = || self.issuers.iter().flat_map(|issuer| &issuer.keys);
        let mut kids: Vec<_> = keys().map(|key| key.kid).collect();
        let mut points: Vec<_> = keys().map(|key| key.key.as_bytes()).collect();
        kids.sort_unstable();
        points.sort_unstable();
        let unique = self.issuers.is_sorted_by(|a, b| a.iss < b.iss)
            && kids.is_sorted_by(|a, b| a < b)
            && points.is_sorted_by(|a, b| a < b);
        if unique { Ok(()) } else { Err(TrustRefusal::Duplicate) }
    }

    fn is_not_below(&self, floor: Floor) -> Result<(), TrustRefusal> {
        let Floor::Seen { sequence, sha256, issued_at } = floor else {
            return Ok(());
        };
        if self.sequence < sequence {
            return Err(TrustRefusal::RollbackSequence { found: self.sequence, floor: sequence });
        }
        if self.sequence == sequence && self.sha256 != sha256 {
            return Err(TrustRefusal::RollbackContent { sequence });
        }
        if self.issued_at < issued_at {
            return Err(TrustRefusal::RollbackIssuedAt {
                found: self.issued_at.as_secs(),
                floor: issued_at.as_secs(),
            });
        }
        Ok(())
    }
}

impl fmt::Debug for TrustList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustList")
            .field("name", &self.name)
            .field("sequence", &self.sequence)
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("issuers", &self.issuers.len())
            .finish_non_exhaustive()
    }
}

impl Issuer {
    pub(crate) fn key(&self, kid: [u8; 8]) -> Option<&IssuerKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    pub(crate) fn keys(&self) -> &[IssuerKey] {
        &self.keys
    }

    pub(crate) fn covers(&self, region: Region) -> bool {
        self.regions.iter().any(|own| own.covers(region))
    }
}

impl IssuerKey {
    pub(crate) fn holds_at(&self, time: UnixTime) -> bool {
        self.from <= time && time < self.until
    }

    pub(crate) const fn is_for_credentials(&self) -> bool {
        self.uses & label::USE_CREDENTIALS != 0
    }

    pub(crate) const fn is_for_status_lists(&self) -> bool {
        self.uses & label::USE_STATUS_LISTS != 0
    }

    pub(crate) fn is_for_document(&self, document: u64) -> bool {
        self.documents.as_ref().is_none_or(|documents| documents.contains(&document))
    }
}

fn verify(object: &Sign1<'_>, kid: [u8; 8], anchors: &[Anchor]) -> Result<(), TrustRefusal> {
    if !(1..=limit::ANCHORS).contains(&anchors.len()) {
        return Err(TrustRefusal::Anchor);
    }
    let mut named =
        anchors.iter().filter(|anchor| anchor.kid == kid && !anchor.is_the_sandboxs_by_accident()).peekable();
    named.peek().ok_or(TrustRefusal::Anchor)?;
    // A kid is a hint: should two anchors share one, either may have signed.
    let signed = named.any(|anchor| Ed25519Key::decode(&anchor.x).is_ok_and(|key| key.verifies(object)));
    if signed { Ok(()) } else { Err(TrustRefusal::Signature) }
}

fn read(bytes: &[u8]) -> Result<(Sign1<'_>, Headers<'_>, [u8; 8], TrustList), Fault> {
    let mut headers = Headers::new();
    let (object, ()) = cbor::decode_sign1(bytes, |reader| {
        Sign1::read(reader, |reader| headers.read(Bucket::Unprotected, reader, |_, _| Ok(false)))
    })?;
    let mut kid = None;
    cbor::decode(object.protected, |reader| {
        headers.read(Bucket::Protected, reader, |label, reader| {
            if label == header::KID {
                kid = Some(*reader.bytes_of()?);
            }
            Ok(label == header::KID)
        })
    })?;
    if headers.critical || headers.unexpected || headers.algorithm != Some(alg::ED25519) {
        return Err(Fault::Shape);
    }
    let list = cbor::decode(object.payload, read_list)?;
    Ok((object, headers, kid.ok_or(Fault::Shape)?, list))
}

fn read_list(reader: &mut Reader<'_>) -> Result<TrustList, Fault> {
    let (mut version, mut name, mut sequence) = (None, None, None);
    let (mut issued_at, mut next_update, mut expires_at) = (None, None, None);
    let mut issuers = Vec::new();
    reader.map(|key, reader| {
        match key {
            Key::Int(label::VERSION) => version = Some(reader.uint()?),
            Key::Int(label::NAME) => name = Some(reader.text()?.into()),
            Key::Int(label::SEQUENCE) => sequence = Some(reader.uint()?),
            Key::Int(label::ISSUED_AT) => issued_at = Some(read_time(reader)?),
            Key::Int(label::NEXT_UPDATE) => next_update = Some(read_time(reader)?),
            Key::Int(label::EXPIRES) => expires_at = Some(read_time(reader)?),
            Key::Int(label::ISSUERS) => {
                reader.array_up_to(limit::TRUST_LIST_ISSUERS, |reader| {
                    issuers.push(read_issuer(reader)?);
                    Ok(())
                })?;
            }
            _ => return Err(Fault::Shape),
        }
        Ok(())
    })?;
    let (issued_at, expires_at) = (issued_at.ok_or(Fault::Shape)?, expires_at.ok_or(Fault::Shape)?);
    let lifetime_is_right =
        issued_at <= expires_at && expires_at.since(issued_at) <= limit::TRUST_LIST_LIFETIME;
    if version != Some(label::VERSION_1) || !lifetime_is_right || issuers.is_empty() {
        return Err(Fault::Shape);
    }
    issuers.sort_unstable_by(|a: &Issuer, b| a.iss.cmp(&b.iss));
    Ok(TrustList {
        name: name.ok_or(Fault::Shape)?,
        sequence: sequence.ok_or(Fault::Shape)?,
        sha256: [0; 32],
        issued_at,
        next_update: next_update.ok_or(Fault::Shape)?,
        expires_at,
        issuers,
    })
}

fn read_issuer(reader: &mut Reader<'_>) -> Result<Issuer, Fault> {
    let (mut iss, mut has_name, mut status_prefix) = (None, false, None);
    let (mut regions, mut keys) = (Vec::new(), Vec::new());
    reader.map(|key, reader| {
        match key {
            Key::Int(label::ISSUER_ISS) => iss = Some(reader.text()?.into()),
            Key::Int(label::ISSUER_NAME) => has_name = reader.text().map(|_| true)?,
            Key::Int(label::ISSUER_REGIONS) => {
                reader.array_up_to(limit::ISSUER_REGIONS, |reader| {
                    regions.push(Region::from_code(reader.uint()?).ok_or(Fault::Shape)?);
                    Ok(())
                })?;
            }
            Key::Int(label::ISSUER_STATUS_PREFIX) => status_prefix = Some(reader.text()?.into()),
            Key::Int(label::ISSUER_KEYS) => {
                reader.array_up_to(limit::ISSUER_KEYS, |reader| {
                    keys.push(read_key(reader)?);
                    Ok(())
                })?;
            }
            _ => return Err(Fault::Shape),
        }
        Ok(())
    })?;
    if !has_name || regions.is_empty() || keys.is_empty() {
        return Err(Fault::Shape);
    }
    Ok(Issuer { iss: iss.ok_or(Fault::Shape)?, regions, status_prefix, keys })
}

fn read_key(reader: &mut Reader<'_>) -> Result<IssuerKey, Fault> {
    let (mut kid, mut point, mut from, mut until, mut uses, mut documents) =
        (None, None, None, None, None, None);
    reader.map(|key, reader| {
        match key {
            Key::Int(label::KEY_KID) => kid = Some(*reader.bytes_of()?),
            Key::Int(label::KEY_COSE) => point = Some(Ed25519Key::read(reader)?),
            Key::Int(label::KEY_NBF) => from = Some(read_time(reader)?),
            Key::Int(label::KEY_EXP) => until = Some(read_time(reader)?),
            Key::Int(label::KEY_USES) => uses = Some(reader.uint()?),
            Key::Int(label::KEY_DOCUMENTS) => {
                documents = Some(reader.array(|reader, length| {
                    (0..length).map(|_| reader.uint()).collect::<Result<Vec<_>, _>>()
                })?);
            }
            _ => return Err(Fault::Shape),
        }
        Ok(())
    })?;
    Ok(IssuerKey {
        kid: kid.ok_or(Fault::Shape)?,
        key: point.ok_or(Fault::Shape)?,
        from: from.ok_or(Fault::Shape)?,
        until: until.ok_or(Fault::Shape)?,
        uses: uses.ok_or(Fault::Shape)?,
        documents,
    })
}

fn read_time(reader: &mut Reader<'_>) -> Result<UnixTime, Fault> {
    reader.uint().map(UnixTime::from_secs)
}
