//! How a call can end: five statuses, their reasons, and what each SDK and the dashboard say to it.
//!
//! The table of DESIGN §3, once. `vectors/end-status.json` is made from it and every SDK is tested against that.

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// How a call ended, as its two parties see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndStatus {
    /// It was answered and has been ended.
    Over,
    /// The callee, or the callee's device, refused it.
    Declined,
    /// Nobody answered.
    Missed,
    /// The caller gave up before it was answered.
    Cancelled,
    /// It was answered, or could have been, but Tring did not bring it about.
    Failed,
}

/// What the promise of `call()` does in the web SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebOutcome {
    /// Resolves with this string.
    Resolves(&'static str),
    /// Rejects with this string.
    Rejects(&'static str),
    /// Rejects with `{code, message}`.
    RejectsError(ErrorCode),
}

/// The sentence with which the vendors' web SDK rejects a call to somebody who is in another one; apps compare it.
pub const BUSY_SENTENCE: &str = "The user you are trying to reach is busy on another call";

// By hand: the derive does not see names that come out of a macro.
#[cfg(feature = "openapi")]
crate::checked::enum_schema!(EndReason, EndReason::as_str);

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $status:ident, $web:expr, $ios:literal, $sendbird:literal, $dashboard:literal;)+) => {
        /// Why a call ended; each reason belongs to exactly one status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "gen", derive(ts_rs::TS))]
        pub enum EndReason {
            $($(#[$doc])* #[serde(rename = $wire)] $name,)+
        }

        impl EndReason {
            /// Every reason, in the order of the design's table.
            pub const ALL: &[EndReason] = &[$(EndReason::$name,)+];

            /// The reason's name on the wire and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(EndReason::$name => $wire,)+ }
            }

            /// The status that a call with this reason has.
            #[must_use]
            pub fn status(self) -> EndStatus {
                match self { $(EndReason::$name => EndStatus::$status,)+ }
            }

            /// What the promise of `call()` does.
            #[must_use]
            pub fn web(self) -> WebOutcome {
                match self { $(EndReason::$name => $web,)+ }
            }

            /// The status of the iOS SDK.
            #[must_use]
            pub fn ios(self) -> &'static str {
                match self { $(EndReason::$name => $ios,)+ }
            }

            /// Sendbird's `endResult`.
            #[must_use]
            pub fn sendbird(self) -> &'static str {
                match self { $(EndReason::$name => $sendbird,)+ }
            }

            /// The column of the dashboard's statistics.
            #[must_use]
            pub fn dashboard(self) -> &'static str {
                match self { $(EndReason::$name => $dashboard,)+ }
            }
        }
    };
}

use WebOutcome::{Rejects, RejectsError, Resolves};

outcomes! {
    /// One of the two hung up.
    Hangup = "hangup", Over, Resolves("over"), "CALL_OVER", "completed", "Over";
    /// The call reached the longest duration that is allowed.
    MaxDuration = "max_duration", Over, Resolves("over"), "CALL_OVER", "completed", "Over";
    /// The caller's balance is used up.
    BalanceExhausted = "balance_exhausted", Over, Resolves("over"), "CALL_OVER", "completed", "Over";
    /// The business ended it.
    EndedByServer = "ended_by_server", Over, Resolves("over"), "CALL_OVER", "completed", "Over";
    /// One side's connection was lost and did not come back.
    ConnectionLost = "connection_lost", Over, Resolves("over"), "CALL_OVER", "connection_lost", "Over";
    /// The callee declined.
    User = "user", Declined, Rejects("declined"), "CALL_DECLINED", "declined", "Declined";
    /// The callee is in another call.
    Busy = "busy", Declined, Rejects(BUSY_SENTENCE), "CALLEE_BUSY_ON_ANOTHER_CALL", "declined", "Declined";
    /// The callee answered but their microphone cannot be used.
    MicrophoneDenied = "microphone_denied", Declined, RejectsError(ErrorCode::CalleeMicUnavailable),
        "CALLEE_MICROPHONE_PERMISSION_NOT_GRANTED", "declined", "Declined";
    /// The callee signed out.
    LoggedOut = "logged_out", Declined, RejectsError(ErrorCode::CalleeLoggedOut),
        "CALL_DECLINED_DUE_TO_LOGGED_OUT_CUID", "declined", "Declined";
    /// The callee's device may not show calls.
    NotificationsDisabled = "notifications_disabled", Declined, RejectsError(ErrorCode::CalleeNotificationsDisabled),
        "CALL_DECLINED_DUE_TO_NOTIFICATIONS_DISABLED", "declined", "Declined";
    /// It rang, or was about to, until the time was up.
    RingTimeout = "ring_timeout", Missed, Rejects("missed"), "CALL_MISSED", "no_answer", "Missed";
    /// No device of the callee could be reached at all.
    Unreachable = "unreachable", Missed, RejectsError(ErrorCode::CalleeOffline), "CALL_MISSED", "no_answer", "Missed";
    /// The caller cancelled.
    Caller = "caller", Cancelled, Rejects("cancelled"), "CALL_CANCELLED", "canceled", "Canceled";
    /// The caller's connection was lost before the answer.
    CallerLost = "caller_lost", Cancelled, Rejects("cancelled"), "CALL_CANCELLED", "canceled", "Canceled";
    /// Answered, but audio did not flow in time.
    ConnectTimeout = "connect_timeout", Failed, RejectsError(ErrorCode::ConnectTimeout), "CALL_OVER", "timed_out", "Failed";
    /// The node that owned the call stopped without finishing it.
    NodeLost = "node_lost", Failed, RejectsError(ErrorCode::NodeLost), "CALL_OVER", "unknown", "Failed";
    /// A bug.
    Internal = "internal", Failed, RejectsError(ErrorCode::Internal), "CALL_OVER", "unknown", "Failed";
}

impl EndStatus {
    /// The status's name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Declined => "declined",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

impl EndReason {
    /// Reads the name that [`Self::as_str`] writes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for &reason in EndReason::ALL {
            assert_eq!(EndReason::from_name(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(serde_json::to_value(reason.status()).unwrap(), reason.status().as_str());
        }
        assert_eq!(EndReason::from_name("over"), None);
    }

    #[test]
    fn the_promise_follows_the_status() {
        for &reason in EndReason::ALL {
            let resolves = matches!(reason.web(), WebOutcome::Resolves(_));
            assert_eq!(resolves, reason.status() == EndStatus::Over, "{reason:?}");
        }
    }
}
