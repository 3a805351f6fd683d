//! A fold of a call's story into its parts: the whole, its phases, each device's leg with its set-ups and gaps, holds,
//! and the writes that everybody waited for.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use std::time::Duration;
use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{Platform, Role};
use tring_protocol::time::Timestamp;

use super::attributes::{self, flag, number, text};
use super::story::{Opened, Story, Write};

/// The leg of the device that placed the call.
const CALLER: u8 = 0;

/// Something that began and ended.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: &'static str,
    /// The place of the part that it belongs to; none of the whole call, which is the first.
    pub(super) within: Option<usize>,
    pub(super) kind: SpanKind,
    /// In nanoseconds since 1970, as `end` is.
    pub(super) begin: u64,
    pub(super) end: u64,
    pub(super) said: Vec<KeyValue>,
    /// What happened in it, and when.
    pub(super) moments: Vec<(u64, &'static str)>,
    /// Why it is a failure, if it is one.
    pub(super) failure: Option<&'static str>,
}

/// The parts of an ended call, each behind the one that it belongs to; none if its beginning is not known.
pub(super) fn parts(story: &Story, database: &str) -> Vec<Part> {
    let Some((first, rest)) = story.events.split_first() else { return Vec::new() };
    let CallEventKind::Placed { platform, .. } = first.what else { return Vec::new() };
    let mut fold = Fold::begin(first.at, platform);
    let mut opened = story.opened.iter().peekable();
    for event in rest {
        while let Some(opened) = opened.next_if(|opened| opened.at <= event.at) {
            fold.opened(*opened);
        }
        fold.take(event);
    }
    fold.parts[WHOLE].said.push(text(attributes::CALL_ID, &first.call.to_string()));
    if story.left_out > 0 {
        fold.parts[WHOLE].said.push(number(attributes::CALL_LEFT_OUT, i64::from(story.left_out)));
    }
    for write in &story.writes {
        fold.written(write, database);
    }
    fold.parts
}

const WHOLE: usize = 0;

struct Fold {
    parts: Vec<Part>,
    phase: usize,
    legs: Vec<Leg>,
    holds: Vec<(Role, usize)>,
    /// Of devices that have no leg yet: they are about to take the call over.
    early: Vec<Opened>,
}

/// A leg for as long as it stands; a device that comes back has another.
struct Leg {
    index: u8,
    role: Role,
    part: usize,
    stands: bool,
    took_part: bool,
    /// Whether its audio has been ready once.
    keyed: bool,
    /// Asked of the relay since its audio was ready.
    opened: Vec<Opened>,
    signalling_lost: Option<usize>,
    media_lost: Option<usize>,
}

impl Fold {
    fn begin(at: Timestamp, platform: Platform) -> Self {
        let whole = Part { kind: SpanKind::Server, within: None, ..part("call", nanos(at)) };
        let mut fold =
            Self { parts: vec![whole], phase: WHOLE, legs: Vec::new(), holds: Vec::new(), early: Vec::new() };
        fold.phase(at, "reaching");
        fold.leg(at, CALLER, Role::Caller, platform);
        fold.took_part(CALLER);
        fold
    }

    fn take(&mut self, event: &CallEvent) {
        let at = event.at;
        match &event.what {
            CallEventKind::Placed { .. } => {}
            CallEventKind::Offered { leg, platform, waiting, .. } => {
                let known = self.parts[WHOLE].said.iter().any(|said| said.key == attributes::CALL_WAITING);
                if *waiting && !known {
                    self.parts[WHOLE].said.push(flag(attributes::CALL_WAITING, true));
                }
                self.leg(at, *leg, Role::Callee, *platform);
            }
            CallEventKind::Ringing { leg } => {
                self.moment(at, *leg, "ringing");
                if self.parts[self.phase].name == "reaching" {
                    self.phase(at, "ringing");
                }
            }
            CallEventKind::Answered { leg } => self.answered(at, *leg),
            CallEventKind::Connected => self.phase(at, "talking"),
            CallEventKind::Keyed { leg } => self.keyed(at, *leg),
            CallEventKind::MediaFailed { leg } => self.media_failed(at, *leg),
            CallEventKind::Heard { leg } => self.moment(at, *leg, "heard"),
            CallEventKind::Moved { leg } => self.moment(at, *leg, "moved"),
            CallEventKind::Away { leg } => {
                if let Some(place) = self.standing(*leg)
                    && self.legs[place].signalling_lost.is_none()
                {
                    let lost = self.push("signalling lost", self.legs[place].part, at);
                    self.legs[place].signalling_lost = Some(lost);
                }
            }
            CallEventKind::Back { leg } => {
                if let Some(place) = self.standing(*leg)
                    && let Some(lost) = self.legs[place].signalling_lost.take()
                {
                    self.end(lost, at);
                }
            }
            CallEventKind::Held { leg } => self.held(at, *leg),
            CallEventKind::Resumed { leg } => {
                let Some(role) = self.standing(*leg).map(|place| self.legs[place].role) else { return };
                let held = self.holds.iter().position(|(holder, _)| *holder == role);
                if let Some((_, hold)) = held.map(|held| self.holds.remove(held)) {
                    self.end(hold, at);
                }
            }
            CallEventKind::TakenOver { leg, from, platform, .. } => {
                let Some(old) = self.standing(*from) else { return };
                let role = self.legs[old].role;
                self.leave(old, at);
                self.leg(at, *leg, role, *platform);
                self.moment(at, *leg, "took over");
                self.took_part(*leg);
            }
            CallEventKind::Quality { leg, quality } => {
                if let Some(leg) = self.legs.iter().rfind(|it| it.index == *leg) {
                    self.parts[leg.part].said.extend(attributes::sound(quality));
                }
            }
            CallEventKind::Ended { reason, by } => self.ended(at, *reason, *by),
        }
    }

