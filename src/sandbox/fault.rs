//! Faults by name: what can go wrong with a good showing, and the code that must come of it.
//!
//! For an integrator's own tests: take a scenario that is ok, break one thing, and see what the desk does with the
//! refusal.

use alloc::{format, vec};

use super::{
    calendar::{date, years_before},
    cbor::{Cbor, list},
    credential::{Credential, Group, Shown},
    desk::SCENES,
    key::Key,
    person::Person,
    phone::Phone,
    publisher::{STATUS_OUTDATED, STATUS_REVOKED, STATUS_SUSPENDED},
    world::World,
};

/// One thing that breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Another key signs the credential, under the name of the issuer's: `issuer.signature`.
    WrongIssuerKey,
    /// Another phone signs than the one enrolled: `device.signature`.
    WrongPhoneKey,
    /// A bit (0 to 511) of the issuer's signature is flipped: `issuer.signature`.
    FlippedIssuerBit {
        /// Counted from the left, modulo 512.
        bit: usize,
    },
    /// A bit (0 to 511) of the phone's signature is flipped: `device.signature`.
    FlippedPhoneBit {
        /// Counted from the left, modulo 512.
        bit: usize,
    },
    /// The credential names an issuer that the trust list does not have: `issuer.unknown`.
    UnknownIssuer,
    /// The credential was issued before the issuer's key was valid: `issuer.key_validity`.
    IssuerKeyNotYetValid,
    /// The desk has a trust list that has run out: `trust.expired`.
    ExpiredTrustList,
    /// The terminal's clock is an hour behind the issue of the trust list, and what is forgiven: `clock.behind`.
    TerminalClockBehind,
    /// The credential has run out: `credential.expired`.
    ExpiredCredential,
    /// The scan comes so many seconds after the code was made: `freshness.expired`, from some point on.
    LateBy(u64),
    /// The phone's clock runs so many seconds ahead: `freshness.not_yet`, from some point on.
    EarlyBy(u64),
    /// The code was made for another scene: `audience.mismatch`.
    OtherAudience,
    /// The code was made for another relying party: `audience.mismatch`.
    OtherRelyingParty,
    /// The credential holds in the neighbouring county only: `scope.region`.
    OtherRegion,
    /// The credential may be shown anywhere but in this scene: `scope.scene`.
    OtherScene,
    /// The holder entered no password: `user.not_verified`.
    NoPassword,
    /// The phone keeps its key in software: `device.key_protection`.
    SoftwareKey,
    /// A disclosure that the issuer never hashed: `disclosure.unmatched`.
    ForgedDisclosure,
    /// The holder keeps a group back: `claims.missing`.
    Withheld {
        /// Its number, 11 to 19.
        group: u64,
    },
    /// The check character of the ID number is wrong: `claims.id_number`.
    WrongIdNumber,
    /// The card behind the credential ran out long ago: `claims.document_expired`.
    ExpiredDocument,
    /// Too young by a day: `claims.underage`.
    Underage,
    /// The credential was revoked: `status.revoked`.
    Revoked,
    /// The card was reported lost (挂失): `status.suspended`.
    ReportedLost,
    /// The document is due for renewal (证照更新): `status.outdated`.
    Outdated,
    /// The desk has no status list: `status.unavailable`.
    NoStatusList,
    /// The desk's status list is too old: `status.stale`.
    StaleStatusList,
    /// The same code is scanned twice: `nonce.spent`.
    ScannedTwice,
    /// The nonce ledger does not answer: `nonce.ledger_failed`.
    LedgerDown,
    /// The nonce ledger has one place, and it is taken: `nonce.ledger_full`.
    LedgerFull,
    /// The nonce ledger began anew just now: `nonce.before_ledger`.
    LedgerRestarted,
}

impl Fault {
    /// One of each kind.
    pub const EACH: [Self; 31] = [
        Self::WrongIssuerKey,
        Self::WrongPhoneKey,
        Self::FlippedIssuerBit { bit: 0 },
        Self::FlippedPhoneBit { bit: 0 },
        Self::UnknownIssuer,
        Self::IssuerKeyNotYetValid,
        Self::ExpiredTrustList,
        Self::TerminalClockBehind,
        Self::ExpiredCredential,
        Self::LateBy(360),
        Self::EarlyBy(61),
        Self::OtherAudience,
        Self::OtherRelyingParty,
        Self::OtherRegion,
        Self::OtherScene,
        Self::NoPassword,
        Self::SoftwareKey,
        Self::ForgedDisclosure,
        Self::Withheld { group: 11 },
        Self::WrongIdNumber,
        Self::ExpiredDocument,
        Self::Underage,
        Self::Revoked,
        Self::ReportedLost,
        Self::Outdated,
        Self::NoStatusList,
        Self::StaleStatusList,
        Self::ScannedTwice,
        Self::LedgerDown,
        Self::LedgerFull,
        Self::LedgerRestarted,
    ];

