//! What the server says about calls.

use serde::{Deserialize, Serialize};

use super::hello::{CallState, Role};
use crate::error::WireError;
use crate::ids::{CallId, Cuid};
use crate::outcome::{EndReason, EndStatus};
use crate::settings::Branding;
use crate::text::{Context, DisplayName, ImageUrl, Sdp};
use crate::time::{Millis, Timestamp};

/// A message of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ServerMessage {
    /// The call exists and is on record.
    Placed {
        /// Of the `place` that is answered.
        reference: String,
        /// The call's name from now on.
        call_id: CallId,
        /// `callee` if the other person had called at the same moment: the device then takes that call as answered.
        role: Role,
    },
    /// The call was not placed; nothing is on record.
    Rejected {
        /// Of the `place` that is answered.
        reference: String,
        /// Why.
        error: WireError,
    },
    /// Somebody calls. The device answers `ringing` as soon as it shows it.
    Incoming {
        /// Which call.
        call_id: CallId,
        /// Who calls.
        from: Party,
        /// Why.
        context: Context,
        /// What the caller passed to be shown.
        #[serde(default)]
        images: CallImages,
        /// How much longer it rings.
        ring_timeout: Millis,
        /// Whether the user is in another call. Only a device with the capability [`super::CALL_WAITING`] is offered
        /// such a call; it shows it if it is the one in that other call, and answers `decline` with `busy` if not.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "gen", ts(optional, as = "Option<bool>"))]
        waiting: bool,
    },
    /// Somebody called while this user was in a call, and was told that they are busy.
    CallWaiting {
        /// The call that was not taken.
        call_id: CallId,
        /// Who called.
        from: Party,
        /// Why.
        context: Context,
    },
    /// This device's page was reloaded while it was in a call, or it took the call over: the call goes on here, with a new
    /// `media_offer`, muted and held as it was. An unanswered call of a callee comes as `incoming` instead. After
    /// `take_over` an `elsewhere_ended` of the same call follows.
    Restored {
        /// The call as it stands.
        call: CallSnapshot,
    },
    /// To the caller: at least one device shows the call.
    Ringing {
        /// Which call.
        call_id: CallId,
        /// What the other person is called, if they said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "gen", ts(optional))]
        name: Option<DisplayName>,
    },
    /// The answer to `media_offer`.
    MediaAnswer {
        /// Which call.
        call_id: CallId,
        /// The relay's answer.
        sdp: Sdp,
    },
    /// The offer cannot be used.
    MediaRefused {
        /// Which call.
        call_id: CallId,
        /// Why.
        error: WireError,
    },
    /// To both sides: the call is answered, microphones open.
    Answered {
        /// Which call.
        call_id: CallId,
        /// When, by the server's clock.
        at: Timestamp,
    },
    /// To both sides: both have received audio.
    Connected {
        /// Which call.
        call_id: CallId,
        /// When, by the server's clock.
        at: Timestamp,
    },
    /// To a device: the call is not here any more, it goes on or ended elsewhere. Also confirms to a device that it refused
    /// a call which goes on ringing on the user's others. Where the user may have several devices, `elsewhere` follows if
    /// the call is answered.
    Withdrawn {
        /// Which call.
        call_id: CallId,
        /// Why.
        reason: WithdrawnReason,
    },
    /// The other side closed or opened its microphone.
    PeerMuted {
        /// Which call.
        call_id: CallId,
        /// Whether it is closed now.
        muted: bool,
    },
    /// To a device that holds a call or goes on with it: how it stands now. It comes before the audio of a call that goes
    /// on, and before the other side is told. A device that did not ask is told too, if the user did so on another.
    Held {
        /// Which call.
        call_id: CallId,
        /// Whether this side holds it.
        held: bool,
    },
    /// The other side put the call on hold, or goes on with it.
    PeerHeld {
        /// Which call.
        call_id: CallId,
        /// Whether the other side holds it.
        held: bool,
    },
    /// The user is in this call on another of their devices; `take_over` moves it here. Comes again when the call connects,
    /// is held or goes on. What a device was told so is true of its session: one whose `welcome` begins a new session forgets
    /// all of it and is told anew.
    Elsewhere {
        /// The call as it stands, seen from this user's side.
        call: CallSnapshot,
    },
    /// A call that was on another of the user's devices is over, or is now on this one.
    ElsewhereEnded {
        /// Which call.
        call_id: CallId,
    },
    /// The call stays where it is.
    TakeOverRefused {
        /// Which call.
        call_id: CallId,
        /// Why.
        error: WireError,
    },
    /// The answer to `check`.
    CheckAnswer {
        /// Of the `check` that is answered.
        reference: String,
        /// The relay's answer.
        sdp: Sdp,
    },
    /// The check cannot be made.
    CheckRefused {
        /// Of the `check` that is answered.
        reference: String,
        /// Why.
        error: WireError,
    },
    /// The other side's connection is lost; it may come back.
    PeerAway {
        /// Which call.
        call_id: CallId,
    },
    /// The other side is back.
    PeerBack {
        /// Which call.
        call_id: CallId,
    },
    /// Whose network spoils the sound, as it comes out where both ways meet. Told when it changes; a call begins, and goes on
    /// after `restored`, with [`WeakNetwork::None`].
    Network {
        /// Which call.
        call_id: CallId,
        /// Whose it is now.
        weak: WeakNetwork,
    },
    /// The call is over.
    Ended {
        /// Which call.
        call_id: CallId,
        /// How.
        status: EndStatus,
        /// Why.
        reason: EndReason,
        /// Who ended it, if it was one of the two.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "gen", ts(optional))]
        by: Option<Role>,
        /// From the answer to the end; 0 if it was not answered.
        duration: Millis,
    },
    /// The account's branding was changed.
    BrandingChanged {
        /// The new one.
        branding: Branding,
    },
    /// A message of a later version.
    #[serde(other)]
    #[cfg_attr(feature = "gen", ts(skip))]
    Unknown,
}

