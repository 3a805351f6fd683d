//! A phone as a program has it: it signs in, calls, answers, hears and speaks.
//!
//! The core does no I/O and reads no clock: it is told what happened and when, and says what to do. A feature brings the
//! rest: `driver` sockets, `audio` the sound card, `files` speech from and to files.
//!
//! | module | decides |
//! |---|---|
//! | [`audio`] | how sound gets in and out: frames of 10 ms |
//! | [`peer`] | one WebRTC connection to the relay: what is offered, over which addresses |
//! | [`signalling`] | who signs in, rings and is answered; session and calls over their sockets |
//! | [`voice`] | Opus both ways, what a network spoils made whole again, how much is sent |
#![forbid(unsafe_code)]

pub mod audio;
pub mod peer;
pub mod signalling;
pub mod voice;
