//! What goes wrong between desk and server: never an accept too many, and one retry for a lost answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod code;
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
use eid_verifier_redis::{Failure, RedisLedger};
use redis::Client;

use code::{bytes, code, later, now};
use proxy::{Proxy, What};
use server::Server;

const PATIENCE: Duration = Duration::from_secs(20);
/// Where a timeout is what is tested.
const SHORT: Duration = Duration::from_millis(300);

/// A server, a wire that can be cut, and a desk behind it.
struct Bed {
    server: Server,
    proxy: Proxy,
    desk: RedisLedger,
    made: UnixTime,
}

impl Bed {
    fn new(timeout: Duration) -> Self {
        let server = Server::start();
        let proxy = Proxy::before(server.port);
        let client = Client::open(format!("redis://127.0.0.1:{}/", proxy.port)).unwrap();
        let desk = RedisLedger::new(client, "chain").with_timeout(timeout);
        let now = server.now();
        desk.standing(now).unwrap();
        // As if it had begun long ago.
        server.record(&["HSET", "began", &later(now, -1000).to_string()]);
        let made = later(now, -10);
        assert!(desk.standing(now).unwrap().beginning < made);
        Self { server, proxy, desk, made }
    }

    fn code(&self, key: u64) -> Nonce {
        code(key, self.made, later(self.made, 300))
    }

    fn spend(&self, key: u64) -> Spend {
        self.desk.spend(&self.code(key), now())
    }

    /// Within the second, by the desk's clock, in which the script left a note.
    fn by_note(&self, key: u64) -> Spend {
        let now = now();
        self.desk.standing(now).unwrap();
        self.desk.spend(&self.code(key), now)
    }

    /// In a later one.
    fn by_script(&self, key: u64) -> Spend {
        let now = now();
        self.desk.standing(now).unwrap();
        self.desk.spend(&self.code(key), later(now, 1))
    }

    /// The same at a desk whose wire is whole.
    fn spend_elsewhere(&self, key: u64) -> Spend {
        RedisLedger::new(self.server.client(), "chain").with_timeout(PATIENCE).spend(&self.code(key), now())
    }
}

/// Both ways that a spend goes.
const WAYS: [fn(&Bed, u64) -> Spend; 2] = [Bed::by_note, Bed::by_script];

#[test]
fn a_request_that_never_arrived_is_tried_again() {
    for spend in WAYS {
        let bed = Bed::new(PATIENCE);
        bed.proxy.fault(&bytes(1), 1, What::CutBefore);
        assert_eq!(spend(&bed, 1), Spend::Fresh);
        assert_eq!(spend(&bed, 1), Spend::Spent);
    }
}

#[test]
fn an_honest_retry_after_a_lost_answer_is_no_replay() {
    for spend in WAYS {
        let bed = Bed::new(PATIENCE);
        bed.proxy.fault(&bytes(1), 1, What::CutAfter);
        assert_eq!(spend(&bed, 1), Spend::Fresh);
        for _ in 0..2 {
            assert_eq!(spend(&bed, 1), Spend::Spent);
            assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
        }
    }
}

/// A replay leaves the entry as it is, so that its own retry does not find its attempt there.
#[test]
fn a_retry_after_a_lost_answer_is_no_way_for_a_replay() {
    for spend in WAYS {
        let bed = Bed::new(PATIENCE);
        assert_eq!(bed.spend_elsewhere(1), Spend::Fresh);
        bed.proxy.fault(&bytes(1), 1, What::CutAfter);
        assert_eq!(spend(&bed, 1), Spend::Spent);
    }
}

#[test]
fn an_answer_that_never_comes_is_waited_for_once_and_asked_for_once_more() {
    for spend in WAYS {
        let bed = Bed::new(SHORT);
        bed.proxy.fault(&bytes(1), 1, What::Swallow);
        assert_eq!(spend(&bed, 1), Spend::Fresh);
        assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
    }
}

#[test]
fn there_is_one_retry_and_no_more() {
    for spend in WAYS {
        for (key, times, right) in [(1, 1, Spend::Fresh), (2, 2, Spend::Failed)] {
            let bed = Bed::new(PATIENCE);
            bed.proxy.fault(&bytes(key), times, What::CutBefore);
            assert_eq!(spend(&bed, key), right);
            // The fault was met as often as it could be: a third try would have passed.
            assert_eq!(spend(&bed, 3), Spend::Fresh);
        }
    }
}

