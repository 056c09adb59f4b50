//! Time: the clocks of desk and server, the margin, pruning, and a time that never goes back.
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

use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_postgres::tokio_postgres::NoTls;
use eid_verifier_postgres::{BlockingLedger, Failure, MARGIN, PostgresLedger};

use code::{code, later};
use server::Server;

fn begun() -> (Server, BlockingLedger, UnixTime) {
    let server = Server::start();
    let ledger = server.desk();
    ledger.create_table().unwrap();
    let beginning = ledger.standing(server.now()).unwrap().beginning;
    (server, ledger, beginning)
}

#[test]
fn clocks_may_differ_by_half_the_margin_and_no_more() {
    let (server, ledger, _) = begun();
    let half = i64::try_from(MARGIN / 2).unwrap();
    // The server's clock goes on meanwhile, so that a desk ahead comes nearer and a desk behind falls back.
    assert!(ledger.standing(later(server.now(), half)).is_ok());
    assert!(ledger.standing(later(server.now(), 5 - half)).is_ok());
    for differs in [half + 5, -half - 1, 3600, -3600] {
        let failure = ledger.standing(later(server.now(), differs)).unwrap_err();
        assert!(matches!(failure, Failure::Clock { .. }), "{differs}: {failure}");
        // Over a connection that was made by a right clock.
        ledger.standing(server.now()).unwrap();
        let code = code(1, later(server.now(), 200), later(server.now(), 300));
        assert_eq!(ledger.spend(&code, later(server.now(), differs)), Spend::Failed);
    }
    assert_eq!(
        ledger.spend(
            &code(1, later(server.now(), 200), later(server.now(), 300)),
            UnixTime::from_secs(u64::MAX)
        ),
        Spend::Failed
    );
    assert!(server.ask("SELECT 1 FROM eid_ledger WHERE key <> ''").is_empty());
}

/// A server's clock that is wrong when the first desk comes would make a wrong beginning.
#[test]
fn a_desk_whose_clock_differs_sets_no_beginning() {
    let (server, _, _) = begun();
    server.ask("TRUNCATE eid_ledger");
    assert!(server.desk().standing(later(server.now(), -3600)).is_err());
    assert!(server.ask("SELECT 1 FROM eid_ledger").is_empty());
}

/// Writes the own time down by hand, as the beginning's row does it itself.
fn own_time_is(server: &Server, own: UnixTime) {
    server.ask(&format!(
        "UPDATE eid_ledger SET expires_at = {own},
         attempt = regexp_replace(attempt, '[0-9]+$', '') || pg_current_xact_id()::xid::text WHERE key = ''"
    ));
}

#[test]
fn the_own_time_does_not_go_back_with_the_servers_clock() {
    let (server, ledger, beginning) = begun();
    let now = server.now();
    // As if the server's clock had shown this, and was set back since.
    own_time_is(&server, later(now, 200));
    let made = later(beginning, 1);
    assert_eq!(ledger.standing(now).unwrap().own_time, later(now, 200));
    assert_eq!(ledger.spend(&code(1, made, later(now, 200)), now), Spend::ClockBehind);
    assert_eq!(ledger.spend(&code(1, made, later(now, 201)), now), Spend::Fresh);
}

#[test]
fn the_servers_time_counts_with_a_refused_spend_too() {
    let (server, ledger, beginning) = begun();
    let noted = || server.ask("SELECT expires_at FROM eid_ledger WHERE key = ''")[0].parse::<u64>().unwrap();
    let now = server.now();
    let early = code(1, UnixTime::from_secs(0), later(now, 300));
    for (desk, answer) in [(now, Spend::BeforeLedger), (later(now, 3600), Spend::Failed)] {
        own_time_is(&server, UnixTime::from_secs(1000));
        assert_eq!(ledger.spend(&early, desk), answer);
        assert!(noted() >= now.as_secs());
    }
    assert_eq!(ledger.standing(now).unwrap().beginning, beginning);
}

