//! Step 1, payload: the bytes are the two objects of the format, and every field has its type and size.
//!
//! Outer before inner: first the KBT, its protected header and its payload; then the SD-CWT, its protected header, its claims
//! with the licence, and the disclosures. For each of the two: first the object itself, its four fields and their sizes; then
//! what is in these: malformed CBOR in any of its parts, then a wrong shape in any, then a wrong version. Since the SD-CWT is
//! an item of the KBT's protected header, what is wrong with its shape is put aside until its turn comes.

use super::group::{RawGroup, RawGroups};
use crate::policy::Group;
use crate::refusal::PayloadRefusal;
use crate::region::Region;
use crate::set::Set;
use crate::wire::cbor::{self, Fault, Key, Reader};
use crate::wire::cose::{Bucket, Headers, Sign1};
use crate::wire::labels::{claim, header, licence as label, limit};

/// A code as it stands: nothing of it is proven, no claim of it may leave.
pub(super) struct Presentation<'a> {
    pub(super) binding: KeyBinding<'a>,
    pub(super) credential: Credential<'a>,
}

/// The KBT (FORMAT.md, KBT).
pub(super) struct KeyBinding<'a> {
    pub(super) object: Sign1<'a>,
    pub(super) headers: Headers<'a>,
    pub(super) audience: &'a str,
    pub(super) expires_at: u64,
    pub(super) issued_at: u64,
    pub(super) cti: &'a [u8; 16],
    pub(super) challenge: Option<&'a [u8]>,
    pub(super) user_verification: u64,
}

/// The SD-CWT (FORMAT.md, SD-CWT).
pub(super) struct Credential<'a> {
    pub(super) object: Sign1<'a>,
    pub(super) headers: Headers<'a>,
    pub(super) kid: [u8; 8],
    pub(super) iss: &'a str,
    pub(super) expires_at: u64,
    pub(super) not_before: Option<u64>,
    pub(super) issued_at: u64,
    /// The phone's COSE_Key, as encoded.
    pub(super) cnf: &'a [u8],
    pub(super) status: Option<StandardStatus<'a>>,
    pub(super) licence: Licence<'a>,
    pub(super) disclosures: Disclosures<'a>,
}

impl Credential<'_> {
    /// The groups that are there, in the clear or disclosed.
    pub(super) fn groups(&self) -> Set<Group> {
        let disclosed = self.disclosures.shown().map(|disclosure| disclosure.group);
        self.licence.clear.iter().map(|(group, _)| group).chain(disclosed).collect()
    }
}

/// The standard form of a status reference.
#[derive(Clone, Copy)]
pub(super) struct StandardStatus<'a> {
    pub(super) index: u64,
    pub(super) uri: &'a str,
}

/// The licence (FORMAT.md, The licence).
pub(super) struct Licence<'a> {
    pub(super) document: u64,
    regions: [Region; limit::LICENCE_ENTRIES],
    region_count: usize,
    /// Bit n: scene n. Unknown scene numbers are ignored.
    scenes: u32,
    /// The short form of a status reference: list and index.
    pub(super) status: Option<(u64, u64)>,
    pub(super) key_storage: u64,
    /// Groups in the clear.
    pub(super) clear: RawGroups<'a>,
    digests: Digests<'a>,
}

impl Licence<'_> {
    /// Nothing read yet. It is filled where it stays: it is large, and each way out through a `Result` would copy it.
    const fn unread() -> Self {
        Self {
            document: 0,
            regions: [Region::WHOLE_COUNTRY; limit::LICENCE_ENTRIES],
            region_count: 0,
            scenes: 0,
            status: None,
            key_storage: 0,
            clear: RawGroups::new(),
            digests: Digests { first: None, count: 0 },
        }
    }

    pub(super) fn regions(&self) -> &[Region] {
        self.regions.get(..self.region_count).unwrap_or_default()
    }

    pub(super) const fn has_scene(&self, scene: u8) -> bool {
        self.scenes & 1 << scene != 0
    }

    pub(super) fn has_digest(&self, digest: &[u8; 32]) -> bool {
        self.digests.iter().any(|own| own == digest)
    }
}