    /// Breaks a world in which nothing else is broken, and gives the answer that must come of it. Scans that came
    /// before are forgotten.
    #[must_use]
    pub fn apply(self, world: &mut World) -> &'static str {
        world.before.clear();
        world.times = 1;
        let expect = self.break_it(world);
        if world.floor.is_some() {
            // The desk remembers the list as it is now: a changed one would be a second fault.
            world.remembered();
        }
        expect
    }

    fn break_it(self, world: &mut World) -> &'static str {
        let now = world.now;
        let (credential, binding) = (&mut world.showing.credential, &mut world.showing.binding);
        match self {
            Self::WrongIssuerKey => {
                credential.signer = Key::named("rogue");
                "issuer.signature"
            }
            Self::WrongPhoneKey => {
                let thief = Key::named("thief");
                // Of the enrolled kind: another would be refused for its algorithm already.
                binding.phone = match binding.phone {
                    Phone::Ed25519(_) => Phone::Ed25519(thief),
                    Phone::P256(_) | Phone::P256Compressed(_) => Phone::P256(thief),
                };
                "device.signature"
            }
            Self::FlippedIssuerBit { bit } => {
                credential.tampering.flipped_bit = Some(bit);
                "issuer.signature"
            }
            Self::FlippedPhoneBit { bit } => {
                binding.tampering.flipped_bit = Some(bit);
                "device.signature"
            }
            Self::UnknownIssuer => {
                credential.iss = "TEST-nobody".into();
                "issuer.unknown"
            }
            Self::IssuerKeyNotYetValid => {
                let operator = &mut world.operator;
                for issuer in [&mut operator.issuer].into_iter().chain(&mut operator.other_issuers) {
                    let keys = [&mut issuer.cards].into_iter().chain(&mut issuer.other_keys);
                    let signer = keys.filter(|key| key.kid == credential.kid);
                    signer.for_each(|key| key.nbf = credential.iat.saturating_add(1));
                }
                "issuer.key_validity"
            }
            Self::ExpiredTrustList => {
                world.operator.expires = now;
                world.operator.issued_at = world.operator.issued_at.min(now);
                "trust.expired"
            }
            Self::TerminalClockBehind => {
                let issued_at = now.saturating_add(world.policy.max_skew).saturating_add(3_600);
                world.operator.issued_at = issued_at;
                world.operator.expires = world.operator.expires.max(issued_at);
                "clock.behind"
            }
            Self::ExpiredCredential => {
                credential.exp = now;
                credential.iat = credential.iat.min(now.saturating_sub(1));
                "credential.expired"
            }
            Self::LateBy(seconds) => made_at(world, now.saturating_sub(seconds)),
            Self::EarlyBy(seconds) => made_at(world, now.saturating_add(seconds)),
            Self::OtherAudience => {
                let other = SCENES.into_iter().find(|scene| *scene != world.site.scene);
                binding.aud = other.unwrap_or_default().into();
                "audience.mismatch"
            }
            Self::OtherRelyingParty => {
                binding.aud = format!("{}:another-desk", world.site.scene);
                "audience.mismatch"
            }
            Self::OtherRegion => {
                let here = u64::from(world.site.region);
                // 510100 is not a county but the city: a code that ends in 00 is refused as such.
                let neighbour = if here % 100 == 1 { here + 1 } else { here.saturating_sub(1) };
                credential.regions = vec![neighbour];
                "scope.region"
            }
            Self::OtherScene => {
                let here = world.site.scene_number();
                credential.scenes = (1..=5).filter(|scene| *scene != here).collect();
                "scope.scene"
            }
            Self::NoPassword => {
                binding.user_verification = None;
                if world.policy.user_verification == 0 { "ok" } else { "user.not_verified" }
            }
            Self::SoftwareKey => {
                credential.key_protection = Some(1);
                if world.policy.key_protection > 1 { "device.key_protection" } else { "ok" }
            }
            Self::ForgedDisclosure => {
                match credential.groups.iter_mut().find(|group| group.shown != Shown::Withheld) {
                    Some(group) => group.shown = Shown::Forged,
                    None => {
                        credential.groups.push(Group { shown: Shown::Forged, ..Group::new(15, list![18]) });
                    }
                }
                "disclosure.unmatched"
            }
            Self::Withheld { group } => {
                credential.change(group, |group| group.shown = Shown::Withheld);
                if world.policy.require.contains(&group) || !shows_the_age(world) {
                    "claims.missing"
                } else {
                    "ok"
                }
            }
            Self::WrongIdNumber => {
                let mut number = Person::ADULT.id_number();
                let right = number.pop();
                number.push(if right == Some('1') { '2' } else { '1' });
                show(credential, 11, list![Person::ADULT.name, number]);
                "claims.id_number"
            }
            Self::ExpiredDocument => {
                show(credential, 14, list![19990101, 20090101, "测试市公安局样例分局"]);
                "claims.document_expired"
            }
            Self::Underage => {
                let Some(years) = world.policy.minimum_age else { return "ok" };
                // An age is reached on the day after the birthday: who has it today is a day short.
                let child = Person { birth: years_before(date(now), years), ages: &[], ..Person::ADULT };
                child
                    .groups()
                    .into_iter()
                    .filter(|(number, _)| AGE_GROUPS.contains(number))
                    .for_each(|(number, value)| credential.say(number, value));
                "claims.underage"
            }
            Self::Revoked => status(world, STATUS_REVOKED, "status.revoked"),
            Self::ReportedLost => status(world, STATUS_SUSPENDED, "status.suspended"),
            Self::Outdated => status(world, STATUS_OUTDATED, "status.outdated"),
            Self::NoStatusList => {
                world.publisher.silent = true;
                world.other_publishers.clear();
                if status_index(world).is_some() { "status.unavailable" } else { "ok" }
            }
            Self::StaleStatusList => {
                world.other_publishers.clear();
                world.publisher.iat = now.saturating_sub(world.policy.max_status_age).saturating_sub(1);
                if status_index(world).is_some() { "status.stale" } else { "ok" }
            }
            Self::ScannedTwice => {
                world.times = 2;
                "nonce.spent"
            }
            Self::LedgerDown => {
                world.ledger.fails = true;
                "nonce.ledger_failed"
            }
            Self::LedgerFull => {
                world.ledger.capacity = Some(1);
                world.shown_before(0, "ok");
                "nonce.ledger_full"
            }
            Self::LedgerRestarted => {
                world.ledger.began = Some(binding.iat);
                "nonce.before_ledger"
            }
        }
    }

    /// Its name, as it stands in the id of a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What is broken, in words.
    #[must_use]
    pub fn why(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::WrongIssuerKey => ("wrong-issuer-key", "a rogue key under the kid of the issuer's"),
            Self::WrongPhoneKey => ("wrong-phone-key", "another phone signs"),
            Self::FlippedIssuerBit { .. } => {
                ("flipped-issuer-bit", "a bit of the issuer's signature is flipped")
            }
            Self::FlippedPhoneBit { .. } => {
                ("flipped-phone-bit", "a bit of the phone's signature is flipped")
            }
            Self::UnknownIssuer => ("unknown-issuer", "an issuer the list does not have"),
            Self::IssuerKeyNotYetValid => {
                ("issuer-key-not-yet-valid", "issued before the issuer's key was valid")
            }
            Self::ExpiredTrustList => ("expired-trust-list", "the trust list has run out"),
            Self::TerminalClockBehind => ("terminal-clock-behind", "the terminal's clock is an hour behind"),
            Self::ExpiredCredential => ("expired-credential", "the credential has run out"),
            Self::LateBy(_) => ("late", "scanned some time after the code was made"),
            Self::EarlyBy(_) => ("early", "the phone's clock runs ahead"),
            Self::OtherAudience => ("other-audience", "shown for another scene"),
            Self::OtherRelyingParty => ("other-relying-party", "shown for another relying party"),
            Self::OtherRegion => ("other-region", "a credential for the neighbouring county"),
            Self::OtherScene => ("other-scene", "a credential for every scene but this one"),
            Self::NoPassword => ("no-password", "no password was entered"),
            Self::SoftwareKey => ("software-key", "the phone keeps its key in software"),
            Self::ForgedDisclosure => ("forged-disclosure", "a disclosure the issuer never hashed"),
            Self::Withheld { .. } => ("withheld", "a group is kept back"),
            Self::WrongIdNumber => ("wrong-id-number", "a wrong check character"),
            Self::ExpiredDocument => ("expired-document", "the card behind the credential has expired"),
            Self::Underage => ("underage", "too young by a day"),
            Self::Revoked => ("revoked", "revoked, or replaced by another copy"),
            Self::ReportedLost => ("reported-lost", "reported lost"),
            Self::Outdated => ("outdated", "the document is due for renewal"),
            Self::NoStatusList => ("no-status-list", "no status list at hand"),
            Self::StaleStatusList => ("stale-status-list", "the status list is too old"),
            Self::ScannedTwice => ("scanned-twice", "the same code scanned twice"),
            Self::LedgerDown => ("ledger-down", "the ledger does not answer"),
            Self::LedgerFull => ("ledger-full", "a ledger of one, and it is taken"),
            Self::LedgerRestarted => ("ledger-restarted", "issued before the ledger began"),
        }
    }
}

