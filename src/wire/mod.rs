//! The bytes: text transports, CBOR read and written, COSE, and the signatures over them. Nothing here knows a rule of the verifier.

pub(crate) mod base45;
pub(crate) mod cbor;
pub(crate) mod cose;
pub(crate) mod encode;
pub(crate) mod labels;
pub(crate) mod signature;
pub(crate) mod text;

#[cfg(test)]
mod suites;
