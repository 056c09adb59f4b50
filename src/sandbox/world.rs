//! Everything that one scenario needs, all of it right: the place to break one thing.

use alloc::{format, string::String, vec, vec::Vec};

use super::{
    binding::Binding,
    calendar::{DAY, midnight},
    code::Form,
    cose::Tampering,
    credential::{Credential, Group, digest},
    desk::{Floor, Ledger, Policy, Site},
    issuer::{Issuer, IssuerKey, TEST_ISS, TEST_ISS_50, USE_CREDENTIALS, USE_STATUS_LISTS},
    key::Key,
    operator::{Operator, TEST_LIST_NAME, operator_key},
    person::Person,
    phone::Phone,
    publisher::Publisher,
    seed,
    showing::Showing,
};

/// The `now` of the fixed scenarios: 2026-09-21, 22:13:20 in UTC+8.
pub const FIXED_NOW: u64 = 1_790_000_000;

/// A province of its own: operator, issuers, publisher, a holder with a phone, and a desk. As it comes, the code
/// is good; a scenario is made by changing a field and asking for [`World::scenario`].
#[derive(Clone, Debug)]
pub struct World {
    /// When the code is scanned.
    pub now: u64,
    /// Signs the trust list, with the issuers in it.
    pub operator: Operator,
    /// Signs the status list of the credential.
    pub publisher: Publisher,
    /// Sign further status lists.
    pub other_publishers: Vec<Publisher>,
    /// What is shown.
    pub showing: Showing,
    /// Where it is shown.
    pub site: Site,
    /// What is asked for there.
    pub policy: Policy,
    /// The challenge that the desk gave.
    pub challenge: Option<Vec<u8>>,
    /// The newest trust list the desk remembers.
    pub floor: Option<Floor>,
    /// The desk's nonce ledger.
    pub ledger: Ledger,
    /// How often the same code is scanned.
    pub times: u64,
    /// What is scanned before, in order.
    pub before: Vec<Earlier>,
}

/// A scan that comes before the one that counts.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// What is shown.
    pub showing: Showing,
    /// When, if not at the scenario's `now`.
    pub now: Option<u64>,
    /// The answer it gets.
    pub expect: &'static str,
}

impl World {
    /// The world of the fixed scenarios.
    #[must_use]
    pub fn fixed() -> Self {
        Self::at(FIXED_NOW)
    }

    /// A world for the real clock. The nonce is 16 random bytes from the caller; a ledger takes each one once.
    ///
    /// The code is ten seconds old. A ledger that began less than 70 seconds ago refuses it, with
    /// `nonce.before_ledger`: give the ledger an earlier beginning.
    #[must_use]
    pub fn live(now: u64, nonce: [u8; 16]) -> Self {
        let mut world = Self::at(now);
        world.showing.binding.cti = nonce.into();
        world
    }

    /// The world as it is at this time: an adult shows name and ID number at a hotel, ten seconds ago.
    #[must_use]
    pub fn at(now: u64) -> Self {
        let operator = operator(now);
        let publisher = publisher(now, &operator.issuer);
        let phone = Phone::Ed25519(Key::named("phone"));
        let showing = Showing {
            credential: credential(now, &operator.issuer, phone),
            binding: Binding {
                phone,
                aud: "hotel".into(),
                iat: now.saturating_sub(10),
                exp: now.saturating_add(290),
                cti: seed::bytes::<16>("nonce").into(),
                cnonce: None,
                user_verification: Some(1),
                tampering: Tampering::default(),
            },
            form: Form::Base45,
            bytes: |_| {},
            written: |_| {},
        };
        Self {
            now,
            operator,
            publisher,
            other_publishers: Vec::new(),
            showing,
            site: Site { scene: "hotel", region: 510_107, relying_party: "test-desk-1".into() },
            policy: Policy {
                documents: vec![1, 2, 3],
                require: vec![11],
                accept: Vec::new(),
                minimum_age: None,
                user_verification: 1,
                key_protection: 2,
                max_age: 300,
                max_skew: 60,
                status: "required",
                max_status_age: DAY,
            },
            challenge: None,
            floor: None,
            ledger: Ledger::default(),
            times: 1,
            before: Vec::new(),
        }
    }

    /// Has these groups required by the desk and disclosed by the holder, and no others.
    pub fn ask_and_show(&mut self, groups: &[u64]) {
        self.policy.require = groups.into();
        self.showing.credential.disclose(groups);
    }

    /// Moves the desk to another scene, and the code with it.
    pub fn move_to(&mut self, scene: &'static str) {
        self.site.scene = scene;
        self.showing.binding.aud = scene.into();
    }

    /// Has the desk give a challenge, and the phone answer it.
    pub fn challenged(&mut self) {
        let challenge = seed::bytes::<16>("challenge").to_vec();
        self.showing.binding.aud = format!("{}:{}", self.site.scene, self.site.relying_party);
        self.showing.binding.cnonce = Some(challenge.clone());
        self.challenge = Some(challenge);
    }

