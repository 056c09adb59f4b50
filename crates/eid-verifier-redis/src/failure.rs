//! Why a spend failed, for the log. To the guest all of it is `nonce.ledger_failed`.

/// Why the ledger gave no answer. Its texts name nobody, and no code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, a lost one, or no answer in time; twice in a row.
    #[error("the server does not answer: {0}")]
    Unreachable(#[source] redis::RedisError),
    /// The server answered with an error: read-only, out of memory, loading, a right that is missing.
    #[error("the server refuses: {0}")]
    Refused(#[source] redis::RedisError),
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
    /// The server may drop keys when memory runs out: it needs `maxmemory-policy noeviction`.
    #[error("the server evicts keys: maxmemory-policy is {0}, and must be noeviction")]
    Evicts(String),
    /// The server is a node of a cluster or a sentinel.
    #[error("the server runs as {0}, and must be standalone")]
    NotStandalone(String),
    /// The server has no `SET .. NX GET`: Redis before 7.0.
    #[error("the server's version is {0}, and must be 7.0 or later")]
    TooOld(String),
    /// The server began anew twice within one spend.
    #[error("the server keeps beginning anew")]
    Restless,
    /// The code runs out at a time that is none.
    #[error("the code's expiry is out of range")]
    Expiry,
    /// The system gave no random bytes for the attempt id.
    #[error("no randomness: {0}")]
    Randomness(#[source] getrandom::Error),
    /// Another thread panicked while it spent.
    #[error("a thread panicked in the ledger")]
    Poisoned,
}

impl Failure {
    /// Whether the first try may be followed by a second.
    pub(crate) fn is_of_the_connection(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

impl From<redis::RedisError> for Failure {
    fn from(error: redis::RedisError) -> Self {
        // The script is not there (any more), or the server is not what it was: what a new connection finds out.
        let outdated = error.kind() == redis::ErrorKind::Server(redis::ServerErrorKind::NoScript)
            || matches!(error.code(), Some("RENAMED" | "EVICTS"));
        if error.is_io_error() || outdated {
            Self::Unreachable(error)
        } else if error.kind() == redis::ErrorKind::Parse
            || error.kind() == redis::ErrorKind::UnexpectedReturnType
        {
            Self::Answer
        } else {
            Self::Refused(error)
        }
    }
}
