//! What goes wrong between desk and server: never an accept too many, and one retry for a lost answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../eid-verifier-redis/tests/code/mod.rs"]
mod code;
#[path = "../../eid-verifier-redis/tests/proxy/mod.rs"]
mod proxy;
mod server;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::iter;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Barrier;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger as _, Spend, UnixTime};
use eid_verifier_postgres::tokio_postgres::NoTls;
use eid_verifier_postgres::{BlockingLedger, Failure, PostgresLedger};

use code::{bytes, code, later, now};
use proxy::{Proxy, What};
use server::Server;

const PATIENCE: Duration = Duration::from_secs(20);
/// Where a timeout is what is tested.
const SHORT: Duration = Duration::from_millis(500);

/// A server, a wire that can be cut, and a desk behind it.
struct Bed {
    server: Server,
    proxy: Proxy,
    desk: BlockingLedger,
    now: UnixTime,
}

impl Bed {
    fn new(timeout: Duration) -> Self {
        let server = Server::start();
        let proxy = Proxy::before(server.port);
        let elsewhere = server.desk();
        elsewhere.create_table().unwrap();
        elsewhere.standing(server.now()).unwrap();
        server::began_long_ago(&server);
        let desk = server::desk(proxy.port, timeout);
        let now = server.now();
        assert!(desk.standing(now).unwrap().beginning < later(now, -10));
        Self { server, proxy, desk, now }
    }

    fn code(&self, key: u64) -> Nonce {
        code(key, later(self.now, -10), later(self.now, 290))
    }

    fn spend(&self, key: u64) -> Spend {
        self.desk.spend(&self.code(key), now())
    }

    /// The same at a desk whose wire is whole.
    fn spend_elsewhere(&self, key: u64) -> Spend {
        self.server.desk().spend(&self.code(key), now())
    }
}

#[test]
fn a_request_that_never_arrived_is_tried_again() {
    let bed = Bed::new(PATIENCE);
    bed.proxy.fault(&bytes(1), 1, What::CutBefore);
    assert_eq!(bed.spend(1), Spend::Fresh);
    assert_eq!(bed.spend(1), Spend::Spent);
}

#[test]
fn an_honest_retry_after_a_lost_answer_is_no_replay() {
    let bed = Bed::new(PATIENCE);
    bed.proxy.fault(&bytes(1), 1, What::CutAfter);
    assert_eq!(bed.spend(1), Spend::Fresh);
    for _ in 0..2 {
        assert_eq!(bed.spend(1), Spend::Spent);
        assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
    }
}

#[test]
fn an_answer_that_never_comes_is_waited_for_once_and_asked_for_once_more() {
    let bed = Bed::new(SHORT);
    bed.proxy.fault(&bytes(1), 1, What::Swallow);
    assert_eq!(bed.spend(1), Spend::Fresh);
    assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
}

#[test]
fn there_is_one_retry_and_no_more() {
    for (key, times, right) in [(1, 1, Spend::Fresh), (2, 2, Spend::Failed)] {
        let bed = Bed::new(PATIENCE);
        bed.proxy.fault(&bytes(key), times, What::CutBefore);
        assert_eq!(bed.spend(key), right);
        assert_eq!(bed.spend(3), Spend::Fresh);
    }
}

#[test]
fn a_code_whose_answers_were_lost_is_burnt() {
    let bed = Bed::new(PATIENCE);
    bed.proxy.fault(&bytes(1), 2, What::CutAfter);
    assert_eq!(bed.spend(1), Spend::Failed);
    assert_eq!(bed.spend(1), Spend::Spent);
    assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
}

#[test]
fn a_server_killed_between_send_and_answer() {
    let bed = Bed::new(PATIENCE);
    let (kill, killed) = channel();
    let (confirm, confirmed) = channel();
    let act = move || {
        kill.send(()).unwrap();
        confirmed.recv().unwrap();
    };
    bed.proxy.fault(&bytes(1), 1, What::Then(Box::new(act)));
    let (desk, code) = (&bed.desk, bed.code(1));
    thread::scope(|scope| {
        let spend = scope.spawn(move || desk.spend(&code, now()));
        killed.recv().unwrap();
        bed.server.kill();
        confirm.send(()).unwrap();
        assert_eq!(spend.join().unwrap(), Spend::Failed);
    });
    bed.server.restart();
    assert_eq!(bed.desk.try_spend(&bed.code(1), bed.server.now()).unwrap(), Spend::BeforeLedger);
}

