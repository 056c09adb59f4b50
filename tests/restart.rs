//! A desk that is killed while it admits, and a clock that is moved: what was admitted once is not admitted again.
//!
//! A program of its own, since it kills itself: without arguments it is the test, with `desk BEGAN` the desk that is killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use eid_verifier::sandbox::{FIXED_NOW, World};
use eid_verifier::{MemoryLedger, NonceLedger as _, UnixTime, Verifier};

const SKEW: u64 = 60;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [desk, began] = arguments.as_slice()
        && desk == "desk"
    {
        return run_desk(UnixTime::from_secs(began.parse().unwrap()));
    }
    let tests: [(&str, fn()); 4] = [
        ("what_a_killed_desk_admitted_is_refused_after_its_restart", killed),
        ("a_clock_set_forward_and_back_while_the_ledger_lives", forward_and_back),
        ("a_clock_set_back_across_a_restart_is_what_remains", set_back_across_a_restart),
        ("a_clock_that_stands_still_forgets_nothing", stands_still),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!("\ntest result: ok. {} passed; 0 failed", tests.len());
}

fn desk() -> Verifier {
    World::fixed().scenario("", "", "ok").verifier().unwrap()
}

/// The `n`th code: its phone's clock is `ahead` of the desk's, which says `now`.
fn code(n: u64, now: u64, ahead: u64) -> String {
    let mut world = World::fixed();
    let binding = &mut world.showing.binding;
    binding.cti[..8].copy_from_slice(&n.to_be_bytes());
    binding.iat = now + ahead;
    binding.exp = now + ahead + 300;
    world.showing.text()
}

fn scan(desk: &Verifier, ledger: &MemoryLedger, text: &str, now: u64) -> String {
    match desk.verify(text, ledger, UnixTime::from_secs(now)) {
        Ok(_) => "ok".into(),
        Err(refusal) => refusal.code().to_string(),
    }
}

fn ledger(began: u64) -> MemoryLedger {
    MemoryLedger::new(10_000, UnixTime::from_secs(began), [7; 16])
}

// ---------------------------------------------------------------------------------------------------------------------
// A desk that is killed.

/// Reads a time and a code a line, and answers each.
fn run_desk(began: UnixTime) {
    let (desk, ledger) = (desk(), ledger(began.as_secs()));
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (now, text) = line.split_once(' ').unwrap();
        println!("{}", scan(&desk, &ledger, text, now.parse().unwrap()));
    }
}

