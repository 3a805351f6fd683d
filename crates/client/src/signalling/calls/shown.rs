//! What a person sees of the calls, and what an app sees of them.

use super::state::{Call, Farewell, Stage, State};
use crate::signalling::output::{HeldCall, PoorNetwork, ShownCall, ShownPhase, ShownStatus, WaitingCall};

impl State {
    /// The screen that the calls ask for; `None` for none.
    pub(super) fn shown_call(&self) -> Option<ShownCall> {
        let Some(front) = self.front() else { return self.farewell.as_ref().map(parted) };
        let others = self.calls.iter().filter(|call| call.held && call.key != front.key);
        let on_hold = others.filter_map(|call| Some(HeldCall { call_id: call.id?, peer: call.peer.clone() }));
        Some(ShownCall { waiting: self.waiting_call(), on_hold: on_hold.collect(), ..self.alive(front) })
    }

    /// Every call by itself, with its names; those that ended lately as well, once it is known how.
    pub(super) fn shown_calls(&self) -> Vec<ShownCall> {
        let ended = self.ended.iter().map(|farewell| named(parted(farewell), &farewell.call));
        let partings = self.partings.iter().map(|parting| {
            let call = &parting.call;
            named(drawn(call, ShownPhase::Ended, ShownStatus::Ended), call)
        });
        let calls = self.calls.iter().filter(|call| call.stage != Stage::Behind);
        ended.chain(partings).chain(calls.map(|call| named(self.alive(call), call))).collect()
    }

    fn alive(&self, call: &Call) -> ShownCall {
        let is_missed = self.is_signalling_missed();
        ShownCall {
            held: call.held,
            peer_held: call.peer_held,
            poor_network: call.poor_network,
            can_hold: call.held || (self.choices.hold && call.is_ongoing()),
            signalling_away: is_missed && call.stage == Stage::Connected && !call.path.is_lost,
            notice: call.notice.as_ref().map(|posted| posted.notice.clone()),
            ..drawn(call, phase_of(call), if is_missed { ShownStatus::Reconnecting } else { status_of(call) })
        }
    }

    fn waiting_call(&self) -> Option<WaitingCall> {
        let current = self.current()?;
        let Call { id, peer, context, image, .. } = self.at(Stage::Waiting)?;
        Some(WaitingCall {
            call_id: (*id)?,
            from: peer.clone(),
            context: context.clone(),
            image: image.clone(),
            can_hold: self.choices.hold && current.is_ongoing(),
        })
    }
}

fn parted(Farewell { call, end, at: _ }: &Farewell) -> ShownCall {
    ShownCall { end: Some(*end), ..drawn(call, ShownPhase::Ended, ShownStatus::Ended) }
}

fn named(shown: ShownCall, call: &Call) -> ShownCall {
    ShownCall { call_id: call.id, reference: call.reference.clone(), ..shown }
}

fn drawn(call: &Call, phase: ShownPhase, status: ShownStatus) -> ShownCall {
    ShownCall {
        call_id: None,
        reference: None,
        phase,
        status,
        role: call.role,
        peer: call.peer.clone(),
        context: call.context.clone(),
        image: call.image.clone(),
        answered_at: call.answered_at,
        muted: call.muted,
        peer_muted: call.peer_muted,
        held: false,
        peer_held: false,
        poor_network: PoorNetwork::None,
        can_hold: false,
        signalling_away: false,
        waiting: None,
        on_hold: Vec::new(),
        end: None,
        notice: None,
    }
}

fn phase_of(call: &Call) -> ShownPhase {
    match call.stage {
        Stage::Placing | Stage::Placed | Stage::Ringing => ShownPhase::Outgoing,
        Stage::Incoming | Stage::Waiting | Stage::Behind => ShownPhase::Incoming,
        Stage::Answering | Stage::Answered | Stage::Connected => ShownPhase::Ongoing,
    }
}

fn status_of(call: &Call) -> ShownStatus {
    match call.stage {
        Stage::Placing | Stage::Placed => ShownStatus::Calling,
        Stage::Ringing | Stage::Incoming | Stage::Waiting | Stage::Behind => ShownStatus::Ringing,
        Stage::Answering | Stage::Answered => ShownStatus::Connecting,
        Stage::Connected if call.path.is_lost => ShownStatus::Reconnecting,
        Stage::Connected if call.peer_away => ShownStatus::PeerAway,
        Stage::Connected => ShownStatus::Connected,
    }
}
