//! Receipts: what reads as one, what a chain of them holds together, and what is kept of any verdict.
//!
//! Byte 0 says which of the three the rest is about.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use eid_verifier::claims::OfAge;
use eid_verifier::clock::ClockWatch;
use eid_verifier::receipt::{
    ChainHead, Ground, IssuerName, Link, LinkFault, Purpose, Receipt, ReceiptChain, ReceiptError, Ruling,
};
use eid_verifier::refusal::{Code, Step};
use eid_verifier::report::RowOutcome;
use eid_verifier::sandbox::Scenario;
use eid_verifier::{Challenge, Refusal, Scene, UnixTime, VerifiedClaims, Verifier};
use sha2::{Digest as _, Sha256};

use crate::Seed;
use crate::edit::{KINDS, edit};
use crate::resigned::{MOST_FIELDS, edit_field, sign};
use crate::script::Script;
use crate::signing::{GOODS, SCENARIOS, issuers};
use crate::strict::{Dialect, is_item};
use crate::token::put_together;
use crate::tree::Node;
use crate::wire;

const MOST_EDITS: usize = 6;

const READ: u8 = 0;
const CHAIN: u8 = 1;
/// And what is above.
const VERDICT: u8 = 2;

pub fn receipt(data: &[u8]) {
    let mut script = Script(data);
    match script.byte().unwrap_or(0) % 4 {
        READ => read(&mut script),
        CHAIN => chain(&mut script),
        _ => verdict(&mut script),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// What reads as a receipt.

/// A receipt of every ruling, at every desk that came to it first.
static RECEIPTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut rulings = BTreeSet::new();
    let all = DESKS.iter().map(|desk| {
        let scan =
            Scan { text: desk.scenario.qr.clone(), now: desk.scenario.now(), times: desk.scenario.times };
        let receipt = desk.receipt(&scan, &desk.verdict(&scan)).unwrap();
        let is_new = rulings.insert((receipt.ruling().as_str(), receipt.scene()));
        is_new.then(|| receipt.to_bytes())
    });
    all.flatten().collect()
});

/// Arbitrary bytes, or a good receipt that is edited: it reads exactly if it is one, and is written again as it was.
fn read(script: &mut Script<'_>) {
    let bytes = match script.byte().unwrap_or(0) {
        0 => script.0.to_vec(),
        _ => edited(script),
    };
    let read = Receipt::from_bytes(&bytes);
    assert_eq!(read.is_ok(), is_receipt(&bytes).is_some(), "{read:?}");
    match &read {
        Ok(receipt) => assert_eq!(receipt.to_bytes(), bytes),
        Err(ReceiptError::Version) => assert!(is_of_another_version(&bytes)),
        Err(error) => {
            assert_eq!(*error, ReceiptError::Malformed);
            assert!(!is_of_another_version(&bytes) || !is_item(&bytes, Dialect::Deterministic, 12));
        }
    }
    for number in [0, 23, u64::MAX] {
        let link = link(number, &[7; 32], &bytes);
        assert_eq!(Link::from_bytes(&link).map(|link| link.receipt().clone()).ok(), read.clone().ok());
    }
    reads_as_a_link_or_not(&bytes);
}

/// `[number, SHA-256 of the link before, receipt]`.
fn link(number: u64, previous: &[u8], receipt: &[u8]) -> Vec<u8> {
    [&[0x83][..], &Node::uint(number).encode(), &[0x58, 32], previous, receipt].concat()
}

fn reads_as_a_link_or_not(bytes: &[u8]) {
    let parts = parts_of_link(bytes);
    let of_parts = parts.as_ref().and_then(|(_, _, receipt)| Receipt::from_bytes(receipt).ok());
    match (Link::from_bytes(bytes), of_parts, parts) {
        (Ok(link), Some(receipt), Some((number, previous, _))) => {
            assert_eq!((link.number(), link.receipt()), (number, &receipt));
            // A chain that stood there writes the same.
            let head = [&number.to_be_bytes()[..], &previous].concat();
            assert_eq!(ReceiptChain::resume(ChainHead::from_bytes(&head).unwrap()).append(&receipt), bytes);
        }
        (Err(_), None, _) => {}
        (link, ..) => panic!("{link:?}"),
    }
}

