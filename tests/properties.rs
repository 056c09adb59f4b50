//! Rules that hold for all values, through the public door, each against a rule written down a second time: dates and
//! ages, site ids, sets, what scanners put around a text, when a code is fresh, where it holds, and what a ledger judges.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod case;
mod transport;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use case::Case;
use eid_verifier::claims::{CivilDate, Match};
use eid_verifier::policy::{Group, Member, Set, StatusRule};
use eid_verifier::{
    Anchor, Challenge, Floor, Policy, Refusal, Scene, Site, Spend, TrustList, UnixTime, Unspent, Verifier,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use transport::Transport;

/// Eight times as many cases as usual: one is cheap.
fn thorough() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases * 8, failure_persistence: None, ..usual }
}

// ---------------------------------------------------------------------------------------------------------------------
// Dates and ages.

/// Year, month, day.
type Day = (u32, u32, u32);

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number((year, month, day): Day) -> u32 {
    year * 10_000 + month * 100 + day
}

fn civil(day: Day) -> CivilDate {
    CivilDate::from_yyyymmdd(number(day)).unwrap()
}

/// The days of the calendar, 29 February as often as all others together.
fn days(years: std::ops::RangeInclusive<u32>) -> impl Strategy<Value = Day> {
    let any = (years.clone(), 1..=12_u32, 0..u32::MAX)
        .prop_map(|(year, month, day)| (year, month, 1 + day % days_in(year, month)));
    let leap = years.clone().prop_map(|year| (year / 4 * 4, 2, 29));
    let leap = leap.prop_filter("a leap year", move |(year, ..)| years.contains(year) && is_leap(*year));
    prop_oneof![any, leap]
}

/// Eight digits that look like a date, and numbers that do not.
fn looks_like_a_date() -> impl Strategy<Value = u32> {
    let near = (900..=10_100_u32, 0..=14_u32, 0..=33_u32).prop_map(number);
    prop_oneof![near, any::<u32>()]
}

/// The Nth birthday, 29 February counting as 1 March in other years.
fn birthday((year, month, day): Day, age: u32) -> Day {
    if (month, day) == (2, 29) && !is_leap(year + age) {
        (year + age, 3, 1)
    } else {
        (year + age, month, day)
    }
}

