//! Heap allocations, counted: few in a whole accept, next to none where a code is refused before its first signature.
//!
//! Here, and not in the library's own tests, because a counting allocator needs `unsafe`, which the library forbids.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::Range;

use eid_verifier::ledger::Nonce;
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::{FIXED_NOW, Scenario, World};
use eid_verifier::{MemoryLedger, NonceLedger as _, Spend, UnixTime};

#[path = "../../tests/case/mod.rs"]
mod case;
use case::Case;

/// Token, claims, and one for each text of a group.
const PER_ACCEPT: usize = 6;
/// With all nine groups, and something to advise.
const AT_MOST: usize = 11;
/// The token.
const PER_EARLY_REFUSAL: usize = 1;
/// Codes of steps 1 to 3; `clock.behind` comes from later steps too.
const EARLY: Range<u16> = 100..400;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Asked for in all, whatever was given back.
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
    BYTES.set(BYTES.get() + bytes);
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The code of a case's scan, and what it allocated; `None` if its lists are refused, or scans come before its own.
fn play(case: &Case) -> Option<(Option<Code>, usize)> {
    if !case.0["before"].is_null() || case.0["times"].as_u64() != Some(1) {
        return None;
    }
    let verifier = case.verifier().ok()?;
    let (ledger, challenge, qr, now) = (case.ledger(), case.challenge(), case.qr(), case.now());
    let before = ALLOCATIONS.get();
    let answer = match &challenge {
        Some(challenge) => verifier.verify_challenged(qr, challenge, &ledger, now),
        None => verifier.verify(qr, &ledger, now),
    };
    let allocations = ALLOCATIONS.get() - before;
    Some((answer.err().map(|refusal| refusal.code()), allocations))
}

#[test]
fn few_for_an_accept_and_next_to_none_for_an_early_refusal() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");
    let (mut accepts, mut early) = (0, 0);
    for case in Case::all_in(folder.as_ref()) {
        let Some((code, allocations)) = play(&case) else { continue };
        println!("{allocations:3} {}", case.id());
        match code {
            None => {
                accepts += 1;
                assert!(allocations <= PER_ACCEPT, "{}: {allocations}", case.id());
            }
            Some(code) if EARLY.contains(&code.number()) => {
                early += 1;
                assert!(allocations <= PER_EARLY_REFUSAL, "{}: {allocations}", case.id());
            }
            Some(_) => {}
        }
    }
    assert!(accepts >= 10 && early >= 10, "{accepts} accepts, {early} early refusals");
}

/// However much is shown, and whether or not the policy asks for it.
#[test]
fn never_more_than_for_all_groups_and_an_advice() {
    let mut advised = Scenario::named("ok-all-groups").unwrap().world;
    advised.operator.next_update = advised.now;
    let advised = advised.scenario("advised", "all groups, and a trust list due for its update", "ok");
    let mut most = 0;
    for scenario in Scenario::all().into_iter().chain([advised]).filter(|scenario| scenario.expect == "ok") {
        let (desk, challenge, now) = (scenario.verifier().unwrap(), scenario.challenge(), scenario.now());
        let before = ALLOCATIONS.get();
        let code = match &challenge {
            Some(challenge) => desk.check_challenged(&scenario.qr, challenge, now),
            None => desk.check(&scenario.qr, now),
        };
        let claims = code.unwrap().admit(Spend::Fresh, now).unwrap();
        let allocations = ALLOCATIONS.get() - before;
        drop(claims);
        assert!(allocations <= AT_MOST, "{}: {allocations}", scenario.id);
        most = most.max(allocations);
    }
    assert_eq!(most, AT_MOST);
}

/// A flood costs no memory: a spend allocates nothing, whatever its answer, and the ledger takes no more than it took at its
/// start. (src/ledger/flood.rs has the million codes.)
#[test]
fn none_for_a_spend() {
    const CAPACITY: usize = 256;
    let start = FIXED_NOW;
    let desk = World::fixed().scenario("desk", "", "ok").verifier().unwrap();
    let nonces: Vec<(u64, Nonce)> = (0..3_000_u64)
        .map(|n| {
            let mut world = World::fixed();
            let binding = &mut world.showing.binding;
            binding.cti[..8].copy_from_slice(&n.to_be_bytes());
            // Twenty a second.
            let now = start + n / 20;
            (binding.iat, binding.exp) = (now, now + 1 + n % 60);
            let code = desk.check(&world.showing.text(), UnixTime::from_secs(now)).unwrap();
            (now, *code.nonce())
        })
        .collect();

    let before = BYTES.get();
    let ledger = MemoryLedger::new(CAPACITY, UnixTime::from_secs(start - 1000), [7; 16]);
    let at_its_start = BYTES.get() - before;
    assert!(at_its_start < 64 * CAPACITY + 8192, "{at_its_start} bytes");

    let before = ALLOCATIONS.get();
    let (mut fresh, mut spent, mut full, mut other) = (0, 0, 0, 0);
    for (now, nonce) in &nonces {
        for _ in 0..2 {
            match ledger.spend(nonce, UnixTime::from_secs(*now)) {
                Spend::Fresh => fresh += 1,
                Spend::Spent => spent += 1,
                Spend::Full => full += 1,
                _ => other += 1,
            }
        }
    }
    let later = UnixTime::from_secs(start + 10_000);
    other += nonces.iter().filter(|(_, nonce)| ledger.spend(nonce, later) == Spend::ClockBehind).count();
    assert_eq!(ALLOCATIONS.get() - before, 0);
    println!("{fresh} fresh, {spent} spent, {full} full, {other} too late, in {at_its_start} bytes");
    assert!(fresh > 2 * CAPACITY && spent == fresh && full > CAPACITY && other == nonces.len());
}
