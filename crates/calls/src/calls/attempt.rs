//! From `place` until it is known whether there will be a call: both users' slots are claimed and the callee's devices
//! looked for. Nothing is on record before that, so the loser of two calls that cross leaves no trace.

use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{CallId, DeviceAddress, UserAddress};
use tring_protocol::limits::{DEVICES_MAX, GLARE_RETRY, PLACE_TIMEOUT, REFERENCE_MAX};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, Role, ServerMessage};
use tring_protocol::time::Timestamp;

use super::call::{CALLER, Call, Words};
use super::{Calls, Claim, Effect, Effects};
use crate::bus::{Presence, Present, Sender, ToCalls, ToSessions};

/// A call that is not on record yet.
#[derive(Debug)]
pub(super) struct Attempt {
    id: CallId,
    from: Sender,
    reference: String,
    pub(super) to: UserAddress,
    words: Words,
    began: Timestamp,
    callee_slot: Slot,
    found: Option<Vec<Present>>,
    /// The callee dialled the caller at the same moment, and comes over into this call.
    joined: Option<(Sender, String)>,
    /// When the callee's slot is claimed again, which a crossing call holds that will give way.
    retry_at: Option<Timestamp>,
    /// What happened to the caller's device meanwhile; `Arrived`: its page knows nothing of its `place`.
    caller_presence: Option<Presence>,
    /// Which of the callee's devices came or went while the others were looked for.
    callee_changes: Vec<(Present, Presence)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Open,
    Held,
    Busy,
}

impl Attempt {
    pub(super) fn deadline(&self) -> Timestamp {
        let give_up = self.began + PLACE_TIMEOUT;
        self.retry_at.map_or(give_up, |retry| retry.min(give_up))
    }

    fn caller(&self) -> &UserAddress {
        &self.from.attendee.device.user
    }

    fn device(&self) -> &DeviceAddress {
        &self.from.attendee.device
    }

    /// The callee's devices as they are now, each by its latest session.
    fn devices(&self) -> Vec<Present> {
        let found = self.found.iter().flatten().map(|device| (device, Presence::Arrived));
        let changes = self.callee_changes.iter().map(|(of, change)| (of, *change));
        let mut devices: Vec<Present> = Vec::new();
        for (of, change) in found.chain(changes) {
            let known = devices.iter().position(|known| known.attendee.device == of.attendee.device);
            let newer = known.is_none_or(|index| devices[index].since <= of.since);
            match (change, known) {
                (Presence::Arrived, Some(index)) if newer => devices[index] = of.clone(),
                (Presence::Arrived, None) => devices.push(of.clone()),
                (Presence::Gone(_), Some(index)) if newer => {
                    devices.remove(index);
                }
                _ => {}
            }
        }
        devices
    }

    pub(super) fn awaits(&self, user: &UserAddress) -> bool {
        self.to == *user && self.joined.is_none()
    }

    pub(super) fn join(&mut self, from: Sender, reference: String, out: &mut Effects) {
        self.joined = Some((from, reference));
        if self.retry_at.is_some() {
            // The crossing call has given way: its slot is free.
            self.claim_callee(out);
        }
    }

    fn claim_callee(&mut self, out: &mut Effects) {
        self.retry_at = None;
        out.push(Effect::Claim { call: self.id, user: self.to.clone(), with: self.caller().clone() });
    }
}

pub(super) fn reject(to: &DeviceAddress, reference: String, code: ErrorCode, out: &mut Effects) {
    out.deliver(to, ServerMessage::Rejected { reference, error: code.into() });
}

impl Calls {
    pub(super) fn place(&mut self, now: Timestamp, from: Sender, message: ClientMessage) {
        let ClientMessage::Place { reference, to, context, remote_context, images } = message else { return };
        let reference: String = reference.chars().take(REFERENCE_MAX).collect();
        let caller = from.attendee.device.user.clone();
        if to == caller.cuid {
            return reject(&from.attendee.device, reference, ErrorCode::InvalidCallParameters, &mut self.out);
        }
        if self.draining {
            return reject(&from.attendee.device, reference, ErrorCode::Draining, &mut self.out);
        }
        let id = self.new_id(now);
        let to = UserAddress { account: caller.account.clone(), cuid: to };
        self.out.push(Effect::Claim { call: id, user: caller.clone(), with: to.clone() });
        self.index(&caller, id);
        self.index(&to, id);
        let attempt = Attempt {
            id,
            from,
            reference,
            to,
            words: Words { context, remote_context, images },
            began: now,
            callee_slot: Slot::Open,
            found: None,
            joined: None,
            retry_at: None,
            caller_presence: None,
            callee_changes: Vec::new(),
        };
        self.timers.set(id, attempt.deadline());
        self.attempts.insert(id, attempt);
    }

