//! The numbers of packets as they arrive: unwrapped, counted, and compared with the clock.

/// How many of the newest packets are remembered, to tell one that comes again from one that comes late.
const REMEMBERED: u64 = 128;

/// How far a timestamp may lie from the newest one to belong to the same stream, in samples: half a minute. Farther means
/// that the speaker's clock began anew; so does a step back by [`STEP_BACK`] in a packet that was sent later.
const JUMP: i64 = 30 * 48_000;
const STEP_BACK: i64 = 48_000;

/// What a packet's numbers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbered {
    /// Not seen before; its timestamp, unwrapped.
    New(i64),
    /// The same came before.
    Again,
    /// It belongs to a stream that begins with it.
    OtherStream,
}

/// Follows one stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals {
    newest: Option<Newest>,
    /// Unwrapped sequence number of the first packet.
    first: u64,
    received: u64,
    /// Bit n: the packet n before the newest came.
    seen: u128,
    transit: Option<i64>,
    /// In samples.
    jitter: f64,
    /// Of streams that ended.
    received_before: u64,
    lost_before: u64,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    ssrc: u32,
    sequence: u64,
    timestamp: i64,
}

impl Arrivals {
    /// Takes the numbers of a packet that came at `now`, in samples.
    pub(super) fn take(&mut self, now: i64, ssrc: u32, sequence: u16, timestamp: u32) -> Numbered {
        let Some(newest) = self.newest else { return Numbered::OtherStream };
        if ssrc != newest.ssrc {
            return Numbered::OtherStream;
        }
        let ahead = i64::from(sequence.wrapping_sub(newest.sequence as u16) as i16);
        let later = i64::from(timestamp.wrapping_sub(newest.timestamp as u32) as i32);
        if later.abs() > JUMP || ahead > 0 && later < -STEP_BACK {
            return Numbered::OtherStream;
        }
        let unwrapped = newest.timestamp + later;
        if ahead > 0 {
            self.seen = self.seen.checked_shl(ahead as u32).unwrap_or(0) | 1;
            self.newest =
                Some(Newest { ssrc, sequence: newest.sequence + ahead as u64, timestamp: unwrapped });
        } else {
            let behind = ahead.unsigned_abs();
            let bit = if behind < REMEMBERED { 1 << behind } else { 0 };
            if self.seen & bit != 0 || newest.sequence - behind < self.first {
                return Numbered::Again;
            }
            self.seen |= bit;
        }
        self.count(now, unwrapped);
        Numbered::New(unwrapped)
    }

    /// Begins a stream with this packet and returns its unwrapped timestamp.
    pub(super) fn begin(&mut self, now: i64, ssrc: u32, sequence: u16, timestamp: u32) -> i64 {
        self.lost_before = self.lost();
        self.received_before += self.received;
        self.received = 0;
        // Far enough from zero that neither goes below it.
        let sequence = (1 << 32) + u64::from(sequence);
        let timestamp = (1 << 40) + i64::from(timestamp);
        self.first = sequence;
        self.seen = 1;
        self.newest = Some(Newest { ssrc, sequence, timestamp });
        self.transit = None;
        self.count(now, timestamp);
        timestamp
    }

    /// Packets that came.
    pub(super) fn received(&self) -> u64 {
        self.received_before + self.received
    }

    /// Packets that should have come and did not.
    pub(super) fn lost(&self) -> u64 {
        let expected = self.newest.map_or(0, |newest| newest.sequence + 1 - self.first);
        self.lost_before + expected.saturating_sub(self.received)
    }

    /// In milliseconds.
    pub(super) fn jitter(&self) -> f32 {
        (self.jitter / 48.0) as f32
    }

    fn count(&mut self, now: i64, timestamp: i64) {
        self.received += 1;
        let transit = now - timestamp;
        if let Some(before) = self.transit.replace(transit) {
            // RFC 3550 §6.4.1; a second is as much as a pause may look like.
            let difference = (transit - before).abs().min(48_000) as f64;
            self.jitter += (difference - self.jitter) / 16.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_wrap_go_on() {
        let mut arrivals = Arrivals::default();
        assert_eq!(arrivals.take(0, 7, 65_534, u32::MAX - 959), Numbered::OtherStream);
        let first = arrivals.begin(0, 7, 65_534, u32::MAX - 959);
        for n in 1..=3_u16 {
            let taken = arrivals.take(
                0,
                7,
                65_534_u16.wrapping_add(n),
                (u32::MAX - 959).wrapping_add(960 * u32::from(n)),
            );
            assert_eq!(taken, Numbered::New(first + 960 * i64::from(n)));
        }
        assert_eq!((arrivals.received(), arrivals.lost()), (4, 0));
    }

    #[test]
    fn a_late_packet_is_no_longer_lost_and_one_that_comes_again_does_not_count() {
        let mut arrivals = Arrivals::default();
        let first = arrivals.begin(0, 7, 10, 0);
        assert_eq!(arrivals.take(0, 7, 14, 4 * 960), Numbered::New(first + 4 * 960));
        assert_eq!(arrivals.lost(), 3);
        assert_eq!(arrivals.take(0, 7, 12, 2 * 960), Numbered::New(first + 2 * 960));
        assert_eq!(arrivals.take(0, 7, 12, 2 * 960), Numbered::Again);
        assert_eq!(arrivals.take(0, 7, 9, 0), Numbered::Again, "from before the beginning");
        assert_eq!((arrivals.received(), arrivals.lost()), (3, 2));
    }

    #[test]
    fn another_source_or_another_clock_is_another_stream() {
        let mut arrivals = Arrivals::default();
        arrivals.begin(0, 7, 10, 5_000_000);
        assert_eq!(arrivals.take(0, 8, 11, 5_000_960), Numbered::OtherStream);
        assert_eq!(arrivals.take(0, 7, 11, 9_000_960), Numbered::OtherStream);
        assert_eq!(
            arrivals.take(0, 7, 11, 4_900_000),
            Numbered::OtherStream,
            "sent later, spoken long before"
        );
        assert!(matches!(arrivals.take(0, 7, 9_000, 5_000_960), Numbered::New(_)), "many were lost");
    }

    #[test]
    fn jitter_is_that_of_rfc_3550() {
        let mut arrivals = Arrivals::default();
        arrivals.begin(0, 7, 0, 0);
        for n in 1..500_u16 {
            let late = if n % 2 == 0 { 480 } else { 0 };
            arrivals.take(960 * i64::from(n) + late, 7, n, 960 * u32::from(n));
        }
        // Every packet is 10 ms earlier or later than the one before it.
        assert!((9.9..10.1).contains(&arrivals.jitter()), "{}", arrivals.jitter());
    }
}
