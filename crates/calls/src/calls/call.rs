//! One call on record, from `placed` to its end. The transitions are in the files beside this one.

use std::collections::VecDeque;

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::ids::{CallId, DeviceAddress, LegId, UserAddress};
use tring_protocol::limits::CALL_EVENTS_MAX;
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::CallSettings;
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, ClientMessage, Party, Role, ServerMessage,
};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;

use super::leg::{Leg, Standing};
use super::network::{Hint, Networks};
use super::side::Side;
use super::slot::Slot;
use super::waiting::Waiting;
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
    caller: Side,
    callee: Side,
    pub(super) words: Words,
    /// The placing device's leg first; the others follow in the order in which they came into the call.
    pub(super) legs: Vec<Leg>,
    pub(super) state: CallState,
    /// What is known of a call whose callee was in another one.
    pub(super) waiting: Option<Waiting>,
    /// Whose devices are searched for, one after the other; the first search is under way.
    pub(super) searches: VecDeque<Role>,
    pub(super) placed_at: Timestamp,
    pub(super) answered_at: Option<Timestamp>,
    /// Since when both sides should be heard: since the answer, or since the call was last on hold.
    pub(super) expected_since: Timestamp,
    pub(super) networks: Networks,
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

/// Index of the placing device's leg: the caller's, until the call moves to another of their devices.
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
            caller: Side::new(caller.attendee.device.user.clone(), Some(CALLER), Slot::Ours),
            callee: Side::new(callee, None, Slot::Free),
            words,
            legs: vec![Leg::new(
                now,
                Role::Caller,
                Present { attendee: caller.attendee, since: caller.since },
            )],
            state: CallState::Placed,
            waiting: None,
            searches: VecDeque::new(),
            placed_at: now,
            answered_at: None,
            expected_since: now,
            networks: Networks::default(),
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
            ClientMessage::Hold { held, .. } => self.hold(now, index, held, out),
            ClientMessage::Place { .. }
            | ClientMessage::TakeOver { .. }
            | ClientMessage::Check { .. }
            | ClientMessage::CheckDone { .. }
            | ClientMessage::SignOut {}
            | ClientMessage::Unknown => {}
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        matches!(self.state, CallState::Answered | CallState::Connected)
    }

    pub(super) fn side(&self, role: Role) -> &Side {
        match role {
            Role::Caller => &self.caller,
            Role::Callee => &self.callee,
        }
    }

    pub(super) fn side_mut(&mut self, role: Role) -> &mut Side {
        match role {
            Role::Caller => &mut self.caller,
            Role::Callee => &mut self.callee,
        }
    }

    pub(super) fn has_callees_slot(&mut self) {
        self.callee.slot = Slot::Ours;
    }

    pub(super) fn user(&self, role: Role) -> &UserAddress {
        &self.side(role).user
    }

    pub(super) fn role_of(&self, user: &UserAddress) -> Option<Role> {
        [Role::Caller, Role::Callee].into_iter().find(|role| self.user(*role) == user)
    }

    pub(super) fn role(&self, index: u8) -> Role {
        self.leg(index).role
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

    pub(super) fn push_leg(&mut self, leg: Leg) -> u8 {
        let index = u8::try_from(self.legs.len()).expect("a call has far fewer legs than 256");
        self.legs.push(leg);
        index
    }

    /// The callee's legs that still have a part in the call.
    pub(super) fn callee_legs(&self) -> impl Iterator<Item = u8> {
        let legs = (0..).zip(&self.legs);
        let rings = |leg: &Leg| leg.role == Role::Callee && leg.standing == Standing::In;
        legs.filter(move |(_, leg)| rings(leg)).map(|(index, _)| index)
    }

    /// The legs that stand for the two: the caller's, and the callee's once they have answered.
    pub(super) fn active_legs(&self) -> impl Iterator<Item = u8> + use<> {
        [self.caller.leg, self.callee.leg].into_iter().flatten()
    }

    /// Whether what happens to a leg is written down: not while it is only about to take over.
    pub(super) fn is_on_record(&self, index: u8) -> bool {
        self.side(self.role(index)).moving.is_none_or(|moving| moving.leg != index)
    }

    /// The leg at the other end of an answered call.
    pub(super) fn other(&self, index: u8) -> Option<u8> {
        let (caller, callee) = (self.caller.leg?, self.callee.leg?);
        match index {
            _ if index == caller => Some(callee),
            _ if index == callee => Some(caller),
            _ => None,
        }
    }

    /// Tells a leg something about this call.
    pub(super) fn tell(&self, index: u8, message: ServerMessage, out: &mut Effects) {
        out.deliver(self.leg(index).device(), message);
    }

    /// Tells a device that knows nothing of this call that it goes on there, and forgets what else it was told.
    pub(super) fn restore(&mut self, index: u8, out: &mut Effects) {
        self.leg_mut(index).hint = Hint::default();
        self.tell(index, ServerMessage::Restored { call: self.snapshot(index) }, out);
    }

    /// Tells a person's device, and the one that is about to take over from it.
    pub(super) fn tell_side(&self, role: Role, message: &ServerMessage, out: &mut Effects) {
        for index in self.side(role).legs() {
            self.tell(index, message.clone(), out);
        }
    }

    pub(super) fn tell_both(&self, message: &ServerMessage, out: &mut Effects) {
        self.tell_side(Role::Caller, message, out);
        self.tell_side(Role::Callee, message, out);
    }

    /// The call as a device needs it that knows nothing of it.
    pub(super) fn snapshot(&self, index: u8) -> CallSnapshot {
        self.snapshot_of(self.role(index), Some(index))
    }

    /// The call as one side sees it, and as one of its devices plays it.
    pub(super) fn snapshot_of(&self, role: Role, leg: Option<u8>) -> CallSnapshot {
        let context = match role {
            Role::Caller => &self.words.context,
            Role::Callee => self.callee_context(),
        };
        let muted = |leg: Option<u8>| leg.is_some_and(|leg| self.leg(leg).muted);
        CallSnapshot {
            call_id: self.id,
            role,
            state: self.state,
            peer: self.party(role.other()),
            context: context.clone(),
            images: self.words.images.clone(),
            answered_at: self.answered_at,
            muted: muted(leg),
            peer_muted: self.is_answered() && muted(self.side(role.other()).leg),
            held: self.side(role).held,
            peer_held: self.side(role.other()).held,
        }
    }

    pub(super) fn callee_context(&self) -> &Context {
        self.words.remote_context.as_ref().unwrap_or(&self.words.context)
    }

    /// What a side is called: by the device that stands for it, or the first that has a name.
    pub(super) fn party(&self, role: Role) -> Party {
        let side = self.side(role);
        let named = self.legs.iter().find(|leg| leg.role == role && leg.attendee.party.name.is_some());
        let leg = side.leg.map(|index| self.leg(index)).or(named);
        leg.map_or_else(
            || Party { cuid: side.user.cuid.clone(), name: None },
            |leg| leg.attendee.party.clone(),
        )
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
