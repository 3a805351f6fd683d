//! Sockets, sign-ins, sessions.

use metrics::{Counter, Gauge};
use tring_calls::Sessions;
use tring_protocol::error::ErrorCode;

use super::registry::Registry;

const SIGN_INS: &str = "tring_sign_ins_total";
const SIGN_INS_HELP: &str = "Sockets that proved who they are, by whether they went on with a session, and those refused, by the error.";

/// Of the door.
pub(crate) struct SignallingFigures {
    sockets: Gauge,
    refused: Vec<(ErrorCode, Counter)>,
    turn: Counter,
}

/// An open socket; dropped when it is closed.
pub(crate) struct OpenSocket<'a>(&'a Gauge);

impl std::fmt::Debug for SignallingFigures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignallingFigures").finish_non_exhaustive()
    }
}

impl SignallingFigures {
    pub(super) fn new(registry: &Registry) -> Self {
        // Each error has a series from its first time on: most of the catalogue is never seen at the door.
        let refused = ErrorCode::ALL.iter().filter(|code| is_of_the_door(**code)).map(|code| {
            let labels = [("outcome", "refused"), ("error", code.code())];
            (*code, registry.counter(SIGN_INS, SIGN_INS_HELP, &labels))
        });
        Self {
            sockets: registry.gauge("tring_sockets", "Open sockets of devices, signed in or about to.", &[]),
            refused: refused.collect(),
            turn: registry.counter(
                "tring_turn_credentials_total",
                "Devices that were given credentials for the TURN servers of their account.",
                &[],
            ),
        }
    }

    /// A socket was opened.
    pub(crate) fn socket(&self) -> OpenSocket<'_> {
        self.sockets.increment(1);
        OpenSocket(&self.sockets)
    }

    /// A socket was not let in.
    pub(crate) fn refused(&self, code: ErrorCode) {
        let known = |code| self.refused.iter().find(|(known, _)| *known == code);
        if let Some((_, counter)) = known(code).or_else(|| known(ErrorCode::Internal)) {
            counter.increment(1);
        }
    }

    /// Credentials for TURN servers were made.
    pub(crate) fn turn_credentials(&self) {
        self.turn.increment(1);
    }
}

impl Drop for OpenSocket<'_> {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// Errors that a `hello` can be refused with; what is not among them counts as internal.
fn is_of_the_door(code: ErrorCode) -> bool {
    let code = code.code();
    ["ERR_PROTOCOL", "ERR_TOKEN", "ERR_RATE", "ERR_ORIGIN", "ERR_INVALID_CREDENTIALS", "ERR_INTERNAL"]
        .iter()
        .any(|family| code.starts_with(family))
}

/// Of the hub, which alone knows.
pub(crate) struct SessionFigures {
    sessions: Gauge,
    connected: Gauge,
    fresh: Counter,
    resumed: Counter,
    unknown: Counter,
    broken: Counter,
    timed_out: Counter,
}

impl std::fmt::Debug for SessionFigures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionFigures").finish_non_exhaustive()
    }
}

impl SessionFigures {
    pub(super) fn new(registry: &Registry) -> Self {
        let sign_ins =
            |outcome| registry.counter(SIGN_INS, SIGN_INS_HELP, &[("outcome", outcome), ("error", "")]);
        let ended = |why| {
            let help = "Sockets that the server closed, by why.";
            registry.counter("tring_sockets_closed_total", help, &[("why", why)])
        };
        Self {
            sessions: registry.gauge("tring_sessions", "Sessions kept, with and without a socket.", &[]),
            connected: registry.gauge("tring_sessions_connected", "Sessions with a socket.", &[]),
            fresh: sign_ins("fresh"),
            resumed: sign_ins("resumed"),
            unknown: registry.counter(
                "tring_unknown_messages_total",
                "Frames and messages of a type that this version does not know.",
                &[],
            ),
            broken: ended("protocol"),
            timed_out: ended("timeout"),
        }
    }

    /// A session begins, or goes on.
    pub(crate) fn welcomed(&self, resumed: bool) {
        if resumed { self.resumed.increment(1) } else { self.fresh.increment(1) }
    }

    /// How the sessions are after a round.
    pub(crate) fn after_a_round(&self, sessions: &Sessions) {
        self.sessions.set(sessions.len() as f64);
        self.connected.set(sessions.connected() as f64);
        let counters = sessions.counters();
        self.unknown.absolute(counters.unknown);
        self.broken.absolute(counters.broken);
        self.timed_out.absolute(counters.timed_out);
    }
}
