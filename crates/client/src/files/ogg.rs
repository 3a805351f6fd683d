//! Opus in Ogg (RFC 7845), one channel: what is heard is written in packets of 20 ms, what is read may come from anybody.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use ogg::reading::PacketReader;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels, Decoder, Encoder};

use super::broken;
use crate::audio::{AudioError, FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// Samples of a packet that is written: 20 ms. Longer: a few bytes less; shorter: more.
const PACKET: usize = 2 * FRAME_SAMPLES;
/// Enough for speech that nobody can tell from the original.
const BITRATE: i32 = 32_000;
/// The longest packet there is: 120 ms (RFC 6716 §2.1.4).
const LONGEST: usize = 5_760;
/// Packets on a page: a second, so that a program that is killed loses no more.
const PAGE: u64 = 50;
/// A file has one stream, and its name is of no importance.
const SERIAL: u32 = 1;

/// Reads an Ogg file with Opus in it; of several channels the decoder makes one.
pub(super) fn read(path: &Path) -> Result<Vec<i16>, AudioError> {
    let wrong = |reason: &dyn std::fmt::Display| broken(path, reason);
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let mut packets = PacketReader::new(BufReader::new(file));
    let head = packets.read_packet().map_err(|error| wrong(&error))?.map(|packet| packet.data);
    let pre_skip = head
        .as_deref()
        .and_then(pre_skip)
        .ok_or_else(|| wrong(&"it holds no Opus of one or two channels; convert it to that, or to WAV"))?;
    let mut decoder = Decoder::new(SAMPLE_RATE, Channels::Mono).map_err(|error| wrong(&error))?;
    let mut samples = Vec::new();
    let mut buffer = vec![0; LONGEST];
    // The second packet holds tags.
    let mut number = 1_u64;
    while let Some(packet) = packets.read_packet().map_err(|error| wrong(&error))? {
        number += 1;
        if number == 2 {
            continue;
        }
        let count = decoder.decode(&packet.data, &mut buffer, false).map_err(|error| wrong(&error))?;
        samples.extend_from_slice(&buffer[..count]);
        // The end may lie within a packet, and the last position says where.
        if packet.last_in_stream() {
            let end = usize::try_from(packet.absgp_page()).unwrap_or(usize::MAX);
            samples.truncate(end.max(pre_skip));
        }
    }
    samples.drain(..pre_skip.min(samples.len()));
    Ok(samples)
}

/// What is to be thrown away at the beginning, if this is the head of Opus in the one order of channels that all decoders
/// know (RFC 7845 §5.1).
fn pre_skip(head: &[u8]) -> Option<usize> {
    let is_known = head.len() >= 19 && head.starts_with(b"OpusHead") && head[8] >> 4 == 0 && head[18] == 0;
    is_known.then(|| usize::from(u16::from_le_bytes([head[10], head[11]])))
}

/// Writes what is heard.
pub(super) struct OggRecording {
    packets: PacketWriter<'static, BufWriter<File>>,
    encoder: Encoder,
    heard: Vec<i16>,
    /// Packets so far.
    written: u64,
    /// One packet waits, since the last one is marked as such.
    waiting: Option<Vec<u8>>,
}

impl OggRecording {
    pub(super) fn create(path: &Path) -> Result<Self, AudioError> {
        let wrong = |reason: &dyn std::fmt::Display| broken(path, reason);
        let mut encoder =
            Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip).map_err(|error| wrong(&error))?;
        encoder.set_bitrate(Bitrate::Bits(BITRATE)).map_err(|error| wrong(&error))?;
        let delay = encoder.get_lookahead().map_err(|error| wrong(&error))?;
        let file = File::create(path).map_err(|error| wrong(&error))?;
        let mut packets = PacketWriter::new(BufWriter::new(file));
        for headers in [head(u16::try_from(delay).unwrap_or(0)), tags()] {
            packets
                .write_packet(headers, SERIAL, PacketWriteEndInfo::EndPage, 0)
                .map_err(|error| wrong(&error))?;
        }
        Ok(Self { packets, encoder, heard: Vec::with_capacity(PACKET), written: 0, waiting: None })
    }

    pub(super) fn write(&mut self, frame: &Frame) -> std::io::Result<()> {
        self.heard.extend_from_slice(frame);
        if self.heard.len() < PACKET {
            return Ok(());
        }
        // Only refused for lengths that Opus does not have.
        let packet = self.encoder.encode_vec(&self.heard, 1_275).unwrap_or_default();
        self.heard.clear();
        let is_page = self.written.is_multiple_of(PAGE);
        let before = self.waiting.replace(packet);
        let end = if is_page { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
        self.put(before, end)
    }

    /// The file is whole.
    pub(super) fn finish(mut self) -> std::io::Result<()> {
        let last = self.waiting.take();
        self.put(last, PacketWriteEndInfo::EndStream)?;
        self.packets.into_inner().flush()
    }

    fn put(&mut self, packet: Option<Vec<u8>>, end: PacketWriteEndInfo) -> std::io::Result<()> {
        let Some(packet) = packet else { return Ok(()) };
        self.written += 1;
        let position = self.written * PACKET as u64;
        self.packets.write_packet(packet, SERIAL, end, position)
    }
}

/// `delay`: by how many samples the encoder is late, which are thrown away by who plays the file.
fn head(delay: u16) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    // Version 1, one channel.
    head.extend([1, 1]);
    head.extend(delay.to_le_bytes());
    head.extend(SAMPLE_RATE.to_le_bytes());
    // No gain, the simplest order of channels.
    head.extend([0, 0, 0]);
    head
}

fn tags() -> Vec<u8> {
    let vendor = concat!("tring ", env!("CARGO_PKG_VERSION"));
    let mut tags = b"OpusTags".to_vec();
    tags.extend(u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
    tags.extend(vendor.as_bytes());
    // No comments.
    tags.extend(0_u32.to_le_bytes());
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone of 440 Hz.
    fn tone() -> Vec<i16> {
        (0_u16..48_000)
            .map(|at| (8_000.0 * (f32::from(at) * 440.0 * std::f32::consts::TAU / 48_000.0).sin()) as i16)
            .collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("heard.ogg");
        let mut recording = OggRecording::create(&path).unwrap();
        let tone = tone();
        for frame in tone.as_chunks::<FRAME_SAMPLES>().0 {
            recording.write(frame).unwrap();
        }
        recording.finish().unwrap();
        let read = read(&path).unwrap();
        // The encoder's delay, 6.5 ms, stays in it at the end.
        assert_eq!(read.len(), tone.len() - 312);
        let crossings = read.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((434..=440).contains(&crossings), "{crossings} periods");
    }

    #[test]
    fn a_file_that_is_cut_off_or_holds_something_else_is_refused_or_read_as_far_as_it_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("other.ogg");
        let mut packets = PacketWriter::new(File::create(&path).unwrap());
        packets.write_packet(b"\x01vorbis".to_vec(), SERIAL, PacketWriteEndInfo::EndStream, 0).unwrap();
        drop(packets);
        assert!(read(&path).unwrap_err().to_string().contains("no Opus"));
        std::fs::write(&path, b"OggS").unwrap();
        assert!(read(&path).is_err());
    }
}
