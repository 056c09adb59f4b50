//! One connection. It is dropped at the first answer that is not understood.

use eid_verifier::UnixTime;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Row, Socket, Statement};

use crate::failure::Failure;
use crate::ledger::MARGIN;
use crate::sql;

/// A connection with its statement, and the beginning that it knows.
pub(crate) struct Session {
    client: Client,
    spend: Statement,
    /// The beginning that the last answer told.
    pub(crate) began: u64,
    _connection: Connection,
}

/// The task that carries the connection, which ends with it.
struct Connection(JoinHandle<Result<(), tokio_postgres::Error>>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the server answered.
pub(crate) struct Reply {
    pub(crate) now: u64,
    pub(crate) began: u64,
    pub(crate) own: u64,
    /// The entry is of this attempt.
    pub(crate) fresh: bool,
}

impl Session {
    pub(crate) async fn open<T>(config: &Config, tls: T, name: &str, now: UnixTime) -> Result<Self, Failure>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) = config.connect(tls).await?;
        let connection = Connection(tokio::spawn(connection));
        client.batch_execute(sql::SESSION).await?;
        client.execute(&sql::begin(), &[&name, &desk(now), &margin()?]).await?;
        let spend = client.prepare(&sql::spend()).await?;
        let mut session = Self { client, spend, began: 0, _connection: connection };
        session.began = session.call(name, &[], "look", 0, now).await?.began;
        Ok(session)
    }

    /// One call of the statement. `limit`: the code's expiry, or 0 to insert nothing.
    pub(crate) async fn call(
        &self,
        name: &str,
        key: &[u8],
        attempt: &str,
        limit: u64,
        now: UnixTime,
    ) -> Result<Reply, Failure> {
        let limit = i64::try_from(limit).map_err(|_| Failure::Expiry)?;
        let began = i64::try_from(self.began).map_err(|_| Failure::Answer)?;
        let rows = self
            .client
            .query(&self.spend, &[&name, &key, &attempt, &limit, &began, &desk(now), &margin()?])
            .await?;
        let [row] = rows.as_slice() else {
            return Err(Failure::Answer);
        };
        let server = seconds(row, 0)?.ok_or(Failure::Answer)?;
        agrees(now, server)?;
        // No beginning: lost, or bound to what this server no longer is. A new connection sets another.
        let (Some(began), Some(own)) = (seconds(row, 1)?, seconds(row, 2)?) else {
            return Err(Failure::Restless);
        };
        let fresh = row.try_get(3).map_err(|_| Failure::Answer)?;
        Ok(Reply { now: server, began, own, fresh })
    }

    /// Right after [`open`](Self::open), which has compared the clocks and noted the time.
    pub(crate) async fn prune(&self, name: &str) -> Result<u64, Failure> {
        let row = self.client.query_opt(&sql::prune(), &[&name, &margin()?]).await?;
        seconds(&row.ok_or(Failure::Restless)?, 0)?.ok_or(Failure::Answer)
    }
}

/// Whether the clocks differ by no more than half the margin.
fn agrees(desk: UnixTime, server: u64) -> Result<(), Failure> {
    let desk = desk.as_secs();
    if desk.abs_diff(server) > MARGIN / 2 { Err(Failure::Clock { desk, server }) } else { Ok(()) }
}

/// The desk's time as the server can count it; one that is cut differs from the server's all the same.
fn desk(now: UnixTime) -> i64 {
    i64::try_from(now.as_secs().min(1 << 53)).unwrap_or(0)
}

fn margin() -> Result<i64, Failure> {
    i64::try_from(MARGIN).map_err(|_| Failure::Answer)
}

fn seconds(row: &Row, column: usize) -> Result<Option<u64>, Failure> {
    let number: Option<i64> = row.try_get(column).map_err(|_| Failure::Answer)?;
    number.map(|number| u64::try_from(number).map_err(|_| Failure::Answer)).transpose()
}
