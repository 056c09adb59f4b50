//! Status lists: edited as they are, or edited and signed anew by the publisher, and lists whose zlib is the input. Opened
//! is only what the publisher signed; what zlib we inflate another inflates too, to the same values.
//!
//! Byte 0 picks the list, byte 1 says what is edited and who signs; the rest are the edits.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use coset::{CoseSign1, TaggedCborSerializable as _};
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::Key;

use crate::Seed;
use crate::edit::{KINDS, ONE_ENTRY_MORE, edit};
use crate::script::Script;
use crate::signing::{GOODS, Good, SCENARIOS, signed};
use crate::strict::{Dialect, is_item};
use crate::token::Sign1;
use crate::tree::{Node, split_item};
use crate::wire;

const MOST_EDITS: usize = 6;
const MOST_BYTES: usize = 4 << 20;

/// Lists longer than this, inflated, make a run slow.
const FEW_BYTES: usize = 1 << 16;

/// The lists of the scenarios that the first one's publisher signed.
static ALL: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let lists = SCENARIOS.iter().flat_map(|scenario| &scenario.status_lists);
    let opens = |list: &&Vec<u8>| {
        let kid = GOODS[0].scenario.world.publisher.kid;
        let is_theirs = list.windows(kid.len()).any(|window| window == kid);
        is_theirs && GOODS[0].verifier.with_status_list(list, GOODS[0].scenario.now()).is_ok()
    };
    lists.filter(opens).cloned().collect::<BTreeSet<_>>().into_iter().collect()
});

/// Those that are edited.
static LISTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let is_short = |list: &&Vec<u8>| Model::read(list).unwrap().values.len() <= FEW_BYTES;
    ALL.iter().filter(is_short).cloned().collect()
});

