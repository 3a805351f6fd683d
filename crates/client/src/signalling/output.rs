//! What comes out of the machine, as plain data.

use serde::Serialize;
use tring_protocol::error::WireError;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::settings::Branding;
use tring_protocol::signal::{
    CallSnapshot, ClientFrame, IceServer, Party, Role, WeakNetwork, WithdrawnReason,
};
use tring_protocol::text::{Context, ImageUrl, Sdp};

use super::input::Socket;
use super::moment::Moment;

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Output {
    /// Open a socket to the server. One beside leaves the first as it is, and takes the place of an older one beside.
    OpenSocket {
        /// Which.
        #[serde(rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// Close all sockets there are; with [`Socket::Beside`] only that one.
    CloseSocket {
        /// Which.
        #[serde(rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// The socket beside takes the place of the first, which is closed.
    ChangeSocket,
    /// Send this.
    Frame {
        /// What.
        frame: ClientFrame,
        /// Where.
        #[serde(rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// The app shall bring a new user token.
    AskToken,
    /// Signed in: first, again, or still.
    SignedIn {
        /// Whether the session goes on, with all that was under way in it.
        resumed: bool,
    },
    /// The connection was lost; the session looks for another.
    Lost,
    /// Signed out by the server, for good.
    Refused {
        /// Why.
        error: WireError,
    },
    /// How call screens look from now on.
    Branding {
        /// As the account has it.
        branding: Branding,
    },
    /// The TURN servers that peers may use from now on.
    IceServers {
        /// All of them.
        servers: Vec<IceServer>,
    },
    /// Open the microphone; answered by `MicrophoneOpened` or `MicrophoneFailed`.
    OpenMicrophone,
    /// Close it: nobody is to be heard.
    CloseMicrophone,
    /// Whether what the microphone hears is sent into this call. Never to two at a time: one is closed before the other
    /// is opened.
    MicrophoneLive {
        /// Which call.
        call_id: CallId,
        /// Whether it is.
        live: bool,
    },
    /// Open a new peer connection for this call, which answers with `Offer`. The call's older one, if there is one, stays
    /// in use until the new one carries sound.
    OpenPeer {
        /// Which call.
        call_id: CallId,
    },
    /// The relay's answer to the last `Offer` of this call.
    AcceptAnswer {
        /// Which call.
        call_id: CallId,
        /// The answer.
        sdp: Sdp,
    },
    /// Close all peers of this call.
    ClosePeer {
        /// Which call.
        call_id: CallId,
    },
    /// What the person sees changed: the call in front, or nothing.
    View {
        /// What they see now.
        view: Option<ShownCall>,
    },
    /// The calls that the user is in on other devices.
    Elsewhere {
        /// All of them.
        calls: Vec<CallSnapshot>,
    },
    /// What was begun with this reference is decided: a call has ended or was not placed, a call was moved here or not.
    Settle {
        /// Of the `Call` or `TakeOver`.
        reference: String,
        /// How.
        outcome: Outcome,
    },
    /// For the business's analytics.
    Event(CallEvent),
    /// The relay's answer to a check.
    CheckAnswer {
        /// Of the `Check`.
        reference: String,
        /// The answer.
        sdp: Sdp,
    },
    /// There will be no answer to a check.
    CheckRefused {
        /// Of the `Check`.
        reference: String,
        /// Why.
        error: WireError,
    },
}

/// How something settles, in the words of the vendors' web SDK; `over` and `moved` are the good ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// As it should: the call was talked in, or moved.
    Resolves(&'static str),
    /// The call ended otherwise.
    Rejects(&'static str),
    /// It ended, or was not placed, for a reason of the catalogue.
    RejectsError(WireError),
}

/// A call as a person sees it, without the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownCall {
    /// The server's name for it, once it has one. Only in `calls()`: a screen shows one call, and names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<CallId>,
    /// Of the `Call` that placed it. Only in `calls()`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Which kind of screen it is.
    pub phase: ShownPhase,
    /// What the person is told of its state.
    pub status: ShownStatus,
    /// This device's side.
    pub role: Role,
    /// The person at the other end.
    pub peer: Party,
    /// Why the caller calls.
    pub context: Context,
    /// What to show instead of the logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageUrl>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
    /// Whether this side's microphone is closed.
    pub muted: bool,
    /// Whether the other side's is.
    pub peer_muted: bool,
    /// This side holds it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// The other side holds it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub peer_held: bool,
    /// Whose network spoils the sound by the server's word. What this device finds out by itself is not the machine's.
    #[serde(skip_serializing_if = "PoorNetwork::is_none")]
    pub poor_network: PoorNetwork,
    /// It may be put on hold, or gone on with.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub can_hold: bool,
    /// Nothing can be told to the server at the moment, while the sound goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signalling_away: bool,
    /// A call that rings beside the one in front. Only in `View`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitingCall>,
    /// The calls that this side holds, besides the one in front. Only in `View`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_hold: Vec<HeldCall>,
    /// Why it ended, if the phase is [`ShownPhase::Ended`] and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Ending>,
    /// What the person should know besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
}

impl ShownCall {
    /// Whether this person waits for the other side to go on. On hold by both there is nobody to wait for.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        self.phase == ShownPhase::Ongoing && self.peer_held && !self.held
    }
}

/// Whose network spoils the sound of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PoorNetwork {
    /// Nobody's.
    #[default]
    None,
    /// This device's.
    Mine,
    /// The other side's.
    Theirs,
}

impl PoorNetwork {
    /// This one; `other`, if this one is nobody's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self == Self::None { other } else { self }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl From<WeakNetwork> for PoorNetwork {
    fn from(weak: WeakNetwork) -> Self {
        match weak {
            WeakNetwork::None => Self::None,
            WeakNetwork::Yours => Self::Mine,
            WeakNetwork::Theirs => Self::Theirs,
        }
    }
}

/// Which kind of screen a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownPhase {
    /// This side calls.
    Outgoing,
    /// Somebody calls, and this person has not said anything yet.
    Incoming,
    /// It is being answered, or was.
    Ongoing,
    /// It is over.
    Ended,
}

