//! The test packets: an RTP header with an audio level, and a payload that says whose packet it is.

use std::time::Duration;

/// Length of the header: 12 bytes, and 8 of a one-byte header extension.
pub(super) const HEADER_LEN: usize = 20;
/// Most bytes that a sealed packet may have.
pub(super) const BUFFER_LEN: usize = 512;
/// Steps of the RTP clock in a millisecond (RFC 7587 §4.1).
const CLOCK: u32 = 48;
/// What the light peers offer for Opus.
pub const PAYLOAD_TYPE: u8 = 111;
/// What the light peers offer for the audio level.
pub const AUDIO_LEVEL_ID: u8 = 1;

const PAYLOAD_MIN: usize = 80;
const PAYLOAD_MAX: usize = 120;

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

/// Writes packet number `count` of a leg, which is sent at `at`, unsealed, into `buffer`; returns its length. Each holds
/// `time` of audio.
pub(super) fn write(
    buffer: &mut [u8; BUFFER_LEN],
    ssrc: u32,
    stamp: Stamp,
    count: u32,
    time: Duration,
    at: Duration,
) -> usize {
    let samples = time.as_millis() as u32 * CLOCK;
    let header = &mut buffer[..HEADER_LEN];
    header[0] = 0x90; // version 2, with an extension
    header[1] = PAYLOAD_TYPE | if count == 0 { 0x80 } else { 0 };
    header[2..4].copy_from_slice(&(count as u16).to_be_bytes());
    header[4..8].copy_from_slice(&count.wrapping_mul(samples).to_be_bytes());
    header[8..12].copy_from_slice(&ssrc.to_be_bytes());
    let level = 0x80 | (30 + count % 20) as u8; // speech at −30 to −49 dBov
    header[12..].copy_from_slice(&[0xBE, 0xDE, 0, 1, AUDIO_LEVEL_ID << 4, level, 0, 0]);

    let payload_len =
        PAYLOAD_MIN + (count as usize * 7 + stamp.call as usize) % (PAYLOAD_MAX - PAYLOAD_MIN + 1);
    let payload = &mut buffer[HEADER_LEN..HEADER_LEN + payload_len];
    payload[..4].copy_from_slice(&stamp.call.to_be_bytes());
    payload[4] = stamp.side;
    payload[5..9].copy_from_slice(&count.to_be_bytes());
    payload[9..17].copy_from_slice(&(at.as_micros() as u64).to_be_bytes());
    payload[17..].fill(stamp.side ^ count as u8);
    HEADER_LEN + payload_len
}

/// Reads back from a payload whose packet it is, which number it has, and when it was sent.
pub(super) fn read(payload: &[u8]) -> Option<(Stamp, u32, Duration)> {
    let head: &[u8; 17] = payload.first_chunk()?;
    let call = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let count = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    let [.., a, b, c, d, e, f, g, h] = *head;
    let at = Duration::from_micros(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
    Some((Stamp { call, side: head[4] }, count, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_whose_it_is_and_stays_within_its_length() {
        let stamp = Stamp { call: 77, side: 1 };
        let mut buffer = [0; BUFFER_LEN];
        for count in [0, 1, 500, 70_000] {
            let at = Duration::from_micros(3_600_000_017);
            let len = write(&mut buffer, 9, stamp, count, Duration::from_millis(20), at);
            assert!((PAYLOAD_MIN..=PAYLOAD_MAX).contains(&(len - HEADER_LEN)), "{len}");
            assert_eq!(read(&buffer[HEADER_LEN..len]), Some((stamp, count, at)));
            let header = tring_relay::rtp::Header::parse(&buffer[..len]).unwrap();
            assert_eq!((header.len, header.ssrc, header.sequence), (HEADER_LEN, 9, count as u16));
        }
    }
}
