//! Nothing personal is left in memory that was given back: every block that is freed during a scan is searched for the
//! texts and ages of the person, whichever way the scan ends; and every block is given back.
//!
//! Here, and not in the library's own tests, because an allocator that looks into what it frees needs `unsafe`, which the
//! library forbids. What a scan held on the stack is beyond it, and beyond a library.
#![cfg(feature = "sandbox")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use eid_verifier::receipt::{Ground, Purpose};
use eid_verifier::sandbox::{Cbor, Scenario, World};
use eid_verifier::{Refusal, Scene, VerifiedClaims, Verifier, scanner};

struct Searching;

thread_local! {
    /// What is looked for, and only while a scan runs.
    static CANARIES: Cell<&'static [Vec<u8>]> = const { Cell::new(&[]) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
    static SEARCHED: Cell<usize> = const { Cell::new(0) };
    /// Blocks taken and not given back, by a scan: what is never freed is never searched.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

fn hold(blocks: isize) {
    if !CANARIES.get().is_empty() {
        HELD.set(HELD.get() + blocks);
    }
}

fn search(block: &[u8]) {
    let canaries = CANARIES.get();
    if canaries.is_empty() {
        return;
    }
    SEARCHED.set(SEARCHED.get() + 1);
    let is_there = |canary: &Vec<u8>| block.windows(canary.len()).any(|window| window == canary.as_slice());
    if canaries.iter().any(is_there) {
        FOUND.set(FOUND.get() + 1);
    }
}

// SAFETY: every call is handed on to the system's allocator; a block is read, whole, just before it is given back. What of
// it was never written reads as anything. A block that grows is moved here, so that its old place is searched too.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        hold(1);
        // Zeroed, so that no byte is read that was never written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        hold(1);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            let larger = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !larger.is_null() {
                std::ptr::copy_nonoverlapping(place, larger, layout.size().min(size));
                self.dealloc(place, layout);
            }
            larger
        }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        hold(-1);
        unsafe {
            search(std::slice::from_raw_parts(place, layout.size()));
            System.dealloc(place, layout);
        }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// Runs `scan` and gives how many freed blocks held a canary, of how many.
fn found_in_freed_memory(canaries: Vec<Vec<u8>>, scan: impl FnOnce()) -> (usize, usize) {
    FOUND.set(0);
    SEARCHED.set(0);
    HELD.set(0);
    CANARIES.set(Vec::leak(canaries));
    scan();
    CANARIES.set(&[]);
    (FOUND.get(), SEARCHED.get())
}

/// The texts of a credential's groups, and its ages in a row.
fn canaries(world: &World) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for group in &world.showing.credential.groups {
        texts(&group.value, &mut found);
        if let (15, Cbor::Array(ages)) = (group.number, &group.value) {
            let bytes = ages.iter().map_while(|age| match age {
                Cbor::Uint(age) => u8::try_from(*age).ok(),
                _ => None,
            });
            found.push(bytes.collect());
        }
    }
    // Shorter ones are words of other texts.
    found.retain(|canary| canary.len() >= 9);
    found
}

fn texts(item: &Cbor, found: &mut Vec<Vec<u8>>) {
    match item {
        Cbor::Text(text) => found.push(text.clone().into_bytes()),
        Cbor::Bytes(bytes) => found.push(bytes.clone()),
        Cbor::Array(items) => items.iter().for_each(|item| texts(item, found)),
        _ => {}
    }
}