/// The digests of redacted groups.
#[derive(Clone, Copy)]
struct Digests<'a> {
    first: Option<Reader<'a>>,
    count: usize,
}

impl<'a> Digests<'a> {
    fn iter(self) -> impl Iterator<Item = &'a [u8; 32]> {
        let mut reader = self.first;
        // Read once already, so each is there.
        (0..self.count).map_while(move |_| reader.as_mut()?.bytes_of().ok())
    }
}

/// What stands in header 17 of the SD-CWT. Nothing, if it is not there.
pub(super) struct Disclosures<'a> {
    each: [Option<Disclosure<'a>>; limit::DISCLOSURES],
    /// It is not an array of 1 to 9 byte strings, and what is in it was not decoded; or one of these is well-formed CBOR of
    /// another shape.
    pub(super) malformed: bool,
}

impl<'a> Disclosures<'a> {
    /// As [`Licence::unread`].
    const fn unread() -> Self {
        Self { each: [None; limit::DISCLOSURES], malformed: false }
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = &Disclosure<'a>> {
        self.each.iter().flatten()
    }
}

/// One disclosure.
#[derive(Clone, Copy)]
pub(super) struct Disclosure<'a> {
    /// The byte string with its CBOR head: what the issuer's digest covers.
    pub(super) encoded: &'a [u8],
    pub(super) group: Group,
    pub(super) value: RawGroup<'a>,
}

/// # Errors
/// `payload.cbor`, `payload.shape`, `payload.version`, outer before inner.
pub(super) fn parse(token: &[u8]) -> Result<Presentation<'_>, PayloadRefusal> {
    let mut headers = Headers::new();
    let (object, ()) = cbor::decode_sign1(token, |reader| {
        Sign1::read(reader, |reader| headers.read(Bucket::Unprotected, reader, |_, _| Ok(false)))
    })?;
    let envelope = cbor::decode(object.protected, |reader| {
        let mut envelope = None;
        headers.read(Bucket::Protected, reader, |label, reader| {
            if label == header::KCWT {
                envelope = Some(reader.attempt_sign1(Envelope::read)?);
            }
            Ok(label == header::KCWT)
        })?;
        envelope.ok_or(Fault::Shape)
    });
    let (envelope, binding, ()) = cbor::all(envelope, read_binding(object, headers), Ok(()))?;
    let credential = read_credential(envelope?)?;
    Ok(Presentation { binding, credential })
}

impl From<Fault> for PayloadRefusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Malformed => Self::Cbor,
            Fault::Shape => Self::Shape,
            Fault::Version => Self::Version,
        }
    }
}