#[test]
fn an_entry_is_pruned_a_margin_after_its_code_and_the_time_stays() {
    let (server, ledger, beginning) = begun();
    let now = server.now();
    let made = later(beginning, 1);
    for (key, expires_in) in [(1, 300), (2, 301)] {
        assert_eq!(ledger.spend(&code(key, made, later(now, expires_in)), now), Spend::Fresh);
    }
    assert_eq!(ledger.prune(server.now()).unwrap(), 0);
    // The last time at which entries were pruned lies ahead, as if the server's clock had been set back since.
    let ahead = later(now, 300 + i64::try_from(MARGIN).unwrap());
    own_time_is(&server, ahead);
    assert_eq!(ledger.prune(server.now()).unwrap(), 1);
    assert_eq!(ledger.prune(server.now()).unwrap(), 0);
    let left = server.ask("SELECT expires_at FROM eid_ledger WHERE key <> ''");
    assert_eq!(left, [later(now, 301).to_string()]);
    // What was pruned does not pass again, and what lies beyond that time does.
    assert_eq!(ledger.standing(now).unwrap().own_time, ahead);
    assert_eq!(ledger.spend(&code(1, made, later(now, 300)), now), Spend::ClockBehind);
    assert_eq!(ledger.spend(&code(3, made, ahead), now), Spend::ClockBehind);
    assert_eq!(ledger.spend(&code(3, made, later(ahead, 1)), now), Spend::Fresh);
    // The beginning outlives every pruning, and is still the ledger's.
    assert_eq!(ledger.standing(now).unwrap().beginning, beginning);
}

/// The server's clock leaps ahead as the deletion of entries begins, and comes back meanwhile. A spend that waits for such an
/// entry would find it gone, and the own time that it knows is from before.
#[test]
fn a_spend_of_a_code_that_is_being_pruned() {
    let (server, ledger, beginning) = begun();
    let now = server.now();
    let code = code(1, later(beginning, 1), later(now, 300));
    assert_eq!(ledger.spend(&code, now), Spend::Fresh);
    server.ask(
        "CREATE SCHEMA ahead;
         CREATE SEQUENCE ahead.looks;
         -- The beginning and its look are right.
         CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql
             AS $$SELECT pg_catalog.clock_timestamp() + (nextval('ahead.looks') / 3) * interval '400 s'$$;
         CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql
             AS $$BEGIN PERFORM pg_sleep(2); RETURN old; END$$;
         CREATE TRIGGER slowly AFTER DELETE ON eid_ledger FOR EACH ROW EXECUTE FUNCTION slowly()",
    );
    thread::scope(|scope| {
        let pruning = scope.spawn(|| {
            let mut config = server.config();
            config.options("-c search_path=ahead,pg_catalog,public");
            let ahead = PostgresLedger::new(config, NoTls, "chain").with_timeout(Duration::from_secs(20));
            BlockingLedger::new(ahead).unwrap().prune(server.now()).unwrap()
        });
        while !pruning.is_finished()
            && server
                .ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%DELETE%' AND wait_event = 'PgSleep'")
                .is_empty()
        {
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(ledger.spend(&code, server.now()), Spend::Spent);
        pruning.join().unwrap();
    });
}

#[test]
fn nothing_is_pruned_by_a_clock_that_differs_nor_for_another_server() {
    let (server, ledger, _) = begun();
    server.ask("INSERT INTO eid_ledger VALUES ('chain', 'old', '', 1000)");
    assert!(matches!(ledger.prune(later(server.now(), 3600)), Err(Failure::Clock { .. })));
    assert_eq!(server.ask("SELECT count(*) FROM eid_ledger"), ["2"]);
    assert_eq!(ledger.prune(server.now()).unwrap(), 1);
}

#[test]
fn an_entry_holds_nothing_but_key_attempt_and_expiry() {
    let (server, ledger, beginning) = begun();
    let now = server.now();
    let code = code(1, later(beginning, 1), later(now, 300));
    assert_eq!(ledger.spend(&code, now), Spend::Fresh);
    let key: String = code.key().iter().map(|byte| format!("{byte:02x}")).collect();
    let row = "SELECT encode(key, 'hex') || ' ' || length(attempt) || ' ' || expires_at || ' ' || coalesce(began, 0)
        FROM eid_ledger WHERE key <> ''";
    assert_eq!(server.ask(row), [format!("{key} 32 {} 0", later(now, 300))]);
}

/// A phone may write any expiry down; a policy with a great skew may let it pass.
#[test]
fn an_expiry_beyond_all_clocks_is_no_answer() {
    let (server, ledger, beginning) = begun();
    let code = code(1, later(beginning, 1), UnixTime::from_secs(u64::MAX));
    assert!(matches!(ledger.try_spend(&code, server.now()), Err(Failure::Expiry)));
}
