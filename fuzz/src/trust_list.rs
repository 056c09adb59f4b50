//! Trust lists: edited as they are, or edited and signed anew by the operator. Opened is only what the operator signed, and
//! of that exactly what FORMAT.md allows.
//!
//! Byte 0 picks the list, byte 1 says who signs; then the clock, the floor, and the edits.

use curve25519_dalek::edwards::CompressedEdwardsY;
use eid_verifier::{Anchor, Floor, TrustList, UnixTime};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::Seed;
use crate::edit::{KINDS, edit};
use crate::script::Script;
use crate::signing::{SCENARIOS, signed};
use crate::strict::{Dialect, is_item};
use crate::token::Sign1;
use crate::tree::Node;

const MOST_EDITS: usize = 6;
const DAY: u64 = 86_400;

/// Every list of a scenario that its operator signed.
static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let anchor = [Anchor::danger_sandbox()];
    let opens = |list: &Vec<u8>, now| TrustList::open(list, &anchor, Floor::FirstInstallation, now).is_ok();
    let lists = SCENARIOS.iter().filter(|scenario| opens(&scenario.trust_list, scenario.now()));
    lists.map(|scenario| scenario.trust_list.clone()).collect::<BTreeSet<_>>().into_iter().collect()
});

pub fn trust_list(data: &[u8]) {
    let mut script = Script(data);
    let original = &LISTS[usize::from(script.byte().unwrap_or(0)) % LISTS.len()];
    let signs = script.byte().unwrap_or(0) % 4;
    let now = match script.byte().unwrap_or(0) {
        0..200 => SCENARIOS[0].now,
        200..220 => script.u64(),
        // About the borders of its own times.
        place => {
            let list = Sign1::parse(original).payload;
            let times = Node::parse(&list).map(|list| [3, 5].map(|key| list.uint_at(key).unwrap_or(0)));
            let time = times.unwrap_or_default()[usize::from(place % 2)];
            time.saturating_add_signed(i64::from(script.byte().unwrap_or(0) % 3) - 1)
        }
    };
    let floor = floor(&mut script, original);
    let edited = if signs == 0 {
        let mut bytes = original.clone();
        edits(&mut bytes, original, &mut script);
        bytes
    } else {
        let mut object = Sign1::parse(original);
        let donor = Sign1::parse(&LISTS[script.pick(LISTS.len())]);
        match signs {
            1 => edits(&mut object.protected, &donor.protected, &mut script),
            _ => edits(&mut object.payload, &donor.payload, &mut script),
        }
        if object.payload.len() > 65_535 {
            return;
        }
        signed(object, |bytes| SCENARIOS[0].world.operator.key.sign(bytes)).encode()
    };

    let anchors = [Anchor::danger_sandbox()];
    let opened = TrustList::open(&edited, &anchors, floor, UnixTime::from_secs(now));
    if let Err(refusal) = &opened {
        crate::says_something(refusal);
    }
    let is_signed = LISTS.contains(&edited) || signs != 0;
    let model = is_signed.then(|| Model::read(&edited)).flatten();
    let expected = model.filter(|model| model.may_be_opened(floor, &edited, now));
    assert_eq!(opened.is_ok(), expected.is_some(), "{:?}", opened.err());
    if let (Ok(opened), Some(expected)) = (opened, expected) {
        assert_eq!(opened.name(), expected.name);
        assert_eq!(
            (opened.sequence(), opened.issued_at().as_secs(), opened.expires_at().as_secs()),
            (expected.sequence, expected.issued_at, expected.expires)
        );
        assert_eq!(opened.floor(), expected.floor(&edited));
    }
}

fn edits(bytes: &mut Vec<u8>, donor: &[u8], script: &mut Script<'_>) {
    for _ in 0..MOST_EDITS {
        if !script.is_left() {
            break;
        }
        edit(bytes, donor, script);
    }
}

