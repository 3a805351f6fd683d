//! The packets of a leg: an RTP header with an audio level, and real Opus whose padding says whose packet it is, which
//! number it has and when it was sent.

use std::time::Duration;

use super::speech::{PACKET_MAX, ROOM, Speech};

/// Length of the header: 12 bytes, and 8 of a one-byte header extension.
pub(super) const HEADER_LEN: usize = 20;
/// Most bytes that a sealed packet may have.
pub(super) const BUFFER_LEN: usize = HEADER_LEN + PACKET_MAX + SEAL_MAX;
/// No profile of SRTP that is spoken here adds more.
const SEAL_MAX: usize = 16;
/// What the light peers offer for Opus.
pub const PAYLOAD_TYPE: u8 = 111;
/// What the light peers offer for the audio level.
pub const AUDIO_LEVEL_ID: u8 = 1;

/// Whose packet it is. A packet that opens at a leg of another call, or of an earlier call, was delivered
/// wrongly, whatever its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Unique per call as long as the process lives.
    pub call: u32,
    /// 0 for the caller, 1 for the callee.
    pub side: u8,
}

impl Stamp {
    /// What arrives at this leg must carry the other side's stamp.
    pub(super) fn other_side(self) -> Self {
        Self { call: self.call, side: 1 - self.side }
    }
}

/// Writes packet number `count` of a leg, which is sent at `at`, unsealed, into `buffer`; returns its length.
pub(super) fn write(
    buffer: &mut [u8; BUFFER_LEN],
    ssrc: u32,
    stamp: Stamp,
    count: u32,
    speech: &Speech,
    at: Duration,
) -> usize {
    // Legs begin at places far from each other, as people do not say the same at the same time.
    let said = speech.packet(stamp.call.wrapping_mul(37).wrapping_add(u32::from(stamp.side) * 101), count);
    let header = &mut buffer[..HEADER_LEN];
    header[0] = 0x90; // version 2, with an extension
    header[1] = PAYLOAD_TYPE | if count == 0 { 0x80 } else { 0 };
    header[2..4].copy_from_slice(&(count as u16).to_be_bytes());
    header[4..8].copy_from_slice(&count.wrapping_mul(speech.samples).to_be_bytes());
    header[8..12].copy_from_slice(&ssrc.to_be_bytes());
    header[12..].copy_from_slice(&[0xBE, 0xDE, 0, 1, AUDIO_LEVEL_ID << 4, said.level, 0, 0]);

    let len = HEADER_LEN + said.payload.len();
    buffer[HEADER_LEN..len].copy_from_slice(&said.payload);
    let room = &mut buffer[len - ROOM..len];
    room[..4].copy_from_slice(&stamp.call.to_be_bytes());
    room[4] = stamp.side;
    room[5..9].copy_from_slice(&count.to_be_bytes());
    room[9..].copy_from_slice(&(at.as_micros() as u64).to_be_bytes());
    len
}

/// Reads back from a payload whose packet it is, which number it has, and when it was sent.
pub(super) fn read(payload: &[u8]) -> Option<(Stamp, u32, Duration)> {
    let room: &[u8; ROOM] = payload.last_chunk()?;
    let call = u32::from_be_bytes([room[0], room[1], room[2], room[3]]);
    let count = u32::from_be_bytes([room[5], room[6], room[7], room[8]]);
    let [.., a, b, c, d, e, f, g, h] = *room;
    let at = Duration::from_micros(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
    Some((Stamp { call, side: room[4] }, count, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_whose_it_is_and_stays_within_its_length() {
        let stamp = Stamp { call: u32::MAX - 3, side: 1 };
        let mut buffer = [0; BUFFER_LEN];
        for time in [20, 40, 60] {
            let speech = Speech::of(Duration::from_millis(time)).unwrap();
            for count in [0, 1, 500, 70_000, u32::MAX] {
                let at = Duration::from_micros(3_600_000_017);
                let len = write(&mut buffer, 9, stamp, count, &speech, at);
                assert!(len <= BUFFER_LEN - SEAL_MAX, "{len}");
                assert_eq!(read(&buffer[HEADER_LEN..len]), Some((stamp, count, at)));
                let header = tring_relay::rtp::Header::parse(&buffer[..len]).unwrap();
                assert_eq!((header.len, header.ssrc, header.sequence), (HEADER_LEN, 9, count as u16));
            }
        }
    }
}
