//! A person's slot, as one call on record sees it: a call that is on hold, or that waits, does without, and claims it
//! when its person goes on with it or answers it. Their other call is ended or put on hold at the same moment and its
//! home may be another node, so a slot that is taken is claimed again for a while.

use tring_protocol::ids::UserAddress;
use tring_protocol::limits::{GLARE_RETRY, SLOT_PATIENCE};
use tring_protocol::signal::Role;
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::{Claim, Effect, Effects};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Not this call's: another may have it.
    Free,
    /// This call's.
    Ours,
    /// To become this call's.
    Asked {
        /// How long the person waits for it; `None` if they no longer do, and what is granted is given back.
        until: Option<Timestamp>,
        /// When it is claimed again; `None` while a claim is under way.
        again_at: Option<Timestamp>,
    },
}

impl Slot {
    /// When something happens to it by itself.
    pub(super) fn due_at(self) -> Option<Timestamp> {
        match self {
            Self::Free | Self::Ours => None,
            Self::Asked { until, again_at } => [until, again_at].into_iter().flatten().min(),
        }
    }
}

impl Call {
    /// Somebody goes on with this call, or answers it, and needs their slot for it.
    pub(super) fn ask_slot(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        let again_at = match self.side(role).slot {
            Slot::Ours => return self.slot_came(now, role, out),
            Slot::Asked { until: Some(_), .. } => return,
            Slot::Asked { until: None, again_at } => again_at,
            Slot::Free => {
                self.claim(role, out);
                None
            }
        };
        self.side_mut(role).slot = Slot::Asked { until: Some(now + SLOT_PATIENCE), again_at };
    }

    /// They do not need it any more.
    pub(super) fn leave_slot(&mut self, role: Role, out: &mut Effects) {
        self.side_mut(role).slot = match self.side(role).slot {
            Slot::Asked { again_at: None, .. } => Slot::Asked { until: None, again_at: None },
            Slot::Ours => {
                self.release(role, out);
                Slot::Free
            }
            Slot::Asked { .. } | Slot::Free => Slot::Free,
        };
    }

    /// The slots have answered a claim.
    pub(super) fn claimed(&mut self, now: Timestamp, user: &UserAddress, claim: &Claim, out: &mut Effects) {
        let role = if *user == self.side(Role::Caller).user { Role::Caller } else { Role::Callee };
        let Slot::Asked { until, again_at: None } = self.side(role).slot else { return };
        let slot = match (claim, until) {
            (Claim::Granted, Some(_)) => Slot::Ours,
            (Claim::Granted, None) => {
                self.release(role, out);
                Slot::Free
            }
            (Claim::Taken { .. }, Some(_)) => Slot::Asked { until, again_at: Some(now + GLARE_RETRY) },
            (Claim::Taken { .. }, None) => Slot::Free,
        };
        self.side_mut(role).slot = slot;
        if slot == Slot::Ours {
            self.slot_came(now, role, out);
        }
    }

    /// Claims again what was taken, and stops when the person has waited long enough.
    pub(super) fn slots_due(&mut self, now: Timestamp, out: &mut Effects) {
        for role in [Role::Caller, Role::Callee] {
            let Slot::Asked { until: Some(until), again_at } = self.side(role).slot else { continue };
            if until <= now {
                self.leave_slot(role, out);
                self.slot_stays_taken(now, role, out);
            } else if again_at.is_some_and(|at| at <= now) {
                self.side_mut(role).slot = Slot::Asked { until: Some(until), again_at: None };
                self.claim(role, out);
            }
        }
    }

    fn claim(&self, role: Role, out: &mut Effects) {
        let (user, with) = (self.user(role).clone(), self.user(role.other()).clone());
        out.push(Effect::Claim { call: self.id, user, with });
    }

    pub(super) fn release(&self, role: Role, out: &mut Effects) {
        out.push(Effect::Release { call: self.id, user: self.user(role).clone() });
    }

    fn slot_came(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        if self.is_answered() { self.resumed(now, role, out) } else { self.take_waiting(now, out) }
    }

    fn slot_stays_taken(&mut self, now: Timestamp, role: Role, out: &mut Effects) {
        if self.is_answered() { self.stays_held(role, out) } else { self.stays_busy(now, out) }
    }
}
