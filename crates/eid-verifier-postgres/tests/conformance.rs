//! The ledger on PostgreSQL keeps every rule that one can have.
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

use eid_verifier::sandbox::conformance::{self, Rule, Subject};
use eid_verifier::{NonceLedger, UnixTime};
use eid_verifier_postgres::BlockingLedger;
use server::Server;

#[test]
fn every_rule_holds() {
    // The others are copies of what this one was, too.
    let _first = Server::start();
    let report = conformance::check(Postgres::new);
    assert!(report.holds(), "{report}");
    // What is full is the server's disk: `nonce.ledger_failed`.
    assert_eq!(report.not_tried().collect::<Vec<_>>(), [Rule::FullRefuses]);
}

struct Postgres {
    server: Mutex<Server>,
    port: u16,
    ledger: BlockingLedger,
}

impl Postgres {
    fn new() -> Self {
        let server = Server::start();
        let ledger = server.desk();
        ledger.create_table().unwrap();
        ledger.standing(server.now()).unwrap();
        server::began_long_ago(&server);
        Self { port: server.port, server: Mutex::new(server), ledger }
    }
}

impl Subject for Postgres {
    fn desk(&self) -> Box<dyn NonceLedger + Send + '_> {
        Box::new(server::desk(self.port, Duration::from_secs(20)))
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
        self.server.lock().unwrap().ask("TRUNCATE eid_ledger");
        true
    }
    fn breaks(&self) -> bool {
        // The clock is asked of the server: it must answer, and nothing else may.
        self.server.lock().unwrap().ask("DROP TABLE eid_ledger");
        true
    }
}
