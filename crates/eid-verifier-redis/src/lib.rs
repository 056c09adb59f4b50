//! The nonce ledger of [`eid_verifier`] on Redis or Valkey, for a chain of desks: a code used at one counts as spent at every
//! other.
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! use eid_verifier::{Refusal, UnixTime, VerifiedClaims, Verifier};
//! use eid_verifier_redis::{RedisLedger, redis};
//!
//! fn at_the_start() -> Result<RedisLedger, Box<dyn std::error::Error>> {
//!     let ledger = RedisLedger::new(redis::Client::open("redis://10.0.0.7/")?, "the-chain");
//!     // A wrong setup shows here, not at the first guest.
//!     let standing = ledger.standing(SystemTime::now().into())?;
//!     println!("codes made until a minute after {} are refused", standing.beginning);
//!     Ok(ledger)
//! }
//!
//! fn scan(desk: &Verifier, ledger: &RedisLedger, text: &str) -> Result<VerifiedClaims, Refusal> {
//!     desk.verify(text, ledger, UnixTime::from(SystemTime::now()))
//! }
//! ```
//!
//! # One spend
//!
//! One call of [one short script](https://redis.io/docs/latest/develop/programmability/), which Redis runs as one act: it looks
//! whether this is still the server and the beginning that the code is judged with, and then does
//! `SET key attempt NX GET EXAT`. The script decides nothing: it tells the ledger's beginning and its own time, and
//! [`Nonce::judge`](eid_verifier::ledger::Nonce::judge) gives the answer. The key is the 32 bytes of the nonce key under the
//! ledger's name. Nothing else of the code is stored, and nothing of a person.
//!
//! What the script found it leaves as a note, which ends with the second of the server's clock. A desk that spends again within
//! a second needs no script: `SET key attempt NX EXAT` and, in the same write, `MGET note key`. It believes that only if the
//! note is the one that it knows; the note is read after the entry was set, so that it speaks for that moment, and the entry is
//! read back. If the note is gone or another, the script is asked, under the same attempt. An entry that was set in vain stays
//! to its end: its code is refused, and will be.
//!
//! # Time
//!
//! The ledger's own time is the server's clock, and the latest that was seen is kept beside the entries, so that it never goes
//! back. An entry outlives its code by [`MARGIN`] seconds. A desk whose clock differs from the server's by more than half of
//! that is [`Failure::Clock`]: to Redis, an expiry in the past is no mistake. It keeps nothing and answers OK, again and again.
//!
//! # The beginning
//!
//! FORMAT.md: the beginning is the latest moment at which an earlier ledger may have admitted a code. Redis may forget what it
//! said yes to: an emptied store, a restart (from an old snapshot, or with an append-only file that lacks its last second), a
//! replica that is promoted before it had everything. Each of them is a new beginning here:
//!
//! - The beginning is a record in the store itself. Where the store is emptied, it is gone too.
//! - It is bound to the server's `run_id` and `master_replid`. Every process draws both anew when it starts as a master, and a
//!   replica draws a new `master_replid` when it is promoted. A record that comes back from a snapshot, or has come over from
//!   the old master, names another server and does not count.
//! - The script compares them in the act that sets the key. The note names the beginning too, and goes with all else where a
//!   store is emptied or filled from elsewhere; replicas and the append-only file never have it. So no spend passes on a
//!   beginning that is no longer the store's, whatever happened since the desk connected, but for what remains.
//!
//! A restart that lost nothing (`appendfsync always`) is a new beginning too: it cannot be told from one that did. So is the
//! first replica that a running master ever gets, and the loss of its last one for an hour (`repl-backlog-ttl`): a master then
//! draws a new `master_replid`. Connect the replica before the first desk, and set `repl-backlog-ttl 0`.
//!
//! The new beginning is the server's time, or the last one in the record if that is later, **and [`MARGIN`]**, because it is
//! compared with the clocks of desks and phones: the desk that admitted a code may have been half the margin ahead of the old
//! server, and the old server half the margin ahead of the new one. It is set by the first desk to come, if its clock agrees
//! with the server's; of two, by one. Until that moment and the policy's skew have passed (two minutes with the presets) codes
//! are `nonce.before_ledger`, and the holder shows a new one.
//!
//! # What fails, and the one retry
//!
//! A lost connection, a timeout, and a server that began anew are tried **once more, on a new connection, with the same attempt
//! id**: if the first try had set the key and only its answer was lost, the second finds its own attempt there, and the code
//! counts. Any other error is final at once: read-only replica, out of memory, still loading, an answer that is not understood.
//! A connection is kept only if the answer was understood, so that no later spend reads an earlier one's answer. All of them
//! are [`Spend::Failed`](eid_verifier::Spend::Failed), and [`RedisLedger::try_spend`] tells which. A spend waits for at most
//! two connections and their answers, each no longer than the timeout.
//!
//! Whether the server may evict keys is looked at on every connection, and by the first desk of every second, so that a change
//! under connected desks is noticed.
//!
//! # Why it blocks
//!
//! A front desk's program scans one code at a time, and one blocking type can be a
//! [`NonceLedger`](eid_verifier::NonceLedger), so that `verify` stays one call. An async program calls it in
//! `spawn_blocking`. One ledger has one connection; a server with many threads makes one ledger for each.
//!
//! # What remains
//!
//! - **Two masters at once.** If a cut-off master goes on serving its desks while a replica is promoted for the others, one code
//!   can count once at each. `min-replicas-to-write 1` on the master bounds this to `min-replicas-max-lag` seconds; without
//!   automatic failover it cannot happen.
//! - **A server's clock that jumps.** One that leaps minutes ahead and comes back while no desk spends forgets codes unseen. Let
//!   it be slewed, not stepped. One that ran ahead while desks spent is `clock.behind` until its time has come; to begin anew
//!   instead, delete the record (`eid-ledger:` and the name).
//! - **A machine put back with its memory** (a snapshot of a running virtual machine, a process checkpoint) is the same
//!   process to itself, and knows nothing of the spends since. After such a return delete the record. The same holds for what an
//!   administrator does inside the running server and undoes again, or loads from a file: `SWAPDB`, `RENAME`, `RESTORE`,
//!   `DEBUG RELOAD NOSAVE`.
//! - **A server's clock that is set back while it restarts empty,** or from a snapshot. Then nothing tells of the later time,
//!   or of all of it. If the desks' clocks went back too, codes that were admitted later than the new beginning count again when
//!   their time comes once more.
//! - **Another number, another ledger.** Desks with different databases in their URLs, or different names, share nothing.
//! - **Policies of two skews at one ledger.** FORMAT.md adds the skew of the desk that asks: all desks of a ledger take one.
//! - **The wire.** An answer is believed if it names the attempt: use TLS where somebody else could answer.
//! - **A second.** What an administrator changes in the record counts when the note has ended. A master that within one second
//!   is made the replica of its own replica, filled by it and made master again keeps its note only if that replica was itself
//!   filled within that second; then a code of that second can count twice. One that is made a replica and takes writes all the
//!   same (`replica-read-only no`) is found out when the note has ended. So is a server that restarts, within one second and
//!   from a snapshot of that second, behind a proxy that keeps the desks' connections.
//! - **Whoever can write to the store**, or changes `maxmemory-policy` and back again, can have it forget an entry. Give the
//!   desks a user of their own: `+info +time +evalsha +script|load +get +mget +hmget +hset +set ~eid-*`, and
//!   `+select` where the URL names a database.
//! - Redis Cluster is refused: a ledger is one server and its replicas.

mod failure;
mod ledger;
mod session;

pub use failure::Failure;
pub use ledger::{MARGIN, RedisLedger, Standing};
pub use redis;

/// The README's example, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
