//! How each rule is tried. Where the clock is an engine's it goes on meanwhile: an answer counts only if the second did not
//! change, or if it must be the same on both sides of the change.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::sync::Barrier;
use std::thread;

use super::{Outcome, Rule, Subject};
use crate::UnixTime;
use crate::ledger::{Nonce, NonceLedger, Spend};

/// How long a code of the tests lives, unless it is to run out.
const LIFE: u64 = 300;

/// `Ok(false)`: it cannot be tried.
type Tried = Result<bool, String>;

pub(super) fn outcome(rule: Rule, subject: &impl Subject) -> Outcome {
    let bed = Bed { subject, desk: subject.desk(), other: subject.desk() };
    let tried = match rule {
        Rule::SpentOnce => bed.spent_once(),
        Rule::CodesApart => bed.codes_apart(),
        Rule::BeforeBeginning => bed.before_beginning(),
        Rule::ClockBehind => bed.clock_behind(),
        Rule::KeptToTheEnd => bed.kept_to_the_end(),
        Rule::NeverBack => bed.never_back(),
        Rule::Order => bed.order(),
        Rule::RefusedLeavesNothing => bed.refused_leaves_nothing(),
        Rule::OneAct => bed.one_act(),
        Rule::FullRefuses => bed.full_refuses(),
        Rule::LostBeginsAnew => bed.lost_begins_anew(),
        Rule::FailsClosed => bed.fails_closed(),
    };
    match tried {
        Ok(true) => Outcome::Holds,
        Ok(false) => Outcome::NotTried,
        Err(seen) => Outcome::Broken(seen),
    }
}

/// A ledger and two desks.
struct Bed<'s, S> {
    subject: &'s S,
    desk: Box<dyn NonceLedger + Send + 's>,
    other: Box<dyn NonceLedger + Send + 's>,
}

