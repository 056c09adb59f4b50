//! The same ledger for a program that is not async.

use std::panic::resume_unwind;
use std::thread;

use eid_verifier::ledger::Nonce;
use eid_verifier::{NonceLedger, Spend, UnixTime};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{NoTls, Socket};

use crate::failure::Failure;
use crate::ledger::{PostgresLedger, Standing};

/// A [`PostgresLedger`] with a small runtime of its own, as a [`NonceLedger`]. Async code takes the other one, or calls this on
/// a thread that may block, as that of `tokio::task::spawn_blocking`.
#[derive(Debug)]
pub struct BlockingLedger<T = NoTls> {
    ledger: PostgresLedger<T>,
    runtime: Handle,
    /// Here until the ledger goes.
    owned: Option<Runtime>,
}

/// Waits for nothing, so that it may go in async code, too.
impl<T> Drop for BlockingLedger<T> {
    fn drop(&mut self) {
        if let Some(runtime) = self.owned.take() {
            runtime.shutdown_background();
        }
    }
}

impl<T> BlockingLedger<T>
where
    T: MakeTlsConnect<Socket, TlsConnect: TlsConnect<Socket, Future: Send> + Send> + Clone + Send + Sync,
    T::Stream: Send + 'static,
{
    /// This ledger, blocking. A process that forks makes it in the child: the parent's thread does not come along.
    ///
    /// # Errors
    /// [`Failure::Runtime`].
    ///
    /// # Panics
    /// If the system has no thread to give.
    pub fn new(ledger: PostgresLedger<T>) -> Result<Self, Failure> {
        // One thread carries the connection while nobody spends, so that its end is noticed.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(Failure::Runtime)?;
        Ok(Self { ledger, runtime: runtime.handle().clone(), owned: Some(runtime) })
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

    fn run<O: Send>(&self, task: impl Future<Output = Result<O, Failure>> + Send) -> Result<O, Failure> {
        if Handle::try_current().is_err() {
            return self.runtime.block_on(task);
        }
        // A thread of another runtime, which may be one that must not wait for a second runtime.
        thread::scope(|scope| {
            let waiting = thread::Builder::new().spawn_scoped(scope, || self.runtime.block_on(task));
            waiting.map_err(Failure::Runtime)?.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }
}

impl<T> NonceLedger for BlockingLedger<T>
where
    T: MakeTlsConnect<Socket, TlsConnect: TlsConnect<Socket, Future: Send> + Send> + Clone + Send + Sync,
    T::Stream: Send + 'static,
{
    fn spend(&self, nonce: &Nonce, now: UnixTime) -> Spend {
        self.try_spend(nonce, now).unwrap_or(Spend::Failed)
    }
}
