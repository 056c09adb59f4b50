//! A redis-server of one's own, or the program that `EID_REDIS_SERVER` names: on 127.0.0.1 and a free port, in a folder that
//! goes with it. It fails loudly where none is installed.

#![allow(dead_code, unreachable_pub, reason = "every test, the example and the bench take what they need")]

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use eid_verifier::UnixTime;
use redis::{Client, Connection, FromRedisValue, cmd};

pub struct Server {
    pub port: u16,
    folder: PathBuf,
    settings: Vec<String>,
    process: Child,
}

impl Server {
    /// With nothing kept on disk.
    pub fn start() -> Self {
        Self::with(&["--save", "", "--appendonly", "no"])
    }

    pub fn with(settings: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("eid-redis-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder for the server");
        let port = free_port();
        let settings: Vec<String> = settings.iter().map(|&word| word.into()).collect();
        let process = spawn(port, &folder, &settings);
        let server = Self { port, folder, settings, process };
        server.wait();
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub fn client(&self) -> Client {
        Client::open(self.url()).expect("an address")
    }

    pub fn connection(&self) -> Connection {
        self.client().get_connection_with_timeout(Duration::from_secs(5)).expect("a connection")
    }

    /// What the server answers to these words.
    pub fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut command = cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut self.connection()).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// Changes the record of the beginning by hand: `HSET`, `HDEL` or `DEL`, and what follows the key. The note, which would
    /// speak for it to the end of the second, goes too.
    pub fn record(&self, words: &[&str]) {
        let (verb, rest) = words.split_first().expect("a verb");
        let words: Vec<&str> = [verb, "eid-ledger:chain"].into_iter().chain(rest.iter().copied()).collect();
        self.ask::<i64>(&words);
        self.ask::<i64>(&["DEL", "eid-noted:chain"]);
    }

    /// How many entries there are, of all ledgers.
    pub fn entries(&self) -> usize {
        self.ask::<Vec<redis::Value>>(&["KEYS", "eid-spent:*"]).len()
    }

    /// The server's clock.
    pub fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.ask::<(u64, u64)>(&["TIME"]).0)
    }

    /// Without a farewell, as when the machine loses power.
    pub fn kill(&mut self) {
        self.process.kill().expect("a server to kill");
        self.process.wait().expect("its end");
    }

    /// Again after [`kill`](Self::kill): on the same port, with what is on disk and these settings more.
    pub fn restart(&mut self, more: &[&str]) {
        let mut settings = self.settings.clone();
        settings.extend(more.iter().map(|&word| word.to_owned()));
        self.process = spawn(self.port, &self.folder, &settings);
        if more.is_empty() {
            self.wait();
        }
    }

    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(status.expect("kill").success(), "kill {signal}");
    }

    fn wait(&self) {
        let start = Instant::now();
        loop {
            let answers = self.client().get_connection_with_timeout(Duration::from_secs(1));
            if answers.is_ok_and(|mut connection| cmd("PING").query::<String>(&mut connection).is_ok()) {
                return;
            }
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(20), "redis-server does not answer: {}", log());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn spawn(port: u16, folder: &std::path::Path, settings: &[String]) -> Child {
    Command::new(env::var_os("EID_REDIS_SERVER").unwrap_or("redis-server".into()))
        .args(["--bind", "127.0.0.1", "--daemonize", "no", "--logfile", "log", "--pidfile", "pid"])
        .args(["--repl-diskless-sync-delay", "0", "--port", &port.to_string(), "--dir"])
        .arg(folder)
        .args(settings)
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server must be installed (Debian: apt-get install redis-server)")
}

/// Free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its number").port()
}
