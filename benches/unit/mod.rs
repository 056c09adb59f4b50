//! The unit: one raw `verify_strict` of ed25519-dalek, of 500 bytes with a parsed key, as the mean over sixteen keys and
//! messages: one signature takes some per cent longer than another, by the digits of its scalars.
//!
//! Criterion measures one thing after another, and a machine with other work on it is not the same a second later. So what
//! is measured here takes turns with the unit, in slices of less than a millisecond, and the quickest slice of each counts:
//! what comes out is a ratio from one moment. Where the stack happens to lie moves a measurement by some per cent too, so
//! that the slices run at different depths of it.

#![allow(dead_code, unreachable_pub, reason = "each bench uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a bench fails by panicking"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Bencher, Criterion, Throughput};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// How long a slice lasts, at least.
const SLICE: Duration = Duration::from_micros(250);

/// Depths of the stack at which a measurement is taken: together about a page.
const DEPTHS: usize = 16;

/// Keys, messages and signatures to take turns with.
pub struct Raw(Vec<(VerifyingKey, [u8; 500], Signature)>);

impl Raw {
    pub fn new() -> Self {
        let one = |number| {
            let (signing, message) = (SigningKey::from_bytes(&[number; 32]), [number; 500]);
            (signing.verifying_key(), message, signing.sign(&message))
        };
        Self((1..=16).map(one).collect())
    }

    /// How many there are: the mean is over all of them.
    pub fn turns(&self) -> usize {
        self.0.len()
    }

    pub fn verify(&self, turn: usize) {
        let (key, message, signature) = &self.0[turn % self.0.len()];
        black_box(key).verify_strict(black_box(message), black_box(signature)).unwrap();
    }
}

/// Measures ratios: without an own name for them, in raw `verify_strict`s.
pub struct Units(pub &'static str);

impl Units {
    /// The unit of most.
    pub const RAW: Self = Self("raw verify_strict");

    /// A bench that measures in them: so many samples in so many milliseconds, half of which the unit takes.
    pub fn criterion(self, samples: usize, milliseconds: u64) -> Criterion<Self> {
        Criterion::default()
            .with_measurement(self)
            .sample_size(samples)
            .nresamples(2000)
            .warm_up_time(Duration::from_millis(milliseconds / 4))
            .measurement_time(Duration::from_millis(milliseconds))
            .without_plots()
    }

    /// Runs `run` beside the unit. It is told its turn, and the mean is over `turns` of them.
    pub fn of<T>(bencher: &mut Bencher<'_, Self>, turns: usize, mut run: impl FnMut(usize) -> T) {
        Self::measure(bencher, turns, |count| timed(count, &mut run));
    }

    /// The same for what needs preparation: `routine` is told how many turns to take, and gives the time that took.
    pub fn measure(
        bencher: &mut Bencher<'_, Self>,
        turns: usize,
        mut routine: impl FnMut(usize) -> Duration,
    ) {
        let raw = Raw::new();
        let mut unit = |count| timed(count, |turn| raw.verify(turn));
        let (of_routine, of_unit) = (a_slice_of(&mut routine, turns), a_slice_of(&mut unit, raw.turns()));
        bencher.iter_custom(|count| {
            let count = usize::try_from(count).unwrap();
            let (mut own, mut units) = (f64::MAX, f64::MAX);
            for depth in (0..DEPTHS).cycle().take(count.div_ceil(of_routine)) {
                own = own.min(at_depth(depth, &mut || each(&mut routine, of_routine)));
                units = units.min(at_depth(depth, &mut || each(&mut unit, of_unit)));
            }
            count as f64 * own / units
        });
    }
}

/// The time of so many turns.
pub fn timed<T>(turns: usize, mut run: impl FnMut(usize) -> T) -> Duration {
    let start = Instant::now();
    for turn in 0..turns {
        black_box(run(turn));
    }
    start.elapsed()
}

fn each(routine: &mut impl FnMut(usize) -> Duration, turns: usize) -> f64 {
    routine(turns).as_secs_f64() / turns as f64
}

/// How many turns a slice takes: a multiple of `turns`, so that each has its share.
fn a_slice_of(routine: &mut impl FnMut(usize) -> Duration, turns: usize) -> usize {
    let mut rounds = 1;
    while routine(rounds * turns) < SLICE {
        rounds *= 2;
    }
    rounds * turns
}

#[inline(never)]
fn at_depth<T>(depth: usize, run: &mut dyn FnMut() -> T) -> T {
    let step = black_box([0_u8; 176]);
    let value = if depth == 0 { run() } else { at_depth(depth - 1, run) };
    black_box(&step);
    value
}

impl Measurement for Units {
    type Intermediate = ();
    type Value = f64;

    fn start(&self) {}

    fn end(&self, (): ()) -> f64 {
        unreachable!("Units::measure takes the time itself")
    }

    fn add(&self, a: &f64, b: &f64) -> f64 {
        a + b
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Units {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        self.0
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        self.0
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        self.0
    }
}
