//! Audio as the call sees it: offers and answers, the bridge, when both sides hear, silence and mute.

use tring_protocol::call::CallEventKind;
use tring_protocol::error::WireError;
use tring_protocol::signal::{CallState, Role, ServerMessage};
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use super::call::Call;
use super::leg::Standing;
use super::quality::Quality;
use super::{Effect, Effects, RelayEvent};

/// A leg's connection to the relay.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// Whether the relay was given an offer and not yet told to close.
    asked: bool,
    open: bool,
    /// Offers that the relay has not answered yet.
    pending: u32,
    /// Answers still to come to offers of a page that is no more; they come before those to later offers.
    stale: u32,
    heard: bool,
    pub(super) silent_since: Option<Timestamp>,
    pub(super) quality: Quality,
    /// The last known round trip between the device and the relay, in milliseconds.
    pub(super) rtt: Option<f32>,
}

impl Media {
    /// The answers to the offers so far are for nobody any more.
    pub(super) fn forget_offers(&mut self) {
        self.stale += std::mem::take(&mut self.pending);
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The device, which was in the call before, comes into it anew: what is known of its sound stays.
    pub(super) fn begin_again(&mut self) {
        self.forget_offers();
        (self.heard, self.silent_since) = (false, None);
    }
}

impl Call {
    pub(super) fn media_offer(&mut self, index: u8, offer: Sdp, out: &mut Effects) {
        let media = &mut self.leg_mut(index).media;
        media.asked = true;
        media.pending += 1;
        out.push(Effect::OpenRelay { leg: self.leg_id(index), offer });
    }

    pub(super) fn relay_answered(&mut self, index: u8, answer: Result<Sdp, WireError>, out: &mut Effects) {
        let call_id = self.id;
        let Some(leg) = self.legs.get_mut(usize::from(index)) else { return };
        if leg.media.stale > 0 {
            leg.media.stale -= 1;
            return;
        }
        if leg.standing != Standing::In || leg.media.pending == 0 {
            return;
        }
        leg.media.pending -= 1;
        match answer {
            Ok(sdp) => {
                leg.media.open = true;
                self.tell(index, ServerMessage::MediaAnswer { call_id, sdp }, out);
                if self.other(index).is_some() {
                    self.bridge(out);
                }
            }
            Err(error) => self.tell(index, ServerMessage::MediaRefused { call_id, error }, out),
        }
    }

    /// Joins the two ends of an answered call once both are open, unless it is on hold.
    pub(super) fn bridge(&self, out: &mut Effects) {
        if let Some((a, b)) = self.open_ends()
            && !self.is_held()
        {
            out.push(Effect::Bridge { a: self.leg_id(a), b: self.leg_id(b) });
        }
    }

    /// The caller's and the callee's leg, if both are open.
    pub(super) fn open_ends(&self) -> Option<(u8, u8)> {
        let ends = (self.side(Role::Caller).leg?, self.side(Role::Callee).leg?);
        (self.leg(ends.0).media.open && self.leg(ends.1).media.open).then_some(ends)
    }

    /// Closes a leg's connection, also one that is only being opened.
    pub(super) fn close_relay(&mut self, index: u8, out: &mut Effects) {
        let media = &mut self.leg_mut(index).media;
        if media.asked {
            (media.asked, media.open) = (false, false);
            media.forget_offers();
            out.push(Effect::CloseRelay { leg: self.leg_id(index) });
        }
    }

    pub(super) fn relay(&mut self, now: Timestamp, index: u8, event: RelayEvent, out: &mut Effects) {
        if self.legs.get(usize::from(index)).is_none_or(|leg| leg.standing != Standing::In) {
            return;
        }
        if event == RelayEvent::Keyed && self.completes_move(index) {
            return self.moved(now, index, out);
        }
        let is_on_record = self.is_on_record(index);
        let media = &mut self.leg_mut(index).media;
        match event {
            RelayEvent::Heard => {
                media.silent_since = None;
                if self.other(index).is_some() {
                    self.heard(now, index, out);
                }
            }
            RelayEvent::Silent => {
                media.silent_since.get_or_insert(now);
            }
            RelayEvent::Back => media.silent_since = None,
            RelayEvent::Quality(window) => self.sounds(now, index, window, out),
            // Of a device that is only about to take over, nothing is written down.
            RelayEvent::Keyed | RelayEvent::Moved | RelayEvent::Failed if !is_on_record => {}
            RelayEvent::Keyed => self.log(now, CallEventKind::Keyed { leg: index }, out),
            RelayEvent::Moved => {
                media.quality.moved();
                self.log(now, CallEventKind::Moved { leg: index }, out);
            }
            RelayEvent::Failed => {
                media.silent_since.get_or_insert(now);
                self.log(now, CallEventKind::MediaFailed { leg: index }, out);
            }
        }
    }

    fn heard(&mut self, now: Timestamp, index: u8, out: &mut Effects) {
        self.leg_mut(index).media.heard = true;
        self.log(now, CallEventKind::Heard { leg: index }, out);
        let both = self.other(index).is_some_and(|other| self.leg(other).media.heard);
        if both && self.state == CallState::Answered {
            self.state = CallState::Connected;
            self.log(now, CallEventKind::Connected, out);
            self.tell_both(&ServerMessage::Connected { call_id: self.id, at: now }, out);
            self.tell_others(out);
        }
    }

    pub(super) fn mute(&mut self, index: u8, muted: bool, out: &mut Effects) {
        if self.leg(index).muted == muted {
            return;
        }
        self.leg_mut(index).muted = muted;
        if self.other(index).is_some() {
            let message = ServerMessage::PeerMuted { call_id: self.id, muted };
            self.tell_side(self.role(index).other(), &message, out);
        }
    }
}
