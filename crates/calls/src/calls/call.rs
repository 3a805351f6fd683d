//! One call on record, from `placed` to its end. The transitions are in the files beside this one.

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::ids::{CallId, DeviceAddress, LegId, UserAddress};
use tring_protocol::limits::{CALL_EVENTS_MAX, MEDIA_LOST, SESSION_GRACE};
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::CallSettings;
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, ClientMessage, Party, Role, ServerMessage,
};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;

use super::leg::{Leg, Reach, Standing};
use super::{Effect, Effects};
use crate::bus::Present;

/// What the caller passed to be shown.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) context: Context,
    pub(super) remote_context: Option<Context>,
    pub(super) images: CallImages,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) settings: CallSettings,
    pub(super) callee: UserAddress,
    pub(super) words: Words,
    /// The caller's leg first; the callee's follow in the order in which they were offered the call.
    pub(super) legs: Vec<Leg>,
    pub(super) state: CallState,
    pub(super) winner: Option<u8>,
    /// Whether the callee's slot is this call's; a busy callee's is not.
    pub(super) holds_callee: bool,
    pub(super) placed_at: Timestamp,
    pub(super) answered_at: Option<Timestamp>,
    pub(super) ended: Option<End>,
    journal: Journal,
}

/// How the call ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) at: Timestamp,
    pub(super) reason: EndReason,
    pub(super) by: Option<Role>,
}

/// The events so far. Only what the record is made of is kept in memory.
#[derive(Debug, Default)]
struct Journal {
    written: u32,
    kept: Vec<CallEvent>,
}

/// Index of the caller's leg.
pub(super) const CALLER: u8 = 0;

impl Call {
    /// Puts a call on record. Nobody is told yet.
    pub(super) fn new(
        now: Timestamp,
        id: CallId,
        caller: crate::bus::Sender,
        callee: UserAddress,
        words: Words,
        out: &mut Effects,
    ) -> Self {
        let placed = CallEventKind::Placed {
            account: callee.account.clone(),
            caller: caller.attendee.device.user.cuid.clone(),
            device: caller.attendee.device.device.clone(),
            platform: caller.attendee.platform,
            details: caller.attendee.details.clone(),
            callee: callee.cuid.clone(),
            context: words.context.clone(),
        };
        let mut call = Self {
            id,
            settings: caller.settings.clamped(),
            callee,
            words,
            legs: vec![Leg::new(now, Present { attendee: caller.attendee, since: caller.since })],
            state: CallState::Placed,
            winner: None,
            holds_callee: true,
            placed_at: now,
            answered_at: None,
            ended: None,
            journal: Journal::default(),
        };
        call.log(now, placed, out);
        call
    }

