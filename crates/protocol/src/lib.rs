//! What two processes of Tring must agree on: ids and their rules, messages, the error catalogue, call states and
//! limits. No I/O, no clock, no randomness: everything here is data and the rules that data must meet.
#![forbid(unsafe_code)]

pub mod ids;
pub mod time;
