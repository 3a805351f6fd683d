//! The voice: frames of a microphone become payloads of RTP, payloads of RTP become frames for a speaker.
//!
//! Nothing here reads a clock, opens a socket or waits. RTP headers, encryption and reports are the peer's business; what
//! is decided here is how speech is packed, and how it is made whole again after a network lost, delayed and shuffled it.
//!
//! **Call [`Sender::push`] once per 10 ms heard, [`Receiver::play`] once per 10 ms to be played, [`Receiver::insert`]
//! whenever a packet comes, and give the last two the same clock.**
//!
//! | module | decides |
//! |---|---|
//! | `sender` | when a packet is full and what is in it: Opus, its copy of the packet before, silence |
//! | `receiver` | what is heard next: decoded, restored, made up, shortened or drawn out |
//! | `red` | the form of redundant audio (RFC 2198) |
//! | `adaptation` | how much is sent and how well protected, from what the far end reports |
//! | `meter` | how loud it is |
//! | `statistics` | what is counted while listening |
//! | `time` | the clock of this module, and lengths in samples |

mod adaptation;
mod codec;
mod meter;
mod receiver;
pub mod red;
mod sender;
mod statistics;
mod time;

pub use adaptation::{Adaptation, AdaptationSettings, Choice, Heard};
pub use codec::CodecError;
pub use meter::{Level, Meter};
pub use receiver::{Arrived, ReceiveSettings, Receiver};
pub use sender::{Dtx, Encoded, PacketTime, Redundancy, SendSettings, Sender};
pub use statistics::ReceiveStatistics;
pub use time::Micros;

/// How the payload of a packet is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One Opus packet (RFC 7587).
    Opus,
    /// Redundant audio around Opus (RFC 2198).
    Red,
}

#[cfg(test)]
mod tests;