fn read_binding<'a>(object: Sign1<'a>, headers: Headers<'a>) -> Result<KeyBinding<'a>, Fault> {
    cbor::decode(object.payload, |reader| {
        let (mut audience, mut expires_at, mut issued_at, mut cti) = (None, None, None, None);
        let (mut challenge, mut user_verification) = (None, 0);
        reader.map(|key, reader| {
            match key {
                Key::Int(claim::AUD) => audience = Some(reader.text()?),
                Key::Int(claim::EXP) => expires_at = Some(reader.uint()?),
                Key::Int(claim::IAT) => issued_at = Some(reader.uint()?),
                Key::Int(claim::CTI) => cti = Some(reader.bytes_of()?),
                Key::Int(claim::CNONCE) => {
                    let bytes = reader.bytes()?;
                    challenge =
                        Some(if (8..=64).contains(&bytes.len()) { bytes } else { return Err(Fault::Shape) });
                }
                Key::Int(claim::USER_VERIFICATION) => user_verification = reader.uint()?,
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        Ok(KeyBinding {
            object,
            headers,
            audience: audience.ok_or(Fault::Shape)?,
            expires_at: expires_at.ok_or(Fault::Shape)?,
            issued_at: issued_at.ok_or(Fault::Shape)?,
            cti: cti.ok_or(Fault::Shape)?,
            challenge,
            user_verification,
        })
    })
}

/// The SD-CWT's COSE_Sign1, whose byte strings are not yet decoded.
struct Envelope<'a> {
    object: Sign1<'a>,
    headers: Headers<'a>,
    /// The value of header 17.
    disclosures: Option<Reader<'a>>,
}

impl<'a> Envelope<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut headers = Headers::new();
        let (object, disclosures) = Sign1::read(reader, |reader| {
            let mut disclosures = None;
            headers.read(Bucket::Unprotected, reader, |label, reader| {
                if label == header::SD_CLAIMS {
                    disclosures = Some(*reader);
                    reader.skip()?;
                }
                Ok(label == header::SD_CLAIMS)
            })?;
            Ok(disclosures)
        })?;
        Ok(Self { object, headers, disclosures })
    }
}

fn read_credential(envelope: Envelope<'_>) -> Result<Credential<'_>, Fault> {
    let Envelope { object, mut headers, disclosures } = envelope;
    let kid = cbor::decode(object.protected, |reader| {
        let mut kid = None;
        headers.read(Bucket::Protected, reader, |label, reader| {
            if label == header::KID {
                kid = Some(*reader.bytes_of()?);
            }
            Ok(label == header::KID)
        })?;
        kid.ok_or(Fault::Shape)
    });
    let (mut licence, mut shown) = (Licence::unread(), Disclosures::unread());
    let claims = cbor::decode(object.payload, |reader| Claims::read(reader, &mut licence))
        .and_then(|claims| claims.ok_or(Fault::Shape));
    let disclosures = read_disclosures(disclosures, &mut shown);
    let (kid, claims, ()) = cbor::all(kid, claims, disclosures)?;
    // Its turn comes after the shape of all else.
    claims.licence?;
    Ok(Credential {
        object,
        headers,
        kid,
        iss: claims.iss,
        expires_at: claims.expires_at,
        not_before: claims.not_before,
        issued_at: claims.issued_at,
        cnf: claims.cnf,
        status: claims.status,
        licence,
        disclosures: shown,
    })
}

/// The claims set of the SD-CWT.
struct Claims<'a> {
    iss: &'a str,
    expires_at: u64,
    not_before: Option<u64>,
    issued_at: u64,
    cnf: &'a [u8],
    status: Option<StandardStatus<'a>>,
    licence: Result<(), Fault>,
}

impl<'a> Claims<'a> {
    /// `None` if a claim is missing: told from a fault, so that the claims are not read again for it.
    fn read(reader: &mut Reader<'a>, licence: &mut Licence<'a>) -> Result<Option<Self>, Fault> {
        let (mut iss, mut has_sub, mut expires_at, mut not_before) = (None, false, None, None);
        let (mut issued_at, mut cnf, mut status, mut licence_is_read) = (None, None, None, None);
        reader.map(|key, reader| {
            match key {
                Key::Int(claim::ISS) => iss = Some(reader.text()?),
                Key::Int(claim::SUB) => {
                    has_sub = (1..=64).contains(&reader.text()?.chars().count());
                    if !has_sub {
                        return Err(Fault::Shape);
                    }
                }
                Key::Int(claim::EXP) => expires_at = Some(reader.uint()?),
                Key::Int(claim::NBF) => not_before = Some(reader.uint()?),
                Key::Int(claim::IAT) => issued_at = Some(reader.uint()?),
                Key::Int(claim::CNF) => cnf = Some(read_cnf(reader)?),
                Key::Int(claim::STATUS) => status = Some(read_status(reader)?),
                Key::Int(claim::LICENCE) => {
                    licence_is_read = Some(reader.attempt(|reader| read_licence(reader, licence))?);
                }
                _ => drop(reader.skip()?),
            }
            Ok(())
        })?;
        let complete = || {
            let (iss, expires_at, issued_at, cnf) = (iss?, expires_at?, issued_at?, cnf?);
            let licence = licence_is_read?;
            has_sub.then_some(Self { iss, expires_at, not_before, issued_at, cnf, status, licence })
        };
        Ok(complete())
    }
}

