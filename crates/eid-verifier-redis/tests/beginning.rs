//! The beginning: whatever makes the server forget what it said yes to is a new one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod code;
mod server;

use std::thread;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::sandbox::conformance::nonce;
use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_redis::{MARGIN, RedisLedger};

use code::{bytes, code, later};
use server::{Server, free_port};

/// The presets'.
const SKEW: u64 = 60;

/// A ledger that began long ago.
fn ledger(server: &Server) -> RedisLedger {
    let ledger = desk(server);
    ledger.standing(server.now()).unwrap();
    began_long_ago(server);
    ledger
}

fn desk(server: &Server) -> RedisLedger {
    RedisLedger::new(server.client(), "chain").with_timeout(Duration::from_secs(5))
}

fn began_long_ago(server: &Server) {
    let began = later(server.now(), -1000).to_string();
    server.record(&["HSET", "began", &began]);
}

/// What a desk may just have admitted at the worst: the desk's clock is half the margin ahead of the server's, and the
/// phone's the whole skew ahead of the desk's.
fn fastest_code(key: u64, server: UnixTime) -> (Nonce, UnixTime) {
    let desk = later(server, i64::try_from(MARGIN / 2).unwrap());
    let made = UnixTime::from_secs(desk.as_secs() + SKEW);
    (nonce(bytes(key), made, later(made, 300), SKEW), desk)
}

/// Neither code passes at an old connection or at a new one, and life goes on at a new beginning.
fn begins_anew(server: &Server, connected: &RedisLedger, spent: &[(Nonce, UnixTime)]) {
    let before = server.now();
    for ledger in [connected, &desk(server)] {
        for (code, now) in spent {
            assert_eq!(ledger.spend(code, *now), Spend::BeforeLedger);
        }
    }
    let standing = connected.standing(server.now()).unwrap();
    // The servers' clocks, too, may differ by half the margin.
    assert!(standing.beginning >= later(before, i64::try_from(MARGIN).unwrap()), "{standing:?}");
    let code = code(77, later(standing.beginning, 1), later(standing.beginning, 300));
    assert_eq!(connected.spend(&code, server.now()), Spend::Fresh);
    assert_eq!(desk(server).spend(&code, server.now()), Spend::Spent);
}

fn spent(ledger: &RedisLedger, key: u64, server: &Server) -> (Nonce, UnixTime) {
    let (code, now) = fastest_code(key, server.now());
    assert_eq!(ledger.spend(&code, now), Spend::Fresh);
    assert_eq!(ledger.spend(&code, now), Spend::Spent);
    (code, now)
}

#[test]
fn an_emptied_store() {
    let server = Server::start();
    let ledger = ledger(&server);
    let code = spent(&ledger, 1, &server);
    server.ask::<()>(&["FLUSHALL"]);
    begins_anew(&server, &ledger, &[code]);
}

#[test]
fn a_lost_record() {
    let server = Server::start();
    let ledger = ledger(&server);
    let code = spent(&ledger, 1, &server);
    server.ask::<i64>(&["DEL", "eid-ledger:chain"]);
    // What was found is noted to the end of the second.
    thread::sleep(Duration::from_secs(1));
    begins_anew(&server, &ledger, &[code]);
}

#[test]
fn a_restart_from_an_old_snapshot() {
    let mut server = Server::start();
    let ledger = ledger(&server);
    let kept = spent(&ledger, 1, &server);
    server.ask::<()>(&["SAVE"]);
    let lost = spent(&ledger, 2, &server);
    server.kill();
    server.restart(&[]);
    assert_eq!(server.entries(), 1, "one of the two came back");
    begins_anew(&server, &ledger, &[kept, lost]);
}

#[test]
fn a_restart_that_lost_nothing() {
    let mut server = Server::with(&["--save", "", "--appendonly", "yes", "--appendfsync", "always"]);
    let ledger = ledger(&server);
    let code = spent(&ledger, 1, &server);
    server.kill();
    server.restart(&[]);
    assert_eq!(server.entries(), 1, "all is there");
    begins_anew(&server, &ledger, &[code]);
}

/// Whatever is not this server's whole record is none, also within the second that the own time stands at.
#[test]
fn a_record_that_names_another_server_or_lacks_a_part() {
    for change in [
        "HSET server another",
        "HSET server RESTARTED",
        "HDEL server",
        "HDEL began",
        "HDEL own",
        // No times as the script writes them: taken for what they look like, no desk could ever read them.
        "HSET began 007",
        "HSET began 1e3",
        "HSET began -1",
        "HSET began 1.5",
        "HSET own 0x10",
        "HSET own inf",
        "HSET own 99999999999999999999",
    ] {
        let server = Server::start();
        let ledger = ledger(&server);
        let code = spent(&ledger, 1, &server);
        let names: String = server.ask(&["HGET", "eid-ledger:chain", "server"]);
        // The replication id, and the run id of another process.
        let change = change.replace("RESTARTED", &format!("{}{}", &names[..40], "0".repeat(40)));
        server.record(&["HSET", "own", &server.now().to_string()]);
        server.record(&change.split(' ').collect::<Vec<_>>());
        begins_anew(&server, &ledger, &[code]);
    }
}

/// Its clock may be behind that of the server before it, which may have admitted codes up to its own time.
#[test]
fn a_new_beginning_goes_back_behind_neither_time_of_the_last() {
    let server = Server::start();
    let ledger = ledger(&server);
    let now = server.now();
    for (began, own, anew) in [(500, 400, 500), (-1000, 400, 460), (430, 400, 460)] {
        let [began, own, anew] = [began, own, anew].map(|seconds| later(now, seconds));
        let (began, own_text) = (began.to_string(), own.to_string());
        server.record(&["HSET", "server", "another", "began", &began, "own", &own_text]);
        let standing = ledger.standing(now).unwrap();
        assert_eq!((standing.beginning, standing.own_time), (anew, own));
    }
}

