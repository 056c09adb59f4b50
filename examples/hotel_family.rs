//! A family at a hotel's front desk: a father whose phone was replaced, and his daughter of seventeen.
//!
//! `cargo run --features sandbox --example hotel_family`
//!
//! The pictures are sandbox scenarios and bear their names:
//! `cargo run --features sandbox --example make_code -- ok-family-minor examples/hotel_family/ok-family-minor.png`,
//! and for the lists `... make_code -- ok-family-minor --lists examples/hotel_family`.

mod scan;

use std::error::Error;
use std::path::Path;

use eid_verifier::claims::{Advisory, Match};
use eid_verifier::{
    Anchor, Floor, MemoryLedger, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
};

/// A real desk pins the province's key, `Anchor::new(kid, x)`: whoever pins this one trusts everybody.
const ANCHORS: [Anchor; 1] = [Anchor::danger_sandbox()];
/// The moment of the pictures. A real desk asks its clock, again for every scan.
const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

/// The father shows his old phone first, whose copy of the card was replaced; then the new one.
const PICTURES: [&str; 3] = ["status-revoked-replaced.png", "ok-family-father.png", "ok-family-minor.png"];
/// Name and number, as booked; of the daughter's name a character is wrong.
const BOOKINGS: [(&str, &str); 2] = [("李样例", "519999199003077418"), ("王小洋", "519999200901150264")];

fn main() -> Result<(), Box<dyn Error>> {
    let files = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hotel_family"));
    // A real desk keeps `trust.floor()` across restarts, and opens every later list with it.
    let list = scan::file(&files.join("trust_list.cbor"))?;
    let trust = TrustList::open(&list, &ANCHORS, Floor::FirstInstallation, NOW)?;
    let status = scan::file(&files.join("status_list.cbor"))?;
    let desk = Verifier::new(trust, Site::hotel(510_107, "cd-hotel-4711")?).with_status_list(&status, NOW)?;
    let mut hash_key = [0; 16];
    getrandom::fill(&mut hash_key)?;
    let ledger = MemoryLedger::new(10_000, UnixTime::from_secs(NOW.as_secs() - 3600), hash_key);

    for name in PICTURES {
        println!("== {name}");
        match desk.verify(&scan::text(&files.join(name))?, &ledger, NOW) {
            Ok(guest) => check_in(&guest)?,
            // What the guest may read does not say why: an old phone may be a stolen one.
            Err(refusal) => {
                println!("未通过 / refused {}\n{:17}{}", refusal.clerk_zh(), "", refusal.clerk_en());
            }
        }
    }
    Ok(())
}

fn check_in(guest: &VerifiedClaims) -> Result<(), Refusal> {
    let id = guest.identity()?;
    println!("核验通过 / verified {} {}", id.name(), id.number());
    let best =
        BOOKINGS.iter().map(|(name, number)| id.matches(name, number)).min_by_key(|found| match found {
            Match::Both => 0,
            Match::NumberOnly => 1,
            Match::NameOnly => 2,
            Match::Neither => 3,
        });
    println!(
        "{}",
        match best {
            Some(Match::Both) => "预订相符 / booked",
            Some(Match::NumberOnly) =>
                "号码与预订相符，姓名不同，请核对 / booked under another name: look at the booking",
            Some(Match::NameOnly) =>
                "仅姓名与预订相符，可能是同名 / booked under another number: perhaps a namesake",
            Some(Match::Neither) | None => "没有预订 / no booking",
        }
    );
    for advisory in guest.advisories() {
        println!("提示 / advisory {}\n{:16}{}", advisory.clerk_zh(), "", advisory.clerk_en());
    }
    if guest.advisories().contains(&Advisory::AskForGuardian) {
        println!("监护人电话 / guardian's phone ____  同住人关系 / relation ____");
    }
    Ok(())
}
