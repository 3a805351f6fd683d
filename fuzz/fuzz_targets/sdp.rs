//! Offers, as a page sends them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::sdp(bytes));