/// The groups that tell an age.
const AGE_GROUPS: [u64; 3] = [11, 12, 15];

/// Makes the code at another time, and says what comes of that (FORMAT.md, steps 7 and 13).
fn made_at(world: &mut World, iat: u64) -> &'static str {
    let (binding, credential) = (&mut world.showing.binding, &world.showing.credential);
    let exp = iat.saturating_add(binding.exp.saturating_sub(binding.iat));
    (binding.iat, binding.exp) = (iat, exp);

    let World { now, policy, ledger, .. } = world;
    if iat < credential.iat || exp > credential.exp {
        "freshness.window"
    } else if now.saturating_add(policy.max_skew) < iat {
        "freshness.not_yet"
    } else if *now >= exp || now.saturating_sub(iat) > policy.max_age {
        "freshness.expired"
    } else if iat <= ledger.began.unwrap_or(0).saturating_add(policy.max_skew) {
        "nonce.before_ledger"
    } else {
        "ok"
    }
}

/// Gives the credential's index this value in every list.
fn status(world: &mut World, value: u8, expect: &'static str) -> &'static str {
    let Some(index) = status_index(world) else { return "ok" };
    for publisher in [&mut world.publisher].into_iter().chain(&mut world.other_publishers) {
        // One bit can say no more than revoked.
        publisher.bits = publisher.bits.max(2);
        publisher.values.insert(index, value);
    }
    expect
}

/// Where the desk looks the credential up, if it does.
fn status_index(world: &World) -> Option<u64> {
    let credential = &world.showing.credential;
    let index = credential.short_status.map(|(_, index)| index);
    let index = index.or(credential.standard_status.as_ref().map(|(_, index)| *index));
    index.filter(|_| world.policy.status != "ignored")
}

/// Whether an age is shown, or none is asked for.
fn shows_the_age(world: &World) -> bool {
    let tells = |group: &Group| group.shown != Shown::Withheld && AGE_GROUPS.contains(&group.number);
    world.policy.minimum_age.is_none() || world.showing.credential.groups.iter().any(tells)
}

/// Has the credential say this, and the holder show it.
fn show(credential: &mut Credential, number: u64, value: Cbor) {
    match credential.groups.iter_mut().find(|group| group.number == number) {
        Some(group) => {
            group.value = value;
            if group.shown == Shown::Withheld {
                group.shown = Shown::Disclosed;
            }
        }
        // In the clear it needs no digest, and the licence may have no room for one more.
        None => credential.groups.push(Group { shown: Shown::Clear, ..Group::new(number, value) }),
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_codes_of_each() {
        let names: BTreeSet<_> = Fault::EACH.map(Fault::name).into();
        assert_eq!(names.len(), Fault::EACH.len());

        let mut cafe = World::fixed();
        cafe.policy.minimum_age = Some(18);
        for fault in Fault::EACH {
            assert_ne!(fault.apply(&mut cafe.clone()), "ok", "{fault:?}");
        }
    }

    #[test]
    fn late_and_early_know_where_the_line_is() {
        let expect = |fault: Fault| fault.apply(&mut World::fixed());
        assert_eq!(expect(Fault::LateBy(0)), "ok");
        assert_eq!(expect(Fault::LateBy(299)), "ok");
        assert_eq!(expect(Fault::LateBy(300)), "freshness.expired");
        assert_eq!(expect(Fault::LateBy(30 * 86_400)), "freshness.window");
        assert_eq!(expect(Fault::EarlyBy(60)), "ok");
        assert_eq!(expect(Fault::EarlyBy(61)), "freshness.not_yet");
    }

    #[test]
    fn a_fault_changes_what_is_signed_and_nothing_else() {
        let right = World::fixed().scenario("ok-hotel", "", "ok");
        let wrong = right.broken_by(Fault::ReportedLost);
        assert_eq!((wrong.id.as_str(), wrong.expect), ("ok-hotel-but-reported-lost", "status.suspended"));
        assert_eq!(wrong.qr, right.qr);
        assert_ne!(wrong.status_lists, right.status_lists);
    }
}
