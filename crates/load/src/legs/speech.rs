//! What the light peers say: a few seconds of sound like speech, made and encoded once. All legs send the same packets
//! in a loop, each from another place, so that real Opus costs nothing while calls run.
//!
//! Each packet ends with padding of Opus itself (RFC 6716 §3.2.5), which decoders skip: there the stamp of
//! [`super::packet`] travels, and whoever else gets the packet hears it as it is.

use anyhow::{Context as _, Result};
use opus::{Application, Bitrate, Channels, Encoder};
use std::f32::consts::TAU;
use std::time::Duration;

/// Samples a second, which is also how fast the RTP clock goes (RFC 7587 §4.1).
const RATE: u32 = 48_000;
/// How long the loop is. Longer: more start-up time; shorter: fewer different packets.
const LENGTH: Duration = Duration::from_secs(4);
/// As Chromium has it for one channel. The loop takes 62 bytes for 20 ms on average, 88 at most.
const BITS_PER_SECOND: i32 = 32_000;
/// Most bytes of a packet, padding included. Room for 60 ms, and sealed it fits into what the floor of `bench/` reads.
pub(super) const PACKET_MAX: usize = 464;
/// Free bytes at the end of each packet.
pub(super) const ROOM: usize = 17;
/// What padding costs besides: the frame count, the length of the padding, and a zero before the stamp, which says that
/// nothing behind it is an extension (the syntax that newer decoders read padding by).
const AROUND: usize = 3;
/// Speech below this level, in dB under full scale, counts as a pause.
const PAUSE: u8 = 60;

/// The loop.
pub(super) struct Speech {
    packets: Vec<Packet>,
    /// Steps of the RTP clock in each.
    pub(super) samples: u32,
}

/// One packet without its stamp.
pub(super) struct Packet {
    /// Ends with [`ROOM`] bytes that no decoder looks at.
    pub(super) payload: Vec<u8>,
    /// The audio level as its header extension has it (RFC 6464 §3).
    pub(super) level: u8,
}

impl Speech {
    /// Packets of `time` each, which must be one that Opus knows.
    pub(super) fn of(time: Duration) -> Result<Self> {
        let samples = usize::try_from(time.as_micros() * u128::from(RATE) / 1_000_000)?;
        let sound = sound();
        let mut packets = encode(&sound, samples)?;
        for packet in &mut packets {
            make_room(&mut packet.payload)?;
        }
        Ok(Self { packets, samples: u32::try_from(samples)? })
    }

    /// Packet number `count` of a leg that began at `from`.
    pub(super) fn packet(&self, from: u32, count: u32) -> &Packet {
        &self.packets[from.wrapping_add(count) as usize % self.packets.len()]
    }
}

fn encode(sound: &[i16], samples: usize) -> Result<Vec<Packet>> {
    let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip).context("setting up Opus")?;
    encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND)).context("setting up Opus")?;
    encoder.set_inband_fec(true).context("setting up Opus")?;
    let packet = |sound: &[i16]| {
        let payload = encoder
            .encode_vec(sound, PACKET_MAX - ROOM - AROUND)
            .context("a length of packet that Opus does not know")?;
        Ok(Packet { payload, level: level(sound) })
    };
    sound.chunks_exact(samples.max(1)).map(packet).collect()
}

/// Makes a packet longer by padding whose last bytes are free.
fn make_room(payload: &mut Vec<u8>) -> Result<()> {
    let len = payload.len();
    payload.resize(len + AROUND + ROOM, 0);
    opus::packet::pad(payload, len).context("padding a packet of Opus")?;
    let room = payload.len() - ROOM;
    payload[room - 1] = 0;
    Ok(())
}

/// Decibels under full scale, with the bit for speech.
fn level(sound: &[i16]) -> u8 {
    let power = sound.iter().map(|s| (f32::from(*s) / 32_768.0).powi(2)).sum::<f32>() / sound.len() as f32;
    let below = (-10.0 * power.max(1e-13).log10()).clamp(0.0, 127.0) as u8;
    if below < PAUSE { 0x80 | below } else { below }
}