pub fn status_list(data: &[u8]) {
    let mut script = Script(data);
    let original = &LISTS[usize::from(script.byte().unwrap_or(0)) % LISTS.len()];
    let what = script.byte().unwrap_or(0) % 5;
    let good = &GOODS[0];
    let key = good.scenario.world.publisher.key;
    let edited = match what {
        0 => {
            let mut bytes = original.clone();
            edits(&mut bytes, original, &mut script);
            bytes
        }
        1 | 2 => {
            let Some(mut object) = parsed(original) else { return };
            let Some(donor) = parsed(&LISTS[script.pick(LISTS.len())]) else { return };
            match what {
                1 => edits(&mut object.protected, &donor.protected, &mut script),
                _ => edits(&mut object.payload, &donor.payload, &mut script),
            }
            signed(object, |bytes| key.sign(bytes)).encode()
        }
        // zlib of any bytes, right or not.
        _ => with_zlib(good, script.byte().unwrap_or(0), script.0, &key),
    };

    let opened = good.verifier.with_status_list(&edited, good.scenario.now());
    if let Err(refusal) = &opened {
        crate::says_something(refusal);
    }
    let is_signed = what != 0 || LISTS.iter().any(|list| signed_parts(list) == signed_parts(&edited));
    let expected = is_signed.then(|| Model::read(&edited)).flatten();
    assert_eq!(opened.is_ok(), expected.is_some(), "{:?}", opened.err());
    let (Ok(desk), Some(expected)) = (opened, expected) else { return };

    // The credential's index in it, where it is the list that the credential means, and newer than the desk's own.
    let (publisher, credential) = (&good.scenario.world.publisher, &good.scenario.world.showing.credential);
    let (_, index) = credential.short_status.unwrap();
    if expected.uri == publisher.uri && expected.issued_at >= publisher.iat {
        let answer = desk.check(&wire::base45(&good.token), good.scenario.now());
        let found = answer.as_ref().err().map(|refusal| refusal.code());
        assert_eq!(found, expected.code(index, good.scenario.now), "index {index}");
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

/// The object, if it is one without further tags.
fn parsed(list: &[u8]) -> Option<Sign1> {
    list.starts_with(&[0xd2, 0x84]).then(|| Sign1::parse(list))
}

/// A list of the first scenario's publisher, with these bytes for zlib.
fn with_zlib(good: &Good, bits: u8, zlib: &[u8], key: &Key) -> Vec<u8> {
    let mut world = good.scenario.world.clone();
    world.publisher.size = 1;
    world.publisher.bits = 1 << (bits % 4);
    let mut object = Sign1::parse(&world.publisher.status_list());
    let mut list = Node::parse(&object.payload).unwrap();
    let place =
        (0..list.count()).find(|&place| list.at(place).is_some_and(|node| node.as_text() == Some("lst")));
    let zlib = zlib.get(..zlib.len().min(30_000)).unwrap_or_default();
    *list.at(place.unwrap() + 1).unwrap() = Node::Leaf(crate::token::byte_string(zlib));
    object.payload = list.encode();
    signed(object, |bytes| key.sign(bytes)).encode()
}

/// The protected header, the payload and the signature. The unprotected header is not signed and free, and so are further
/// tags around the object.
fn signed_parts(object: &[u8]) -> Option<[&[u8]; 3]> {
    let start = object.iter().position(|&byte| byte == 0x84)?;
    let (protected, rest) = split_item(&object[start + 1..])?;
    let (_unprotected, rest) = split_item(rest)?;
    let (payload, signature) = split_item(rest)?;
    Some([protected, payload, signature])
}

/// What a token says, if it is a status list of the first scenario's publisher (FORMAT.md, Status list token): by our own
/// rules of encoding, by coset and by another inflater.
struct Model {
    uri: String,
    issued_at: u64,
    expires_at: Option<u64>,
    bits: u8,
    values: Vec<u8>,
}

impl Model {
    fn read(token: &[u8]) -> Option<Self> {
        if !is_item(token, Dialect::ThirdParty, 12) {
            return None;
        }
        // Further tags around it are free.
        let mut object = token;
        while object.first() != Some(&0xd2) {
            let first = *object.first().filter(|first| *first >> 5 == 6)?;
            let head = 1 + if first & 31 < 24 { 0 } else { 1_usize << ((first & 31) - 24) };
            object = &object[head..];
        }
        let Node::Tag(_, inside) = Node::parse(object)? else { return None };
        let parts = inside.items()?;
        let [protected, unprotected @ Node::Map(_), payload, signature] = parts else { return None };
        if signature.as_bytes()?.len() != 64 || unprotected.get(&[2]).is_some() {
            return None;
        }
        let [protected, payload] = [protected.as_bytes()?, payload.as_bytes()?];
        if ![&protected, &payload].iter().all(|bytes| is_item(bytes, Dialect::ThirdParty, 12)) {
            return None;
        }
        let header = Node::parse(&protected)?;
        header.keys()?;
        let publisher = &GOODS[0].scenario.world.publisher;
        let is_ours = header.get(&[1])?.encode() == [0x32]
            && header.get(&[2]).is_none()
            && header.get(&[4])?.as_bytes()? == publisher.kid
            && header.get(&[16])?.as_text()? == "application/statuslist+cwt";
        let claims = Node::parse(&payload)?;
        let list = claims.get(&[0x19, 0xff, 0xfd])?;
        let bits = list.get(b"\x64bits")?.as_uint()?;
        if !is_ours || !matches!(bits, 1 | 2 | 4 | 8) {
            return None;
        }
        let expires_at = match claims.get(&[4]) {
            Some(exp) => Some(exp.as_uint()?),
            None => None,
        };
        let values = inflated(&list.get(b"\x63lst")?.as_bytes()?)?;
        agrees_with_coset(object, &payload);
        Some(Self {
            uri: claims.get(&[2])?.as_text()?.into(),
            issued_at: claims.uint_at(6)?,
            expires_at,
            bits: u8::try_from(bits).ok()?,
            values,
        })
    }

    /// What comes of the credential with this index.
    fn code(&self, index: u64, now: u64) -> Option<Code> {
        if now + 60 < self.issued_at {
            return Some(Code::ClockBehind);
        }
        let age = now.saturating_sub(self.issued_at);
        if self.expires_at.is_some_and(|expires_at| now >= expires_at) || age > 86_400 {
            return Some(Code::StatusStale);
        }
        let bit = usize::try_from(index).unwrap() * usize::from(self.bits);
        let Some(byte) = self.values.get(bit / 8) else { return Some(Code::StatusIndex) };
        match u16::from(byte >> (bit % 8)) & ((1 << self.bits) - 1) {
            0 => None,
            1 => Some(Code::StatusRevoked),
            2 => Some(Code::StatusSuspended),
            3 => Some(Code::StatusOutdated),
            _ => Some(Code::StatusUnknown),
        }
    }
}

/// coset does not read every header that is free here; what it reads is the same.
fn agrees_with_coset(object: &[u8], payload: &[u8]) {
    if let Ok(other) = CoseSign1::from_tagged_slice(object) {
        assert_eq!(other.payload.as_deref(), Some(payload));
    }
}

/// The whole of one zlib stream of at most 4 MiB, by an inflater that we do not use.
fn inflated(zlib: &[u8]) -> Option<Vec<u8>> {
    let inflate = |zlib: &[u8]| fdeflate::decompress_to_vec_bounded(zlib, MOST_BYTES + 1).ok();
    let values = inflate(zlib)?;
    // It reads ahead and does not say how far: what ends before the last byte is followed by others.
    let is_whole = inflate(&zlib[..zlib.len() - 1]).is_none();
    (is_whole && values.len() <= MOST_BYTES).then_some(values)
}

fn zlib_of(claims: &Node) -> Option<Vec<u8>> {
    claims.get(&[0x19, 0xff, 0xfd])?.get(b"\x63lst")?.as_bytes()
}

/// Every list as it stands and with one edit of each kind by either hand, and its zlib by itself.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let seed = |name: String, input: Vec<u8>| Seed { target: "status_list", name, input };
    let mut seeds = Vec::new();
    for (place, list) in (0..).zip(LISTS.iter()) {
        for what in 0..3 {
            seeds.push(seed(format!("plain-{place}-{what}"), vec![place, what]));
            for kind in 0..KINDS {
                let [at, more] = [kind * 19, 3];
                let mut script = vec![place, what];
                if what > 0 {
                    script.extend([0, at]);
                }
                script.extend([kind, 0, at, 0, more, 0, 5, 1, 2, 3, 4]);
                seeds.push(seed(format!("edit-{place}-{what}-{kind}"), script));
            }
        }
        // A critical header in every map there is: one of them is not signed.
        for item in 0..Node::parse(list).map_or(0, |list| u8::try_from(list.count()).unwrap()) {
            seeds.push(seed(
                format!("critical-{place}-{item}"),
                vec![place, 0, ONE_ENTRY_MORE, 0, item, 0, 0, 2, 0],
            ));
        }
        let Some(object) = parsed(list) else { continue };
        let claims = Node::parse(&object.payload).unwrap();
        let zlib = zlib_of(&claims).unwrap();
        for bits in 0..4 {
            seeds.push(seed(format!("zlib-{place}-{bits}"), [&[0, 3, bits], &zlib[..]].concat()));
        }
        seeds.push(seed(format!("zlib-cut-{place}"), [&[0, 3, 1], &zlib[..zlib.len() - 1]].concat()));
        seeds.push(seed(format!("zlib-more-{place}"), [&[0, 3, 1], &zlib[..], &[0]].concat()));
    }
    // The longest that is allowed, and one that is longer.
    for id in ["ok-status-list-of-4-mib", "status-too-large"] {
        let scenario = SCENARIOS.iter().find(|scenario| scenario.id == id).unwrap();
        let claims = Node::parse(&Sign1::parse(&scenario.status_lists[0]).payload).unwrap();
        let zlib = zlib_of(&claims).unwrap();
        seeds.push(seed(format!("zlib-{id}"), [&[0, 3, 0], &zlib[..]].concat()));
    }
    // Stored, fixed and dynamic blocks, and none.
    for (name, zlib) in [
        ("stored", "78010103 00fcff 010203 000d0007"),
        ("empty", "789c030000000001"),
        ("draft-1", "78dadbb918000217015d"),
        ("draft-2", "78da3be9f2130003df0207"),
    ] {
        let zlib = hex::decode(zlib.replace(' ', "")).unwrap();
        seeds.push(seed(format!("zlib-{name}"), [&[0, 3, 1], &zlib[..]].concat()));
    }
    seeds.into_iter()
}
