//! A receipt as bytes: deterministic CBOR, one version, every key known.
//!
//! | key | value |
//! | --- | --- |
//! | 0 | 1: version |
//! | 1 | when, unix seconds |
//! | 2 | [scene, region, relying party tstr] |
//! | 3 | [purpose tstr, legal basis tstr] |
//! | ? 4 | [officer's id tstr, ground 1..5], of a patrol |
//! | 5 | `ok` or the code of the refusal, tstr |
//! | ? 6 | SHA-256 of the scanned text, trimmed as step 1 does (FORMAT.md, Encoding rules), if that passed |
//! | 7 | policy digest |
//! | 8 | [trust list's sequence, its SHA-256] |
//! | ? 9 | [iss tstr, or its SHA-256 where no list has it; kid bstr 8; SHA-256 of the key that signed, or null: claimed, as it always is beside a SHA-256] |
//! | ? 10 | [status list's iat, its SHA-256, value or null] |
//! | 11 | [* group]: shown |
//! | 12 | [* group]: dropped |

use alloc::vec::Vec;

use super::{
    Ground, IssuerEvidence, IssuerName, Purpose, Receipt, ReceiptError, Ruling, StatusListEvidence,
    TrustListEvidence,
};
use crate::UnixTime;
use crate::policy::Group;
use crate::refusal::Code;
use crate::set::{Member as _, Set};
use crate::site::{Scene, Site};
use crate::wire::cbor::{self, Fault, Key, Reader};
use crate::wire::encode::Encoder;

const VERSION: u64 = 1;

impl Receipt {
    /// The bytes of the receipt. To store them, link them: [`ReceiptChain::append`](super::ReceiptChain::append).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let optional = [
            self.purpose.ground().is_some(),
            self.text.is_some(),
            self.issuer.is_some(),
            self.status_list.is_some(),
        ];
        let pairs = 9 + optional.into_iter().filter(|&is_there| is_there).count();
        let mut out = Encoder::new();
        out.map(pairs).uint(0).uint(VERSION).uint(1).uint(self.at.as_secs());
        out.uint(2)
            .array(3)
            .uint(self.scene.number().into())
            .uint(self.region.into())
            .text(&self.relying_party);
        out.uint(3).array(2).text(self.purpose.purpose()).text(self.purpose.legal_basis());
        if let (Some(officer), Some(ground)) = (self.purpose.officer_id(), self.purpose.ground()) {
            out.uint(4).array(2).text(officer).uint(ground.number().into());
        }
        out.uint(5).text(self.ruling.as_str());
        if let Some(text) = &self.text {
            out.uint(6).bytes(text);
        }
        out.uint(7).bytes(&self.policy);
        out.uint(8).array(2).uint(self.trust_list.sequence).bytes(&self.trust_list.sha256);
        if let Some(issuer) = &self.issuer {
            out.uint(9).array(3);
            match &issuer.iss {
                IssuerName::Listed(iss) => out.text(iss),
                IssuerName::Unlisted(sha256) => out.bytes(sha256),
            };
            out.bytes(&issuer.kid);
            match &issuer.proven_by {
                Some(key) => out.bytes(key),
                None => out.null(),
            };
        }
        if let Some(list) = &self.status_list {
            out.uint(10).array(3).uint(list.issued_at.as_secs()).bytes(&list.sha256);
            match list.value {
                Some(value) => out.uint(value.into()),
                None => out.null(),
            };
        }
        write_groups(out.uint(11), self.shown);
        write_groups(out.uint(12), self.dropped);
        out.into_bytes()
    }

    /// A stored receipt.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`], [`ReceiptError::Version`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        cbor::decode(bytes, read).map_err(|fault| match fault {
            Fault::Malformed | Fault::Shape => ReceiptError::Malformed,
            Fault::Version => ReceiptError::Version,
        })
    }
}

