//! Forgery: an accepted vector, with its token, its text, its lists or its clock changed as the input says.
//!
//! Byte 0 picks the vector, byte 1 the transport; then one byte for what is edited, and the edit, up to eight times.

use eid_verifier::refusal::Code;
use eid_verifier::{Refusal, UnixTime, VerifiedClaims, Verifier};
use serde_json::Value;

use crate::Seed;
use crate::edit::{INSERT, KINDS, SPLICE, edit};
use crate::script::Script;
use crate::tree::{Node, split_item};
use crate::wire;
use crate::world::{SOUND_TOKENS, STATUS_LISTS, TOKENS, TRUST_LISTS, WORLDS, World, hexadecimal, times};

const MOST_EDITS: usize = 8;

const EDIT_TRUST_LIST: u8 = 0;
const EDIT_STATUS_LIST: u8 = 1;
const SET_CLOCK: u8 = 2;
const MOVE_CLOCK: u8 = 3;
const EDIT_TEXT: u8 = 4;
/// And what is above.
const EDIT_TOKEN: u8 = 5;

/// How far [`MOVE_CLOCK`] goes, both ways together.
const SECONDS: i32 = 1 << 16;

/// Nothing is admitted but what was signed, and that once.
pub fn verify(data: &[u8]) {
    let mut script = Script(data);
    let world = &WORLDS[usize::from(script.byte().unwrap_or(0)) % WORLDS.len()];
    let encode = if script.byte().unwrap_or(0) % 2 == 0 { wire::base45 } else { wire::base64url };
    let scan = Scan::of(world, encode, &mut script);

    let verifier = match scan.open(world) {
        Ok(verifier) => verifier,
        Err(refusal) => return crate::says_something(&refusal),
    };
    let ledger = world.case.ledger();
    let once = || -> Result<VerifiedClaims, Refusal> {
        match &world.challenge {
            Some(challenge) => verifier.verify_challenged(&scan.qr, challenge, &ledger, scan.now),
            None => verifier.verify(&scan.qr, &ledger, scan.now),
        }
    };
    match once() {
        Ok(_) => {
            let token = wire::token(&scan.qr).expect("admitted, and no encoder wrote it");
            assert!(SOUND_TOKENS.contains(&token), "admitted, and nobody signed it");
            let (issued_at, expires_at) = times(&token).unwrap();
            let (now, skew) = (scan.now.as_secs(), world.case.0["policy"]["max_skew"].as_u64().unwrap());
            assert!(issued_at <= now.saturating_add(skew) && now < expires_at, "admitted at {now}");
            assert_eq!(once().unwrap_err().code(), Code::NonceSpent);
        }
        Err(refusal) => {
            crate::says_something(&refusal);
            assert!(!scan.is_that_of(world), "refused as it stands: {refusal}");
        }
    }
}

/// What is judged.
struct Scan {
    qr: String,
    now: UnixTime,
    trust_list: Vec<u8>,
    status_lists: Vec<Vec<u8>>,
}

impl Scan {
    fn of(world: &World, encode: fn(&[u8]) -> String, script: &mut Script<'_>) -> Self {
        let mut token = world.token.clone();
        let mut text = None;
        let mut scan = Self {
            qr: String::new(),
            now: world.case.now(),
            trust_list: world.trust_list.clone(),
            status_lists: world.status_lists.clone(),
        };
        for _ in 0..MOST_EDITS {
            let Some(what) = script.byte() else { break };
            match what % 8 {
                EDIT_TRUST_LIST => {
                    edit(&mut scan.trust_list, &TRUST_LISTS[script.pick(TRUST_LISTS.len())], script)
                }
                EDIT_STATUS_LIST => {
                    let place = script.pick(scan.status_lists.len());
                    if let Some(list) = scan.status_lists.get_mut(place) {
                        edit(list, &STATUS_LISTS[script.pick(STATUS_LISTS.len())], script);
                    }
                }
                SET_CLOCK => scan.now = UnixTime::from_secs(script.u64()),
                MOVE_CLOCK => {
                    let seconds = i64::try_from(script.pick(1 << 16)).unwrap() - i64::from(SECONDS / 2);
                    scan.now = UnixTime::from_secs(scan.now.as_secs().saturating_add_signed(seconds));
                }
                // From the first edit of the text the token's time is over.
                EDIT_TEXT => {
                    let text = text.get_or_insert_with(|| encode(&token).into_bytes());
                    edit(text, world.case.qr().as_bytes(), script);
                }
                _ => edit(&mut token, &TOKENS[script.pick(TOKENS.len())], script),
            }
        }
        let text = text.unwrap_or_else(|| encode(&token).into_bytes());
        scan.qr = String::from_utf8_lossy(&text).into_owned();
        scan
    }

    fn has_the_lists_of(&self, world: &World) -> bool {
        self.trust_list == world.trust_list && self.status_lists == world.status_lists
    }

    fn is_that_of(&self, world: &World) -> bool {
        self.has_the_lists_of(world)
            && self.now == world.case.now()
            && (self.qr == wire::base45(&world.token) || self.qr == wire::base64url(&world.token))
    }

