//! What a change to a good token comes to: for every `ok` vector and every `ok` scenario of the sandbox, each flipped bit,
//! each cut and each appended byte of the *decoded* token, encoded again; and for every two, each other way to put their
//! fields together, and each join of a beginning of one and an end of the other at the borders of fields.
//!
//! No change is ever accepted, and none gets past the two signatures: what refuses it is step 1, 2, 4 or 6. Which code may
//! answer a flipped bit follows from the region that the bit lies in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;
mod token;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;

use case::Case;
use eid_verifier::refusal::Code;
use eid_verifier::{Refusal, Unspent, Verifier};
use token::{FIELDS, Fields, Layout, Region, put_together, taken_apart};
use transport::Transport;

#[test]
fn no_flipped_bit_is_accepted() {
    let mut all = BTreeMap::<Region, Tries>::new();
    for (place, good) in goods().into_iter().enumerate() {
        let layout = Layout::of(&good.token);
        for (region, range) in &layout.pieces {
            let bits: Vec<_> =
                (range.start * 8..range.end * 8).filter(|bit| is_tried(&good, place + bit)).collect();
            let tries = refusals_of(
                &good,
                bits.len(),
                |token, number| token[bits[number] / 8] ^= 1 << (bits[number] % 8),
                |_, code| may_answer(*region, code),
            );
            add(all.entry(*region).or_default(), tries);
        }
    }
    println!("{} flipped bits, all refused:", all.values().flat_map(BTreeMap::values).sum::<usize>());
    for (region, tries) in &all {
        report(&format!("of {region:?}"), tries);
    }
    // A signed byte that is still a good encoding of a good shape is up to the signature.
    let reached = |region, code| all[&region].get(&code).is_some_and(|count| *count > 1000);
    assert!(
        reached(Region::Claims, Code::IssuerSignature) && reached(Region::Payload, Code::DeviceSignature)
    );
    assert!(reached(Region::Disclosures, Code::DeviceSignature));
}

/// Of the vectors everything is tried; of the sandbox's scenarios one bit and one pair in eight, other bits of each scenario,
/// or everything where `EID_TAMPER=all` asks for it.
fn is_tried(good: &Good, number: usize) -> bool {
    const SHARE: usize = 8;
    good.world == "vectors"
        || number.is_multiple_of(SHARE)
        || std::env::var("EID_TAMPER").is_ok_and(|what| what == "all")
}

/// The codes that a flipped bit of a region may come to: of the steps that look at it, up to the signature over it.
fn may_answer(region: Region, code: Code) -> bool {
    match region {
        Region::Frame => matches!(code, Code::PayloadCbor | Code::PayloadShape),
        Region::BindingHeader => matches!(
            code,
            Code::PayloadCbor
                | Code::PayloadShape
                | Code::HeaderType
                | Code::HeaderAlgorithm
                | Code::HeaderUnexpected
        ),
        Region::CredentialHeader => matches!(
            code,
            Code::PayloadCbor
                | Code::PayloadShape
                | Code::HeaderCritical
                | Code::HeaderType
                | Code::HeaderAlgorithm
                | Code::HeaderUnexpected
                // The kid stands here.
                | Code::IssuerUnknown
        ),
        // Outside the issuer's signature, inside the phone's.
        Region::Disclosures => matches!(
            code,
            Code::PayloadCbor | Code::PayloadShape | Code::HeaderUnexpected | Code::DeviceSignature
        ),
        // iss, iat, document and regions are looked at before the signature.
        Region::Claims => matches!(
            code,
            Code::PayloadCbor
                | Code::PayloadShape
                | Code::PayloadVersion
                | Code::IssuerUnknown
                | Code::IssuerKeyValidity
                | Code::IssuerNotAuthorised
                | Code::IssuerSignature
        ),
        Region::IssuerSignature => code == Code::IssuerSignature,
        Region::Payload => matches!(code, Code::PayloadCbor | Code::PayloadShape | Code::DeviceSignature),
        Region::DeviceSignature => code == Code::DeviceSignature,
    }
}

#[test]
fn no_cut_token_is_accepted() {
    let tries = for_every_good(|good| refusals(good, good.token.len(), Vec::truncate));
    report("cuts", &tries);
    assert!(tries.keys().eq([&Code::PayloadCbor]), "a token that ends early is malformed, wherever it ends");
}

#[test]
fn no_appended_byte_is_accepted() {
    let tries =
        for_every_good(|good| refusals(good, 256, |token, byte| token.push(u8::try_from(byte).unwrap())));
    report("appended bytes", &tries);
    // One scenario's token is as long as a token may be.
    assert!(
        tries.keys().all(|code| matches!(code, Code::PayloadCbor | Code::PayloadTooLong)),
        "a byte after the token is malformed, whatever it is"
    );
}