/// A call as a device needs it to show it again after a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CallSnapshot {
    /// Which call.
    pub call_id: CallId,
    /// This device's side.
    pub role: Role,
    /// How far it has come; never `ended`.
    pub state: CallState,
    /// The person at the other end.
    pub peer: Party,
    /// Why the caller calls, as this side reads it.
    pub context: Context,
    /// The images that the caller passed.
    #[serde(default)]
    pub images: CallImages,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub answered_at: Option<Timestamp>,
    /// Whether this side is muted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "gen", ts(optional, as = "Option<bool>"))]
    pub muted: bool,
    /// Whether the other side is muted.
    #[serde(default)]
    pub peer_muted: bool,
    /// Whether this side holds the call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "gen", ts(optional, as = "Option<bool>"))]
    pub held: bool,
    /// Whether the other side holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "gen", ts(optional, as = "Option<bool>"))]
    pub peer_held: bool,
}

/// A person in a call as the other one sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Who.
    pub cuid: Cuid,
    /// What they are called, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub name: Option<DisplayName>,
}

/// The images that the caller passed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CallImages {
    /// Of the caller, on the callee's screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub initiator: Option<ImageUrl>,
    /// Of the callee, on the caller's screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub receiver: Option<ImageUrl>,
}

/// Whose network spoils the sound of a call, seen from the device that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WeakNetwork {
    /// Nobody's.
    #[default]
    None,
    /// This device's.
    Yours,
    /// The other side's.
    Theirs,
}

/// Why a device stops ringing although the call did not end for its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnReason {
    /// Another device of the same user took it.
    AnsweredElsewhere,
    /// Another device of the same user declined it.
    DeclinedElsewhere,
    /// The call goes on on another device of the same user, which took it over.
    TakenOver,
}
