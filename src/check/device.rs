//! Step 6, device: the code is signed by the phone that the credential is bound to, which keeps its key as asked.

use super::payload::{Credential, KeyBinding, Presentation};
use crate::policy::Policy;
use crate::refusal::DeviceRefusal;
use crate::trust::{Issuer, IssuerKey};
use crate::wire::labels::alg;
use crate::wire::signature::{DeviceKey, KeyFault};

/// A code whose two signatures hold. Made here only, from the issuer of step 4.
pub(super) struct Authentic<'a> {
    pub(super) binding: &'a KeyBinding<'a>,
    pub(super) credential: &'a Credential<'a>,
    pub(super) issuer: &'a Issuer,
    pub(super) issuer_key: &'a IssuerKey,
}

/// # Errors
/// `device.key`, `device.signature`, `device.key_protection`.
pub(super) fn signed<'a>(
    shown: &'a Presentation<'a>,
    (issuer, issuer_key): (&'a Issuer, &'a IssuerKey),
    policy: &Policy,
) -> Result<Authentic<'a>, DeviceRefusal> {
    let Presentation { binding, credential } = shown;
    let key = DeviceKey::decode(credential.cnf).map_err(|fault| match fault {
        KeyFault::NotAPoint => DeviceRefusal::Key,
        // A key, but one that almost any signature fits.
        KeyFault::SmallOrder if binding.headers.algorithm == Some(alg::ED25519) => DeviceRefusal::Signature,
        KeyFault::SmallOrder => DeviceRefusal::Algorithm,
    })?;
    if binding.headers.algorithm != Some(key.algorithm()) {
        return Err(DeviceRefusal::Algorithm);
    }
    if !key.verifies(&binding.object) {
        return Err(DeviceRefusal::Signature);
    }
    let (level, least) = (credential.licence.key_storage, policy.key_protection.level());
    if level < least {
        return Err(DeviceRefusal::Protection { level, least });
    }
    Ok(Authentic { binding, credential, issuer, issuer_key })
}
