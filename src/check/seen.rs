//! What a second look at a code notes down beside its answer, for reports and receipts. The first look, which is in a hurry,
//! notes nothing. Of what is here, only the run's answer tells how much was proven.

use alloc::string::String;

use sha2::{Digest as _, Sha256};

use super::payload::{self, Presentation};
use super::status::Entry;
use crate::UnixTime;
use crate::policy::Group;
use crate::set::Set;
use crate::wire::text;

/// See the module.
#[derive(Default)]
pub(crate) struct Seen {
    /// From the end of step 1 on.
    pub(crate) code: Option<SeenCode>,
    /// The status list looked into: its iat and the SHA-256 of its token.
    pub(crate) status: Option<(UnixTime, [u8; 32])>,
}

/// A code as it reads, nothing of it proven.
pub(crate) struct SeenCode {
    pub(crate) iss: String,
    pub(crate) kid: [u8; 8],
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
    pub(crate) groups: Set<Group>,
}

impl Seen {
    pub(super) fn note_code(seen: &mut Option<&mut Self>, shown: &Presentation<'_>) {
        if let Some(seen) = seen {
            let (binding, credential) = (&shown.binding, &shown.credential);
            seen.code = Some(SeenCode {
                iss: credential.iss.into(),
                kid: credential.kid,
                issued_at: UnixTime::from_secs(binding.issued_at),
                expires_at: UnixTime::from_secs(binding.expires_at),
                groups: credential.groups(),
            });
        }
    }

    pub(super) fn note_entry(seen: &mut Option<&mut Self>, entry: Option<&Entry<'_>>) {
        if let (Some(seen), Some(entry)) = (seen, entry) {
            seen.status = Some((entry.list.issued_at, entry.list.sha256));
        }
    }
}

/// The phone's signature in a text, if the text is a code at all.
pub(crate) fn phones_signature(scanned: &str) -> Option<[u8; 64]> {
    as_it_reads(scanned, |shown| *shown.binding.object.signature)
}

/// The phone's key in a text, as its SHA-256, and when the phone made the code; if the text is a code at all.
pub(crate) fn phone(scanned: &str) -> Option<([u8; 32], UnixTime)> {
    as_it_reads(scanned, |shown| {
        (Sha256::digest(shown.credential.cnf).into(), UnixTime::from_secs(shown.binding.issued_at))
    })
}

/// What `read` finds in a text that passes step 1.
fn as_it_reads<T>(scanned: &str, read: impl FnOnce(&Presentation<'_>) -> T) -> Option<T> {
    let token = text::decode(scanned).ok()?;
    payload::parse(&token).ok().map(|shown| read(&shown))
}
