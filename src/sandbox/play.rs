//! From a scenario to the library's own types, so that a first accept is a few lines, and a test of a desk needs no
//! reader of test vectors.

use crate::policy::{AgeRule, KeyProtection, Member, Set, StatusRule};
use crate::{Anchor, Challenge, Floor, Policy, Refusal, Scene, Site, TrustList, UnixTime, Verifier};
#[cfg(feature = "std")]
use crate::{MemoryLedger, NonceLedger, Spend, VerifiedClaims, ledger::Nonce};

use super::{desk, scenario::Scenario};

/// Only of a [`World`](super::World) whose site, policy or challenge somebody changed into what no desk can have do these
/// panic: a relying party id with a space in it, a scene that is none, a challenge of three bytes.
impl Scenario {
    /// When the code is scanned and the lists are opened.
    #[must_use]
    pub const fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now)
    }

    /// The desk, with its lists opened at [`now`](Self::now). It pins [`Anchor::danger_sandbox`], so it
    /// trusts everybody: for tests only.
    ///
    /// ```
    /// use eid_verifier::sandbox::Scenario;
    ///
    /// let stale = Scenario::named("trust-expired").unwrap();
    /// assert_eq!(stale.verifier().unwrap_err().code().as_str(), "trust.expired");
    /// ```
    ///
    /// # Errors
    /// As [`TrustList::open`] and [`Verifier::with_status_list`]: then that is the scenario's answer.
    ///
    /// # Panics
    /// If the world was given a site or a policy that the library does not have.
    pub fn verifier(&self) -> Result<Verifier, Refusal> {
        let trust = TrustList::open(&self.trust_list, &[Anchor::danger_sandbox()], floor(self), self.now())?;
        let desk = Verifier::new(trust, site(&self.site)).with_policy(policy(&self.policy));
        self.status_lists.iter().try_fold(desk, |desk, list| desk.with_status_list(list, self.now()))
    }

    /// The challenge that the desk gave.
    ///
    /// # Panics
    /// If the world was given one that is not 16 to 64 bytes long.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a mistake in a test, documented")]
    pub fn challenge(&self) -> Option<Challenge> {
        self.challenge.as_deref().map(|bytes| Challenge::new(bytes).expect("a challenge of 16 to 64 bytes"))
    }

    /// The desk's nonce ledger, empty.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn ledger(&self) -> TestLedger {
        let capacity = self.ledger.capacity.map_or(1_000, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let began = UnixTime::from_secs(self.ledger.began.unwrap_or(0));
        let memory = MemoryLedger::new(capacity, began, super::seed::bytes("hash key"));
        TestLedger { memory, fails: self.ledger.fails }
    }

    /// The scenario's answer: its lists opened, what is scanned before scanned before, and its own code as often as it
    /// says. What came of the earlier scans is not told.
    ///
    /// ```
    /// use eid_verifier::sandbox::{Fault, Scenario};
    ///
    /// let good = Scenario::named("ok-hotel").unwrap();
    /// assert_eq!(good.play()?.identity()?.name().to_string(), "李*例");
    ///
    /// let lost = good.broken_by(Fault::ReportedLost);
    /// assert_eq!(lost.play().unwrap_err().code().as_str(), "status.suspended");
    /// # Ok::<(), eid_verifier::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// The code in [`expect`](Self::expect), if that is not `ok`.
    ///
    /// # Panics
    /// As [`verifier`](Self::verifier) and [`challenge`](Self::challenge).
    #[cfg(feature = "std")]
    pub fn play(&self) -> Result<VerifiedClaims, Refusal> {
        let (desk, ledger) = (self.verifier()?, self.ledger());
        let scan = |qr: &str, now| match self.challenge() {
            Some(challenge) => desk.verify_challenged(qr, &challenge, &ledger, now),
            None => desk.verify(qr, &ledger, now),
        };
        for earlier in &self.before {
            let _ = scan(&earlier.qr, earlier.now.map_or(self.now(), UnixTime::from_secs));
        }
        for _ in 1..self.times {
            let _ = scan(&self.qr, self.now());
        }
        scan(&self.qr, self.now())
    }
}

