//! A whole worker: raw datagrams, sealed packets, checks, handshakes, control and time in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tring_relay::fuzzing::datagram(bytes));
