//! One connection, to a server that was found fit. It is dropped at the first answer that is not understood.

use std::time::Duration;

use redis::{Client, Connection, Value, cmd, pipe};

use crate::failure::Failure;
use crate::ledger::MARGIN;

/// A connection, and the script with the server's names as they were read over it. A connection belongs to one process, so
/// the run id stays what it was; the replication id may not, and the script compares it.
pub(crate) struct Session {
    connection: Connection,
    /// The hash of the script.
    script: String,
    /// What the script told last.
    known: Times,
    /// The note that it left then, and the desk's time at that.
    note: (String, u64),
}

/// What the script tells of the ledger, in unix seconds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) began: u64,
    pub(crate) own: u64,
    /// What the server's clock shows.
    pub(crate) now: u64,
}

/// What a server calls itself: hexadecimal, 40 characters each.
struct Names<'i> {
    replication_id: &'i str,
    run_id: &'i str,
}

/// What one spend, or one look, is given.
pub(crate) struct Call<'a> {
    pub(crate) record: &'a str,
    pub(crate) note: &'a str,
    pub(crate) entry: &'a [u8],
    pub(crate) attempt: &'a [u8],
    /// When the entry ends; 0: there shall be none.
    pub(crate) end: u64,
    pub(crate) desk: u64,
}

/// What the server answered.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) times: Times,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing was inserted: it was not to be.
    Seen,
    /// The entry is of this attempt.
    Fresh,
    /// The entry is of another.
    Spent,
    /// The clocks differ.
    Clock,
}

impl Session {
    /// Connects, and reads whether the server is fit to hold a ledger.
    pub(crate) fn open(client: &Client, timeout: Duration) -> Result<Self, Failure> {
        let mut connection = client.get_connection_with_timeout(timeout)?;
        connection.set_read_timeout(Some(timeout))?;
        connection.set_write_timeout(Some(timeout))?;

        let server: String = cmd("INFO").arg("server").query(&mut connection)?;
        let memory: String = cmd("INFO").arg("memory").query(&mut connection)?;
        is_fit(&server, &memory)?;
        let replication: String = cmd("INFO").arg("replication").query(&mut connection)?;
        let names =
            Names { replication_id: name(&replication, "master_replid")?, run_id: name(&server, "run_id")? };
        let script = cmd("SCRIPT").arg("LOAD").arg(names.script()).query(&mut connection)?;
        Ok(Self { connection, script, known: Times::default(), note: (String::new(), 0) })
    }

    /// What the script told last; zeros before the first answer.
    pub(crate) const fn known(&self) -> Times {
        self.known
    }

    /// Spends a code that may be admitted if what is known holds still. Nothing is told if it is not seen that it does: the
    /// entry may be there, under this attempt.
    ///
    /// A desk asks at all only within the second of the script's answer: later the note is gone.
    pub(crate) fn spend_by_note(&mut self, call: &Call<'_>) -> Result<Option<Answer>, Failure> {
        let (note, at) = &self.note;
        if *at != call.desk {
            return Ok(None);
        }
        let mut pipe = pipe();
        pipe.cmd("SET").arg(call.entry).arg(call.attempt).arg("NX").arg("EXAT").arg(call.end).ignore();
        // After that, so that the note speaks for the moment at which the entry was set.
        pipe.cmd("MGET").arg(call.note).arg(call.entry);
        let ((noted, entry),): ((Value, Value),) = pipe.query(&mut self.connection)?;
        let (Value::BulkString(noted), Value::BulkString(entry)) = (noted, entry) else {
            return Ok(None);
        };
        let answer = if entry == call.attempt { Answer::Fresh } else { Answer::Spent };
        Ok((noted == note.as_bytes()).then_some(answer))
    }

    pub(crate) fn call(&mut self, call: &Call<'_>) -> Result<Reply, Failure> {
        let value: Value = cmd("EVALSHA")
            .arg(&self.script)
            .arg(3)
            .arg(call.record)
            .arg(call.note)
            .arg(call.entry)
            .arg(call.attempt)
            .arg(self.known.began)
            .arg(call.end)
            .arg(call.desk)
            .query(&mut self.connection)?;
        let reply = read(&value, call.attempt).ok_or(Failure::Answer)?;
        if reply.answer != Answer::Clock {
            let Times { began, own, now } = reply.times;
            self.known = reply.times;
            self.note = (format!("{began} {own} {now}"), call.desk);
        }
        Ok(reply)
    }
}

impl Names<'_> {
    /// The script for this server. Another has another, so that it is not found where it does not belong.
    fn script(&self) -> String {
        let Self { replication_id, run_id } = self;
        format!(
            "local replication = '\\r\\nmaster_replid:{replication_id}\\r\\n'\n\
             local server = '{replication_id}{run_id}'\n\
             local margin = {MARGIN}\n\
             {}",
            include_str!("spend.lua")
        )
    }
}

