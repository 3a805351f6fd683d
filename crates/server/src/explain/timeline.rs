//! One sentence for everything that happened in a call, with the delays in between.

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::calls::TimelineEntry;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;
use tring_protocol::time::{Millis, Timestamp};

use super::facts::{CALLER, Facts};
use super::words::{platform, side, sound, span};

pub(super) fn entries(record: &CallRecord, facts: &Facts, events: &[CallEvent]) -> Vec<TimelineEntry> {
    let mut narrator = Narrator { record, facts, away: Vec::new(), held: Vec::new() };
    let mut before = record.placed_at;
    events
        .iter()
        .map(|event| {
            let Said { event: name, leg, sentence } = narrator.say(event);
            let delay = event.at.since(std::mem::replace(&mut before, event.at));
            TimelineEntry {
                at: event.at,
                since_placed: event.at.since(record.placed_at),
                delay,
                leg,
                event: name.to_owned(),
                sentence,
            }
        })
        .collect()
}

struct Said {
    event: &'static str,
    leg: Option<u8>,
    sentence: String,
}

struct Narrator<'a> {
    record: &'a CallRecord,
    facts: &'a Facts,
    /// Who is away at this point of the story, and since when.
    away: Vec<(u8, Timestamp)>,
    /// Who holds the call at this point, and since when.
    held: Vec<(u8, Timestamp)>,
}

impl Narrator<'_> {
    fn say(&mut self, event: &CallEvent) -> Said {
        let of = |event, leg: u8, sentence| Said { event, leg: Some(leg), sentence };
        match &event.what {
            CallEventKind::Placed { caller, callee, .. } => {
                of("placed", CALLER, format!("Placed by {caller} for {callee} on {}.", self.device(CALLER)))
            }
            CallEventKind::Offered { leg, waiting: true, .. } => of(
                "offered",
                *leg,
                format!(
                    "The callee was in another call; this one was offered beside it on {}.",
                    self.device(*leg)
                ),
            ),
            CallEventKind::Offered { leg, .. } => {
                of("offered", *leg, format!("The call was sent to {}.", self.device(*leg)))
            }
            CallEventKind::Ringing { leg } => {
                of("ringing", *leg, format!("It rings on {}.", self.device(*leg)))
            }
            CallEventKind::Answered { leg } => {
                of("answered", *leg, format!("Answered by {} on {}.", self.record.callee, self.device(*leg)))
            }
            CallEventKind::Keyed { leg } => {
                of("keyed", *leg, format!("The audio path of {} is encrypted and ready.", self.device(*leg)))
            }
            CallEventKind::Heard { leg } => of(
                "heard",
                *leg,
                format!("The first audio of {} was passed on to the other side.", self.device(*leg)),
            ),
            CallEventKind::Connected => {
                Said { event: "connected", leg: None, sentence: "Both hear each other.".to_owned() }
            }
            CallEventKind::Away { leg } => {
                self.away.retain(|(other, _)| other != leg);
                self.away.push((*leg, event.at));
                of("away", *leg, format!("The connection of {} was lost.", self.device(*leg)))
            }
            CallEventKind::Back { leg } => of("back", *leg, self.back(*leg, event.at)),
            CallEventKind::Moved { leg } => of(
                "moved",
                *leg,
                format!("{} changed its network, and its audio went on.", capital(self.device(*leg))),
            ),
            CallEventKind::Held { leg } => {
                self.held.push((*leg, event.at));
                of("held", *leg, format!("{} put the call on hold.", capital(self.device(*leg))))
            }
            CallEventKind::Resumed { leg } => of("resumed", *leg, self.resumed(*leg, event.at)),
            CallEventKind::TakenOver { leg, from, .. } => {
                // Who holds the call goes on holding it on the new device.
                self.held
                    .iter_mut()
                    .filter(|(holder, _)| holder == from)
                    .for_each(|(holder, _)| *holder = *leg);
                let sentence =
                    format!("{} took the call over from {}.", capital(self.device(*leg)), self.device(*from));
                of("taken_over", *leg, sentence)
            }
            CallEventKind::MediaFailed { leg } => {
                of("media_failed", *leg, format!("The audio path of {} failed.", self.device(*leg)))
            }
            CallEventKind::Quality { leg, quality } => {
                of("quality", *leg, format!("Over the whole call, {}.", sound(&self.device(*leg), quality)))
            }
            CallEventKind::Ended { reason, by } => {
                Said { event: "ended", leg: None, sentence: self.end(*reason, *by) }
            }
        }
    }

    fn resumed(&mut self, leg: u8, at: Timestamp) -> String {
        let since =
            self.held.iter().position(|(holder, _)| *holder == leg).map(|held| self.held.remove(held).1);
        match since {
            Some(since) => {
                format!(
                    "{} went on with the call after {} on hold.",
                    capital(self.device(leg)),
                    span(at.since(since))
                )
            }
            None => format!("{} went on with the call.", capital(self.device(leg))),
        }
    }

    fn back(&mut self, leg: u8, at: Timestamp) -> String {
        let since = self.away.iter().find(|(other, _)| *other == leg).map(|(_, since)| *since);
        self.away.retain(|(other, _)| *other != leg);
        match since {
            Some(since) => format!("{} is back after {}.", capital(self.device(leg)), span(at.since(since))),
            None => format!("{} is back.", capital(self.device(leg))),
        }
    }

    fn end(&self, reason: EndReason, by: Option<Role>) -> String {
        let who = by.map_or("somebody", side);
        let how = match reason {
            EndReason::Hangup => return format!("The {who} hung up{}.", self.after_talk()),
            EndReason::MaxDuration => "the longest duration was reached",
            EndReason::BalanceExhausted => "the caller's balance was used up",
            EndReason::EndedByServer => "the server was told to end it",
            EndReason::ConnectionLost => "a connection was lost and did not come back",
            EndReason::User => "the callee declined",
            EndReason::Busy => "the callee is in another call",
            EndReason::MicrophoneDenied => "the callee's microphone cannot be used",
            EndReason::LoggedOut => "the callee signed out",
            EndReason::NotificationsDisabled => "the callee's device may not show calls",
            EndReason::RingTimeout => "nobody answered in time",
            EndReason::Unreachable => "no device of the callee could be reached",
            EndReason::Caller => "the caller gave up",
            EndReason::CallerLost => "the caller's connection was lost",
            EndReason::ConnectTimeout => "no audio came in time",
            EndReason::NodeLost => "the server that carried it stopped",
            EndReason::Internal => "something went wrong in the server",
        };
        format!("The call ended{}: {how}.", self.after_talk())
    }

    fn after_talk(&self) -> String {
        match self.record.talk_time() {
            length if length == Millis::default() => String::new(),
            length => format!(" {} after the answer", span(length)),
        }
    }

    /// `the callee's device 2 (iOS)`; the number only where there are several.
    fn device(&self, leg: u8) -> String {
        let Some(known) = self.facts.leg(leg) else { return "an unknown device".to_owned() };
        let mut others = self.facts.of_side(known.role);
        let place = others.position(|other| other.index == leg).unwrap_or_default();
        let is_alone = place == 0 && others.next().is_none();
        let number = if is_alone { String::new() } else { format!(" {}", place + 1) };
        format!("the {}'s device{number} ({})", side(known.role), platform(known.platform))
    }
}

fn capital(sentence: String) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
