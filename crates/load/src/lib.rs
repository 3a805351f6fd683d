//! Light peers: many calls, signalling and media, from few threads.
//!
//! [`peer`] signs devices in and places calls over WebSockets as an SDK does; [`legs`] has the audio of all of them in
//! one thread, each leg with a socket, connectivity checks, DTLS handshake and SRTP keys of its own. They are no
//! clients for people: nobody hears what arrives, it is opened, counted and timed. Whoever uses them decides which
//! calls there are, when, and what is made of the figures.

pub mod legs;
pub mod peer;
pub mod process;
