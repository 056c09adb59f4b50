//! The targets without a fuzzer: every seed, and a few thousand mutations that are the same in every run.

use eid_verifier_fuzz::{TARGETS, seeds};

const MUTATIONS: usize = 10_000;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

fn play(target: &str) {
    let (_, body) = TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
    let inputs: Vec<_> = seeds().into_iter().filter(|seed| seed.target == target).collect();
    assert!(inputs.len() > 30, "{target} has seeds");
    for seed in &inputs {
        println!("{}", seed.name);
        body(&seed.input);
    }
    body(&[]);
    let mut random = Random(1);
    for round in 0..MUTATIONS {
        let mut input = inputs[random.below(inputs.len())].input.clone();
        for _ in 0..=random.below(4) {
            let (at, byte) = (random.below(input.len()), random.byte());
            match random.below(4) {
                0 => input[at] = byte,
                1 => input[at] ^= 1 << (byte % 8),
                2 => input.insert(at, byte),
                _ => input.extend((0..random.below(12)).map(|_| random.byte()).collect::<Vec<_>>()),
            }
        }
        println!("{target} {round}: {input:02x?}");
        body(&input);
    }
}

/// Every target has a test, and every test a target that libFuzzer is built for.
macro_rules! targets {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                play(stringify!($target));
            }
        )*

        #[test]
        fn none_is_left_out() {
            let names = [$(stringify!($target)),*];
            assert_eq!(TARGETS.map(|(name, _)| name), names);
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz_targets");
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            files.sort();
            assert_eq!(files, names);
        }
    };
}

targets! { base45 cbor ledger payload receipt resigned scanner status_list trust_list verify }
