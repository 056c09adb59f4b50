//! Step 10, disclosures: every group that is shown is one that the issuer signed, and is shown once (FORMAT.md,
//! Disclosures).

use sha2::{Digest as _, Sha256};

use super::device::Authentic;
use super::group::RawGroups;
use crate::refusal::DisclosureRefusal;
use crate::set::Member as _;

/// All groups of the code, disclosed and in the clear.
///
/// # Errors
/// `disclosure.malformed`, `disclosure.unmatched`, `disclosure.duplicate`.
pub(super) fn open<'a>(code: &Authentic<'a>) -> Result<RawGroups<'a>, DisclosureRefusal> {
    let (licence, disclosures) = (&code.credential.licence, &code.credential.disclosures);
    if disclosures.malformed {
        return Err(DisclosureRefusal::Malformed);
    }
    for disclosure in disclosures.shown() {
        if !licence.has_digest(&Sha256::digest(disclosure.encoded).into()) {
            return Err(DisclosureRefusal::Unmatched { group: disclosure.group.number() });
        }
    }
    let mut groups = licence.clear;
    for disclosure in disclosures.shown() {
        if !groups.insert(disclosure.group, disclosure.value) {
            return Err(DisclosureRefusal::Duplicate { group: disclosure.group.number() });
        }
    }
    Ok(groups)
}
