//! The beginning: whatever makes the table forget what it said yes to is a new one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../eid-verifier-redis/tests/code/mod.rs"]
mod code;
mod server;

use std::thread;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::sandbox::conformance::nonce;
use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_postgres::tokio_postgres::NoTls;
use eid_verifier_postgres::{BlockingLedger, Failure, MARGIN, PostgresLedger};

use code::{bytes, code, later};
use server::{Server, began_long_ago};

/// The presets'.
const SKEW: u64 = 60;

/// A server, and a ledger that began long ago.
fn begun() -> (Server, BlockingLedger) {
    let server = Server::start();
    let ledger = server.desk();
    ledger.create_table().unwrap();
    ledger.standing(server.now()).unwrap();
    began_long_ago(&server);
    // The desk knows it.
    let now = server.now();
    assert!(ledger.standing(now).unwrap().beginning < now);
    (server, ledger)
}

/// What a desk may just have admitted at the worst: the desk's clock is half the margin ahead of the server's, and the
/// phone's the whole skew ahead of the desk's.
fn fastest_code(key: u64, server: UnixTime) -> (Nonce, UnixTime) {
    let desk = later(server, i64::try_from(MARGIN / 2).unwrap());
    let made = UnixTime::from_secs(desk.as_secs() + SKEW);
    (nonce(bytes(key), made, later(made, 300), SKEW), desk)
}

fn spent(ledger: &BlockingLedger, key: u64, server: &Server) -> (Nonce, UnixTime) {
    let (code, now) = fastest_code(key, server.now());
    assert_eq!(ledger.spend(&code, now), Spend::Fresh);
    assert_eq!(ledger.spend(&code, now), Spend::Spent);
    (code, now)
}

/// No code passes at an old connection or at a new one, and life goes on at a new beginning.
fn begins_anew(server: &Server, connected: &BlockingLedger, spent: &[(Nonce, UnixTime)]) {
    let before = server.now();
    for ledger in [connected, &server.desk()] {
        for (code, now) in spent {
            assert_eq!(ledger.try_spend(code, *now).unwrap(), Spend::BeforeLedger);
        }
    }
    let standing = connected.standing(server.now()).unwrap();
    // The servers' clocks, too, may differ by half the margin.
    assert!(standing.beginning >= later(before, i64::try_from(MARGIN).unwrap()), "{standing:?}");
    let code = code(77, later(standing.beginning, 1), later(standing.beginning, 300));
    assert_eq!(connected.spend(&code, server.now()), Spend::Fresh);
    assert_eq!(server.desk().spend(&code, server.now()), Spend::Spent);
}

#[test]
fn an_emptied_table() {
    for empty in ["TRUNCATE eid_ledger", "DELETE FROM eid_ledger", "DELETE FROM eid_ledger WHERE key = ''"] {
        let (server, ledger) = begun();
        let code = spent(&ledger, 1, &server);
        server.ask(empty);
        begins_anew(&server, &ledger, &[code]);
    }
}

#[test]
fn a_table_that_was_made_anew() {
    let (server, ledger) = begun();
    let code = spent(&ledger, 1, &server);
    server.ask("DROP TABLE eid_ledger");
    assert_eq!(ledger.spend(&code.0, code.1), Spend::Failed);
    ledger.create_table().unwrap();
    begins_anew(&server, &ledger, &[code]);
}

/// The server's own processes go on, and every row is back: but for the ones that were written after the copy was made.
#[test]
fn a_restored_copy_of_the_table() {
    let (server, ledger) = begun();
    let kept = spent(&ledger, 1, &server);
    server.ask("CREATE TABLE backup AS SELECT * FROM eid_ledger");
    let lost = spent(&ledger, 2, &server);
    server.ask("DELETE FROM eid_ledger; INSERT INTO eid_ledger SELECT * FROM backup");
    assert_eq!(
        server.ask("SELECT count(*) FROM eid_ledger"),
        ["2"],
        "the beginning came back, and one entry"
    );
    begins_anew(&server, &ledger, &[kept, lost]);
}

