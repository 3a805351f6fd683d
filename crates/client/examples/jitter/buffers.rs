//! What listens: our receiver, a buffer of a fixed delay, and an ear to which every packet comes at once.

use super::roads::Road;
use tring_client::audio::SILENCE;
use tring_client::voice::{Arrived, Form, Micros, ReceiveSettings, ReceiveStatistics, Receiver, red::Blocks};

/// A packet as it was sent, at `at` milliseconds.
pub(crate) struct Packet {
    pub(crate) at: f64,
    pub(crate) timestamp: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) form: Form,
}

/// What was heard, and how.
pub(crate) struct Heard {
    pub(crate) sound: Vec<i16>,
    /// Mean time between arrival of the quickest packet and playing, in milliseconds.
    pub(crate) delay: f64,
    /// How much later than it was said each 10 ms of what was heard are there, in milliseconds: where a judge should look.
    pub(crate) lags: Vec<f64>,
    /// Shares of what was played, after the first five seconds.
    pub(crate) concealed: f64,
    pub(crate) stretched: f64,
    /// Share of what was said that arrived and was not heard, as it came too late.
    pub(crate) left_out: f64,
}

impl Heard {
    /// How much later than it was said what is heard from `second` on, for `length` seconds, usually is, in milliseconds.
    pub(crate) fn lag(&self, second: usize, length: usize) -> f64 {
        let mut lags: Vec<f64> = self.lags.iter().copied().skip(100 * second).take(100 * length).collect();
        lags.sort_by(f64::total_cmp);
        lags.get(lags.len() / 2).copied().unwrap_or(0.0)
    }
}

/// Frames that are not judged, 5 s: a receiver gets to know its road.
const LEARNING: usize = 500;

/// Our receiver.
pub(crate) fn adaptive(packets: &[Packet], road: &Road, settings: ReceiveSettings) -> super::Result<Heard> {
    let mut receiver = Receiver::new(settings)?;
    let mut arriving: Vec<(f64, usize)> =
        packets.iter().enumerate().filter_map(|(n, packet)| Some((packet.at + road.trips[n]?, n))).collect();
    arriving.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut arriving = arriving.into_iter().peekable();
    let frames = packets.last().map_or(0, |last| (last.at / 10.0) as usize);
    let (mut sound, mut delays, mut lags, mut before) =
        (Vec::new(), 0.0, Vec::new(), ReceiveStatistics::default());
    for n in 1..=frames {
        let now = 3.0 + 10.0 * n as f64 / (1.0 + road.drift / 1e6);
        while let Some((at, n)) = arriving.next_if(|(at, _)| *at <= now) {
            let Packet { timestamp, payload, form, .. } = &packets[n];
            let packet = Arrived { sequence: n as u16, timestamp: *timestamp, payload, form: *form, ssrc: 1 };
            receiver.insert(micros(at), packet);
        }
        let mut frame = SILENCE;
        receiver.play(micros(now), &mut frame);
        sound.extend(frame);
        // A packet is sent when its last sample was heard; the first frame is played 13 ms after the beginning.
        lags.push(
            20.0 + quickest(road) + f64::from(receiver.statistics().delay) + 10.0 * (n as f64 - 1.0) - now,
        );
        match n {
            LEARNING => before = receiver.statistics(),
            _ if n > LEARNING => delays += f64::from(receiver.statistics().delay),
            _ => {}
        }
    }
    let after = receiver.statistics();
    let delay = delays / (frames - LEARNING) as f64;
    let played = (after.samples_played - before.samples_played).max(1) as f64;
    let late = after.packets_late - before.packets_late;
    let left_out = (after.samples_skipped - before.samples_skipped + 960 * late) as f64;
    let changed = after.samples_accelerated + after.samples_stretched
        - before.samples_accelerated
        - before.samples_stretched;
    Ok(Heard {
        sound,
        delay,
        lags,
        concealed: (after.samples_concealed - before.samples_concealed) as f64 / played,
        stretched: changed as f64 / played,
        left_out: left_out / played,
    })
}

/// Where clocks drift, the delay is `delay` in the middle. Each packet is played `delay` milliseconds after the quickest would have come, from itself, its copy or the next one's
/// FEC, whichever is there by then; else it is made up by Opus. What the next packet is asked for counts as heard, even if
/// it has no FEC.
pub(crate) fn fixed(packets: &[Packet], road: &Road, delay: f64) -> super::Result<Heard> {
    let quickest = quickest(road);
    let lag = (quickest + delay) as usize / 10 * 10;
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono)?;
    let mut sound = vec![0; lag * 48];
    let (mut concealed, mut played, mut left_out) = (0_usize, 0_usize, 0_usize);
    let middle = packets.last().map_or(0.0, |last| last.at / 2.0);
    for n in 0..packets.len() {
        let due = packets[n].at + quickest + delay - (packets[n].at - middle) * road.drift / 1e6;
        let is_here =
            |n: usize| n < packets.len() && road.trips[n].is_some_and(|trip| packets[n].at + trip <= due);
        let mut frame = [0; 960];
        let next = packets.get(n + 1).filter(|_| is_here(n + 1));
        let copy = next.and_then(|next| copy_of(next));
        if is_here(n) {
            decoder.decode(primary(&packets[n]), &mut frame, false)?;
        } else if let Some(copy) = copy {
            decoder.decode(copy, &mut frame, false)?;
        } else if let Some(next) = next {
            decoder.decode(primary(next), &mut frame, true)?;
        } else {
            decoder.decode(&[], &mut frame, false)?;
        }
        let is_made_up = !is_here(n) && next.is_none();
        if n >= LEARNING / 2 {
            concealed += usize::from(is_made_up);
            left_out += usize::from(!is_here(n) && copy.is_none() && road.trips[n].is_some());
            played += 1;
        }
        sound.extend(frame);
    }
    Ok(Heard {
        sound,
        delay,
        lags: vec![lag as f64; packets.len() * 2 + 100],
        concealed: concealed as f64 / played.max(1) as f64,
        stretched: 0.0,
        left_out: left_out as f64 / played.max(1) as f64,
    })
}

/// Every packet comes, and at once: what Opus alone makes of the speech.
pub(crate) fn ideal(packets: &[Packet]) -> super::Result<Heard> {
    let road = Road { title: "", drift: 0.0, trips: vec![Some(0.0); packets.len()] };
    fixed(packets, &road, 0.0)
}

fn quickest(road: &Road) -> f64 {
    road.trips.iter().flatten().copied().fold(f64::INFINITY, f64::min)
}

fn primary(packet: &Packet) -> &[u8] {
    match packet.form {
        Form::Opus => &packet.payload,
        Form::Red => Blocks::read(&packet.payload).map_or(&[], |blocks| blocks.primary()),
    }
}

fn copy_of(packet: &Packet) -> Option<&[u8]> {
    (packet.form == Form::Red)
        .then(|| Blocks::read(&packet.payload).ok()?.copies().last().map(|copy| copy.packet))
        .flatten()
}

fn micros(millis: f64) -> Micros {
    Micros::new(1_000_000 + (millis * 1_000.0) as u64)
}
