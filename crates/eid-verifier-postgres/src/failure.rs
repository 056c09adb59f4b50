//! Why a spend failed, for the log. To the guest all of it is `nonce.ledger_failed`.

use std::io;

use tokio_postgres::error::SqlState;

/// Why the ledger gave no answer. Its texts name nobody, and no code; nor do those of its sources.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, or a lost one; twice in a row.
    #[error("the server does not answer: {0}")]
    Unreachable(#[source] tokio_postgres::Error),
    /// No answer in time; twice in a row.
    #[error("the server does not answer in time")]
    Late,
    /// The server answered with an error, of which this is the SQLSTATE: `42501` a right is missing, `42P01` the table,
    /// `25006` it is read-only, as a standby is, `53100` no space, `28P01` a wrong password, `3D000` no such database. The rest is
    /// left out: its detail may be the whole row, and the code's key is in that.
    #[error("the server refuses: SQLSTATE {}", .0.code())]
    Refused(SqlState),
    /// An answer that the ledger does not understand.
    #[error("the answer is not understood")]
    Answer,
    /// The clocks of desk and server differ by more than half of [`MARGIN`](crate::MARGIN).
    #[error("the desk's clock says {desk}, the server's {server}")]
    Clock {
        /// The time that the desk gave, in unix seconds.
        desk: u64,
        /// The server's, in unix seconds.
        server: u64,
    },
    /// The server began anew twice within one spend.
    #[error("the server keeps beginning anew")]
    Restless,
    /// The code runs out at a time that is none.
    #[error("the code's expiry is out of range")]
    Expiry,
    /// The system gave no random bytes for the attempt id.
    #[error("no randomness: {0}")]
    Randomness(#[source] getrandom::Error),
    /// The runtime or a thread of a [`BlockingLedger`](crate::BlockingLedger) could not be made.
    #[error("no runtime: {0}")]
    Runtime(#[source] io::Error),
}

impl Failure {
    /// Whether the first try may be followed by a second.
    pub(crate) fn may_be_tried_again(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Late | Self::Restless)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(answer) => Self::Refused(answer.code().clone()),
            None => Self::Unreachable(error),
        }
    }
}
