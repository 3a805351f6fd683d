//! What the machine is told: by sessions and other homes, by the slots, the relay, the business, and the clock.

use tring_protocol::call::{CallEvent, LegQuality};
use tring_protocol::error::WireError;
use tring_protocol::ids::{CallId, LegId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::text::Sdp;

use crate::bus::ToCalls;

/// What happens to the calls.
#[derive(Debug, Clone)]
pub enum Input {
    /// A message of a device's session, or of another call's home.
    Bus(ToCalls),
    /// The answer to [`super::Effect::Claim`].
    Claimed {
        /// The call that claimed.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
        /// Whether it was free.
        claim: Claim,
    },
    /// The relay's answer to [`super::Effect::OpenRelay`], in the order of the offers.
    RelayAnswer {
        /// Whose offer.
        leg: LegId,
        /// The SDP answer, or why there is none.
        answer: Result<Sdp, WireError>,
    },
    /// What the relay noticed of a leg.
    Relay {
        /// Which leg.
        leg: LegId,
        /// What.
        event: RelayEvent,
    },
    /// The business, or the operator, ends a call.
    End {
        /// Which call.
        call: CallId,
        /// Why.
        reason: EndReason,
    },
    /// The node takes no new calls from now on.
    Drain,
    /// The events of a call whose home was lost, as far as they were stored: it ends here as `node_lost`.
    Recover {
        /// All events of one call, in order.
        events: Vec<CallEvent>,
    },
    /// The time that [`super::Effect::Timer`] named has come.
    Tick,
}

/// Whether a slot could be claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It was free, or already this call's.
    Granted,
    /// Another call holds it.
    Taken {
        /// Which one.
        by: CallId,
        /// With whom the user is in it.
        with: UserAddress,
    },
}

/// What the relay notices of a leg. A leg's connection may be replaced by a later offer; that does not change the leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RelayEvent {
    /// The connection is encrypted and ready.
    Keyed,
    /// The first audio packet of the leg was passed on to the other leg of its bridge.
    Heard,
    /// No audio has come from the leg for some seconds: since it was last heard or, for a bridged leg that was never
    /// heard, since the bridge.
    Silent,
    /// Audio comes again after [`RelayEvent::Silent`].
    Back,
    /// The connection goes on from another address: the device's network changed.
    Moved,
    /// The connection failed; a new offer may replace it.
    Failed,
    /// How the leg sounded since the last such event. Windows may be of any length; they are added up.
    Quality(LegQuality),
}
