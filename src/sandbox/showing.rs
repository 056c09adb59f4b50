//! One showing of a credential at a desk: what the token says, from which it is signed (FORMAT.md, opening section).

use alloc::{string::String, vec::Vec};

use super::{binding::Binding, code::Form, credential::Credential, phone::Phone};

/// What one code says. Every field can be made wrong by itself; [`Showing::text`] signs whatever is there.
#[derive(Clone, Debug)]
pub struct Showing {
    /// What the issuer signs.
    pub credential: Credential,
    /// What the phone signs.
    pub binding: Binding,
    /// How the token is written down.
    pub form: Form,
    /// Done to the signed token's bytes.
    pub bytes: fn(&mut Vec<u8>),
    /// Done to the text.
    pub written: fn(&mut String),
}

impl Showing {
    /// Enrols another phone and shows with it.
    pub fn enrol(&mut self, phone: Phone) {
        self.credential.phone = phone;
        self.binding.phone = phone;
    }

    /// The signed token.
    #[must_use]
    pub fn token(&self) -> Vec<u8> {
        let mut token = self.binding.token(self.credential.token()).encode();
        (self.bytes)(&mut token);
        token
    }

    /// The text of the code, as the scanner gives it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.form.text(&self.token());
        (self.written)(&mut text);
        text
    }
}
