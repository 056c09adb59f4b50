//! The example `desk`, as a clerk would try it: good codes and bad ones, a chain of receipts that holds, and that holds
//! still when the program is killed at any moment.
#![cfg(all(feature = "sandbox", feature = "std"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use eid_verifier::Floor;
use eid_verifier::receipt::{ChainHead, Link, Receipt, ReceiptChain, Ruling};
use eid_verifier::refusal::Code;
use eid_verifier::sandbox::Person;

/// The example, built by the cargo and with the features of this test, beside it.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let built = test.ancestors().nth(2).unwrap();
        let profile = match built.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            other => other,
        };
        let features = if cfg!(feature = "serde") { "--all-features" } else { "--features=sandbox" };
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--example", "desk", features, "--profile", profile])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", built.parent().unwrap())
            .status()
            .unwrap();
        assert!(status.success());
        built.join("examples").join(format!("desk{}", std::env::consts::EXE_SUFFIX))
    })
}

/// A folder that no desk has used.
fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desk-example");
    fs::create_dir_all(&root).unwrap();
    let folder = root.join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn start(folder: &Path) -> Child {
    Command::new(program())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The code on the screen, once it is there: the desk is up.
fn shown(screen: &mut impl BufRead) -> String {
    let mut line = String::new();
    while !line.starts_with("LZ1:") {
        line.clear();
        assert_ne!(screen.read_line(&mut line).unwrap(), 0, "no code is shown");
    }
    line
}

/// Types lines, and reads what is printed: whether it ended well, and both outputs.
fn run(folder: &Path, typed: &[&str]) -> (bool, String) {
    let mut desk = start(folder);
    // A desk that stops at once does not read it.
    let _ = desk.stdin.take().unwrap().write_all((typed.join("\n") + "\n").as_bytes());
    let output = desk.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(printed).unwrap())
}

fn links(folder: &Path) -> Vec<Vec<u8>> {
    let lines = fs::read_to_string(folder.join("receipts")).unwrap();
    lines.lines().map(|line| hex::decode(line).unwrap()).collect()
}

/// The rulings of a chain that holds, as the library reads the files.
fn rulings(folder: &Path) -> Vec<&'static str> {
    let head = hex::decode(fs::read(folder.join("head")).unwrap()).unwrap();
    let links = links(folder);
    ReceiptChain::verify(ChainHead::START, &links, ChainHead::from_bytes(&head).unwrap()).unwrap();
    let ruling = |link: &Vec<u8>| match Link::from_bytes(link).unwrap().receipt().ruling() {
        Ruling::Accepted => "ok",
        Ruling::Refused(code) => code.as_str(),
    };
    links.iter().map(ruling).collect()
}

/// A night at the desk: each input, and what must come of it.
#[test]
fn a_clerk_tries_it() {
    let folder = folder("clerk");
    let mut desk = start(&folder);
    let (mut keyboard, mut screen) =
        (desk.stdin.take().unwrap(), BufReader::new(desk.stdout.take().unwrap()));
    let code = shown(&mut screen);
    let code = code.trim_end();

    let (again, caps_lock) = (format!("{code}\r"), code.to_lowercase());
    let typed = [
        code,
        &again,
        &caps_lock,
        "LZ1:拼音",
        "\u{ff1f}",
        "recipts",
        "try payment",
        "scan",
        "try late",
        "scan",
        // Three phones ahead, each another guest's.
        "try early",
        "scan",
        "try early",
        "scan",
        "try early",
        "scan",
        "try reported-lost",
        "SCAN",
        "again",
        "show",
        "scan",
        "update",
        "receipts",
        "quit",
    ];
    keyboard.write_all((typed.join("\n") + "\n").as_bytes()).unwrap();
    let mut printed = String::new();
    screen.read_to_string(&mut printed).unwrap();
    assert!(desk.wait().unwrap().success());

    let expected = [
        "ok",
        "nonce.spent",
        "nonce.spent",
        "payload.encoding",
        "payload.scheme",
        "freshness.expired",
        "freshness.not_yet",
        "freshness.not_yet",
        "freshness.not_yet",
        "status.suspended",
        "ok",
    ];
    assert_eq!(rulings(&folder), expected);
    for code in Code::ALL.iter().filter(|code| expected.contains(&code.as_str())) {
        assert!(printed.contains(code.clerk_zh()) && printed.contains(code.clerk_en()), "{code}");
        assert!(printed.contains(code.advice().clerk_zh()), "{code}");
    }
    for said in [
        "李*例",
        "519999********7418",
        "还有",
        "s left",
        "大写锁定",                                   // of the code in small letters
        "中文输入法开着",                             // of the pinyin
        "no such command",                            // of the mistyped one
        " 7 freshness   failed: freshness.expired: ", // the report
        "the phone's clock is 180 s ahead, at least",
        "好几部手机的时间都比本机快",
        "lists fetched, in force until",
        "11 receipts, and the chain holds up to its head",
    ] {
        assert!(printed.contains(said), "{said} is not in:\n{printed}");
    }
    assert!(printed.contains(&fs::read_to_string(folder.join("head")).unwrap()));
    assert!(Floor::from_bytes(&fs::read(folder.join("floor")).unwrap()).is_some(), "the floor is kept");
    // Nothing of the person, and no code, is shown whole or kept.
    let kept: Vec<u8> = ["floor", "last_spend", "receipts", "head"]
        .iter()
        .flat_map(|name| fs::read(folder.join(name)).unwrap())
        .collect();
    let kept = String::from_utf8_lossy(&kept);
    for secret in [Person::ADULT.name, &Person::ADULT.id_number(), code] {
        assert!(!printed.contains(secret) && !kept.contains(secret));
    }
}

