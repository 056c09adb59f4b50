//! Time: the clocks of desk and server, the margin, and a time that never goes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod code;
mod server;

use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_redis::{Failure, MARGIN, RedisLedger};
use redis::Value;

use code::{code, later};
use server::Server;

/// Why clocks must agree. To Redis an expiry in its past is no mistake: it keeps nothing, and answers OK every time.
#[test]
fn an_expiry_in_the_servers_past_is_answered_with_ok_every_time() {
    let server = Server::start();
    let past = ((server.now().as_secs() - 1) * 1000).to_string();
    for attempt in ["first", "second", "third"] {
        let before: Value = server.ask(&["SET", "a code", attempt, "NX", "GET", "PXAT", &past]);
        assert_eq!(before, Value::Nil, "nothing was there before");
    }
    assert!(!server.ask::<bool>(&["EXISTS", "a code"]));
}

/// The same through the ledger: a desk an hour behind, and a code that is valid by its clock.
#[test]
fn a_desk_far_behind_the_server_gets_no_answer() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let now = server.now();
    ledger.standing(now).unwrap();
    server.record(&["HSET", "began", "0"]);
    let desk = UnixTime::from_secs(now.as_secs() - 3600);
    for _ in 0..3 {
        let code = code(1, later(desk, -10), later(desk, 290));
        assert_eq!(ledger.spend(&code, desk), Spend::Failed);
    }
}

#[test]
fn clocks_may_differ_by_half_the_margin_and_no_more() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let half = i64::try_from(MARGIN / 2).unwrap();
    // The server's clock goes on meanwhile, so that a desk ahead comes nearer and a desk behind falls back.
    assert!(ledger.standing(later(server.now(), half)).is_ok());
    assert!(ledger.standing(later(server.now(), 5 - half)).is_ok());
    for differs in [half + 5, -half - 1, 3600, -3600] {
        let failure = ledger.standing(later(server.now(), differs)).unwrap_err();
        assert!(matches!(failure, Failure::Clock { .. }), "{differs}: {failure}");
        assert_eq!(
            ledger.spend(
                &code(1, later(server.now(), 200), later(server.now(), 300)),
                later(server.now(), differs)
            ),
            Spend::Failed
        );
    }
    assert_eq!(server.entries(), 0);
}

/// A server's clock that is wrong when the first desk comes would make a wrong beginning.
#[test]
fn a_desk_whose_clock_differs_sets_no_beginning() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    assert!(ledger.standing(later(server.now(), -3600)).is_err());
    assert!(!server.ask::<bool>(&["EXISTS", "eid-ledger:chain"]));
}

#[test]
fn the_own_time_does_not_go_back_with_the_servers_clock() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let now = server.now();
    let beginning = ledger.standing(now).unwrap().beginning;
    // As if the server's clock had shown this, and was set back since.
    server.record(&["HSET", "own", &later(now, 200).to_string()]);
    let made = later(beginning, 1);
    assert_eq!(ledger.standing(now).unwrap().own_time, later(now, 200));
    assert_eq!(ledger.spend(&code(1, made, later(now, 200)), now), Spend::ClockBehind);
    assert_eq!(ledger.spend(&code(1, made, later(now, 201)), now), Spend::Fresh);
}

#[test]
fn the_servers_time_counts_with_a_refused_spend_too() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let now = server.now();
    ledger.standing(now).unwrap();
    server.record(&["HSET", "own", "1000"]);
    assert!(ledger.standing(later(now, 3600)).is_err());
    assert!(server.ask::<u64>(&["HGET", "eid-ledger:chain", "own"]) >= now.as_secs());
}

#[test]
fn an_entry_outlives_its_code_by_the_margin_and_holds_nothing_but_the_attempt() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let now = server.now();
    let beginning = ledger.standing(now).unwrap().beginning;
    let code = code(1, later(beginning, 1), later(now, 300));
    assert_eq!(ledger.spend(&code, now), Spend::Fresh);
    let entry = [&b"eid-spent:chain:"[..], code.key()].concat();
    let ask = |word: &str| {
        let mut command = redis::cmd(word);
        command.arg(&entry[..]).query::<Value>(&mut server.connection()).unwrap()
    };
    assert_eq!(ask("PEXPIRETIME"), Value::Int(i64::try_from((now.as_secs() + 300 + MARGIN) * 1000).unwrap()));
    assert_eq!(ask("STRLEN"), Value::Int(16));
    assert!(server.ask::<u32>(&["DBSIZE"]) <= 3, "the entry, the record and the note");
}

/// A phone may write any expiry down; a policy with a great skew may let it pass.
#[test]
fn an_expiry_beyond_all_clocks_is_no_answer() {
    let server = Server::start();
    let ledger = RedisLedger::new(server.client(), "chain");
    let now = server.now();
    let beginning = ledger.standing(now).unwrap().beginning;
    for expires_at in [u64::MAX, u64::MAX / 1000, 1 << 53] {
        let code = code(1, later(beginning, 1), UnixTime::from_secs(expires_at));
        assert!(matches!(ledger.try_spend(&code, now), Err(Failure::Expiry)));
    }
}
