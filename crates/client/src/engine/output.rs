//! What comes out of the engine.

use tring_protocol::ids::CallId;
use tring_protocol::signal::LegReport;

use super::quality::CallQuality;
use crate::peer::Transmit;
use crate::peer::turn::Wanted;

/// Names a peer, and with it the sockets that were opened for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub(super) u64);

/// How loud it is, 0 to 1 each.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// What the microphone hears, whether or not it is sent.
    pub microphone: f32,
    /// What is played.
    pub speaker: f32,
}

/// What is to be done, or told.
#[derive(Debug)]
pub enum Output {
    /// A socket of this peer sends this.
    Transmit(PeerId, Transmit),
    /// A connection of this peer to a TURN server is to be opened, written to or closed.
    Turn(PeerId, Wanted),
    /// The sockets of this peer are not needed any more.
    Closed(PeerId),
    /// For the machine: the newest peer of the call has an offer.
    Offer {
        /// Which call.
        call_id: CallId,
        /// The offer.
        sdp: String,
    },
    /// For the machine: nothing arrives on the call's newest peer any more, or it cannot be made.
    MediaLost(CallId),
    /// For the machine: a peer of the call works.
    MediaBack(CallId),
    /// For the server, once in [`REPORT_EVERY`](tring_protocol::limits::REPORT_EVERY).
    Report(CallId, LegReport),
    /// The same for the app.
    Quality(CallId, CallQuality),
}