    /// Opens the lists, if they are not those of the vector: only what was signed is opened.
    fn open(&self, world: &World) -> Result<Verifier, Refusal> {
        if self.has_the_lists_of(world) {
            return Ok(world.verifier.clone());
        }
        let mut case = world.case.clone();
        case.0["trust_list"] = hexadecimal(&self.trust_list);
        case.0["status_lists"] = self.status_lists.iter().map(|list| hexadecimal(list)).collect::<Value>();
        let verifier = case.verifier()?;
        assert!(TRUST_LISTS.contains(&self.trust_list), "opened, and no anchor signed it");
        for list in &self.status_lists {
            assert!(signed_of(list).is_some_and(is_signed), "opened, and no issuer signed it");
        }
        Ok(verifier)
    }
}

fn is_signed(signed: [&[u8]; 3]) -> bool {
    STATUS_LISTS.iter().any(|list| signed_of(list) == Some(signed))
}

/// The protected header, the payload and the signature of a COSE_Sign1. A status list's unprotected header is not signed
/// and free, and so are further tags around the object.
fn signed_of(object: &[u8]) -> Option<[&[u8]; 3]> {
    let start = object.iter().position(|&byte| byte == 0x84)?;
    let (protected, rest) = split_item(&object[start + 1..])?;
    let (_unprotected, rest) = split_item(rest)?;
    let (payload, signature) = split_item(rest)?;
    Some([protected, payload, signature])
}

/// Each vector as it stands, in both transports, and one edit of every kind; the clock around the borders; every token and
/// every list of the others in whole; and of the first vector one edit of every item.
pub fn seeds() -> impl Iterator<Item = Seed> {
    WORLDS.iter().enumerate().flat_map(|(place, world)| {
        let mut seeds = Vec::new();
        let mut seed = |name: String, script: &[&[u8]]| {
            seeds.push(Seed {
                target: "verify",
                name: format!("{}-{name}", world.case.id()),
                input: [&[u8::try_from(place).unwrap()], script.concat().as_slice()].concat(),
            });
        };
        for transport in 0..2 {
            seed(format!("plain-{transport}"), &[&[transport]]);
        }
        for kind in 0..KINDS {
            let [at, more] = [kind * 19, 3];
            let edit = [kind, 0, at, 0, more, 0, 5, 1, 2, 3, 4];
            seed(format!("trust-{kind}"), &[&[0, EDIT_TRUST_LIST, 0, at], &edit]);
            seed(format!("status-{kind}"), &[&[0, EDIT_STATUS_LIST, 0, 0, 0, at], &edit]);
            seed(format!("text-{kind}"), &[&[0, EDIT_TEXT], &edit]);
            seed(format!("token-{kind}"), &[&[0, EDIT_TOKEN, 0, at], &edit]);
        }
        for seconds in (-400..=400).step_by(20) {
            seed(format!("now-{seconds}"), &[&[0, MOVE_CLOCK], &u16_bytes(SECONDS / 2 + seconds)]);
        }
        seed("now-far".into(), &[&[0, SET_CLOCK, 255]]);
        let (issued_at, expires_at) = times(&world.token).unwrap();
        for now in [issued_at - 61, issued_at - 60, expires_at - 1, expires_at] {
            seed(format!("now-{now}"), &[&[0, SET_CLOCK], &now.to_be_bytes()]);
        }
        for more in ["A", "AA", "\n"] {
            let literal = [&[more.len() as u8], more.as_bytes()].concat();
            let mut longer = |name: &str, what: &[u8], length: usize| {
                let end = u16_bytes(length);
                seed(format!("{name}-more-{more:?}"), &[&[0], what, &[INSERT], &end, &literal]);
            };
            longer("text", &[EDIT_TEXT], wire::base45(&world.token).len());
            longer("token", &[EDIT_TOKEN, 0, 0], world.token.len());
            longer("trust", &[EDIT_TRUST_LIST, 0, 0], world.trust_list.len());
            longer("status", &[EDIT_STATUS_LIST, 0, 0, 0, 0], world.status_lists.first().map_or(0, Vec::len));
        }
        for (what, name, count) in
            [(EDIT_TOKEN, "token", TOKENS.len()), (EDIT_TRUST_LIST, "trust", TRUST_LISTS.len())]
        {
            for donor in 0..count {
                let whole = [SPLICE, 0, 0, 0, 0];
                seed(format!("{name}-whole-{donor}"), &[&[0, what], &u16_bytes(donor), &whole]);
            }
        }
        let items = if place == 0 { Node::parse(&world.token).unwrap().count() } else { 0 };
        for (item, kind) in (0..items).flat_map(|item| (6..KINDS).map(move |kind| (item, kind))) {
            let rest = [0, 0, 1, 0, 2, 0, 3];
            seed(format!("item-{item}-{kind}"), &[&[0, EDIT_TOKEN, 0, 1, kind], &u16_bytes(item), &rest]);
        }
        seeds
    })
}

fn u16_bytes(number: impl TryInto<u16>) -> [u8; 2] {
    number.try_into().ok().unwrap().to_be_bytes()
}
