//! One call: what the microphone says into it, what is heard of the other side, and how what is sent adapts.

use std::time::Instant;

use tring_protocol::ids::CallId;
use tring_protocol::signal::LegReport;
use tring_protocol::time::Millis;

use super::quality::{CallQuality, Counters, Judge, leg_report};
use super::succession::Succession;
use crate::audio::Frame;
use crate::peer::{Audio, Speech};
use crate::voice::{
    Adaptation, AdaptationSettings, Arrived, CodecError, Form, Heard, Micros, ReceiveSettings, Receiver,
    Redundancy, SendSettings, Sender,
};

/// RFC 6464 §3.
const SILENT: u8 = 127;

/// The sound of one call.
#[derive(Debug)]
pub(super) struct CallSound {
    pub(super) call_id: CallId,
    pub(super) peers: Succession,
    pub(super) quality: Option<CallQuality>,
    voice: Sender,
    is_live: bool,
    /// The loudest of what the next packet will hold.
    level: u8,
    ear: Receiver,
    adaptation: Adaptation,
    judge: Judge,
    /// At the end of the last second.
    before: Option<Counters>,
}

impl CallSound {
    /// A call without peers.
    pub(super) fn new(call_id: CallId, is_live: bool) -> Result<Self, CodecError> {
        let mut voice = Sender::new(SendSettings::default())?;
        voice.set_muted(!is_live);
        Ok(Self {
            call_id,
            peers: Succession::default(),
            quality: None,
            voice,
            is_live,
            level: SILENT,
            ear: Receiver::new(ReceiveSettings::default())?,
            adaptation: Adaptation::new(AdaptationSettings { red: true, ..AdaptationSettings::default() }),
            judge: Judge::default(),
            before: None,
        })
    }

    pub(super) fn set_live(&mut self, is_live: bool) {
        self.is_live = is_live;
        self.voice.set_muted(!is_live);
    }

    /// The microphone heard this.
    pub(super) fn speak(&mut self, now: Instant, frame: &Frame, level: u8) {
        self.level = self.level.min(if self.is_live { level } else { SILENT });
        let Some(packet) = self.voice.push(frame) else { return };
        let level = std::mem::replace(&mut self.level, SILENT);
        let speech = Speech {
            payload: packet.payload,
            timestamp: packet.timestamp,
            marker: packet.marker,
            form: packet.form,
            level,
        };
        self.peers.send(now, &speech);
        let redundancy = self.adaptation.choice().redundancy;
        let can_copy = self.peers.speaks(Form::Red);
        self.voice.set_redundancy(if can_copy { redundancy } else { Redundancy::None });
    }

    /// The other side said this.
    pub(super) fn hear(&mut self, at: Micros, audio: &Audio) {
        let Audio { ssrc, sequence, timestamp, form, payload } = audio;
        self.ear.insert(
            at,
            Arrived { sequence: *sequence, timestamp: *timestamp, payload, form: *form, ssrc: *ssrc },
        );
    }

    /// What is played of it next.
    pub(super) fn play(&mut self, at: Micros, frame: &mut Frame) {
        self.ear.play(at, frame);
    }

    /// The far end says how much it lost.
    pub(super) fn adapt(&mut self, at: Micros, loss: f32) {
        let round_trip = self.before.as_ref().and_then(|before| before.connection.round_trip);
        let round_trip = round_trip.map(|trip| Millis::new(Micros::from(trip).get() / 1_000));
        let choice = self.adaptation.report(Millis::new(at.get() / 1_000), Heard { loss, round_trip });
        self.voice.set_bitrate(choice.bitrate);
        self.voice.set_loss(choice.expected_loss);
        self.voice.set_packet_time(choice.packet_time);
    }

    /// Another peer is in use: its figures begin anew.
    pub(super) fn begin_anew(&mut self) {
        self.before = None;
        self.judge = Judge::default();
    }

    /// A second has passed.
    pub(super) fn measure(&mut self, now: Instant) -> Option<LegReport> {
        let (connection, gap) = self.peers.measure()?;
        let poor = self.judge.judge(now, connection.round_trip, gap);
        let counters = Counters { heard: self.ear.statistics(), connection };
        let report = self.before.as_ref().and_then(|before| leg_report(before, &counters));
        self.before = Some(counters);
        self.quality = if self.peers.is_dead() {
            Some(CallQuality::dead())
        } else {
            report.map(|report| CallQuality::of(&report, poor))
        };
        report
    }
}