fn parts_of_link(bytes: &[u8]) -> Option<(u64, Vec<u8>, Vec<u8>)> {
    let link = Node::parse(bytes).filter(|_| is_item(bytes, Dialect::Deterministic, 12))?;
    let [number, previous, receipt] = link.items()? else { return None };
    let previous = previous.as_bytes().filter(|previous| previous.len() == 32)?;
    Some((number.as_uint()?, previous, receipt.encode()))
}

fn edited(script: &mut Script<'_>) -> Vec<u8> {
    let mut bytes = RECEIPTS[script.pick(RECEIPTS.len())].clone();
    for _ in 0..MOST_EDITS {
        if !script.is_left() {
            break;
        }
        edit(&mut bytes, &RECEIPTS[script.pick(RECEIPTS.len())], script);
    }
    bytes
}

/// Whether another version is all that need be found.
fn is_of_another_version(bytes: &[u8]) -> bool {
    let Some((head, [0, version, ..])) = bytes.split_first() else { return false };
    head >> 5 == 5 && version >> 5 == 0 && *version != 1
}

/// The table of receipts, written down plainly; `None` if a rule of it is broken.
fn is_receipt(bytes: &[u8]) -> Option<()> {
    let holds = |rule: bool| rule.then_some(());
    let digest = |node: &Node| node.as_bytes().filter(|digest| digest.len() == 32);
    let is_null = |node: &Node| node.encode() == [0xf6];
    let is_text = |text: &str| {
        let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        text.trim() == text
            && text.chars().any(char::is_alphanumeric)
            && text.chars().count() <= 200
            && !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || turns(c))
    };

    holds(is_item(bytes, Dialect::Deterministic, 12))?;
    let receipt = Node::parse(bytes)?;
    let get = |key: u8| receipt.get(&[key]);
    holds(receipt.keys()?.iter().all(|key| matches!(key[..], [0..=12])))?;
    holds(get(0)?.as_uint()? == 1)?;
    get(1)?.as_uint()?;
    let [scene, region, relying_party] = get(2)?.items()? else { return None };
    holds((1..=5).contains(&scene.as_uint()?) && (100_000..=999_999).contains(&region.as_uint()?))?;
    let relying_party = relying_party.as_text()?;
    holds((1..=64).contains(&relying_party.len()))?;
    holds(relying_party.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)))?;

    let [purpose, basis] = get(3)?.items()? else { return None };
    let (purpose, basis) = (purpose.as_text()?, basis.as_text()?);
    holds(is_text(purpose) && is_text(basis))?;
    let is_patrol = scene.as_uint()? == 3;
    holds(get(4).is_some() == is_patrol)?;
    if let Some(patrol) = get(4) {
        let [officer, ground] = patrol.items()? else { return None };
        let item =
            ["一", "二", "三", "四", "五"].get(usize::try_from(ground.as_uint()?.checked_sub(1)?).ok()?)?;
        let law = format!("《中华人民共和国居民身份证法》第十五条第一款第（{item}）项");
        holds(is_text(officer.as_text()?) && purpose == "查验居民身份证" && basis == law)?;
    }

    let ruling = get(5)?.as_text()?;
    let is_accepted = ruling == "ok";
    holds(is_accepted || Code::ALL.iter().any(|code| code.as_str() == ruling))?;
    holds(get(6).is_some() == get(9).is_some())?;
    get(6).map_or(Some(vec![]), digest)?;
    digest(get(7)?)?;
    let [sequence, sha256] = get(8)?.items()? else { return None };
    sequence.as_uint()?;
    digest(sha256)?;

    let mut is_proven = false;
    if let Some(issuer) = get(9) {
        let [iss, kid, key] = issuer.items()? else { return None };
        holds(iss.as_text().is_some() || digest(iss).is_some())?;
        holds(kid.as_bytes()?.len() == 8 && (is_null(key) || digest(key).is_some()))?;
        is_proven = !is_null(key);
        // Only a list names the key that a signature is held against.
        holds(!is_proven || iss.as_text().is_some())?;
    }
    let mut is_good = true;
    if let Some(list) = get(10) {
        let [issued_at, sha256, value] = list.items()? else { return None };
        issued_at.as_uint()?;
        digest(sha256)?;
        holds(is_null(value) || value.as_uint()? <= 255)?;
        is_good = value.as_uint() == Some(0);
    }
    let groups = |key| {
        let groups: Vec<u64> = get(key)?.items()?.iter().map(Node::as_uint).collect::<Option<_>>()?;
        let ascend = groups.windows(2).all(|pair| pair[0] < pair[1]);
        (ascend && groups.iter().all(|group| (11..=19).contains(group))).then_some(groups)
    };
    let (shown, dropped) = (groups(11)?, groups(12)?);
    if is_accepted {
        holds(is_proven && is_good && dropped.iter().all(|group| shown.contains(group)))
    } else {
        holds(dropped.is_empty())
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Chains.

/// Some receipts in a row, and where the chain stood before each and after the last; and another chain of others.
struct Chain {
    links: Vec<Vec<u8>>,
    heads: Vec<ChainHead>,
}

static CHAINS: LazyLock<[Chain; 2]> = LazyLock::new(|| {
    [0, 5].map(|from| {
        let mut chain = ReceiptChain::resume(ChainHead::START);
        let mut heads = vec![chain.head()];
        let receipts = RECEIPTS.iter().skip(from).step_by(3).take(12);
        let links = receipts.map(|bytes| {
            let link = chain.append(&Receipt::from_bytes(bytes).unwrap());
            heads.push(chain.head());
            link
        });
        Chain { links: links.collect(), heads }
    })
});

/// A chain is whole only if its links are those that were appended, in their order, between the two heads.
fn chain(script: &mut Script<'_>) {
    let [kept, other] = &*CHAINS;
    let (from, to) = (script.pick(kept.heads.len()), script.pick(kept.heads.len()));
    let mut given = kept.links.get(from..to).unwrap_or(&[]).to_vec();
    let (mut after, mut until) = (kept.heads[from], kept.heads[to.max(from)]);
    for _ in 0..MOST_EDITS {
        let Some(what) = script.byte() else { break };
        let at = script.pick(given.len());
        match what % 8 {
            0 => after = another_head(script),
            1 => until = another_head(script),
            2 if !given.is_empty() => drop(given.remove(at)),
            3 if !given.is_empty() => {
                let again = given[at].clone();
                given.insert(script.pick(given.len() + 1), again);
            }
            4 if !given.is_empty() => {
                let to = script.pick(given.len());
                given.swap(at, to);
            }
            5 => given.insert(at, other.links[script.pick(other.links.len())].clone()),
            6 if !given.is_empty() => {
                // From here on a chain that is whole in itself: what only the head tells.
                let mut forged = ReceiptChain::resume(kept.heads[(from + at).min(kept.links.len())]);
                let receipts = RECEIPTS[script.pick(RECEIPTS.len())..].iter();
                let receipts = receipts.map(|bytes| Receipt::from_bytes(bytes).unwrap());
                for (place, receipt) in given[at..].iter_mut().zip(receipts) {
                    *place = forged.append(&receipt);
                }
            }
            _ => {
                let donor = &other.links[script.pick(other.links.len())];
                if let Some(link) = given.get_mut(at) {
                    edit(link, donor, script);
                }
            }
        }
    }
    let found = ReceiptChain::verify(after, &given, until);
    assert_eq!(found.is_ok(), is_whole(kept, other, after, &given, until), "{found:?}");
    if let Err(broken) = found {
        assert_eq!(broken.fault == LinkFault::Head, broken.position == given.len(), "{broken}");
        // No link that is right is said to be wrong.
        let begins_at = kept.heads.iter().position(|head| *head == after);
        let right = begins_at.map_or(0, |from| {
            given.iter().zip(&kept.links[from..]).take_while(|(given, kept)| given == kept).count()
        });
        assert!((right..=given.len()).contains(&broken.position), "{broken}");
    }
    // The same link by link; one that is refused moves nothing.
    let mut walk = ReceiptChain::resume(after);
    for link in &given {
        let before = walk.head();
        match walk.follow(link) {
            Ok(read) => {
                assert_eq!((read.number(), walk.head().number()), (before.number(), before.number() + 1))
            }
            Err(_) => assert_eq!(walk.head(), before),
        }
        reads_as_a_link_or_not(link);
    }
}

fn another_head(script: &mut Script<'_>) -> ChainHead {
    let [kept, other] = &*CHAINS;
    let mut head = |chain: &Chain| chain.heads[script.pick(chain.heads.len())].to_bytes();
    let (number, sha256) = (head(kept), head(kept));
    let other = head(other);
    let mixed = match script.byte().unwrap_or(0) % 4 {
        0 => [&number[..8], &sha256[8..]].concat(),
        1 => [&number[..8], &other[8..]].concat(),
        2 => other.to_vec(),
        _ => number.to_vec(),
    };
    ChainHead::from_bytes(&mixed).unwrap()
}

fn is_whole(kept: &Chain, other: &Chain, after: ChainHead, given: &[Vec<u8>], until: ChainHead) -> bool {
    if given.is_empty() {
        return after == until;
    }
    [kept, other].into_iter().any(|chain| {
        (0..chain.links.len()).any(|from| {
            let to = from + given.len();
            chain.links.get(from..to) == Some(given) && (after, until) == (chain.heads[from], chain.heads[to])
        })
    })
}

// ---------------------------------------------------------------------------------------------------------------------
// Verdicts.

/// A scenario whose lists open.
struct Desk {
    scenario: &'static Scenario,
    verifier: Verifier,
    challenge: Option<Challenge>,
    /// What of the person and of the phone no receipt may hold.
    canaries: BTreeSet<Vec<u8>>,
}

static DESKS: LazyLock<Vec<Desk>> = LazyLock::new(|| {
    let opened = |scenario: &'static Scenario| {
        Some(Desk {
            verifier: scenario.verifier().ok()?,
            challenge: scenario.challenge(),
            canaries: canaries(scenario, &scenario.qr),
            scenario,
        })
    };
    SCENARIOS.iter().filter_map(opened).collect()
});

