//! Nothing personal is left in memory that was given back: every block that is freed during a scan is searched for the
//! texts of the person and for the phone's signature, whichever way the scan ends; and every block is given back.
//!
//! A number (a date, a division, a code, an age) is one to four bytes, which are anywhere by chance. So the same scan is done
//! for several people who differ in that number alone: a place that holds each time what this person has, has it from there.
//! That finds it whatever lies beside it, and only where it lies as the library keeps it: a byte, or four of the machine's order.
//! The decimal digits of a number are in no text but the ID number, which is looked for by itself.
//!
//! Here, and not in the library's own tests, because an allocator that looks into what it frees needs `unsafe`, which the
//! library forbids. What a scan held on the stack is beyond it, and beyond a library: numbers are there while it runs, and the
//! signature and the digest of the portrait on their way into the claims.
#![cfg(feature = "sandbox")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;

use eid_verifier::receipt::{Ground, Purpose};
use eid_verifier::sandbox::{Cbor, Person, Scenario, World};
use eid_verifier::{Refusal, Scene, VerifiedClaims, Verifier, scanner};

struct Searching;

thread_local! {
    /// What is looked for, and only while a scan runs.
    static CANARIES: Cell<&'static [Vec<u8>]> = const { Cell::new(&[]) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
    static SEARCHED: Cell<usize> = const { Cell::new(0) };
    /// Where: the block, as they were freed, and the byte in it.
    static PLACES: Cell<Vec<Place>> = const { Cell::new(Vec::new()) };
    /// Blocks taken and not given back, by a scan: what is never freed is never searched.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

type Place = (usize, usize);

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
    // What is noted here takes memory of its own.
    CANARIES.set(&[]);
    let (number, mut places) = (SEARCHED.get(), PLACES.take());
    let before = places.len();
    for canary in canaries {
        let windows = block.windows(canary.len()).enumerate();
        places.extend(windows.filter(|(_, window)| window == canary).map(|(place, _)| (number, place)));
    }
    if places.len() > before {
        FOUND.set(FOUND.get() + 1);
    }
    PLACES.set(places);
    SEARCHED.set(number + 1);
    CANARIES.set(canaries);
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
    PLACES.take();
    CANARIES.set(Vec::leak(canaries));
    scan();
    CANARIES.set(&[]);
    (FOUND.get(), SEARCHED.get())
}

/// The places at which each of several scans leaves a canary of its own behind.
fn places_of_all<T>(runs: impl IntoIterator<Item = (Vec<u8>, T)>, scan: impl Fn(&T)) -> BTreeSet<Place> {
    let mut common = None;
    for (canary, scanned) in runs {
        let (_, blocks) = found_in_freed_memory(vec![canary], || scan(&scanned));
        let places: BTreeSet<_> = PLACES.take().into_iter().collect();
        let (known, expected) = common.get_or_insert_with(|| (places.clone(), blocks));
        // Else one run's places are not the other's.
        assert_eq!(blocks, *expected, "as many blocks are freed");
        known.retain(|place| places.contains(place));
    }
    common.unwrap().0
}

/// The texts of a credential's groups, and the two halves of the phone's signature.
fn canaries(world: &World) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for group in &world.showing.credential.groups {
        texts(&group.value, &mut found);
    }
    // Shorter ones are words of other texts.
    found.retain(|canary| canary.len() >= 9);
    // It is what a token ends with. A half that is all zeros but for a byte (a point of small order) is anywhere.
    if let Some(signature) = world.showing.token().last_chunk::<64>() {
        let halves = signature.chunks(32).filter(|half| half.iter().filter(|byte| **byte != 0).count() >= 9);
        found.extend(halves.map(Vec::from));
    }
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

/// One number of a group each: its group, its place in that, the bytes that hold it, and what it is of one person and another.
const NUMBERS: [(&str, u64, u64, usize, &[u64]); 13] = [
    ("sex", 12, 0, 1, &[1, 2, 9, 0]),
    ("ethnicity", 12, 1, 1, &[33, 24, 55, 41, 29, 52]),
    ("birth date", 12, 2, 4, &[19_951_224, 19_880_101, 19_770_909, 19_660_430]),
    ("division of the address", 13, 1, 4, &[510_104, 330_106, 110_101, 440_305]),
    ("first day", 14, 0, 4, &[20_200_110, 20_190_312, 20_160_801, 20_210_605]),
    ("last day", 14, 1, 4, &[20_300_110, 20_290_312, 20_360_801, 20_310_605]),
    ("age", 15, 0, 1, &[33, 24, 55, 41, 29, 52]),
    ("kind of the household", 16, 1, 1, &[1, 2, 2, 1, 2, 1, 1, 1, 2, 1]),
    ("relation", 16, 2, 1, &[33, 24, 55, 41, 29, 52]),
    ("division of the residence", 17, 1, 4, &[510_104, 330_106, 110_101, 440_305]),
    ("day of issue", 18, 0, 4, &[20_260_101, 20_250_228, 20_240_919, 20_231_130]),
    ("day of the endorsement", 18, 1, 4, &[20_270_101, 20_280_228, 20_290_919, 20_301_130]),
    // No number, but found in the same way: the first four bytes, which stand for all.
    ("portrait", 19, 0, 4, &[0x1234_5678, 0x9abc_def0, 0x0fed_cba9, 0x8765_4321]),
];

#[test]
fn no_number_of_a_person_is_left_in_freed_memory() {
    let groups = [12, 13, 14, 15, 16, 17, 18, 19];
    let mut left = Vec::new();
    for (what, group, item, bytes, values) in NUMBERS {
        for is_asked_for in [true, false] {
            let runs = values.iter().zip(1..).map(|(&value, run)| {
                let mut world = World::fixed();
                world.ask_and_show(if is_asked_for { &groups } else { &[] });
                // One code is not another, so that its digests and signatures are not.
                world.showing.binding.cti[0] = run;
                let credential = &mut world.showing.credential;
                credential.describe(&Person::RESIDENT);
                credential.document = 3;
                credential.disclose(&groups);
                credential.say(15, Cbor::Array(vec![18.into()]));
                let mut native = u32::try_from(value).unwrap().to_ne_bytes().to_vec();
                let number = match group {
                    19 => Cbor::from([&native[..], &[0x5a; 28]].concat()),
                    _ => Cbor::from(value),
                };
                credential.change(group, |group| group.value.within(item, |item| *item = number));
                if bytes == 1 {
                    native = vec![u8::try_from(value).unwrap()];
                }
                let scenario = world.scenario("", "", "ok");
                let desk = scenario.verifier().unwrap();
                (native, (desk, scenario))
            });
            let places = places_of_all(runs, |(desk, scenario)| use_up(desk, scenario).unwrap());
            if !places.is_empty() {
                left.push((what, is_asked_for, places));
            }
        }
    }
    assert!(left.is_empty(), "{left:?}");
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
    // And a byte, among bytes that are the same by chance, or in each run.
    let places = places_of_all([7, 9, 200].map(|byte| (vec![byte], byte)), |&byte: &u8| {
        drop(vec![7; 16]);
        drop(vec![9, 7, byte, byte ^ 1, 200]);
    });
    assert_eq!(places, BTreeSet::from([(1, 2)]));
}
