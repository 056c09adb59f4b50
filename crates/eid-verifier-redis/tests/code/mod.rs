//! Codes without a phone.

#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]

use std::time::SystemTime;

use eid_verifier::UnixTime;
use eid_verifier::ledger::Nonce;
use eid_verifier::sandbox::conformance::nonce;

/// A code, and a policy without skew.
pub fn code(key: u64, issued_at: UnixTime, expires_at: UnixTime) -> Nonce {
    nonce(bytes(key), issued_at, expires_at, 0)
}

/// The 32 bytes that stand for this number.
pub fn bytes(key: u64) -> [u8; 32] {
    let mut bytes = *b"--------, a code for the tests -";
    bytes[..8].copy_from_slice(&key.to_be_bytes());
    bytes
}

pub fn later(moment: UnixTime, seconds: i64) -> UnixTime {
    UnixTime::from_secs(moment.as_secs().checked_add_signed(seconds).unwrap())
}

/// The clock of this machine, which is the server's too.
pub fn now() -> UnixTime {
    SystemTime::now().into()
}
