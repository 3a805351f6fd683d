//! The heartbeat, and the end of sessions whose device does not come back or whose user token has ended. One coarse sweep over all sessions instead
//! of a timer for each: at 5,000 idle phones it looks at 10,000 small structs a second.

use tring_protocol::error::ErrorCode;
use tring_protocol::limits::{HEARTBEAT, HEARTBEAT_TIMEOUT, SWEEP};
use tring_protocol::signal::ServerFrame;
use tring_protocol::time::Timestamp;

use super::session::Socket;
use super::{Closed, Effect, Sessions};
use crate::bus::GoneReason;

impl Sessions {
    pub(super) fn sweep(&mut self, now: Timestamp) {
        if self.sweep_at.is_none_or(|at| now < at) {
            return;
        }
        self.sweep_at = None;
        let (mut dead, mut expired, mut unproven) = (Vec::new(), Vec::new(), Vec::new());
        for (key, session) in &mut self.sessions {
            if session.is_expired(now) {
                unproven.push(*key);
                continue;
            }
            match &mut session.socket {
                Socket::Open { conn, heard_at, .. } if now.since(*heard_at) >= HEARTBEAT_TIMEOUT => {
                    dead.push((*key, *conn));
                }
                Socket::Open { conn, sent_at, .. } if now.since(*sent_at) >= HEARTBEAT => {
                    *sent_at = now;
                    self.out.push_back(Effect::Send { conn: *conn, frame: ServerFrame::Ping {} });
                }
                Socket::Away { until } if *until <= now => expired.push(*key),
                Socket::Open { .. } | Socket::Away { .. } => {}
            }
        }
        for (key, conn) in dead {
            self.counters.timed_out += 1;
            self.away(now, key, Closed::Lost);
            self.out.push_back(Effect::Close { conn });
        }
        for key in expired {
            self.end(key, GoneReason::Expired);
        }
        for key in unproven {
            if let Some(conn) = self.sessions.get(&key).and_then(|session| session.conn()) {
                self.refuse(conn, ErrorCode::TokenExpired);
            }
            self.end(key, GoneReason::Expired);
        }
    }

    pub(super) fn keep_sweeping(&mut self, now: Timestamp) {
        if self.sweep_at.is_none() && !self.sessions.is_empty() {
            self.sweep_at = Some(now + SWEEP);
            self.out.push_back(Effect::Timer(now + SWEEP));
        }
    }
}
