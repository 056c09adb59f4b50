//! The desks of the examples: people who come to one desk one after another, each with a phone and a copy of their own,
//! and one set of lists for all of them.

use super::Case;
use crate::sandbox::{
    calendar::midnight,
    key::Key,
    person::Person,
    phone::Phone,
    publisher::{STATUS_REVOKED, STATUS_SUSPENDED},
    seed,
    world::{STATUS_LIST, World},
};

pub(super) const CASES: &[Case] = &[
    ("ok-family-father", "ok", "a father at a hotel, with his new phone", |w| {
        family(w, "father's new phone", &Person::ADULT, FATHER);
    }),
    ("ok-family-minor", "ok", "his daughter of seventeen: to ask for the guardian", |w| {
        family(w, "daughter's phone", &Person::MINOR, DAUGHTER);
    }),
    ("status-revoked-replaced", "status.revoked", "the father's old phone: its copy was replaced", |w| {
        family(w, "father's old phone", &Person::ADULT, REPLACED);
    }),
    ("ok-patrol-morning", "ok", "stopped in the evening, by the lists of the morning", |w| {
        patrol(w, "a good phone", &Person::ADULT, STOPPED);
    }),
    ("status-suspended-patrol", "status.suspended", "reported lost before the lists of the morning", |w| {
        patrol(w, "a lost phone", &Person::ELDER, LOST);
    }),
    ("scope-region-patrol", "scope.region", "a credential for one county, shown in another", |w| {
        patrol(w, "a county's phone", &Person::RESIDENT, COUNTY);
        w.showing.credential.regions = [513_425].into();
    }),
];

/// Their places in the status list.
const FATHER: u64 = 101;
const DAUGHTER: u64 = 102;
const REPLACED: u64 = 103;
const STOPPED: u64 = 201;
const LOST: u64 = 202;
const COUNTY: u64 = 203;

fn family(w: &mut World, phone: &str, person: &Person, index: u64) {
    w.publisher.values.insert(REPLACED, STATUS_REVOKED);
    comes(w, phone, person, index);
}

fn patrol(w: &mut World, phone: &str, person: &Person, index: u64) {
    w.move_to("patrol");
    w.publisher.values.insert(LOST, STATUS_SUSPENDED);
    // 08:00 in UTC+8.
    w.publisher.iat = midnight(w.now) + 8 * 3_600;
    w.publisher.exp = None;
    comes(w, phone, person, index);
}

/// This person, with this phone and a copy that has this place in the status list.
fn comes(w: &mut World, phone: &str, person: &Person, index: u64) {
    w.showing.credential.describe(person);
    w.showing.credential.sub = alloc::format!("TEST-{index}");
    w.showing.credential.short_status = Some((STATUS_LIST, index));
    w.showing.enrol(Phone::Ed25519(Key::named(phone)));
    w.showing.binding.cti = seed::bytes::<16>(&alloc::format!("nonce of {phone}")).into();
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use crate::sandbox::Scenario;

    /// One desk can scan them all: the same lists, and no nonce twice.
    #[test]
    fn one_set_of_lists_and_a_code_each() {
        for ids in [
            ["ok-family-father", "ok-family-minor", "status-revoked-replaced"],
            ["ok-patrol-morning", "status-suspended-patrol", "scope-region-patrol"],
        ] {
            let scenarios = ids.map(|id| Scenario::named(id).unwrap());
            let lists: BTreeSet<_> =
                scenarios.iter().map(|scenario| (&scenario.trust_list, &scenario.status_lists)).collect();
            let nonces: BTreeSet<_> =
                scenarios.iter().map(|scenario| &scenario.world.showing.binding.cti).collect();
            assert_eq!((lists.len(), nonces.len()), (1, 3));
        }
    }
}
