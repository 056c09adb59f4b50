//! Presentations edited and signed anew, so that the steps behind the signatures are reached: by the phone alone, which may
//! show what it likes of a credential that it cannot change, or by the issuer too.
//!
//! Byte 0 picks the scenario, byte 1 says who signs; then one byte for the field that is edited, and the edit, up to six times.

use std::collections::BTreeSet;

use eid_verifier::refusal::Code;
use eid_verifier::{MemoryLedger, UnixTime};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::Seed;
use crate::case::returned;
use crate::edit::{KINDS, ONE_CHILD_LESS, edit};
use crate::script::Script;
use crate::signing::{GOODS, Good, issuers, keys};
use crate::strict::{Dialect, is_item};
use crate::token::{Fields, Sign1, byte_string, put_together};
use crate::tree::Node;
use crate::wire;

/// Edits, at most.
pub const MOST_FIELDS: usize = 6;
const TOKEN_BYTES: usize = 2048;

/// Places in [`Fields`].
const HEADER: usize = 1;
const DISCLOSURES: usize = 2;
const CLAIMS: usize = 3;
const ISSUER_SIGNATURE: usize = 4;
const PAYLOAD: usize = 5;
const DEVICE_SIGNATURE: usize = 6;

const SD_CLAIMS: u8 = 0x11;

pub fn resigned(data: &[u8]) {
    let mut script = Script(data);
    let good = &GOODS[usize::from(script.byte().unwrap_or(0)) % GOODS.len()];
    let issuer_signs = script.byte().unwrap_or(0) % 2 == 1;
    let mut fields = good.fields.clone();
    for _ in 0..MOST_FIELDS {
        if !edit_field(&mut fields, issuer_signs, &mut script) {
            break;
        }
    }
    sign(good, &mut fields, issuer_signs);
    let token = put_together(&fields);
    judge(good, &fields, &token);
}

/// One edit of a field that whoever signs may change; none where the script is over.
pub fn edit_field(fields: &mut Fields, issuer_signs: bool, script: &mut Script<'_>) -> bool {
    let Some(what) = script.byte() else { return false };
    let field = match what % 4 {
        0 | 1 => DISCLOSURES,
        2 if issuer_signs => CLAIMS,
        3 if issuer_signs && what >= 128 => HEADER,
        _ => PAYLOAD,
    };
    let donor = &GOODS[usize::from(script.byte().unwrap_or(0)) % GOODS.len()];
    edit(&mut fields[field], &donor.fields[field], script);
    true
}

/// Signs anew what is there: the phone, and the issuer where it does.
pub fn sign(good: &Good, fields: &mut Fields, issuer_signs: bool) {
    let showing = &good.scenario.world.showing;
    if issuer_signs {
        let signed = to_be_signed(&fields[HEADER], &fields[CLAIMS]);
        fields[ISSUER_SIGNATURE] = showing.credential.signer.sign(&signed);
    }
    let binding = Sign1::parse(&put_together(fields));
    fields[DEVICE_SIGNATURE] = showing.binding.phone.sign(&binding.to_be_signed());
}

fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    [&b"\x84\x6aSignature1"[..], &byte_string(protected), b"\x40", &byte_string(payload)].concat()
}

