//! The ledger on Redis keeps every rule that one can have, under both protocols.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod server;

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use eid_verifier::sandbox::conformance::{self, Report, Rule, Subject};
use eid_verifier::{NonceLedger, UnixTime};
use eid_verifier_redis::RedisLedger;
use server::Server;

#[test]
fn every_rule_holds_under_resp2() {
    holds(&conformance::check(|| Redis::new("")));
}

#[test]
fn every_rule_holds_under_resp3() {
    holds(&conformance::check(|| Redis::new("?protocol=resp3")));
}

fn holds(report: &Report) {
    assert!(report.holds(), "{report}");
    // What is full is the server's memory: `nonce.ledger_failed`, in faults.rs.
    assert_eq!(report.not_tried().collect::<Vec<_>>(), [Rule::FullRefuses]);
}

struct Redis {
    server: Mutex<Server>,
    url: String,
    ledger: RedisLedger,
}

impl Redis {
    fn new(protocol: &str) -> Self {
        let server = Server::start();
        let url = server.url() + protocol;
        let ledger = ledger(&url);
        let now = server.now();
        ledger.standing(now).unwrap();
        // As if it had begun long ago, so that nothing need be waited for.
        let began = (now.as_secs() - 1000).to_string();
        server.record(&["HSET", "began", &began]);
        Self { server: Mutex::new(server), url, ledger }
    }
}

fn ledger(url: &str) -> RedisLedger {
    RedisLedger::new(redis::Client::open(url).unwrap(), "chain").with_timeout(Duration::from_secs(5))
}

impl Subject for Redis {
    fn desk(&self) -> Box<dyn NonceLedger + Send + '_> {
        Box::new(ledger(&self.url))
    }
    fn now(&self) -> UnixTime {
        self.server.lock().unwrap().now()
    }
    fn wait_until(&self, moment: UnixTime) {
        while self.now() < moment {
            thread::sleep(Duration::from_millis(20));
        }
    }
    fn beginning(&self) -> UnixTime {
        self.ledger.standing(self.now()).unwrap().beginning
    }
    fn loses_everything(&self) -> bool {
        self.server.lock().unwrap().ask::<()>(&["FLUSHALL"]);
        true
    }
    fn breaks(&self) -> bool {
        // The clock is asked of the server: it must answer, and nothing else may.
        self.server.lock().unwrap().ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
        true
    }
}
