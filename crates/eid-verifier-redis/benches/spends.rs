//! Spends a second and their latency, against raw `SET NX` on the same server in the same run, in turns:
//!
//!     cargo bench -p eid-verifier-redis
//!
//! A redis-server of its own, or that of `REDIS_URL`, whose database it fills with keys of 80 seconds.
//!
//! Raw is `SET key value NX EXAT end` with a key, a value and an end as long as a spend's, by the same client, on connections
//! with the same timeouts that stay open as the ledgers' do. It draws no attempt and reads nothing but `OK`.
//!
//! Turns are short, and what is told of the rates is the median of the turns' ratios: other work on the machine meets both.
//! The server's own time is the least troubled by it.

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
use std::sync::{Barrier, OnceLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_redis::{MARGIN, RedisLedger};
use redis::{Client, Connection, Value, cmd};

use code::{bytes, code, later};
use server::Server;

const ROUNDS: usize = 100;
const SPENDS: usize = 200;
const TIMEOUT: Duration = Duration::from_secs(1);

fn main() {
    let server = env::var("REDIS_URL").is_err().then(Server::start);
    let url = server.as_ref().map_or_else(|| env::var("REDIS_URL").unwrap(), Server::url);
    let mut watch = Client::open(url.as_str()).unwrap().get_connection().unwrap();
    for desks in [1, 4] {
        let mut raws: Vec<_> = (0..desks).map(|desk| set_nx(&url, desks, desk)).collect();
        let mut ledgers: Vec<_> = (0..desks).map(|desk| spend(&url, desks, desk)).collect();
        let (mut raw, mut spends, mut shares) = (Figures::new(), Figures::new(), Vec::new());
        for _ in 0..ROUNDS {
            let of_raw = together(&mut watch, &mut raws, &mut raw);
            shares.push(of_raw / together(&mut watch, &mut ledgers, &mut spends));
        }
        println!("{desks} desk(s), {} of each, in turns of {SPENDS} a desk:", raw.latencies.len());
        raw.print("SET NX");
        spends.print("spend");
        let share = raw.median().as_secs_f64() / spends.median().as_secs_f64();
        shares.sort_unstable_by(f64::total_cmp);
        let [low, median, high] = [10, 50, 90].map(|percent| shares[shares.len() * percent / 100]);
        println!(
            "  spend : SET NX   {median:.2} of the rate ({low:.2} to {high:.2} in 8 turns of 10), {share:.2} by the median \
             latency, {:.2} by the server's time",
            raw.server / spends.server
        );
    }
}

struct Figures {
    latencies: Vec<Duration>,
    /// From the first start to the last end of every turn, in seconds.
    busy: f64,
    /// Of the server's core, in seconds.
    server: f64,
}

impl Figures {
    fn new() -> Self {
        Self { latencies: Vec::new(), busy: 0.0, server: 0.0 }
    }

    fn median(&self) -> Duration {
        self.at(500)
    }

    fn at(&self, share: usize) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() - 1) * share / 1000]
    }

    fn print(&self, what: &str) {
        let count = f64::from(u32::try_from(self.latencies.len()).unwrap());
        println!(
            "  {what:6} {:8.0} a second; median {:?}, 99 % {:?}; {:.1} µs of the server each",
            count / self.busy,
            self.median(),
            self.at(990),
            self.server * 1e6 / count
        );
    }
}

/// One turn of all desks at once, in seconds.
fn together(watch: &mut Connection, desks: &mut [impl FnMut() + Send], figures: &mut Figures) -> f64 {
    let before = server_time(watch);
    let start = Barrier::new(desks.len());
    let run = |act: &mut dyn FnMut()| {
        start.wait();
        let began = Instant::now();
        let latencies: Vec<Duration> = (0..SPENDS)
            .map(|_| {
                let start = Instant::now();
                act();
                start.elapsed()
            })
            .collect();
        (began, Instant::now(), latencies)
    };
    let run = &run;
    let busy = thread::scope(|scope| {
        let threads: Vec<_> = desks.iter_mut().map(|act| scope.spawn(move || run(act))).collect();
        let turns: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let first = turns.iter().map(|(began, ..)| *began).min().unwrap();
        let last = turns.iter().map(|(_, ended, _)| *ended).max().unwrap();
        figures.latencies.extend(turns.into_iter().flat_map(|(.., latencies)| latencies));
        (last - first).as_secs_f64()
    });
    figures.busy += busy;
    figures.server += server_time(watch) - before;
    busy
}

/// Of its core, in seconds. Without its children and threads of its own: it does all commands in one.
fn server_time(watch: &mut Connection) -> f64 {
    let info: String = cmd("INFO").arg("cpu").query(watch).unwrap();
    ["used_cpu_user_main_thread:", "used_cpu_sys_main_thread:"]
        .map(|name| info.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse::<f64>().unwrap())
        .iter()
        .sum()
}

fn set_nx(url: &str, desks: usize, desk: usize) -> impl FnMut() {
    let mut connection = Client::open(url).unwrap().get_connection_with_timeout(TIMEOUT).unwrap();
    connection.set_read_timeout(Some(TIMEOUT)).unwrap();
    connection.set_write_timeout(Some(TIMEOUT)).unwrap();
    let prefix = format!("eid-plain:{}:", name(desks, desk));
    let mut count = 0;
    move || {
        count += 1;
        let key = [prefix.as_bytes(), &bytes(count)].concat();
        let mut command = cmd("SET");
        command.arg(key).arg(&[7_u8; 16][..]).arg("NX").arg("EXAT").arg(later(now(), 80).as_secs());
        let answer: Value = command.query(&mut connection).unwrap();
        assert_eq!(answer, Value::Okay);
    }
}

fn spend(url: &str, desks: usize, desk: usize) -> impl FnMut() {
    let ledger = RedisLedger::new(Client::open(url).unwrap(), &name(desks, desk)).with_timeout(TIMEOUT);
    let made = later(ledger.standing(now()).unwrap().beginning, 1);
    let lives = i64::try_from(80 - MARGIN).unwrap();
    let mut count = 0;
    move || {
        count += 1;
        let code = code(count, made, later(now(), lives));
        assert_eq!(ledger.spend(&code, now()), Spend::Fresh);
    }
}

/// Another for every run: codes of an earlier one may still be there.
fn name(desks: usize, desk: usize) -> String {
    static RUN: OnceLock<u64> = OnceLock::new();
    format!("bench {} {desk} of {desks}", RUN.get_or_init(|| now().as_secs()))
}

fn now() -> UnixTime {
    SystemTime::now().into()
}
