//! One device's side of a call: who it is, whether it still has a part in the call, and whether it can be reached.

use tring_protocol::ids::DeviceAddress;
use tring_protocol::signal::{Role, WithdrawnReason};
use tring_protocol::time::Timestamp;

use super::network::Hint;
use super::talk::Media;
use crate::bus::{Attendee, Present};

#[derive(Debug)]
pub(super) struct Leg {
    /// Whose side.
    pub(super) role: Role,
    pub(super) attendee: Attendee,
    /// When the session began that the device is known by.
    pub(super) since: Timestamp,
    pub(super) standing: Standing,
    pub(super) rang: bool,
    pub(super) reach: Reach,
    pub(super) muted: bool,
    pub(super) media: Media,
    pub(super) hint: Hint,
    /// When it was last asked, for want of sound, whether the device is still there, and whether it was not found.
    pub(super) asked_at: Timestamp,
    pub(super) missed: bool,
}

/// Whether a leg still has a part in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The caller; a device that rings or may ring; the device that answered; one that takes the call over.
    In,
    /// Rings or talks no more, because of the user's other device, or by its own choice.
    Withdrawn(WithdrawnReason),
    /// Its session has ended, or it cannot show calls.
    Out,
}

/// Whether a leg's device is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Here { since: Timestamp },
    Away { since: Timestamp },
}

impl Leg {
    pub(super) fn new(now: Timestamp, role: Role, present: Present) -> Self {
        Self {
            role,
            attendee: present.attendee,
            since: present.since,
            standing: Standing::In,
            rang: false,
            reach: Reach::Here { since: now },
            muted: false,
            media: Media::default(),
            hint: Hint::default(),
            asked_at: Timestamp::default(),
            missed: false,
        }
    }

    pub(super) fn device(&self) -> &DeviceAddress {
        &self.attendee.device
    }

    pub(super) fn is_away(&self) -> bool {
        matches!(self.reach, Reach::Away { .. })
    }
}
