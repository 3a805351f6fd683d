//! One device's session: its numbering, its socket or when it loses its right to come back, and the calls it is in.
//! Small, because an idle server is full of them.

use std::collections::VecDeque;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use tring_protocol::ids::{CallId, DeviceAddress};
use tring_protocol::limits::{PAGE_RETURN, SESSION_GRACE};
use tring_protocol::link::{Link, LinkError};
use tring_protocol::settings::Branding;
use tring_protocol::signal::{ServerFrame, ServerMessage};
use tring_protocol::time::Timestamp;

use super::{Closed, ConnId, Effect, Proof};
use crate::bus::Sender;

pub(super) struct Session {
    pub(super) sender: Sender,
    /// How the screens look, as the device was last told or will be.
    pub(super) branding: Arc<Branding>,
    /// Names the session in logs.
    pub(super) name: Box<str>,
    pub(super) token: Box<str>,
    pub(super) link: Link<ServerMessage>,
    pub(super) socket: Socket,
    /// What its user token said, if it signed in with one. In a box, because many accounts use none.
    pub(super) proof: Option<Box<Proof>>,
    /// The calls that this device was told of and not yet told the end of.
    pub(super) calls: Vec<CallId>,
}

// The token must not reach a log.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("name", &self.name)
            .field("device", self.device())
            .field("socket", &self.socket)
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Socket {
    Open {
        conn: ConnId,
        sent_at: Timestamp,
        heard_at: Timestamp,
        owes_ack: bool,
    },
    /// The device may come back until then.
    Away {
        until: Timestamp,
    },
}

impl Socket {
    pub(super) fn open(now: Timestamp, conn: ConnId) -> Self {
        Self::Open { conn, sent_at: now, heard_at: now, owes_ack: false }
    }

    pub(super) fn away(now: Timestamp, how: Closed) -> Self {
        let grace = match how {
            Closed::Leaving => PAGE_RETURN,
            Closed::Lost => SESSION_GRACE,
        };
        Self::Away { until: now + grace }
    }
}

impl Session {
    pub(super) fn device(&self) -> &DeviceAddress {
        &self.sender.attendee.device
    }

    pub(super) fn conn(&self) -> Option<ConnId> {
        match self.socket {
            Socket::Open { conn, .. } => Some(conn),
            Socket::Away { .. } => None,
        }
    }

    /// Whether another device must not take this one's place: it is connected, or will come back to its call.
    pub(super) fn is_in_use(&self) -> bool {
        self.conn().is_some() || !self.calls.is_empty()
    }

    /// Whether its user token has ended and no call needs the session any more.
    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.proof.as_ref().is_some_and(|proof| proof.expires_at <= now) && self.calls.is_empty()
    }

    pub(super) fn accepts(&self, token: &str) -> bool {
        bool::from(self.token.as_bytes().ct_eq(token.as_bytes()))
    }

    /// Numbers `message` and sends it if there is a socket.
    pub(super) fn transmit(
        &mut self,
        now: Timestamp,
        message: ServerMessage,
        out: &mut VecDeque<Effect>,
    ) -> Result<(), LinkError> {
        self.follow(&message);
        let Socket::Open { conn, sent_at, owes_ack, .. } = &mut self.socket else {
            self.link.send(message)?;
            return Ok(());
        };
        let seq = self.link.send(message.clone())?;
        let frame = ServerFrame::Message { seq, ack: self.link.received(), body: message };
        out.push_back(Effect::Send { conn: *conn, frame });
        *sent_at = now;
        *owes_ack = false;
        Ok(())
    }

    /// Learns from what passes through in which calls the device is.
    fn follow(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Placed { call_id, .. } | ServerMessage::Incoming { call_id, .. } => {
                self.enter(*call_id);
            }
            ServerMessage::Restored { call } => self.enter(call.call_id),
            ServerMessage::Ended { call_id, .. } | ServerMessage::Withdrawn { call_id, .. } => {
                self.leave(*call_id);
            }
            ServerMessage::Rejected { .. }
            | ServerMessage::CallWaiting { .. }
            | ServerMessage::Ringing { .. }
            | ServerMessage::MediaAnswer { .. }
            | ServerMessage::MediaRefused { .. }
            | ServerMessage::Answered { .. }
            | ServerMessage::Connected { .. }
            | ServerMessage::PeerMuted { .. }
            | ServerMessage::PeerAway { .. }
            | ServerMessage::PeerBack { .. }
            | ServerMessage::Held { .. }
            | ServerMessage::PeerHeld { .. }
            | ServerMessage::Elsewhere { .. }
            | ServerMessage::ElsewhereEnded { .. }
            | ServerMessage::TakeOverRefused { .. }
            | ServerMessage::CheckAnswer { .. }
            | ServerMessage::CheckRefused { .. }
            | ServerMessage::BrandingChanged { .. }
            | ServerMessage::Network { .. }
            | ServerMessage::Unknown => {}
        }
    }

    fn enter(&mut self, call: CallId) {
        if !self.calls.contains(&call) {
            self.calls.push(call);
        }
    }

    pub(super) fn leave(&mut self, call: CallId) {
        self.calls.retain(|other| *other != call);
        if self.calls.is_empty() {
            self.calls = Vec::new();
        }
    }
}
