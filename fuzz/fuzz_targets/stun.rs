//! STUN messages, as they come from anybody.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::stun(bytes));
