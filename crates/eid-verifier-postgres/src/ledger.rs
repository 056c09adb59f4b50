//! The ledger: what a spend asks the server, and how often.

use std::fmt;
use std::time::Duration;

use eid_verifier::ledger::Nonce;
use eid_verifier::{Spend, UnixTime};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, NoTls, Socket};

use crate::failure::Failure;
use crate::session::{Reply, Session};
use crate::sql;

/// How many seconds an entry outlives its code. The clocks of desk and server may differ by half of it.
pub const MARGIN: u64 = 60;

/// A ledger on one PostgreSQL server, shared by all desks that give it the same name.
///
/// One connection, made at the first use and again whenever it was lost.
pub struct PostgresLedger<T = NoTls> {
    config: Config,
    tls: T,
    name: String,
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

impl<T> PostgresLedger<T>
where
    T: MakeTlsConnect<Socket> + Clone,
    T::Stream: Send + 'static,
{
    /// The ledger of this name at this server, not connected yet. All desks of a chain give one name.
    ///
    /// `config` and `tls` are the program's own; [`NoTls`] is for a server on the same machine.
    #[must_use]
    pub fn new(config: Config, tls: T, name: &str) -> Self {
        Self { config, tls, name: name.into(), timeout: Duration::from_secs(2), session: Mutex::new(None) }
    }

    /// This ledger with another timeout, for one try: a connection if need be, and an answer. Two seconds, if not said.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Makes the table, [`TABLE`](crate::TABLE), where it is missing. Once for a chain, by a role that may.
    ///
    /// # Errors
    /// What kept the server from it.
    pub async fn create_table(&self) -> Result<(), Failure> {
        let create = async {
            let (client, connection) = self.config.connect(self.tls.clone()).await?;
            let connection = tokio::spawn(connection);
            let created = client.batch_execute(sql::TABLE).await;
            connection.abort();
            Ok(created?)
        };
        timeout(self.timeout, create).await.map_err(|_| Failure::Late)?
    }

    /// Connects if need be, and tells where the ledger stands. A program calls it at its start, so that a wrong setup shows
    /// then. If the ledger has no beginning yet, this sets it.
    ///
    /// # Errors
    /// As [`try_spend`](Self::try_spend).
    pub async fn standing(&self, now: UnixTime) -> Result<Standing, Failure> {
        let reply = self.ask(None, now).await?;
        Ok(Standing {
            beginning: UnixTime::from_secs(reply.began),
            own_time: UnixTime::from_secs(reply.own),
            server: UnixTime::from_secs(reply.now),
        })
    }

    /// Spends a code at the desk's time `now`: [`try_spend`](Self::try_spend), with [`Spend::Failed`] for every failure.
    pub async fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.try_spend(nonce, now).await.unwrap_or(Spend::Failed)
    }

    /// Spends a code at the desk's time `now`, and tells why if that fails.
    ///
    /// # Errors
    /// What kept the ledger from an answer. The code may be spent all the same: show a new one.
    pub async fn try_spend(&self, nonce: &Nonce, now: UnixTime) -> Result<Spend, Failure> {
        let reply = self.ask(Some(nonce), now).await?;
        // The statement inserts only what may be admitted. It is said here alone what that is.
        match nonce.judge(UnixTime::from_secs(reply.began), UnixTime::from_secs(reply.own)) {
            Err(refused) if !reply.fresh => Ok(refused),
            Ok(()) if reply.fresh => Ok(Spend::Fresh),
            Ok(()) => Ok(Spend::Spent),
            Err(_) => Err(Failure::Answer),
        }
    }

    /// Deletes the entries of codes that ran out [`MARGIN`] seconds ago or earlier, and tells how many. Some program of the
    /// chain calls it now and then, once an hour say: without it the table grows, and nothing else.
    ///
    /// # Errors
    /// As [`try_spend`](Self::try_spend).
    pub async fn prune(&self, now: UnixTime) -> Result<u64, Failure> {
        let prune = async {
            let session = Session::open(&self.config, self.tls.clone(), &self.name, now).await?;
            session.prune(&self.name).await
        };
        timeout(self.timeout, prune).await.map_err(|_| Failure::Late)?
    }

    /// One spend or one look: a second try if the connection was lost, or if the server began anew since the code was judged.
    async fn ask(&self, nonce: Option<&Nonce>, now: UnixTime) -> Result<Reply, Failure> {
        let attempt = attempt()?;
        let mut slot = self.session.lock().await;
        let mut last = Failure::Restless;
        for _ in 0..2 {
            // Taken out, so that only an understood answer brings it back; also if this future is dropped.
            let session = slot.take();
            let tried = async {
                let session = match session {
                    Some(session) => session,
                    None => Session::open(&self.config, self.tls.clone(), &self.name, now).await?,
                };
                let reply = self.call(&session, nonce, &attempt, now).await?;
                Ok((session, reply))
            };
            match timeout(self.timeout, tried).await.unwrap_or(Err(Failure::Late)) {
                Err(failure) if failure.may_be_tried_again() => last = failure,
                Err(failure) => return Err(failure),
                Ok((mut session, reply)) => {
                    let judged_with = session.began;
                    session.began = reply.began;
                    *slot = Some(session);
                    if nonce.is_none() || judged_with == reply.began {
                        return Ok(reply);
                    }
                    last = Failure::Restless;
                }
            }
        }
        Err(last)
    }

    async fn call(
        &self,
        session: &Session,
        nonce: Option<&Nonce>,
        attempt: &str,
        now: UnixTime,
    ) -> Result<Reply, Failure> {
        let key = nonce.map_or(&[][..], |nonce| nonce.key());
        // By the beginning that this connection knows; if that is the table's no longer, nothing is inserted.
        let began = UnixTime::from_secs(session.began);
        let limit = match nonce {
            Some(nonce) if nonce.judge(began, UnixTime::from_secs(0)).is_ok() => nonce.expires_at().as_secs(),
            _ => 0,
        };
        session.call(&self.name, key, attempt, limit, now).await
    }
}

/// A name for one spend, in all of its tries.
fn attempt() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::Randomness)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The server's address is left out: its settings hold a password.
impl<T> fmt::Debug for PostgresLedger<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresLedger")
            .field("name", &self.name)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