fn start(began: u64) -> Child {
    let mut desk = Command::new(std::env::current_exe().unwrap());
    desk.args(["desk", &began.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
    desk.spawn().unwrap()
}

/// Shows codes to a desk that began then, and kills it once it has answered so many. Gives the answers that came.
fn show_and_kill(began: u64, codes: &[(u64, String)], answers: usize) -> Vec<String> {
    let mut desk = start(began);
    let mut input = desk.stdin.take().unwrap();
    let output = BufReader::new(desk.stdout.take().unwrap());
    let lines: String = codes.iter().map(|(now, text)| format!("{now} {text}\n")).collect();
    // The rest is on its way when it dies, so nobody knows of how many more it has admitted.
    let feeder = std::thread::spawn(move || drop(input.write_all(lines.as_bytes())));
    let answered: Vec<String> = output.lines().take(answers).map(Result::unwrap).collect();
    // SIGKILL.
    desk.kill().unwrap();
    desk.wait().unwrap();
    feeder.join().unwrap();
    answered
}

fn tally(answers: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    answers.into_iter().fold(BTreeMap::new(), |mut tally, answer| {
        *tally.entry(answer).or_default() += 1;
        tally
    })
}

fn killed() {
    // A code a second, from phones whose clocks are right or ahead by up to the whole skew.
    let opened = FIXED_NOW;
    let ahead = [0, 30, SKEW].into_iter().cycle();
    let codes: Vec<(u64, String)> =
        (0..200).zip(ahead).map(|(n, ahead)| (opened + n, code(n, opened + n, ahead))).collect();
    for answers in [1, 57, 199] {
        let answered = show_and_kill(opened - 1_000, &codes, answers);
        assert_eq!(tally(answered), BTreeMap::from([("ok".into(), answers)]));
        let last = codes[answers - 1].0;

        // It comes up again at the second it died in; everything that it may have seen is shown once more, at once and for
        // as long as the codes live.
        let began = last;
        let (desk, ledger) = (desk(), ledger(began));
        for later in [0, 1, 59, 60, 61, 200, 290, 299, 300, 358, 359, 360] {
            let seen = codes.iter().filter(|(shown, _)| *shown <= last);
            let replayed = tally(seen.map(|(_, text)| scan(&desk, &ledger, text, began + later)));
            assert_eq!(replayed.get("ok"), None, "{later} s later: {replayed:?}");
            assert!(replayed.keys().all(|code| {
                ["nonce.before_ledger", "freshness.expired", "freshness.not_yet"].contains(&code.as_str())
            }));
        }
        // A phone whose clock is right waits no longer than the skew.
        let honest = |after: u64| code(900 + after, began + after, 0);
        assert_eq!(scan(&desk, &ledger, &honest(SKEW), began + 400), "freshness.expired");
        let restarted = MemoryLedger::new(10, UnixTime::from_secs(began), [7; 16]);
        assert_eq!(scan(&desk, &restarted, &honest(SKEW), began + SKEW), "nonce.before_ledger");
        assert_eq!(scan(&desk, &restarted, &honest(SKEW + 1), began + SKEW + 1), "ok");
    }
    // That it is the beginning that refuses them: a ledger that lies about it admits them all again.
    let liar = ledger(opened - 1_000);
    let again = tally(codes.iter().take(57).map(|(_, text)| scan(&desk(), &liar, text, opened + 57)));
    assert_eq!(again, BTreeMap::from([("ok".into(), 57)]));
}

// ---------------------------------------------------------------------------------------------------------------------
// A clock that is moved.

fn forward_and_back() {
    let (desk, ledger) = (desk(), ledger(FIXED_NOW - 1_000));
    let (text, now) = (code(1, FIXED_NOW, 0), FIXED_NOW + 10);
    assert_eq!(scan(&desk, &ledger, &text, now), "ok");
    // An hour forward: whatever the ledger is given then, it has seen the time. A refused spend counts too.
    let hour = code(2, FIXED_NOW + 3_600, 0);
    assert_eq!(scan(&desk, &ledger, &hour, FIXED_NOW + 3_600), "ok");
    assert_eq!(scan(&desk, &ledger, &hour, FIXED_NOW + 3_601), "nonce.spent");
    // And back: the entry is gone, and the ledger knows that it may be.
    assert_eq!(scan(&desk, &ledger, &text, now), "clock.behind");
    assert_eq!(scan(&desk, &ledger, &code(3, now, 0), now), "clock.behind");
    // When the true time has caught up, all is well.
    assert_eq!(scan(&desk, &ledger, &code(4, FIXED_NOW + 3_602, 0), FIXED_NOW + 3_602), "ok");
    assert_eq!(scan(&desk, &ledger, &hour, FIXED_NOW + 3_602), "nonce.spent");
}

/// FORMAT.md, What remains: a memory ledger trusts the clock at its start.
fn set_back_across_a_restart() {
    let desk = desk();
    let (text, now) = (code(1, FIXED_NOW, 0), FIXED_NOW + 10);
    assert_eq!(scan(&desk, &ledger(FIXED_NOW - 1_000), &text, now), "ok");
    let honest = ledger(now);
    assert_eq!(scan(&desk, &honest, &text, now + 1), "nonce.before_ledger");
    // Whoever sets the clock back before the restart has the code admitted again, as the README says.
    let deceived = ledger(now - 500);
    assert_eq!(scan(&desk, &deceived, &text, now), "ok");
}

fn stands_still() {
    let (desk, ledger) = (desk(), ledger(FIXED_NOW - 1_000));
    let text = code(1, FIXED_NOW, 0);
    assert_eq!(scan(&desk, &ledger, &text, FIXED_NOW), "ok");
    for _ in 0..1_000 {
        assert_eq!(scan(&desk, &ledger, &text, FIXED_NOW), "nonce.spent");
    }
    // The ledger's own word for it, beside the verdict.
    let code = desk.check(&text, UnixTime::from_secs(FIXED_NOW)).unwrap();
    assert_eq!(ledger.spend(code.nonce(), UnixTime::from_secs(FIXED_NOW)), eid_verifier::Spend::Spent);
}
