//! Redundant audio (RFC 2198): an Opus packet with a copy of the one before, as browsers send it and the relay passes it.

use super::codec::LARGEST_FRAME;
use thiserror::Error;

/// Head of a copy: more follows, payload type, how much earlier it is (14 bits), how long (10 bits).
const COPY_HEAD: usize = 4;
/// Head of what is new: its payload type.
const PRIMARY_HEAD: usize = 1;
/// Longest copy that a head can tell.
pub(super) const LONGEST_COPY: usize = (1 << 10) - 1;
/// Earliest copy that a head can tell, in samples.
const EARLIEST_COPY: u32 = (1 << 14) - 1;
/// Most blocks that are read. Browsers send one or two copies; higher: more work for who sends nonsense.
const BLOCKS_MAX: usize = 8;
/// The longest payload that [`write`] makes.
pub const PAYLOAD_MAX: usize = COPY_HEAD + PRIMARY_HEAD + LONGEST_COPY + LARGEST_FRAME;

/// The payload is no redundant audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed redundant audio")]
pub struct Malformed;

/// One block of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// How much earlier than the packet's timestamp it was heard, in samples; 0 for what is new.
    pub earlier: u32,
    /// An Opus packet; empty if the sender had nothing.
    pub packet: &'a [u8],
}

/// The blocks of a payload: copies first, earliest first as they are sent, what is new last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a> {
    blocks: [Block<'a>; BLOCKS_MAX],
    count: usize,
}

impl<'a> Blocks<'a> {
    /// Reads a payload whole, so that of a broken one nothing is taken.
    ///
    /// # Errors
    /// [`Malformed`] if heads and blocks do not fit in it, or there are more than eight.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let mut heads = [(0, 0); BLOCKS_MAX];
        let (mut count, mut at) = (0, 0);
        while payload.get(at).ok_or(Malformed)? & 0x80 != 0 {
            let head: &[u8; COPY_HEAD] = payload.get(at..).and_then(<[u8]>::first_chunk).ok_or(Malformed)?;
            let word = u32::from_be_bytes(*head);
            let slot: &mut (u32, usize) = heads.get_mut(count).ok_or(Malformed)?;
            *slot = (word >> 10 & EARLIEST_COPY, (word & 0x3FF) as usize);
            count += 1;
            at += COPY_HEAD;
        }
        at += PRIMARY_HEAD;
        let mut blocks = [Block { earlier: 0, packet: &payload[..0] }; BLOCKS_MAX];
        for (block, (earlier, len)) in blocks.iter_mut().zip(heads).take(count) {
            *block = Block { earlier, packet: payload.get(at..at + len).ok_or(Malformed)? };
            at += len;
        }
        let primary = blocks.get_mut(count).ok_or(Malformed)?;
        primary.packet = payload.get(at..).ok_or(Malformed)?;
        Ok(Self { blocks, count: count + 1 })
    }

    /// What is new.
    #[must_use]
    pub fn primary(&self) -> &'a [u8] {
        self.blocks[self.count - 1].packet
    }

    /// What was sent before, with how much earlier it was heard; empty ones are left out.
    pub fn copies(&self) -> impl Iterator<Item = Block<'a>> {
        self.blocks[..self.count - 1]
            .iter()
            .copied()
            .filter(|block| block.earlier > 0 && !block.packet.is_empty())
    }
}

/// Writes `primary`, with `copy` before it if there is one that a head can tell, into `into`, and returns how long it is.
/// All blocks get the payload type `opus`.
///
/// # Panics
/// If `into` is shorter than [`PAYLOAD_MAX`] and the blocks do not fit.
#[must_use]
pub fn write(opus: u8, copy: Option<Block<'_>>, primary: &[u8], into: &mut [u8]) -> usize {
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        into[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    let copy = copy.filter(|copy| copy.earlier <= EARLIEST_COPY && copy.packet.len() <= LONGEST_COPY);
    if let Some(copy) = copy {
        let len = copy.packet.len() as u32;
        put(&(1 << 31 | u32::from(opus & 0x7F) << 24 | copy.earlier << 10 | len).to_be_bytes());
    }
    put(&[opus & 0x7F]);
    if let Some(copy) = copy {
        put(copy.packet);
    }
    put(primary);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut payload = [0; PAYLOAD_MAX];
        let copy = Block { earlier: 960, packet: b"before" };
        let len = write(111, Some(copy), b"now", &mut payload);
        // RFC 2198 §3: one bit, seven of the type, fourteen of the offset, ten of the length; then the type alone.
        assert_eq!(payload[..len], [&[0x80 | 111, 0x0F, 0x00, 0x06, 111][..], b"before", b"now"].concat());
        let blocks = Blocks::read(&payload[..len]).unwrap();
        assert_eq!(blocks.primary(), b"now");
        assert_eq!(blocks.copies().collect::<Vec<_>>(), [copy]);
    }

    #[test]
    fn a_packet_without_a_copy_has_one_byte_more() {
        let mut payload = [0; PAYLOAD_MAX];
        assert_eq!(write(111, None, b"now", &mut payload), 4);
        let too_long = [0; LONGEST_COPY + 1];
        for copy in [Block { earlier: 1 << 14, packet: b"x" }, Block { earlier: 1, packet: &too_long }] {
            assert_eq!(
                write(111, Some(copy), b"now", &mut payload),
                4,
                "left out, since a head cannot tell it"
            );
        }
    }

    #[test]
    fn two_copies_as_some_browsers_send_them_are_read() {
        let payload = [0xEF, 0x1E, 0, 1, 0xEF, 0x0F, 0, 2, 111, b'a', b'b', b'b', b'c'];
        let blocks = Blocks::read(&payload).unwrap();
        let copies: Vec<_> = blocks.copies().map(|copy| (copy.earlier, copy.packet)).collect();
        assert_eq!(copies, [(1_920, &b"a"[..]), (960, b"bb")]);
        assert_eq!(blocks.primary(), b"c");
    }

    #[test]
    fn a_payload_that_ends_early_is_refused_whole() {
        let whole = [0xEF, 0x0F, 0, 3, 111, b'a', b'b', b'c'];
        for len in 0..whole.len() {
            assert_eq!(Blocks::read(&whole[..len]), Err(Malformed), "{len} bytes");
        }
        assert_eq!(Blocks::read(&whole).unwrap().primary(), b"");
        let endless = [0xEF, 0x0F, 0, 0].repeat(100);
        assert_eq!(Blocks::read(&endless), Err(Malformed));
    }
}
