//! RTP headers (RFC 3550 §5.1), header extensions (RFC 8285) and RED (RFC 2198): read and rewritten where they lie.
//!
//! Decides what is well-formed. Which numbers are written is decided by `forward`.

/// Length of a header without CSRCs and extension.
pub const FIXED_HEADER_LEN: usize = 12;

/// Profile of the one-byte extension form, RFC 8285 §4.2.
const ONE_BYTE_FORM: u16 = 0xBEDE;
/// Profile of the two-byte extension form without its four application bits, RFC 8285 §4.3.
const TWO_BYTE_FORM: u16 = 0x1000;

/// Why bytes are not an RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Shorter than its header says.
    #[error("shorter than its header")]
    Short,
    /// Not version 2.
    #[error("not RTP version 2")]
    Version,
    /// A RED payload whose blocks do not fit.
    #[error("malformed RED")]
    Red,
}

/// The header of a packet, with what is needed to find the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Payload type, 7 bits.
    pub payload_type: u8,
    /// Begins a talk spurt.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Sampling time, 48 kHz for Opus.
    pub timestamp: u32,
    /// Stream.
    pub ssrc: u32,
    /// Bytes before the payload: fixed header, CSRCs and extension.
    pub len: usize,
    /// Where the extension's elements start, if there is an extension; they end at `len`.
    pub extension: Option<usize>,
}

impl Header {
    /// Reads the header of `packet`, plain or sealed (headers are never encrypted).
    ///
    /// # Errors
    /// [`RtpError`] if it does not fit.
    pub fn parse(packet: &[u8]) -> Result<Self, RtpError> {
        let fixed: &[u8; FIXED_HEADER_LEN] = packet.first_chunk().ok_or(RtpError::Short)?;
        if fixed[0] >> 6 != 2 {
            return Err(RtpError::Version);
        }
        let mut len = FIXED_HEADER_LEN + 4 * usize::from(fixed[0] & 0x0F);
        let mut extension = None;
        if fixed[0] & 0x10 != 0 {
            let head: &[u8; 4] = packet.get(len..).and_then(<[u8]>::first_chunk).ok_or(RtpError::Short)?;
            extension = Some(len + 4);
            len += 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
        }
        if packet.len() < len {
            return Err(RtpError::Short);
        }
        Ok(Self {
            payload_type: fixed[1] & 0x7F,
            marker: fixed[1] & 0x80 != 0,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            len,
            extension,
        })
    }

    /// Writes the numbers back into the packet that this header was read from. Lengths are not changed.
    pub fn write(&self, packet: &mut [u8]) {
        let Some(fixed) = packet.first_chunk_mut::<FIXED_HEADER_LEN>() else { return };
        fixed[1] = self.payload_type & 0x7F | u8::from(self.marker) << 7;
        fixed[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        fixed[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        fixed[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
    }
}

/// How many bytes of padding end the plain `packet` (RFC 3550 §5.1); `None` if it claims more than it has.
///
/// A packet may be nothing but padding: Chromium probes the path with such, also on audio streams.
#[must_use]
pub fn padding_len(packet: &[u8], header: &Header) -> Option<usize> {
    let payload = packet.get(header.len..)?;
    if packet[0] & 0x20 == 0 {
        return Some(0);
    }
    payload.last().map(|count| usize::from(*count)).filter(|count| (1..=payload.len()).contains(count))
}

/// Whether a datagram's first byte puts it in the range of RTP and RTCP (RFC 7983 §7).
#[must_use]
pub fn is_rtp_or_rtcp(first_byte: u8) -> bool {
    (128..=191).contains(&first_byte)
}

/// Whether a packet in that range is RTCP (RFC 5761 §4).
#[must_use]
pub fn is_rtcp(second_byte: u8) -> bool {
    (192..=223).contains(&second_byte)
}

/// Calls `visit` with each extension element's id and value. What it returns is the id that the element gets; 0
/// removes it by turning it into padding. Stops quietly at the first element that does not fit.
pub fn rewrite_extensions(packet: &mut [u8], header: &Header, mut visit: impl FnMut(u8, &mut [u8]) -> u8) {
    let Some(start) = header.extension else { return };
    let Some(head) = packet.get(start.wrapping_sub(4)..start) else { return };
    let form = u16::from_be_bytes([head[0], head[1]]);
    let Some(elements) = packet.get_mut(start..header.len) else { return };
    let head_len = match form {
        ONE_BYTE_FORM => 1,
        form if form & 0xFFF0 == TWO_BYTE_FORM => 2,
        _ => return,
    };
    let mut at = 0;
    while let Some(&first) = elements.get(at) {
        if first == 0 {
            at += 1;
            continue;
        }
        let (id, value_len) = if head_len == 1 {
            (first >> 4, usize::from(first & 0x0F) + 1)
        } else {
            let Some(&len) = elements.get(at + 1) else { return };
            (first, usize::from(len))
        };
        // RFC 8285 §4.2: id 15 is reserved and ends the one-byte form, and so does a 0 that is not padding.
        if head_len == 1 && (id == 15 || id == 0) {
            return;
        }
        let Some(element) = elements.get_mut(at..at + head_len + value_len) else { return };
        match visit(id, &mut element[head_len..]) {
            0 => element.fill(0),
            new if head_len == 1 => element[0] = new << 4 | first & 0x0F,
            new => element[0] = new,
        }
        at += head_len + value_len;
    }
}

/// Where the primary block of a RED payload lies and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedPrimary {
    /// Payload type of the primary block.
    pub payload_type: u8,
    /// Offset of the primary block's data in the payload.
    pub offset: usize,
}

/// Walks the block headers of a RED payload. `visit` sees each block's payload type and returns the one to write.
///
/// # Errors
/// [`RtpError::Red`] if the headers or the redundant blocks do not fit in `payload`.
pub fn rewrite_red(payload: &mut [u8], mut visit: impl FnMut(u8) -> u8) -> Result<RedPrimary, RtpError> {
    let mut at = 0;
    let mut redundant = 0;
    loop {
        let head = payload.get_mut(at).ok_or(RtpError::Red)?;
        let more = *head & 0x80;
        let payload_type = *head & 0x7F;
        *head = more | visit(payload_type) & 0x7F;
        if more == 0 {
            let offset = at + 1 + redundant;
            return if offset <= payload.len() {
                Ok(RedPrimary { payload_type, offset })
            } else {
                Err(RtpError::Red)
            };
        }
        let block: &[u8; 4] = payload.get(at..).and_then(<[u8]>::first_chunk).ok_or(RtpError::Red)?;
        redundant += usize::from(u16::from_be_bytes([block[2], block[3]]) & 0x3FF);
        at += 4;
    }
}

#[cfg(test)]
mod tests;
