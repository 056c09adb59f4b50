//! What a desk did not ask for is gone before it gets the claims: each of the nine groups, by its own accessor.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;

use case::Case;
use eid_verifier::VerifiedClaims;
use eid_verifier::policy::{Group, Member as _, Set};
use eid_verifier::sandbox::Scenario;

#[test]
fn each_group_that_was_not_asked_for_is_dropped() {
    let shown = Scenario::named("ok-all-groups").unwrap();
    for &asked in Group::ALL {
        let mut world = shown.world.clone();
        world.policy.minimum_age = None;
        (world.policy.require, world.policy.accept) = ([].into(), [u64::from(asked.number())].into());
        let guest = Case(world.scenario("dropped", "", "ok").to_json()).answer().unwrap();
        let rest = Group::ALL.iter().copied().filter(|&group| group != asked).collect();
        assert_eq!((held(&guest), guest.groups()), (Set::from([asked]), Set::from([asked])), "{asked:?}");
        assert_eq!(guest.over_disclosed(), rest, "{asked:?}");
    }
}

/// The groups whose claims there are.
fn held(guest: &VerifiedClaims) -> Set<Group> {
    let is_held = |group: &Group| match group {
        Group::Identity => guest.identity().is_ok(),
        Group::Demographics => guest.demographics().is_ok(),
        Group::Address => guest.address().is_ok(),
        Group::Validity => guest.validity().is_ok(),
        Group::Ages => guest.ages().is_ok(),
        Group::Household => guest.household().is_ok(),
        Group::Residence => guest.residence().is_ok(),
        Group::Permit => guest.permit().is_ok(),
        Group::Portrait => guest.portrait().is_ok(),
        group => panic!("{group:?} has no accessor here"),
    };
    Group::ALL.iter().copied().filter(is_held).collect()
}
