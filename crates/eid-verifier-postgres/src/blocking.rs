//! The same ledger for a program that is not async.

use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger, Spend, UnixTime};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{NoTls, Socket};

use crate::failure::Failure;
use crate::ledger::{PostgresLedger, Standing};

/// A [`PostgresLedger`] with a small runtime of its own, as a [`NonceLedger`]. Async code calls the other one: this answers it
/// with [`Failure::Async`].
#[derive(Debug)]
pub struct BlockingLedger<T = NoTls> {
    ledger: PostgresLedger<T>,
    runtime: Runtime,
}

impl<T> BlockingLedger<T>
where
    T: MakeTlsConnect<Socket> + Clone,
    T::Stream: Send + 'static,
{
    /// This ledger, blocking.
    ///
    /// # Errors
    /// [`Failure::Runtime`].
    pub fn new(ledger: PostgresLedger<T>) -> Result<Self, Failure> {
        // One thread carries the connection while nobody spends, so that its end is noticed.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Ok(Self { ledger, runtime: runtime.map_err(Failure::Runtime)? })
    }

    /// [`PostgresLedger::create_table`].
    ///
    /// # Errors
    /// As there.
    pub fn create_table(&self) -> Result<(), Failure> {
        self.run(self.ledger.create_table())
    }

    /// [`PostgresLedger::standing`].
    ///
    /// # Errors
    /// As there.
    pub fn standing(&self, now: UnixTime) -> Result<Standing, Failure> {
        self.run(self.ledger.standing(now))
    }

    /// [`PostgresLedger::try_spend`].
    ///
    /// # Errors
    /// As there.
    pub fn try_spend(&self, nonce: &Nonce, now: UnixTime) -> Result<Spend, Failure> {
        self.run(self.ledger.try_spend(nonce, now))
    }

    /// [`PostgresLedger::prune`].
    ///
    /// # Errors
    /// As there.
    pub fn prune(&self, now: UnixTime) -> Result<u64, Failure> {
        self.run(self.ledger.prune(now))
    }

    fn run<O>(&self, task: impl Future<Output = Result<O, Failure>>) -> Result<O, Failure> {
        if Handle::try_current().is_ok() {
            return Err(Failure::Async);
        }
        self.runtime.block_on(task)
    }
}

impl<T> NonceLedger for BlockingLedger<T>
where
    T: MakeTlsConnect<Socket> + Clone,
    T::Stream: Send + 'static,
{
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.try_spend(nonce, now).unwrap_or(Spend::Failed)
    }
}