/// Each bit of the trust list and of the status lists that the cases were opened with: no list is opened then.
#[test]
fn no_flipped_bit_of_a_list_is_accepted() {
    let mut seen = BTreeSet::new();
    let mut all = BTreeMap::<&str, Tries>::new();
    for good in goods() {
        // Of the sandbox's many lists those of the first scenario.
        if good.world == "sandbox" && good.case.id() != "ok-hotel" {
            continue;
        }
        let lists = std::iter::once(("trust list", "/trust_list".to_owned()));
        let status_lists = good.case.0["status_lists"].as_array().unwrap();
        let status_lists = (0..status_lists.len()).map(|n| ("status list", format!("/status_lists/{n}")));
        for (kind, place) in lists.chain(status_lists) {
            let list = hex::decode(good.case.0.pointer(&place).unwrap().as_str().unwrap()).unwrap();
            if !seen.insert(list.clone()) {
                continue;
            }
            let mut case = good.case.clone();
            for bit in 0..list.len() * 8 {
                let mut flipped = list.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                *case.0.pointer_mut(&place).unwrap() = hex::encode(flipped).into();
                let Err(refusal) = case.verifier() else {
                    panic!("{}: {place} opened, bit {bit}", case.id())
                };
                let code = refusal.code();
                let is_of_opening = match kind {
                    "trust list" => matches!(
                        code,
                        Code::TrustMalformed | Code::TrustType | Code::TrustAnchor | Code::TrustSignature
                    ),
                    _ => matches!(
                        code,
                        Code::StatusMalformed | Code::StatusType | Code::StatusIssuer | Code::StatusSignature
                    ),
                };
                assert!(is_of_opening, "{}: {place}, bit {bit}: {code}", case.id());
                *all.entry(kind).or_default().entry(code).or_default() += 1;
            }
        }
    }
    for (kind, tries) in &all {
        report(&format!("bits of a {kind}"), tries);
    }
    assert!(
        all["trust list"][&Code::TrustSignature] > 1000 && all["status list"][&Code::StatusSignature] > 100
    );
}

/// Every choice of each of the seven fields from one of two tokens, at the desk of the first.
#[test]
fn no_mixture_of_two_tokens_is_accepted() {
    let goods = goods();
    let fields: Vec<Fields> = goods.iter().map(|good| taken_apart(&good.token)).collect();
    for (good, fields) in goods.iter().zip(&fields) {
        assert_eq!(put_together(fields), good.token, "{}", good.case.id());
    }
    let pairs = pairs(&goods);
    let (mut all, mut originals) = (Tries::new(), 0);
    for (own, other) in &pairs {
        let mut mixtures = BTreeSet::new();
        for choice in 1..(1_u8 << FIELDS.len()) - 1 {
            let mixture: Fields = std::array::from_fn(|field| {
                fields[if choice >> field & 1 == 1 { *other } else { *own }][field].clone()
            });
            if mixture == fields[*own] || mixture == fields[*other] {
                originals += 1;
            } else {
                mixtures.insert(mixture);
            }
        }
        let mixtures: Vec<_> = mixtures.into_iter().collect();
        let good = &goods[*own];
        let (own, other) = (&fields[*own], &fields[*other]);
        let tries = refusals_of(
            good,
            mixtures.len(),
            |token, number| *token = put_together(&mixtures[number]),
            |number, code| may_answer_mixture(&mixtures[number], own, other, code),
        );
        add(&mut all, tries);
    }
    report(&format!("mixtures of {} pairs ({originals} were an original)", pairs.len()), &all);
    assert!(all[&Code::IssuerSignature] > 1000 && all[&Code::DeviceSignature] > 1000);
}

/// What the issuer signed is whole in one of the two, or the issuer's signature does not hold; and where one field alone is
/// the other's, it is the signature over it that does not.
fn may_answer_mixture(mixture: &Fields, own: &Fields, other: &Fields, code: Code) -> bool {
    if code == Code::PayloadTooLong {
        return put_together(mixture).len() > 2048;
    }
    let issued = |fields: &Fields| [1, 3, 4].map(|field| fields[field].clone());
    if issued(mixture) != issued(own) && issued(mixture) != issued(other) {
        let differing: Vec<_> = (0..FIELDS.len()).filter(|&field| mixture[field] != own[field]).collect();
        return match differing[..] {
            [field] => may_answer(FIELDS[field], code),
            _ => code.number() < 500,
        };
    }
    let differing: Vec<_> = (0..FIELDS.len()).filter(|&field| mixture[field] != own[field]).collect();
    match differing[..] {
        // The header names the algorithm.
        [0] => matches!(code, Code::DeviceKey | Code::DeviceSignature),
        [_] => code == Code::DeviceSignature,
        _ => code.number() < 700,
    }
}

/// A beginning of one token and an end of another, each cut at a border of its regions.
#[test]
fn no_join_of_two_tokens_is_accepted() {
    let goods = goods();
    let borders = |good: &Good| -> Vec<usize> {
        Layout::of(&good.token).pieces.iter().map(|(_, range)| range.start).skip(1).collect()
    };
    let (mut all, mut originals) = (Tries::new(), 0);
    let pairs = pairs(&goods);
    for (own, other) in &pairs {
        let (good, other) = (&goods[*own], &goods[*other]);
        let mut joins = Vec::new();
        for start in borders(good) {
            for end in borders(other) {
                let join = [&good.token[..start], &other.token[end..]].concat();
                if join == good.token || join == other.token {
                    originals += 1;
                } else {
                    joins.push(join);
                }
            }
        }
        add(&mut all, refusals(good, joins.len(), |token, number| token.clone_from(&joins[number])));
    }
    report(&format!("joins of {} pairs ({originals} were an original)", pairs.len()), &all);
}