#[test]
fn a_code_whose_answers_were_lost_is_burnt() {
    for spend in WAYS {
        let bed = Bed::new(PATIENCE);
        bed.proxy.fault(&bytes(1), 2, What::CutAfter);
        assert_eq!(spend(&bed, 1), Spend::Failed);
        assert_eq!(spend(&bed, 1), Spend::Spent);
        assert_eq!(bed.spend_elsewhere(1), Spend::Spent);
    }
}

/// What a spend of another code left behind on a connection is not taken for this one's answer.
#[test]
fn a_late_answer_is_not_taken_for_the_next_codes() {
    let bed = Bed::new(SHORT);
    assert_eq!(bed.spend(1), Spend::Fresh);
    bed.server.pause();
    // In the server's queue, twice; its answers would be Fresh.
    assert_eq!(bed.spend(2), Spend::Failed);
    bed.server.resume();
    assert_eq!(bed.spend(1), Spend::Spent);
    assert_eq!(bed.spend(3), Spend::Fresh);
    assert_eq!(bed.spend(3), Spend::Spent);
}

#[test]
fn a_server_killed_between_send_and_answer() {
    let mut bed = Bed::new(PATIENCE);
    let (kill, killed) = channel();
    let (confirm, confirmed) = channel();
    bed.proxy.fault(
        &bytes(1),
        1,
        What::Then(Box::new(move || {
            kill.send(()).unwrap();
            confirmed.recv().unwrap();
        })),
    );
    let (desk, code) = (&bed.desk, bed.code(1));
    let server = &mut bed.server;
    thread::scope(|scope| {
        let spend = scope.spawn(move || desk.spend(&code, now()));
        killed.recv().unwrap();
        server.kill();
        confirm.send(()).unwrap();
        assert_eq!(spend.join().unwrap(), Spend::Failed);
    });
    // It comes back with nothing: a new beginning, and the code is from before.
    bed.server.restart(&[]);
    assert_eq!(bed.desk.spend(&bed.code(1), bed.server.now()), Spend::BeforeLedger);
}

#[test]
fn a_paused_server() {
    let bed = Bed::new(SHORT);
    bed.server.pause();
    assert_eq!(bed.spend(1), Spend::Failed);
    // Not connected any more: the pause is met in connecting.
    assert!(matches!(bed.desk.try_spend(&bed.code(1), now()), Err(Failure::Unreachable(_))));
    bed.server.resume();
    // The server may have found the first request in its queue or not; whoever asks now gets it at most once.
    let answers = [bed.spend_elsewhere(1), bed.spend_elsewhere(1), bed.spend_elsewhere(1)];
    assert!(answers[0] == Spend::Fresh || answers[0] == Spend::Spent, "{answers:?}");
    assert_eq!(answers[1..], [Spend::Spent, Spend::Spent]);
}

#[test]
fn a_server_that_is_gone() {
    let mut bed = Bed::new(PATIENCE);
    bed.server.kill();
    assert!(matches!(bed.desk.try_spend(&bed.code(1), now()), Err(Failure::Unreachable(_))));
    assert_eq!(bed.spend(1), Spend::Failed);
}