/// What a desk's program does with a code, from the scan to the last drop.
fn use_up(desk: &Verifier, scenario: &Scenario) -> Result<(), Refusal> {
    let (ledger, challenge, now) = (scenario.ledger(), scenario.challenge(), scenario.now());
    let purpose = match desk.site().scene() {
        Scene::Patrol => Purpose::patrol("012345", Ground::Emergency),
        _ => Purpose::new("登记", "依法"),
    };
    let mut verdict: Option<Result<VerifiedClaims, Refusal>> = None;
    for _ in 0..scenario.times {
        verdict = Some(match &challenge {
            Some(challenge) => desk.verify_challenged(&scenario.qr, challenge, &ledger, now),
            None => desk.verify(&scenario.qr, &ledger, now),
        });
    }
    let verdict = verdict.expect("scanned at least once");
    let purpose = purpose.unwrap();
    let receipt = match &challenge {
        Some(challenge) => desk.receipt_challenged(&scenario.qr, challenge, &verdict, &purpose, now),
        None => desk.receipt(&scenario.qr, &verdict, &purpose, now),
    }
    .unwrap();
    drop((receipt.to_bytes(), desk.explain(&scenario.qr, now).to_string()));
    let guest = verdict?;
    let shown = (
        guest.identity().map(|identity| format!("{} {}", identity.name(), identity.number())),
        format!("{guest:?}"),
    );
    drop(shown);
    drop(guest.into_outcome(18));
    Ok(())
}

#[test]
fn nothing_of_a_person_is_left_in_freed_memory() {
    let (mut accepted, mut refused, mut searched, mut canary_count) = (0, 0, 0, 0);
    for scenario in Scenario::all() {
        let Ok(desk) = scenario.verifier() else { continue };
        let canaries = canaries(&scenario.world);
        canary_count += canaries.len();
        let mut answer = Ok(());
        let (found, blocks) = found_in_freed_memory(canaries, || answer = use_up(&desk, &scenario));
        assert_eq!(found, 0, "{}: {answer:?}", scenario.id);
        assert_eq!(HELD.get(), 0, "{}: not all is given back", scenario.id);
        searched += blocks;
        if answer.is_ok() { accepted += 1 } else { refused += 1 }
    }
    println!("{accepted} accepted, {refused} refused, {canary_count} canaries, {searched} blocks");
    assert!(accepted > 50 && refused > 200 && searched > 1_000);
}

/// A list that grew as it was read would leave its shorter selves behind.
#[test]
fn many_ages_are_read_into_one_place() {
    let mut world = World::fixed();
    world.move_to("internet-cafe");
    world.ask_and_show(&[15]);
    let ages: Vec<u8> = (1..=150).collect();
    world.showing.credential.change(15, |group| {
        group.value = ages.iter().map(|&age| Cbor::from(u64::from(age))).collect();
    });
    let scenario = world.scenario("", "", "ok");
    let desk = scenario.verifier().unwrap();
    let canaries = [6, 8, 12, 16, 32, 64].map(|length| ages[..length].to_vec()).into();
    let (found, _) = found_in_freed_memory(canaries, || use_up(&desk, &scenario).unwrap());
    assert_eq!(found, 0);
}

/// What is cleaned is handed out whole; no other copy of the code stays behind.
#[test]
fn a_code_that_is_cleaned_leaves_no_copy() {
    let code = Scenario::named("ok-hotel").unwrap().qr;
    let wide: String = code.chars().map(|c| if c == 'A' { 'Ａ' } else { c }).collect();
    let lower = code.to_ascii_lowercase();
    for garbled in [code.clone(), lower.clone(), wide, format!("prefix {code}##"), format!("wide：{lower}")]
    {
        let canaries = [&code, &lower].map(|text| text.as_bytes()[20..50].to_vec()).into();
        let mut cleaned = None;
        let (found, _) = found_in_freed_memory(canaries, || cleaned = Some(scanner::clean(&garbled)));
        assert_eq!(found, 0, "{garbled:.10}");
        assert_eq!(cleaned.unwrap().0, code);
    }
}

#[test]
fn the_search_finds_what_is_not_wiped() {
    let name = || vec!["测试姓名一二三".as_bytes().to_vec()];
    let (found, _) = found_in_freed_memory(name(), || drop(String::from("他叫测试姓名一二三。")));
    assert_eq!(found, 1);
    // And the old place of what has grown.
    let (found, _) = found_in_freed_memory(name(), || {
        let mut text = String::from("测试姓名一二三");
        text.reserve_exact(1_000);
        text.clear();
        // SAFETY of the test: overwritten, so that only the old place holds it.
        text.extend(std::iter::repeat_n('x', 500));
        drop(text);
    });
    assert_eq!(found, 1);
    let (found, _) = found_in_freed_memory(name(), || drop(String::from("somebody else")));
    assert_eq!(found, 0);
}
