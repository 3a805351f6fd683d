//! What a device says about calls.

use serde::{Deserialize, Serialize};

use super::server::CallImages;
use crate::ids::{CallId, Cuid};
use crate::text::{Context, Sdp};

/// A message of a device. Each is answered by a [`super::ServerMessage`] or by nothing, as its text says; about a
/// call that has ended the answer is the same `ended` again, or silence if nothing is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ClientMessage {
    /// Calls somebody. Answered by `placed` or `rejected` with the same `reference`.
    Place {
        /// Chosen by the device to recognise the answer; at most 64 characters are kept.
        reference: String,
        /// Who is called.
        to: Cuid,
        /// Why.
        context: Context,
        /// Why, in words for the callee, if they should read something else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "gen", ts(optional))]
        remote_context: Option<Context>,
        /// What the screens show instead of the logo.
        #[serde(default)]
        images: CallImages,
    },
    /// This device shows the incoming call.
    Ringing {
        /// Which call.
        call_id: CallId,
    },
    /// A new peer connection for this device's leg, or new transport addresses of the old one. Answered by
    /// `media_answer` or `media_refused`.
    MediaOffer {
        /// Which call.
        call_id: CallId,
        /// The offer.
        sdp: Sdp,
    },
    /// The callee takes the call on this device. Answered by `answered`, or by `withdrawn` on the device that lost. For a
    /// call that waits, the device first ends or holds the call that it is in.
    Answer {
        /// Which call.
        call_id: CallId,
    },
    /// The callee, or this device for them, refuses the call.
    Decline {
        /// Which call.
        call_id: CallId,
        /// Why.
        reason: DeclineReason,
    },
    /// The caller cancels, the callee declines, or either ends the call: whichever the call's state makes of it.
    Hangup {
        /// Which call.
        call_id: CallId,
    },
    /// This side's microphone was closed or opened by its user; the other side is told.
    Mute {
        /// Which call.
        call_id: CallId,
        /// Whether it is closed now.
        muted: bool,
    },
    /// This side puts an answered call on hold, or goes on with it. Answered by `held`; audio passes after it. Going on
    /// waits up to [`crate::limits::SLOT_PATIENCE`] for the user's other call to be held or ended, in whichever order the
    /// two are said; if that does not happen the answer is `held` with `true` again.
    Hold {
        /// Which call.
        call_id: CallId,
        /// Whether this side holds it.
        held: bool,
    },
    /// Moves an answered call from the user's other device to this one. Answered by `restored` or `take_over_refused`;
    /// the other device is heard until this one's audio is ready, and then gets `withdrawn`. If this one's audio is not
    /// ready in the time that a call may take to connect, it is this one that gets `withdrawn`. A call on hold may be moved
    /// whatever else its user is in, and stays on hold.
    TakeOver {
        /// Which call.
        call_id: CallId,
    },
    /// A peer connection whose audio the relay sends back, to try the network before a call. Answered by
    /// `check_answer` or `check_refused`; ends after [`crate::limits::CHECK_MAX`] or with `check_done`. A device's new
    /// check ends its older one.
    Check {
        /// Chosen by the device to recognise the answer; at most 64 characters are kept.
        reference: String,
        /// The offer.
        sdp: Sdp,
    },
    /// The check is over.
    CheckDone {
        /// Of its `check`.
        reference: String,
    },
    /// Ends the session and whatever call it is in. The server closes the connection.
    SignOut {},
    /// A message of a later version.
    #[serde(other)]
    #[cfg_attr(feature = "gen", ts(skip))]
    Unknown,
}

/// Why a device refuses a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The person pressed Decline.
    User,
    /// The person is in a call that Tring does not know of, such as a telephone call. Of a call that waits only this
    /// device's share is refused: it does not show it.
    Busy,
    /// The person answered, but the microphone cannot be used.
    MicrophoneDenied,
    /// The device may not show calls.
    NotificationsDisabled,
}