/// Exactly `{1: map}`; what is in the map is for step 6.
fn read_cnf<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Fault> {
    let mut cose_key = None;
    reader.map(|key, reader| match key {
        Key::Int(claim::CNF_COSE_KEY) => {
            let (encoded, ()) =
                reader.encoding_of(|reader| reader.map(|_, reader| reader.skip().map(drop)))?;
            cose_key = Some(encoded);
            Ok(())
        }
        _ => Err(Fault::Shape),
    })?;
    cose_key.ok_or(Fault::Shape)
}

/// Exactly `{"status_list": {"idx": uint, "uri": tstr}}`.
fn read_status<'a>(reader: &mut Reader<'a>) -> Result<StandardStatus<'a>, Fault> {
    let (mut index, mut uri) = (None, None);
    reader.map(|key, reader| match key {
        Key::Text("status_list") => reader.map(|key, reader| {
            match key {
                Key::Text("idx") => index = Some(reader.uint()?),
                Key::Text("uri") => uri = Some(reader.text()?),
                _ => return Err(Fault::Shape),
            }
            Ok(())
        }),
        _ => Err(Fault::Shape),
    })?;
    Ok(StandardStatus { index: index.ok_or(Fault::Shape)?, uri: uri.ok_or(Fault::Shape)? })
}

fn read_licence<'a>(reader: &mut Reader<'a>, licence: &mut Licence<'a>) -> Result<(), Fault> {
    let (mut version, mut document, mut scene_count) = (None, None, 0);
    reader.map(|key, reader| {
        // The version is the first key of the map: another one is found before anything else is looked at.
        match key {
            Key::Int(label::VERSION) => {
                version = Some(reader.uint()?);
                if version != Some(label::VERSION_1) {
                    return Err(Fault::Version);
                }
            }
            Key::Int(label::DOCUMENT) => document = Some(reader.uint()?),
            Key::Int(label::REGIONS) => {
                let mut places = licence.regions.iter_mut();
                licence.region_count = reader.array_up_to(limit::LICENCE_ENTRIES, |reader| {
                    let region = Region::from_code(reader.uint()?).ok_or(Fault::Shape)?;
                    *places.next().ok_or(Fault::Shape)? = region;
                    Ok(())
                })?;
            }
            Key::Int(label::SCENES) => {
                scene_count = reader.array_up_to(limit::LICENCE_ENTRIES, |reader| {
                    licence.scenes |= u32::try_from(reader.uint()?)
                        .map_or(0, |scene| 1_u32.checked_shl(scene).unwrap_or(0));
                    Ok(())
                })?;
            }
            Key::Int(label::STATUS) => {
                licence.status = Some(reader.array_of(2, |reader| Ok((reader.uint()?, reader.uint()?)))?);
            }
            Key::Int(label::KEY_STORAGE) => licence.key_storage = reader.uint()?,
            Key::Int(number) => {
                let group = u64::try_from(number).ok().and_then(Group::from_number).ok_or(Fault::Shape)?;
                licence.clear.insert(group, RawGroup::read(group, reader)?);
            }
            Key::Simple(label::REDACTED) => licence.digests = read_digests(reader)?,
            _ => return Err(Fault::Shape),
        }
        Ok(())
    })?;
    if version.is_none() || licence.region_count == 0 || scene_count == 0 {
        return Err(Fault::Shape);
    }
    licence.document = document.ok_or(Fault::Shape)?;
    Ok(())
}