/// One voice that says vowels, four syllables a second: harmonics of a gliding pitch under three formants.
fn sound() -> Vec<i16> {
    const SYLLABLE: usize = RATE as usize / 4;
    const VOWELS: [[f32; 3]; 5] = [
        [730.0, 1_090.0, 2_440.0],
        [270.0, 2_290.0, 3_010.0],
        [570.0, 840.0, 2_410.0],
        [530.0, 1_840.0, 2_480.0],
        [300.0, 870.0, 2_240.0],
    ];
    /// How wide a formant is, in hertz.
    const WIDTH: f32 = 90.0;
    const HARMONICS: usize = 28;
    let mut phase = 0.0_f32;
    let total = LENGTH.as_secs() as usize * RATE as usize;
    let mut sound = Vec::with_capacity(total);
    for syllable in 0..total / SYLLABLE {
        let pitch = 110.0 + 8.0 * (syllable % 7) as f32;
        let vowel = VOWELS[syllable * 3 % VOWELS.len()];
        let strength = |harmonic: usize| -> f32 {
            let frequency = pitch * harmonic as f32;
            vowel.iter().map(|formant| 1.0 / (1.0 + ((frequency - formant) / WIDTH).powi(2))).sum()
        };
        let strengths: Vec<f32> = (1..=HARMONICS).map(strength).collect();
        for at in 0..SYLLABLE {
            let through = at as f32 / SYLLABLE as f32;
            // Every seventh syllable is a pause, as between words.
            let loud = if syllable % 7 == 6 { 0.0 } else { (through * TAU / 2.0).sin().powi(2) };
            phase = (phase + pitch * (1.0 - 0.1 * through) / RATE as f32).fract();
            let voice: f32 = strengths
                .iter()
                .enumerate()
                .map(|(n, strength)| strength * (phase * TAU * (n + 1) as f32).sin())
                .sum();
            sound.push((voice * loud * 5_000.0).clamp(-32_000.0, 32_000.0) as i16);
        }
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use opus::Decoder;

    const TIMES: [u64; 3] = [20, 40, 60];

    fn decoded(packets: &[Packet], samples: usize) -> Vec<i16> {
        let mut decoder = Decoder::new(RATE, Channels::Mono).unwrap();
        let mut sound = Vec::new();
        for packet in packets {
            let mut heard = vec![0; samples];
            assert_eq!(decoder.decode(&packet.payload, &mut heard, false).unwrap(), samples);
            sound.extend(heard);
        }
        sound
    }

    #[test]
    fn what_is_written_into_the_room_of_a_packet_changes_nothing_that_is_heard() {
        for time in TIMES {
            let mut speech = Speech::of(Duration::from_millis(time)).unwrap();
            let samples = speech.samples as usize;
            assert_eq!(samples, time as usize * 48);
            for (n, packet) in speech.packets.iter_mut().enumerate() {
                let room = packet.payload.len() - ROOM;
                packet.payload[room..].fill(n as u8 | 0x81);
            }
            let plain = encode(&sound(), samples).unwrap();
            assert_eq!(decoded(&speech.packets, samples), decoded(&plain, samples), "{time} ms");
        }
    }

    #[test]
    fn it_is_as_loud_and_as_many_bytes_as_speech() {
        let speech = Speech::of(Duration::from_millis(20)).unwrap();
        let heard = decoded(&speech.packets, 960);
        let loudest = heard.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((3_000..32_000).contains(&loudest), "{loudest}");
        let bytes: usize = speech.packets.iter().map(|packet| packet.payload.len()).sum();
        assert!((60..=140).contains(&(bytes / speech.packets.len())), "{bytes}");
        assert!(speech.packets.iter().any(|packet| packet.level & 0x80 == 0), "there are pauses");
        assert!(speech.packets.iter().any(|packet| packet.level & 0x80 != 0), "there is speech");
    }
}