fn write_groups(out: &mut Encoder, groups: Set<Group>) {
    out.array(groups.len());
    for group in groups {
        out.uint(group.number().into());
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Receipt, Fault> {
    let (mut version, mut at, mut site, mut purpose, mut patrol) = (None, None, None, None, None);
    let (mut ruling, mut text, mut policy, mut trust_list) = (None, None, None, None);
    let (mut issuer, mut status_list, mut shown, mut dropped) = (None, None, None, None);
    reader.map(|key, reader| {
        match key {
            // The first key of the map: another version is found before anything else is looked at.
            Key::Int(0) => {
                version = Some(reader.uint()?);
                if version != Some(VERSION) {
                    return Err(Fault::Version);
                }
            }
            Key::Int(1) => at = Some(UnixTime::from_secs(reader.uint()?)),
            Key::Int(2) => site = Some(read_site(reader)?),
            Key::Int(3) => {
                purpose = Some(reader.array_of(2, |reader| Ok((reader.text()?, reader.text()?)))?);
            }
            Key::Int(4) => patrol = Some(reader.array_of(2, |reader| Ok((reader.text()?, reader.uint()?)))?),
            Key::Int(5) => ruling = Some(read_ruling(reader.text()?)?),
            Key::Int(6) => text = Some(*reader.bytes_of()?),
            Key::Int(7) => policy = Some(*reader.bytes_of()?),
            Key::Int(8) => {
                trust_list = Some(reader.array_of(2, |reader| {
                    Ok(TrustListEvidence { sequence: reader.uint()?, sha256: *reader.bytes_of()? })
                })?);
            }
            Key::Int(9) => issuer = Some(read_issuer(reader)?),
            Key::Int(10) => status_list = Some(read_status_list(reader)?),
            Key::Int(11) => shown = Some(read_groups(reader)?),
            Key::Int(12) => dropped = Some(read_groups(reader)?),
            _ => return Err(Fault::Shape),
        }
        Ok(())
    })?;
    version.ok_or(Fault::Shape)?;
    let site: Site = site.ok_or(Fault::Shape)?;
    let purpose = read_purpose(purpose.ok_or(Fault::Shape)?, patrol)?;
    // As when it was made: a patrol's, and only a patrol's, names officer and ground.
    if purpose.ground().is_some() != (site.scene() == Scene::Patrol) {
        return Err(Fault::Shape);
    }
    let receipt = Receipt {
        at: at.ok_or(Fault::Shape)?,
        scene: site.scene(),
        region: site.region(),
        relying_party: site.relying_party().into(),
        purpose,
        ruling: ruling.ok_or(Fault::Shape)?,
        text,
        policy: policy.ok_or(Fault::Shape)?,
        trust_list: trust_list.ok_or(Fault::Shape)?,
        issuer,
        status_list,
        shown: shown.ok_or(Fault::Shape)?,
        dropped: dropped.ok_or(Fault::Shape)?,
    };
    if receipt.is_consistent() { Ok(receipt) } else { Err(Fault::Shape) }
}

impl Receipt {
    /// Whether it is one that could have been made: nothing dropped that was not shown, no key proven but of a listed issuer,
    /// and an accepted code rests on such a key, and on a status that was good.
    fn is_consistent(&self) -> bool {
        let proven = self.issuer.as_ref().filter(|issuer| issuer.proven_by.is_some());
        let is_listed = proven.is_none_or(|issuer| matches!(issuer.iss, IssuerName::Listed(_)));
        let is_good = self.status_list.is_none_or(|list| list.value == Some(0));
        let dropped_what_was_shown = self.dropped.iter().all(|group| self.shown.contains(group));
        is_listed
            && self.text.is_some() == self.issuer.is_some()
            && match self.ruling {
                Ruling::Accepted => proven.is_some() && is_good && dropped_what_was_shown,
                Ruling::Refused(_) => self.dropped.is_empty(),
            }
    }
}

fn read_site(reader: &mut Reader<'_>) -> Result<Site, Fault> {
    reader.array_of(3, |reader| {
        let scene = Scene::from_number(reader.uint()?).ok_or(Fault::Shape)?;
        let region = u32::try_from(reader.uint()?).map_err(|_| Fault::Shape)?;
        Site::new(scene, region, reader.text()?).map_err(|_| Fault::Shape)
    })
}

fn read_purpose((purpose, legal_basis): (&str, &str), patrol: Option<(&str, u64)>) -> Result<Purpose, Fault> {
    let made = match patrol {
        None => Purpose::new(purpose, legal_basis),
        Some((officer, ground)) => {
            let ground = u8::try_from(ground).ok().and_then(Ground::from_number).ok_or(Fault::Shape)?;
            Purpose::patrol(officer, ground)
        }
    };
    // Texts that this crate would not have written so are none of its receipts.
    made.ok()
        .filter(|made| (made.purpose(), made.legal_basis()) == (purpose, legal_basis))
        .filter(|made| made.officer_id() == patrol.map(|(officer, _)| officer))
        .ok_or(Fault::Shape)
}

fn read_ruling(text: &str) -> Result<Ruling, Fault> {
    let refused = Code::ALL.iter().copied().map(Ruling::Refused);
    let mut rulings = [Ruling::Accepted].into_iter().chain(refused);
    rulings.find(|ruling| ruling.as_str() == text).ok_or(Fault::Shape)
}

fn read_issuer(reader: &mut Reader<'_>) -> Result<IssuerEvidence, Fault> {
    reader.array_of(3, |reader| {
        let mut ahead = *reader;
        let iss = match ahead.text() {
            Ok(iss) => {
                *reader = ahead;
                IssuerName::Listed(iss.into())
            }
            Err(Fault::Shape) => IssuerName::Unlisted(*reader.bytes_of()?),
            Err(fault) => return Err(fault),
        };
        Ok(IssuerEvidence {
            iss,
            kid: *reader.bytes_of()?,
            proven_by: reader.nullable(|reader| reader.bytes_of().copied())?,
        })
    })
}

fn read_status_list(reader: &mut Reader<'_>) -> Result<StatusListEvidence, Fault> {
    reader.array_of(3, |reader| {
        let (issued_at, sha256) = (UnixTime::from_secs(reader.uint()?), *reader.bytes_of()?);
        let value = reader.nullable(Reader::uint)?.map(u8::try_from).transpose().map_err(|_| Fault::Shape)?;
        Ok(StatusListEvidence { issued_at, sha256, value })
    })
}

fn read_groups(reader: &mut Reader<'_>) -> Result<Set<Group>, Fault> {
    reader.array(|reader, count| {
        let mut groups = Set::new();
        let mut highest = 0;
        for _ in 0..count {
            let number = reader.uint()?;
            let group = Group::from_number(number).filter(|_| number > highest).ok_or(Fault::Shape)?;
            highest = number;
            groups = groups.with(group);
        }
        Ok(groups)
    })
}
