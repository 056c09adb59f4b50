//! A hotel's front desk: from a picture of a guest's code to a name in the register, or to words for the clerk.
//!
//! `cargo run --example hotel_check_in [picture.png]`
//!
//! Its files are those of tests/vectors/ok-hotel-full.json: no real person's, no real province's.

mod scan;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use eid_verifier::claims::Match;
use eid_verifier::{
    Anchor, Floor, MemoryLedger, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
};

/// Who signs the trust list. This is the key of the test vectors, which proves nothing: replace it with the one that the
/// province publishes.
const ANCHORS: [Anchor; 1] = [Anchor::new(
    *b"\xcd\x84\xeb\xcc\x60\x1a\x9d\x4b",
    *b"\x42\xd0\xcc\xe9\x1c\x23\xf4\x37\xc6\x8a\xa5\xcb\x05\x32\x68\x68\
       \x81\xdf\x1c\xac\x6e\x52\x60\x71\xe9\xf9\x99\x00\x6c\x6f\xb4\x47",
)];
/// The moment of the picture. A real desk asks its clock, again for every scan.
const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);
/// When the ledger began. A real desk gives the latest time of a spend before the start, or the moment of the start.
const BEGAN: UnixTime = UnixTime::from_secs(1_790_000_000 - 3600);

fn main() -> ExitCode {
    let files = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hotel_check_in"));
    let picture = std::env::args_os().nth(1).map_or_else(|| files.join("guest.png"), PathBuf::from);
    match check_in(files, &picture) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => {}
        Err(error) => eprintln!("不能继续 / stopped: {error}"),
    }
    ExitCode::FAILURE
}

/// Scans a picture twice: whether exactly one scan was admitted.
fn check_in(files: &Path, picture: &Path) -> Result<bool, Box<dyn Error>> {
    // A real desk keeps `trust.floor()` across restarts, and opens every later list with it.
    let list = scan::file(&files.join("trust_list.cbor"))?;
    let trust = TrustList::open(&list, &ANCHORS, Floor::FirstInstallation, NOW)?;
    let status = scan::file(&files.join("status_list.cbor"))?;
    let verifier =
        Verifier::new(trust, Site::hotel(510_107, "cd-hotel-4711")?).with_status_list(&status, NOW)?;
    let mut hash_key = [0; 16];
    getrandom::fill(&mut hash_key)?;
    let ledger = MemoryLedger::new(10_000, BEGAN, hash_key);

    let mut admitted = 0;
    for title in ["扫码 / scan", "再扫一次 / the same picture again"] {
        println!("== {title}");
        match verifier.verify(&scan::text(picture)?, &ledger, NOW) {
            Ok(guest) => {
                register(&guest)?;
                admitted += 1;
            }
            Err(refusal) => refuse(refusal),
        }
    }
    Ok(admitted == 1)
}

/// The booking that the guest comes for: name and number.
const BOOKED: (&str, &str) = ("李小明", "510107199003077419");

fn register(guest: &VerifiedClaims) -> Result<(), Refusal> {
    let id = guest.identity()?;
    println!("核验通过 / verified    {} / {}", guest.document().name_zh(), guest.document().name_en());
    println!("姓名 / name            {}", id.name());
    println!("号码 / number          {}", id.number());
    let booked = match id.matches(BOOKED.0, BOOKED.1) {
        Match::Both => "相符 / this guest's",
        Match::NumberOnly | Match::NameOnly => "部分相符，请核对 / one of name and number: look at it",
        Match::Neither => "不相符 / another guest's",
    };
    println!("预订 / booking         {booked}");
    for advisory in guest.advisories() {
        println!("提示 / advisory        {}\n{:23}{}", advisory.clerk_zh(), "", advisory.clerk_en());
    }
    for group in guest.over_disclosed() {
        println!("不必出示 / not needed  {} / {}", group.name_zh(), group.name_en());
    }
    // What is shown above is masked. The whole values come from `reveal`, and go to the register only.
    store(id.name().reveal(), id.number().reveal());
    Ok(())
}

/// The hotel's own system (PMS).
fn store(name: &str, number: &str) {
    println!("已登记 / registered    {} + {} bytes", name.len(), number.len());
}

fn refuse(refusal: Refusal) {
    println!("未通过 / refused       {}\n{:23}{}", refusal.clerk_zh(), "", refusal.clerk_en());
    println!("处理 / advice          {} / {}", refusal.advice().clerk_zh(), refusal.advice().clerk_en());
    // The log says more than the person across the desk is to know.
    eprintln!("{refusal} ({})", refusal.code().number());
}
