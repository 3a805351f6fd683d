//! ICE-lite (RFC 8445): connectivity checks answered, and the handshake's datagrams let through.
//!
//! The relay never sends a check of its own. **A leg's path is the source of its newest authentic packet or, while none
//! come, of its newest authentic nominated check; nothing else moves it.** Packets go first because no replay of one
//! is ever taken, while of checks only the last are remembered. Whoever does not know the password gets no answer at
//! all.

use super::{ConnectionKey, Route, Send, Ufrag, Worker};
use crate::event::{Dropped, RelayEvent};
use crate::handshake::{Job, LINGER};
use crate::stun::{self, Class, Message, Role};
use std::time::{Duration, Instant};

/// DTLS datagrams that one connection may cost. A handshake needs about ten; the rest is for repetitions. Higher:
/// more work for a hostile peer; lower: handshakes over very lossy paths stop.
const MAX_HANDSHAKE_DATAGRAMS: u32 = 200;
/// How long after an ICE restart checks with the credentials before it are answered. Higher: what was once let out is
/// good for longer; lower: a browser whose new checks take their time gives up the way that still works.
const RESTART_GRACE: Duration = Duration::from_secs(10);

impl Worker {
    /// Answers a check in its own buffer.
    pub(super) fn check(
        &mut self,
        now: Instant,
        source: Route,
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Send>, Dropped> {
        let message = Message::parse(&buffer[..len]).map_err(|_| Dropped::Malformed)?;
        if message.class != Class::Request {
            return Err(Dropped::NotExpected);
        }
        let ufrag: Ufrag =
            message.local_ufrag().and_then(|text| text.try_into().ok()).ok_or(Dropped::UnknownSource)?;
        let slot = self.by_ufrag.get(&ufrag).ok_or(Dropped::UnknownSource)?;
        let connection = self.connections.at_mut(*slot).ok_or(Dropped::UnknownSource)?;
        let known = &connection.cold.credentials;
        let at = known.iter().position(|known| known.ufrag == ufrag).ok_or(Dropped::UnknownSource)?;
        let credentials = &connection.cold.credentials[at];
        // The peer's half of the name is not looked at (RFC 8445 §7.3): a browser that restarts checks its old pairs under
        // its new name before the relay has heard of that.
        if !message.verify(&credentials.key) {
            return Err(Dropped::NotAuthentic);
        }
        let integrity = credentials.key.clone();
        let (transaction, role, nominates) = (message.transaction, message.role, message.use_candidate);
        // As the lite side the relay is always controlled (RFC 8445 §6.1.1).
        if matches!(role, Some(Role::Controlled(_))) {
            let end =
                stun::write_role_conflict(buffer, &transaction, &integrity).ok_or(Dropped::Malformed)?;
            return Ok(Some(Send { to: source, start: 0, end }));
        }
        let (key, is_newest) = (connection.key, at + 1 == connection.cold.credentials.len());
        if connection.cold.is_new_check(transaction) {
            let restarted_at = &mut connection.cold.restarted_at;
            if is_newest {
                restarted_at.get_or_insert(now);
            } else if restarted_at.is_some_and(|at| now.saturating_duration_since(at) >= RESTART_GRACE) {
                connection.cold.credentials.remove(at);
                self.by_ufrag.remove(&ufrag);
                return Err(Dropped::UnknownSource);
            }
            // Until its restart is through, a browser goes on with what it had, which keeps that alive but must not
            // take the leg back to where it came from.
            let is_current = is_newest || connection.cold.restarted_at.is_none();
            let moves = nominates && is_current && !connection.speaks(now);
            let is_back = connection.hears(now);
            self.tell_back(key, is_back);
            self.reach(key, source, moves);
        }
        self.counts.checks += 1;
        let end = stun::write_success(buffer, &transaction, source.address(), &integrity)
            .ok_or(Dropped::Malformed)?;
        Ok(Some(Send { to: source, start: 0, end }))
    }

    /// Passes a DTLS datagram on, if it comes by a route that passed a check.
    pub(super) fn handshake(
        &mut self,
        now: Instant,
        source: Route,
        bytes: &[u8],
    ) -> Result<Option<Send>, Dropped> {
        let slot = self.by_route.get(&source).ok_or(Dropped::UnknownSource)?;
        let connection = self.connections.at_mut(*slot).ok_or(Dropped::UnknownSource)?;
        let cold = &mut connection.cold;
        let is_over = cold.keyed_at.is_some_and(|at| now.saturating_duration_since(at) >= LINGER);
        if is_over || cold.handshake_datagrams >= MAX_HANDSHAKE_DATAGRAMS {
            return Err(Dropped::NotExpected);
        }
        cold.handshake_datagrams += 1;
        cold.handshake_route = Some(source);
        self.jobs.push_back(Job::Datagram {
            key: connection.key,
            fingerprint: cold.fingerprint,
            bytes: bytes.into(),
        });
        Ok(None)
    }

    /// Enters `route` as one of the connection's; if it `moves` the leg, it is reached there from now on.
    pub(super) fn reach(&mut self, key: ConnectionKey, route: Route, moves: bool) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if moves && connection.path != Some(route) {
            if connection.keys.is_some() && !connection.is_leaving {
                self.events.push_back(RelayEvent::Moved { leg: connection.leg });
            }
            connection.path = Some(route);
            connection.cold.handshake_route = Some(route);
        }
        if let Some(evicted) = connection.cold.add_route(route)
            && self.by_route.get(&evicted) == Some(&key.slot)
        {
            self.by_route.remove(&evicted);
        }
        self.by_route.insert(route, key.slot);
    }

    /// A connection that was accepted is closed: nothing can be sent there. Where the leg is reached instead is said
    /// by the next check or packet that comes from it.
    pub fn route_closed(&mut self, route: Route) {
        let Some(slot) = self.by_route.remove(&route) else { return };
        let Some(connection) = self.connections.at_mut(slot) else { return };
        connection.path.take_if(|path| *path == route);
        connection.cold.handshake_route.take_if(|known| *known == route);
        connection.cold.routes.retain(|known| *known != route);
    }

    /// Whether somebody who knew a password has vouched for `route`, for a leg that is still open.
    #[must_use]
    pub fn knows(&self, route: Route) -> bool {
        self.by_route.contains_key(&route)
    }

    pub(super) fn tell_back(&mut self, key: ConnectionKey, is_back: bool) {
        if is_back
            && let Some(connection) = self.connections.get(key)
            && !connection.is_leaving
        {
            self.events.push_back(RelayEvent::Back { leg: connection.leg });
        }
    }
}