#[test]
fn a_paused_server() {
    let bed = Bed::new(SHORT);
    bed.server.pause();
    assert!(matches!(bed.desk.try_spend(&bed.code(1), now()), Err(Failure::Late)));
    // Not connected any more: the pause is met in connecting.
    assert_eq!(bed.spend(1), Spend::Failed);
    bed.server.resume();
    // The server may have found the first request in its queue or not; whoever asks now gets it at most once.
    let answers = [bed.spend_elsewhere(1), bed.spend_elsewhere(1), bed.spend_elsewhere(1)];
    assert!(answers[0] == Spend::Fresh || answers[0] == Spend::Spent, "{answers:?}");
    assert_eq!(answers[1..], [Spend::Spent, Spend::Spent]);
}

/// The first try hangs at a lock with its row not committed; the second meets it there.
#[test]
fn a_retry_while_the_first_try_hangs() {
    let bed = Bed::new(Duration::from_secs(2));
    let code = bed.code(1);
    thread::scope(|scope| {
        scope.spawn(|| {
            let sql = "BEGIN; LOCK TABLE eid_ledger IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT";
            server::ask(bed.server.port, sql).unwrap();
        });
        while bed
            .server
            .ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' AND wait_event = 'PgSleep'")
            .is_empty()
        {
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(bed.desk.try_spend(&code, now()).unwrap(), Spend::Fresh);
    });
    assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
}

#[test]
fn a_server_that_is_gone() {
    let bed = Bed::new(PATIENCE);
    bed.server.kill();
    assert!(matches!(bed.desk.try_spend(&bed.code(1), now()), Err(Failure::Unreachable(_))));
    assert_eq!(bed.spend(1), Spend::Failed);
}

#[test]
fn what_the_server_refuses() {
    let bed = Bed::new(PATIENCE);
    for (state, refuse, allow) in [
        ("42P01", "ALTER TABLE eid_ledger RENAME TO gone", "ALTER TABLE gone RENAME TO eid_ledger"),
        (
            "42703",
            "ALTER TABLE eid_ledger RENAME expires_at TO e",
            "ALTER TABLE eid_ledger RENAME e TO expires_at",
        ),
        (
            // Its detail is the row that it refuses.
            "23514",
            "ALTER TABLE eid_ledger ADD CONSTRAINT no_room CHECK (began IS NOT NULL) NOT VALID",
            "ALTER TABLE eid_ledger DROP CONSTRAINT no_room",
        ),
    ] {
        bed.server.ask(refuse);
        for key in [1, 2] {
            let failure = bed.desk.try_spend(&bed.code(key), now()).unwrap_err();
            assert_eq!(failure.to_string(), format!("the server refuses: SQLSTATE {state}"), "{refuse}");
            let sources = iter::successors(Some::<&dyn Error>(&failure), |&error| error.source());
            let printed: String = sources.map(|error| format!("{error} {error:?}\n")).collect();
            assert!(!printed.contains("chain") && !printed.contains("\\x"), "{printed}");
        }
        bed.server.ask(allow);
    }
    assert_eq!(bed.spend(1), Spend::Fresh);
    assert_eq!(bed.spend(1), Spend::Spent);
}

/// What another program, or a pooler, might answer in the server's place.
#[test]
fn no_answer_but_the_right_one_is_understood() {
    let bed = Bed::new(Duration::from_secs(2));
    let answers: [&[u8]; 6] = [
        // No row.
        b"2\0\0\0\x04C\0\0\0\x0dSELECT 0\0Z\0\0\0\x05I",
        // A row of one column, 't'.
        b"2\0\0\0\x04D\0\0\0\x0b\0\x01\0\0\0\x01\x01C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I",
        // Nothing but that it is ready.
        b"Z\0\0\0\x05I",
        // An error.
        b"E\0\0\0\x1eSERROR\0C53100\0Mdisk full\0\0Z\0\0\0\x05I",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\0\0\0\0\0\0\0",
    ];
    for (key, answer) in (10..).zip(answers) {
        bed.proxy.fault(&bytes(key), 2, What::Answer(answer.into()));
        let text = String::from_utf8_lossy(answer);
        assert_eq!(bed.spend(key), Spend::Failed, "{text}");
        // None is left on the connection.
        bed.proxy.fault(&bytes(key), 0, What::CutBefore);
        assert_eq!(bed.spend(key), Spend::Fresh, "after {text}");
    }
}

/// Something else listens on the port, and answers everything in the same way.
#[test]
fn a_server_that_is_none() {
    for answer in [&b"+OK\r\n"[..], b"N", b"R\0\0\0\x08\0\0\0\0", b"220 mail ready\r\n", b"\0\0\0\0", b""] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut desk in listener.incoming().flatten() {
                let mut bytes = [0; 4096];
                while desk.read(&mut bytes).is_ok_and(|count| count > 0) {
                    if answer.is_empty() || desk.write_all(answer).is_err() {
                        break;
                    }
                }
            }
        });
        let now = UnixTime::from_secs(1_790_000_000);
        let ledger = server::desk(port, SHORT);
        assert_eq!(ledger.spend(&code(1, now, later(now, 300)), now), Spend::Failed, "{answer:?}");
    }
}

