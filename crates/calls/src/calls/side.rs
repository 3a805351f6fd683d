//! One of the two people of a call: which device speaks for them, whether they hold the call, and their slot.

use tring_protocol::ids::UserAddress;
use tring_protocol::time::Timestamp;

use super::elsewhere::Other;
use super::slot::Slot;

#[derive(Debug)]
pub(super) struct Side {
    pub(super) user: UserAddress,
    /// The leg that stands for them; none of a callee who has not answered.
    pub(super) leg: Option<u8>,
    /// Whether they hold the call.
    pub(super) held: bool,
    pub(super) slot: Slot,
    /// The leg that is about to stand for them.
    pub(super) moving: Option<Move>,
    /// Their devices that are told that the call goes on without them.
    pub(super) others: Vec<Other>,
}

/// A call that is on its way to another device of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    /// Of the device that asked for it.
    pub(super) leg: u8,
    /// Until when its audio must be ready.
    pub(super) until: Timestamp,
}

impl Side {
    pub(super) fn new(user: UserAddress, leg: Option<u8>, slot: Slot) -> Self {
        Self { user, leg, held: false, slot, moving: None, others: Vec::new() }
    }

    /// Whether a leg speaks for this person, or soon will.
    pub(super) fn has(&self, leg: u8) -> bool {
        self.leg == Some(leg) || self.moving.is_some_and(|moving| moving.leg == leg)
    }

    /// The legs that are told what concerns this person.
    pub(super) fn legs(&self) -> impl Iterator<Item = u8> + use<> {
        self.leg.into_iter().chain(self.moving.map(|moving| moving.leg))
    }
}
