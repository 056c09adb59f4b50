//! The nonce ledger of [`eid_verifier`] on PostgreSQL, for a chain of desks: a code used at one counts as spent at every other.
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! use eid_verifier::{Refusal, UnixTime, VerifiedClaims, Verifier};
//! use eid_verifier_postgres::PostgresLedger;
//! use eid_verifier_postgres::tokio_postgres::NoTls;
//!
//! async fn at_the_start() -> Result<PostgresLedger, Box<dyn std::error::Error>> {
//!     let ledger = PostgresLedger::new("host=127.0.0.1 user=desk dbname=chain".parse()?, NoTls, "the-chain");
//!     ledger.create_table().await?; // once, or by an administrator: `TABLE`
//!     // A wrong setup shows here, not at the first guest.
//!     let standing = ledger.standing(SystemTime::now().into()).await?;
//!     println!("codes made until a minute after {} are refused", standing.beginning);
//!     Ok(ledger)
//! }
//!
//! async fn scan(desk: &Verifier, ledger: &PostgresLedger, text: &str) -> Result<VerifiedClaims, Refusal> {
//!     let code = desk.check(text, UnixTime::from(SystemTime::now()))?;
//!     let spend = ledger.spend(code.nonce(), SystemTime::now().into()).await;
//!     code.admit(spend, SystemTime::now().into())
//! }
//! ```
//!
//! # One spend
//!
//! One statement, committed by itself: `INSERT .. ON CONFLICT .. DO UPDATE .. WHERE attempt = .. RETURNING`. It inserts only if
//! the beginning that the code was judged with is the table's, and of this server. It decides nothing: it tells the
//! ledger's beginning and its own time, and [`Nonce::judge`](eid_verifier::ledger::Nonce::judge) gives the answer. The key is the 32
//! bytes of the nonce key. Nothing else of the code is stored but its expiry, and nothing of a person.
//!
//! # Time
//!
//! The ledger's own time is the server's clock, and the latest that was seen is kept in the beginning's row, so that it never
//! goes back: the first spend of a second writes it down, whatever its answer. Entries go only by
//! [`prune`](PostgresLedger::prune), [`MARGIN`] seconds after their codes have run out. A desk whose clock differs from the
//! server's by more than half the margin is [`Failure::Clock`].
//!
//! # The beginning
//!
//! FORMAT.md: the beginning is the latest moment at which an earlier ledger may have admitted a code. A table may forget what
//! it said yes to: somebody empties it, the server restarts from an old snapshot, a dump is restored, a standby is promoted
//! before it had everything. Each of them is a new beginning here:
//!
//! - The beginning is a row of the same table, so `TRUNCATE`, `DELETE` and `DROP` take it along.
//! - It is bound to the timeline and the start time of the server. Every promotion and every recovery to a point in time
//!   begins a timeline, every start has a start time. A row that came back from a snapshot, or over from the old primary, names
//!   another server and does not count.
//! - It is bound to the transaction that wrote it (`xmin`). A row that a dump or a copy brings back was written by another one.
//! - The statement compares them in the act that inserts, and keeps the row from being deleted until it has. So no spend passes
//!   on a beginning that is no longer the table's, whatever happened since the desk connected, but for what remains.
//!
//! A restart that lost nothing, and that is PostgreSQL's usual one, is a new beginning too: it cannot be told from one that did.
//! A crash of one of the server's processes is none, and loses nothing: commits are synchronous, whatever the server's setting.
//!
//! The new beginning is the server's time, or the last one in the table if that is later, **and [`MARGIN`]**, because it is
//! compared with the clocks of desks and phones: the desk that admitted a code may have been half the margin ahead of the old
//! server, and the old server half the margin ahead of the new one. It is set by the first desk to come, if its clock agrees
//! with the server's; of two, by one. Until that moment and the policy's skew have passed (two minutes with the presets) codes
//! are `nonce.before_ledger`, and the holder shows a new one.
//!
//! # What fails, and the one retry
//!
//! A lost connection, a timeout, and a server that began anew are tried **once more, on a new connection, with the same attempt
//! id**: if the first try had inserted the row and only its answer was lost, the second finds its own attempt there, and the
//! code counts. Any error that the server answers is final at once: a standby, no space, no right, a serialization failure. A
//! connection is kept only if the answer was understood and complete, the commit included; a future that is dropped drops its
//! connection. All of them are [`Spend::Failed`](eid_verifier::Spend::Failed), and
//! [`try_spend`](PostgresLedger::try_spend) tells which.
//!
//! # Why it is async
//!
//! Its users are servers that take scans of many desks over the network, and those are async; they check, spend and admit.
//! [`BlockingLedger`] is the same as a [`NonceLedger`](eid_verifier::NonceLedger), for `verify`. One ledger has one
//! connection; a server with many tasks makes several.
//!
//! # What remains
//!
//! - **Two primaries at once.** A cut-off primary that goes on serving its desks while a standby is promoted for the others: one
//!   code can count once at each. Fence the old one, or use synchronous replication.
//! - **A pooler** that shares sessions between transactions (pgbouncer in transaction mode) is not supported; a pooler of
//!   sessions is.
//! - **A machine put back with its memory** (a snapshot of a running virtual machine, a process checkpoint) is the same
//!   server to itself, and knows nothing of the spends since. After such a return truncate the table, or restart the server.
//!   The same holds for a table that is renamed away for a while and comes back.
//! - **A server's clock that is set back while it restarts without its table,** or from a snapshot. Then nothing tells of the
//!   later time, or of all of it. If the desks' clocks went back too, codes that were admitted later than the new beginning count
//!   again when their time comes once more.
//! - **A server's clock that ran ahead while desks spent** is `clock.behind` until its time has come. To begin anew instead,
//!   delete the beginning alone, `DELETE FROM eid_ledger WHERE key = ''`: the entries of that time must stay.
//! - **A server's clock that leaps minutes ahead in the midst of a spend.** If somebody prunes by that time before the spend has
//!   come to its insertion, it does not find what was deleted there. Let the clock be slewed, not stepped.
//! - **Another `search_path`, another ledger.** The table is the first `eid_ledger` on it. Desks that find different ones, or
//!   give different names, share nothing.
//! - **Policies of two skews at one ledger.** FORMAT.md adds the skew of the desk that asks: all desks of a ledger take one.
//! - **The wire.** What answers is believed: use TLS where somebody else could.
//! - **Whoever can write to the table** can delete an entry. Give the desks a role with SELECT, INSERT and UPDATE; DELETE only to
//!   the one that prunes.
//! - PostgreSQL 13 or later; tried with 15.

mod blocking;
mod failure;
mod ledger;
mod session;
mod sql;

pub use blocking::BlockingLedger;
pub use failure::Failure;
pub use ledger::{MARGIN, PostgresLedger, Standing};
pub use sql::TABLE;
pub use tokio_postgres;

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