/// A process that starts as a master draws a new replication id, whatever is on its disk: what the script relies on.
#[test]
fn both_names_of_a_server_are_new_after_a_restart() {
    let mut server = Server::with(&["--save", "", "--appendonly", "yes"]);
    let names = |server: &Server| {
        let info: String = server.ask(&["INFO"]);
        ["master_replid:", "run_id:"]
            .map(|name| info.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned())
    };
    let before = names(&server);
    desk(&server).standing(server.now()).unwrap();
    assert_eq!(server.ask::<String>(&["HGET", "eid-ledger:chain", "server"]), before.concat());
    server.ask::<()>(&["SAVE"]);
    server.kill();
    server.restart(&[]);
    let after = names(&server);
    assert!(before[0] != after[0] && before[1] != after[1], "{before:?} {after:?}");
}

#[test]
fn a_promoted_replica() {
    let (mut master, replica) = (Server::start(), Server::start());
    follow(&replica, &master);
    let at_master = ledger(&master);
    let kept = spent(&at_master, 1, &master);
    synced(&replica, &master);
    // The last spend does not come over any more.
    replica.ask::<()>(&["REPLICAOF", "127.0.0.1", &free_port().to_string()]);
    let lost = spent(&at_master, 2, &master);
    master.kill();
    // A desk at the replica, over one connection: read-only now, promoted later.
    let ledger = desk(&replica);
    assert_eq!(ledger.spend(&lost.0, lost.1), Spend::Failed);
    replica.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(replica.ask::<u32>(&["DBSIZE"]), 2, "the record came over, and one entry, and no note");
    begins_anew(&replica, &ledger, &[kept, lost]);
}

/// A master that follows another for a while loses what the other never had. Neither its process nor its connections end.
#[test]
fn a_master_that_followed_another_meanwhile() {
    let (master, other) = (Server::start(), Server::start());
    follow(&other, &master);
    let ledger = ledger(&master);
    synced(&other, &master);
    other.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    let lost = spent(&ledger, 1, &master);
    follow(&master, &other);
    synced(&master, &other);
    master.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(master.ask::<u32>(&["DBSIZE"]), 1, "the record, as the other had it, and no entry");
    begins_anew(&master, &ledger, &[lost]);
}

/// A replica that takes writes would keep them to itself.
#[test]
fn a_replica_that_takes_writes() {
    let master = Server::start();
    let replica = Server::with(&["--save", "", "--replica-read-only", "no"]);
    follow(&replica, &master);
    let ledger = ledger(&master);
    let code = spent(&ledger, 1, &master);
    let (other, now) = fastest_code(2, master.now());
    for code in [code.0, other] {
        assert_eq!(desk(&replica).spend(&code, now), Spend::Failed);
    }
}

/// A code is judged with the beginning that the desk knows; the act that inserts it looks whether that is the store's.
#[test]
fn a_beginning_that_moves_under_a_connected_desk() {
    // By the note, which is gone, an entry is set in vain; by the script none is.
    for (seconds, entries) in [(0, 2), (1, 1)] {
        let server = Server::start();
        let ledger = ledger(&server);
        let now = server.now();
        let (early, late) = (code(1, now, later(now, 300)), code(2, later(now, 1), later(now, 300)));
        assert!(ledger.standing(now).unwrap().beginning < now);
        server.record(&["HSET", "began", &now.to_string()]);
        for ledger in [&ledger, &desk(&server)] {
            assert_eq!(ledger.spend(&early, later(now, seconds)), Spend::BeforeLedger);
        }
        assert_eq!(ledger.spend(&late, now), Spend::Fresh);
        assert_eq!(desk(&server).spend(&late, now), Spend::Spent);
        assert_eq!(server.entries(), entries);
    }
}

#[test]
fn desks_that_begin_at_once_agree() {
    let server = Server::start();
    for round in 0..50 {
        let name = format!("chain {round}");
        let now = server.now();
        let beginnings: Vec<UnixTime> = thread::scope(|scope| {
            let begin = || RedisLedger::new(server.client(), &name).standing(now).unwrap().beginning;
            let desks: Vec<_> = (0..4).map(|_| scope.spawn(begin)).collect();
            desks.into_iter().map(|desk| desk.join().unwrap()).collect()
        });
        assert!(beginnings.iter().all(|beginning| *beginning == beginnings[0]), "{beginnings:?}");
    }
}

#[test]
fn ledgers_of_two_names_are_two() {
    let server = Server::start();
    let ledgers = ["chain", "chai"].map(|name| RedisLedger::new(server.client(), name));
    let now = server.now();
    for ledger in &ledgers {
        let beginning = ledger.standing(now).unwrap().beginning;
        assert_eq!(ledger.spend(&code(1, later(beginning, 1), later(now, 300)), now), Spend::Fresh);
    }
}

fn follow(replica: &Server, master: &Server) {
    replica.ask::<()>(&["REPLICAOF", "127.0.0.1", &master.port.to_string()]);
    synced(replica, master);
}

/// Waits until the replica has all that the master has.
fn synced(replica: &Server, master: &Server) {
    for _ in 0..2000 {
        let field =
            |info: &str, name: &str| info.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let (info, of_master): (String, String) =
            (replica.ask(&["INFO", "replication"]), master.ask(&["INFO", "replication"]));
        if field(&info, "master_link_status:").as_deref() == Some("up")
            && field(&info, "slave_repl_offset:") == field(&of_master, "master_repl_offset:")
        {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the replica does not follow");
}