/// The nonce ledger of a scenario: in memory, or one that does not answer.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct TestLedger {
    memory: MemoryLedger,
    fails: bool,
}

#[cfg(feature = "std")]
impl NonceLedger for TestLedger {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        if self.fails { Spend::Failed } else { self.memory.spend(nonce, now) }
    }
}

fn floor(scenario: &Scenario) -> Floor {
    scenario.floor.as_ref().map_or(Floor::FirstInstallation, |floor| Floor::Seen {
        sequence: floor.sequence,
        sha256: floor.sha256,
        issued_at: UnixTime::from_secs(floor.issued_at),
    })
}

#[expect(clippy::expect_used, reason = "a mistake in a test, documented")]
fn site(site: &desk::Site) -> Site {
    let scenes =
        [Scene::Hotel, Scene::InternetCafe, Scene::Patrol, Scene::GovernmentService, Scene::RealEstate];
    let scene = scenes.into_iter().find(|scene| scene.as_str() == site.scene).expect("a scene of the format");
    Site::new(scene, site.region, &site.relying_party).expect("a site of the library")
}

#[expect(clippy::panic, reason = "a mistake in a test, documented")]
fn policy(asked: &desk::Policy) -> Policy {
    Policy {
        documents: set(&asked.documents),
        require: set(&asked.require),
        accept: set(&asked.accept),
        age: asked
            .minimum_age
            .map_or(AgeRule::AdmitAnyAge, |age| AgeRule::AtLeast(u8::try_from(age).unwrap_or(u8::MAX))),
        user_verification: set(&bits(asked.user_verification)),
        key_protection: match asked.key_protection {
            0 => KeyProtection::AcceptAny,
            1 => KeyProtection::Software,
            2 => KeyProtection::TrustedEnvironment,
            3 => KeyProtection::SecureElement,
            level => panic!("no key protection {level}"),
        },
        max_age: asked.max_age,
        max_skew: asked.max_skew,
        status: match asked.status {
            "required" => StatusRule::Require,
            "if_referenced" => StatusRule::PassUnreferenced,
            "ignored" => StatusRule::IgnoreStatus,
            rule => panic!("no rule of status {rule}"),
        },
        max_status_age: asked.max_status_age,
    }
}

#[expect(clippy::expect_used, reason = "a mistake in a test, documented")]
fn set<T: Member>(numbers: &[u64]) -> Set<T> {
    let member = |number: &u64| T::ALL.iter().copied().find(|member| u64::from(member.number()) == *number);
    numbers.iter().map(|number| member(number).expect("a number of the format")).collect()
}

/// The numbers of the bits that are set.
fn bits(bits: u64) -> alloc::vec::Vec<u64> {
    (0..64).filter(|bit| bits >> bit & 1 == 1).collect()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::sandbox::{Fault, World};

    #[test]
    fn every_scenario_plays_as_it_expects() {
        for scenario in Scenario::all() {
            let answer = scenario.play();
            let found = answer.as_ref().map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
            assert_eq!(found, scenario.expect, "{}", scenario.id);
            let Ok(guest) = answer else { continue };
            let groups = |set: Set<crate::policy::Group>| {
                set.iter().map(|group| u64::from(group.number())).collect::<alloc::vec::Vec<_>>()
            };
            let claims: alloc::vec::Vec<_> = scenario.claims.iter().map(|(number, _)| *number).collect();
            assert_eq!(groups(guest.groups()), claims, "{}", scenario.id);
            assert_eq!(groups(guest.over_disclosed()), scenario.over_disclosed, "{}", scenario.id);
        }
    }

    #[test]
    fn every_fault_of_a_live_guest_plays_as_it_expects() {
        let guest = World::live(1_900_000_000, [7; 16]).scenario("guest", "all is well", "ok");
        assert!(guest.play().is_ok());
        for fault in Fault::EACH {
            let broken = guest.broken_by(fault);
            let found = broken.play().map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
            assert_eq!(found, broken.expect, "{fault:?}");
        }
    }
}
