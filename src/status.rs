//! Status lists: which credentials are revoked, suspended or outdated (FORMAT.md, Status list token).
//!
//! A list is opened once, its signature is looked at then, and again at every scan whether its signing key still stands
//! in the trust list in use. It speaks for its own issuer only.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use sha2::{Digest as _, Sha256};

use crate::UnixTime;
use crate::refusal::StatusRefusal;
use crate::trust::{Issuer, TrustList};
use crate::wire::cbor::{self, Fault, Key, Reader};
use crate::wire::cose::{Bucket, Headers, Sign1, Typ};
use crate::wire::labels::{alg, claim, header, limit, typ};

/// One opened list.
pub(crate) struct StatusList {
    iss: Arc<str>,
    pub(crate) uri: Box<str>,
    /// The SHA-256 of the token, as received.
    pub(crate) sha256: [u8; 32],
    /// The kid and the point of the key that signed it.
    signer: ([u8; 8], [u8; 32]),
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: Option<UnixTime>,
    /// Bits of an entry: 1, 2, 4 or 8.
    bits: u8,
    packed: Vec<u8>,
}

impl StatusList {
    /// Opens a status list token.
    ///
    /// # Errors
    /// `status.malformed`, `status.type`, `status.issuer`, `status.signature`; after the signature, for what zlib finds,
    /// `status.malformed` or `status.too_large` (FORMAT.md, Opening a status list).
    pub(crate) fn open(bytes: &[u8], trust: &TrustList, now: UnixTime) -> Result<Self, StatusRefusal> {
        let token = Token::read(bytes).map_err(|_| StatusRefusal::Malformed)?;
        if token.typ != Typ::Text(typ::STATUS_LIST) {
            return Err(StatusRefusal::Type);
        }
        let (issuer, key) = trust.status_signer(token.kid, now).ok_or(StatusRefusal::Issuer)?;
        if !key.key.verifies(&token.object) {
            return Err(StatusRefusal::Signature);
        }
        Ok(Self {
            iss: issuer.iss.clone(),
            uri: token.uri.into(),
            sha256: Sha256::digest(bytes).into(),
            signer: (key.kid, *key.key.as_bytes()),
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            bits: token.bits,
            packed: inflate(token.compressed)?,
        })
    }

    /// Entries of the list.
    pub(crate) fn len(&self) -> u64 {
        let bytes = u64::try_from(self.packed.len()).unwrap_or(u64::MAX);
        bytes.saturating_mul(u64::from(8 / self.bits))
    }

    /// The value at `index`, or `None` past the end. The first entry is in the lowest bits of the first byte.
    pub(crate) fn get(&self, index: u64) -> Option<u8> {
        let per_byte = u64::from(8 / self.bits);
        let byte = *self.packed.get(usize::try_from(index / per_byte).ok()?)?;
        let shift = u8::try_from(index % per_byte).ok()? * self.bits;
        let mask = u8::MAX >> (8 - self.bits);
        Some(byte >> shift & mask)
    }

    /// Whether the key that signed it stands in `issuer`'s entry, for status lists, at `now`.
    fn counts_for(&self, issuer: &Issuer, now: UnixTime) -> bool {
        let (kid, point) = self.signer;
        issuer
            .key(kid)
            .is_some_and(|key| *key.key.as_bytes() == point && key.is_for_status_lists() && key.holds_at(now))
    }

    fn cmp_to(&self, iss: &str, uri: Uri<'_>) -> Ordering {
        (*self.iss).cmp(iss).then_with(|| uri.cmp_of(&self.uri))
    }
}

/// The uri of a status list: written out, or an issuer's prefix and a number.
#[derive(Clone, Copy)]
pub(crate) enum Uri<'a> {
    Whole(&'a str),
    Numbered { prefix: &'a str, digits: Decimal },
}

impl Uri<'_> {
    /// How `uri` compares to this one, whose two parts are never put together.
    fn cmp_of(&self, uri: &str) -> Ordering {
        let (text, digits) = match self {
            Self::Whole(uri) => (*uri, &[][..]),
            Self::Numbered { prefix, digits } => (*prefix, digits.as_slice()),
        };
        let (uri, text) = (uri.as_bytes(), text.as_bytes());
        match uri.split_at_checked(text.len()) {
            Some((start, end)) => start.cmp(text).then_with(|| end.cmp(digits)),
            None => uri.cmp(text),
        }
    }

    pub(crate) fn is(&self, uri: &str) -> bool {
        self.cmp_of(uri) == Ordering::Equal
    }
}