    /// Has the desk remember the very trust list that it is given.
    pub fn remembered(&mut self) {
        self.floor = Some(Floor {
            sequence: self.operator.sequence,
            sha256: seed::sha256(&self.operator.trust_list()),
            issued_at: self.operator.issued_at,
        });
    }

    /// Has the phone show another code before, made `seconds` earlier or later, scanned as long before or after.
    pub fn shown_before(&mut self, seconds: i64, expect: &'static str) {
        let n = self.before.len();
        let mut showing = self.showing.clone();
        let binding = &mut showing.binding;
        binding.cti = seed::bytes::<16>(&format!("nonce of scan {n} before")).into();
        binding.iat = binding.iat.saturating_add_signed(seconds);
        binding.exp = binding.exp.saturating_add_signed(seconds);
        let now = (seconds != 0).then(|| self.now.saturating_add_signed(seconds));
        self.before.push(Earlier { showing, now, expect });
    }

    /// The signed trust list.
    #[must_use]
    pub fn trust_list(&self) -> Vec<u8> {
        self.operator.trust_list()
    }

    /// The signed status lists.
    #[must_use]
    pub fn status_lists(&self) -> Vec<Vec<u8>> {
        let publishers = [&self.publisher].into_iter().chain(&self.other_publishers);
        publishers.filter(|publisher| !publisher.silent).map(Publisher::status_list).collect()
    }
}

fn operator(now: u64) -> Operator {
    let key = operator_key();
    let issued_at = now.saturating_sub(2 * DAY);
    Operator {
        key,
        kid: key.kid(),
        name: TEST_LIST_NAME.into(),
        sequence: 41,
        issued_at,
        next_update: issued_at.saturating_add(7 * DAY),
        expires: issued_at.saturating_add(32 * DAY),
        issuer: issuer(now, TEST_ISS, "TEST 测试签发方", 51),
        other_issuers: vec![issuer(now, TEST_ISS_50, "TEST 测试签发方二", 50)],
        tampering: Tampering::default(),
    }
}

fn issuer(now: u64, iss: &str, name: &str, region: u64) -> Issuer {
    let key = |role: &str, uses| issuer_key(now, &format!("{role} of {iss}"), uses);
    Issuer {
        iss: iss.into(),
        name: name.into(),
        regions: vec![region],
        status_prefix: Some(status_prefix(region)),
        cards: key("cards", USE_CREDENTIALS),
        lists: key("lists", USE_STATUS_LISTS),
        other_keys: Vec::new(),
    }
}

fn status_prefix(region: u64) -> String {
    format!("https://status.test.invalid/{region}/")
}

/// A key listed a year ago, for two years.
pub(super) fn issuer_key(now: u64, name: &str, uses: u64) -> IssuerKey {
    let key = Key::named(name);
    let (nbf, exp) = (now.saturating_sub(365 * DAY), now.saturating_add(365 * DAY));
    IssuerKey { key, kid: key.kid(), nbf, exp, uses, documents: None }
}

/// The list and the index of the credential's status.
pub(super) const STATUS_LIST: u64 = 17;
pub(super) const STATUS_INDEX: u64 = 4_242;

fn publisher(now: u64, issuer: &Issuer) -> Publisher {
    let iat = now.saturating_sub(3_600);
    Publisher {
        key: issuer.lists.key,
        kid: issuer.lists.kid,
        uri: format!("{}{STATUS_LIST}", issuer.status_prefix.as_deref().unwrap_or_default()),
        iat,
        exp: Some(iat.saturating_add(DAY + 3_600)),
        ttl: Some(DAY / 2),
        bits: 2,
        size: 16_384,
        values: [].into(),
        silent: false,
        zlib: |_| {},
        tampering: Tampering::default(),
    }
}

fn credential(now: u64, issuer: &Issuer, phone: Phone) -> Credential {
    let iat = midnight(now).saturating_sub(DAY);
    let groups =
        Person::ADULT.groups().into_iter().map(|(number, value)| Group::new(number, value)).collect();
    let mut credential = Credential {
        iss: issuer.iss.clone(),
        sub: "TEST-k3Jx9QwZ".into(),
        iat,
        exp: iat.saturating_add(30 * DAY),
        nbf: None,
        phone,
        document: 1,
        regions: vec![51],
        scenes: vec![1, 2, 3],
        short_status: Some((STATUS_LIST, STATUS_INDEX)),
        standard_status: None,
        key_protection: Some(2),
        groups,
        decoys: 1,
        signer: issuer.cards.key,
        kid: issuer.cards.kid,
        digest,
        licence: |_| {},
        cose_key: |_| {},
        tampering: Tampering::default(),
    };
    credential.disclose(&[11]);
    credential
}