/// Every two different tokens, in both orders.
fn pairs(goods: &[Good]) -> Vec<(usize, usize)> {
    let mut seen = BTreeSet::new();
    let distinct: Vec<_> = (0..goods.len()).filter(|&n| seen.insert(&goods[n].token)).collect();
    let all = distinct.iter().flat_map(|&own| distinct.iter().map(move |&other| (own, other)));
    let pairs = all.filter(|&(own, other)| own != other);
    pairs
        .enumerate()
        .filter(|(number, (own, _))| is_tried(&goods[*own], *number))
        .map(|(_, pair)| pair)
        .collect()
}

/// An `ok` case, its token, and a verifier that accepts it.
struct Good {
    case: Case,
    world: &'static str,
    verifier: Verifier,
    transport: Transport,
    token: Vec<u8>,
}

impl Good {
    fn check(&self, token: &[u8]) -> Result<Unspent, Refusal> {
        let (qr, now) = (self.transport.encode(token), self.case.now());
        match self.case.challenge() {
            Some(challenge) => self.verifier.check_challenged(&qr, &challenge, now),
            None => self.verifier.check(&qr, now),
        }
    }
}

/// How often each code was the answer.
type Tries = BTreeMap<Code, usize>;

fn goods() -> Vec<Good> {
    let vectors = Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")));
    let cases = vectors.into_iter().map(|case| ("vectors", case));
    #[cfg(feature = "sandbox")]
    let cases = cases.chain(
        eid_verifier::sandbox::Scenario::all()
            .into_iter()
            .map(|scenario| ("sandbox", Case(scenario.to_json()))),
    );
    let mut goods = Vec::new();
    for (world, case) in cases.filter(|(_, case)| case.expect() == "ok") {
        let verifier = case.verifier().unwrap();
        let (transport, token) = Transport::decode(case.qr()).expect("a token");
        let good = Good { case, world, verifier, transport, token };
        // What follows says something only if the token itself is accepted, encoded by this test.
        if let Err(refusal) = good.check(&good.token) {
            panic!("{} is refused as it is: {refusal}", good.case.id());
        }
        goods.push(good);
    }
    let of = |world| goods.iter().filter(|good| good.world == world).count();
    println!("{} ok vectors, {} ok scenarios", of("vectors"), of("sandbox"));
    assert!(of("vectors") > 10 && (cfg!(not(feature = "sandbox")) || of("sandbox") > 50));
    goods
}

fn for_every_good(refusals: impl Fn(&Good) -> Tries) -> Tries {
    let mut all = Tries::new();
    goods().iter().for_each(|good| add(&mut all, refusals(good)));
    all
}

/// Makes each of `changes` changes to a copy of the token, on all cores, and counts the answers.
fn refusals(good: &Good, changes: usize, change: impl Fn(&mut Vec<u8>, usize) + Sync) -> Tries {
    refusals_of(good, changes, change, |_, _| true)
}

/// And holds each answer to what may answer this change.
fn refusals_of(
    good: &Good,
    changes: usize,
    change: impl Fn(&mut Vec<u8>, usize) + Sync,
    may_answer: impl Fn(usize, Code) -> bool + Sync,
) -> Tries {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let every = |first: usize| {
        let mut tries = Tries::new();
        for number in (first..changes).step_by(threads) {
            let mut token = good.token.clone();
            change(&mut token, number);
            match good.check(&token) {
                Ok(_) => panic!("{}: accepted after change {number}", good.case.id()),
                Err(refusal) if refusal.code().number() >= 700 => {
                    panic!("{}: change {number} got past the signatures: {refusal}", good.case.id())
                }
                Err(refusal) if !may_answer(number, refusal.code()) => {
                    panic!("{}: change {number} is refused by another step: {refusal}", good.case.id())
                }
                Err(refusal) => *tries.entry(refusal.code()).or_default() += 1,
            }
        }
        tries
    };
    let mut all = Tries::new();
    thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn({
                    let every = &every;
                    move || every(first)
                })
            })
            .collect();
        parts.into_iter().for_each(|part| add(&mut all, part.join().unwrap()));
    });
    assert_eq!(all.values().sum::<usize>(), changes, "{}", good.case.id());
    all
}

fn add(all: &mut Tries, tries: Tries) {
    for (code, count) in tries {
        *all.entry(code).or_default() += count;
    }
}

fn report(what: &str, tries: &Tries) {
    println!("{} {what}, all refused:", tries.values().sum::<usize>());
    tries.iter().for_each(|(code, count)| println!("{count:>8} {code}"));
}
