//! Any bytes in the place of one CBOR item that nobody reads, signed by those who should: accepted exactly if they are an
//! item of FORMAT.md's encoding. What we accept ciborium and coset accept too, and read the same.
//!
//! The first byte says where the item stands; the rest is the item.

use std::cell::RefCell;

use ciborium::Value;
use coset::{CoseSign1, TaggedCborSerializable as _};
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::{Cbor, World};

use crate::Seed;
use crate::signing::{GOODS, SCENARIOS};
use crate::strict::{Dialect, after_item, is_item};
use crate::token::Sign1;
use crate::wire;

/// A claim that the format leaves free.
const FREE_KEY: u64 = 4711;
const DEEPEST: u8 = 12;
const TOKEN_BYTES: usize = 2048;

thread_local! {
    // The sandbox takes plain functions to change what it signs.
    static ITEM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn item() -> Cbor {
    Cbor::Raw(ITEM.with_borrow(Vec::clone))
}

pub fn cbor(data: &[u8]) {
    let Some((&place, bytes)) = data.split_first() else { return };
    ITEM.set(bytes.to_vec());
    let mut world = GOODS[0].scenario.world.clone();
    let add_claim = |claims: &mut Cbor| claims.put(FREE_KEY, item());
    match place % 4 {
        0 => world.showing.binding.tampering.payload = add_claim,
        1 => world.showing.credential.tampering.payload = add_claim,
        // A whole disclosure, whose digest the issuer signs.
        2 => {
            world.showing.credential.change(11, |group| group.disclosure = |disclosure| *disclosure = item())
        }
        _ => {
            world.publisher.size = 1;
            world.publisher.tampering.payload = add_claim;
            return status_list(&world, bytes);
        }
    }
    let token = world.showing.token();
    let answer = GOODS[0].verifier.check(&wire::base64url(&token), GOODS[0].scenario.now());
    let code = answer.as_ref().err().map(|refusal| refusal.code());
    if let Err(refusal) = &answer {
        crate::says_something(refusal);
    }
    // A claim stands in a map; a disclosure's depth is counted afresh.
    let depth = if place % 4 == 2 { DEEPEST } else { DEEPEST - 1 };
    let is_right = is_item(bytes, Dialect::Deterministic, depth);
    if token.len() > TOKEN_BYTES {
        assert_eq!(code, Some(Code::PayloadTooLong));
    } else if place % 4 == 2 {
        assert_eq!(code == Some(Code::PayloadCbor), !is_right, "{bytes:02x?}: {code:?}");
        assert!(code.is_none_or(|code| code != Code::DisclosureUnmatched), "{bytes:02x?}");
    } else {
        assert_eq!(code.is_none(), is_right, "{bytes:02x?}: {code:?}");
    }
    if code.is_none() {
        agrees_with_coset(&token);
    }
    if is_right && token.len() <= TOKEN_BYTES {
        agrees_with_ciborium(bytes);
    }
}

/// In a third party's token.
fn status_list(world: &World, bytes: &[u8]) {
    let list = world.publisher.status_list();
    let opened = GOODS[0].verifier.with_status_list(&list, GOODS[0].scenario.now());
    assert_eq!(opened.is_ok(), is_item(bytes, Dialect::ThirdParty, DEEPEST - 1), "{bytes:02x?}");
    if opened.is_ok() {
        let other = CoseSign1::from_tagged_slice(&list).expect("coset reads what we opened");
        let own = Sign1::parse(&list);
        assert_eq!((other.payload, other.signature), (Some(own.payload), own.signature));
    }
}

fn agrees_with_coset(token: &[u8]) {
    let other = CoseSign1::from_tagged_slice(token).expect("coset reads what we accept");
    let own = Sign1::parse(token);
    assert_eq!(other.protected.original_data, Some(own.protected));
    assert_eq!((other.payload, other.signature), (Some(own.payload), own.signature));
}

/// ciborium reads the item, to its end, and its value written in the one right form is the item again. It knows no simple
/// values but false, true and null.
fn agrees_with_ciborium(bytes: &[u8]) {
    if has_other_simple_value(bytes) {
        return;
    }
    let mut rest = bytes;
    let value: Value = ciborium::from_reader(&mut rest).expect("ciborium reads what we accept");
    assert!(rest.is_empty());
    let mut written = Vec::new();
    write(&value, &mut written);
    assert_eq!(written, bytes);
}

/// Looks at every head of a good item.
fn has_other_simple_value(mut bytes: &[u8]) -> bool {
    while let Some(&first) = bytes.first() {
        match first >> 5 {
            // The head alone: what is inside comes next.
            4 | 5 => {
                let length = match first & 31 {
                    0..24 => 0,
                    more => 1 << (more - 24),
                };
                bytes = &bytes[1 + length..];
                continue;
            }
            7 if !matches!(first, 0xf4..=0xf6) => return true,
            _ => {}
        }
        bytes = after_item(bytes, Dialect::Deterministic, DEEPEST).unwrap();
    }
    false
}

fn write(value: &Value, out: &mut Vec<u8>) {
    let mut head = |major: u8, argument: u64| {
        let bytes = argument.to_be_bytes();
        let (information, width) = match argument {
            0..24 => (bytes[7], 0),
            24..0x100 => (24, 1),
            0x100..0x1_0000 => (25, 2),
            0x1_0000..0x1_0000_0000 => (26, 4),
            _ => (27, 8),
        };
        out.push(major << 5 | information);
        out.extend(&bytes[8 - width..]);
    };
    match value {
        Value::Integer(number) => {
            let number = i128::from(*number);
            match u64::try_from(number) {
                Ok(number) => head(0, number),
                Err(_) => head(1, u64::try_from(-1 - number).unwrap()),
            }
        }
        Value::Bytes(bytes) => {
            head(2, bytes.len() as u64);
            out.extend(bytes);
        }
        Value::Text(text) => {
            head(3, text.len() as u64);
            out.extend(text.bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map(entries) => {
            head(5, entries.len() as u64);
            let written = |value: &Value| {
                let mut out = Vec::new();
                write(value, &mut out);
                out
            };
            let mut entries: Vec<_> =
                entries.iter().map(|(key, value)| (written(key), written(value))).collect();
            entries.sort();
            entries.iter().for_each(|(key, value)| out.extend(key.iter().chain(value)));
        }
        Value::Bool(value) => head(7, if *value { 21 } else { 20 }),
        Value::Null => head(7, 22),
        other => panic!("{other:?} in a deterministic item"),
    }
}

/// The items of the suites in every place, and the disclosures of all scenarios.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let mut seeds = Vec::new();
    for suite in ["cbor-wg/appendix-a", "cbor-wg/good", "cbor-wg/bad", "qcbor/not_well_formed"] {
        let path = format!("{}/../tests/suites/{suite}.json", env!("CARGO_MANIFEST_DIR"));
        let suite: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for case in suite["cases"].as_array().unwrap() {
            let item = hex::decode(case["hex"].as_str().unwrap()).unwrap();
            if item.len() <= 1024 {
                seeds.extend((0..4).map(|place| [&[place], &item[..]].concat()));
            }
        }
    }
    let groups = SCENARIOS.iter().flat_map(|scenario| &scenario.world.showing.credential.groups);
    for group in groups {
        let salt = Cbor::Bytes(vec![7; 16]);
        let disclosure = Cbor::Array(vec![salt, group.value.clone(), group.number.into()]).encode();
        seeds.push([&[2], &disclosure[..]].concat());
    }
    // The suites have no map with one key twice, none whose keys are the wrong way round by one rule only, and not the first
    // simple value of two bytes.
    for item in [
        &[0xf8, 31][..],
        &[0xf8, 32],
        &[0xa2, 0, 0, 0, 0],
        &[0xa2, 0, 0, 0, 1],
        &[0xa2, 0x61, b'a', 0, 0x61, b'a', 0],
        &[0x81, 0xa3, 0, 0, 1, 0, 1, 0],
        &[0xa1, 0, 0xa2, 0x40, 0, 0x40, 0],
        &[0xa2, 0x20, 0, 0x18, 24, 0],
        &[0xa2, 0x18, 24, 0, 0x20, 0],
        &[0xa2, 0x62, b'a', b'a', 0, 0x61, b'b', 0],
        &[0xa2, 0x61, b'b', 0, 0x62, b'a', b'a', 0],
    ] {
        for place in 0..4 {
            seeds.push([&[place], item].concat());
        }
    }
    for depth in 10..14 {
        for place in 0..4 {
            seeds.push([&[place][..], &vec![0x81; depth], &[0]].concat());
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds.into_iter().enumerate().map(|(n, input)| Seed { target: "cbor", name: format!("item-{n}"), input })
}