/// Two desks, two connections, one code, 10,000 times; and somebody prunes meanwhile.
#[test]
fn two_desks_race_and_one_wins() {
    race(&Bed::new(PATIENCE), 10_000);
}

/// The ledger does not take the server's word for how transactions see each other: nobody is refused for another's spend.
#[test]
fn two_desks_race_at_a_server_that_serializes() {
    let bed = Bed::new(PATIENCE);
    bed.server.ask("ALTER SYSTEM SET default_transaction_isolation = 'serializable'");
    bed.server.ask("SELECT pg_reload_conf()");
    race(&bed, 500);
}

fn race(bed: &Bed, rounds: usize) {
    let start = Barrier::new(2);
    let answers: Vec<Vec<Spend>> = thread::scope(|scope| {
        let race = || {
            let desk = server::desk(bed.server.port, PATIENCE);
            desk.standing(now()).unwrap();
            let spend = |key: usize| {
                let code = bed.code(u64::try_from(key).unwrap());
                start.wait();
                desk.spend(&code, now())
            };
            (0..rounds).map(spend).collect()
        };
        let desks: Vec<_> = (0..2).map(|_| scope.spawn(race)).collect();
        for _ in 0..20 {
            assert_eq!(server::desk(bed.server.port, PATIENCE).prune(now()).unwrap(), 0);
            thread::sleep(Duration::from_millis(20));
        }
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    let mut won = [0, 0];
    for (first, second) in answers[0].iter().zip(&answers[1]) {
        match (first, second) {
            (Spend::Fresh, Spend::Spent) => won[0] += 1,
            (Spend::Spent, Spend::Fresh) => won[1] += 1,
            both => panic!("{both:?}"),
        }
    }
    assert_eq!(won[0] + won[1], rounds);
    println!("of {rounds} codes one desk won {}, the other {}", won[0], won[1]);
}

/// The desk's program gives up: the future is dropped with its request on the wire, and the next answer is the next code's.
#[test]
fn a_spend_that_is_given_up() {
    let bed = Bed::new(PATIENCE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ledger = PostgresLedger::new(server::config(bed.proxy.port), NoTls, "chain").with_timeout(PATIENCE);
    bed.proxy.fault(&bytes(1), 1, What::Swallow);
    runtime.block_on(async {
        let code = bed.code(1);
        let given_up = tokio::time::timeout(SHORT, ledger.spend(&code, now())).await;
        assert!(given_up.is_err());
        assert_eq!(ledger.spend(&bed.code(1), now()).await, Spend::Spent);
        assert_eq!(ledger.spend(&bed.code(2), now()).await, Spend::Fresh);
    });
}

/// On the threads of another runtime, those that may block and those that should not: it answers, and goes without a panic.
#[test]
fn a_blocking_ledger_on_the_threads_of_a_runtime() {
    let bed = Bed::new(PATIENCE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = server::config(bed.proxy.port);
        let ledger = PostgresLedger::new(config, NoTls, "chain").with_timeout(PATIENCE);
        let ledger = BlockingLedger::new(ledger).unwrap();
        assert_eq!(ledger.spend(&bed.code(1), now()), Spend::Fresh);
        let (first, second) = (bed.code(1), bed.code(2));
        let (ledger, answers) = tokio::task::spawn_blocking(move || {
            let answers = [ledger.spend(&first, now()), ledger.spend(&second, now())];
            (ledger, answers)
        })
        .await
        .unwrap();
        assert_eq!(answers, [Spend::Spent, Spend::Fresh]);
        drop(ledger);
    });
}

/// Neither the settings with their password nor a code is printed.
#[test]
fn a_ledger_prints_no_secret() {
    let config = "host=127.0.0.1 port=1 user=desk password=secret".parse().unwrap();
    let ledger = BlockingLedger::new(PostgresLedger::new(config, NoTls, "chain")).unwrap();
    assert!(!format!("{ledger:?}").contains("secret"));
    let now = UnixTime::from_secs(1_790_000_000);
    let failure = ledger.try_spend(&code(1, now, later(now, 300)), now).unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("secret"));
}
