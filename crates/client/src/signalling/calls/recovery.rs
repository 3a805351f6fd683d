//! What becomes of a call whose path died: a fresh peer at once, and signalling looked after, because it took the same way.
//! The old peer goes on beside the new one, so that whichever works first is heard.

use tring_protocol::ids::CallId;

use super::state::{CallKey, Line, PEER_FRESH, PEER_INTERVAL};
use super::{Desk, Step};

impl Desk<'_> {
    /// Nothing arrives. A fresh peer finds a new path in a second, where waiting for the old one takes up to twenty.
    pub(in crate::signalling) fn media_lost(&mut self, call_id: CallId) {
        let Some(call) = self.state.named_mut(call_id).filter(|call| !call.path.is_lost) else { return };
        call.path.is_lost = true;
        let key = call.key;
        if self.state.is_open() {
            // The offer must get through, and its socket is silent for seconds before it is known to be dead.
            self.steps.push(Step::Probe);
            self.reopen_peer(key);
        }
    }

    /// The path works. Peers that are still on their way are the media's to keep or to drop.
    pub(in crate::signalling) fn media_back(&mut self, call_id: CallId) {
        let Some(call) = self.state.named_mut(call_id) else { return };
        call.path.is_lost = false;
        call.path.is_proven = true;
        call.path.reopen_at = None;
        // The network is there, whatever signalling believes.
        if matches!(self.state.line, Line::Lost { .. }) {
            self.steps.push(Step::Probe);
        }
    }

    /// The last peer that was opened did not come up. Without signalling the next one must wait for it.
    pub(super) fn on_reopen_due(&mut self, key: CallKey) {
        if let Some(call) = self.state.call_mut(key) {
            call.path.reopen_at = None;
        }
        if self.state.is_open() {
            self.open_peer(key);
        }
    }

    /// Signalling is back. A peer of a moment ago may do; an older one may have been made without a network.
    pub(super) fn recover_with_signalling(&mut self, key: CallKey) {
        let now = self.now;
        let Some(call) = self.state.call_mut(key).filter(|call| call.path.is_lost) else { return };
        if call.path.opened_at.is_none_or(|opened| now.since(opened) >= PEER_FRESH) {
            self.open_peer(key);
        } else {
            call.path.reopen_at.get_or_insert(now + PEER_INTERVAL);
        }
    }

    /// Opens another peer as soon as that makes sense: one that never worked is given its time.
    fn reopen_peer(&mut self, key: CallKey) {
        let now = self.now;
        let Some(call) = self.state.call_mut(key) else { return };
        let its_time =
            call.path.opened_at.filter(|_| !call.path.is_proven).map(|opened| opened + PEER_INTERVAL);
        match its_time {
            Some(earliest) if now < earliest => call.path.reopen_at = Some(earliest),
            _ => self.open_peer(key),
        }
    }
}
