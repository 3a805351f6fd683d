//! What a device sends once it is signed in, and how its socket ends.

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::limits::{CALLS_MAX, REFERENCE_MAX};
use tring_protocol::link::{Arrival, LinkError};
use tring_protocol::signal::{ClientFrame, ClientMessage, DeclineReason, ServerFrame, ServerMessage};
use tring_protocol::time::Timestamp;

use super::session::Socket;
use super::{Closed, ConnId, Effect, Proof, SessionKey, Sessions};
use crate::bus::{GoneReason, ToCalls};

impl Sessions {
    pub(super) fn frame(&mut self, now: Timestamp, conn: ConnId, frame: ClientFrame) {
        let Some(&key) = self.conns.get(&conn) else { return };
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if let Socket::Open { heard_at, .. } = &mut session.socket {
            *heard_at = now;
        }
        match frame {
            ClientFrame::Message { seq, ack, body } => {
                if self.message(now, key, (seq, ack), body).is_err() {
                    self.broken(key);
                }
            }
            ClientFrame::Ack { ack } => {
                if session.link.acknowledge(ack).is_err() {
                    self.broken(key);
                }
            }
            ClientFrame::Pong {} => {}
            ClientFrame::Leaving {} => {
                self.away(now, key, Closed::Leaving);
                self.out.push_back(Effect::Close { conn });
            }
            ClientFrame::Hello(_) => self.broken(key),
            // The shell judges a `renew` and says how it went with `Input::Renewed`.
            ClientFrame::Renew { .. } => {}
            ClientFrame::Report { call_id, report } => {
                if let Some(report) = report.checked() {
                    let from = session.sender.attendee.device.clone();
                    self.out.push_back(Effect::ToCalls(ToCalls::Reported { from, call: call_id, report }));
                }
            }
            ClientFrame::Unknown => self.counters.unknown += 1,
        }
    }

    pub(super) fn closed(&mut self, now: Timestamp, conn: ConnId, how: Closed) {
        if let Some(&key) = self.conns.get(&conn) {
            self.away(now, key, how);
        }
    }

    /// A token that ended while it was judged is one that expires at the next sweep.
    pub(super) fn renewed(&mut self, now: Timestamp, conn: ConnId, outcome: Result<Proof, WireError>) {
        let Some(session) = self.conns.get(&conn).and_then(|key| self.sessions.get_mut(key)) else { return };
        let frame = match outcome {
            Ok(proof) => {
                let token_expires_at = proof.expires_at;
                session.proof = Some(Box::new(proof));
                ServerFrame::Renewed { token_expires_at }
            }
            Err(error) => ServerFrame::RenewRefused { error },
        };
        if let Socket::Open { sent_at, heard_at, .. } = &mut session.socket {
            *sent_at = now;
            *heard_at = now;
        }
        self.out.push_back(Effect::Send { conn, frame });
    }

    /// Acknowledges what was received since the last round, where no answer has done so.
    pub(super) fn acknowledge(&mut self, now: Timestamp) {
        for conn in std::mem::take(&mut self.owing) {
            let Some(session) = self.conns.get(&conn).and_then(|key| self.sessions.get_mut(key)) else {
                continue;
            };
            let ack = session.link.received();
            if let Socket::Open { sent_at, owes_ack: owes_ack @ true, .. } = &mut session.socket {
                *owes_ack = false;
                *sent_at = now;
                self.out.push_back(Effect::Send { conn, frame: ServerFrame::Ack { ack } });
            }
        }
    }

    fn message(
        &mut self,
        now: Timestamp,
        key: SessionKey,
        (seq, ack): (u32, u32),
        body: ClientMessage,
    ) -> Result<(), LinkError> {
        let Some(session) = self.sessions.get_mut(&key) else { return Ok(()) };
        session.link.acknowledge(ack)?;
        let arrival = session.link.receive(seq)?;
        if let Socket::Open { conn, owes_ack, .. } = &mut session.socket {
            if !*owes_ack {
                self.owing.push(*conn);
            }
            *owes_ack = true;
        }
        if arrival == Arrival::Duplicate {
            return Ok(());
        }
        match body {
            ClientMessage::Unknown => self.counters.unknown += 1,
            ClientMessage::SignOut {} => self.sign_out(key),
            // Whoever is in so many calls holds all but one of them; an SDK does not even ask.
            ClientMessage::Place { reference, .. } if session.calls.len() >= CALLS_MAX => {
                let error = ErrorCode::OutgoingCallInProgress.into();
                let reference = reference.chars().take(REFERENCE_MAX).collect();
                session.transmit(now, ServerMessage::Rejected { reference, error }, &mut self.out)?;
            }
            mut message => {
                if let ClientMessage::Place { images, .. } = &mut message
                    && let Some(image) = session.proof.as_ref().and_then(|proof| proof.image.clone())
                {
                    images.initiator = Some(image);
                }
                if let ClientMessage::Decline { call_id, reason: DeclineReason::NotificationsDisabled } =
                    message
                {
                    // The call may go on at other devices, and nothing more is said of it to this one.
                    session.leave(call_id);
                }
                let from = session.sender.clone();
                self.out.push_back(Effect::ToCalls(ToCalls::Told { from, message }));
            }
        }
        Ok(())
    }

    /// Confirms at once, because the session is gone when the round is settled.
    fn sign_out(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get(&key)
            && let Some(conn) = session.conn()
        {
            let ack = session.link.received();
            self.out.push_back(Effect::Send { conn, frame: ServerFrame::Ack { ack } });
        }
        self.end(key, GoneReason::SignedOut);
    }
}
