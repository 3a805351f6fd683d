//! What a TCP connection brings, from whoever opens one.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::framing(bytes));