    /// The relay was asked for a leg's connection.
    fn opened(&mut self, opened: Opened) {
        match self.standing(opened.leg.index) {
            Some(place) => self.legs[place].opened.push(opened),
            None => self.early.push(opened),
        }
    }

    fn answered(&mut self, at: Timestamp, index: u8) {
        self.moment(at, index, "answered");
        self.took_part(index);
        // The other devices stop ringing.
        for place in 0..self.legs.len() {
            let leg = &self.legs[place];
            if leg.stands && leg.role == Role::Callee && leg.index != index {
                self.leave(place, at);
            }
        }
        self.phase(at, "connecting");
    }

    fn keyed(&mut self, at: Timestamp, index: u8) {
        let Some(place) = self.standing(index) else { return };
        if self.legs[place].opened.is_empty() {
            self.moment(at, index, "keyed");
        }
        self.set_up(place, at, Ready::Yes);
        let leg = &mut self.legs[place];
        leg.keyed = true;
        if let Some(lost) = leg.media_lost.take() {
            self.end(lost, at);
        }
    }

    fn media_failed(&mut self, at: Timestamp, index: u8) {
        let Some(place) = self.standing(index) else { return };
        if !self.legs[place].keyed {
            self.set_up(place, at, Ready::Failed);
        }
        if self.legs[place].media_lost.is_none() {
            let lost = self.push("media lost", self.legs[place].part, at);
            self.legs[place].media_lost = Some(lost);
        }
    }

    fn held(&mut self, at: Timestamp, index: u8) {
        let Some(role) = self.standing(index).map(|place| self.legs[place].role) else { return };
        if self.holds.iter().all(|(holder, _)| *holder != role) {
            let hold = self.push("hold", WHOLE, at);
            self.parts[hold].said.push(text(attributes::LEG_ROLE, attributes::role(role)));
            self.holds.push((role, hold));
        }
    }

    fn ended(&mut self, at: Timestamp, reason: EndReason, by: Option<Role>) {
        for place in 0..self.legs.len() {
            if self.legs[place].stands {
                self.leave(place, at);
            }
        }
        for (_, hold) in std::mem::take(&mut self.holds) {
            self.end(hold, at);
        }
        let failure = (reason.status() == EndStatus::Failed).then_some(reason.as_str());
        for over in [self.phase, WHOLE] {
            self.end(over, at);
            self.parts[over].failure = failure;
        }
        let whole = &mut self.parts[WHOLE].said;
        whole.push(text(attributes::CALL_STATUS, reason.status().as_str()));
        whole.push(text(attributes::CALL_REASON, reason.as_str()));
        whole.extend(by.map(|by| text(attributes::CALL_ENDED_BY, attributes::role(by))));
        for leg in &self.legs {
            self.parts[leg.part].said.push(flag(attributes::LEG_TOOK_PART, leg.took_part));
        }
    }

    fn written(&mut self, write: &Write, database: &str) {
        let part = Part {
            kind: SpanKind::Client,
            end: after(write.at, write.took),
            said: vec![
                text(attributes::DB_SYSTEM_NAME, database),
                number(attributes::JOURNAL_EVENTS, i64::try_from(write.events).unwrap_or(i64::MAX)),
                number(attributes::JOURNAL_ATTEMPTS, i64::from(write.attempts)),
            ],
            ..part("journal write", nanos(write.at))
        };
        self.parts.push(part);
    }