/// One text at one time.
struct Scan {
    text: String,
    now: UnixTime,
    times: u64,
}

impl Desk {
    fn verdict(&self, scan: &Scan) -> Result<VerifiedClaims, Refusal> {
        let ledger = self.scenario.ledger();
        let once = |text: &str, now| match &self.challenge {
            Some(challenge) => self.verifier.verify_challenged(text, challenge, &ledger, now),
            None => self.verifier.verify(text, &ledger, now),
        };
        for earlier in &self.scenario.before {
            let _ = once(&earlier.qr, earlier.now.map_or(self.scenario.now(), UnixTime::from_secs));
        }
        for _ in 1..scan.times {
            let _ = once(&scan.text, scan.now);
        }
        once(&scan.text, scan.now)
    }

    fn receipt(
        &self,
        scan: &Scan,
        verdict: &Result<VerifiedClaims, Refusal>,
    ) -> Result<Receipt, ReceiptError> {
        let purpose = match self.verifier.site().scene() {
            Scene::Patrol => Purpose::patrol("警号 012345", Ground::SceneControl).unwrap(),
            _ => Purpose::new("登记", "依法").unwrap(),
        };
        match &self.challenge {
            Some(challenge) => {
                self.verifier.receipt_challenged(&scan.text, challenge, verdict, &purpose, scan.now)
            }
            None => self.verifier.receipt(&scan.text, verdict, &purpose, scan.now),
        }
    }
}

