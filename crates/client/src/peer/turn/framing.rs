//! Where messages begin and end on a stream to a TURN server (RFC 8656 §12.5).

/// Bytes that tell how long a message is.
pub const HEAD: usize = 4;
/// The two first bits of channel data; STUN messages have zeros there.
const CHANNEL: u8 = 0b01;
/// What a STUN message has before its attributes, beyond [`HEAD`].
const STUN_REST: usize = 16;

/// How long a message is that begins so, and how many bytes of padding follow it.
///
/// `None` if it is neither STUN nor channel data: the stream is out of step, or no TURN server's.
#[must_use]
pub fn length(head: [u8; HEAD]) -> Option<(usize, usize)> {
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    match head[0] >> 6 {
        0 => Some((HEAD + STUN_REST + length, 0)),
        CHANNEL => Some((HEAD + length, length.wrapping_neg() % 4)),
        _ => None,
    }
}

/// Adds the padding that a message has on a stream. The library leaves channel data as long as it is, and a server that
/// waits for the rest takes the next message's first bytes for it.
pub(super) fn pad(message: &mut Vec<u8>) {
    message.resize(message.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stun_has_its_header_beside_its_length_and_channel_data_its_padding() {
        assert_eq!(length([0, 1, 0, 8]), Some((28, 0)));
        assert_eq!(length([0x40, 0, 0, 8]), Some((12, 0)));
        assert_eq!(length([0x40, 0, 0, 5]), Some((9, 3)));
        assert_eq!(length([0x7f, 0xff, 0, 0]), Some((4, 0)));
        assert_eq!(length(*b"\x80HTT"), None);
    }

    #[test]
    fn what_is_padded_has_the_length_that_the_other_end_waits_for() {
        for payload in 0..9_u8 {
            let mut message = vec![0x40, 0, 0, payload];
            message.resize(HEAD + usize::from(payload), 7);
            pad(&mut message);
            let (whole, padding) = length([0x40, 0, 0, payload]).unwrap();
            assert_eq!(message.len(), whole + padding);
        }
    }
}
