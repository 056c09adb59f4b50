//! A patrol's handheld: offline, with the lists of the morning, and the ground for every check on record.
//!
//! `cargo run --features sandbox --example patrol [ground 1..5] [officer id]`
//!
//! The pictures are sandbox scenarios and bear their names:
//! `cargo run --features sandbox --example make_code -- ok-patrol-morning examples/patrol/ok-patrol-morning.png`,
//! and for the lists `... make_code -- ok-patrol-morning --lists examples/patrol`.

mod scan;

use std::error::Error;
use std::path::Path;

use eid_verifier::receipt::{ChainHead, Ground, Link, Purpose, ReceiptChain};
use eid_verifier::{
    Anchor, Floor, MemoryLedger, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
};

/// A real handheld pins the province's key, `Anchor::new(kid, x)`: whoever pins this one trusts everybody.
const ANCHORS: [Anchor; 1] = [Anchor::danger_sandbox()];
/// When the lists were loaded, before going out: 2026-09-21 08:30 in UTC+8.
const MORNING: UnixTime = UnixTime::from_secs(1_789_950_600);
/// The moment of the pictures, 22:13 of that day. A real handheld asks its clock, again for every scan.
const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

const PICTURES: [&str; 3] =
    ["ok-patrol-morning.png", "status-suspended-patrol.png", "scope-region-patrol.png"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    // Why an officer may ask for the card, after showing police credentials: without a ground there is no check.
    let ground = Ground::from_number(arguments.next().map_or(Ok(1), |text| text.parse())?);
    let ground = ground.ok_or("居民身份证法第十五条：1 至 5 / the ground is 1 to 5")?;
    let officer = arguments.next().unwrap_or_else(|| "TEST-012345".into());
    let purpose = Purpose::patrol(&officer, ground)?;
    println!("警号 / officer {officer}\n依据 / ground  {}：{}", purpose.legal_basis(), ground.text_zh());

    let files = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/patrol"));
    // In the morning, with a network. `trust.floor()` is kept, and given to the next opening.
    let list = scan::file(&files.join("trust_list.cbor"))?;
    let trust = TrustList::open(&list, &ANCHORS, Floor::FirstInstallation, MORNING)?;
    let status = scan::file(&files.join("status_list.cbor"))?;
    let handheld =
        Verifier::new(trust, Site::patrol(510_107, "cd-patrol-07")?).with_status_list(&status, MORNING)?;
    let mut hash_key = [0; 16];
    getrandom::fill(&mut hash_key)?;
    let ledger = MemoryLedger::new(1_000, MORNING, hash_key);

    // In the evening, without one.
    let mut chain = ReceiptChain::resume(ChainHead::START);
    let mut record = Vec::new();
    for name in PICTURES {
        println!("== {name}");
        let text = scan::text(&files.join(name))?;
        let verdict = handheld.verify(&text, &ledger, NOW);
        // What is kept: when, where, by whom, on what ground, and what came of it. No name, no number, no scanned text.
        record.push(chain.append(&handheld.receipt(&text, &verdict, &purpose, NOW)?));
        show(&verdict)?;
    }
    // Back at the station: the record is whole, and its codes say more than the screen did.
    ReceiptChain::verify(ChainHead::START, &record, chain.head())?;
    println!("== 记录 / the record");
    for link in &record {
        let receipt = Link::from_bytes(link)?;
        let receipt = receipt.receipt();
        println!("{} {} {}", receipt.at(), receipt.relying_party(), receipt.ruling());
    }
    Ok(())
}

/// What stands on the screen, which the person stopped may see too: never why a credential is suspended.
fn show(answer: &Result<VerifiedClaims, Refusal>) -> Result<(), Refusal> {
    match answer {
        Ok(person) => {
            let id = person.identity()?;
            println!("核验通过 / verified {} {} {}", person.document().name_zh(), id.name(), id.number());
            for advisory in person.advisories() {
                println!("提示 / advisory {} {}", advisory.clerk_zh(), advisory.clerk_en());
            }
        }
        Err(refusal) => {
            println!("未通过 / refused {}\n{:17}{}", refusal.clerk_zh(), "", refusal.clerk_en());
            println!("处理 / advice {} / {}", refusal.advice().clerk_zh(), refusal.advice().clerk_en());
        }
    }
    Ok(())
}
