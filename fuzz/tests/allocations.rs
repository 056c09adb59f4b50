//! Heap allocations, counted: few in a whole accept, next to none where a code is refused before its first signature.
//!
//! Here, and not in the library's own tests, because a counting allocator needs `unsafe`, which the library forbids.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::Range;

use eid_verifier::refusal::Code;

#[path = "../../tests/case/mod.rs"]
mod case;
use case::Case;

const PER_ACCEPT: usize = 12;
const PER_EARLY_REFUSAL: usize = 2;
/// Codes of steps 1 to 3; `clock.behind` comes from later steps too.
const EARLY: Range<u16> = 100..400;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
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
