//! What an issuer signs: the SD-CWT with its licence and its claim groups (FORMAT.md, SD-CWT, The licence,
//! Disclosures).

use alloc::{format, string::String, vec::Vec};

use super::{
    cbor::{Cbor, list, map},
    cose::{Tampering, sign1},
    issuer::IssuerKey,
    key::Key,
    label,
    person::Person,
    phone::Phone,
    seed,
};

/// A credential before it is signed, and which of its groups the holder shows.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Who issued it.
    pub iss: String,
    /// The opaque id of this copy.
    pub sub: String,
    /// When it was issued.
    pub iat: u64,
    /// From when on it is no longer valid.
    pub exp: u64,
    /// From when on it is valid.
    pub nbf: Option<u64>,
    /// The phone whose key is enrolled.
    pub phone: Phone,
    /// The document type: 1 居民身份证, 2 居民户口簿, 3 居住证.
    pub document: u64,
    /// Where it holds.
    pub regions: Vec<u64>,
    /// Where it may be shown.
    pub scenes: Vec<u64>,
    /// The status reference in its short form: list and index.
    pub short_status: Option<(u64, u64)>,
    /// The status reference in its standard form: address of the list, and index.
    pub standard_status: Option<(String, u64)>,
    /// Where the phone keeps its key: 1 software, 2 trusted execution environment, 3 secure element.
    pub key_protection: Option<u64>,
    /// The claim groups.
    pub groups: Vec<Group>,
    /// How many digests stand for nothing.
    pub decoys: u64,
    /// The key that signs.
    pub signer: Key,
    /// The name of that key in the header.
    pub kid: [u8; 8],
    /// How a disclosure is hashed.
    pub digest: fn(&[u8]) -> [u8; 32],
    /// Done to the licence.
    pub licence: fn(&mut Cbor),
    /// Done to the phone's key in `cnf`.
    pub cose_key: fn(&mut Cbor),
    /// What is done to the token on its way out.
    pub tampering: Tampering,
}

/// One claim group of a credential.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its number, 11 to 19.
    pub number: u64,
    /// What it says.
    pub value: Cbor,
    /// How it comes to the desk.
    pub shown: Shown,
    /// Done to the disclosure, `[salt, value, number]`, before it is hashed.
    pub disclosure: fn(&mut Cbor),
}

/// How a claim group comes to the desk, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The licence has its digest; the holder discloses it.
    Disclosed,
    /// The licence has its digest; the holder keeps it back.
    Withheld,
    /// The licence has it in the clear.
    Clear,
    /// The holder discloses it, and the licence knows nothing of it.
    Forged,
}

impl Group {
    /// A group that is disclosed.
    #[must_use]
    pub fn new(number: u64, value: Cbor) -> Self {
        Self { number, value, shown: Shown::Disclosed, disclosure: |_| {} }
    }
}

impl Credential {
    /// Signs with another key, under that key's name.
    pub fn sign_with(&mut self, key: &IssuerKey) {
        (self.signer, self.kid) = (key.key, key.kid);
    }

    /// Gives the credential another person's groups. Of those, the same are shown as before.
    pub fn describe(&mut self, person: &Person) {
        let shown = |number| self.groups.iter().find(|group| group.number == number).map(|group| group.shown);
        self.groups = person
            .groups()
            .into_iter()
            .map(|(number, value)| {
                let shown = shown(number).unwrap_or(Shown::Withheld);
                Group { shown, ..Group::new(number, value) }
            })
            .collect();
    }

    /// Discloses these groups and withholds all others.
    pub fn disclose(&mut self, numbers: &[u64]) {
        for group in &mut self.groups {
            group.shown = if numbers.contains(&group.number) { Shown::Disclosed } else { Shown::Withheld };
        }
    }

    /// Has these groups in the clear and no others at all.
    pub fn clear(&mut self, numbers: &[u64]) {
        self.groups.retain(|group| numbers.contains(&group.number));
        self.groups.iter_mut().for_each(|group| group.shown = Shown::Clear);
    }

