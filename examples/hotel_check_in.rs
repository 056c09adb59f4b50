//! A hotel's front desk: from a picture of a guest's code to a name in the register, or to words for the clerk.
//!
//! `cargo run --example hotel_check_in [picture.png]`
//!
//! Its files are those of tests/vectors/ok-hotel-full.json: no real person's, no real province's.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use eid_verifier::{
    Anchor, Floor, MemoryLedger, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
};

/// Who signs the trust list: the province's published key, compiled in.
const ANCHORS: [Anchor; 1] = [Anchor::new(
    *b"\xcd\x84\xeb\xcc\x60\x1a\x9d\x4b",
    *b"\x42\xd0\xcc\xe9\x1c\x23\xf4\x37\xc6\x8a\xa5\xcb\x05\x32\x68\x68\
       \x81\xdf\x1c\xac\x6e\x52\x60\x71\xe9\xf9\x99\x00\x6c\x6f\xb4\x47",
)];
/// The moment of the picture. A real desk asks its clock, again for every scan.
const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);
/// When the ledger began. A real desk gives the moment of its start: it then refuses codes from before that.
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
    let list = read(&files.join("trust_list.cbor"))?;
    let trust = TrustList::open(&list, &ANCHORS, Floor::FirstInstallation, NOW)?;
    let status = read(&files.join("status_list.cbor"))?;
    let verifier =
        Verifier::new(trust, Site::hotel(510_107, "cd-hotel-4711")?).with_status_list(&status, NOW)?;
    let mut hash_key = [0; 16];
    getrandom::fill(&mut hash_key)?;
    let ledger = MemoryLedger::new(10_000, BEGAN, hash_key);

    let mut admitted = 0;
    for title in ["扫码 / scan", "再扫一次 / the same picture again"] {
        println!("== {title}");
        match verifier.verify(&scan(picture)?, &ledger, NOW) {
            Ok(guest) => {
                register(&guest)?;
                admitted += 1;
            }
            Err(refusal) => refuse(refusal),
        }
    }
    Ok(admitted == 1)
}

/// A row for the hotel's own system (PMS).
struct Register<'a> {
    name: &'a str,
    number: &'a str,
}

fn register(guest: &VerifiedClaims) -> Result<(), Refusal> {
    let id = guest.identity()?;
    println!("核验通过 / verified    {} / {}", guest.document().name_zh(), guest.document().name_en());
    println!("姓名 / name            {}", id.name());
    println!("号码 / number          {}", id.number());
    for advisory in guest.advisories() {
        println!("提示 / advisory        {}\n{:23}{}", advisory.clerk_zh(), "", advisory.clerk_en());
    }
    for group in guest.over_disclosed() {
        println!("不必出示 / not needed  {} / {}", group.name_zh(), group.name_en());
    }
    // What is shown above is masked. The whole values come from `reveal`, and go to the register only.
    let row = Register { name: id.name().reveal(), number: id.number().reveal() };
    println!("已登记 / registered    {} + {} bytes", row.name.len(), row.number.len());
    Ok(())
}

fn refuse(refusal: Refusal) {
    println!("未通过 / refused       {}\n{:23}{}", refusal.clerk_zh(), "", refusal.clerk_en());
    println!("代码 / code            {} ({})", refusal.code(), refusal.code().number());
    println!("处理 / advice          {} / {}", refusal.advice().clerk_zh(), refusal.advice().clerk_en());
}

/// The text of the code in a picture. It proves a person's data for ever: verified and dropped, never stored.
fn scan(picture: &Path) -> Result<String, Box<dyn Error>> {
    let about = |what: &str| format!("{}: {what}", picture.display());
    let pixels =
        image::load_from_memory(&read(picture)?).map_err(|_| about("不是 PNG 图片 / not a PNG picture"))?;
    let mut pixels = rqrr::PreparedImage::prepare(pixels.into_luma8());
    let codes = pixels.detect_grids();
    if codes.is_empty() {
        return Err(about("图中没有二维码 / no QR code in the picture").into());
    }
    let text = codes.iter().find_map(|code| Some(code.decode().ok()?.1));
    text.ok_or_else(|| about("二维码残缺，无法识读 / the QR code is too damaged to read").into())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("{}: 文件读不到 / cannot be read: {error}", file.display()))
}
