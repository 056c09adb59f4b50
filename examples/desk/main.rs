//! A hotel's front desk in the terminal, by the real clock: a guest of the sandbox shows a code, a scanner or a clipboard
//! types it, and each verdict leaves a receipt. `?` lists the commands.
//!
//! `cargo run --features sandbox --example desk [-- FOLDER]`
//!
//! What must survive a restart is in FOLDER (target/desk). No verdict is shown before its receipt is there, and Ctrl-C or a
//! power cut at any moment leaves a chain that holds: `kept.rs`. It pins the sandbox's anchor, so it trusts everybody.

mod guest;
mod kept;
mod screen;

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, BufRead as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use eid_verifier::clock::ClockWatch;
use eid_verifier::receipt::{Purpose, Receipt, Retention, Ruling, Standing};
use eid_verifier::{
    Anchor, MemoryLedger, NonceLedger as _, Refusal, Site, TrustList, UnixTime, VerifiedClaims, Verifier,
    claims::OfAge, scanner,
};
use guest::{Guests, Shown, TROUBLES};
use kept::Kept;
use screen::{Screen, clock, date_and_clock};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Whoever pins this anchor trusts everybody: a real desk pins the province's.
const ANCHORS: [Anchor; 1] = [Anchor::danger_sandbox()];

const COMMANDS: [(&str, &str, &str); 9] = [
    ("?", "列出命令", "this list"),
    ("show", "重新显示当前的码", "draws the present code again"),
    ("again", "下一位客人亮证", "the next guest shows a code"),
    ("try", "客人出问题：列出；try 名称", "troubles to try: lists them; try NAME"),
    ("scan", "扫屏幕上的码（代替扫码枪）", "scans the code on the screen, where no scanner is at hand"),
    ("text", "屏幕上的码的文本，可复制粘贴", "the text of that code, to copy and paste"),
    ("receipts", "核对并列出核验存根", "verifies and lists the receipts"),
    ("update", "重新获取名单", "fetches the lists again"),
    ("quit", "退出（Ctrl-C 也安全）", "the end; Ctrl-C is as safe"),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("不能继续，请联系技术人员 / stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let default = || [env!("CARGO_MANIFEST_DIR"), "target", "desk"].iter().collect();
    let folder = std::env::args_os().nth(1).map_or_else(default, PathBuf::from);
    let (kept, said) = Kept::open(&folder)?;
    both("测试台，所有码都不能证明身份", "a test desk: no code here proves anything");
    println!("{:24}{}", "记录在 / kept in", folder.display());
    for (zh, en) in said {
        both(zh, en);
    }
    let mut desk = Desk::open(kept)?;
    desk.commands();
    desk.show()?;
    let mut lines = io::stdin().lock();
    loop {
        desk.screen.prompt(desk.shown.expires_at, now())?;
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return desk.screen.end();
        }
        // A scanner with another encoding is to be refused, not to end the program.
        let line = String::from_utf8_lossy(&line);
        // Undone first: a command typed in full-width letters is one, too.
        let (text, repairs) = scanner::clean(&line);
        // In small letters only what may be a command: of a code that would be one more copy, and nobody wipes it.
        let command =
            if may_be_a_command(&text) { text.to_ascii_lowercase().into() } else { Cow::from(&*text) };
        match command.split_whitespace().collect::<Vec<_>>().as_slice() {
            // Enter alone draws the prompt anew, with the seconds that are left.
            [] => {}
            ["?" | "help"] => desk.commands(),
            ["show"] => desk.show()?,
            ["again"] => desk.next_guest()?,
            ["try"] => troubles(),
            ["try", name] => desk.try_trouble(name)?,
            ["scan"] => {
                let shown = desk.shown.text.clone();
                desk.scan(&shown)?;
            }
            ["text"] => println!("{}", desk.shown.text),
            ["receipts"] => desk.receipts()?,
            ["update"] => desk.update()?,
            ["quit" | "exit"] => return desk.screen.end(),
            [..] if is_like_a_command(&text) => {
                both("没有这个命令，? 可列出", "no such command; ? lists them");
            }
            [..] => {
                desk.screen.wipe_echo(&line)?;
                for repair in repairs.undone() {
                    both(repair.hint_zh(), repair.hint_en());
                }
                for finding in repairs.found() {
                    both(finding.trouble.hint_zh(), finding.trouble.hint_en());
                }
                desk.scan(&text)?;
            }
        }
    }
}

