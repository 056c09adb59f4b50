//! Why a spend failed, for the log. To the guest all of it is `nonce.ledger_failed`.

/// Why the ledger gave no answer. Its texts name nobody, and no code; nor do those of its sources.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, a lost one, or no answer in time; twice in a row.
    #[error("the server does not answer: {0}")]
    Unreachable(#[source] redis::RedisError),
    /// The server answered with an error, of which this is the first word: `READONLY`, `OOM`, `LOADING`, `BUSY`, `NOPERM` (a
    /// right that is missing), `NOAUTH`, and `ERR` for most else, as for a command that the server does not have. The rest is
    /// left out: a server may repeat what it was sent, and the code's key is in that. Or the client refused, in its own words:
    /// a wrong password, its settings.
    #[error("the server refuses: {0}")]
    Refused(String),
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
        if error.is_io_error() {
            return Self::Unreachable(error);
        }
        if matches!(error.kind(), redis::ErrorKind::Parse | redis::ErrorKind::UnexpectedReturnType) {
            return Self::Answer;
        }
        let own_words = error.to_string();
        match error.into_server_errors() {
            None => Self::Refused(own_words),
            Some(errors) => match errors.first().map_or("", |(_, error)| error.code()) {
                // The script is not there (any more), or the server is not what it was: what a new connection finds out.
                code @ ("NOSCRIPT" | "RENAMED" | "EVICTS") => {
                    Self::Unreachable(redis::make_extension_error(code.into(), None))
                }
                code if is_a_code(code) => Self::Refused(code.into()),
                _ => Self::Refused("an error without a code".into()),
            },
        }
    }
}

/// Whether a server's error begins with a word of its own, and not with something that it was sent.
fn is_a_code(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the client reads it.
    fn failure(answer: &[u8]) -> Failure {
        let value = redis::parse_redis_value(answer).and_then(redis::Value::extract_error);
        value.expect_err("an error").into()
    }

    #[test]
    fn of_a_servers_error_the_first_word_is_told_and_no_more() {
        for (answer, code) in [
            (
                &b"-ERR unknown command 'SET', with args beginning with: 'eid-spent:chain:0123' \r\n"[..],
                "ERR",
            ),
            (b"-NOPERM No permissions to access a key\r\n", "NOPERM"),
            (b"-READONLY You can't write against a read only replica.\r\n", "READONLY"),
            (b"-OOM command not allowed when used memory > 'maxmemory'.\r\n", "OOM"),
            (b"-OOM\r\n", "OOM"),
            (b"-eid-spent:chain:0123 is no command\r\n", "an error without a code"),
            (b"-\r\n", "an error without a code"),
        ] {
            let failure = failure(answer);
            assert!(matches!(&failure, Failure::Refused(_)), "{failure:?}");
            assert_eq!(failure.to_string(), format!("the server refuses: {code}"));
            assert!(!format!("{failure:?}").contains("0123"), "{failure:?}");
        }
        for code in ["NOSCRIPT", "RENAMED", "EVICTS"] {
            let failure = failure(format!("-{code} eid-spent:chain:0123\r\n").as_bytes());
            assert!(failure.is_of_the_connection(), "{failure:?}");
            assert!(!format!("{failure} {failure:?}").contains("0123"), "{failure:?}");
        }
    }
}
