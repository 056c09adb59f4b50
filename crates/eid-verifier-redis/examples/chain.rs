//! Four desks of a hotel chain, in four processes, and one guest who shows the same code at each: one accepts it.
//!
//! `cargo run -p eid-verifier-redis --example chain`
//!
//! The desks share the server of `REDIS_URL`, or a redis-server that this starts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "an example may stop where it is"
)]

#[path = "../tests/server/mod.rs"]
mod server;

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stdin};
use std::process::{Command, ExitCode, Stdio};
use std::time::SystemTime;

use eid_verifier::UnixTime;
use eid_verifier::sandbox::World;
use eid_verifier_redis::{RedisLedger, redis};

use server::Server;

const DESKS: usize = 4;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => chain(),
        ["desk", number, url, name, made] => desk(number, url, name, made.parse().unwrap()),
        _ => panic!("no arguments, please"),
    }
}

fn chain() -> ExitCode {
    let server = env::var("REDIS_URL").is_err().then(Server::start);
    let url = server.as_ref().map_or_else(|| env::var("REDIS_URL").unwrap(), Server::url);
    let now = UnixTime::from(SystemTime::now());
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).unwrap();
    let name: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();

    // A new chain: there was no earlier ledger that could have admitted anything. So nobody need wait for two minutes; at
    // every later time that would let codes pass twice.
    let client = redis::Client::open(url.as_str()).unwrap();
    RedisLedger::new(client.clone(), &name).standing(now).expect("a server to hold the ledger");
    let mut begin = redis::cmd("HSET");
    let record = format!("eid-ledger:{name}");
    begin.arg(&record).arg("began").arg(0).exec(&mut client.get_connection().unwrap()).unwrap();

    let code = World::live(now.as_secs(), nonce).showing.text();
    let program = env::current_exe().unwrap();
    let mut desks: Vec<_> = (1..=DESKS)
        .map(|number| {
            Command::new(&program)
                .args(["desk", &number.to_string(), &url, &name, &now.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    // All four are connected before the first of them scans.
    let mut answers: Vec<_> =
        desks.iter_mut().map(|desk| BufReader::new(desk.stdout.take().unwrap())).collect();
    for answer in &mut answers {
        answer.read_line(&mut String::new()).unwrap();
    }
    for desk in &mut desks {
        writeln!(desk.stdin.take().unwrap(), "{code}").unwrap();
    }
    let (mut accepted, mut spent) = (0, 0);
    for (desk, mut answer) in desks.iter_mut().zip(answers) {
        let mut text = String::new();
        answer.read_to_string(&mut text).unwrap();
        desk.wait().unwrap();
        print!("{text}");
        accepted += text.matches("accepted").count();
        spent += text.matches("nonce.spent").count();
    }
    redis::cmd("DEL").arg(&record).exec(&mut client.get_connection().unwrap()).unwrap();
    println!("{accepted} accept, {spent} nonce.spent");
    if (accepted, spent) == (1, DESKS - 1) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn desk(number: &str, url: &str, name: &str, made: u64) -> ExitCode {
    // The sandbox's province, at the moment of the code. A real desk opens its own lists.
    let verifier = World::live(made, [0; 16]).scenario("a desk of the chain", "", "ok").verifier().unwrap();
    let ledger = RedisLedger::new(redis::Client::open(url).unwrap(), name);
    ledger.standing(SystemTime::now().into()).expect("the chain's ledger");
    println!("ready");

    let mut scanned = String::new();
    stdin().read_line(&mut scanned).unwrap();
    match verifier.verify(&scanned, &ledger, SystemTime::now().into()) {
        Ok(guest) => println!("desk {number}: accepted {}", guest.identity().unwrap().name()),
        Err(refusal) => println!("desk {number}: {} {}", refusal.code(), refusal.clerk_zh()),
    }
    ExitCode::SUCCESS
}
