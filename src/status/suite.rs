//! The vectors of draft-ietf-oauth-status-list: every entry of every list, by the draft's own indices.

use super::*;
use serde_json::Value;
use std::format;

fn opened(list: &Value) -> StatusList {
    let list = hex::decode(list.as_str().unwrap()).unwrap();
    let (bits, compressed) = cbor::decode_third_party(&list, read_list).unwrap();
    StatusList {
        iss: "".into(),
        sha256: [0; 32],
        uri: "".into(),
        signer: ([0; 8], [0; 32]),
        issued_at: UnixTime::from_secs(0),
        expires_at: None,
        bits,
        packed: inflate(compressed).unwrap(),
    }
}

fn suite() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suites/status-list/vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_million_entries_of_each_width() {
    let mut entries = 0;
    for (vector, bits) in suite()["vectors"].as_array().unwrap().iter().zip([1, 2, 4, 8]) {
        let list = opened(&vector["cbor_hex"]);
        assert_eq!((u64::from(list.bits), list.len()), (bits, 1 << 20));
        assert_eq!((vector["bits"].as_u64(), vector["size"].as_u64()), (Some(bits), Some(1 << 20)));
        // The draft lists an entry that is 0 among those of 8 bits.
        let mut nonzero = vector["nonzero"].as_object().unwrap().clone();
        nonzero.retain(|_, value| *value != 0);
        let mut found = 0;
        for index in 0..list.len() {
            let value = list.get(index).unwrap();
            if value != 0 {
                assert_eq!(nonzero.get(&format!("{index}")).and_then(Value::as_u64), Some(value.into()));
                found += 1;
            }
            entries += 1;
        }
        assert_eq!(found, nonzero.len());
        assert_eq!((list.get(1 << 20), list.get(u64::MAX)), (None, None));
    }
    assert_eq!(entries, 4 << 20);
}

#[test]
fn the_two_short_lists() {
    let suite = suite();
    let [one_bit, two_bits] = [0, 1].map(|n| opened(&suite["short_examples"][n]["cbor_hex"]));
    let values = |list: &StatusList| -> Vec<u8> { (0..list.len()).map_while(|i| list.get(i)).collect() };
    assert_eq!(values(&one_bit), [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!(values(&two_bits), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
}