#[test]
fn every_trouble_that_is_listed_can_be_tried() {
    let folder = folder("troubles");
    let (_, listed) = run(&folder, &["try", "quit"]);
    let names: Vec<_> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  try ")?.split_whitespace().next())
        .filter(|name| name.is_ascii())
        .collect();
    assert_eq!(names.len(), 13);
    let typed: Vec<_> = names.iter().flat_map(|name| [format!("try {name}"), "scan".into()]).collect();
    let typed: Vec<_> = typed.iter().map(String::as_str).collect();
    assert!(run(&folder, &typed).0);
    let refused = [
        "payload.scheme",
        "freshness.expired",
        "freshness.not_yet",
        "audience.mismatch",
        "user.not_verified",
        "claims.missing",
        "scope.region",
        "claims.document_expired",
        "device.signature",
        "disclosure.unmatched",
        "status.suspended",
        "status.revoked",
        "status.outdated",
    ];
    assert_eq!(rulings(&folder), refused);
}

#[test]
fn a_restart_takes_no_code_of_before() {
    let folder = folder("restart");
    assert!(run(&folder, &["scan"]).0);
    let (ended_well, printed) = run(&folder, &["scan"]);
    assert!(ended_well && printed.contains("刚重新启动"), "{printed}");
    assert_eq!(rulings(&folder), ["ok", "nonce.before_ledger"]);
}

/// A desk whose clock was set back has admitted codes of a later time than now, and only a spend is worth noting.
#[test]
fn a_clock_that_went_back_moves_no_beginning() {
    let folder = folder("clock");
    let noted = || fs::read_to_string(folder.join("last_spend")).unwrap();
    assert!(run(&folder, &["a text that is no code, 0123456789"]).0);
    assert_eq!((rulings(&folder), noted()), (vec!["payload.scheme"], "0".into()));
    let later = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 3_600;
    fs::write(folder.join("last_spend"), later.to_string()).unwrap();
    let (ended_well, printed) = run(&folder, &["scan"]);
    assert!(ended_well && printed.contains("请先校准本机时间"), "{printed}");
    assert!(run(&folder, &["scan"]).0);
    assert_eq!(rulings(&folder)[1..], ["nonce.before_ledger"; 2]);
    assert_eq!(noted(), later.to_string());

    // Also if the file is damaged while the desk runs.
    let mut desk = start(&folder);
    shown(&mut BufReader::new(desk.stdout.as_mut().unwrap()));
    fs::write(folder.join("last_spend"), "").unwrap();
    desk.stdin.take().unwrap().write_all(b"scan\n").unwrap();
    assert!(desk.wait_with_output().unwrap().status.success());
    assert_eq!(noted(), later.to_string());

    // No time is too late to be read.
    fs::write(folder.join("last_spend"), u64::MAX.to_string()).unwrap();
    assert!(run(&folder, &["scan"]).0);
    assert_eq!(rulings(&folder)[3..], ["nonce.before_ledger"; 2]);
}

