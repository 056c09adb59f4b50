//! A PostgreSQL of one's own: on 127.0.0.1 and a free port, in a folder that goes with it. It fails loudly where none is
//! installed. PostgreSQL does not run as root: root starts it as the user `postgres`.

#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use eid_verifier::UnixTime;
use eid_verifier_postgres::tokio_postgres::{Config, NoTls, SimpleQueryMessage};
use eid_verifier_postgres::{BlockingLedger, PostgresLedger};

pub struct Server {
    pub port: u16,
    folder: PathBuf,
    template: Option<Arc<Template>>,
}

impl Server {
    pub fn start() -> Self {
        let template = Template::shared();
        let mut server = Self::in_folder(new_folder());
        copy(&template.data(), &server.data());
        server.template = Some(template);
        server.restart();
        server
    }

    /// A standby of this server, with all that it has.
    pub fn standby(&self) -> Self {
        let standby = Self::in_folder(new_folder());
        self.copy_to(&standby);
        as_owner("touch", &[&standby.data().join("standby.signal")]);
        let settings = format!("primary_conninfo = 'host=127.0.0.1 port={} user=eid'\n", self.port);
        fs::write(standby.data().join("postgresql.auto.conf"), settings).expect("its settings");
        standby.restart();
        standby
    }

    /// Has `other`, which is stopped, hold what is on this one's disk. A checkpoint and a copy under a backup, as
    /// pg_basebackup makes one.
    fn copy_to(&self, other: &Self) {
        let at = format!("--dbname=host=127.0.0.1 port={} user=eid", self.port);
        let to = format!("--pgdata={}", other.data().display());
        let words = [at, to, "--checkpoint=fast".into(), "--no-sync".into(), "--wal-method=stream".into()];
        let words: Vec<PathBuf> = words.into_iter().map(PathBuf::from).collect();
        as_owner("pg_basebackup", &words.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }

    fn in_folder(folder: PathBuf) -> Self {
        Self { port: free_port(), folder, template: None }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn config(&self) -> Config {
        config(self.port)
    }

    /// A desk with a patience that no test ends.
    pub fn desk(&self) -> BlockingLedger {
        desk(self.port, Duration::from_secs(20))
    }

    /// The last column of what the server answers.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        self.try_ask(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn try_ask(&self, sql: &str) -> Result<Vec<String>, String> {
        ask(self.port, sql)
    }

    /// The server's clock.
    pub fn now(&self) -> UnixTime {
        let now = self.ask("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint");
        UnixTime::from_secs(now[0].parse().expect("a number"))
    }

    /// Without a farewell, as when the machine loses power.
    pub fn kill(&self) {
        for id in self.processes() {
            signal("-KILL", id);
        }
        let start = Instant::now();
        while !self.processes().is_empty() {
            assert!(start.elapsed() < Duration::from_secs(20), "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
    }

    /// Again after [`kill`](Self::kill).
    pub fn restart(&self) {
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB \
             -c max_connections=40 -c autovacuum=off",
            self.port
        );
        let data = self.data();
        let log = self.folder.join("log");
        let words = [
            Path::new("-D"),
            &data,
            Path::new("-l"),
            &log,
            Path::new("-o"),
            Path::new(&settings),
            Path::new("-w"),
            Path::new("start"),
        ];
        as_owner("pg_ctl", &words);
    }

    /// One of the server's processes, that of a connection, is killed. Returns when the others have been started anew.
    pub fn crash(&self) {
        let victim = self.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        signal("-KILL", victim[0].parse().expect("a process"));
        let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let start = Instant::now();
        while !log().contains("all server processes terminated; reinitializing")
            || self.try_ask("SELECT 1").is_err()
        {
            assert!(start.elapsed() < Duration::from_secs(20), "it does not come back: {}", log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn promote(&self) {
        as_owner("pg_ctl", &[Path::new("-D"), &self.data(), Path::new("-w"), Path::new("promote")]);
    }

    /// What is on the disk now, to come back to with [`come_back`](Self::come_back).
    pub fn snapshot(&self) -> Self {
        let snapshot = Self::in_folder(new_folder());
        self.copy_to(&snapshot);
        snapshot
    }

    /// Loses everything since the snapshot: killed, and started from it.
    pub fn come_back(&self, snapshot: &Self) {
        self.kill();
        fs::remove_dir_all(self.data()).expect("the folder of the server");
        copy(&snapshot.data(), &self.data());
        self.restart();
    }

    pub fn pause(&self) {
        for id in self.processes() {
            signal("-STOP", id);
        }
    }

    pub fn resume(&self) {
        for id in self.processes() {
            signal("-CONT", id);
        }
    }

    /// The postmaster and its children, the postmaster first.
    fn processes(&self) -> Vec<u32> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let Some(first) = file.lines().next().and_then(|line| line.parse().ok()) else {
            return Vec::new();
        };
        let parents = |id: u32| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let field = |name| status.lines().find_map(|line: &str| line.strip_prefix(name));
            let dead = field("State:")?.trim().starts_with('Z');
            let parent: u32 = field("PPid:")?.trim().parse().ok()?;
            (!dead).then_some(parent)
        };
        let all = fs::read_dir("/proc").expect("/proc").flatten();
        let ids: Vec<u32> = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        let of_it = |id: &u32| *id == first && parents(*id).is_some() || parents(*id) == Some(first);
        let mut found: Vec<u32> = ids.into_iter().filter(of_it).collect();
        found.sort_by_key(|id| *id != first);
        found
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for id in self.processes() {
            signal("-KILL", id);
        }
        thread::sleep(Duration::from_millis(20));
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Has the ledger begun long ago, so that nothing need be waited for. The row is still the beginning's own: it names the
/// transaction that wrote it.
pub fn began_long_ago(server: &Server) {
    server.ask(
        "UPDATE eid_ledger SET began = extract(epoch FROM clock_timestamp())::bigint - 1000,
         attempt = regexp_replace(attempt, '[0-9]+$', '') || pg_current_xact_id()::xid::text WHERE key = ''",
    );
}

/// The last column of what the server at this port answers.
pub fn ask(port: u16, sql: &str) -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let (client, connection) = config(port).connect(NoTls).await.map_err(|error| format!("{error:?}"))?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(sql).await.map_err(|error| format!("{error:?}"))?;
        connection.abort();
        let last = |message| match message {
            SimpleQueryMessage::Row(row) => row.get(row.len() - 1).map(str::to_owned),
            _ => None,
        };
        Ok(messages.into_iter().filter_map(last).collect())
    })
}

pub fn config(port: u16) -> Config {
    let mut config = Config::new();
    config.host("127.0.0.1").port(port).user("eid").dbname("postgres");
    config
}

pub fn desk(port: u16, patience: Duration) -> BlockingLedger {
    let ledger = PostgresLedger::new(config(port), NoTls, "chain").with_timeout(patience);
    BlockingLedger::new(ledger).expect("a runtime")
}

/// Free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its number").port()
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("eid-postgres-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = env::temp_dir().join(name);
    fs::create_dir(&folder).expect("a folder for the server");
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&folder));
    }
    folder
}

