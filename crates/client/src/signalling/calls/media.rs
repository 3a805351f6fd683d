//! What the calls want of microphone and peers, and what they make of their news; `recovery` has the lost paths.

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, DeclineReason, Role};
use tring_protocol::text::Sdp;

use super::Desk;
use super::state::{Call, CallKey, Microphone, PEER_INTERVAL, Posted, Stage};
use crate::signalling::output::{Notice, Outcome, Output};

impl Desk<'_> {
    /// Asks for the microphone, unless it is there or on its way.
    pub(super) fn open_microphone(&mut self) {
        match self.state.microphone {
            Microphone::Open => self.microphone_opened(),
            Microphone::Opening => {}
            Microphone::Closed | Microphone::Failed => {
                self.state.microphone = Microphone::Opening;
                self.tell(Output::OpenMicrophone);
            }
        }
    }

    pub(in crate::signalling) fn microphone_opened(&mut self) {
        if self.state.microphone == Microphone::Closed {
            return;
        }
        self.state.microphone = Microphone::Open;
        // Not those that are answered by calling back, below: their answer is said there.
        let is_answering = |call: &&Call| call.stage == Stage::Answering;
        let answering: Vec<CallKey> =
            self.state.calls.iter().filter(is_answering).map(|call| call.key).collect();
        if let Some(attempt) = self.state.attempt.take() {
            self.place(attempt);
        }
        self.ask_for_moves();
        for key in self.state.keys() {
            let Some(call) = self.state.call_mut(key) else { continue };
            let Some(call_id) = call.id else { continue };
            let was_blocked =
                call.notice.as_ref().is_some_and(|posted| posted.notice == Notice::MicrophoneBlocked);
            if answering.contains(&key) {
                self.send(ClientMessage::Answer { call_id });
            } else if call.is_ongoing() && was_blocked {
                call.notice = None;
                self.set_muted(key, false);
            }
        }
    }

    /// The microphone is refused, missing or was taken away.
    pub(in crate::signalling) fn microphone_failed(&mut self) {
        if self.state.microphone == Microphone::Closed {
            return;
        }
        self.state.microphone = Microphone::Failed;
        if let Some(attempt) = self.state.attempt.take() {
            self.refuse(attempt.reference, ErrorCode::MicUnavailable);
        }
        self.refuse_moves(&ErrorCode::MicUnavailable.into(), |mv| mv.due.is_none());
        for key in self.state.keys() {
            let Some(call) = self.state.call_mut(key) else { continue };
            let is_ongoing = call.is_ongoing();
            match call.id {
                Some(call_id) if call.stage == Stage::Answering => {
                    self.decline(call_id, DeclineReason::MicrophoneDenied);
                    self.part(key, EndReason::MicrophoneDenied);
                }
                _ if call.role == Role::Caller || is_ongoing => {
                    // The call goes on one-sided; pressing Unmute asks for the microphone again, now with the gesture that
                    // it may need.
                    call.notice = Some(Posted { notice: Notice::MicrophoneBlocked, until: None });
                    if is_ongoing && !call.muted {
                        self.set_muted(key, true);
                    }
                }
                _ => {}
            }
        }
    }

    /// The person closes or opens their microphone.
    pub(in crate::signalling) fn mute(&mut self, call_id: Option<CallId>, muted: bool) {
        let hears = self.hears();
        let meant = self.meant(call_id, None).and_then(|key| self.state.call_mut(key));
        let Some(call) = meant.filter(|call| call.is_ongoing()) else { return };
        if !muted && !hears {
            call.notice = Some(Posted { notice: Notice::MicrophoneBlocked, until: None });
            self.open_microphone();
        } else if call.muted != muted {
            let key = call.key;
            self.set_muted(key, muted);
        }
    }

    /// Opens a peer for the call; another one follows if the path was lost and this one does not bring it back in time.
    pub(super) fn open_peer(&mut self, key: CallKey) {
        let now = self.now;
        let Some(call) = self.state.call_mut(key) else { return };
        let Some(call_id) = call.id else { return };
        call.path.opened_at = Some(now);
        call.path.is_proven = false;
        call.path.reopen_at = call.path.is_lost.then(|| now + PEER_INTERVAL);
        if !self.state.peers.contains(&call_id) {
            self.state.peers.push(call_id);
        }
        self.tell(Output::OpenPeer { call_id });
    }

    pub(in crate::signalling) fn offer(&mut self, call_id: CallId, sdp: Sdp) {
        let Some(call) = self.state.named_mut(call_id) else { return };
        call.path.unanswered_offers = call.path.unanswered_offers.saturating_add(1);
        self.send(ClientMessage::MediaOffer { call_id, sdp });
    }

    pub(super) fn on_media_answer(&mut self, call_id: CallId, sdp: Sdp) {
        if self.last_offer_answered(call_id).is_none() {
            return;
        }
        let now = self.now;
        self.change(call_id, |call| {
            // The time that the offer was under way was not the peer's.
            if call.path.is_lost {
                call.path.reopen_at = Some(now + PEER_INTERVAL);
            }
        });
        self.tell(Output::AcceptAnswer { call_id, sdp });
    }

    /// The relay cannot take this device's offer, and would not take the next one either.
    pub(super) fn on_media_refused(&mut self, call_id: CallId, error: WireError) {
        if let Some(key) = self.last_offer_answered(call_id) {
            self.send(ClientMessage::Hangup { call_id });
            self.end_with(key, EndReason::Internal, Outcome::RejectsError(error));
        }
    }

    /// Tells the other side, and the server for when this device comes back to the call having forgotten it.
    pub(super) fn set_muted(&mut self, key: CallKey, muted: bool) {
        let Some(call) = self.state.call_mut(key) else { return };
        call.muted = muted;
        if let Some(call_id) = call.id {
            self.send(ClientMessage::Mute { call_id, muted });
        }
    }

    /// The relay has answered an offer; the call, if it was the last one.
    fn last_offer_answered(&mut self, call_id: CallId) -> Option<CallKey> {
        let call = self.state.named_mut(call_id)?;
        call.path.unanswered_offers = call.path.unanswered_offers.checked_sub(1)?;
        (call.path.unanswered_offers == 0).then_some(call.key)
    }
}