fn judge(good: &Good, fields: &Fields, token: &[u8]) {
    let now = good.scenario.now();
    let ledger = MemoryLedger::new(10, UnixTime::from_secs(0), [7; 16]);
    let scanned = wire::base45(token);
    let answer = match &good.challenge {
        Some(challenge) => good.verifier.verify_challenged(&scanned, challenge, &ledger, now),
        None => good.verifier.verify(&scanned, &ledger, now),
    };
    let code = answer.as_ref().err().map(|refusal| refusal.code());
    if let Err(refusal) = &answer {
        crate::says_something(refusal);
    }
    if token.len() > TOKEN_BYTES {
        assert_eq!(code, Some(Code::PayloadTooLong));
        return;
    }
    let has_changed = |field: usize| fields[field] != good.fields[field];
    if ![HEADER, DISCLOSURES, CLAIMS, PAYLOAD].into_iter().any(has_changed) {
        assert_eq!(code, None, "refused as it stands");
    }
    let claims = Node::parse(&fields[CLAIMS]);
    let shown = shown(fields, claims.as_ref());
    if ![HEADER, CLAIMS, PAYLOAD].into_iter().any(has_changed) {
        let found = answers_disclosures(code);
        match shown.as_ref().err().copied() {
            // What is not one item may still be one together with what stands behind it.
            Some(Wrong::Item) => assert!(matches!(found, Some(Wrong::Cbor | Wrong::Header)), "{code:?}"),
            expected => assert_eq!(found, expected, "{code:?}"),
        }
    }
    if let Ok(guest) = answer {
        let claims = claims.expect("admitted, and its claims are no item");
        let payload = Node::parse(&fields[PAYLOAD]).expect("admitted, and its payload is no item");
        let mut groups = shown.expect("admitted, and what it shows is not the issuer's");
        clear(&claims, &mut groups).expect("admitted, and a group is in the clear and disclosed");
        let all = [&fields[HEADER], &fields[CLAIMS], &fields[PAYLOAD]];
        assert!(all.iter().all(|field| is_item(field, Dialect::Deterministic, 12)));
        may_be_admitted(good, &fields[HEADER], &claims, &payload, &groups).expect("admitted against a rule");
        // What comes out is what was signed, and no more than was asked for.
        let policy = &good.scenario.policy;
        groups.retain(|number, _| {
            number
                .parse()
                .is_ok_and(|number| policy.require.contains(&number) || policy.accept.contains(&number))
        });
        assert_eq!(returned(&guest), Value::Object(groups));
    }
}

/// What may be wrong with the disclosures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Item,
    Cbor,
    Header,
    Malformed,
    Unmatched,
    Duplicate,
}

fn answers_disclosures(code: Option<Code>) -> Option<Wrong> {
    match code? {
        Code::PayloadCbor => Some(Wrong::Cbor),
        Code::PayloadShape | Code::HeaderCritical | Code::HeaderUnexpected => Some(Wrong::Header),
        Code::DisclosureMalformed => Some(Wrong::Malformed),
        Code::DisclosureUnmatched => Some(Wrong::Unmatched),
        Code::DisclosureDuplicate => Some(Wrong::Duplicate),
        _ => None,
    }
}

/// The disclosed groups, by the rules of FORMAT.md's Disclosures.
fn shown(fields: &Fields, claims: Option<&Node>) -> Result<Map<String, Value>, Wrong> {
    let header = &fields[DISCLOSURES];
    // Around it are the map of the KBT's protected header, the tag and the array of the SD-CWT.
    if !is_item(header, Dialect::Deterministic, 12 - 3) {
        return Err(Wrong::Item);
    }
    let header = Node::parse(header).ok_or(Wrong::Item)?;
    let keys = header.keys().ok_or(Wrong::Header)?;
    if keys.is_empty() {
        return Ok(Map::new());
    }
    let list = header.get(&[SD_CLAIMS]);
    let byte_strings: Option<Vec<Vec<u8>>> =
        list.and_then(|list| list.items()?.iter().map(Node::as_bytes).collect());
    let count_is_right = |all: &Vec<Vec<u8>>| (1..=9).contains(&all.len());
    let byte_strings = byte_strings.filter(count_is_right);
    // What is malformed in a disclosure comes first, the other parameters next.
    let of_cbor = byte_strings.iter().flatten().all(|bytes| is_item(bytes, Dialect::Deterministic, 12));
    if !of_cbor {
        return Err(Wrong::Cbor);
    }
    if keys != [[SD_CLAIMS]] {
        return Err(Wrong::Header);
    }
    let byte_strings = byte_strings.ok_or(Wrong::Malformed)?;
    let disclosures: Option<Vec<_>> = byte_strings.iter().map(|bytes| disclosure(bytes)).collect();
    let disclosures = disclosures.ok_or(Wrong::Malformed)?;
    let digests: BTreeSet<Vec<u8>> = claims
        .and_then(|claims| licence(claims)?.get(&[0xf8, 59])?.items()?.iter().map(Node::as_bytes).collect())
        .unwrap_or_default();
    let is_known = |bytes: &Vec<u8>| digests.contains(&Sha256::digest(byte_string(bytes)).to_vec());
    if !byte_strings.iter().all(is_known) {
        return Err(Wrong::Unmatched);
    }
    let mut groups = Map::new();
    let mut taken = clear_numbers(claims);
    for (number, value) in disclosures {
        if !taken.insert(number) {
            return Err(Wrong::Duplicate);
        }
        groups.insert(number.to_string(), value);
    }
    Ok(groups)
}