/// None, or one about the list's own.
fn floor(script: &mut Script<'_>, original: &[u8]) -> Floor {
    let Some(choice) = script.byte().filter(|choice| *choice >= 128) else { return Floor::FirstInstallation };
    let model = Model::read(original).unwrap();
    let Floor::Seen { sequence, sha256, issued_at } = model.floor(original) else { unreachable!() };
    let by = |place: u8| i64::from(choice >> place & 3) - 1;
    let mut sha256 = sha256;
    sha256[0] ^= choice >> 6 & 1;
    Floor::Seen {
        sequence: sequence.saturating_add_signed(by(0)),
        sha256,
        issued_at: UnixTime::from_secs(issued_at.as_secs().saturating_add_signed(by(2))),
    }
}

/// What a list says, if it is one (FORMAT.md, Trust list): written down without a look at the library.
struct Model {
    name: String,
    sequence: u64,
    issued_at: u64,
    expires: u64,
    names: Vec<String>,
    kids: Vec<Vec<u8>>,
    points: Vec<Vec<u8>>,
}

impl Model {
    fn read(bytes: &[u8]) -> Option<Self> {
        // The tag, and below it one item that is an array of four.
        let rest = bytes.strip_prefix(&[0xd2])?;
        if !is_item(rest, Dialect::Deterministic, 11) {
            return None;
        }
        let Node::Array(parts) = Node::parse(rest)? else { return None };
        let [protected, Node::Map(unprotected), payload, signature] = &parts[..] else { return None };
        if !unprotected.is_empty() || signature.as_bytes()?.len() != 64 {
            return None;
        }
        let [protected, payload] = [protected.as_bytes()?, payload.as_bytes()?];
        if ![&protected, &payload].iter().all(|bytes| is_item(bytes, Dialect::Deterministic, 12)) {
            return None;
        }
        let typ = [&[0x78, 30][..], b"application/lz-trust-list+cbor"].concat();
        let kid = eid_verifier::sandbox::TestAnchor::danger_public().kid;
        if protected != [&[0xa3, 1, 0x32, 4, 0x48][..], &kid, &[0x10], &typ].concat() {
            return None;
        }
        let list = Node::parse(&payload)?;
        has_keys(&list, &[0, 1, 2, 3, 4, 5, 6], &[])?;
        list.uint_at(4)?;
        let mut model = Self {
            name: list.get(&[1])?.as_text()?.into(),
            sequence: list.uint_at(2)?,
            issued_at: list.uint_at(3)?,
            expires: list.uint_at(5)?,
            names: Vec::new(),
            kids: Vec::new(),
            points: Vec::new(),
        };
        let lives = model.expires.checked_sub(model.issued_at)?;
        let issuers = list.get(&[6])?.items()?;
        if list.uint_at(0) != Some(1) || lives > 90 * DAY || !(1..=256).contains(&issuers.len()) {
            return None;
        }
        issuers.iter().try_for_each(|issuer| model.add(issuer))?;
        Some(model)
    }

    fn add(&mut self, issuer: &Node) -> Option<()> {
        has_keys(issuer, &[1, 2, 3, 5], &[4])?;
        self.names.push(issuer.get(&[1])?.as_text()?.into());
        issuer.get(&[2])?.as_text()?;
        if let Some(prefix) = issuer.get(&[4]) {
            prefix.as_text()?;
        }
        let regions = issuer.get(&[3])?.items()?;
        let is_region = |region: &Node| {
            let digits = region.as_uint()?;
            let is_code = matches!(digits, 10..100 | 1_000..10_000 | 100_000..1_000_000) && digits % 100 != 0;
            (digits == 0 || is_code).then_some(())
        };
        regions.iter().try_for_each(is_region)?;
        let keys = issuer.get(&[5])?.items()?;
        if !(1..=64).contains(&regions.len()) || !(1..=16).contains(&keys.len()) {
            return None;
        }
        for key in keys {
            has_keys(key, &[1, 2, 3, 4, 5], &[6])?;
            let kid = key.get(&[1])?.as_bytes()?;
            let cose_key = key.get(&[2])?;
            has_keys(cose_key, &[1, 0x20, 0x21], &[])?;
            let x = cose_key.get(&[0x21])?.as_bytes()?;
            if kid.len() != 8 || cose_key.uint_at(1) != Some(1) || cose_key.get(&[0x20])?.as_uint() != Some(6)
            {
                return None;
            }
            if !is_usable_point(&x) {
                return None;
            }
            [3, 4, 5].iter().try_for_each(|number| key.uint_at(*number).map(drop))?;
            if let Some(documents) = key.get(&[6]) {
                documents.items()?.iter().try_for_each(|document| document.as_uint().map(drop))?;
            }
            self.kids.push(kid);
            self.points.push(x);
        }
        Some(())
    }

