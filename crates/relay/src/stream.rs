//! How one direction of a call is numbered: what comes in from a leg, what the far leg hears.
//!
//! **The far leg hears one stream for the whole life of its connection**, under the SSRC that its answer announced,
//! and as long as nothing is replaced sequence numbers and timestamps pass as they are. When the leg comes back with
//! a new connection, or its browser changes the SSRC, the new numbers are shifted so that they continue the old ones;
//! a far jitter buffer that was given a jump instead stays silent.

use crate::rtp::Header;
use std::time::{Duration, Instant};

/// Opus in RTP always counts 48 000 a second (RFC 7587 §4.1).
const TICKS_PER_MS: u32 = 48;
/// One packet of 20 ms, the least step between the last packet of an old stream and the first of a new one.
const PACKET_TICKS: u32 = 20 * TICKS_PER_MS;
/// The most loss, in 256ths, that the sender of a stream with copies is told of: 5 %. What its encoder would do against
/// more, in-band FEC at the expense of the speech itself, the copies have done already: told of 20 % at 24 kbit/s it
/// spoils speech to PESQ 1.9 where nothing is lost, told of 5 % to 3.4, without FEC 3.6. Higher: speech gets worse as
/// networks do; lower: too little for losses in a row, which the copies do not restore, and below the share from which on
/// devices call their network poor.
const LOSS_BESIDE_COPIES: u8 = 13;
/// After so many packets no older one comes: the replay window of SRTP takes none.
const LATE_AT_MOST: u16 = 1_000;

/// The mapping of one direction.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    outgoing_ssrc: u32,
    current: Option<Mapping>,
    last: Option<Last>,
    /// What the far leg last reported as lost in total, to be subtracted for a sender that was not there.
    reported_lost: i32,
    /// Whether the far leg gets each packet twice, the second time as a copy in the next (RFC 2198).
    has_copies: bool,
}

/// Differences between incoming and outgoing numbers, all modulo their width.
#[derive(Debug, Clone, Copy)]
struct Mapping {
    incoming_ssrc: u32,
    sequence: u16,
    /// Difference of the extended numbers, which reports carry.
    extended: u32,
    timestamp: u32,
    /// The incoming number with which it continued another, as long as older ones may still come.
    continued_at: Option<u16>,
    transport: Option<Transport>,
    lost_before: i32,
}

/// A packet from before the one with which its stream was continued: what is in its place has been heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late;

impl Mapping {
    fn check(&mut self, sequence: u16) -> Result<(), Late> {
        let Some(first) = self.continued_at else { return Ok(()) };
        if is_newer(first, sequence) {
            return Err(Late);
        }
        if sequence.wrapping_sub(first) > LATE_AT_MOST {
            self.continued_at = None;
        }
        Ok(())
    }
}

/// Transport-wide numbers have a mapping of their own, because not every packet has one.
#[derive(Debug, Clone, Copy)]
struct Transport {
    offset: u16,
    /// The present sender's first number, as it went out.
    first: u16,
    /// Whether feedback has reached that number.
    is_reached: bool,
}

/// The newest packet that went out.
#[derive(Debug, Clone, Copy)]
struct Last {
    extended: u32,
    timestamp: u32,
    transport: Option<u16>,
    at: Instant,
}

impl Stream {
    /// A stream that the far leg hears as `outgoing_ssrc`, and of which it has heard nothing yet.
    pub(crate) fn new(outgoing_ssrc: u32) -> Self {
        Self { outgoing_ssrc, current: None, last: None, reported_lost: 0, has_copies: false }
    }

    /// The state with which a new connection of the same leg goes on.
    pub(crate) fn continued(&self) -> Self {
        Self { current: None, ..self.clone() }
    }

    /// Renumbers an incoming packet's header for the far leg.
    pub(crate) fn map(&mut self, header: &mut Header, now: Instant) -> Result<(), Late> {
        let mapping = match &mut self.current {
            Some(mapping) if mapping.incoming_ssrc == header.ssrc => {
                mapping.check(header.sequence)?;
                *mapping
            }
            _ => {
                let mapping = self.begin(header, now);
                header.marker |= self.last.is_some();
                *self.current.insert(mapping)
            }
        };
        header.ssrc = self.outgoing_ssrc;
        header.sequence = header.sequence.wrapping_add(mapping.sequence);
        header.timestamp = header.timestamp.wrapping_add(mapping.timestamp);
        self.note(header, now);
        Ok(())
    }