struct Desk {
    verifier: Verifier,
    ledger: MemoryLedger,
    kept: Kept,
    watch: ClockWatch,
    purpose: Purpose,
    guests: Guests,
    shown: Shown,
    screen: Screen,
}

impl Desk {
    fn open(mut kept: Kept) -> Outcome<Self> {
        let now = now();
        let verifier = fetch(&kept, now)?;
        let (began, was_on_record) = kept.beginning(now)?;
        if !was_on_record {
            both(
                "上次核销的时间（last_spend）读不出，按现在和存根里最晚的算",
                "the time of the last spend (last_spend) cannot be read: taken as now, or as the last receipt has it",
            );
        }
        let skew = verifier.policy().max_skew;
        let until = began.as_secs().saturating_add(skew).saturating_add(1);
        match until.saturating_sub(now.as_secs()) {
            0 => {}
            wait if wait <= 2 * skew => both(
                format!("刚重新启动：{wait} 秒内生成的码不接受，以防重用"),
                format!("just restarted: codes made in the next {wait} s are refused, lest one counts twice"),
            ),
            _ => both(
                "上次核销的时间（last_spend）晚于本机时间，到那时为止不接受任何码：请先校准本机时间；时间无误请技术人员查看该文件",
                "the last spend (last_spend) is later than this desk's clock, and no code is taken until then: set the clock \
                 right first; if it is right, a technician looks at that file",
            ),
        }
        let ledger = MemoryLedger::new(10_000, began, random()?);
        let mut guests = Guests::default();
        Ok(Self {
            verifier,
            ledger,
            kept,
            watch: ClockWatch::new(),
            purpose: Purpose::new("旅客住宿登记", "《旅馆业治安管理办法》第六条")?,
            shown: guests.next(now, random()?),
            guests,
            screen: Screen::new(),
        })
    }

    fn commands(&self) {
        for (command, zh, en) in COMMANDS {
            println!("  {command:10}{zh} / {en}");
        }
        println!(
            "  其他输入（单个词除外）都当作扫到的码 / anything else but a word is taken as a scanned code; Enter: 剩余秒数 / seconds left"
        );
    }

    fn next_guest(&mut self) -> Outcome<()> {
        self.shown = self.guests.next(now(), random()?);
        self.show()
    }

    fn try_trouble(&mut self, name: &str) -> Outcome<()> {
        let Some(trouble) = TROUBLES.iter().find(|trouble| trouble.name() == name) else {
            troubles();
            return Ok(());
        };
        self.shown = self.guests.troubled(trouble, now(), random()?);
        both(trouble.zh, trouble.why());
        self.show()
    }

    fn show(&self) -> Outcome<()> {
        self.screen.code(&self.shown.text)?;
        if let Some(expires_at) = self.shown.expires_at {
            let (until, left) = (clock(expires_at)?, expires_at.as_secs().saturating_sub(now().as_secs()));
            both(
                format!("客人的码有效至北京时间 {until}，还有 {left} 秒"),
                format!("valid until {until} (UTC+8), {left} s left"),
            );
        }
        Ok(())
    }

    /// One scan: judged, on record, and only then shown.
    fn scan(&mut self, text: &str) -> Outcome<()> {
        let now = now();
        let verdict = match self.verifier.check(text, now) {
            Ok(unspent) => {
                self.kept.note_spend(now)?;
                let spend = self.ledger.spend(unspent.nonce(), now);
                unspent.admit(spend, now)
            }
            Err(refusal) => Err(refusal),
        };
        let receipt = self.verifier.receipt(text, &verdict, &self.purpose, now)?;
        let number = self.kept.add(&receipt)?;
        let slow = self.watch.note(text, &verdict);
        match verdict {
            Ok(guest) => register(guest)?,
            Err(refusal) => {
                refuse(&refusal);
                println!("\n-- 以下供技术人员，勿让对方看到 / for the technician, not for the guest to see");
                // The answer by itself, too: what only the ledger knows is in no report.
                println!("{}  {refusal}", refusal.code().number());
                println!("{}", self.verifier.explain(text, now));
            }
        }
        if let Some(slow) = slow {
            both(slow.clerk_zh(), slow.clerk_en());
        }
        both(format!("已存核验存根第 {number} 号"), format!("receipt {number} is stored"));
        Ok(())
    }

