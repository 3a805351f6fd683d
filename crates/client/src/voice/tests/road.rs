//! A call in virtual time: a voice is sent, a road delays and loses its packets, a listener plays what arrives.

use super::super::{
    Arrived, Form, Micros, ReceiveSettings, ReceiveStatistics, Receiver, SendSettings, Sender,
};
use crate::audio::{FRAME_SAMPLES, Frame, SILENCE};

/// Numbers that look like chance and are the same in each run.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The `n`th 10 ms of somebody who speaks vowels of changing pitch and loudness, two seconds with a pause of a quarter.
pub(super) fn speech(n: usize) -> Frame {
    std::array::from_fn(|at| {
        let time = (n * FRAME_SAMPLES + at) as f32 / 48_000.0;
        let pitch = std::f32::consts::TAU * (130.0 * time + 4.0 * (1.3 * time).sin());
        let loudness = ((time % 2.0) * 12.0).sin().abs() * if time % 2.0 > 1.5 { 0.0 } else { 1.0 };
        let tone =
            pitch.sin() + 0.6 * (2.0 * pitch).sin() + 0.4 * (3.0 * pitch).sin() + 0.2 * (9.0 * pitch).sin();
        (5_000.0 * loudness * tone) as i16
    })
}

/// A packet as it was sent.
pub(super) struct Sent {
    /// When, in milliseconds.
    pub(super) at: f64,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) payload: Vec<u8>,
    pub(super) form: Form,
}

/// What somebody who speaks for `seconds` sends. Numbers begin so that both wrap after a second.
pub(super) fn spoken(settings: SendSettings, seconds: usize) -> Vec<Sent> {
    let mut sender = Sender::new(settings).unwrap();
    sent_by(&mut sender, (0..seconds * 100).map(speech))
}

pub(super) fn sent_by(sender: &mut Sender, frames: impl Iterator<Item = Frame>) -> Vec<Sent> {
    let mut all = Vec::new();
    for (n, frame) in frames.enumerate() {
        if let Some(packet) = sender.push(&frame) {
            all.push(Sent {
                at: 10.0 * (n + 1) as f64,
                sequence: 65_500_u16.wrapping_add(all.len() as u16),
                timestamp: (u32::MAX - 40_000).wrapping_add(packet.timestamp),
                payload: packet.payload.to_vec(),
                form: packet.form,
            });
        }
    }
    all
}

/// What was heard.
pub(super) struct Heard {
    pub(super) sound: Vec<i16>,
    /// Statistics at the end of each second.
    pub(super) seconds: Vec<ReceiveStatistics>,
}

impl Heard {
    /// What was counted between two seconds.
    pub(super) fn between(&self, from: usize, to: usize) -> (ReceiveStatistics, ReceiveStatistics) {
        (self.seconds[from], self.seconds[to])
    }

    /// The share of samples made up between two seconds, silent ones too.
    pub(super) fn made_up(&self, from: usize, to: usize) -> f64 {
        let (before, after) = self.between(from, to);
        (after.samples_concealed - before.samples_concealed) as f64
            / (after.samples_played - before.samples_played).max(1) as f64
    }

    /// The greatest step between two samples.
    pub(super) fn steepest(&self, from: usize) -> i32 {
        self.sound[from * 48_000..]
            .windows(2)
            .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs())
            .max()
            .unwrap()
    }
}

/// Lets `sent` travel: `delay` says how many milliseconds the nth packet takes, or nothing if it is lost. The listener's
/// clock runs faster by so many millionths.
pub(super) fn listen(sent: &[Sent], delay: impl FnMut(usize) -> Option<f64>, millionths: f64) -> Heard {
    listen_as(ReceiveSettings::default(), sent, delay, millionths)
}

/// [`listen`] with other settings.
pub(super) fn listen_as(
    settings: ReceiveSettings,
    sent: &[Sent],
    mut delay: impl FnMut(usize) -> Option<f64>,
    millionths: f64,
) -> Heard {
    let mut receiver = Receiver::new(settings).unwrap();
    let mut arriving: Vec<(f64, &Sent)> =
        sent.iter().enumerate().filter_map(|(n, sent)| Some((sent.at + delay(n)?, sent))).collect();
    arriving.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut arriving = arriving.into_iter().peekable();
    let frames = (sent.last().unwrap().at / 10.0) as usize;
    let mut heard = Heard { sound: Vec::new(), seconds: vec![ReceiveStatistics::default()] };
    for n in 1..=frames {
        // 3 ms beside the microphone's beat, as any two clocks are.
        let now = 3.0 + 10.0 * n as f64 / (1.0 + millionths / 1e6);
        while let Some((at, packet)) = arriving.next_if(|(at, _)| *at <= now) {
            receiver.insert(micros(at), arrived(packet, 7));
        }
        let mut frame = SILENCE;
        receiver.play(micros(now), &mut frame);
        heard.sound.extend(frame);
        if n % 100 == 0 {
            heard.seconds.push(receiver.statistics());
        }
    }
    heard
}

pub(super) fn arrived(packet: &Sent, ssrc: u32) -> Arrived<'_> {
    let Sent { sequence, timestamp, payload, form, .. } = packet;
    Arrived { sequence: *sequence, timestamp: *timestamp, payload, form: *form, ssrc }
}

pub(super) fn micros(millis: f64) -> Micros {
    Micros::new(1_000_000 + (millis * 1_000.0) as u64)
}
