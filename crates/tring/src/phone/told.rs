//! What happens, as a program is told it: one JSON object per line. README.md documents every event.

use serde::Serialize;
use tring_client::driver::{CallState, Ended};
use tring_client::engine::{CallQuality, PoorNetwork};
use tring_client::signalling::{Ending, ShownCall, ShownStatus};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndStatus;
use tring_protocol::signal::{MediaPath, Party, Role};
use tring_protocol::time::Timestamp;

use super::outcome::{code, sentence};

/// One line.
#[derive(Serialize)]
pub(super) struct Line<'a, 'b> {
    /// Milliseconds since 1970.
    pub(super) at: Timestamp,
    #[serde(flatten)]
    pub(super) told: &'a Told<'b>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum Told<'a> {
    /// Signed in; calls can come.
    SignedIn { cuid: &'a str },
    /// The server is looked for; a running call goes on.
    Lost,
    /// It was found.
    Connected,
    /// What a person would see of the call is different.
    Call(CallTold<'a>),
    /// How the last second sounded.
    Quality(QualityTold),
    /// There is no sound.
    NoSound { message: String },
    /// The call has ended.
    Ended(EndTold<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallTold<'a> {
    call_id: Option<CallId>,
    role: Role,
    status: ShownStatus,
    peer: &'a Party,
    context: &'a str,
    muted: bool,
    peer_muted: bool,
    held: bool,
    peer_held: bool,
}

impl<'a> CallTold<'a> {
    pub(super) fn of(shown: &'a ShownCall) -> Self {
        Self {
            call_id: shown.call_id,
            role: shown.role,
            status: shown.status,
            peer: &shown.peer,
            context: shown.context.as_str(),
            muted: shown.muted,
            peer_muted: shown.peer_muted,
            held: shown.held,
            peer_held: shown.peer_held,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QualityTold {
    call_id: Option<CallId>,
    mos: f32,
    lost: f32,
    concealed: f32,
    jitter: f32,
    rtt: Option<f32>,
    path: Option<MediaPath>,
    poor_network: PoorNetwork,
}

impl QualityTold {
    pub(super) fn of(call_id: Option<CallId>, quality: &CallQuality) -> Self {
        Self {
            call_id,
            mos: quality.mos,
            lost: quality.lost,
            concealed: quality.concealed,
            jitter: quality.jitter,
            rtt: quality.rtt,
            path: quality.path,
            poor_network: quality.poor_network,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndTold<'a> {
    call_id: Option<CallId>,
    /// None if it never was a call, or goes on elsewhere.
    status: Option<EndStatus>,
    reason: Option<&'a str>,
    /// Of the catalogue, if it was not placed.
    error: Option<&'static str>,
    message: String,
    /// Since it was answered, in milliseconds.
    duration: u64,
    exit_code: u8,
}

impl<'a> EndTold<'a> {
    pub(super) fn of(state: &CallState, ended: &'a Ended, duration: u64) -> Self {
        let reason = match ended {
            Ended::Because(Ending::Ended(reason)) => Some(reason.as_str()),
            Ended::Because(Ending::Withdrawn(_)) => Some("elsewhere"),
            Ended::NotPlaced(_) | Ended::SignedOut => None,
        };
        let error = match ended {
            Ended::NotPlaced(error) => Some(error.code.code()),
            _ => None,
        };
        Self {
            call_id: state.shown.as_ref().and_then(|shown| shown.call_id),
            status: ended.status(),
            reason,
            error,
            message: sentence(ended),
            duration,
            exit_code: code(ended),
        }
    }
}