impl<S: Subject> Bed<'_, S> {
    fn spent_once(&self) -> Tried {
        let code = self.code(1);
        expect("a new code", self.spend(code), Spend::Fresh)?;
        expect("the same code again", self.spend(code), Spend::Spent)?;
        expect("the same code at another desk", self.spend_at_other(code), Spend::Spent)?;
        for expires_at in [code.expires_at.as_secs() + 1, code.expires_at.as_secs() - 1] {
            let code = Nonce { expires_at: UnixTime::from_secs(expires_at), ..code };
            expect("the same key with another expiry", self.spend(code), Spend::Spent)?;
        }
        let code = Nonce { issued_at: code.issued_at.plus(1), ..code };
        expect("the same key, made a second later", self.spend_at_other(code), Spend::Spent)?;
        // A ledger need not count so far; but a sum that goes round is past, and what is past is not kept.
        for (key, expires_at) in (2..).zip([u64::MAX, u64::MAX - LIFE, u64::MAX / 1000 + 1, 1 << 63, 1 << 53])
        {
            let code = self.until(key, UnixTime::from_secs(expires_at));
            let answers = [self.spend(code), self.spend_at_other(code)];
            if answers.get(1) == Some(&Spend::Fresh) {
                return Err(format!("a code that runs out at {expires_at}, twice: {answers:?}"));
            }
        }
        Ok(true)
    }

    fn codes_apart(&self) -> Tried {
        // Bytes that are no text, a letter and its other case, and what is cut off or filled up at the end of a text.
        let (bytes, bits) = ([0xa5, b'A', b' ', 0], [1, 0x20, 0x20, 0x20]);
        let mut first = self.code(0);
        first.key.iter_mut().zip(bytes.into_iter().cycle()).for_each(|(byte, of_text)| *byte = of_text);
        let mut codes = Vec::from([first]);
        for (place, bit) in (0..first.key.len()).zip(bits.into_iter().cycle()) {
            let mut code = first;
            code.key.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= bit);
            codes.push(code);
        }
        for code in &codes {
            expect("a key that differs from another in one bit", self.spend(*code), Spend::Fresh)?;
        }
        for code in &codes {
            expect("each of them again", self.spend_at_other(*code), Spend::Spent)?;
        }
        Ok(true)
    }

    fn before_beginning(&self) -> Tried {
        let beginning = self.subject.beginning();
        for (skew, key) in [(0, 10), (60, 20)] {
            let made = |seconds: u64, key| Nonce {
                issued_at: UnixTime::from_secs(
                    beginning.as_secs().saturating_add(skew).saturating_add(seconds),
                ),
                skew,
                ..self.code(key)
            };
            expect("iat = beginning + skew", self.spend(made(0, key)), Spend::BeforeLedger)?;
            let earlier = Nonce { issued_at: beginning, ..made(0, key) };
            expect("iat = beginning", self.spend(earlier), Spend::BeforeLedger)?;
            expect("iat = beginning + skew + 1", self.spend(made(1, key + 1)), Spend::Fresh)?;
        }
        let endless = Nonce { issued_at: UnixTime::from_secs(u64::MAX), skew: u64::MAX, ..self.code(30) };
        expect("a sum beyond 2^64", self.spend(endless), Spend::BeforeLedger)?;
        Ok(true)
    }

    fn clock_behind(&self) -> Tried {
        let now = self.subject.now();
        expect("exp = own time", self.spend(self.until(1, now)), Spend::ClockBehind)?;
        let earlier = UnixTime::from_secs(now.as_secs().saturating_sub(1));
        expect("exp = own time - 1", self.spend(self.until(2, earlier)), Spend::ClockBehind)?;
        // A second may end between reading the clock and spending: then another is tried.
        for key in 10..30 {
            let expires_at = self.subject.now().plus(1);
            let answer = self.spend(self.until(key, expires_at));
            if self.subject.now() < expires_at {
                expect("exp = own time + 1", answer, Spend::Fresh)?;
                return Ok(true);
            }
        }
        Err("the clock never stood still for one spend".into())
    }

    fn kept_to_the_end(&self) -> Tried {
        let start = self.subject.now();
        let (short, long) = (self.until(1, start.plus(3)), self.code(2));
        for code in [short, long] {
            expect("a new code", self.spend(code), Spend::Fresh)?;
        }
        for second in 1..3 {
            self.subject.wait_until(start.plus(second));
            let answer = self.spend(short);
            if self.subject.now() < short.expires_at || answer != Spend::ClockBehind {
                expect("again, in its last seconds", answer, Spend::Spent)?;
            }
        }
        for second in 3..5 {
            self.subject.wait_until(start.plus(second));
            expect("again, after its expiry", self.spend(short), Spend::ClockBehind)?;
            expect("another, which is valid still", self.spend_at_other(long), Spend::Spent)?;
        }
        if self.subject.leaps() {
            self.subject.wait_until(UnixTime::from_secs(long.expires_at.as_secs() - 1));
            expect("that one in its last second", self.spend(long), Spend::Spent)?;
        }
        Ok(true)
    }

    fn never_back(&self) -> Tried {
        let start = self.subject.now();
        let (short, long) = (self.until(1, start.plus(3)), self.code(2));
        for code in [short, long] {
            expect("a new code", self.spend(code), Spend::Fresh)?;
        }
        let before = Nonce { issued_at: self.subject.beginning(), ..self.code(3) };
        let late = self.until(4, start.plus(3));
        let refused = [
            ("a code from before", before, Spend::BeforeLedger),
            ("a spent code", long, Spend::Spent),
            ("a late code", late, Spend::ClockBehind),
        ];
        // The only spend at each of these times is a refused one.
        for (second, (what, code, answer)) in (3..).zip(refused) {
            let moment = start.plus(second);
            self.subject.wait_until(moment);
            expect(what, self.spend(code), answer)?;
            for code in [short, self.until(10, moment)] {
                let answer = self.other.spend(&code, start);
                let what = format!("after {what}, one that had run out, by a clock set back");
                expect(&what, answer, Spend::ClockBehind)?;
            }
        }
        Ok(true)
    }

    fn order(&self) -> Tried {
        let now = self.subject.now();
        let before = |code: Nonce| Nonce { issued_at: self.subject.beginning(), ..code };
        let late = |code: Nonce| Nonce { expires_at: now, ..code };
        let spent = self.code(1);
        expect("a new code", self.spend(spent), Spend::Fresh)?;
        expect("from before, and late", self.spend(late(before(self.code(2)))), Spend::BeforeLedger)?;
        expect("from before, late and spent", self.spend(late(before(spent))), Spend::BeforeLedger)?;
        expect("from before, and spent", self.spend(before(spent)), Spend::BeforeLedger)?;
        expect("late, and spent", self.spend(late(spent)), Spend::ClockBehind)?;
        if let Some(capacity) = self.subject.capacity() {
            for key in 1..capacity {
                expect("a new code", self.spend(self.code(100 + key)), Spend::Fresh)?;
            }
            expect("from before, at a full ledger", self.spend(before(self.code(3))), Spend::BeforeLedger)?;
            expect("late, at a full ledger", self.spend(late(self.code(3))), Spend::ClockBehind)?;
            expect("spent, at a full ledger", self.spend(spent), Spend::Spent)?;
        }
        Ok(true)
    }

    fn refused_leaves_nothing(&self) -> Tried {
        let code = self.code(1);
        let before = Nonce { issued_at: self.subject.beginning(), ..code };
        expect("a code from before", self.spend(before), Spend::BeforeLedger)?;
        expect("its key in a right code", self.spend(code), Spend::Fresh)?;
        let late = self.until(2, self.subject.now());
        expect("a late code", self.spend(late), Spend::ClockBehind)?;
        expect("its key in a right code", self.spend(self.code(2)), Spend::Fresh)?;
        Ok(true)
    }

    /// All desks wait for each other before every code.
    fn one_act(&self) -> Tried {
        const DESKS: usize = 4;
        const CODES: usize = 100;
        let codes = self.subject.capacity().map_or(CODES, |capacity| capacity.min(CODES));
        let codes: Vec<Nonce> = (0..codes).map(|key| self.code(key)).collect();
        let (subject, start) = (self.subject, Barrier::new(DESKS));
        let desk = || {
            let desk = subject.desk();
            let spend = |code| {
                start.wait();
                desk.spend(code, subject.now())
            };
            codes.iter().map(spend).collect::<Vec<_>>()
        };
        let answers: Option<Vec<Vec<Spend>>> = thread::scope(|scope| {
            let desks: Vec<_> = (0..DESKS).map(|_| scope.spawn(desk)).collect();
            desks.into_iter().map(|desk| desk.join().ok()).collect()
        });
        let answers = answers.ok_or("a desk panicked")?;
        for code in 0..codes.len() {
            let of = |spend| answers.iter().filter(|desk| desk.get(code) == Some(&spend)).count();
            let (fresh, spent) = (of(Spend::Fresh), of(Spend::Spent));
            if (fresh, spent) != (1, DESKS - 1) {
                return Err(format!("of {DESKS} desks at once {fresh} got Fresh and {spent} Spent"));
            }
        }
        Ok(true)
    }

    fn full_refuses(&self) -> Tried {
        let Some(capacity) = self.subject.capacity() else {
            return Ok(false);
        };
        let start = self.subject.now();
        let short = self.until(0, start.plus(3));
        expect("a new code", self.spend(short), Spend::Fresh)?;
        for key in 1..capacity {
            expect("a new code", self.spend(self.code(key)), Spend::Fresh)?;
        }
        let one_more = self.code(capacity);
        expect("one more than it holds", self.spend(one_more), Spend::Full)?;
        for key in 1..capacity {
            expect("one that it holds", self.spend_at_other(self.code(key)), Spend::Spent)?;
        }
        self.subject.wait_until(short.expires_at);
        expect("one more, when another has run out", self.spend(one_more), Spend::Fresh)?;
        Ok(true)
    }

    fn lost_begins_anew(&self) -> Tried {
        const SKEW: u64 = 60;
        // Codes of the present must count, so the beginning must be past.
        self.subject.wait_until(self.subject.beginning().plus(1));
        let now = self.subject.now();
        // Of a phone whose clock runs ahead, as far as a desk lets it.
        let ahead = |key| Nonce { issued_at: now.plus(SKEW), skew: SKEW, ..self.code(key) };
        expect("a new code", self.spend(ahead(1)), Spend::Fresh)?;
        if !self.subject.loses_everything() {
            return Ok(false);
        }
        for code in [ahead(1), ahead(2)] {
            expect("a code from before the loss", self.spend(code), Spend::BeforeLedger)?;
            expect("the same at another desk", self.spend_at_other(code), Spend::BeforeLedger)?;
        }
        if self.subject.beginning() < now {
            return Err("the beginning lies before the loss".into());
        }
        expect("a code made after the new beginning", self.spend(self.code(3)), Spend::Fresh)?;
        expect("the same at another desk", self.spend_at_other(self.code(3)), Spend::Spent)?;
        Ok(true)
    }

    fn fails_closed(&self) -> Tried {
        let codes = [self.code(1), self.code(2)];
        expect("a new code", self.spend(self.code(1)), Spend::Fresh)?;
        if !self.subject.breaks() {
            return Ok(false);
        }
        let now = self.subject.now();
        for code in codes {
            expect("a code at a ledger that is down", self.desk.spend(&code, now), Spend::Failed)?;
            expect("the same at another desk", self.other.spend(&code, now), Spend::Failed)?;
        }
        Ok(true)
    }

    fn spend(&self, code: Nonce) -> Spend {
        self.desk.spend(&code, self.subject.now())
    }

    fn spend_at_other(&self, code: Nonce) -> Spend {
        self.other.spend(&code, self.subject.now())
    }

    /// A code that only a replay can have refused: made after the beginning, ten seconds ago if that can be.
    fn code(&self, key: usize) -> Nonce {
        self.until(key, self.subject.now().plus(LIFE))
    }

    fn until(&self, key: usize, expires_at: UnixTime) -> Nonce {
        let ten_seconds_ago = UnixTime::from_secs(self.subject.now().as_secs().saturating_sub(10));
        let issued_at = self.subject.beginning().plus(1).max(ten_seconds_ago);
        let mut bytes = [0xa5; 32];
        bytes.iter_mut().zip(key.to_be_bytes()).for_each(|(byte, of_key)| *byte = of_key);
        Nonce { key: bytes, issued_at, expires_at, skew: 0 }
    }
}

fn expect(what: &str, found: Spend, right: Spend) -> Result<(), String> {
    if found == right { Ok(()) } else { Err(format!("{what}: {found:?}, and {right:?} is right")) }
}