fn licence(claims: &Node) -> Option<&Node> {
    claims.get(&[0x3a, 0, 1, 0, 0])
}

fn clear_numbers(claims: Option<&Node>) -> BTreeSet<u8> {
    (11..=19)
        .filter(|number| claims.and_then(licence).is_some_and(|licence| licence.get(&[*number]).is_some()))
        .collect()
}

/// Puts the groups in the clear beside the disclosed ones; `None` if one is both.
fn clear(claims: &Node, groups: &mut Map<String, Value>) -> Option<()> {
    let licence = licence(claims)?;
    for number in 11..=19 {
        if let Some(value) = licence.get(&[number]) {
            let before = groups.insert(number.to_string(), group(number, value)?);
            if before.is_some() {
                return None;
            }
        }
    }
    Some(())
}

/// `[salt, value, key]`: the key and the value.
fn disclosure(bytes: &[u8]) -> Option<(u8, Value)> {
    let node = Node::parse(bytes)?;
    let [salt, value, key] = node.items()? else { return None };
    let number = u8::try_from(key.as_uint()?).ok().filter(|number| (11..=19).contains(number))?;
    (salt.as_bytes()?.len() == 16).then_some(())?;
    Some((number, group(number, value)?))
}

/// A group as the vectors write it, if it has the shape of FORMAT.md's Claim groups. A date is any integer here.
fn group(number: u8, value: &Node) -> Option<Value> {
    let items = value.items()?;
    let text = |node: &Node| Some(json!(node.as_text()?));
    let uint = |node: &Node| Some(json!(node.as_uint()?));
    let date = |node: &Node| node.is_integer().then(|| json!(node.as_uint()));
    Some(match (number, items) {
        (11, [name, id]) => json!([text(name)?, text(id)?]),
        (12, [sex, ethnicity, birth]) => json!([uint(sex)?, uint(ethnicity)?, date(birth)?]),
        (13, [address]) => json!([text(address)?]),
        (13 | 17, [address, division]) => json!([text(address)?, uint(division)?]),
        (14, [from, until, authority]) => {
            let until = if until.encode() == [0xf6] { Value::Null } else { date(until)? };
            json!([date(from)?, until, text(authority)?])
        }
        (15, ages) => ages.iter().map(uint).collect::<Option<_>>()?,
        (16, [household, kind, relation]) => json!([text(household)?, uint(kind)?, uint(relation)?]),
        (18, [issued, endorsed, authority]) => json!([date(issued)?, date(endorsed)?, text(authority)?]),
        (19, [digest]) => {
            let digest = digest.as_bytes().filter(|digest| digest.len() == 32)?;
            json!([hex::encode(digest)])
        }
        _ => return None,
    })
}

