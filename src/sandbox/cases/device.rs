//! Step 6: the phone's key and signature (FORMAT.md, KBT; What a verifier checks, Details).

use super::{Case, bytes};
use crate::sandbox::{cbor::Cbor, key::Key, label, phone::Phone, world::World};

pub(super) const CASES: &[Case] = &[
    ("device-key-extra", "device.key", "an algorithm inside the key", |w| {
        w.showing.credential.cose_key = |key| key.put(3, label::ED25519);
    }),
    ("device-key-missing", "device.key", "a key without x", |w| {
        w.showing.credential.cose_key = |key| key.remove(-2);
    }),
    ("device-key-type", "device.key", "a key of an unknown type", |w| {
        w.showing.credential.cose_key = |key| key.put(1, 3);
    }),
    ("device-key-curve", "device.key", "a key on Ed448", |w| {
        w.showing.credential.cose_key = |key| key.put(-1, 7);
    }),
    ("device-key-size", "device.key", "x of 31 bytes", |w| {
        w.showing.credential.cose_key = |key| key.within(-2, |x| bytes(x, |x| x.truncate(31)));
    }),
    ("device-key-private", "device.key", "the private key beside the public one", |w| {
        w.showing.credential.cose_key = |key| key.put(-4, [1; 32]);
    }),
    ("device-key-algorithm", "device.key", "ESP256 in the header, an Ed25519 key in cnf", |w| {
        w.showing.binding.tampering.protected = |header| header.put(label::ALG, label::ESP256);
    }),
    ("device-key-algorithm-p256", "device.key", "Ed25519 in the header, a P-256 key in cnf", |w| {
        p256(w);
        w.showing.binding.tampering.protected = |header| header.put(label::ALG, label::ED25519);
    }),
    ("device-key-no-point", "device.key", "an Ed25519 key that is no point", |w| {
        w.showing.credential.cose_key = |key| key.put(-2, NO_POINT);
    }),
    ("device-key-non-canonical", "device.key", "y of an Ed25519 key above the prime", |w| {
        w.showing.credential.cose_key = |key| key.put(-2, NON_CANONICAL);
    }),
    ("device-key-off-the-curve", "device.key", "a P-256 point that is not on the curve", |w| {
        p256(w);
        w.showing.credential.cose_key = |key| key.within(-3, |y| bytes(y, |y| flip_last_bit(y)));
    }),
    ("device-key-no-y", "device.key", "an x for which P-256 has no y", |w| {
        w.showing.enrol(Phone::P256Compressed(Key::named("phone of P-256")));
        w.showing.credential.cose_key = |key| key.put(-2, P256_NO_POINT);
    }),
    ("device-key-above-prime", "device.key", "a P-256 x above the prime", |w| {
        w.showing.enrol(Phone::P256Compressed(Key::named("phone of P-256")));
        w.showing.credential.cose_key = |key| key.put(-2, [0xff; 32]);
    }),
    ("device-key-y-missing", "device.key", "a P-256 key without y", |w| {
        p256(w);
        w.showing.credential.cose_key = |key| key.remove(-3);
    }),
    ("device-signature-thief", "device.signature", "another phone signs", |w| {
        w.showing.binding.phone = Phone::Ed25519(Key::named("thief"));
    }),
    ("device-signature-thief-p256", "device.signature", "another phone of P-256 signs", |w| {
        p256(w);
        w.showing.binding.phone = Phone::P256(Key::named("thief"));
    }),
    ("device-signature-other-y", "device.signature", "the other of the two points of x", |w| {
        w.showing.enrol(Phone::P256Compressed(Key::named("phone of P-256")));
        w.showing.credential.cose_key = |key| {
            key.within(-3, |y| {
                if let Cbor::Bool(odd) = y {
                    *odd = !*odd;
                }
            });
        };
    }),
    ("device-signature-flipped-bit", "device.signature", "a bit of the signature is flipped", |w| {
        w.showing.binding.tampering.flipped_bit = Some(7);
    }),
    ("device-signature-small-order", "device.signature", "a key that any message fits", |w| {
        w.showing.credential.cose_key = |key| key.put(-2, SMALL_ORDER);
        // R = the neutral point and s = 0 satisfy the equation, whatever was signed.
        w.showing.binding.tampering.signature = |signature| {
            signature.fill(0);
            signature.iter_mut().take(1).for_each(|byte| *byte = 1);
        };
    }),
    ("device-key-small-order-algorithm", "device.key", "a key that any message fits, under ESP256", |w| {
        w.showing.credential.cose_key = |key| key.put(-2, SMALL_ORDER);
        w.showing.binding.tampering.protected = |header| header.put(label::ALG, label::ESP256);
    }),
    ("device-signature-malleable", "device.signature", "s and the group's order added up", |w| {
        w.showing.binding.tampering.signature = |signature| add_group_order(signature);
    }),
    ("device-signature-zero-r", "device.signature", "r of a P-256 signature is 0", |w| {
        p256(w);
        w.showing.binding.tampering.signature =
            |signature| signature.iter_mut().take(32).for_each(|byte| *byte = 0);
    }),
    ("device-signature-zero-s", "device.signature", "s of a P-256 signature is 0", |w| {
        p256(w);
        w.showing.binding.tampering.signature =
            |signature| signature.iter_mut().skip(32).for_each(|byte| *byte = 0);
    }),
    ("device-key-protection-software", "device.key_protection", "the phone keeps its key in software", |w| {
        w.showing.credential.key_protection = Some(1);
    }),
    ("device-key-protection-unknown", "device.key_protection", "nobody says where the key is", |w| {
        w.showing.credential.key_protection = None;
    }),
    ("device-key-protection-element", "device.key_protection", "a secure element is asked for", |w| {
        w.policy.key_protection = 3;
    }),
    ("ok-device-software-allowed", "ok", "a key in software, where any will do", |w| {
        w.policy.key_protection = 0;
        w.showing.credential.key_protection = None;
    }),
    ("ok-device-secure-element", "ok", "a key in a secure element", |w| {
        w.showing.credential.key_protection = Some(3);
    }),
];

/// The neutral point.
const SMALL_ORDER: [u8; 32] = {
    let mut y = [0; 32];
    y[0] = 1;
    y
};

/// y = 2 is on no point of the curve.
const NO_POINT: [u8; 32] = {
    let mut y = [0; 32];
    y[0] = 2;
    y
};

/// y = p + 3, which is a point of full order when it is read as 3.
const NON_CANONICAL: [u8; 32] = {
    let mut y = [0xff; 32];
    y[0] = 0xf0;
    y[31] = 0x7f;
    y
};

/// x = 1 is on no point of P-256.
const P256_NO_POINT: [u8; 32] = {
    let mut x = [0; 32];
    x[31] = 1;
    x
};

/// The order of the group of Ed25519, least significant byte first.
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn p256(w: &mut World) {
    w.showing.enrol(Phone::P256(Key::named("phone of P-256")));
}

fn flip_last_bit(bytes: &mut [u8]) {
    bytes.iter_mut().rev().take(1).for_each(|byte| *byte ^= 1);
}

fn add_group_order(signature: &mut [u8]) {
    let mut carry = 0;
    for (byte, order) in signature.iter_mut().skip(32).zip(GROUP_ORDER) {
        let [low, high] = (u16::from(*byte) + u16::from(order) + carry).to_le_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
}