    /// The phase before ends where the next one begins.
    fn phase(&mut self, at: Timestamp, name: &'static str) {
        if self.phase != WHOLE {
            self.end(self.phase, at);
        }
        self.phase = self.push(name, WHOLE, at);
    }

    fn leg(&mut self, at: Timestamp, index: u8, role: Role, platform: Platform) {
        let opened: Vec<_> = self.early.extract_if(.., |opened| opened.leg.index == index).collect();
        let begin = opened.first().map_or(at, |opened| opened.at.min(at));
        let part = self.push("leg", WHOLE, begin);
        self.parts[part].said = vec![
            number(attributes::LEG_INDEX, i64::from(index)),
            text(attributes::LEG_ROLE, attributes::role(role)),
            text(attributes::LEG_PLATFORM, platform.as_str()),
        ];
        self.legs.push(Leg {
            index,
            role,
            part,
            stands: true,
            took_part: false,
            keyed: false,
            opened,
            signalling_lost: None,
            media_lost: None,
        });
    }

    /// The leg stands no longer, and nothing of it goes on.
    fn leave(&mut self, place: usize, at: Timestamp) {
        let leg = &mut self.legs[place];
        leg.stands = false;
        let (part, ready, media_lost) =
            (leg.part, leg.keyed && leg.media_lost.is_none(), leg.media_lost.take());
        let open = leg.signalling_lost.take().into_iter().chain(media_lost);
        for gap in open.chain([part]) {
            self.end(gap, at);
        }
        if let Some(lost) = media_lost {
            self.parts[lost].failure = Some("media_failed");
        }
        if ready {
            // Offers of a device whose audio was ready, such as for another network path, may change nothing.
            let offers = std::mem::take(&mut self.legs[place].opened);
            self.parts[part].moments.extend(offers.iter().map(|offer| (nanos(offer.at), "offered")));
        }
        self.set_up(place, at, Ready::No);
    }

    /// Ends the set-up of a leg's audio, if one was under way, with what the relay was asked for it.
    fn set_up(&mut self, place: usize, at: Timestamp, ready: Ready) {
        let opened = std::mem::take(&mut self.legs[place].opened);
        let Some(first) = opened.first() else { return };
        let set_up = self.push("media set-up", self.legs[place].part, first.at);
        self.end(set_up, at);
        self.parts[set_up].said.push(flag(attributes::MEDIA_READY, ready == Ready::Yes));
        self.parts[set_up].failure = (ready == Ready::Failed).then_some("media_failed");
        for Opened { at, took, refused, .. } in opened {
            let answer = self.push("relay open", set_up, at);
            self.parts[answer].end = after(at, took);
            self.parts[answer].failure = refused.then_some("media_offer_refused");
        }
    }

    fn took_part(&mut self, index: u8) {
        if let Some(place) = self.standing(index) {
            self.legs[place].took_part = true;
        }
    }

    fn moment(&mut self, at: Timestamp, index: u8, name: &'static str) {
        if let Some(place) = self.standing(index) {
            self.parts[self.legs[place].part].moments.push((nanos(at), name));
        }
    }

    fn standing(&self, index: u8) -> Option<usize> {
        self.legs.iter().position(|leg| leg.stands && leg.index == index)
    }

    fn push(&mut self, name: &'static str, within: usize, at: Timestamp) -> usize {
        self.parts.push(Part { within: Some(within), ..part(name, nanos(at)) });
        self.parts.len() - 1
    }

    fn end(&mut self, place: usize, at: Timestamp) {
        let part = &mut self.parts[place];
        part.end = part.begin.max(nanos(at));
    }
}

/// What became of a set-up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ready {
    Yes,
    /// The call or the leg ended first.
    No,
    Failed,
}

/// A part of the whole that has only begun.
fn part(name: &'static str, begin: u64) -> Part {
    Part {
        name,
        within: Some(WHOLE),
        kind: SpanKind::Internal,
        begin,
        end: begin,
        said: Vec::new(),
        moments: Vec::new(),
        failure: None,
    }
}

fn nanos(at: Timestamp) -> u64 {
    at.as_millis().saturating_mul(1_000_000)
}

fn after(at: Timestamp, took: Duration) -> u64 {
    nanos(at).saturating_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
