//! How audio travels, as a device and the server tell each other.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// By what a leg's audio travels between the device and the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaPath {
    /// Straight to the relay over UDP.
    Udp,
    /// Straight to the relay over TCP (RFC 6544), where the network lets no UDP through.
    Tcp,
    /// By a TURN server that the device reaches over UDP.
    TurnUdp,
    /// By a TURN server that the device reaches over TCP.
    TurnTcp,
    /// By a TURN server that the device reaches over TLS.
    TurnTls,
}

impl MediaPath {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::TurnUdp => "turn_udp",
            Self::TurnTcp => "turn_tcp",
            Self::TurnTls => "turn_tls",
        }
    }
}

/// How the last second was at a device: what only the receiving end knows. May be lost; nothing waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LegReport {
    /// Share of the packets sent to this device that it did not get, 0 to 1.
    pub lost: f32,
    /// Share of the played samples that were made up, 0 to 1; silence that was made up does not count.
    pub concealed: f32,
    /// Mean time that sound waited in the jitter buffer, in milliseconds.
    pub playout_delay: f32,
    /// Interarrival jitter in milliseconds.
    pub jitter: f32,
    /// Round trip to the relay in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub rtt: Option<f32>,
    /// By what the device's audio travels; none if the browser does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub path: Option<MediaPath>,
}

impl LegReport {
    /// The same with every figure moved inside its bounds; `None` if one is no number. What a device says of itself is
    /// believed as far as it is possible.
    #[must_use]
    pub fn checked(self) -> Option<Self> {
        let share = |value: f32| value.is_finite().then(|| value.clamp(0.0, 1.0));
        let millis = |value: f32| value.is_finite().then(|| value.clamp(0.0, 60_000.0));
        Some(Self {
            lost: share(self.lost)?,
            concealed: share(self.concealed)?,
            playout_delay: millis(self.playout_delay)?,
            jitter: millis(self.jitter)?,
            rtt: self.rtt.and_then(millis),
            path: self.path,
        })
    }
}

/// A TURN server that a device may use, as WebRTC's `RTCIceServer` has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// `turn:` and `turns:` addresses (RFC 7065).
    pub urls: Vec<String>,
    /// Made for this device, with the time at which it ends.
    pub username: String,
    /// The password that belongs to it.
    pub credential: String,
}

// A credential lets somebody use the customer's TURN server; it must not reach a log.
impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// The account's TURN servers with credentials for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IceServers {
    /// In the account's order.
    pub servers: Vec<IceServer>,
    /// When the credentials end, by the server's clock. A device that resumes its session gets new ones.
    pub expire_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_report_is_moved_to_what_is_possible_or_not_taken() {
        let report = LegReport {
            lost: 1.5,
            concealed: -1.0,
            playout_delay: 1e9,
            jitter: 3.0,
            rtt: Some(f32::NAN),
            path: None,
        };
        let expected = LegReport {
            lost: 1.0,
            concealed: 0.0,
            playout_delay: 60_000.0,
            jitter: 3.0,
            rtt: None,
            path: None,
        };
        assert_eq!(report.checked(), Some(expected));
        assert_eq!(LegReport { lost: f32::NAN, ..expected }.checked(), None);
    }

    #[test]
    fn a_credential_does_not_reach_a_log() {
        let server = IceServer {
            urls: vec!["turn:turn.example:3478".into()],
            username: "17:x".into(),
            credential: "pw".into(),
        };
        let shown = format!("{server:?}");
        assert!(
            shown.contains("turn.example") && !shown.contains("17:x") && !shown.contains("pw"),
            "{shown}"
        );
    }
}