#[test]
fn a_restart_from_an_old_snapshot() {
    let (server, ledger) = begun();
    let kept = spent(&ledger, 1, &server);
    let snapshot = server.snapshot();
    let lost = spent(&ledger, 2, &server);
    server.come_back(&snapshot);
    assert_eq!(
        server.ask("SELECT count(*) FROM eid_ledger"),
        ["2"],
        "the beginning came back, and one entry"
    );
    begins_anew(&server, &ledger, &[kept, lost]);
}

#[test]
fn a_restart_that_lost_nothing() {
    let (server, ledger) = begun();
    let code = spent(&ledger, 1, &server);
    server.kill();
    server.restart();
    assert_eq!(server.ask("SELECT count(*) FROM eid_ledger"), ["2"], "all is there");
    begins_anew(&server, &ledger, &[code]);
}

#[test]
fn a_promoted_standby() {
    let (server, at_primary) = begun();
    let kept = spent(&at_primary, 1, &server);
    let standby = server.standby();
    let connected = standby.desk();
    // Read-only: no look, no spend, no beginning.
    assert!(matches!(connected.try_spend(&kept.0, kept.1), Err(Failure::Refused(_))));
    // The last spend does not come over any more.
    standby.ask("ALTER SYSTEM SET primary_conninfo = ''");
    standby.ask("SELECT pg_reload_conf()");
    for _ in 0..1000 {
        if server.ask("SELECT 1 FROM pg_stat_replication").is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let lost = spent(&at_primary, 2, &server);
    server.kill();
    standby.promote();
    assert_eq!(
        standby.ask("SELECT count(*) FROM eid_ledger"),
        ["2"],
        "the beginning came over, and one entry"
    );
    begins_anew(&standby, &connected, &[kept, lost]);
}

/// One process of the server ends badly, and the server starts all others anew: its start time stays what it was, so that
/// nothing that was admitted may be lost. The walwriter, which writes asynchronous commits, sleeps.
#[test]
fn a_crash_of_one_process() {
    let server = Server::start();
    for setting in ["synchronous_commit = off", "wal_writer_delay = '10s'"] {
        server.ask(&format!("ALTER SYSTEM SET {setting}"));
    }
    server.ask("SELECT pg_reload_conf()");
    let ledger = server.desk();
    ledger.create_table().unwrap();
    ledger.standing(server.now()).unwrap();
    began_long_ago(&server);
    server.ask("SET synchronous_commit = on; CREATE TABLE written_through ()");
    let code = spent(&ledger, 1, &server);
    server.crash();
    assert_eq!(ledger.try_spend(&code.0, code.1).unwrap(), Spend::Spent);
}

/// Its clock may be behind that of the server before it, which may have admitted codes up to its own time.
#[test]
fn a_new_beginning_goes_back_behind_neither_time_of_the_last() {
    let (server, _) = begun();
    let now = server.now();
    for (began, own, anew) in [(500, 400, 500), (-1000, 400, 460), (430, 400, 460)] {
        let [began, own, anew] = [began, own, anew].map(|seconds| later(now, seconds));
        server.ask(&format!(
            "UPDATE eid_ledger SET began = {began}, expires_at = {own}, attempt = 'another' WHERE key = ''"
        ));
        let standing = server.desk().standing(now).unwrap();
        assert_eq!((standing.beginning, standing.own_time), (anew, own));
    }
}

/// A connection that was made to a standby lives on through its promotion; what it knew of the beginning does not count.
#[test]
fn a_promotion_begins_a_timeline_at_once() {
    let (server, _) = begun();
    let standby = server.standby();
    let timeline = "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)";
    assert_eq!(server.ask(timeline), ["00000001"]);
    assert!(standby.try_ask(timeline).is_err());
    standby.promote();
    assert_eq!(standby.ask(timeline), ["00000002"]);
}

/// The code is spent, and its row is being deleted with all the others by somebody who has not committed yet.
#[test]
fn a_spend_while_the_table_is_being_emptied() {
    let (server, ledger) = begun();
    let (code, now) = spent(&ledger, 1, &server);
    thread::scope(|scope| {
        let emptying = scope.spawn(|| {
            let sql = "BEGIN; DELETE FROM eid_ledger; SELECT pg_sleep(1); COMMIT";
            server::ask(server.port, sql).unwrap();
        });
        // In the midst of it.
        while server
            .ask(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'BEGIN; DELETE%' AND wait_event = 'PgSleep'",
            )
            .is_empty()
        {
            thread::sleep(Duration::from_millis(10));
        }
        let answer = ledger.spend(&code, now);
        assert_eq!(answer, Spend::BeforeLedger);
        emptying.join().unwrap();
    });
    begins_anew(&server, &ledger, &[(code, now)]);
}

/// A code is judged with the beginning that the desk knows; the act that inserts it looks whether that is the table's.
#[test]
fn a_beginning_that_moves_under_a_connected_desk() {
    let (server, ledger) = begun();
    let now = server.now();
    let (early, late) = (code(1, now, later(now, 300)), code(2, later(now, 1), later(now, 300)));
    server.ask(&format!(
        "UPDATE eid_ledger SET began = {now},
         attempt = regexp_replace(attempt, '[0-9]+$', '') || pg_current_xact_id()::xid::text WHERE key = ''"
    ));
    assert_eq!(ledger.spend(&early, now), Spend::BeforeLedger);
    assert_eq!(ledger.spend(&late, now), Spend::Fresh);
    assert_eq!(server.ask("SELECT count(*) FROM eid_ledger WHERE key <> ''"), ["1"]);
}

#[test]
fn desks_that_begin_at_once_agree() {
    let server = Server::start();
    server.desk().create_table().unwrap();
    for _ in 0..10 {
        server.ask("TRUNCATE eid_ledger");
        let now = server.now();
        let beginnings: Vec<UnixTime> = thread::scope(|scope| {
            let begin = || server.desk().standing(now).unwrap().beginning;
            let desks: Vec<_> = (0..4).map(|_| scope.spawn(begin)).collect();
            desks.into_iter().map(|desk| desk.join().unwrap()).collect()
        });
        assert!(beginnings.iter().all(|beginning| *beginning == beginnings[0]), "{beginnings:?}");
    }
}

/// An administrator may make the table in partitions: no row is known by its place alone.
#[test]
fn ledgers_in_partitions_are_two() {
    let server = Server::start();
    server.ask(
        "CREATE TABLE eid_ledger (ledger text, key bytea, attempt text NOT NULL, expires_at bigint NOT NULL,
             began bigint, PRIMARY KEY (ledger, key)) PARTITION BY LIST (ledger);
         CREATE TABLE one PARTITION OF eid_ledger FOR VALUES IN ('another');
         CREATE TABLE two PARTITION OF eid_ledger FOR VALUES IN ('chain');
         INSERT INTO eid_ledger SELECT 'another', i::text::bytea, i, 1 FROM generate_series(1, 50) i",
    );
    let entries = "SELECT array_agg(e ORDER BY key) FROM eid_ledger e WHERE key <> ''";
    let before = server.ask(entries);
    let own_time = || server.desk().standing(server.now()).unwrap().own_time;
    let start = own_time();
    while own_time() < later(start, 2) {
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(server.ask(entries), before);
}

#[test]
fn ledgers_of_two_names_are_two() {
    let server = Server::start();
    server.desk().create_table().unwrap();
    let now = server.now();
    for name in ["chain", "chai"] {
        let ledger = PostgresLedger::new(server.config(), NoTls, name).with_timeout(Duration::from_secs(20));
        let ledger = BlockingLedger::new(ledger).unwrap();
        let beginning = ledger.standing(now).unwrap().beginning;
        assert_eq!(ledger.spend(&code(1, later(beginning, 1), later(now, 300)), now), Spend::Fresh);
    }
}