    fn floor(&self, bytes: &[u8]) -> Floor {
        Floor::Seen {
            sequence: self.sequence,
            sha256: Sha256::digest(bytes).into(),
            issued_at: UnixTime::from_secs(self.issued_at),
        }
    }

    fn may_be_opened(&self, floor: Floor, bytes: &[u8], now: u64) -> bool {
        fn are_distinct<T: Ord>(all: &[T]) -> bool {
            all.iter().collect::<BTreeSet<_>>().len() == all.len()
        }
        let is_above = match floor {
            Floor::FirstInstallation => true,
            Floor::Seen { sequence, sha256, issued_at } => {
                let is_same = sha256[..] == Sha256::digest(bytes)[..];
                (self.sequence > sequence || (self.sequence == sequence && is_same))
                    && self.issued_at >= issued_at.as_secs()
            }
        };
        now < self.expires
            && are_distinct(&self.names)
            && are_distinct(&self.kids)
            && are_distinct(&self.points)
            && is_above
    }
}

/// Whether this map has these keys, and of the others some, each of one byte.
fn has_keys(map: &Node, all: &[u8], some: &[u8]) -> Option<()> {
    let keys = map.keys()?;
    let is_known = |key: &Vec<u8>| matches!(key[..], [key] if all.contains(&key) || some.contains(&key));
    let is_there = |key: &u8| keys.iter().any(|own| own[..] == [*key]);
    (keys.iter().all(is_known) && all.iter().all(is_there)).then_some(())
}

fn is_usable_point(x: &[u8]) -> bool {
    let Ok(encoded) = CompressedEdwardsY::from_slice(x) else { return false };
    encoded.decompress().is_some_and(|point| point.compress() == encoded && !point.is_small_order())
}

/// Every list as it stands and with one edit of each kind by either hand, and one edit of every item of the first.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let seed = |name: String, input: Vec<u8>| Seed { target: "trust_list", name, input };
    let mut seeds = Vec::new();
    for (place, list) in (0..).zip(LISTS.iter()) {
        for signs in 0..4 {
            seeds.push(seed(format!("plain-{place}-{signs}"), vec![place, signs, 0, 0]));
        }
        for floor in [128, 0x95, 0x90, 0x94, 0x96, 0x99, 0xd5, 0xd4] {
            seeds.push(seed(format!("floor-{place}-{floor}"), vec![place, 0, 0, floor]));
        }
        for border in [220, 221] {
            for by in 0..3 {
                seeds.push(seed(format!("border-{place}-{border}-{by}"), vec![place, 0, border, by, 0]));
            }
        }
        let items = if place == 0 { Node::parse(&Sign1::parse(list).payload).unwrap().count() } else { 20 };
        for (item, kind) in (0..items).flat_map(|item| (0..KINDS).map(move |kind| (item, kind))) {
            if (item + usize::from(kind)) % 4 == 0 {
                let [high, low] = u16::try_from(item).unwrap().to_be_bytes();
                let edit = [place, 2, 0, 0, 0, 1, kind, high, low, 0, 0, 1, 0, 2, 0, 3];
                seeds.push(seed(format!("edit-{place}-{item}-{kind}"), edit.into()));
            }
        }
    }
    seeds.into_iter()
}
