//! A phone as a program has it: it signs in, calls, answers, hears and speaks.
//!
//! The core does no I/O and reads no clock: it is told what happened and when, and says what to do. A feature brings the
//! rest: `driver` sockets, `audio` the sound card, `files` speech from and to files. `tls` alone is for other clients of the same
//! servers.
//!
//! | module | decides |
//! |---|---|
//! | [`audio`] | how sound gets in and out: frames of 10 ms |
//! | `driver` | with the feature of its name: sockets, timers and the API of a program that calls |
//! | [`engine`] | the sound of all calls: which peer is in use, what is sent and heard, how it sounds |
//! | `files` | with the feature of its name: speech from and to files |
//! | [`peer`] | one WebRTC connection to the relay: what is offered, over which addresses |
//! | [`signalling`] | who signs in, rings and is answered; session and calls over their sockets |
//! | `sound_card` | with the feature `audio`: microphone and speaker of this machine, without echo and noise |
//! | `tls` | with the feature of its name: whom a server's certificate is checked against |
//! | [`voice`] | Opus both ways, what a network spoils made whole again, how much is sent |
#![forbid(unsafe_code)]

pub mod audio;
#[cfg(feature = "driver")]
pub mod driver;
pub mod engine;
#[cfg(feature = "files")]
pub mod files;
pub mod peer;
pub mod signalling;
#[cfg(feature = "audio")]
pub mod sound_card;
#[cfg(feature = "tls")]
pub mod tls;
pub mod voice;