    /// A device of the call says something about it.
    pub(super) fn told(
        &mut self,
        now: Timestamp,
        from: &DeviceAddress,
        message: ClientMessage,
        out: &mut Effects,
    ) {
        // Whoever has no part in a call cannot even learn that it exists.
        let Some(index) = self.leg_of(from) else { return };
        if let Standing::Withdrawn(reason) = self.leg(index).standing {
            return out.deliver(from, ServerMessage::Withdrawn { call_id: self.id, reason });
        }
        if self.leg(index).standing == Standing::Out {
            return;
        }
        match message {
            ClientMessage::Ringing { .. } => self.rings(now, index, out),
            ClientMessage::MediaOffer { sdp, .. } => self.media_offer(index, sdp, out),
            ClientMessage::Answer { .. } => self.answer(now, index, out),
            ClientMessage::Decline { reason, .. } => self.decline(now, index, reason, out),
            ClientMessage::Hangup { .. } => self.hang_up(now, index, out),
            ClientMessage::Mute { muted, .. } => self.mute(index, muted, out),
            ClientMessage::Hold { .. } | ClientMessage::TakeOver { .. } => {}
            ClientMessage::Place { .. }
            | ClientMessage::Check { .. }
            | ClientMessage::CheckDone { .. }
            | ClientMessage::SignOut {}
            | ClientMessage::Unknown => {}
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        matches!(self.state, CallState::Answered | CallState::Connected)
    }

    pub(super) fn user(&self, role: Role) -> &UserAddress {
        match role {
            Role::Caller => &self.leg(CALLER).device().user,
            Role::Callee => &self.callee,
        }
    }

    pub(super) fn role(index: u8) -> Role {
        if index == CALLER { Role::Caller } else { Role::Callee }
    }

    pub(super) fn leg(&self, index: u8) -> &Leg {
        &self.legs[usize::from(index)]
    }

    pub(super) fn leg_mut(&mut self, index: u8) -> &mut Leg {
        &mut self.legs[usize::from(index)]
    }

    pub(super) fn leg_id(&self, index: u8) -> LegId {
        LegId { call: self.id, index }
    }

    pub(super) fn leg_of(&self, device: &DeviceAddress) -> Option<u8> {
        (0..).zip(&self.legs).find(|(_, leg)| leg.device() == device).map(|(index, _)| index)
    }

    /// The callee's legs that still have a part in the call.
    pub(super) fn callee_legs(&self) -> impl Iterator<Item = u8> {
        let legs = (0..).zip(&self.legs).skip(1);
        legs.filter(|(_, leg)| leg.standing == Standing::In).map(|(index, _)| index)
    }

    /// The leg at the other end of an answered call.
    pub(super) fn other(&self, index: u8) -> Option<u8> {
        let winner = self.winner?;
        match index {
            CALLER => Some(winner),
            _ if index == winner => Some(CALLER),
            _ => None,
        }
    }

    /// Tells a leg something about this call.
    pub(super) fn tell(&self, index: u8, message: ServerMessage, out: &mut Effects) {
        out.deliver(self.leg(index).device(), message);
    }

    pub(super) fn tell_both(&self, message: &ServerMessage, out: &mut Effects) {
        for index in [Some(CALLER), self.winner].into_iter().flatten() {
            self.tell(index, message.clone(), out);
        }
    }

    /// The call as a device needs it that knows nothing of it.
    pub(super) fn snapshot(&self, index: u8) -> CallSnapshot {
        let (role, peer) = (Self::role(index), self.other(index));
        let context = match role {
            Role::Caller => &self.words.context,
            Role::Callee => self.words.remote_context.as_ref().unwrap_or(&self.words.context),
        };
        CallSnapshot {
            call_id: self.id,
            role,
            state: self.state,
            peer: self.party(role.other()),
            context: context.clone(),
            images: self.words.images.clone(),
            answered_at: self.answered_at,
            muted: false,
            held: false,
            peer_held: false,
            peer_muted: peer.is_some_and(|peer| self.leg(peer).muted),
        }
    }

    /// What a side is called. The callee's name is that of the device that answered, or the first that has one.
    fn party(&self, role: Role) -> Party {
        let index = match role {
            Role::Caller => Some(CALLER),
            Role::Callee => self.winner.or_else(|| {
                (1..)
                    .zip(&self.legs[1..])
                    .find(|(_, leg)| leg.attendee.party.name.is_some())
                    .map(|(index, _)| index)
            }),
        };
        index.map_or_else(
            || Party { cuid: self.callee.cuid.clone(), name: None },
            |index| self.leg(index).attendee.party.clone(),
        )
    }

    /// When something happens if nothing else does.
    pub(super) fn deadline(&self) -> Timestamp {
        match (self.state, self.answered_at) {
            (CallState::Answered, Some(answered)) => answered + self.settings.connect_timeout,
            (CallState::Connected, Some(answered)) => {
                let silences = [Some(CALLER), self.winner].into_iter().flatten();
                let silences = silences.filter_map(|index| self.silence_ends(index));
                silences.fold(answered + self.settings.max_duration, Timestamp::min)
            }
            _ => self.placed_at + self.settings.ring_timeout,
        }
    }

    /// The deadline has come.
    pub(super) fn due(&mut self, now: Timestamp, out: &mut Effects) {
        if now < self.deadline() {
            return;
        }
        let (reason, by) = match self.state {
            CallState::Answered => (EndReason::ConnectTimeout, None),
            CallState::Connected if now >= self.answered_at.unwrap_or(now) + self.settings.max_duration => {
                (EndReason::MaxDuration, None)
            }
            CallState::Connected => (EndReason::ConnectionLost, None),
            _ if self.leg(CALLER).is_away() => (EndReason::CallerLost, Some(Role::Caller)),
            _ => (EndReason::RingTimeout, None),
        };
        self.end(now, reason, by, out);
    }

    /// Until when a leg may stay silent. A device that is away comes back within its session's grace, or its session's
    /// end ends the call; the later bound covers a node that was lost together with the session.
    fn silence_ends(&self, index: u8) -> Option<Timestamp> {
        let leg = self.leg(index);
        let silent = leg.media.silent_since?;
        Some(match leg.reach {
            Reach::Here { since } => silent.max(since) + MEDIA_LOST,
            Reach::Away => silent + SESSION_GRACE + MEDIA_LOST,
        })
    }

    pub(super) fn log(&mut self, now: Timestamp, what: CallEventKind, out: &mut Effects) {
        let decides = match what {
            CallEventKind::Keyed { .. }
            | CallEventKind::Heard { .. }
            | CallEventKind::Away { .. }
            | CallEventKind::Back { .. }
            | CallEventKind::Moved { .. }
            | CallEventKind::MediaFailed { .. } => false,
            CallEventKind::Placed { .. }
            | CallEventKind::Offered { .. }
            | CallEventKind::Ringing { .. }
            | CallEventKind::Answered { .. }
            | CallEventKind::Connected
            | CallEventKind::Held { .. }
            | CallEventKind::Resumed { .. }
            | CallEventKind::TakenOver { .. }
            | CallEventKind::Quality { .. }
            | CallEventKind::Ended { .. } => true,
        };
        if !decides && self.journal.written >= CALL_EVENTS_MAX {
            return;
        }
        let event = CallEvent { call: self.id, index: self.journal.written, at: now, what };
        self.journal.written += 1;
        if decides {
            self.journal.kept.push(event.clone());
        }
        out.push(Effect::Log(event));
    }

    pub(super) fn record(&self) -> Option<CallRecord> {
        CallRecord::fold(&self.journal.kept)
    }
}