/// A number in decimal, without an allocation.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    digits: [u8; 20],
    first: usize,
}

impl From<u64> for Decimal {
    fn from(mut number: u64) -> Self {
        let mut digits = [b'0'; 20];
        let mut first = 20;
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            // The remainder of ten fits a byte.
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
            first = place;
            if number == 0 {
                break;
            }
        }
        Self { digits, first }
    }
}

impl Decimal {
    fn as_slice(&self) -> &[u8] {
        self.digits.get(self.first..).unwrap_or_default()
    }
}

/// The opened lists of a verifier.
#[derive(Clone, Default)]
pub(crate) struct StatusLists {
    /// Ascending by issuer and uri; among these in the order given, at most one for a signing key.
    lists: Arc<[Arc<StatusList>]>,
}

impl StatusLists {
    /// These lists and one more. Of two lists of one signing key the newer counts, of equally old ones the later given.
    pub(crate) fn with(&self, list: StatusList) -> Self {
        let is_same = |other: &StatusList| {
            other.cmp_to(&list.iss, Uri::Whole(&list.uri)) == Ordering::Equal && other.signer == list.signer
        };
        if self.lists.iter().any(|other| is_same(other) && other.issued_at > list.issued_at) {
            return self.clone();
        }
        let mut lists: Vec<_> = self.lists.iter().filter(|other| !is_same(other)).cloned().collect();
        let place = lists
            .partition_point(|other| other.cmp_to(&list.iss, Uri::Whole(&list.uri)) != Ordering::Greater);
        lists.insert(place, Arc::new(list));
        Self { lists: lists.into() }
    }

    /// Those of these lists that have not run out at `now`. One that goes takes those with it that it has outdone: without it
    /// they would count again, and may say valid where it said revoked.
    pub(crate) fn not_expired(&self, now: UnixTime) -> Self {
        let run_out: Vec<_> = self
            .lists
            .iter()
            .enumerate()
            .filter(|(_, list)| list.expires_at.is_some_and(|expires_at| now >= expires_at))
            .collect();
        let stays = |place: usize, list: &StatusList| {
            !run_out.iter().any(|&(other_place, other)| {
                other.cmp_to(&list.iss, Uri::Whole(&list.uri)) == Ordering::Equal
                    && (other.issued_at, other_place) >= (list.issued_at, place)
            })
        };
        let kept = self.lists.iter().enumerate().filter(|&(place, list)| stays(place, list));
        Self { lists: kept.map(|(_, list)| Arc::clone(list)).collect() }
    }

    /// The newest list that speaks for `issuer` under `uri` and whose signing key still stands at `now`.
    pub(crate) fn find(&self, issuer: &Issuer, uri: Uri<'_>, now: UnixTime) -> Option<&StatusList> {
        let start = self.lists.partition_point(|list| list.cmp_to(&issuer.iss, uri) == Ordering::Less);
        self.lists
            .get(start..)?
            .iter()
            .take_while(|list| list.cmp_to(&issuer.iss, uri) == Ordering::Equal)
            .filter(|list| list.counts_for(issuer, now))
            // The last of equal ones: the later given.
            .max_by_key(|list| list.issued_at)
            .map(|list| &**list)
    }

    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &StatusList> {
        self.lists.iter().map(|list| &**list)
    }
}

/// A status list token as it stands, nothing of it proven.
struct Token<'a> {
    object: Sign1<'a>,
    typ: Typ<'a>,
    kid: &'a [u8],
    uri: &'a str,
    issued_at: UnixTime,
    expires_at: Option<UnixTime>,
    bits: u8,
    compressed: &'a [u8],
}

