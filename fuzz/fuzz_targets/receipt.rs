#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| eid_verifier_fuzz::receipt(data));
