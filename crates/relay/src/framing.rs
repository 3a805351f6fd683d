//! Datagrams on a stream (RFC 4571): each follows its length, two bytes, the higher first.
//!
//! Decides where one ends. A length that no datagram of ours has ends the connection: behind it nothing can be found
//! again, and whoever speaks something else altogether (HTTP, TLS) is noticed by its first two bytes.

use crate::worker::MAX_DATAGRAM;

/// Length of what stands before each datagram.
pub const PREFIX_LEN: usize = 2;

/// What stands before a datagram of `len` bytes; `None` if it is longer than a frame can be.
#[must_use]
pub fn prefix(len: usize) -> Option<[u8; PREFIX_LEN]> {
    u16::try_from(len).ok().map(u16::to_be_bytes)
}

/// A frame longer than [`MAX_DATAGRAM`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame is longer than any datagram")]
pub struct FrameTooLong;

/// Finds the datagrams in what a connection brings, in pieces of any size.
#[derive(Debug, Default)]
pub struct Deframer {
    /// The beginning of a frame that has not come whole; never longer than one frame.
    partial: Vec<u8>,
}

impl Deframer {
    /// Takes what came and calls `take` with each datagram that is whole now. Empty ones, which RFC 4571 permits as
    /// signs of life, are skipped.
    ///
    /// # Errors
    /// [`FrameTooLong`]; the connection is of no use from then on.
    pub fn feed(&mut self, mut bytes: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), FrameTooLong> {
        while !bytes.is_empty() {
            if self.partial.is_empty()
                && let Some(len) = frame_len(bytes)?
                && let Some((frame, rest)) = bytes.split_at_checked(len)
            {
                hand_over(frame, &mut take);
                bytes = rest;
                continue;
            }
            let wanted = frame_len(&self.partial)?.unwrap_or(PREFIX_LEN) - self.partial.len();
            let (piece, rest) = bytes.split_at(wanted.min(bytes.len()));
            self.partial.extend_from_slice(piece);
            bytes = rest;
            if frame_len(&self.partial)? == Some(self.partial.len()) {
                hand_over(&self.partial, &mut take);
                self.partial.clear();
            }
        }
        Ok(())
    }
}

/// Length of the frame that begins `bytes`, with its prefix; `None` if not even that is whole.
fn frame_len(bytes: &[u8]) -> Result<Option<usize>, FrameTooLong> {
    let Some(prefix) = bytes.first_chunk::<PREFIX_LEN>() else { return Ok(None) };
    let len = usize::from(u16::from_be_bytes(*prefix));
    if len > MAX_DATAGRAM { Err(FrameTooLong) } else { Ok(Some(PREFIX_LEN + len)) }
}

fn hand_over(frame: &[u8], take: &mut impl FnMut(&[u8])) {
    match frame.get(PREFIX_LEN..) {
        None | Some([]) => {}
        Some(datagram) => take(datagram),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framed(datagrams: &[Vec<u8>]) -> Vec<u8> {
        datagrams.iter().flat_map(|one| [&prefix(one.len()).unwrap()[..], one].concat()).collect()
    }

    #[test]
    fn whoever_speaks_something_else_is_noticed_at_once() {
        for other in [&b"GET / HTTP/1.1\r\n"[..], &[22, 3, 1, 2, 0], &[255, 255]] {
            let found = Deframer::default().feed(other, |_| panic!("there is none"));
            assert_eq!(found, Err(FrameTooLong));
        }
    }

    #[test]
    fn the_longest_datagram_passes_and_a_longer_one_does_not() {
        let mut count = 0;
        let longest = framed(&[vec![7; MAX_DATAGRAM]]);
        assert_eq!(Deframer::default().feed(&longest, |_| count += 1), Ok(()));
        assert_eq!(count, 1);
        let longer = framed(&[vec![7; MAX_DATAGRAM + 1]]);
        assert_eq!(Deframer::default().feed(&longer, |_| count += 1), Err(FrameTooLong));
    }

    proptest! {
        #[test]
        fn datagrams_come_out_as_they_went_in_however_they_are_cut(
            datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..12),
            cuts in proptest::collection::vec(1_usize..200, 1..40),
        ) {
            let stream = framed(&datagrams);
            let (mut rest, mut found, mut deframer) = (&stream[..], Vec::new(), Deframer::default());
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, behind) = rest.split_at((*cut).min(rest.len()));
                deframer.feed(piece, |datagram| found.push(datagram.to_vec())).unwrap();
                rest = behind;
            }
            let sent: Vec<_> = datagrams.into_iter().filter(|one| !one.is_empty()).collect();
            prop_assert_eq!(found, sent);
        }
    }
}