/// Rules of steps 2 to 12 that hold for whatever is admitted, each by itself; `None` if one is broken.
fn may_be_admitted(
    good: &Good,
    header: &[u8],
    claims: &Node,
    payload: &Node,
    groups: &Map<String, Value>,
) -> Option<()> {
    let holds = |rule: bool| rule.then_some(());
    let (world, policy, site) = (&good.scenario.world, &good.scenario.policy, &good.scenario.site);
    let now = good.scenario.now;
    let ahead = now.saturating_add(policy.max_skew);

    // 2 and 4: the headers name a key of the issuer's.
    let iss = claims.get(&[1])?.as_text()?;
    let issuer = issuers(world).find(|issuer| issuer.iss == iss)?;
    let header = Node::parse(header)?;
    let kid = header.get(&[4])?.as_bytes()?;
    let key = keys(issuer).find(|key| key.kid[..] == kid)?;
    holds(header.keys()?.len() == 3 && header.get(&[1])?.encode() == [0x32])?;
    holds(header.uint_at(16) == Some(293))?;
    let [issued_at, expires_at] = [claims.uint_at(6)?, claims.uint_at(4)?];
    holds((key.nbf..key.exp).contains(&issued_at) && (key.nbf..key.exp).contains(&now) && key.uses & 1 == 1)?;
    let licence = licence(claims)?;
    let document = licence.uint_at(1)?;
    holds(key.documents.as_ref().is_none_or(|documents| documents.contains(&document)))?;
    let regions: Vec<u64> = licence.get(&[2])?.items()?.iter().map(Node::as_uint).collect::<Option<_>>()?;
    let covers = |one: u64, other: u64| one == 0 || other.to_string().starts_with(&one.to_string());
    holds(regions.iter().all(|region| issuer.regions.iter().any(|own| covers(*own, *region))))?;

    // 5: dates and document.
    let not_before = claims.get(&[5]).map_or(Some(0), Node::as_uint)?;
    holds(not_before <= issued_at && issued_at < expires_at && expires_at - issued_at <= 31 * 86_400)?;
    holds(issued_at <= ahead && now < expires_at && policy.documents.contains(&document))?;
    // 6: the key is the phone's, for it alone signs.
    holds(
        claims.get(&[8])?.encode()
            == [&[0xa1, 1], &world.showing.binding.phone.cose_key().encode()[..]].concat(),
    )?;
    holds(licence.get(&[5]).map_or(Some(0), Node::as_uint)? >= policy.key_protection)?;
    // 7: freshness.
    let [made_at, runs_out] = [payload.uint_at(6)?, payload.uint_at(4)?];
    holds(made_at < runs_out && runs_out - made_at <= 300 && issued_at <= made_at && runs_out <= expires_at)?;
    holds(made_at <= ahead && now < runs_out && now.saturating_sub(made_at) <= policy.max_age)?;
    holds(payload.get(&[7])?.as_bytes()?.len() == 16)?;
    // 8: audience.
    let audience = payload.get(&[3])?.as_text()?;
    let own = format!("{}:{}", site.scene, site.relying_party);
    holds(audience == own || (audience == site.scene && good.scenario.challenge.is_none()))?;
    holds(payload.get(&[0x18, 39]).map(|answer| answer.as_bytes().unwrap()) == good.scenario.challenge)?;
    let verified = payload.get(&[0x3a, 0, 1, 0, 1]).map_or(Some(0), Node::as_uint)?;
    holds(policy.user_verification & !verified == 0)?;
    // 9: scope.
    holds(regions.iter().any(|region| covers(*region, site.region.into())))?;
    let scene = ["hotel", "internet-cafe", "patrol", "government-service", "real-estate"]
        .iter()
        .position(|scene| *scene == site.scene)? as u64
        + 1;
    holds(licence.get(&[3])?.items()?.iter().any(|own| own.as_uint() == Some(scene)))?;
    // 11: what is required is there, and the number is one.
    holds(policy.require.iter().all(|number| groups.contains_key(&number.to_string())))?;
    if let Some(identity) = groups.get("11") {
        holds(!identity[0].as_str()?.is_empty() && is_id_number(identity[1].as_str()?.as_bytes()))?;
        if let Some(person) = groups.get("12") {
            holds(person[2].to_string().as_bytes() == &identity[1].as_str()?.as_bytes()[6..14])?;
        }
    }
    // 12: where it is looked at, there is a reference.
    let short = licence.get(&[4]);
    let standard = claims.get(&[0x19, 0xff, 0xff]);
    holds(policy.status != "required" || short.is_some() || standard.is_some())?;
    if let Some(short) = short.filter(|_| policy.status != "ignored") {
        let [list, index] = [0, 1].map(|place| short.items()?.get(place)?.as_uint());
        let uri = format!("{}{}", issuer.status_prefix.as_ref()?, list?);
        let lists = || [&world.publisher].into_iter().chain(&world.other_publishers);
        let list = lists().filter(|list| list.uri == uri).max_by_key(|list| list.iat)?;
        holds(list.values.get(&index?).is_none_or(|value| *value == 0))?;
        holds(index? < (list.size as u64).saturating_mul(8 / u64::from(list.bits)))?;
    }
    Some(())
}

