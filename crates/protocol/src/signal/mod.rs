//! The signalling wire of `/v1/signal`: JSON text frames, each an object with a `type`.
//!
//! A connection begins with [`Hello`]; the answer is [`Welcome`] or `refused`. From then on either side sends
//! `message` frames, numbered from 1 and acknowledged ([`crate::link`] keeps the numbers), and unnumbered frames for
//! the connection itself. Readers ignore fields they do not know; a `type` they do not know becomes `Unknown`, which
//! is counted and dropped (an unknown message is acknowledged first, or it would be sent for ever).

mod client;
mod hello;
mod media;
mod server;

pub use client::{ClientMessage, DeclineReason};
pub use hello::{
    CallState, Device, DeviceDetails, Hello, Platform, RelayInfo, Resume, Role, SdkInfo, UserToken, Welcome,
};
pub use media::{IceServer, IceServers, LegReport, MediaPath};
pub use server::{CallImages, CallSnapshot, Party, ServerMessage, WeakNetwork, WithdrawnReason};

use serde::{Deserialize, Serialize};

use crate::error::WireError;
use crate::ids::CallId;
use crate::time::Timestamp;

/// The version of the wire that this crate speaks. It is raised only when an old reader would misread a new writer.
pub const PROTOCOL_VERSION: u16 = 1;

/// The capability of a device that offers a second call to somebody who is in one; see [`ServerMessage::Incoming`].
pub const CALL_WAITING: &str = "call_waiting";

/// What a device sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ClientFrame {
    /// The first frame of a connection.
    Hello(Box<Hello>),
    /// A numbered message; `ack` is the number of the last message received from the server.
    Message {
        /// Counts from 1 in this session.
        seq: u32,
        /// The last `seq` received; 0 for none.
        ack: u32,
        /// What it says.
        body: ClientMessage,
    },
    /// Confirms messages when there is nothing to say.
    Ack {
        /// The last `seq` received.
        ack: u32,
    },
    /// The answer to `ping`, at once.
    Pong {},
    /// The page is being closed or reloaded; no answer is expected.
    Leaving {},
    /// A new user token, in time before the old one ends. Answered by `renewed` or `renew_refused`.
    Renew {
        /// Of the same user.
        token: UserToken,
    },
    /// How the last second of a call was at this device, once a second while it is answered. Not acknowledged.
    Report {
        /// Which call.
        call_id: CallId,
        /// How it was.
        report: LegReport,
    },
    /// A frame of a later version.
    #[serde(other)]
    #[cfg_attr(feature = "gen", ts(skip))]
    Unknown,
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ServerFrame {
    /// The session begins or goes on.
    Welcome(Box<Welcome>),
    /// The session is refused, or ends here for good; the server closes the connection after it.
    Refused {
        /// Why, and what to do.
        error: WireError,
    },
    /// A numbered message; `ack` is the number of the last message received from the device.
    Message {
        /// Counts from 1 in this session.
        seq: u32,
        /// The last `seq` received; 0 for none.
        ack: u32,
        /// What it says.
        body: ServerMessage,
    },
    /// Confirms messages when there is nothing to say. What it confirms survives a crash of the server.
    Ack {
        /// The last `seq` received.
        ack: u32,
    },
    /// Asks for a `pong`; browsers answer messages even in tabs whose timers sleep.
    Ping {},
    /// The new user token holds.
    Renewed {
        /// Until when, by the server's clock.
        token_expires_at: Timestamp,
    },
    /// The new user token is not taken; the old one holds until its end.
    RenewRefused {
        /// Why, and what to do.
        error: WireError,
    },
    /// A frame of a later version.
    #[serde(other)]
    #[cfg_attr(feature = "gen", ts(skip))]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_types_are_read_and_known_as_such() {
        let frame: ServerFrame = serde_json::from_str(
            r#"{"type":"message","seq":4,"ack":2,"body":{"type":"teleport","x":[1,{"y":2}]}}"#,
        )
        .unwrap();
        assert_eq!(frame, ServerFrame::Message { seq: 4, ack: 2, body: ServerMessage::Unknown });
        let frame: ClientFrame = serde_json::from_str(r#"{"type":"nonsense","deep":{"a":1}}"#).unwrap();
        assert_eq!(frame, ClientFrame::Unknown);
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let frame: ClientFrame = serde_json::from_str(r#"{"type":"ack","ack":2,"later":true}"#).unwrap();
        assert_eq!(frame, ClientFrame::Ack { ack: 2 });
    }

    #[test]
    fn what_breaks_a_rule_says_which() {
        let error = serde_json::from_str::<ClientMessage>(
            r#"{"type":"place","reference":"1","to":"91_8899555","context":"Hello"}"#,
        )
        .unwrap_err();
        assert!(error.to_string().contains("must not be a number followed by _"), "{error}");
    }
}
