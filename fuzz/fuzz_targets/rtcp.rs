//! RTCP compounds of a peer that has keys: translated for a leg that hears and one that is heard.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::rtcp(bytes));