/// ISO 7064 MOD 11-2, as GB 11643 writes it: the weights are powers of two.
fn is_id_number(number: &[u8]) -> bool {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(u32::from(digit - b'0')),
        _ => None,
    };
    let Some((last, digits)) = number.split_last() else { return false };
    let last = if *last == b'X' { Some(10) } else { value(*last) };
    let sum = digits.iter().try_fold(0, |sum, &digit| Some((sum + value(digit)?) * 2 % 11));
    number.len() == 18 && sum.zip(last).is_some_and(|(sum, last)| (sum + last) % 11 == 1)
}

/// Every good scenario as it stands by either hand, with one edit of each kind of each field, and one edit of every item of
/// the first.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let seed = |name: String, input: Vec<u8>| Seed { target: "resigned", name, input };
    let mut seeds = Vec::new();
    for place in 0..u8::try_from(GOODS.len()).unwrap() {
        for signs in 0..2 {
            seeds.push(seed(format!("plain-{place}-{signs}"), vec![place, signs]));
        }
        for what in [0, 2, 3, 131] {
            let kind = place % KINDS;
            let edit = [place, 1, what, place / 2, kind, 0, place, 0, 2, 0, 1, 0, 7];
            seeds.push(seed(format!("edit-{place}-{what}"), edit.into()));
        }
        // Another's disclosures, all of them, and one of one's own left out.
        for signs in 0..2 {
            let another = [place, signs, 0, place.wrapping_add(7), 5, 0, 0, 0, 0];
            seeds.push(seed(format!("disclosures-of-another-{place}-{signs}"), another.into()));
            seeds.push(seed(
                format!("disclosure-less-{place}-{signs}"),
                vec![place, signs, 0, 0, 9, 0, 2, 0, 0],
            ));
            seeds.push(seed(
                format!("disclosure-twice-{place}-{signs}"),
                vec![place, signs, 0, 0, 10, 0, 2, 0, 0],
            ));
        }
    }
    // The times of every scenario, a second or two from where they stand: some stand at a border.
    for (place, good) in (0..).zip(GOODS.iter()) {
        for (what, field) in [(2, CLAIMS), (3, PAYLOAD)] {
            let numbers = (0..good.fields[field].len() - 4).filter(|&at| good.fields[field][at] == 0x1a);
            for (at, bit) in numbers.flat_map(|at| [(at + 4, 0), (at + 4, 1)]) {
                let [high, low] = u16::try_from(at).unwrap().to_be_bytes();
                for signs in 0..2 {
                    let flip = [place, signs, what, 0, 0, high, low, bit];
                    seeds.push(seed(format!("time-{place}-{what}-{at}-{bit}-{signs}"), flip.into()));
                }
            }
        }
    }
    for (what, field) in [(0, DISCLOSURES), (2, CLAIMS), (3, PAYLOAD), (131, HEADER)] {
        let items = Node::parse(&GOODS[0].fields[field]).unwrap().count();
        for (item, kind) in (0..items).flat_map(|item| (6..KINDS).map(move |kind| (item, kind))) {
            let [high, low] = u16::try_from(item).unwrap().to_be_bytes();
            let edit = [0, 1, what, 1, kind, high, low, 0, 1, 0, 2, 0, 3];
            seeds.push(seed(format!("item-{what}-{item}-{kind}"), edit.into()));
        }
        // A byte string, a text and an array of another length, and null.
        for (item, empty) in (0..items).flat_map(|item| [0x40, 0x60, 0x80, 0xf6].map(|empty| (item, empty))) {
            let [high, low] = u16::try_from(item).unwrap().to_be_bytes();
            let edit = [0, 1, what, 1, ONE_CHILD_LESS, high, low, 1, empty];
            seeds.push(seed(format!("empty-{what}-{item}-{empty}"), edit.into()));
        }
    }
    seeds.into_iter()
}
