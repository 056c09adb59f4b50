//! The ledger: what a spend asks the server, and how often.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger, Spend, UnixTime};
use redis::Client;

use crate::failure::Failure;
use crate::session::{Answer, Call, Reply, Session, Times};

/// How many seconds an entry outlives its code. The clocks of desk and server may differ by half of it.
pub const MARGIN: u64 = 60;

/// A ledger on one Redis or Valkey server, shared by all desks that give it the same name.
///
/// One connection, made at the first use and again whenever it was lost.
pub struct RedisLedger {
    client: Client,
    /// The key of the beginning.
    record: String,
    /// The key of what was found within this second.
    note: String,
    /// Of the entries' keys.
    prefix: Vec<u8>,
    timeout: Duration,
    session: Mutex<Option<Session>>,
}

/// Where the ledger stands, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Codes made before this, and for the policy's skew after it, are `nonce.before_ledger`.
    pub beginning: UnixTime,
    /// The latest time that the server's clock has shown: codes that run out before it are `clock.behind`.
    pub own_time: UnixTime,
    /// What the server's clock shows now.
    pub server: UnixTime,
}

impl RedisLedger {
    /// The ledger of this name at this server, not connected yet. All desks of a chain give one name.
    ///
    /// `client` is the program's own, so that user, database, protocol and TLS are what it says (for TLS, switch on a feature
    /// of `redis` itself).
    #[must_use]
    pub fn new(client: Client, name: &str) -> Self {
        Self {
            client,
            record: format!("eid-ledger:{name}"),
            note: format!("eid-noted:{name}"),
            prefix: format!("eid-spent:{name}:").into(),
            timeout: Duration::from_secs(1),
            session: Mutex::new(None),
        }
    }

    /// This ledger with another timeout, for a connection and for an answer. One second, if not said.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Connects if need be, and tells where the ledger stands. A program calls it at its start, so that a wrong setup shows
    /// then. If the ledger has no beginning yet, this sets it.
    ///
    /// # Errors
    /// As [`try_spend`](Self::try_spend).
    pub fn standing(&self, now: UnixTime) -> Result<Standing, Failure> {
        let Times { began, own, now } = self.ask(None, now)?.times;
        Ok(Standing {
            beginning: UnixTime::from_secs(began),
            own_time: UnixTime::from_secs(own),
            server: UnixTime::from_secs(now),
        })
    }

    /// Spends a code at the desk's time `now`, and tells why if that fails. [`spend`](NonceLedger::spend) is this, with
    /// [`Spend::Failed`] for every failure.
    ///
    /// # Errors
    /// What kept the ledger from an answer. The code may be spent all the same: show a new one.
    pub fn try_spend(&self, nonce: &Nonce, now: UnixTime) -> Result<Spend, Failure> {
        let Reply { answer, times } = self.ask(Some(nonce), now)?;
        // The script inserts only what may be admitted. It is said here alone what that is.
        match (judge(nonce, times.began, times.own), answer) {
            (Err(refused), Answer::Seen) => Ok(refused),
            (Ok(()), Answer::Fresh) => Ok(Spend::Fresh),
            (Ok(()), Answer::Spent) => Ok(Spend::Spent),
            _ => Err(Failure::Answer),
        }
    }

    /// One spend or one look: a second try if the connection was lost, or if the server began anew since the code was judged.
    fn ask(&self, nonce: Option<&Nonce>, now: UnixTime) -> Result<Reply, Failure> {
        let mut attempt = [0; 16];
        getrandom::fill(&mut attempt).map_err(Failure::Randomness)?;
        let mut slot = self.session.lock().map_err(|_| Failure::Poisoned)?;
        let mut last = Failure::Restless;
        for _ in 0..2 {
            // Taken out, so that only an understood answer brings it back.
            let tried = match slot.take() {
                Some(session) => Ok(session),
                None => self.open(now),
            }
            .and_then(|mut session| {
                let judged_with = session.known().began;
                let reply = self.call(&mut session, nonce, &attempt, now)?;
                Ok((session, judged_with, reply))
            });
            match tried {
                Err(failure) if failure.is_of_the_connection() => last = failure,
                Err(failure) => return Err(failure),
                Ok((session, judged_with, reply)) => {
                    *slot = Some(session);
                    if nonce.is_none() || judged_with == reply.times.began {
                        return Ok(reply);
                    }
                    last = Failure::Restless;
                }
            }
        }
        Err(last)
    }

    /// A new connection, and the ledger's beginning on it.
    fn open(&self, now: UnixTime) -> Result<Session, Failure> {
        let mut session = Session::open(&self.client, self.timeout)?;
        self.call(&mut session, None, b"look", now)?;
        Ok(session)
    }

    fn call(
        &self,
        session: &mut Session,
        nonce: Option<&Nonce>,
        attempt: &[u8],
        now: UnixTime,
    ) -> Result<Reply, Failure> {
        let key = nonce.map_or(&[][..], |nonce| nonce.key());
        // By the beginning that this connection knows; if that is the store's no longer, the script inserts nothing.
        let known = session.known();
        let end = match nonce {
            Some(nonce) if judge(nonce, known.began, 0).is_ok() => {
                end(nonce.expires_at().as_secs()).ok_or(Failure::Expiry)?
            }
            _ => 0,
        };
        let call = Call {
            record: &self.record,
            note: &self.note,
            entry: &[&self.prefix, key].concat(),
            attempt,
            end,
            desk: now.as_secs(),
        };
        if nonce.is_some_and(|nonce| judge(nonce, known.began, known.own).is_ok())
            && let Some(answer) = session.spend_by_note(&call)?
        {
            return Ok(Reply { answer, times: known });
        }
        let reply = session.call(&call)?;
        if reply.answer == Answer::Clock {
            return Err(Failure::Clock { desk: now.as_secs(), server: reply.times.now });
        }
        Ok(reply)
    }
}

fn judge(nonce: &Nonce, began: u64, own: u64) -> Result<(), Spend> {
    nonce.judge(UnixTime::from_secs(began), UnixTime::from_secs(own))
}

/// When an entry ends, if Redis and Lua can count that; Redis counts milliseconds.
fn end(expires_at: u64) -> Option<u64> {
    let end = expires_at.checked_add(MARGIN)?;
    (end.checked_mul(1000)? < 1 << 53).then_some(end)
}

impl NonceLedger for RedisLedger {
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.try_spend(nonce, now).unwrap_or(Spend::Failed)
    }
}

/// The server's address is left out: it may hold a password.
impl fmt::Debug for RedisLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLedger")
            .field("record", &self.record)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