proptest! {
    #![proptest_config(thorough())]

    #[test]
    fn a_number_is_a_date_if_the_calendar_has_it(number in looks_like_a_date()) {
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let exists = (1000..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        let date = CivilDate::from_yyyymmdd(number);
        prop_assert_eq!(date.is_some(), exists);
        if let Some(date) = date {
            prop_assert_eq!(date.to_yyyymmdd(), number);
            let parts = (date.year().unsigned_abs(), u32::from(date.month()), u32::from(date.day()));
            prop_assert_eq!(parts, (year, month, day));
            prop_assert_eq!(date.to_string(), format!("{year:04}-{month:02}-{day:02}"));
        }
    }

    #[test]
    fn dates_are_ordered_as_their_digits(one in days(1000..=9999), other in days(1000..=9999)) {
        prop_assert_eq!(civil(one).cmp(&civil(other)), one.cmp(&other));
    }

    #[test]
    fn the_date_in_china_is_counted_from_1970(day in days(1970..=9999), second in 0..86_400_u64) {
        let (year, month, date) = day;
        let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let months: u64 = (1..month).map(|month| u64::from(days_in(year, month))).sum();
        let midnight = (years + months + u64::from(date) - 1) * 86_400;
        // In China the day begins eight hours before it does in UTC, where the first one began before 1970.
        let now = UnixTime::from_secs((midnight + second).saturating_sub(8 * 3600));
        prop_assert_eq!(CivilDate::in_china(now), civil(day));
    }

    #[test]
    fn the_date_in_china_never_goes_back(one: u64, other: u64) {
        let [one, other] = [one.min(other), one.max(other)].map(UnixTime::from_secs);
        prop_assert!(CivilDate::in_china(one) <= CivilDate::in_china(other));
    }

    #[test]
    fn an_age_is_reached_after_the_birthday(
        born in days(1850..=2100),
        age in 0..=160_u8,
        today in days(1850..=2300),
    ) {
        let reached = today > birthday(born, age.into());
        prop_assert_eq!(civil(born).has_reached(age, civil(today)), reached);
    }

    /// The days around the birthday, which the rule is about.
    #[test]
    fn an_age_is_reached_on_the_day_after(born in days(1850..=2100), age in 0..=160_u8) {
        let (year, month, day) = birthday(born, age.into());
        let after = match (day == days_in(year, month), month) {
            (false, _) => (year, month, day + 1),
            (true, 12) => (year + 1, 1, 1),
            (true, _) => (year, month + 1, 1),
        };
        prop_assert!(!civil(born).has_reached(age, civil((year, month, day))));
        prop_assert!(civil(born).has_reached(age, civil(after)));
    }

    #[test]
    fn an_age_once_reached_stays_reached(
        born in days(1000..=9999),
        age: u8,
        one in days(1000..=9999),
        other in days(1000..=9999),
    ) {
        let (earlier, later) = (one.min(other), one.max(other));
        if civil(born).has_reached(age, civil(earlier)) {
            prop_assert!(civil(born).has_reached(age, civil(later)));
            prop_assert!(civil(born).has_reached(age.saturating_sub(1), civil(earlier)));
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The desk's own values.

const SCENES: [Scene; 5] =
    [Scene::Hotel, Scene::InternetCafe, Scene::Patrol, Scene::GovernmentService, Scene::RealEstate];

proptest! {
    #![proptest_config(thorough())]

    #[test]
    fn a_site_takes_the_ids_that_an_audience_can_carry(
        scene in select(&SCENES[..]),
        id in prop_oneof!["[A-Za-z0-9._-]{0,70}", "[A-Za-z0-9._-]{0,9}.[A-Za-z0-9._-]{0,9}", any::<String>()],
        region in prop_oneof![100_000..=999_999_u32, 0..2_000_000_u32, any::<u32>()],
    ) {
        let is_id = (1..=64).contains(&id.len())
            && id.chars().all(|letter| matches!(letter, 'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '_' | '-'));
        let site = Site::new(scene, region, &id);
        prop_assert_eq!(site.is_ok(), is_id && region.to_string().len() == 6);
        if let Ok(site) = site {
            prop_assert_eq!((site.scene(), site.region(), site.relying_party()), (scene, region, id.as_str()));
            prop_assert_eq!(site.audience(), format!("{}:{id}", scene.as_str()));
        }
    }

    #[test]
    fn a_set_is_a_set(steps in prop::collection::vec((any::<bool>(), select(Group::ALL)), 0..40)) {
        let (mut set, mut model) = (Set::new(), BTreeSet::new());
        for (adds, group) in steps {
            if adds {
                set = set.with(group);
                model.insert(group);
            } else {
                set = set.without(group);
                model.remove(&group);
            }
            prop_assert_eq!(set.contains(group), adds);
            prop_assert_eq!(set.is_empty(), model.is_empty());
        }
        prop_assert!(set.iter().eq(model.iter().copied()));
        prop_assert_eq!(set, model.into_iter().collect());
    }

    #[test]
    fn a_challenge_is_16_to_64_bytes(random in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(Challenge::new(&random).is_ok(), (16..=64).contains(&random.len()));
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The scanned text.

/// An `ok` vector, its text without noise, and a verifier that accepts it.
struct Good {
    case: Case,
    text: String,
    token: Vec<u8>,
    transport: Transport,
    verifier: Verifier,
}

static GOOD: LazyLock<Vec<Good>> = LazyLock::new(|| {
    let cases = Case::all_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors")));
    cases.into_iter().filter(|case| case.expect() == "ok").map(Good::new).collect()
});

/// A failing property names the vector.
impl fmt::Debug for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.case.id())
    }
}

impl Good {
    fn new(case: Case) -> Self {
        let text = transport::bare(case.qr()).expect("a code").to_owned();
        let (transport, token) = Transport::decode(&text).expect("a token");
        let verifier = case.verifier().unwrap();
        Self { case, text, token, transport, verifier }
    }

    fn with_policy(&self, change: impl FnOnce(&mut Policy)) -> Verifier {
        let mut policy = *self.verifier.policy();
        change(&mut policy);
        self.verifier.with_policy(policy)
    }

    fn check(&self, scanned: &str) -> Result<Unspent, Refusal> {
        self.check_by(&self.verifier, scanned, self.case.now())
    }

    fn check_by(&self, verifier: &Verifier, scanned: &str, now: UnixTime) -> Result<Unspent, Refusal> {
        match self.case.challenge() {
            Some(challenge) => verifier.check_challenged(scanned, &challenge, now),
            None => verifier.check(scanned, now),
        }
    }
}

fn good() -> impl Strategy<Value = &'static Good> {
    any::<Index>().prop_map(|index| index.get(&GOOD))
}

/// What scanners and messengers put at the ends: U+0000 to U+0020, U+007F and U+FEFF.
fn noise() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        prop::char::range('\0', ' '),
        Just('\u{7f}'),
        Just('\u{feff}'),
        select(&['\r', '\n', '\t', ' '][..]),
    ];
    prop::collection::vec(character, 0..6).prop_map(String::from_iter)
}

fn identifier() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "\\][Qdz][0-9]"]
}