/// Every text has a verdict, every verdict a receipt and a report that say the same, and the receipt names nobody; nor does
/// anything that is printed of it, as JSON or else.
fn verdict(script: &mut Script<'_>) {
    let desk = &DESKS[script.pick(DESKS.len())];
    let how = script.byte().unwrap_or(0);
    let mut scan =
        Scan { text: desk.scenario.qr.clone(), now: desk.scenario.now(), times: desk.scenario.times };
    if how & 4 != 0 {
        scan.times += 1;
    }
    if how & 8 != 0 {
        let seconds = i64::try_from(script.pick(2048)).unwrap() - 1024;
        scan.now = UnixTime::from_secs(scan.now.as_secs().saturating_add_signed(seconds));
    }
    scan.text = match how % 4 {
        0 => edited_text(&scan.text, script),
        1 => match wire::token(&scan.text) {
            Some(token) => wire::base45(&edited_token(token, script)),
            None => scan.text,
        },
        _ => resigned(how % 4 == 3, script),
    };
    let verdict = desk.verdict(&scan);
    let receipt = desk.receipt(&scan, &verdict).expect("a verdict without a receipt");
    let bytes = receipt.to_bytes();
    assert_eq!(Receipt::from_bytes(&bytes).as_ref(), Ok(&receipt));
    is_receipt(&bytes).expect("made, and no receipt");
    assert_eq!(receipt.at(), scan.now);
    assert_eq!(receipt.trust_list().sha256, <[u8; 32]>::from(Sha256::digest(&desk.scenario.trust_list)));
    let digest: [u8; 32] = Sha256::digest(wire::without_noise(&scan.text)).into();
    assert!(receipt.text_sha256().is_none_or(|own| *own == digest));

    let report = match &desk.challenge {
        Some(challenge) => desk.verifier.explain_challenged(&scan.text, challenge, scan.now),
        None => desk.verifier.explain(&scan.text, scan.now),
    };
    assert_eq!(report.code().is_some(), receipt.text_sha256().is_some());
    let failed: Vec<_> = report
        .rows()
        .iter()
        .filter_map(|row| match row.outcome {
            RowOutcome::Failed(refusal) => Some((row.step, refusal)),
            _ => None,
        })
        .collect();
    match &verdict {
        Ok(claims) => {
            assert_eq!(receipt.ruling(), Ruling::Accepted);
            assert_eq!(receipt.dropped(), claims.over_disclosed());
            let issuer = receipt.issuer().expect("accepted, and no issuer is named");
            assert_eq!(issuer.iss, IssuerName::Listed(claims.issuer().into()));
            assert_eq!(failed, []);
        }
        Err(refusal) => {
            crate::says_something(refusal);
            assert_eq!(receipt.ruling(), Ruling::Refused(refusal.code()));
            let step = refusal.step().expect("a scan's refusal has a step");
            let is_of_ledger = step == Step::Nonce;
            assert_eq!(
                failed,
                Some((step, *refusal)).filter(|_| !is_of_ledger).into_iter().collect::<Vec<_>>()
            );
            let is_proven = receipt.issuer().is_some_and(|issuer| issuer.proven_by.is_some());
            assert_eq!((receipt.issuer().is_some(), is_proven), (step > Step::Payload, step > Step::Issuer));
        }
    }
    let of_text = canaries(desk.scenario, &scan.text);
    for canary in desk.canaries.iter().chain(&of_text) {
        let is_there = bytes.windows(canary.len()).any(|window| window == canary);
        assert!(!is_there, "the receipt holds {}", String::from_utf8_lossy(canary));
    }

    // One phone, however often it is scanned, is no reason to doubt this clock.
    let mut watch = ClockWatch::new();
    (0..4).for_each(|_| assert_eq!(watch.note(&scan.text, &verdict), None));
    let names: Vec<_> =
        [report.trust_list()].into_iter().chain(report.status_lists()).map(|list| &list.name).collect();
    // Words of the format (scenes, names of fields) are ASCII without a digit, and a scenario writes its time as a text.
    let is_word = |canary: &str| canary.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_digit());
    let is_known = |canary: &str| {
        is_word(canary)
            || canary.parse() == Ok(desk.scenario.now().as_secs())
            || names.iter().any(|name| name.contains(canary))
    };
    let mut printed = vec![
        report.to_string(),
        format!("{report:?} {receipt:?} {watch:?}"),
        serde_json::to_string(&report).unwrap(),
        serde_json::to_string(&receipt).unwrap(),
    ];
    match verdict {
        Err(refusal) => printed.extend([serde_json::to_string(&refusal).unwrap(), format!("{refusal:?}")]),
        Ok(claims) => {
            printed.extend([serde_json::to_string(&claims).unwrap(), format!("{claims:?}")]);
            let has_birth_date = claims.identity().is_ok() || claims.demographics().is_ok();
            let (document, verified_at) = (claims.document(), claims.verified_at());
            let outcome = claims.into_outcome(18);
            assert_eq!((outcome.document(), outcome.verified_at()), (document, verified_at));
            assert!(outcome.of_age() != OfAge::NotReached || has_birth_date, "a minor, and nothing says so");
            printed.extend([serde_json::to_string(&outcome).unwrap(), format!("{outcome:?}")]);
        }
    }
    let printed = printed.join("\n");
    // Any word may be in a text that was edited, and in what is printed too.
    let texts = desk.canaries.iter().filter_map(|canary| std::str::from_utf8(canary).ok());
    for text in texts.filter(|text| !is_known(text)) {
        assert!(!printed.contains(text), "{text} is printed in {printed}");
    }
    for canary in desk.canaries.iter().chain(&of_text).filter(|canary| canary.len() >= 16) {
        assert!(!printed.contains(&hex::encode(canary)), "{} is printed in {printed}", hex::encode(canary));
    }
}

