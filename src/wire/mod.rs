//! The bytes: text transports, CBOR, COSE, and the signatures over them. Nothing here knows a rule of the verifier.

pub(crate) mod base45;
pub(crate) mod cbor;
pub(crate) mod cose;
pub(crate) mod labels;
pub(crate) mod signature;
pub(crate) mod text;
