//! The crate without `std`: a program with a panic handler and an allocator of its own, which verifies a vector and exits
//! with 0 if it is admitted once. `std` brings a panic handler too, so this does not build where anything pulls it in:
//!
//!     cargo run --manifest-path tests/no_std/Cargo.toml
//!     cargo build --manifest-path tests/no_std/Cargo.toml --features std    # must fail: duplicate lang item

#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ffi::c_int;
use core::panic::PanicInfo;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use eid_verifier::ledger::Nonce;
use eid_verifier::{Anchor, Floor, NonceLedger, Site, Spend, TrustList, UnixTime, Verifier};

/// Name and number at a hotel's desk, as the preset policy asks for them.
const VECTOR: &str = include_str!("../../vectors/ok-hotel-minimal.json");

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    match scan() {
        Ok(()) => 0,
        // The number of the refusal's code would not fit an exit status; where it happened does.
        Err(step) => step,
    }
}

fn scan() -> Result<(), c_int> {
    let now = UnixTime::from_secs(number("now").ok_or(1)?);
    let kid = hex("kid").try_into().map_err(|_| 2)?;
    let x = hex("x").try_into().map_err(|_| 2)?;
    let anchors = [Anchor::new(kid, x)];
    let trust =
        TrustList::open(&hex("trust_list"), &anchors, Floor::FirstInstallation, now).map_err(|_| 3)?;
    let site = Site::hotel(510_107, text("relying_party").ok_or(4)?).map_err(|_| 4)?;
    let verifier = Verifier::new(trust, site).with_status_list(&hex("status_lists"), now).map_err(|_| 5)?;

    let qr = text("qr").ok_or(6)?;
    let ledger = OneCode::default();
    let code = verifier.check(qr, now).map_err(|_| 7)?;
    let spend = ledger.spend(code.nonce(), now);
    let guest = code.admit(spend, now).map_err(|_| 8)?;
    let name = guest.identity().map_err(|_| 9)?.name().reveal();
    if !VECTOR.contains(name) || name.is_empty() {
        return Err(10);
    }
    match verifier.verify(qr, &ledger, now) {
        Ok(_) => Err(11),
        Err(refusal) if refusal.code().as_str() == "nonce.spent" => Ok(()),
        Err(_) => Err(12),
    }
}

/// A ledger for one code: it remembers the number of spends.
#[derive(Default)]
struct OneCode(AtomicUsize);

impl NonceLedger for OneCode {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        match (nonce.judge(UnixTime::from_secs(0), now), self.0.fetch_add(1, Ordering::SeqCst)) {
            (Err(refused), _) => refused,
            (Ok(()), 0) => Spend::Fresh,
            (Ok(()), _) => Spend::Spent,
        }
    }
}

// As much of JSON as one vector needs: none of these values holds an escape, and each field has a name of its own.

/// What follows `"name":`.
fn value(name: &str) -> Option<&'static str> {
    VECTOR.match_indices(name).find_map(|(at, _)| {
        let after = VECTOR.get(at + name.len()..)?.strip_prefix("\":")?;
        VECTOR.get(..at)?.ends_with('"').then_some(after)
    })
}

/// The first text in the value.
fn text(name: &str) -> Option<&'static str> {
    value(name)?.split('"').nth(1)
}

fn number(name: &str) -> Option<u64> {
    value(name)?.trim_start().split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

fn hex(name: &str) -> Vec<u8> {
    let (pairs, _) = text(name).unwrap_or_default().as_bytes().as_chunks::<2>();
    let byte = |pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().filter_map(|pair| byte(pair)).collect()
}

// What std would bring.

#[link(name = "c")]
unsafe extern "C" {
    fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: abort takes nothing and does not return.
    unsafe { abort() }
}

// The sysroot's `core` and `alloc` are built to unwind and name these two; with panic = "abort" nobody calls them.

#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    // SAFETY: as in `panic`.
    unsafe { abort() }
}

/// Gives out one array from its start, and takes nothing back.
struct Bump {
    memory: UnsafeCell<[u8; SIZE]>,
    used: AtomicUsize,
}

const SIZE: usize = 16 << 20;

#[global_allocator]
static ALLOCATOR: Bump = Bump { memory: UnsafeCell::new([0; SIZE]), used: AtomicUsize::new(0) };

// SAFETY: no two callers are given the same bytes, since `used` only grows, by atomic acts.
unsafe impl Sync for Bump {}

// SAFETY: what is given out lies in the array, is aligned as asked, and is given out once.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.memory.get().cast::<u8>();
        // Room for the size, wherever the alignment moves it.
        let Some(most) = layout.size().checked_add(layout.align()) else { return ptr::null_mut() };
        let place = self.used.fetch_add(most, Ordering::Relaxed);
        if place.checked_add(most).is_none_or(|end| end > SIZE) {
            return ptr::null_mut();
        }
        // SAFETY: `place + most` is inside the array, and aligning takes less than `align`.
        unsafe {
            let free = start.add(place);
            free.add(free.align_offset(layout.align()))
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