fn read_digests<'a>(reader: &mut Reader<'a>) -> Result<Digests<'a>, Fault> {
    let mut first = None;
    let count = reader.array_up_to(limit::LICENCE_ENTRIES, |reader| {
        first = first.or(Some(*reader));
        reader.bytes_of::<32>().map(drop)
    })?;
    Ok(Digests { first, count })
}

/// Reads header 17. Its shape is for step 10, so the only fault is malformed CBOR inside a disclosure.
fn read_disclosures<'a>(header: Option<Reader<'a>>, found: &mut Disclosures<'a>) -> Result<(), Fault> {
    let Some(mut reader) = header else {
        return Ok(());
    };
    let mut byte_strings: [Option<(&[u8], &[u8])>; limit::DISCLOSURES] = [None; limit::DISCLOSURES];
    let mut places = byte_strings.iter_mut();
    let array = reader.array_up_to(limit::DISCLOSURES, |reader| {
        *places.next().ok_or(Fault::Shape)? = Some(reader.encoding_of(Reader::bytes)?);
        Ok(())
    });
    if array.is_err() {
        found.malformed = true;
        return Ok(());
    }
    for (place, (encoded, content)) in found.each.iter_mut().zip(byte_strings.into_iter().flatten()) {
        match read_disclosure(content) {
            Ok((group, value)) => *place = Some(Disclosure { encoded, group, value }),
            Err(Fault::Malformed) => return Err(Fault::Malformed),
            Err(_) => found.malformed = true,
        }
    }
    Ok(())
}

/// `[salt, value, key]`. The key, which says how to read the value, comes after it: it is the last byte, if it is one of
/// the format's.
fn read_disclosure(content: &[u8]) -> Result<(Group, RawGroup<'_>), Fault> {
    let group = content.last().and_then(|&number| Group::from_number(number.into()));
    cbor::decode(content, |reader| {
        reader.array_of(3, |reader| {
            reader.bytes_of::<16>()?;
            let group = group.ok_or(Fault::Shape)?;
            let value = RawGroup::read(group, reader)?;
            let named = Group::from_number(reader.uint()?);
            if named == Some(group) { Ok((group, value)) } else { Err(Fault::Shape) }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn disclosure(value: &[u8], key: &[u8]) -> Result<Group, Fault> {
        let content: Vec<u8> = [&[0x83, 0x50][..], &[7; 16], value, key].concat();
        read_disclosure(&content).map(|(group, _)| group)
    }

    #[test]
    fn the_key_of_a_disclosure_is_all_of_its_last_item() {
        let (ages, portrait) = (&[0x82, 18, 0x18, 60][..], &[&[0x81, 0x58, 32][..], &[7; 32]].concat()[..]);
        assert_eq!(disclosure(ages, &[15]), Ok(Group::Ages));
        assert_eq!(disclosure(portrait, &[19]), Ok(Group::Portrait));
        // 271, and a text of one character, whose last byte is 15.
        assert_eq!(disclosure(ages, &[0x19, 1, 15]), Err(Fault::Shape));
        assert_eq!(disclosure(ages, &[0x61, 15]), Err(Fault::Shape));
        assert_eq!(disclosure(ages, &[0x2f]), Err(Fault::Shape));
        assert_eq!(disclosure(ages, &[20]), Err(Fault::Shape));
        // Of another group, and malformed before or behind a wrong shape.
        assert_eq!(disclosure(ages, &[19]), Err(Fault::Shape));
        assert_eq!(disclosure(&[0x82, 18, 0x18, 6], &[19]), Err(Fault::Malformed));
        assert_eq!(disclosure(ages, &[0x18, 15]), Err(Fault::Malformed));
        assert_eq!(disclosure(ages, &[19, 15]), Err(Fault::Malformed));
    }
}
