//! What crosses from one machine to the other, on this node or another: the only way in which [`crate::Sessions`] and
//! [`crate::Calls`] speak. Decides the messages and under which topic each is published; how a topic is carried (in
//! the process, or as a NATS subject) is the shell's affair.

use serde::{Deserialize, Serialize};
use tring_protocol::ids::{CallId, DeviceAddress, UserAddress};
use tring_protocol::settings::CallSettings;
use tring_protocol::signal::{ClientMessage, DeviceDetails, LegReport, Party, Platform, ServerMessage};
use tring_protocol::time::Timestamp;

/// A signed-in device, as the other machine needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attendee {
    /// Whose device, and which.
    pub device: DeviceAddress,
    /// What the other side of a call is shown.
    pub party: Party,
    /// What it runs on.
    pub platform: Platform,
    /// What else it says about itself, for the call's events.
    #[serde(default)]
    pub details: DeviceDetails,
    /// Whether it offers a call to somebody who is in another one.
    #[serde(default)]
    pub call_waiting: bool,
}

/// A device and its session. A device that moves between nodes has two for a moment, and what is said of the older one
/// may arrive after what is said of the newer: then it counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Present {
    /// The device.
    pub attendee: Attendee,
    /// When its session began.
    pub since: Timestamp,
}

/// Who says something: the device, and the rules of its account for a call that it may place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// The device that speaks.
    pub attendee: Attendee,
    /// When its session began.
    pub since: Timestamp,
    /// Its account's settings.
    pub settings: CallSettings,
}

/// To the sessions of a device or user, on whichever node they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ToSessions {
    /// A message for a device. A node without a session of that device drops it: when the device signs in again, its
    /// calls tell it how they stand.
    Deliver {
        /// Which device.
        to: DeviceAddress,
        /// What it is told.
        message: ServerMessage,
    },
    /// Asks which devices of a user are here. The shell asks every node and gathers the answers into one
    /// [`ToCalls::Found`]; a node that does not answer in time has none.
    Find {
        /// The call that wants to know.
        call: CallId,
        /// Whose devices.
        user: UserAddress,
    },
    /// A device has signed in on another node: older sessions that exclude it end.
    Takeover {
        /// The device that signed in.
        device: DeviceAddress,
        /// When.
        at: Timestamp,
        /// The name of the new session; decides between two of the same millisecond.
        session: String,
    },
}

/// To the homes of calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ToCalls {
    /// What a device said. Never `sign_out` or an unknown message: those end in the session.
    Told {
        /// Which device.
        from: Sender,
        /// What.
        message: ClientMessage,
    },
    /// A device came, went or is gone.
    Presence {
        /// Which device, in which session.
        of: Present,
        /// What happened to it.
        change: Presence,
    },
    /// How the last second of a call was at a device. Nothing depends on it.
    Reported {
        /// Which device.
        from: DeviceAddress,
        /// Which call.
        call: CallId,
        /// How it was; within its bounds.
        report: LegReport,
    },
    /// The answer to [`ToSessions::Find`].
    Found {
        /// The call that asked.
        call: CallId,
        /// The devices that have a session, whether their socket is open at the moment or not. One that is moving may
        /// be found on two nodes; the later session counts.
        devices: Vec<Present>,
    },
    /// Two people dial each other: `from` wanted to call the caller of `call`, so `call` is answered by them.
    Join {
        /// The call that survives.
        call: CallId,
        /// Who dialled.
        from: Sender,
        /// Of their `place`.
        reference: String,
    },
}

impl Sender {
    /// The device and its session.
    #[must_use]
    pub fn present(&self) -> Present {
        Present { attendee: self.attendee.clone(), since: self.since }
    }
}

/// What happens to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It begins a session and knows nothing of its calls.
    Arrived,
    /// It goes on with its session after it was away.
    Resumed,
    /// Its socket is lost, or its page closed or reloaded; it may come back.
    Away,
    /// Its session has ended.
    Gone(GoneReason),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoneReason {
    /// The user signed out.
    SignedOut,
    /// It did not come back in time, or broke the protocol.
    Expired,
    /// Another device of the user took over.
    Replaced,
}

/// Under what a bus message is published, and so who receives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The sender's own node: a call's home is where its caller is.
    Here,
    /// The node that has a session of the device.
    Device(DeviceAddress),
    /// Every node that has a session of the user, or a call with them.
    User(UserAddress),
    /// The call's home.
    Call(CallId),
}

impl ToSessions {
    /// Under what it is published.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Deliver { to, .. } => Topic::Device(to.clone()),
            Self::Find { user, .. } => Topic::User(user.clone()),
            Self::Takeover { device, .. } => Topic::User(device.user.clone()),
        }
    }
}

impl ToCalls {
    /// Under what it is published.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Told { message, .. } => call_of(message).map_or(Topic::Here, Topic::Call),
            Self::Presence { of, .. } => Topic::User(of.attendee.device.user.clone()),
            Self::Found { call, .. } | Self::Join { call, .. } | Self::Reported { call, .. } => {
                Topic::Call(*call)
            }
        }
    }
}

/// The call that a message speaks of; none for `place` and what does not concern a call.
#[must_use]
pub fn call_of(message: &ClientMessage) -> Option<CallId> {
    match message {
        ClientMessage::Ringing { call_id }
        | ClientMessage::MediaOffer { call_id, .. }
        | ClientMessage::Answer { call_id }
        | ClientMessage::Decline { call_id, .. }
        | ClientMessage::Hangup { call_id }
        | ClientMessage::Mute { call_id, .. }
        | ClientMessage::Hold { call_id, .. }
        | ClientMessage::TakeOver { call_id } => Some(*call_id),
        ClientMessage::Place { .. }
        | ClientMessage::Check { .. }
        | ClientMessage::CheckDone { .. }
        | ClientMessage::SignOut {}
        | ClientMessage::Unknown => None,
    }
}
