//! Spends a second and their latency, against raw `SET NX` on the same server in the same run, in turns:
//!
//!     cargo bench -p eid-verifier-redis
//!
//! A redis-server of its own, or that of `REDIS_URL`, whose database it fills with keys of one minute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench fails by panicking"
)]

#[path = "../tests/code/mod.rs"]
mod code;
#[path = "../tests/server/mod.rs"]
mod server;

use std::env;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_redis::RedisLedger;
use redis::{Client, Connection, Value, cmd};

use code::{bytes, code, later};
use server::Server;

const ROUNDS: usize = 40;
const SPENDS: usize = 500;

fn main() {
    let server = env::var("REDIS_URL").is_err().then(Server::start);
    let url = server.as_ref().map_or_else(|| env::var("REDIS_URL").unwrap(), Server::url);
    for desks in [1, 4] {
        let (mut raw, mut spends) = (Vec::new(), Vec::new());
        let mut busy = [Duration::ZERO; 2];
        for round in 0..ROUNDS {
            busy[0] += together(desks, &mut raw, |desk| set_nx(&url, desk, round));
            busy[1] += together(desks, &mut spends, |desk| spend(&url, desk, round));
        }
        let count = desks * ROUNDS * SPENDS;
        println!("{desks} desk(s), {count} of each, in turns of {SPENDS}:");
        let rates = busy.map(|busy| f64::from(u32::try_from(count).unwrap()) / busy.as_secs_f64());
        let medians = [quantiles("SET NX PX", rates[0], &mut raw), quantiles("spend", rates[1], &mut spends)];
        let share = medians[0].as_secs_f64() / medians[1].as_secs_f64();
        println!(
            "  spend : SET NX   {:.2} of the rate, {share:.2} by the median latency",
            rates[1] / rates[0]
        );
    }
}

/// Desks at once, each with a connection that is made before the clock starts.
fn together<F>(desks: usize, latencies: &mut Vec<Duration>, desk: impl Fn(usize) -> F + Sync) -> Duration
where
    F: FnMut(usize),
{
    let start = Barrier::new(desks);
    let run = |number| {
        let mut act = desk(number);
        start.wait();
        let began = Instant::now();
        let latencies: Vec<Duration> = (0..SPENDS)
            .map(|n| {
                let start = Instant::now();
                act(n);
                start.elapsed()
            })
            .collect();
        (began.elapsed(), latencies)
    };
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..desks).map(|number| scope.spawn(move || run(number))).collect();
        let mut longest = Duration::ZERO;
        for thread in threads {
            let (busy, of_desk) = thread.join().unwrap();
            longest = longest.max(busy);
            latencies.extend(of_desk);
        }
        longest
    })
}

fn key(desk: usize, round: usize, n: usize) -> u64 {
    u64::try_from((desk * ROUNDS + round) * SPENDS + n).unwrap()
}

fn set_nx(url: &str, desk: usize, round: usize) -> impl FnMut(usize) {
    let mut connection: Connection = Client::open(url).unwrap().get_connection().unwrap();
    let run: u64 = now().as_secs();
    move |n| {
        let key = [&run.to_be_bytes()[..], &bytes(key(desk, round, n))].concat();
        let mut command = cmd("SET");
        command.arg(key).arg(&[7_u8; 16][..]).arg("NX").arg("PX").arg(60_000);
        let answer: Value = command.query(&mut connection).unwrap();
        assert_eq!(answer, Value::Okay);
    }
}

fn spend(url: &str, desk: usize, round: usize) -> impl FnMut(usize) {
    let start = now();
    let ledger = RedisLedger::new(Client::open(url).unwrap(), &format!("bench {start} {desk} {round}"));
    let made = later(ledger.standing(start).unwrap().beginning, 1);
    move |n| {
        let code = code(key(desk, round, n), made, later(start, 20));
        assert_eq!(ledger.spend(&code, now()), Spend::Fresh);
    }
}

fn quantiles(what: &str, rate: f64, latencies: &mut [Duration]) -> Duration {
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 1000];
    println!("  {what:10} {rate:8.0} a second; median {:?}, 99 % {:?}", at(500), at(990));
    at(500)
}

fn now() -> UnixTime {
    SystemTime::now().into()
}
