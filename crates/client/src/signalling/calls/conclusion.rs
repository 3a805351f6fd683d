//! What follows from the state, whatever led to it: nothing stays open that no call needs, and changes are told.

use std::mem;

use tring_protocol::ids::CallId;

use super::Desk;
use super::state::Microphone;
use crate::signalling::output::Output;

impl Desk<'_> {
    pub(super) fn conclude(&mut self) {
        self.arrange_ringing();
        self.close_peers();
        self.settle_microphone();
        self.show();
        self.show_elsewhere();
    }

    fn close_peers(&mut self) {
        for call_id in mem::take(&mut self.state.peers) {
            if self.state.named(call_id).is_some() {
                self.state.peers.push(call_id);
            } else {
                self.tell(Output::ClosePeer { call_id });
            }
        }
    }

    /// The microphone is open for as long as anybody is to be heard, also for a call on hold: to ask for it again would need
    /// the person. It is live for one call at most.
    fn settle_microphone(&mut self) {
        let is_needed = self.state.attempt.is_some()
            || !self.state.moves.is_empty()
            || self.state.calls.iter().any(|call| !call.is_unanswered());
        if self.state.microphone != Microphone::Closed && !is_needed {
            self.state.microphone = Microphone::Closed;
            self.state.told.live = None;
            self.tell(Output::CloseMicrophone);
        }
        let live = self.live_call();
        if live == self.state.told.live {
            return;
        }
        // What is not sent on a closed peer need not be said.
        if let Some(call_id) = self.state.told.live.filter(|was_live| self.state.peers.contains(was_live)) {
            self.tell(Output::MicrophoneLive { call_id, live: false });
        }
        if let Some(call_id) = live {
            self.tell(Output::MicrophoneLive { call_id, live: true });
        }
        self.state.told.live = live;
    }

    /// The call into which the microphone is sent.
    fn live_call(&self) -> Option<CallId> {
        let call = self.state.current().filter(|call| call.is_ongoing() && !call.muted)?;
        call.id.filter(|_| self.hears())
    }

    fn show(&mut self) {
        let view = self.state.shown_call();
        if view != self.state.told.view {
            self.state.told.view.clone_from(&view);
            self.tell(Output::View { view });
        }
    }

    fn show_elsewhere(&mut self) {
        // One that is on this device is not elsewhere, whichever was told first.
        let elsewhere = self.state.elsewhere.iter();
        let calls: Vec<_> =
            elsewhere.filter(|call| self.state.named(call.call_id).is_none()).cloned().collect();
        if calls != self.state.told.elsewhere {
            self.state.told.elsewhere.clone_from(&calls);
            self.tell(Output::Elsewhere { calls });
        }
    }
}
