//! The audio path of Tring: ICE-lite, DTLS-SRTP, forwarding, RTCP, quality.
//!
//! Takes each leg's SDP offer and answers it, shakes hands, and from the moment two legs are bridged passes their
//! audio on: opened with one leg's keys, renumbered, sealed with the other's, in the buffer in which it came.
//! Who may talk to whom, and when a call is over, is for the caller to say; recording and push are not known here.
//!
//! ```no_run
//! use tring_protocol::{ids::{CallId, LegId}, time::Timestamp};
//! use tring_relay::{Relay, RelayConfig, RelayEvent};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (offer_of_caller, offer_of_callee) = ("", "");
//! let (events, inbox) = std::sync::mpsc::channel();
//! let relay = Relay::start(RelayConfig::on(["127.0.0.1:0".parse()?]), move |event| {
//!     let _ = events.send(event); // called on a forwarding thread: hand over, do not work
//! })?;
//!
//! let call = CallId::new(Timestamp::from_millis(0), [7; 10]);
//! let (caller, callee) = (LegId::caller(call), LegId { call, index: 1 });
//! let answer_for_caller = relay.open(caller, offer_of_caller)?; // while it rings …
//! let answer_for_callee = relay.open(callee, offer_of_callee)?; // … both sides connect
//! relay.bridge(caller, callee); // answered: from now on audio may pass
//!
//! while let Ok(event) = inbox.recv() {
//!     match event {
//!         RelayEvent::Heard { leg } => println!("{leg:?} is heard"),
//!         RelayEvent::Silent { .. } => break,
//!         _ => {}
//!     }
//! }
//! relay.close_call(call);
//! # Ok(()) }
//! ```
//!
//! **The same [`Relay::open`] serves a re-offer, an ICE restart and a leg that comes back with a new peer
//! connection**: the new one takes over when it has its keys, and the far side hears one stream throughout.
//!
//! | module | decides |
//! |---|---|
//! | [`worker`] | whose datagram it is, and what becomes of it (sans-IO) |
//! | [`handshake`] | who the peer is, and the keys (sans-IO, beside the forwarding) |
//! | [`stun`], [`rtp`], [`rtcp`], [`srtp`], [`sdp`], [`framing`] | what bytes mean |
//! | `stream`, `forward` | how one leg's numbers become the other's |
//! | `repair` | what a leg is sent again |
//! | `repetition` | who is sent everything twice |
//! | [`quality`] | how good it sounds |
//! | [`prefetch`] | memory, before it is needed |
//! | `relay`, `shell` | threads, sockets, clocks |
#![deny(unsafe_code)]

mod event;
mod forward;
pub mod framing;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod handshake;
pub mod prefetch;
pub mod quality;
mod relay;
mod repair;
mod repetition;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
mod shell;
pub mod srtp;
mod stream;
pub mod stun;
#[cfg(test)]
mod testing;
pub mod worker;

pub use event::{Dropped, FailReason, RelayCounts, RelayEvent, WorkerState};
pub use quality::QualityReport;
pub use relay::{Relay, RelayConfig, RelayError};
pub use sdp::OfferError;

/// How long nothing authentic may come from a leg until it is reported silent; 30 s as RFC 7675 §5.1 lets consent
/// last. Higher: a vanished device is noticed later; lower: a phone in a lift is taken for gone.
pub const SILENT_AFTER: std::time::Duration = std::time::Duration::from_secs(30);
