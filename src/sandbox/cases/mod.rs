//! The scenarios, a file a step of FORMAT.md (What a verifier checks). Each breaks one thing. Those that are ok stand
//! beside the refusal they are the other side of; the plain ones are in `accepted`.

mod accepted;
mod audience;
mod claims;
mod clock;
mod credential;
mod desks;
mod device;
mod disclosure;
mod freshness;
mod header;
mod issuer;
mod nonce;
mod payload;
mod status;
mod status_list;
mod trust_list;

use alloc::vec::Vec;

use super::{cbor::Cbor, scenario::Scenario, world::World};

/// Name, answer, defect in words, and the change that makes it of a world in which all is right.
type Case = (&'static str, &'static str, &'static str, fn(&mut World));

const TABLES: [&[Case]; 16] = [
    accepted::CASES,
    desks::CASES,
    trust_list::CASES,
    status_list::CASES,
    clock::CASES,
    payload::CASES,
    header::CASES,
    issuer::CASES,
    credential::CASES,
    device::CASES,
    freshness::CASES,
    audience::CASES,
    disclosure::CASES,
    claims::CASES,
    status::CASES,
    nonce::CASES,
];

pub(super) fn all() -> Vec<Scenario> {
    TABLES.into_iter().flatten().map(scenario).collect()
}

pub(super) fn named(id: &str) -> Option<Scenario> {
    TABLES.into_iter().flatten().find(|(name, ..)| *name == id).map(scenario)
}

fn scenario((id, expect, why, change): &Case) -> Scenario {
    let mut world = World::fixed();
    change(&mut world);
    world.scenario(*id, *why, expect)
}

/// One byte too many.
fn trailing(item: &mut Cbor) {
    *item = item.followed_by(&[0]);
}

/// The keys of a map, descending.
fn unsorted(item: &mut Cbor) {
    if let Cbor::Map(pairs) = item {
        pairs.sort_by_key(|(key, _)| core::cmp::Reverse(key.encode()));
        *item = Cbor::AsGiven(core::mem::take(pairs));
    }
}

/// A COSE_Sign1 without its tag.
fn untagged(token: &mut Cbor) {
    if let Cbor::Tag(_, item) = token {
        *token = core::mem::replace(&mut **item, Cbor::Null);
    }
}

/// Changes one of the four parts of a COSE_Sign1.
fn part(token: &mut Cbor, index: u64, change: impl FnOnce(&mut Cbor)) {
    token.within(super::label::SIGN1, |parts| parts.within(index, change));
}

/// A key of a map a second time.
fn twice(map: &mut Cbor, key: impl Into<Cbor>, value: impl Into<Cbor>) {
    if let Cbor::Map(pairs) = map {
        pairs.push((key.into(), value.into()));
    }
}

/// Changes the items of an array.
fn items(item: &mut Cbor, change: impl FnOnce(&mut Vec<Cbor>)) {
    if let Cbor::Array(items) = item {
        change(items);
    }
}

/// Changes the bytes of a byte string.
fn bytes(item: &mut Cbor, change: impl FnOnce(&mut Vec<u8>)) {
    if let Cbor::Bytes(bytes) = item {
        change(bytes);
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeSet, string::ToString, vec::Vec};

    use super::*;

    /// Every code of FORMAT.md: the steps 0 to 13, then those of opening a trust list and a status list alone.
    const CODES: [&str; 69] = [
        "clock.behind",
        "payload.scheme",
        "payload.too_long",
        "payload.encoding",
        "payload.cbor",
        "payload.shape",
        "payload.version",
        "header.critical",
        "header.type",
        "header.algorithm",
        "header.unexpected",
        "trust.expired",
        "issuer.unknown",
        "issuer.key_validity",
        "issuer.not_authorised",
        "issuer.signature",
        "credential.dates",
        "credential.not_yet_valid",
        "credential.expired",
        "credential.document",
        "device.key",
        "device.signature",
        "device.key_protection",
        "freshness.window",
        "freshness.not_yet",
        "freshness.expired",
        "audience.mismatch",
        "challenge.missing",
        "challenge.unexpected",
        "challenge.mismatch",
        "user.not_verified",
        "scope.region",
        "scope.scene",
        "disclosure.malformed",
        "disclosure.unmatched",
        "disclosure.duplicate",
        "claims.name",
        "claims.id_number",
        "claims.date",
        "claims.code",
        "claims.inconsistent",
        "claims.missing",
        "claims.document_expired",
        "claims.endorsement_lapsed",
        "claims.underage",
        "status.unreferenced",
        "status.ambiguous",
        "status.unavailable",
        "status.stale",
        "status.index",
        "status.revoked",
        "status.suspended",
        "status.outdated",
        "status.unknown",
        "nonce.ledger_failed",
        "nonce.before_ledger",
        "nonce.spent",
        "nonce.ledger_full",
        "trust.malformed",
        "trust.type",
        "trust.anchor",
        "trust.signature",
        "trust.duplicate",
        "trust.rollback",
        "status.malformed",
        "status.type",
        "status.issuer",
        "status.signature",
        "status.too_large",
    ];

    #[test]
    fn every_code_is_reached_and_no_other() {
        let reached: BTreeSet<_> = all().iter().map(|scenario| scenario.expect).collect();
        let expected: BTreeSet<_> = CODES.into_iter().chain(["ok"]).collect();
        assert_eq!(expected.len(), 70);
        assert_eq!(reached, expected);
    }

    #[test]
    fn names_are_unique_and_say_the_code() {
        let mut names = BTreeSet::new();
        for (id, expect, why, _) in TABLES.into_iter().flatten() {
            assert!(names.insert(id), "{id} twice");
            assert!(id.starts_with(&expect.replace(['.', '_'], "-")), "{id} expects {expect}");
            assert!(!why.is_empty() && !why.ends_with('.'), "{id}: {why}");
            assert!(
                id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
        }
    }

    /// A change that reaches nothing (a group that is not there, a key that is not in the map) would leave a
    /// scenario right that claims to be wrong.
    #[test]
    fn every_case_differs_from_the_one_in_which_all_is_right() {
        let right = World::fixed().scenario("", "", "ok").to_json();
        let mut same: Vec<_> = Vec::new();
        for scenario in all() {
            let mut json = scenario.to_json();
            for field in ["id", "why", "expect", "claims", "over_disclosed"] {
                json[field] = right[field].clone();
            }
            if json == right {
                same.push(scenario.id);
            }
        }
        assert_eq!(same, ["ok-hotel"]);
    }

    #[test]
    fn the_same_bytes_every_time() {
        let (one, other) = (all(), all());
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one.to_json().to_string(), other.to_json().to_string());
        }
    }
}