    /// Notes whether the packet that passes now has a copy of the one before it.
    pub(crate) fn note_copies(&mut self, has_copies: bool) {
        self.has_copies = has_copies;
    }

    /// Renumbers the transport-wide sequence number of the packet that [`Self::map`] saw last.
    pub(crate) fn map_transport(&mut self, number: u16) -> u16 {
        let Some(mapping) = &mut self.current else { return number };
        let last = self.last.as_mut().map(|last| &mut last.transport);
        let transport = mapping.transport.get_or_insert_with(|| {
            let first = match &last {
                Some(Some(last)) => last.wrapping_add(1),
                _ => number,
            };
            Transport { offset: first.wrapping_sub(number), first, is_reached: false }
        });
        let mapped = number.wrapping_add(transport.offset);
        if let Some(last) = last
            && last.is_none_or(|last| is_newer(mapped, last))
        {
            *last = Some(mapped);
        }
        mapped
    }

    /// The SSRC under which the far leg knows `ssrc`.
    pub(crate) fn outgoing_ssrc(&self, ssrc: u32) -> Option<u32> {
        self.current.filter(|mapping| mapping.incoming_ssrc == ssrc).map(|_| self.outgoing_ssrc)
    }

    /// The outgoing form of an incoming RTP timestamp, for sender reports.
    pub(crate) fn outgoing_timestamp(&self, timestamp: u32) -> u32 {
        self.current.map_or(timestamp, |mapping| timestamp.wrapping_add(mapping.timestamp))
    }

    /// The SSRC that the sender gave to the stream which the far leg knows as `ssrc`.
    pub(crate) fn incoming_ssrc(&self, ssrc: u32) -> Option<u32> {
        self.current.filter(|_| self.outgoing_ssrc == ssrc).map(|mapping| mapping.incoming_ssrc)
    }

    /// The sender's number of the packet that the far leg knows by `sequence`.
    pub(crate) fn incoming_sequence(&self, sequence: u16) -> u16 {
        self.current.map_or(sequence, |mapping| sequence.wrapping_sub(mapping.sequence))
    }

    /// The sender's number of the packet that the far leg knows by the extended number `extended`.
    pub(crate) fn incoming_extended(&self, extended: u32) -> u32 {
        self.current.map_or(extended, |mapping| extended.wrapping_sub(mapping.extended))
    }

    /// The sender's transport-wide number of the packet that the far leg knows by `number`, with which its feedback
    /// begins. `None` if that was sent before the present sender came, who would not know what to make of it.
    pub(crate) fn incoming_transport(&mut self, number: u16) -> Option<u16> {
        let transport = self.current.as_mut()?.transport.as_mut()?;
        transport.is_reached |= !is_newer(transport.first, number);
        transport.is_reached.then(|| number.wrapping_sub(transport.offset))
    }

    /// What the sender is told of the share that the far leg reports as lost, both in 256ths.
    pub(crate) fn incoming_loss(&self, fraction: u8) -> u8 {
        if self.has_copies { fraction.min(LOSS_BESIDE_COPIES) } else { fraction }
    }

    /// The part of the far leg's total loss that befell the present sender.
    pub(crate) fn incoming_lost(&mut self, lost: i32) -> i32 {
        self.reported_lost = lost;
        self.current.map_or(lost, |mapping| lost.wrapping_sub(mapping.lost_before))
    }

    fn begin(&self, header: &Header, now: Instant) -> Mapping {
        let (extended, timestamp) = match self.last {
            Some(last) => {
                let elapsed = ticks(now.saturating_duration_since(last.at)).max(PACKET_TICKS);
                (last.extended.wrapping_add(1), last.timestamp.wrapping_add(elapsed))
            }
            // A receiver that misses the first packets guesses the roll-over counter from the first it gets; below
            // 2^15 it cannot guess wrong (RFC 3711 §3.3.1 and its errata). Browsers start there, but a stream that
            // has run while the callee's phone rang may not.
            None => (u32::from(header.sequence & 0x7FFF), header.timestamp),
        };
        let extended = extended.wrapping_sub(u32::from(header.sequence));
        Mapping {
            incoming_ssrc: header.ssrc,
            sequence: extended as u16,
            extended,
            timestamp: timestamp.wrapping_sub(header.timestamp),
            continued_at: self.last.map(|_| header.sequence),
            transport: None,
            lost_before: self.reported_lost,
        }
    }