    /// Gives a group another value. Nothing, if the credential has no such group.
    pub fn say(&mut self, number: u64, value: Cbor) {
        self.change(number, |group| group.value = value);
    }

    /// Changes a group. Nothing, if the credential has no such group.
    pub fn change(&mut self, number: u64, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.number == number) {
            change(group);
        }
    }

    /// The signed token, as the item that a KBT embeds.
    pub(super) fn token(&self) -> Cbor {
        let protected =
            map! { label::ALG => label::ED25519, label::KID => self.kid, label::TYP => label::TYP_SD_CWT };
        sign1(protected, self.disclosures(), self.claims(), |bytes| self.signer.sign(bytes), &self.tampering)
    }

    fn claims(&self) -> Cbor {
        let mut cose_key = self.phone.cose_key();
        (self.cose_key)(&mut cose_key);
        let mut claims = map! {
            label::ISS => self.iss.as_str(),
            label::SUB => self.sub.as_str(),
            label::EXP => self.exp,
            label::IAT => self.iat,
            label::CNF => map! { 1 => cose_key },
            label::LICENCE => self.written_licence(),
        };
        if let Some(nbf) = self.nbf {
            claims.put(label::NBF, nbf);
        }
        if let Some((uri, idx)) = &self.standard_status {
            claims
                .put(label::STATUS, map! { "status_list" => map! { "idx" => *idx, "uri" => uri.as_str() } });
        }
        claims
    }

    fn written_licence(&self) -> Cbor {
        let mut licence = map! {
            0 => 1,
            1 => self.document,
            2 => self.regions.iter().copied().collect::<Cbor>(),
            3 => self.scenes.iter().copied().collect::<Cbor>(),
        };
        if let Some((list, idx)) = self.short_status {
            licence.put(4, list![list, idx]);
        }
        if let Some(level) = self.key_protection {
            licence.put(5, level);
        }
        for group in self.groups.iter().filter(|group| group.shown == Shown::Clear) {
            licence.put(group.number, group.value.clone());
        }
        let digests = self.digests();
        if !digests.is_empty() {
            licence.put(Cbor::Simple(59), digests.into_iter().collect::<Cbor>());
        }
        (self.licence)(&mut licence);
        licence
    }

    /// Digests of the redacted groups and of the decoys, sorted, so that their order tells nothing.
    fn digests(&self) -> Vec<[u8; 32]> {
        let redacted = self.redactable().filter(|(group, _)| group.shown != Shown::Forged);
        let decoys = (0..self.decoys).map(|n| seed::bytes(&format!("decoy {n} of {}", self.sub)));
        let mut digests: Vec<_> =
            redacted.map(|(_, disclosure)| (self.digest)(&disclosure.encode())).chain(decoys).collect();
        digests.sort_unstable();
        digests
    }

    /// The unprotected header: what is disclosed, or nothing.
    fn disclosures(&self) -> Cbor {
        let shown = self.redactable().filter(|(group, _)| group.shown != Shown::Withheld);
        let disclosures: Vec<_> = shown.map(|(_, disclosure)| disclosure.encode()).collect();
        if disclosures.is_empty() {
            map! {}
        } else {
            map! { label::DISCLOSURES => disclosures.into_iter().collect::<Cbor>() }
        }
    }

    /// The groups that are not in the clear, each with its disclosure.
    fn redactable(&self) -> impl Iterator<Item = (&Group, Cbor)> {
        self.groups.iter().zip(0..).filter(|(group, _)| group.shown != Shown::Clear).map(
            |(group, n): (_, u64)| {
                let salt = seed::bytes::<16>(&format!("salt {n} of {}", self.sub));
                let mut disclosure = list![salt, group.value.clone(), group.number];
                (group.disclosure)(&mut disclosure);
                (group, disclosure)
            },
        )
    }
}

/// SHA-256 over the byte string with its CBOR head.
pub(super) fn digest(disclosure: &[u8]) -> [u8; 32] {
    seed::sha256(&Cbor::from(disclosure.to_vec()).encode())
}