/// A database folder that nobody has used: made once, copied for every server, and gone with the last of them.
struct Template(PathBuf);

impl Template {
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Template>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let template = Arc::new(Self(new_folder()));
            let data = template.data();
            let words = ["-D", data.to_str().expect("a plain path"), "-U", "eid", "-A", "trust", "--no-sync"];
            as_owner("initdb", &words.map(Path::new));
            *shared = Arc::downgrade(&template);
            template
        })
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-a").arg(from).arg(to));
}

fn signal(signal: &str, id: u32) {
    let _ = Command::new("kill").args([signal, &id.to_string()]).output();
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).stdout == b"0\n"
}

/// One of PostgreSQL's programs, as a user who may run it.
fn as_owner(program: &str, words: &[&Path]) {
    let program = if program == "touch" { program.into() } else { path(program) };
    let mut command = Command::new(if is_root() { "runuser" } else { "env" });
    if is_root() {
        command.args(["-u", "postgres", "--"]);
    }
    // What a server inherits it holds open: no pipe of this test.
    let log =
        env::temp_dir().join(format!("eid-postgres-{}-{:?}.log", process::id(), thread::current().id()));
    let file = fs::File::create(&log).expect("a log");
    let errors = file.try_clone().expect("the log again");
    command
        .arg(program)
        .args(words)
        .current_dir("/")
        .stdin(process::Stdio::null())
        .stdout(file)
        .stderr(errors);
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {}", fs::read_to_string(&log).unwrap_or_default());
    let _ = fs::remove_file(&log);
}

/// Debian keeps them out of the path.
fn path(program: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin").join(program))
        .filter(|path| path.exists())
        .collect();
    versions.sort();
    let in_path = env::var_os("PATH").and_then(|paths| {
        env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.exists())
    });
    versions
        .pop()
        .or(in_path)
        .unwrap_or_else(|| panic!("{program} must be installed (Debian: apt-get install postgresql)"))
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