/// A power cut may take the file and the clock: what the receipts know is known.
#[test]
fn a_last_spend_that_is_lost_is_none_that_never_was() {
    let folder = folder("lost");
    let now = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let lose = || fs::write(folder.join("last_spend"), "").unwrap();
    let noted = || fs::read_to_string(folder.join("last_spend")).unwrap().parse::<u64>().unwrap();
    assert!(run(&folder, &["quit"]).0);
    lose();
    let before = now();
    let (ended_well, printed) = run(&folder, &["scan"]);
    assert!(ended_well && printed.contains("cannot be read") && printed.contains("刚重新启动"), "{printed}");
    assert_eq!(rulings(&folder), ["nonce.before_ledger"]);
    assert!((before..=now()).contains(&noted()));

    // A code that was admitted by a clock that was an hour ahead, and one that was refused by it a day ahead.
    fs::write(folder.join("last_spend"), "0").unwrap();
    assert!(run(&folder, &["scan"]).0);
    let [refused, accepted] = &links(&folder)[..] else { panic!("two receipts") };
    let (hour, day) = (now() + 3_600, now() + 86_400);
    let at = |link: &Vec<u8>, at: u64| {
        let mut bytes = Link::from_bytes(link).unwrap().receipt().to_bytes();
        assert_eq!(bytes[3..5], [0x01, 0x1a], "key 1, and four bytes");
        bytes[5..9].copy_from_slice(&u32::try_from(at).unwrap().to_be_bytes());
        Receipt::from_bytes(&bytes).unwrap()
    };
    let mut chain = ReceiptChain::resume(ChainHead::START);
    let links =
        [at(accepted, hour), at(refused, day)].map(|receipt| hex::encode(chain.append(&receipt)) + "\n");
    fs::write(folder.join("receipts"), links.concat()).unwrap();
    fs::write(folder.join("head"), hex::encode(chain.head().to_bytes())).unwrap();
    lose();
    let (ended_well, printed) = run(&folder, &["scan"]);
    assert!(ended_well && printed.contains("请先校准本机时间"), "{printed}");
    assert_eq!(rulings(&folder), ["ok", "nonce.before_ledger", "nonce.before_ledger"]);
    assert_eq!(noted(), hour);
}

#[test]
fn two_desks_in_one_folder_are_found_out() {
    let folder = folder("two");
    let mut first = start(&folder);
    shown(&mut BufReader::new(first.stdout.as_mut().unwrap()));
    assert!(run(&folder, &["scan"]).0);
    first.stdin.take().unwrap().write_all(b"scan\n").unwrap();
    let output = first.wait_with_output().unwrap();
    assert!(
        !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("one desk a folder")
    );
    assert_eq!(rulings(&folder).len(), 1);
}

/// A disk that fails: first the time of the spend is noted, then the receipt is written, then its head, and only then is
/// anything shown.
#[test]
fn no_verdict_is_shown_before_its_receipt_is_kept() {
    let folder = folder("failing");
    assert!(run(&folder, &["quit"]).0);
    for (name, receipts) in [("last_spend", 0), ("head", 1)] {
        // A folder where the file is to be written aside.
        let in_the_way = folder.join(format!("{name}.new"));
        fs::create_dir(&in_the_way).unwrap();
        let (ended_well, printed) = run(&folder, &["scan"]);
        assert!(!ended_well && !printed.contains("核验通过") && !printed.contains("未通过"), "{printed}");
        fs::remove_dir(&in_the_way).unwrap();
        assert_eq!(links(&folder).len(), receipts, "{name}");
    }
    let (ended_well, printed) = run(&folder, &["quit"]);
    assert!(ended_well && printed.contains("receipt 0 is whole, and the head that lagged"), "{printed}");
    assert_eq!(rulings(&folder), ["ok"]);
}

/// Killed while it scans as fast as it can: what was on the disk stays, and the next start finds a chain that holds.
#[test]
fn killed_at_any_moment_it_goes_on() {
    let folder = folder("killed");
    let mut before = Vec::new();
    let mut grown = 0;
    for round in 0..12 {
        let mut desk = start(&folder);
        let mut keyboard = desk.stdin.take().unwrap();
        let typist = thread::spawn(move || while keyboard.write_all(b"scan\n").is_ok() {});
        let mut screen = BufReader::new(desk.stdout.take().unwrap());
        // Each third as it starts, the others from their first receipt on, however busy the machine is.
        let is_to_scan = round % 3 > 0;
        let mut line = String::new();
        while line.is_empty() || is_to_scan && !line.contains("is stored") {
            line.clear();
            assert_ne!(screen.read_line(&mut line).unwrap(), 0, "nothing is stored");
        }
        // Read, so that it never waits for the reader.
        let reader = thread::spawn(move || std::io::copy(&mut screen, &mut std::io::sink()));
        thread::sleep(Duration::from_millis(10 + 29 * round));
        desk.kill().unwrap();
        desk.wait().unwrap();
        typist.join().unwrap();
        reader.join().unwrap().unwrap();

        let (ended_well, printed) = run(&folder, &["receipts", "quit"]);
        assert!(ended_well && printed.contains("the chain holds up to its head"), "{printed}");
        rulings(&folder);
        let after = links(&folder);
        assert!(after.starts_with(&before), "round {round}: a receipt was lost");
        grown += usize::from(after.len() > before.len());
        before = after;
    }
    assert!(grown >= 8, "it was killed too early to have scanned anything");
}