    /// Keeps the newest packet's numbers; a straggler changes nothing.
    fn note(&mut self, header: &Header, now: Instant) {
        let (extended, transport) = match self.last {
            Some(last) if !is_newer(header.sequence, last.extended as u16) => return,
            Some(last) => {
                let step = header.sequence.wrapping_sub(last.extended as u16);
                (last.extended.wrapping_add(u32::from(step)), last.transport)
            }
            None => (u32::from(header.sequence), None),
        };
        self.last = Some(Last { extended, timestamp: header.timestamp, transport, at: now });
    }
}

fn is_newer(number: u16, than: u16) -> bool {
    (number.wrapping_sub(than) as i16) > 0
}

fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).wrapping_mul(TICKS_PER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { payload_type: 111, marker: false, sequence, timestamp, ssrc, len: 12, extension: None }
    }

    #[test]
    fn nothing_changes_while_nothing_is_replaced() {
        let now = crate::testing::now();
        let mut stream = Stream::new(700);
        for n in 0..100 {
            let mut packet = header(7, 100 + n, 960 * u32::from(n));
            stream.map(&mut packet, now).unwrap();
            assert_eq!(packet, header(700, 100 + n, 960 * u32::from(n)), "only the SSRC");
            assert_eq!(stream.map_transport(n), n);
        }
        assert_eq!(stream.incoming_extended(65_636), 65_636);
        assert_eq!(stream.incoming_lost(3), 3);
    }

    #[test]
    fn a_new_connection_continues_the_stream_that_the_far_leg_hears() {
        let now = crate::testing::now();
        let mut old = Stream::new(700);
        let mut last = header(7, 32_000, 1_000_000);
        old.map(&mut last, now).unwrap();
        assert_eq!(old.map_transport(500), 500);
        assert_eq!(old.incoming_lost(12), 12);

        let mut new = old.continued();
        let mut first = header(99, 5, 40);
        new.map(&mut first, now + Duration::from_millis(1_000)).unwrap();
        assert_eq!((first.ssrc, first.sequence), (700, 32_001));
        assert_eq!(first.timestamp, 1_000_000 + 48_000);
        assert!(first.marker, "the jitter buffer may adapt here");
        assert_eq!(new.map_transport(0), 501);

        assert_eq!(new.incoming_ssrc(700), Some(99));
        assert_eq!(new.outgoing_ssrc(99), Some(700));
        assert_eq!(new.outgoing_ssrc(7), None, "the old connection's reports mean nothing any more");
        assert_eq!(new.incoming_sequence(32_001), 5);
        assert_eq!(new.incoming_extended(32_001), 5);
        assert_eq!(new.incoming_transport(500), None, "the old connection's");
        assert_eq!(new.incoming_transport(501), Some(0));
        assert_eq!(new.incoming_lost(13), 1, "twelve were lost before");
    }

    #[test]
    fn a_stream_that_starts_late_starts_below_the_roll_over() {
        let now = crate::testing::now();
        let mut stream = Stream::new(700);
        let mut first = header(7, 65_535, 0);
        stream.map(&mut first, now).unwrap();
        assert_eq!(first.sequence, 32_767);
        let mut second = header(7, 0, 960);
        stream.map(&mut second, now).unwrap();
        assert_eq!(second.sequence, 32_768);
        assert_eq!(stream.incoming_sequence(32_768), 0);
        // The sender has rolled over once, so its own extended number is 65 536.
        assert_eq!(stream.incoming_extended(32_768), 65_536);
    }

    #[test]
    fn a_straggler_after_a_change_is_not_taken_for_the_newest() {
        let now = crate::testing::now();
        let mut stream = Stream::new(700);
        stream.map(&mut header(7, 10, 0), now).unwrap();
        stream.map(&mut header(8, 1_000, 0), now).unwrap();
        assert_eq!(stream.map(&mut header(8, 999, 0), now), Err(Late), "its place is taken");
        let mut next = header(9, 4, 0);
        stream.map(&mut next, now).unwrap();
        assert_eq!(next.sequence, 12);
    }
}
