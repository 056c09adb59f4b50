//! Why a spend failed, for the log. To the guest all of it is `nonce.ledger_failed`.

use std::io;

/// Why the ledger gave no answer. Its texts name nobody, and no code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, or a lost one; twice in a row.
    #[error("the server does not answer: {0}")]
    Unreachable(#[source] tokio_postgres::Error),
    /// No answer in time; twice in a row.
    #[error("the server does not answer in time")]
    Late,
    /// The server answered with an error: read-only, out of space, a table or a right that is missing.
    #[error("the server refuses: {0}")]
    Refused(#[source] tokio_postgres::Error),
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
        if error.as_db_error().is_some() { Self::Refused(error) } else { Self::Unreachable(error) }
    }
}