#[test]
fn no_answer_but_the_right_one_is_understood() {
    let bed = Bed::new(PATIENCE);
    let answers: [&[u8]; 17] = [
        b"+OK\r\n",
        b"+fresh\r\n",
        b"$5\r\nfresh\r\n",
        b"$-1\r\n",
        b"_\r\n",
        b":1\r\n",
        b"*0\r\n",
        b"*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
        b"$28\r\n0123456789abcdef fresh 1 1 1\r\n",
        b"-ERR unknown command 'EVALSHA'\r\n",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"-MOVED 3999 127.0.0.1:1\r\n",
        b"-BUSY Redis is busy running a script.\r\n",
        b"-NOREPLICAS Not enough good replicas to write.\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ];
    for (key, answer) in (10..).zip(answers) {
        bed.proxy.fault(&bytes(key), 1, What::Answer(answer.into()));
        let text = String::from_utf8_lossy(answer);
        assert_eq!(bed.by_script(key), Spend::Failed, "{text}");
        // None of them is tried again, and none of them is left on the connection.
        assert_eq!(bed.by_script(key), Spend::Fresh, "after {text}");
    }
    // To both commands at once.
    let answers: [&[u8]; 9] = [
        b"+OK\r\n+OK\r\n",
        b"+OK\r\n:1\r\n",
        b"+OK\r\n$-1\r\n",
        b"+OK\r\n$16\r\n0123456789abcdef\r\n",
        b"+OK\r\n*1\r\n$-1\r\n",
        b"+OK\r\n*3\r\n$-1\r\n$-1\r\n$-1\r\n",
        b"+OK\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n*2\r\n$1\r\na\r\n$-1\r\n",
        b"-READONLY You can't write against a read only replica.\r\n*2\r\n$1\r\na\r\n$1\r\na\r\n",
    ];
    for (key, answer) in (100..).zip(answers) {
        bed.proxy.fault(&bytes(key), 1, What::Answer(answer.into()));
        let text = String::from_utf8_lossy(answer);
        assert_eq!(bed.by_note(key), Spend::Failed, "{text}");
        assert_eq!(bed.by_note(key), Spend::Fresh, "after {text}");
    }
}

/// What the note is for: the script is asked at most once in a second of either clock.
#[test]
fn by_its_note_a_desk_spends_without_the_script() {
    const SPENDS: u64 = 100;
    let bed = Bed::new(PATIENCE);
    let start = now();
    for key in 0..SPENDS {
        assert_eq!(bed.spend(key), Spend::Fresh);
    }
    let seconds = now().as_secs() - start.as_secs() + 1;
    let info: String = bed.server.ask(&["INFO", "commandstats"]);
    let calls = |name: &str| -> u64 {
        let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{name}:calls=")));
        line.and_then(|line| line.split(',').next()).map_or(0, |calls| calls.parse().unwrap())
    };
    assert!(calls("evalsha") <= 4 + 2 * seconds, "{} calls in {seconds} s", calls("evalsha"));
    assert!(calls("mget") >= SPENDS - 2 * seconds);
}

/// Where the note is not what it was, or the entry is not there, the script is asked.
#[test]
fn without_its_note_no_spend_is_believed() {
    let bed = Bed::new(PATIENCE);
    for (key, answer) in (200..).zip([
        &b"+OK\r\n*2\r\n$-1\r\n$-1\r\n"[..],
        b"+OK\r\n*2\r\n$-1\r\n$16\r\n0123456789abcdef\r\n",
        b"+OK\r\n*2\r\n$5\r\n1 1 1\r\n$16\r\n0123456789abcdef\r\n",
        b"+OK\r\n*2\r\n:1\r\n$16\r\n0123456789abcdef\r\n",
    ]) {
        bed.proxy.fault(&bytes(key), 1, What::Answer(answer.into()));
        let text = String::from_utf8_lossy(answer);
        assert_eq!(bed.by_note(key), Spend::Fresh, "{text}");
        assert_eq!(bed.by_note(key), Spend::Spent, "{text}");
    }
    // By hand, while the code is on its way.
    for (key, words) in [(300, &["DEL", "eid-noted:chain"][..]), (301, &["SET", "eid-noted:chain", "1 1 1"])]
    {
        let now = now();
        bed.desk.standing(now).unwrap();
        bed.server.ask::<redis::Value>(words);
        assert_eq!(bed.desk.spend(&bed.code(key), now), Spend::Fresh);
        assert_eq!(bed.spend_elsewhere(key), Spend::Spent);
    }
}

#[test]
fn a_script_that_the_server_forgot_is_given_again() {
    let bed = Bed::new(PATIENCE);
    bed.server.ask::<()>(&["SCRIPT", "FLUSH"]);
    assert_eq!(bed.spend(1), Spend::Fresh);
    assert_eq!(bed.spend(1), Spend::Spent);
}

#[test]
fn a_server_out_of_memory() {
    let bed = Bed::new(PATIENCE);
    assert_eq!(bed.spend(1), Spend::Fresh);
    bed.server.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    for key in [1, 2] {
        let failure = bed.desk.try_spend(&bed.code(key), now()).unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
    }
    bed.server.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(bed.spend(1), Spend::Spent);
    assert_eq!(bed.spend(2), Spend::Fresh);
}

#[test]
fn a_server_that_lacks_the_replicas_it_must_have() {
    for spend in WAYS {
        let bed = Bed::new(PATIENCE);
        assert_eq!(spend(&bed, 1), Spend::Fresh);
        bed.server.ask::<()>(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
        for key in [1, 2] {
            let failure = bed.desk.try_spend(&bed.code(key), now()).unwrap_err();
            assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
        }
        bed.server.ask::<()>(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
        assert_eq!(spend(&bed, 1), Spend::Spent);
        assert_eq!(spend(&bed, 2), Spend::Fresh);
    }
}

/// Somebody else's script does not end.
#[test]
fn a_busy_server() {
    let bed = Bed::new(PATIENCE);
    bed.server.ask::<()>(&["CONFIG", "SET", "busy-reply-threshold", "50"]);
    thread::scope(|scope| {
        let endless = scope.spawn(|| {
            let mut command = redis::cmd("EVAL");
            command.arg("while true do end").arg(0).exec(&mut bed.server.connection()).unwrap_err()
        });
        // It may be asked before the other, or in the 50 ms that it is not answered.
        let failure = (0..).find_map(|key| bed.desk.try_spend(&bed.code(key), now()).err()).unwrap();
        assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
        assert_eq!(bed.spend(1 << 40), Spend::Failed);
        bed.server.ask::<()>(&["SCRIPT", "KILL"]);
        endless.join().unwrap();
    });
    assert_eq!(bed.spend(1 << 40), Spend::Fresh);
}

#[test]
fn a_server_that_may_evict() {
    for policy in ["allkeys-lru", "volatile-ttl", "allkeys-random"] {
        let server = Server::with(&["--save", "", "--maxmemory-policy", policy]);
        let failure = RedisLedger::new(server.client(), "chain").standing(server.now()).unwrap_err();
        assert!(matches!(&failure, Failure::Evicts(found) if found == policy), "{failure}");
    }
}

/// Changed under connected desks: it is looked at in every second.
#[test]
fn a_server_that_may_evict_from_now_on() {
    let bed = Bed::new(PATIENCE);
    assert_eq!(bed.spend(1), Spend::Fresh);
    bed.server.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "volatile-lru"]);
    thread::sleep(Duration::from_secs(1));
    let failure = bed.desk.try_spend(&bed.code(2), now()).unwrap_err();
    assert!(matches!(&failure, Failure::Evicts(found) if found == "volatile-lru"), "{failure}");
    bed.server.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(bed.spend(2), Spend::Fresh);
}

#[test]
fn a_node_of_a_cluster() {
    let server = Server::with(&["--save", "", "--cluster-enabled", "yes"]);
    let failure = RedisLedger::new(server.client(), "chain").standing(server.now()).unwrap_err();
    assert!(matches!(&failure, Failure::NotStandalone(mode) if mode == "cluster"), "{failure}");
}

#[test]
fn a_server_that_is_still_loading() {
    let mut server = Server::start();
    let now = server.now();
    RedisLedger::new(server.client(), "chain").standing(now).unwrap();
    server.ask::<()>(&["EVAL", "for n = 1, 20000 do redis.call('SET', n, n) end", "0"]);
    server.ask::<()>(&["SAVE"]);
    server.kill();
    // Half a minute in all, if nobody stops it.
    server.restart(&["--key-load-delay", "1500", "--loading-process-events-interval-bytes", "1024"]);
    let ledger = RedisLedger::new(server.client(), "chain").with_timeout(PATIENCE);
    loop {
        match ledger.try_spend(&code(1, now, later(now, 300)), now) {
            // Not even listening yet.
            Err(Failure::Unreachable(_)) => thread::sleep(Duration::from_millis(10)),
            Err(Failure::Refused(code)) => {
                assert_eq!(code, "LOADING");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_password_that_is_wrong() {
    let server = Server::start();
    server.ask::<()>(&["ACL", "SETUSER", "desk", "on", ">right", "~*", "+@all"]);
    let desk = |password| {
        let url = format!("redis://desk:{password}@127.0.0.1:{}/", server.port);
        RedisLedger::new(Client::open(url).unwrap(), "chain").standing(server.now())
    };
    assert!(desk("right").is_ok());
    let failure = desk("wrong").unwrap_err();
    assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
    assert!(!format!("{failure} {failure:?}").contains("wrong"));
}

/// The rights that the documentation names are enough.
#[test]
fn a_user_with_the_least_rights() {
    let server = Server::start();
    let rights =
        "on >desk resetkeys ~eid-* -@all +info +time +evalsha +script|load +get +mget +hmget +hset +set";
    let words: Vec<&str> = ["ACL", "SETUSER", "desk"].into_iter().chain(rights.split(' ')).collect();
    server.ask::<()>(&words);
    let url = format!("redis://desk:desk@127.0.0.1:{}/", server.port);
    let ledger = RedisLedger::new(Client::open(url).unwrap(), "chain");
    let now = server.now();
    let made = later(ledger.standing(now).unwrap().beginning, 1);
    assert_eq!(ledger.try_spend(&code(1, made, later(now, 300)), now).unwrap(), Spend::Fresh);
}

/// Something else listens on the port, and answers everything in the same way.
#[test]
fn a_server_that_is_none() {
    for answer in [&b"+OK\r\n"[..], b":1\r\n", b"$-1\r\n", b"*0\r\n", b"220 mail ready\r\n", b"\0\0\0\0", b""]
    {
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
        let client = Client::open(format!("redis://127.0.0.1:{port}/")).unwrap();
        let ledger = RedisLedger::new(client, "chain").with_timeout(SHORT);
        let now = UnixTime::from_secs(1_790_000_000);
        assert_eq!(ledger.spend(&code(1, now, later(now, 300)), now), Spend::Failed, "{answer:?}");
    }
}

/// Two desks, two connections, one code, 10,000 times.
#[test]
fn two_desks_race_and_one_wins() {
    const ROUNDS: usize = 10_000;
    let bed = Bed::new(PATIENCE);
    let start = Barrier::new(2);
    let answers: Vec<Vec<Spend>> = thread::scope(|scope| {
        let race = || {
            let desk = RedisLedger::new(bed.server.client(), "chain").with_timeout(PATIENCE);
            desk.standing(now()).unwrap();
            let spend = |key: usize| {
                let code = bed.code(u64::try_from(key).unwrap());
                start.wait();
                desk.spend(&code, now())
            };
            (0..ROUNDS).map(spend).collect()
        };
        let desks: Vec<_> = (0..2).map(|_| scope.spawn(race)).collect();
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
    assert_eq!(won[0] + won[1], ROUNDS);
    println!("of {ROUNDS} codes one desk won {}, the other {}", won[0], won[1]);
}

/// Many threads at one ledger, which has one connection.
#[test]
fn threads_share_a_ledger() {
    let bed = Bed::new(PATIENCE);
    let fresh: usize = thread::scope(|scope| {
        let spend = || (0..200).filter(|key| bed.spend(*key) == Spend::Fresh).count();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(spend)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(fresh, 200);
}

/// A server that does not have a command repeats what came with it, and the entry's key is in that.
#[test]
fn what_the_server_repeats_is_not_printed() {
    let server = Server::with(&["--save", "", "--rename-command", "MGET", ""]);
    let ledger = RedisLedger::new(server.client(), "chain").with_timeout(PATIENCE);
    ledger.standing(server.now()).unwrap();
    server.record(&["HSET", "began", "0"]);
    // By its note, which asks with a command that is not there. The second may end between the two.
    let failure = (0..)
        .find_map(|key| {
            let now = server.now();
            ledger.standing(now).unwrap();
            ledger.try_spend(&code(key, later(now, -10), later(now, 290)), now).err()
        })
        .unwrap();
    assert_eq!(failure.to_string(), "the server refuses: ERR");
    let sources = iter::successors(Some::<&dyn Error>(&failure), |&error| error.source());
    let printed: String = sources.map(|error| format!("{error} {error:?}\n")).collect();
    assert!(!printed.contains("eid-"), "{printed}");

    let said = redis::cmd("MGET").arg("eid-spent:chain:0123").exec(&mut server.connection()).unwrap_err();
    assert!(
        said.to_string().contains("eid-spent:chain:0123"),
        "else there is nothing to be seen here: {said}"
    );
}

/// Neither the address with its password nor a code is printed.
#[test]
fn a_ledger_prints_no_secret() {
    let ledger = RedisLedger::new(Client::open("redis://desk:secret@127.0.0.1:1/").unwrap(), "chain");
    assert!(!format!("{ledger:?}").contains("secret"));
    let now = UnixTime::from_secs(1_790_000_000);
    let failure = ledger.try_spend(&code(1, now, later(now, 300)), now).unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("secret"));
}