/// Whether a server of which `INFO` says this can hold a ledger.
fn is_fit(server: &str, memory: &str) -> Result<(), Failure> {
    // Valkey calls it so from version 8 on. It goes on telling the version of Redis that it is compatible with.
    let mode = field(server, "redis_mode").or_else(|_| field(server, "server_mode"))?;
    if mode != "standalone" {
        return Err(Failure::NotStandalone(mode.into()));
    }
    let version = field(server, "redis_version")?;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.ok_or(Failure::Answer)? < 7 {
        return Err(Failure::TooOld(version.into()));
    }
    let policy = field(memory, "maxmemory_policy")?;
    if policy != "noeviction" {
        return Err(Failure::Evicts(policy.into()));
    }
    Ok(())
}

/// The answer, if it is one to this very attempt.
fn read(value: &Value, attempt: &[u8]) -> Option<Reply> {
    let Value::BulkString(bytes) = value else {
        return None;
    };
    let mut words = str::from_utf8(bytes.strip_prefix(attempt)?.strip_prefix(b" ")?).ok()?.split(' ');
    let answer = match words.next()? {
        "seen" => Answer::Seen,
        "fresh" => Answer::Fresh,
        "spent" => Answer::Spent,
        "clock" => Answer::Clock,
        _ => return None,
    };
    let mut seconds = || words.next()?.parse().ok();
    let times = Times { began: seconds()?, own: seconds()?, now: seconds()? };
    words.next().is_none().then_some(Reply { answer, times })
}

/// One of the server's names, in `INFO`.
fn name<'i>(info: &'i str, name: &str) -> Result<&'i str, Failure> {
    let value = field(info, name)?;
    let is_name = value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name.then_some(value).ok_or(Failure::Answer)
}

/// A field of `INFO`.
fn field<'i>(info: &'i str, name: &str) -> Result<&'i str, Failure> {
    let line = |line: &'i str| line.strip_prefix(name)?.strip_prefix(':');
    info.lines().find_map(line).map(str::trim_end).ok_or(Failure::Answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Option<Reply> {
        read(&Value::BulkString(text.into()), b"mine")
    }

    #[test]
    fn an_answer_is_read_whole_and_for_this_attempt_only() {
        let reply = read_text("mine fresh 1 2 3").unwrap();
        assert!(reply.answer == Answer::Fresh);
        assert!(reply.times == Times { began: 1, own: 2, now: 3 });
        for wrong in [
            "also fresh 3 1 2",
            "others fresh 3 1 2",
            "minefresh 3 1 2",
            "mine OK 3 1 2",
            "mine fresh 3 1",
            "mine fresh 3 1 2 4",
            "mine fresh 3 1 2 ",
            "mine fresh 3 1 -2",
            "mine fresh 3 1 1e15",
            "mine fresh",
            "mine",
            "fresh",
            "",
        ] {
            assert!(read_text(wrong).is_none(), "{wrong}");
        }
        for value in [Value::Okay, Value::Nil, Value::Int(1), Value::Boolean(true), Value::Array(Vec::new())]
        {
            assert!(read(&value, b"mine").is_none(), "{value:?}");
        }
        assert!(read(&Value::SimpleString("mine fresh 3 1 2".into()), b"mine").is_none());
    }

    #[test]
    fn a_server_of_either_kind_is_told_by_its_own_words() {
        const KEEPS: &str = "# Memory\r\nmaxmemory_policy:noeviction\r\n";
        for fit in [
            "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n",
            "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:standalone\r\n",
        ] {
            is_fit(fit, KEEPS).unwrap();
            assert!(matches!(is_fit(fit, "maxmemory_policy:allkeys-lru\r\n"), Err(Failure::Evicts(_))));
            assert!(matches!(is_fit(fit, ""), Err(Failure::Answer)));
            let cluster = fit.replace("standalone", "cluster");
            assert!(matches!(is_fit(&cluster, KEEPS), Err(Failure::NotStandalone(_))));
            let old = fit.replace("redis_version:7", "redis_version:6");
            assert!(matches!(is_fit(&old, KEEPS), Err(Failure::TooOld(_))));
            for lacking in ["_mode", "redis_version"] {
                let unlike = fit.replace(lacking, "_other");
                assert!(matches!(is_fit(&unlike, KEEPS), Err(Failure::Answer)), "{unlike}");
            }
        }
    }

    /// It becomes a part of the script.
    #[test]
    fn a_servers_name_is_40_hexadecimal_digits() {
        let right = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(name(&format!("run_id:{right}\r\n"), "run_id").unwrap(), right);
        for wrong in
            ["", "0", &right[1..], &format!("{right}8"), &right.replace('a', "'"), &right.replace('a', "g")]
        {
            assert!(name(&format!("run_id:{wrong}\r\n"), "run_id").is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "# Server\r\nrun_id_of:1\r\nrun_id:abc\r\n";
        assert_eq!(field(info, "run_id").unwrap(), "abc");
        assert!(field(info, "redis_mode").is_err());
    }
}
