//! What a change to a good token comes to: for every `ok` vector, each flipped bit, each cut and each appended byte of the
//! *decoded* token, encoded again. No change is ever accepted, and none gets past the two signatures: what refuses it is
//! step 1, 2, 4 or 6, whose codes have numbers below 700.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;
mod transport;

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use case::Case;
use eid_verifier::refusal::Code;
use eid_verifier::{Refusal, Unspent, Verifier};
use transport::Transport;

#[test]
fn no_flipped_bit_is_accepted() {
    let tries = for_every_ok_vector(|good| {
        refusals(good, good.token.len() * 8, |token, bit| token[bit / 8] ^= 1 << (bit % 8))
    });
    report("flipped bits", &tries);
    assert!(tries.contains_key(&Code::IssuerSignature) && tries.contains_key(&Code::DeviceSignature));
}

#[test]
fn no_cut_token_is_accepted() {
    let tries = for_every_ok_vector(|good| refusals(good, good.token.len(), Vec::truncate));
    report("cuts", &tries);
    assert!(tries.keys().eq([&Code::PayloadCbor]), "a token that ends early is malformed, wherever it ends");
}

#[test]
fn no_appended_byte_is_accepted() {
    let tries = for_every_ok_vector(|good| {
        refusals(good, 256, |token, byte| token.push(u8::try_from(byte).unwrap()))
    });
    report("appended bytes", &tries);
    assert!(tries.keys().eq([&Code::PayloadCbor]), "a byte after the token is malformed, whatever it is");
}

/// An `ok` vector, its token, and a verifier that accepts it.
struct Good {
    case: Case,
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

fn for_every_ok_vector(refusals: impl Fn(&Good) -> Tries) -> Tries {
    let mut all = Tries::new();
    let cases = Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")));
    for case in cases.into_iter().filter(|case| case.expect() == "ok") {
        let verifier = case.verifier().unwrap();
        let (transport, token) = Transport::decode(case.qr()).expect("a token");
        let good = Good { case, verifier, transport, token };
        // What follows says something only if the token itself is accepted, encoded by this test.
        if let Err(refusal) = good.check(&good.token) {
            panic!("{} is refused as it is: {refusal}", good.case.id());
        }
        add(&mut all, refusals(&good));
    }
    assert!(!all.is_empty(), "no ok vector");
    all
}

/// Makes each of `changes` changes to a copy of the token, on all cores, and counts the answers.
fn refusals(good: &Good, changes: usize, change: impl Fn(&mut Vec<u8>, usize) + Sync) -> Tries {
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
