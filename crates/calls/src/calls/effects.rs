//! What the machine wants done.

use std::collections::VecDeque;

use tring_protocol::call::{CallEvent, CallRecord};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::{CallId, DeviceAddress, LegId, UserAddress};
use tring_protocol::signal::ServerMessage;
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use crate::bus::{ToCalls, ToSessions};

/// What the shell shall do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Publish under the message's topic.
    ToSessions(ToSessions),
    /// Publish under the message's topic: to another call's home, which may be this node.
    ToCalls(ToCalls),
    /// Claim a user's slot for a call, by compare-and-swap. Answered by [`super::Input::Claimed`].
    Claim {
        /// For which call.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
        /// With whom the user will be in the call.
        with: UserAddress,
    },
    /// Free a user's slot if this call holds it.
    Release {
        /// Which call.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
    },
    /// Hand a leg's SDP offer to the relay, which opens, replaces or restarts the leg's connection. Each is answered by
    /// one [`super::Input::RelayAnswer`], even if the leg was closed meanwhile.
    OpenRelay {
        /// Which leg.
        leg: LegId,
        /// The offer.
        offer: Sdp,
    },
    /// Pass audio between two open legs. Repeated when one of them was opened again.
    Bridge {
        /// The caller's.
        a: LegId,
        /// The callee's.
        b: LegId,
    },
    /// Pass no audio between two legs until they are bridged again: one side holds the call.
    Unbridge {
        /// The caller's.
        a: LegId,
        /// The callee's.
        b: LegId,
    },
    /// Send a leg's audio back to it, from the moment it is open.
    Echo {
        /// Which leg; of a network check, so the only one of its call.
        leg: LegId,
    },
    /// Close a leg's connection, or the one that is being opened.
    CloseRelay {
        /// Which leg.
        leg: LegId,
    },
    /// Hand in [`super::Input::Tick`] no later than this; replaces the former timer. It may turn out to be for nothing, when
    /// the call that it was meant for has ended.
    Timer(Timestamp),
    /// Append to the call's events. On disk before any frame of the round is sent.
    Log(CallEvent),
    /// How a leg sounded since its sample before. May be lost: nothing depends on it, and nobody waits for it.
    Sample(CallId, QualitySample),
    /// The call has ended: write its record, and what follows from it, in one transaction.
    Finish(Box<CallRecord>),
}

/// The effects of the input at hand.
#[derive(Debug, Default)]
pub(super) struct Effects(pub(super) VecDeque<Effect>);

impl Effects {
    pub(super) fn push(&mut self, effect: Effect) {
        self.0.push_back(effect);
    }

    pub(super) fn deliver(&mut self, to: &DeviceAddress, message: ServerMessage) {
        self.push(Effect::ToSessions(ToSessions::Deliver { to: to.clone(), message }));
    }
}