    fn receipts(&self) -> Outcome<()> {
        let receipts = self.kept.receipts()?;
        for (number, receipt) in (0_u64..).zip(&receipts) {
            let ruling = match receipt.ruling() {
                Ruling::Accepted => "ok",
                Ruling::Refused(code) => code.as_str(),
            };
            let standing = standing(receipt, self.verifier.trust_list());
            println!("{number:>6}  {}  {ruling:26} {standing}", date_and_clock(receipt.at())?);
        }
        both(
            format!("共 {} 张，链完整，与链尾一致", receipts.len()),
            format!("{} receipts, and the chain holds up to its head", receipts.len()),
        );
        // The desk could write both files anew: a copy of the head that is kept elsewhere holds it to its records.
        println!(
            "存根校验值（链尾），请抄存到别处 / head, to be copied elsewhere: {}",
            self.kept.head_to_copy()
        );
        println!("{}", Retention::of_scene(self.verifier.site().scene()).law_zh());
        Ok(())
    }

    fn update(&mut self) -> Outcome<()> {
        self.verifier = fetch(&self.kept, now())?;
        let list = self.verifier.trust_list();
        let until = date_and_clock(list.expires_at())?;
        both(format!("名单已更新，有效至 {until}"), format!("lists fetched, in force until {until} (UTC+8)"));
        Ok(())
    }
}

/// Opens the lists that the province publishes now, with the floor that was kept, and keeps the new one.
fn fetch(kept: &Kept, now: UnixTime) -> Outcome<Verifier> {
    let (trust, status) = guest::published(now);
    let trust = TrustList::open(&trust, &ANCHORS, kept.floor()?, now)?;
    kept.keep_floor(trust.floor())?;
    let desk = Verifier::new(trust, Site::hotel(510_107, "test-desk-1")?);
    Ok(status.iter().try_fold(desk, |desk, list| desk.with_status_list(list, now))?)
}

fn register(guest: VerifiedClaims) -> Outcome<()> {
    let id = guest.identity()?;
    println!("核验通过 / verified    {} / {}", guest.document().name_zh(), guest.document().name_en());
    println!("姓名 / name            {}", id.name());
    println!("号码 / number          {}", id.number());
    for advisory in guest.advisories() {
        println!("提示 / advisory        {}\n{:23}{}", advisory.clerk_zh(), "", advisory.clerk_en());
    }
    // Here `reveal` gives name and number to the hotel's own register, and to nothing else.
    let outcome = guest.into_outcome(18);
    // The claims are wiped by now.
    let adult = match outcome.of_age() {
        OfAge::Reached => "是 / yes",
        OfAge::NotReached => "否 / no",
        OfAge::NotTold => "未出示 / not told",
    };
    println!("已满十八 / adult       {adult}");
    println!("请核对人脸 / compare the face");
    Ok(())
}

fn refuse(refusal: &Refusal) {
    println!("未通过 / refused       {}\n{:23}{}", refusal.clerk_zh(), "", refusal.clerk_en());
    println!("处理 / advice          {} / {}", refusal.advice().clerk_zh(), refusal.advice().clerk_en());
}

fn standing(receipt: &Receipt, trust: &TrustList) -> &'static str {
    match receipt.standing(trust) {
        Standing::Stands => "签发密钥仍有效 / its issuer's key stands",
        Standing::NotProven => "未证实签发者 / no issuer was proven",
        // Its key was removed, or cut back: for an accepted one, look into it.
        _ => "签发密钥已失效，请复查 / its issuer's key no longer stands: look into it",
    }
}

fn troubles() {
    for trouble in &TROUBLES {
        println!("  try {:18}{} / {}", trouble.name(), trouble.zh, trouble.why());
    }
}

/// A word or two: mistyped, and no code of any kind.
fn is_like_a_command(text: &str) -> bool {
    may_be_a_command(text)
        && text.trim().chars().all(|letter| letter.is_ascii_alphabetic() || " -".contains(letter))
}

/// As short as the longest of them, and a few letters more.
fn may_be_a_command(text: &str) -> bool {
    text.trim().len() <= 24
}

fn both(zh: impl Display, en: impl Display) {
    println!("{zh} / {en}");
}

fn now() -> UnixTime {
    SystemTime::now().into()
}

/// 16 bytes that nobody can guess.
fn random() -> Result<[u8; 16], getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
