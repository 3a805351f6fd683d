//! One round: inputs in, both machines until they are silent, a batch out.

use std::collections::VecDeque;
use std::time::Instant;
use tokio::sync::mpsc;
use tring_calls::{Calls, Sessions, calls, sessions};
use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::ids::{CallId, LegId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::ServerFrame;
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use super::Input;
use crate::bus::Bus;
use crate::journal::{Batch, Delivery};
use crate::media::Media;
use crate::metrics::SessionFigures;
use crate::samples::Sample;
use crate::signal::queue::Outgoing;
use crate::traces::Opened;

/// The machines and what they speak with.
#[derive(Debug)]
pub(super) struct Machines {
    sessions: Sessions,
    calls: Calls,
    bus: Bus,
    media: Media,
    samples: mpsc::Sender<Sample>,
    figures: SessionFigures,
    /// What the machines have said to each other and have not heard yet.
    between: VecDeque<Heard>,
    batch: Batch,
    sessions_timer: Option<Timestamp>,
    calls_timer: Option<Timestamp>,
    draining: bool,
}

/// An input, and for which machine.
#[derive(Debug)]
enum Heard {
    Sessions(sessions::Input),
    Calls(calls::Input),
}

impl Machines {
    pub(super) fn new(
        seed: [u8; 32],
        media: Media,
        samples: mpsc::Sender<Sample>,
        figures: SessionFigures,
    ) -> Self {
        Self {
            sessions: Sessions::new(),
            calls: Calls::new(seed),
            bus: Bus::in_process(),
            media,
            samples,
            figures,
            between: VecDeque::new(),
            batch: Batch::default(),
            sessions_timer: None,
            calls_timer: None,
            draining: false,
        }
    }

    /// Ends the calls of the node's last life.
    pub(super) fn recover(&mut self, now: Timestamp, unfinished: Vec<Vec<CallEvent>>) {
        for events in unfinished {
            self.think(now, Heard::Calls(calls::Input::Recover { events }));
        }
    }

    /// Takes one input and all that follows from it.
    pub(super) fn take(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::SignIn { sign_in, queue } => {
                self.batch.deliveries.push((sign_in.conn, Delivery::Begin(queue)));
                self.think(now, Heard::Sessions(sessions::Input::SignIn(sign_in)));
            }
            Input::Frame { conn, frame } => {
                self.think(now, Heard::Sessions(sessions::Input::Frame { conn, frame }));
            }
            Input::Renewed { conn, outcome } => {
                self.think(now, Heard::Sessions(sessions::Input::Renewed { conn, outcome }));
            }
            Input::Closed { conn, how } => {
                self.batch.deliveries.push((conn, Delivery::End));
                self.think(now, Heard::Sessions(sessions::Input::Closed { conn, how }));
            }
            Input::Relay { leg, event } => {
                self.think(now, Heard::Calls(calls::Input::Relay { leg, event }));
            }
            Input::Drain => {
                self.draining = true;
                self.think(now, Heard::Calls(calls::Input::Drain));
            }
            Input::EndCall { account, call, answer } => {
                let is_theirs = self.calls.account_of(call) == Some(&account);
                if is_theirs {
                    self.end_call(now, call);
                }
                // Whoever asked may have gone.
                let _ = answer.send(is_theirs);
            }
            Input::AccountChanged { account, settings, branding } => {
                let changed = sessions::Input::AccountChanged { account, settings, branding };
                self.think(now, Heard::Sessions(changed));
            }
            Input::AccountGone { account } => {
                let live: Vec<CallId> = self.calls.live_of(&account).collect();
                for call in live {
                    self.end_call(now, call);
                }
                self.think(now, Heard::Sessions(sessions::Input::AccountGone { account }));
            }
            Input::EndCalls => {
                let live: Vec<CallId> = self.calls.live().map(|(call, ..)| call).collect();
                for call in live {
                    self.end_call(now, call);
                }
            }
        }
    }

    fn end_call(&mut self, now: Timestamp, call: CallId) {
        let reason = EndReason::EndedByServer;
        self.think(now, Heard::Calls(calls::Input::End { call, reason }));
    }

    /// Tells the machines the time if one of them asked for it.
    pub(super) fn tick(&mut self, now: Timestamp) {
        if self.sessions_timer.take_if(|at| *at <= now).is_some() {
            self.think(now, Heard::Sessions(sessions::Input::Tick));
        }
        if self.calls_timer.take_if(|at| *at <= now).is_some() {
            self.think(now, Heard::Calls(calls::Input::Tick));
        }
    }

    /// Ends the round: owed acknowledgements go out, and everything that goes out comes back as one batch.
    pub(super) fn settle(&mut self, now: Timestamp) -> Batch {
        self.think(now, Heard::Sessions(sessions::Input::Settled));
        self.figures.after_a_round(&self.sessions);
        std::mem::take(&mut self.batch)
    }

    /// When the next [`Self::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        [self.sessions_timer, self.calls_timer].into_iter().flatten().min()
    }

    /// Whether no new calls are taken and none is left.
    pub(super) fn is_drained(&self) -> bool {
        self.draining && self.calls.is_empty()
    }

    fn think(&mut self, now: Timestamp, heard: Heard) {
        self.between.push_back(heard);
        while let Some(heard) = self.between.pop_front() {
            match heard {
                Heard::Sessions(input) => {
                    self.sessions.handle(now, input);
                    while let Some(effect) = self.sessions.poll() {
                        self.of_sessions(effect);
                    }
                }
                Heard::Calls(input) => {
                    self.calls.handle(now, input);
                    while let Some(effect) = self.calls.poll() {
                        self.of_calls(now, effect);
                    }
                }
            }
        }
    }

    fn of_sessions(&mut self, effect: sessions::Effect) {
        use sessions::Effect;
        match effect {
            Effect::Send { conn, frame } => {
                if let ServerFrame::Welcome(welcome) = &frame {
                    self.figures.welcomed(welcome.resumed);
                }
                self.batch.deliveries.push((conn, Delivery::Tell(Outgoing::Frame(Box::new(frame)))));
            }
            Effect::Close { conn } => {
                self.batch.deliveries.push((conn, Delivery::Tell(Outgoing::Close)));
                self.batch.deliveries.push((conn, Delivery::End));
            }
            Effect::ToCalls(message) => {
                self.between.extend(self.bus.publish_to_calls(message).map(Heard::Calls));
            }
            Effect::ToOtherNodes(message) => self.bus.publish_to_other_nodes(message),
            Effect::Timer(at) => self.sessions_timer = Some(at),
        }
    }

    fn of_calls(&mut self, now: Timestamp, effect: calls::Effect) {
        use calls::Effect;
        match effect {
            Effect::ToSessions(message) => {
                self.between.extend(self.bus.publish_to_sessions(message).map(Heard::Sessions));
            }
            Effect::ToCalls(message) => {
                self.between.extend(self.bus.publish_to_calls(message).map(Heard::Calls));
            }
            Effect::Claim { call, user, with } => {
                self.between.extend(self.bus.claim(call, user, with).map(Heard::Calls));
            }
            Effect::Release { call, user } => self.bus.release(call, &user),
            Effect::OpenRelay { leg, offer } => {
                let answer = self.open(now, leg, &offer);
                self.between.push_back(Heard::Calls(answer));
            }
            Effect::Bridge { a, b } => self.media.bridge(a, b),
            Effect::Unbridge { a, b } => self.media.unbridge(a, b),
            Effect::Echo { leg } => self.media.echo(leg),
            Effect::CloseRelay { leg } => self.media.close(leg),
            Effect::Timer(at) => self.calls_timer = Some(at),
            Effect::Log(event) => {
                self.note_step(&event);
                self.batch.events.push(event);
            }
            // When too many wait to be written, the newest are let go.
            Effect::Sample(call, sample) => drop(self.samples.try_send((call, sample))),
            Effect::Finish(record) => self.batch.records.push(*record),
        }
    }

    /// Asks the relay, and notes how long it took.
    fn open(&mut self, at: Timestamp, leg: LegId, offer: &Sdp) -> calls::Input {
        let begun = Instant::now();
        let answer = self.media.open(leg, offer);
        let refused = matches!(answer, calls::Input::RelayAnswer { answer: Err(_), .. });
        self.batch.opened.push(Opened { leg, at, took: begun.elapsed(), refused });
        answer
    }

    /// Notes whose call goes a step further, or is held. Its end is told by its record.
    fn note_step(&mut self, event: &CallEvent) {
        match event.what {
            CallEventKind::Placed { .. }
            | CallEventKind::Ringing { .. }
            | CallEventKind::Answered { .. }
            | CallEventKind::Connected
            | CallEventKind::Held { .. }
            | CallEventKind::Resumed { .. } => {
                self.batch.stepped.extend(self.calls.account_of(event.call).cloned());
            }
            CallEventKind::Offered { .. }
            | CallEventKind::Keyed { .. }
            | CallEventKind::Heard { .. }
            | CallEventKind::Away { .. }
            | CallEventKind::Back { .. }
            | CallEventKind::Moved { .. }
            | CallEventKind::TakenOver { .. }
            | CallEventKind::MediaFailed { .. }
            | CallEventKind::Quality { .. }
            | CallEventKind::Ended { .. } => {}
        }
    }
}