fn edited_text(text: &str, script: &mut Script<'_>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let donor = &SCENARIOS[script.pick(SCENARIOS.len())].qr;
    for _ in 0..MOST_EDITS {
        if !script.is_left() {
            break;
        }
        edit(&mut bytes, donor.as_bytes(), script);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn edited_token(mut token: Vec<u8>, script: &mut Script<'_>) -> Vec<u8> {
    for _ in 0..MOST_EDITS {
        if !script.is_left() {
            break;
        }
        edit(&mut token, &GOODS[script.pick(GOODS.len())].token, script);
    }
    token
}

/// Another good scenario's code, edited and signed anew.
fn resigned(issuer_signs: bool, script: &mut Script<'_>) -> String {
    let good = &GOODS[script.pick(GOODS.len())];
    let mut fields = good.fields.clone();
    for _ in 0..MOST_FIELDS {
        if !edit_field(&mut fields, issuer_signs, script) {
            break;
        }
    }
    sign(good, &mut fields, issuer_signs);
    wire::base45(&put_together(&fields))
}

/// The texts of the code, and its longer byte strings (keys, nonces, salts, digests, signatures), but those that a receipt
/// may hold: the desk's own id, and the name of an issuer that is listed.
fn canaries(scenario: &Scenario, text: &str) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    if let Some(tree) = wire::token(text).as_deref().and_then(Node::parse) {
        tree.each(&mut |node| {
            let of_text = node.as_text().map(|text| text.as_bytes().to_vec()).filter(|text| text.len() >= 9);
            let of_bytes = node.as_bytes().filter(|bytes| bytes.len() >= 16);
            found.extend(of_text.or(of_bytes));
        });
    }
    let rulings = Code::ALL.iter().map(|code| code.as_str());
    let own = issuers(&scenario.world)
        .map(|issuer| issuer.iss.as_str())
        .chain([scenario.site.relying_party.as_str()]);
    for allowed in own.chain(rulings) {
        found.retain(|canary| !allowed.as_bytes().windows(canary.len()).any(|window| window == canary));
    }
    found
}

// ---------------------------------------------------------------------------------------------------------------------

/// Every receipt, with a pair less or more, groups dropped, texts not trimmed, and every edit of every item of some; chains
/// from and to everywhere, and each way to break one; every scenario's verdict, at its time and around it, and one edit of
/// each kind.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let mut seeds = Vec::new();
    let mut seed = |name: String, script: &[&[u8]]| {
        seeds.push(Seed { target: "receipt", name, input: script.concat() });
    };
    for (place, bytes) in RECEIPTS.iter().enumerate() {
        seed(format!("read-{place}"), &[&[READ, 0], bytes]);
        // An edit takes a donor, a kind and a place.
        let mut edited = |name: String, edits: &[(u8, usize, &[u8])]| {
            let edits = edits.iter().map(|(kind, at, rest)| {
                [&u16_bytes(place / 2)[..], &[*kind], &u16_bytes(*at), rest].concat()
            });
            seed(
                format!("{name}-{place}"),
                &[&[READ, 1], &u16_bytes(place), &edits.collect::<Vec<_>>().concat()],
            );
        };
        let tree = Node::parse(bytes).unwrap();
        let pairs = tree.keys().unwrap().len();
        // A pair less, and a key more behind all others.
        let Node::Map(items) = &tree else { panic!("a receipt is a map") };
        let mut at = 1;
        for pair in items.as_chunks::<2>().0 {
            let length = pair[0].encode().len() + pair[1].encode().len();
            let head = 0xa0 | u8::try_from(pairs - 1).unwrap();
            edited(format!("less-{at}"), &[(3, at, &u16_bytes(length)), (1, 0, &[1, head])]);
            at += length;
        }
        edited("more".into(), &[(12, 0, &[&u16_bytes(pairs)[..], &[13, 0]].concat())]);
        // The receipt ends with the groups that were dropped.
        if bytes.ends_with(&[12, 0x80]) {
            for group in 11..=19 {
                let end = bytes.len();
                edited(format!("dropped-{group}"), &[(2, end, &[1, group]), (1, end - 1, &[1, 0x81])]);
            }
        }
        // Purpose and officer begin with a blank.
        for text in ["登记", "警号"] {
            let text = text.as_bytes();
            if let Some(at) = bytes.windows(text.len()).position(|window| window == text) {
                edited(format!("blank-{at}"), &[(1, at, &[3, 0xe3, 0x80, 0x80])]);
            }
        }
        let is_patrol = bytes.windows(6).any(|window| window == "警号".as_bytes());
        if place % 16 != 0 && !(is_patrol && place % 4 == 0) {
            continue;
        }
        for item in 0..tree.count() {
            for kind in 6..KINDS {
                edited(format!("item-{item}-{kind}"), &[(kind, item, &[0, 0, 0, 1, 0, 2, 0, 3, 0])]);
            }
            // 1, null, and what is empty.
            for leaf in [0x01, 0xf6, 0x40, 0x60, 0x80] {
                edited(format!("leaf-{item}-{leaf}"), &[(9, item, &[1, leaf])]);
            }
            // A number that is right in its lower half.
            edited(format!("large-{item}"), &[(6, item, &[0, 0, 0, 1, 0, 7, 200, 155, 0])]);
        }
    }
    for (place, bytes) in CHAINS[0].links.iter().enumerate() {
        seed(format!("link-{place}"), &[&[READ, 0], bytes]);
    }
    let heads = CHAINS[0].heads.len();
    for from in 0..heads {
        for to in from..heads {
            seed(format!("chain-{from}-{to}"), &[&[CHAIN], &u16_bytes(from), &u16_bytes(to)]);
        }
        // The digest of where it ends or begins, with another number.
        for what in [0, 1] {
            let ends = [u16_bytes(0), u16_bytes(from)].concat();
            let digest = if what == 0 { 0 } else { from };
            let mixed = [u16_bytes(from / 2 + 1), u16_bytes(digest), u16_bytes(0)].concat();
            seed(format!("mixed-{from}-{what}"), &[&[CHAIN], &ends, &[what, 0, 0], &mixed, &[0]]);
        }
        for (what, kind) in (0..8).flat_map(|what| (0..KINDS).map(move |kind| (what, kind))) {
            let ends = [u16_bytes(from / 2), u16_bytes(heads - 1)].concat();
            let rest = [0, 3, kind, 0, 40, 0, 7, 1, 0];
            seed(
                format!("broken-{from}-{what}-{kind}"),
                &[&[CHAIN], &ends, &[what], &u16_bytes(from), &rest],
            );
        }
    }
    for (place, desk) in DESKS.iter().enumerate() {
        let desk_bytes = u16_bytes(place);
        for how in [0, 4] {
            seed(format!("plain-{place}-{how}"), &[&[VERDICT], &desk_bytes, &[how]]);
        }
        for seconds in [0, 954, 1023, 1310] {
            seed(format!("now-{place}-{seconds}"), &[&[VERDICT], &desk_bytes, &[8], &u16_bytes(seconds)]);
        }
        let kind = u8::try_from(place % usize::from(KINDS)).unwrap();
        let edit = [kind, 0, 60, 0, 2, 0, 1, 0, 7];
        seed(format!("text-{place}"), &[&[VERDICT], &desk_bytes, &[0, 0, 3], &edit]);
        seed(format!("token-{place}"), &[&[VERDICT], &desk_bytes, &[1, 0, 3], &edit]);
        let own =
            GOODS.iter().position(|good| good.scenario.id == desk.scenario.id).unwrap_or(place % GOODS.len());
        for (how, what) in [(2, 0), (2, 3), (3, 0), (3, 2), (3, 131)] {
            let field = [what, kind.wrapping_mul(3)];
            seed(
                format!("resigned-{place}-{how}-{what}"),
                &[&[VERDICT], &desk_bytes, &[how], &u16_bytes(own), &field, &edit],
            );
        }
    }
    seeds.into_iter()
}

fn u16_bytes(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_be_bytes()
}
