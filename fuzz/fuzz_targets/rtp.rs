//! RTP packets after their tag was found right: headers, extensions, RED.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::rtp(bytes));
