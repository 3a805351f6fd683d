//! What goes into the machine, as plain data: a timeline of it can be written down and replayed in every language.

use serde::{Deserialize, Serialize};
use tring_protocol::error::WireError;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::signal::{CallImages, Device, LegReport, SdkInfo, ServerFrame, UserToken};
use tring_protocol::text::{Context, DisplayName, Sdp};

/// Who signs in, and where from: `hello` without what is the session's own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The account, from its dashboard.
    pub account: AccountId,
    /// The publishable key of the account; may be left out where a token is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apikey: Option<String>,
    /// The first user token of perhaps many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<UserToken>,
    /// Who signs in.
    pub cuid: Cuid,
    /// What others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// The device that signs in.
    pub device: Device,
    /// The SDK that speaks.
    pub sdk: SdkInfo,
    /// What this device can do beyond version 1 of the wire. The machine adds what its [`Choices`] bring with them.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

// It carries credentials and a person's name: none of it may reach a log.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("account", &self.account)
            .field("sdk", &self.sdk)
            .finish_non_exhaustive()
    }
}

/// What the app allows its people to do with a second call. Neither, as in Signed Call, unless it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Whether a second call is offered to somebody who is in one. If not, its caller is told that they are busy.
    pub call_waiting: bool,
    /// Whether calls can be put on hold.
    pub hold: bool,
}

/// Whether the app can bring new user tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenSource {
    /// There is the one in [`Identity`], or none.
    #[default]
    None,
    /// It is asked with [`Output::AskToken`](super::Output::AskToken), and answers with [`Input::Token`] or
    /// [`Input::TokenFailed`].
    App,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Input {
    /// The device shall be signed in from now on.
    Start,
    /// A socket that was asked for is open.
    SocketOpened {
        /// Which.
        #[serde(default, rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// The socket is gone, or could not be opened.
    SocketClosed {
        /// Which.
        #[serde(default, rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// The server says something.
    Frame {
        /// What.
        frame: ServerFrame,
        /// Where.
        #[serde(default, rename = "beside", skip_serializing_if = "Socket::is_first")]
        socket: Socket,
    },
    /// The network may be back, or another.
    Wake {
        /// What makes one think so.
        why: WakeReason,
    },
    /// The app is put away or closed. The session is kept by the server, and gone on with after [`Input::Wake`].
    Leave,
    /// The app's answer to `AskToken`.
    Token {
        /// The new one.
        token: UserToken,
    },
    /// The app has no token.
    TokenFailed {
        /// Why.
        error: WireError,
    },
    /// How the last second of a call was. Not sent again if it is lost.
    Report {
        /// Which call.
        call_id: CallId,
        /// How it was.
        report: LegReport,
    },
    /// The user leaves: everything ends.
    SignOut,
    /// The app calls somebody.
    Call(CallRequest),
    /// The person takes the call that waits, or the one that rings.
    Answer {
        /// Which, if it matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<CallId>,
        /// What becomes of the call that the person is in.
        #[serde(default)]
        current: CurrentCall,
    },
    /// The person refuses the call that waits, or the one that rings.
    Decline {
        /// Which, if it matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<CallId>,
    },
    /// The person cancels, declines or ends the call, whichever its state makes of it.
    Hangup {
        /// Which; without it and `reference` the one in front.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<CallId>,
        /// The same by the reference of its [`CallRequest`], which it has before it has an id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// The person closes or opens their microphone.
    Mute {
        /// Whether it is to be closed.
        muted: bool,
        /// Of which call; without it the one in front.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<CallId>,
    },
    /// The person puts an answered call on hold, or goes on with it; the call that they are in is then put on hold.
    Hold {
        /// Whether it is to be on hold.
        held: bool,
        /// Which call; without it the one in front.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<CallId>,
    },
    /// The person moves a call from their other device to this one.
    TakeOver {
        /// Which call.
        call_id: CallId,
        /// Told with `Settle` whether it came.
        reference: String,
    },
    /// The person has seen how the call ended.
    Dismiss,
    /// The microphone that was asked for is there.
    MicrophoneOpened,
    /// It is refused, missing, or was taken away.
    MicrophoneFailed,
    /// The peer that was asked for last has its offer.
    Offer {
        /// Of which call.
        call_id: CallId,
        /// What it offers.
        sdp: Sdp,
    },
    /// Nothing arrives on the call's peer any more.
    MediaLost {
        /// Which call.
        call_id: CallId,
    },
    /// The path works: the call's peer is up, or audio arrives again.
    MediaBack {
        /// Which call.
        call_id: CallId,
    },
    /// The network is to be tried; the answer comes as `CheckAnswer` or `CheckRefused`.
    Check {
        /// Recognises the answer.
        reference: String,
        /// The offer of the peer that tries.
        sdp: Sdp,
    },
    /// The check is over, whether or not it was answered.
    CheckDone {
        /// Of its `Check`.
        reference: String,
    },
    /// The machine's deadline has come.
    Tick,
}

/// Whom to call, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRequest {
    /// Chosen by the app: told with `Settle` how the call ended. One that was used before means nothing new.
    pub reference: String,
    /// Who is called.
    pub to: Cuid,
    /// Why, in words for both.
    pub context: Context,
    /// Why, in words for the callee, if they should read something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_context: Option<Context>,
    /// What the screens show instead of the logo.
    #[serde(default)]
    pub images: CallImages,
    /// What the app's face found wrong with it; told after microphone and connection have been checked, in the order
    /// that the vendors' SDK has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<WireError>,
}

/// Which of a session's sockets. As data it is the field `beside`, which is left out for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Socket {
    /// The one in use.
    #[default]
    First,
    /// A second one, on which the session goes on if the first is dead.
    Beside,
}

impl Socket {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn is_first(&self) -> bool {
        *self == Self::First
    }
}

impl From<bool> for Socket {
    fn from(beside: bool) -> Self {
        if beside { Self::Beside } else { Self::First }
    }
}

impl From<Socket> for bool {
    fn from(socket: Socket) -> Self {
        socket == Socket::Beside
    }
}

/// What may mean that the network is back, or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WakeReason {
    /// The system says that there is a network again.
    Online,
    /// The app is in front again.
    Visible,
    /// The network is of another kind.
    Network,
    /// The machine slept.
    Slept,
    /// Audio of a call is lost, or back.
    Media,
}

/// What becomes of the call that the person is in, when they answer another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrentCall {
    /// It ends.
    #[default]
    End,
    /// It is put on hold, if the app allows that.
    Hold,
}
