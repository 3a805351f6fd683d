//! What becomes of a socket that opens or closes, and of what the server says on it.

use tring_protocol::limits::HEARTBEAT_TIMEOUT;
use tring_protocol::link::{Arrival, Link, LinkError};
use tring_protocol::signal::{ClientFrame, ServerFrame, Welcome};

use super::beside::Stage;
use super::{News, Next, Phase, Session};
use crate::signalling::input::Socket;
use crate::signalling::moment::{Moment, ServerClock};
use crate::signalling::output::Output;

impl Session {
    pub(in crate::signalling) fn socket_opened(&mut self, now: Moment, socket: Socket) {
        match (socket, self.phase, self.beside.stage()) {
            (Socket::First, Phase::Opening { .. }, _) => {
                self.phase = Phase::Greeting { until: now + HEARTBEAT_TIMEOUT };
                let frame = self.hello();
                self.frame(frame);
            }
            (Socket::Beside, _, Some(Stage::Opening)) => {
                self.beside.opened();
                let frame = self.hello();
                self.tell(Output::Frame { frame, socket });
            }
            _ => {}
        }
    }

    pub(in crate::signalling) fn socket_closed(&mut self, now: Moment, socket: Socket) {
        match (socket, self.phase, self.beside.stage()) {
            (Socket::Beside, _, Some(Stage::Opening | Stage::Greeting)) => {
                self.beside.failed(now, self.last_heard, &mut self.spread);
            }
            (Socket::First, Phase::Open { .. }, Some(_)) => self.first_died(now, Next::AfterAWhile),
            (Socket::First, Phase::Open { .. }, None) => {
                self.out.push(News::Lost);
                self.wait_to_retry(now);
            }
            (Socket::First, Phase::Opening { .. } | Phase::Greeting { .. }, _) => self.wait_to_retry(now),
            _ => {}
        }
    }

    pub(in crate::signalling) fn frame_arrived(
        &mut self,
        now: Moment,
        frame: ServerFrame,
        socket: Socket,
    ) -> Result<(), LinkError> {
        match socket {
            Socket::First => self.on_first(now, frame),
            Socket::Beside => self.on_beside(now, frame),
        }
    }

    fn on_first(&mut self, now: Moment, frame: ServerFrame) -> Result<(), LinkError> {
        let until = now + HEARTBEAT_TIMEOUT;
        let is_greeting = match &mut self.phase {
            phase @ Phase::Greeting { .. } => {
                *phase = Phase::Greeting { until };
                true
            }
            phase @ Phase::Open { .. } => {
                *phase = Phase::Open { until };
                false
            }
            _ => return Ok(()),
        };
        self.last_heard = now;
        match frame {
            ServerFrame::Welcome(welcome) if is_greeting => self.welcomed(now, welcome)?,
            // Where the session could not be continued beside this socket, the new one has ended the old.
            ServerFrame::Refused { .. } if self.beside.stage() == Some(Stage::Greeting) => {
                self.first_died(now, Next::AtOnce);
            }
            ServerFrame::Refused { error } => self.refused(now, error),
            ServerFrame::Ping {} => self.frame(ClientFrame::Pong {}),
            ServerFrame::Renewed { token_expires_at } => {
                self.tokens.renewed(now, self.clock.here(token_expires_at));
            }
            ServerFrame::RenewRefused { .. } => self.tokens.failed(now, &mut self.spread),
            ServerFrame::Ack { ack } => self.link.acknowledge(ack)?,
            ServerFrame::Message { seq, ack, body } => {
                self.link.acknowledge(ack)?;
                self.owes_acknowledgement = true;
                if self.link.receive(seq)? == Arrival::New {
                    self.out.push(News::Message(body));
                }
            }
            ServerFrame::Welcome(_) | ServerFrame::Unknown => {}
        }
        Ok(())
    }

    /// What comes on the socket beside: the session goes on there, or it does not.
    fn on_beside(&mut self, now: Moment, frame: ServerFrame) -> Result<(), LinkError> {
        if self.beside.stage() != Some(Stage::Greeting) {
            return Ok(());
        }
        match frame {
            ServerFrame::Welcome(welcome) => {
                self.beside.clear();
                self.last_heard = now;
                self.owes_acknowledgement = false;
                self.tell(Output::ChangeSocket);
                self.welcomed(now, welcome)
            }
            ServerFrame::Refused { .. } => {
                self.tell(Output::CloseSocket { socket: Socket::Beside });
                self.beside.failed(now, self.last_heard, &mut self.spread);
                Ok(())
            }
            ServerFrame::Message { .. }
            | ServerFrame::Ack { .. }
            | ServerFrame::Ping {}
            | ServerFrame::Renewed { .. }
            | ServerFrame::RenewRefused { .. }
            | ServerFrame::Unknown => Ok(()),
        }
    }

    /// The first socket is dead. One beside it is already on its way, or not.
    pub(super) fn first_died(&mut self, now: Moment, next: Next) {
        let until = now + HEARTBEAT_TIMEOUT;
        let phase = match self.beside.stage() {
            Some(Stage::Opening) => Phase::Opening { until },
            Some(Stage::Greeting) => Phase::Greeting { until },
            Some(Stage::Resting) | None => return self.give_up(now, next),
        };
        self.tell(Output::ChangeSocket);
        self.out.push(News::Lost);
        self.phase = phase;
        self.owes_acknowledgement = false;
        self.beside.clear();
    }

    fn welcomed(&mut self, now: Moment, welcome: Box<Welcome>) -> Result<(), LinkError> {
        self.phase = Phase::Open { until: now + HEARTBEAT_TIMEOUT };
        self.attempt = 0;
        self.resume_token = Some(welcome.resume_token.clone());
        self.clock = ServerClock::read(now, welcome.server_time);
        self.turn.welcomed(now, welcome.ice_servers.as_ref().map(|ice| self.clock.here(ice.expire_at)));
        self.tokens.welcomed(now, welcome.token_expires_at.map(|end| self.clock.here(end)));
        if welcome.resumed {
            let again: Vec<_> =
                self.link.resume(welcome.received)?.map(|(seq, message)| (seq, message.clone())).collect();
            for (seq, message) in again {
                self.number(seq, message);
            }
        } else {
            // What a lost session had not delivered is stale by now: its calls are over or come back as `restored`.
            self.link = Link::default();
        }
        self.out.push(News::Welcome(welcome));
        self.renew(now);
        Ok(())
    }
}