    pub(super) fn claimed(&mut self, now: Timestamp, id: CallId, user: &UserAddress, claim: Claim) {
        let Some(attempt) = self.attempts.get_mut(&id) else {
            if self.live.contains_key(&id) {
                self.on_call(now, id, |call, out| call.claimed(now, user, &claim, out));
            } else if claim == Claim::Granted {
                // The attempt was given up, or the call ended, while its claim was under way.
                self.out.push(Effect::Release { call: id, user: user.clone() });
            }
            return;
        };
        let crossing = match &claim {
            Claim::Taken { by, with } if *user == attempt.to && with == attempt.caller() => Some(*by),
            Claim::Taken { by, with } if user == attempt.caller() && *with == attempt.to => {
                return self.hand_over(id, *by);
            }
            Claim::Taken { .. } | Claim::Granted => None,
        };
        match (claim, crossing) {
            (Claim::Granted, _) if user == attempt.caller() => {
                self.out.push(Effect::ToSessions(ToSessions::Find { call: id, user: attempt.to.clone() }));
                attempt.claim_callee(&mut self.out);
            }
            (Claim::Granted, _) => attempt.callee_slot = Slot::Held,
            (Claim::Taken { .. }, _) if user == attempt.caller() => {
                return self.give_up(id, ErrorCode::OutgoingCallInProgress);
            }
            // The lower id survives; the other's home learns the same from this call's claim, and gives way.
            (Claim::Taken { .. }, Some(by)) if by < id => {
                self.out.push(Effect::Release { call: id, user: attempt.caller().clone() });
                return self.hand_over(id, by);
            }
            (Claim::Taken { .. }, Some(_)) => {
                attempt.retry_at = Some(now + GLARE_RETRY);
                self.timers.set(id, attempt.deadline());
            }
            (Claim::Taken { .. }, None) => attempt.callee_slot = Slot::Busy,
        }
        self.resolve(now, id);
    }

    pub(super) fn found(&mut self, now: Timestamp, id: CallId, devices: Vec<Present>) {
        if let Some(attempt) = self.attempts.get_mut(&id) {
            attempt.found = Some(devices);
            self.resolve(now, id);
        } else if self.live.contains_key(&id) {
            self.on_call(now, id, |call, out| call.found(now, &devices, out));
        } else {
            self.ended.found(id, &devices, &mut self.out);
        }
    }

    pub(super) fn attempt_due(&mut self, now: Timestamp, id: CallId) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        if now >= attempt.began + PLACE_TIMEOUT {
            // The slots or the other nodes do not answer.
            return self.give_up(id, ErrorCode::Internal);
        }
        attempt.claim_callee(&mut self.out);
        self.timers.set(id, attempt.deadline());
    }

    pub(super) fn attempt_presence(&mut self, id: CallId, of: &Present, change: Presence) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        if of.attendee.device.user == attempt.to {
            attempt.callee_changes.push((of.clone(), change));
        } else if of.attendee.device == *attempt.device() && of.since >= attempt.from.since {
            attempt.from.since = of.since;
            attempt.caller_presence = Some(change);
            if let Presence::Gone(_) = change
                && let Some(attempt) = self.forget_attempt(id)
            {
                // Nobody is left to tell.
                self.release_both(&attempt);
            }
        }
    }

    fn forget_attempt(&mut self, id: CallId) -> Option<Attempt> {
        let attempt = self.attempts.remove(&id)?;
        self.timers.clear(id);
        self.unindex(attempt.caller(), id);
        self.unindex(&attempt.to, id);
        if let Some((joiner, reference)) = &attempt.joined {
            let device = &joiner.attendee.device;
            reject(device, reference.clone(), ErrorCode::OutgoingCallInProgress, &mut self.out);
        }
        Some(attempt)
    }

    fn give_up(&mut self, id: CallId, code: ErrorCode) {
        if let Some(attempt) = self.forget_attempt(id) {
            self.release_both(&attempt);
            reject(attempt.device(), attempt.reference.clone(), code, &mut self.out);
        }
    }

    /// Slots are freed by call id, so freeing one that was never granted does no harm.
    fn release_both(&mut self, attempt: &Attempt) {
        for user in [attempt.caller(), &attempt.to] {
            self.out.push(Effect::Release { call: attempt.id, user: user.clone() });
        }
    }

    /// The other call is the one that goes on: the caller's device becomes its callee.
    fn hand_over(&mut self, id: CallId, to: CallId) {
        if let Some(attempt) = self.forget_attempt(id) {
            let join = ToCalls::Join { call: to, from: attempt.from, reference: attempt.reference };
            self.out.push(Effect::ToCalls(join));
        }
    }

    /// Puts the call on record once both slots and the callee's devices are known.
    fn resolve(&mut self, now: Timestamp, id: CallId) {
        let known = |attempt: &Attempt| attempt.found.is_some() && attempt.callee_slot != Slot::Open;
        if !self.attempts.get(&id).is_some_and(known) {
            return;
        }
        let Some(attempt) = self.attempts.remove(&id) else { return };
        let devices = attempt.devices();
        let Attempt { from, to, words, reference, callee_slot, caller_presence, joined, .. } = attempt;
        let out = &mut self.out;
        let mut call = Call::new(now, id, from, to.clone(), words, out);
        if callee_slot == Slot::Held {
            call.has_callees_slot();
        }
        call.tell(CALLER, ServerMessage::Placed { reference, call_id: id, role: Role::Caller }, out);
        if let Some(change) = caller_presence {
            call.caller_was(now, change, out);
        }
        if callee_slot == Slot::Busy {
            if let Some((joiner, reference)) = joined {
                reject(&joiner.attendee.device, reference, ErrorCode::OutgoingCallInProgress, out);
            }
            call.wait(now, devices, out);
        } else if let Some((joiner, reference)) = joined {
            call.join(now, joiner.present(), reference, out);
        } else if devices.is_empty() {
            call.end(now, EndReason::Unreachable, None, out);
        } else {
            for device in devices.into_iter().take(DEVICES_MAX) {
                call.offer(now, device, out);
            }
        }
        self.live.insert(id, call);
        self.keep_books(now, id);
    }
}
