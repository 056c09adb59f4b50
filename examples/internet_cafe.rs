//! The desk of an internet café: whether somebody is eighteen, and nothing else about them.
//!
//! `cargo run --features sandbox --example internet_cafe [picture.png ...]`
//!
//! The pictures are sandbox scenarios and bear their names:
//! `cargo run --features sandbox --example make_code -- ok-internet-cafe examples/internet_cafe/ok-internet-cafe.png`,
//! and for the lists `... make_code -- ok-internet-cafe --lists examples/internet_cafe`.

mod scan;

use std::error::Error;
use std::path::{Path, PathBuf};

use eid_verifier::claims::OfAge;
use eid_verifier::policy::Policy;
use eid_verifier::receipt::{ChainHead, Purpose, ReceiptChain, Retention};
use eid_verifier::refusal::Code;
use eid_verifier::{
    Anchor, Floor, MemoryLedger, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
};

/// A real desk pins the province's key, `Anchor::new(kid, x)`: whoever pins this one trusts everybody.
const ANCHORS: [Anchor; 1] = [Anchor::danger_sandbox()];
/// The moment of the pictures. A real desk asks its clock, again for every scan.
const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let files = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/internet_cafe"));
    let mut pictures: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if pictures.is_empty() {
        pictures = ["ok-internet-cafe.png", "claims-underage-ages.png"].map(|name| files.join(name)).into();
    }

    // A real desk keeps `trust.floor()` across restarts, and opens every later list with it.
    let list = scan::file(&files.join("trust_list.cbor"))?;
    let trust = TrustList::open(&list, &ANCHORS, Floor::FirstInstallation, NOW)?;
    let status = scan::file(&files.join("status_list.cbor"))?;
    let mut policy = Policy::internet_cafe();
    // This café registers nobody: a name that is shown all the same is checked, dropped and reported.
    policy.accept = policy.accept.without(eid_verifier::policy::Group::Identity);
    let desk = Verifier::new(trust, Site::internet_cafe(510_107, "cd-cafe-0815")?)
        .with_policy(policy)
        .with_status_list(&status, NOW)?;
    let mut hash_key = [0; 16];
    getrandom::fill(&mut hash_key)?;
    let ledger = MemoryLedger::new(10_000, UnixTime::from_secs(NOW.as_secs() - 3600), hash_key);

    // All that the café keeps of a visit: when, where, what for, and what came of it. No name, no age, no scanned text.
    let purpose = Purpose::new("核验是否成年", "《互联网上网服务营业场所管理条例》第二十一条")?;
    let mut chain = ReceiptChain::resume(ChainHead::START);

    for picture in pictures {
        println!("== {}", picture.display());
        let text = scan::text(&picture)?;
        let verdict = desk.verify(&text, &ledger, NOW);
        let receipt = desk.receipt(&text, &verdict, &purpose, NOW)?;
        match verdict {
            Ok(guest) => welcome(guest),
            Err(refusal) => turn_away(refusal),
        }
        let stored = chain.append(&receipt);
        println!("存根 / receipt    {} {} {} B", receipt.at(), receipt.ruling(), stored.len());
    }
    if let Some(days) = Retention::of_scene(desk.site().scene()).at_least_days() {
        println!("存根保存不少于 {days} 日 / receipts are kept {days} days at least");
    }
    Ok(())
}

/// The café asks whether, not who: the claims are wiped here.
fn welcome(guest: VerifiedClaims) {
    let over_disclosed = guest.over_disclosed();
    if guest.into_outcome(18).of_age() == OfAge::Reached {
        println!("准予上网 / welcome 已满十八周岁 / eighteen or more");
    }
    for group in over_disclosed {
        println!("不必出示 / not needed {} / {}", group.name_zh(), group.name_en());
    }
}

fn turn_away(refusal: Refusal) {
    println!("未通过 / refused   {}\n{:18}{}", refusal.clerk_zh(), "", refusal.clerk_en());
    if refusal.code() != Code::ClaimsUnderage {
        println!("处理 / advice     {} / {}", refusal.advice().clerk_zh(), refusal.advice().clerk_en());
    }
}
