//! Step 9, scope: the credential holds in this region and for this scene.

use super::device::Authentic;
use crate::refusal::ScopeRefusal;
use crate::site::Site;

/// # Errors
/// `scope.region`, `scope.scene`.
pub(super) fn covers(code: &Authentic<'_>, site: &Site) -> Result<(), ScopeRefusal> {
    let licence = &code.credential.licence;
    if !licence.regions().iter().any(|region| region.covers_code(site.region())) {
        return Err(ScopeRefusal::Region { region: site.region() });
    }
    let scene = site.scene().number();
    if !licence.has_scene(scene) {
        return Err(ScopeRefusal::Scene { scene });
    }
    Ok(())
}