impl<'a> Token<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        // Other headers are free, but a critical one may not be ignored in either map.
        let mut unprotected = Headers::new();
        let (object, ()) = cbor::decode_third_party(bytes, |reader| {
            Sign1::read(reader, |reader| unprotected.read(Bucket::Unprotected, reader, |_, _| Ok(false)))
        })?;
        let mut headers = Headers::new();
        let mut kid = None;
        cbor::decode_third_party(object.protected, |reader| {
            headers.read(Bucket::Protected, reader, |label, reader| {
                if label == header::KID {
                    kid = Some(reader.bytes()?);
                }
                Ok(label == header::KID)
            })
        })?;
        if unprotected.critical || headers.critical || headers.algorithm != Some(alg::ED25519) {
            return Err(Fault::Shape);
        }
        let (mut uri, mut issued_at, mut expires_at, mut list) = (None, None, None, None);
        cbor::decode_third_party(object.payload, |reader| {
            reader.map(|key, reader| {
                match key {
                    Key::Int(claim::SUB) => uri = Some(reader.text()?),
                    Key::Int(claim::IAT) => issued_at = Some(UnixTime::from_secs(reader.uint()?)),
                    Key::Int(claim::EXP) => expires_at = Some(UnixTime::from_secs(reader.uint()?)),
                    Key::Int(claim::STATUS_LIST) => list = Some(read_list(reader)?),
                    _ => drop(reader.skip()?),
                }
                Ok(())
            })
        })?;
        let (bits, compressed) = list.ok_or(Fault::Shape)?;
        Ok(Self {
            object,
            typ: headers.typ,
            kid: kid.ok_or(Fault::Shape)?,
            uri: uri.ok_or(Fault::Shape)?,
            issued_at: issued_at.ok_or(Fault::Shape)?,
            expires_at,
            bits,
            compressed,
        })
    }
}

/// `{"bits": 1 | 2 | 4 | 8, "lst": zlib}`; other members are free.
fn read_list<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Fault> {
    let (mut bits, mut compressed) = (None, None);
    reader.map(|key, reader| {
        match key {
            Key::Text("bits") => {
                bits = Some(match reader.uint()? {
                    1 => 1,
                    2 => 2,
                    4 => 4,
                    8 => 8,
                    _ => return Err(Fault::Shape),
                });
            }
            Key::Text("lst") => compressed = Some(reader.bytes()?),
            _ => drop(reader.skip()?),
        }
        Ok(())
    })?;
    Ok((bits.ok_or(Fault::Shape)?, compressed.ok_or(Fault::Shape)?))
}

/// Inflates one zlib stream, all of `compressed`, to at most 4 MiB.
fn inflate(compressed: &[u8]) -> Result<Vec<u8>, StatusRefusal> {
    const FLAGS: u32 = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32
        | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflater = Box::<DecompressorOxide>::default();
    let mut input = compressed;
    let mut output = alloc::vec![0; compressed.len().saturating_mul(2).clamp(4096, limit::STATUS_LIST_BYTES)];
    let mut written = 0;
    loop {
        let (status, read, more) = decompress(&mut inflater, input, &mut output, written, FLAGS);
        input = input.get(read..).unwrap_or_default();
        written += more;
        match status {
            // The crate stops at the end of the stream; what follows is ours to refuse.
            TINFLStatus::Done if input.is_empty() => break,
            TINFLStatus::HasMoreOutput if output.len() < limit::STATUS_LIST_BYTES => {
                let larger = output.len().saturating_mul(2).min(limit::STATUS_LIST_BYTES);
                output.resize(larger, 0);
            }
            TINFLStatus::HasMoreOutput => return Err(StatusRefusal::TooLarge),
            _ => return Err(StatusRefusal::Malformed),
        }
    }
    output.truncate(written);
    output.shrink_to_fit();
    Ok(output)
}

#[cfg(test)]
mod suite;

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use super::*;
    use crate::sandbox::{Key, TEST_ISS, USE_CREDENTIALS, World};
    use crate::{Anchor, Floor};

    /// The key is looked at in opening, and at every scan.
    #[test]
    fn a_list_is_found_only_while_its_key_stands_for_status_lists() {
        let world = World::fixed();
        let now = UnixTime::from_secs(world.now);
        let opened = |world: &World| {
            let anchors = [Anchor::danger_sandbox()];
            TrustList::open(&world.trust_list(), &anchors, Floor::FirstInstallation, now).unwrap()
        };
        let list = StatusList::open(&world.status_lists()[0], &opened(&world), now).unwrap();
        let lists = StatusLists::default().with(list);
        let is_found = |change: fn(&mut World)| {
            let mut world = world.clone();
            change(&mut world);
            let trust = opened(&world);
            lists.find(trust.issuer(TEST_ISS).unwrap(), Uri::Whole(&world.publisher.uri), now).is_some()
        };
        assert!(is_found(|_| {}));
        assert!(!is_found(|world| world.publisher.uri.push('0')));
        assert!(!is_found(|world| world.operator.issuer.lists.kid = [0; 8]));
        assert!(!is_found(|world| world.operator.issuer.lists.key = Key::named("another lists key")));
        assert!(!is_found(|world| world.operator.issuer.lists.uses = USE_CREDENTIALS));
        assert!(!is_found(|world| world.operator.issuer.lists.exp = world.now));
        assert!(!is_found(|world| world.operator.issuer.lists.nbf = world.now + 1));
    }
}