/// What a person is told of a call's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownStatus {
    /// No device of the callee has confirmed it.
    Calling,
    /// It rings, here or there.
    Ringing,
    /// It is answered, and sound is on its way.
    Connecting,
    /// The two hear each other.
    Connected,
    /// This side's connection is lost, and looked for.
    Reconnecting,
    /// The other side's connection is lost.
    PeerAway,
    /// It is over.
    Ended,
}

/// Why a call is over on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Ending {
    /// It ended for both sides.
    Ended(EndReason),
    /// It is not on this device any more.
    Withdrawn(WithdrawnReason),
}

impl From<EndReason> for Ending {
    fn from(reason: EndReason) -> Self {
        Self::Ended(reason)
    }
}

impl From<WithdrawnReason> for Ending {
    fn from(reason: WithdrawnReason) -> Self {
        Self::Withdrawn(reason)
    }
}

/// A second call, offered to a person who is in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingCall {
    /// Which call.
    pub call_id: CallId,
    /// Who calls.
    pub from: Party,
    /// Why.
    pub context: Context,
    /// What to show instead of the logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageUrl>,
    /// Whether the call in front can be put on hold for it; if not, only ended.
    pub can_hold: bool,
}

/// A call that waits on hold behind the one in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldCall {
    /// Which call.
    pub call_id: CallId,
    /// The person at the other end.
    pub peer: Party,
}

/// What the person should know besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// The other side does not hear them; unmuting asks for the microphone again.
    MicrophoneBlocked,
    /// Somebody else called, and was told that they are busy.
    CallWaiting {
        /// Who.
        from: Party,
    },
}

/// What CleverTap's system events tell, in the vendors' words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallEvent {
    /// Which event.
    pub name: EventName,
    /// Of which call.
    pub call_id: CallId,
    /// Why the caller called.
    pub context: Context,
    /// How it ended, on the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_status: Option<EndStatus>,
    /// Why, where the vendors say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The vendors' number of that reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<u16>,
}

/// CleverTap's three system events of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum EventName {
    /// The caller's first.
    #[serde(rename = "SCOutgoing")]
    Outgoing,
    /// The callee's first.
    #[serde(rename = "SCIncoming")]
    Incoming,
    /// The last one.
    #[serde(rename = "SCEnd")]
    End,
}
