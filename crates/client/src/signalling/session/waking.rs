//! What time brings, and news of the network.

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::limits::{HEARTBEAT_TIMEOUT, TOKEN_PATIENCE};
use tring_protocol::time::Millis;

use super::beside::{self, REDIAL_AFTER};
use super::{Next, Phase, Session, token};
use crate::signalling::input::{Socket, WakeReason};
use crate::signalling::moment::Moment;
use crate::signalling::output::Output;

/// By how much a deadline must be missed for the machine to have slept; it is given as much to read what came meanwhile.
/// Higher: a program that had no time to read loses its session's socket; lower: a dead one is kept longer when a lid is
/// opened.
const OVERSLEPT: Millis = Millis::seconds(1);

impl Session {
    pub(in crate::signalling) fn wake(&mut self, now: Moment, why: WakeReason) {
        match self.phase {
            // Audio of an app that was put away says nothing about when it comes back.
            Phase::Away if why == WakeReason::Media => {}
            Phase::Away | Phase::Waiting { .. } => {
                self.attempt = 0;
                self.open(now);
            }
            Phase::Opening { until } | Phase::Greeting { until } => {
                // What was begun without a network waits for seconds until the system tries again.
                if now + HEARTBEAT_TIMEOUT >= until + REDIAL_AFTER {
                    self.tell(Output::CloseSocket { socket: Socket::First });
                    self.open(now);
                }
            }
            Phase::Open { .. } => match why {
                // A socket of before the network went is most likely dead without knowing it.
                WakeReason::Online => self.give_up(now, Next::AtOnce),
                WakeReason::Visible if now.since(self.last_heard) >= HEARTBEAT_TIMEOUT => {
                    self.give_up(now, Next::AtOnce);
                }
                WakeReason::Visible => {}
                WakeReason::Network | WakeReason::Slept | WakeReason::Media => self.probe(now),
            },
            Phase::Idle | Phase::Asking | Phase::Over => {}
        }
    }

    pub(in crate::signalling) fn tick(&mut self, now: Moment) {
        self.token_tick(now);
        let next = self.beside.tick(now, self.last_heard);
        if next.is_some() {
            self.tell(Output::CloseSocket { socket: Socket::Beside });
        }
        if next == Some(beside::Due::Redial) {
            self.tell(Output::OpenSocket { socket: Socket::Beside });
        }
        self.renew_turn(now);
        match self.phase {
            Phase::Waiting { until } if now >= until => self.open(now),
            Phase::Open { until } if now >= until => self.silence(now, now.since(until)),
            Phase::Opening { until } | Phase::Greeting { until } if now >= until => {
                self.give_up(now, Next::AfterAWhile);
            }
            _ => {}
        }
    }

    /// New credentials for the TURN servers come with a welcome.
    pub(super) fn renew_turn(&mut self, now: Moment) {
        if self.is_open() && !self.is_occupied && self.turn.is_due(now) {
            self.probe(now);
        }
    }

    fn token_tick(&mut self, now: Moment) {
        if !matches!(self.phase, Phase::Open { .. } | Phase::Asking) {
            return;
        }
        match self.tokens.tick(now) {
            Some(token::Due::Ask) => self.tell(Output::AskToken),
            Some(token::Due::TimedOut) => {
                let seconds = TOKEN_PATIENCE.get() / 1_000;
                let sentence = format!("`getToken` brought no token within {seconds} seconds.");
                self.token_failed(now, WireError::with(ErrorCode::TokenRequired, sentence));
            }
            None => {}
        }
    }

    /// The socket in use may be dead: the session is continued on another one beside it.
    fn probe(&mut self, now: Moment) {
        if self.tokens.must_ask(now) {
            self.give_up(now, Next::AtOnce);
        } else if self.beside.hint(now) {
            self.tell(Output::OpenSocket { socket: Socket::Beside });
        }
    }

    /// Nothing was heard for too long, if this machine was awake. One that was not has frames that it has yet to read.
    fn silence(&mut self, now: Moment, overdue: Millis) {
        if overdue < OVERSLEPT {
            return self.first_died(now, Next::AtOnce);
        }
        self.phase = Phase::Open { until: now + OVERSLEPT };
        self.probe(now);
    }
}