proptest! {
    #![proptest_config(thorough())]

    #[test]
    fn noise_around_a_good_code_is_nothing(
        good in good(),
        before in noise(),
        aim in identifier(),
        after in noise(),
    ) {
        let scanned = format!("{before}{aim}{}{after}", good.text);
        prop_assert!(good.check(&scanned).is_ok(), "{scanned:?}");
    }

    #[test]
    fn noise_is_trimmed_once_and_one_identifier_dropped(
        good in good(),
        aim in "\\][Qdz][0-9]",
        between in noise(),
        again in identifier(),
    ) {
        let scanned = format!("{aim}{between}{again}{}", good.text);
        prop_assert_eq!(good.check(&scanned).is_ok(), between.is_empty() && again.is_empty(), "{:?}", scanned);
    }

    #[test]
    fn another_character_in_front_is_refused(good in good(), other: char) {
        prop_assume!(!matches!(other, '\0'..=' ' | '\u{7f}' | '\u{feff}'));
        let refusal = good.check(&format!("{other}{}", good.text)).unwrap_err();
        prop_assert_eq!(refusal.code().as_str(), "payload.scheme");
    }

    #[test]
    fn a_change_inside_is_refused(
        good in good(),
        place: Index,
        removed in 0..3_usize,
        added in prop_oneof!["[0-9A-Z $%*+./:-]{0,3}", noise(), any::<String>()],
    ) {
        // Not at the ends, where noise may be added.
        let start = 1 + place.index(good.text.len() - 4);
        let mut changed = good.text.clone();
        changed.replace_range(start..start + removed, &added);
        prop_assume!(changed != good.text);
        prop_assert!(good.check(&changed).is_err(), "{changed:?}");
    }

    /// Parts of a good token in other places: well formed here and there, signed nowhere.
    #[test]
    fn a_good_token_put_together_otherwise_is_refused(
        good in good(),
        from: Index,
        length: Index,
        to: Index,
        cut: bool,
    ) {
        let start = from.index(good.token.len());
        let end = start + 1 + length.index(good.token.len() - start);
        let mut token = good.token.clone();
        let part = token[start..end].to_vec();
        if cut {
            token.drain(start..end);
        }
        let to = to.index(token.len() + 1);
        token.splice(to..to, part);
        prop_assume!(token != good.token);
        prop_assert!(good.check(&good.transport.encode(&token)).is_err());
    }

    /// Two good tokens of one person, crossed over: neither phone nor issuer signed the whole.
    #[test]
    fn two_good_tokens_crossed_are_refused(one in good(), other in good(), place: Index, step: Index) {
        let at = place.index(one.token.len());
        let on = step.index(other.token.len());
        let token = [&one.token[..at], &other.token[on..]].concat();
        prop_assume!(GOOD.iter().all(|good| good.token != token));
        prop_assert!(one.check(&Transport::Base45.encode(&token)).is_err());
    }

    /// Never a panic, and nothing but what step 1 answers.
    #[test]
    fn any_text_is_refused(
        good in good(),
        text in prop_oneof![
            any::<String>(),
            "LZ1:[0-9A-Z $%*+./:-]{0,200}",
            "LZ1U:[0-9A-Za-z_-]{0,200}",
            "(LZ1U?:)?\\PC{0,40}",
        ],
    ) {
        let refusal = good.check(&text).unwrap_err();
        prop_assert!((101..=106).contains(&refusal.code().number()), "{refusal}");
    }

    /// Never a panic, whatever stands where a token or a list should be.
    #[test]
    fn any_bytes_are_refused(
        good in good(),
        mut bytes in prop::collection::vec(any::<u8>(), 0..300),
        tagged: bool,
    ) {
        if tagged {
            // Down to where the arrays of a COSE_Sign1 begin.
            bytes.splice(0..0, [0xd2, 0x84]);
        }
        let refusal = good.check(&good.transport.encode(&bytes)).unwrap_err();
        prop_assert!((101..=106).contains(&refusal.code().number()), "{refusal}");
        let anchors = [Anchor::new([0; 8], [0; 32])];
        let refusal = TrustList::open(&bytes, &anchors, Floor::FirstInstallation, good.case.now()).unwrap_err();
        prop_assert_eq!(refusal.code().as_str(), "trust.malformed");
        let refusal = good.verifier.with_status_list(&bytes, good.case.now()).unwrap_err();
        prop_assert_eq!(refusal.code().as_str(), "status.malformed");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// What a good code comes to.

const SPENDS: [Spend; 6] =
    [Spend::Fresh, Spend::Failed, Spend::BeforeLedger, Spend::ClockBehind, Spend::Spent, Spend::Full];

proptest! {
    #![proptest_config(thorough())]

    /// From its iat, less the skew, until its exp or the greatest age; expiry is never stretched.
    #[test]
    fn a_code_is_taken_while_it_is_fresh(
        good in good(),
        shift in -400..400_i64,
        max_skew in 0..200_u64,
        max_age in 0..400_u64,
    ) {
        let made = good.check(&good.text).unwrap();
        let (iat, exp) = (made.nonce().issued_at().as_secs(), made.nonce().expires_at().as_secs());
        let now = good.case.now().as_secs().checked_add_signed(shift).unwrap();
        let verifier = good.with_policy(|policy| {
            (policy.max_skew, policy.max_age) = (max_skew, max_age);
            // Step 12 has times of its own.
            policy.status = StatusRule::IgnoreStatus;
        });
        let found = good.check_by(&verifier, &good.text, UnixTime::from_secs(now));
        let expected = if now + max_skew < iat {
            Err("freshness.not_yet")
        } else if now >= exp || now.saturating_sub(iat) > max_age {
            Err("freshness.expired")
        } else {
            Ok(())
        };
        prop_assert_eq!(found.map(|_| ()).map_err(|refusal| refusal.code().as_str()), expected);
    }

    /// Whatever the numbers, no sum overflows, and no code is taken before its time or after it.
    #[test]
    fn no_clock_or_limit_stretches_an_expiry(
        good in good(),
        now: u64,
        max_skew: u64,
        max_age: u64,
        max_status_age: u64,
    ) {
        let exp = good.check(&good.text).unwrap().nonce().expires_at();
        let now = UnixTime::from_secs(now);
        let verifier = good.with_policy(|policy| {
            (policy.max_skew, policy.max_age, policy.max_status_age) = (max_skew, max_age, max_status_age);
        });
        let found = good.check_by(&verifier, &good.text, now);
        prop_assert!(found.is_err() || now < exp);
    }

    /// The credentials of the vectors that hold in region 51, and nowhere else, by the bytes of their licence.
    #[test]
    fn a_code_holds_in_the_regions_that_begin_alike(
        good in good(),
        region in prop_oneof![510_000..520_000_u32, 100_000..=999_999_u32],
    ) {
        const ONLY_IN_51: [u8; 5] = [0x02, 0x81, 0x18, 51, 0x03];
        prop_assume!(good.token.windows(5).any(|window| window == ONLY_IN_51));
        let own = good.verifier.site();
        let site = Site::new(own.scene(), region, own.relying_party()).unwrap();
        let found = good.check_by(&good.verifier.at(site), &good.text, good.case.now());
        let expected = if region.to_string().starts_with("51") { Ok(()) } else { Err("scope.region") };
        prop_assert_eq!(found.map(|_| ()).map_err(|refusal| refusal.code().as_str()), expected);
    }

    #[test]
    fn only_a_fresh_spend_in_time_opens_the_claims(
        good in good(),
        spend in select(&SPENDS[..]),
        later in prop_oneof![0..350_u64, any::<u64>()],
    ) {
        let code = good.check(&good.text).unwrap();
        let exp = code.nonce().expires_at();
        let now = UnixTime::from_secs(good.case.now().as_secs().saturating_add(later));
        let found = code.admit(spend, now).map(|_| ()).map_err(|refusal| refusal.code().as_str());
        let expected = match spend {
            _ if now >= exp => Err("freshness.expired"),
            Spend::Fresh => Ok(()),
            Spend::Failed => Err("nonce.ledger_failed"),
            Spend::BeforeLedger => Err("nonce.before_ledger"),
            Spend::ClockBehind => Err("clock.behind"),
            Spend::Spent => Err("nonce.spent"),
            Spend::Full => Err("nonce.ledger_full"),
        };
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_nonce_is_judged_by_beginning_and_own_time(
        good in good(),
        max_skew in prop_oneof![0..200_u64, any::<u64>()],
        began in prop_oneof![-2..=2_i128, -500..500_i128, any::<u64>().prop_map(i128::from)],
        own in prop_oneof![-2..=2_i128, -500..500_i128, any::<u64>().prop_map(i128::from)],
    ) {
        let verifier = good.with_policy(|policy| policy.max_skew = max_skew);
        let code = good.check_by(&verifier, &good.text, good.case.now()).unwrap();
        let nonce = code.nonce();
        let (iat, exp) = (i128::from(nonce.issued_at().as_secs()), i128::from(nonce.expires_at().as_secs()));
        // Small numbers are spans from the code's own times, on either side.
        let began = if began < 500 { iat - i128::from(max_skew) + began } else { began };
        let own = if own < 500 { exp + own } else { own };
        let [began, own] = [began, own].map(|time| u64::try_from(time.max(0)).unwrap());
        let latest = i128::from(began.saturating_add(max_skew));
        let expected = if iat <= latest {
            Err(Spend::BeforeLedger)
        } else if exp <= i128::from(own) {
            Err(Spend::ClockBehind)
        } else {
            Ok(())
        };
        prop_assert_eq!(nonce.judge(UnixTime::from_secs(began), UnixTime::from_secs(own)), expected);
    }

    #[test]
    fn a_booking_matches_if_it_is_the_same(
        good in good(),
        name: String,
        number: String,
        before in " {0,3}",
        after in "\\s{0,3}",
    ) {
        let guest = good.case.answer().unwrap();
        let identity = guest.identity().unwrap();
        let (own_name, own_number) = (identity.name().reveal(), identity.number().reveal());
        prop_assume!(name.trim() != own_name && number.trim() != own_number);
        let pad = |text: &str| format!("{before}{text}{after}");
        prop_assert_eq!(identity.matches(&pad(own_name), &pad(own_number)), Match::Both);
        prop_assert_eq!(identity.matches(&pad(own_name), &number), Match::NameOnly);
        prop_assert_eq!(identity.matches(&name, &pad(own_number)), Match::NumberOnly);
        prop_assert_eq!(identity.matches(&name, &number), Match::Neither);
    }
}