/// What a kill leaves is mended and said; what it cannot leave stops the desk, and nothing is changed.
#[test]
fn what_a_kill_leaves_is_mended_and_nothing_else() {
    let original = folder("original");
    assert!(run(&original, &["scan", "scan", "scan"]).0);
    let receipts = fs::read_to_string(original.join("receipts")).unwrap();
    let lines: Vec<_> = receipts.lines().collect();
    let mut early = ReceiptChain::resume(ChainHead::START);
    for link in links(&original).iter().take(2) {
        early.append(Link::from_bytes(link).unwrap().receipt());
    }
    let lagging = hex::encode(early.head().to_bytes());

    let folder = folder("broken");
    let restart = |change: &dyn Fn(&Path)| {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for name in ["floor", "last_spend", "receipts", "head"] {
            fs::copy(original.join(name), folder.join(name)).unwrap();
        }
        change(&folder);
        let before = fs::read(folder.join("receipts")).ok();
        let (ended_well, printed) = run(&folder, &["scan", "receipts"]);
        if !ended_well {
            assert_eq!(fs::read(folder.join("receipts")).ok(), before, "a desk that stops changes nothing");
        }
        (ended_well, printed)
    };
    let write =
        |name: &'static str, text: String| move |folder: &Path| fs::write(folder.join(name), &text).unwrap();

    let (ended_well, printed) = restart(&|_| {});
    assert!(ended_well && !printed.contains("removed") && !printed.contains("lagged"), "{printed}");

    // Killed while the third line was written, or before its head was.
    for torn in ["8", &lines[2][..100], lines[2]] {
        let (ended_well, printed) = restart(&|folder| {
            fs::write(folder.join("receipts"), format!("{}\n{}\n{torn}", lines[0], lines[1])).unwrap();
            fs::write(folder.join("head"), &lagging).unwrap();
        });
        assert!(ended_well && printed.contains(&format!("removed ({} bytes)", torn.len())), "{printed}");
        assert_eq!(rulings(&folder).len(), 3);
    }
    let (ended_well, printed) = restart(&write("head", lagging.clone()));
    assert!(ended_well && printed.contains("receipt 2 is whole, and the head that lagged"), "{printed}");
    assert_eq!(rulings(&folder).len(), 4);

    // Another hand.
    let changed = receipts.replacen("e69785", "e69786", 1);
    assert_ne!(changed, receipts, "the purpose is in each receipt");
    for (what, change) in [
        ("the last receipt is gone", write("receipts", format!("{}\n{}\n", lines[0], lines[1]))),
        ("and cut", write("receipts", format!("{}\n{}\n{}", lines[0], lines[1], &lines[2][..100]))),
        ("two heads are gone", write("head", hex::encode(ChainHead::START.to_bytes()))),
        ("one is doubled", write("receipts", format!("{receipts}{}\n", lines[2]))),
        ("an order is changed", write("receipts", format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]))),
        ("a receipt is changed", write("receipts", changed)),
        ("a line is no link", write("receipts", format!("{receipts}no link\n"))),
        ("the head is cut", write("head", lagging[..40].into())),
        ("the floor is cut", write("floor", String::new())),
    ] {
        let (ended_well, printed) = restart(&change);
        let (_, why) = printed.split_once("不能继续，请联系技术人员 / stopped: ").expect(what);
        let names_a_file = ["receipts", "head is", "floor is"].iter().any(|name| why.contains(name));
        assert!(!ended_well && names_a_file, "{what}: {printed}");
    }
    let (ended_well, printed) = restart(&|folder| {
        fs::write(folder.join("receipts"), format!("{}\n{}\n{}\n", lines[0], lines[1], lines[1])).unwrap();
        fs::write(folder.join("head"), &lagging).unwrap();
    });
    assert!(!ended_well && printed.contains("number 1 where 2 belongs"), "{printed}");
    for name in ["floor", "last_spend", "receipts", "head"] {
        let (ended_well, printed) = restart(&|folder| fs::remove_file(folder.join(name)).unwrap());
        assert!(!ended_well && printed.contains(name), "{name}: {printed}");
    }

    // An installation that was cut short was never in use.
    fs::remove_dir_all(&folder).unwrap();
    let aside = folder.with_file_name("broken.installing");
    fs::create_dir_all(&aside).unwrap();
    fs::write(aside.join("floor"), "").unwrap();
    let (ended_well, printed) = run(&folder, &["quit"]);
    assert!(ended_well && printed.contains("first installation"), "{printed}");
    assert!(!aside.exists());
}
