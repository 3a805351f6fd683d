//! Packets that wait for their moment, in the order in which they were spoken. Bounded, whatever arrives.

use super::super::codec::PacketFacts;
use super::Origin;

/// Most packets that wait: two and a half seconds of 10 ms packets, five of usual ones. Higher: more memory for who
/// floods; lower: speech is thrown away that came in a heap after an outage.
const PACKETS_MAX: usize = 256;
/// Largest packet that is taken: what fits into a datagram on any road.
pub(super) const BYTES_MAX: usize = 1_500;

/// One packet.
#[derive(Debug)]
pub(super) struct Stored {
    /// Its first sample, by the speaker's unwrapped clock.
    pub(super) start: i64,
    /// When it came, by the listener's clock.
    pub(super) arrived: i64,
    pub(super) facts: PacketFacts,
    pub(super) origin: Origin,
    pub(super) bytes: Vec<u8>,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// It waits.
    In,
    /// The same speech waits already.
    Known,
    /// It is too large, or lies after too many others.
    Refused,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// Earliest last, so that taking one moves none.
    packets: Vec<Stored>,
    /// Buffers of packets that were heard, for those to come.
    spare: Vec<Vec<u8>>,
}

impl Store {
    pub(super) fn new() -> Self {
        Self { packets: Vec::with_capacity(PACKETS_MAX), spare: Vec::with_capacity(PACKETS_MAX) }
    }

    /// Keeps `bytes` until they are taken.
    pub(super) fn put(
        &mut self,
        start: i64,
        arrived: i64,
        facts: PacketFacts,
        origin: Origin,
        bytes: &[u8],
    ) -> Put {
        if bytes.len() > BYTES_MAX || self.packets.len() == PACKETS_MAX {
            return Put::Refused;
        }
        let at = self.packets.partition_point(|packet| packet.start > start);
        if self.packets.get(at).is_some_and(|packet| packet.start == start) {
            return Put::Known;
        }
        let mut kept = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BYTES_MAX));
        kept.extend_from_slice(bytes);
        self.packets.insert(at, Stored { start, arrived, facts, origin, bytes: kept });
        Put::In
    }

    /// The earliest packet.
    pub(super) fn first(&self) -> Option<&Stored> {
        self.packets.last()
    }

    /// Takes the earliest packet out; give it back by [`Self::recycle`].
    pub(super) fn take_first(&mut self) -> Option<Stored> {
        self.packets.pop()
    }

    /// Keeps the buffer of a packet for one to come.
    pub(super) fn recycle(&mut self, packet: Stored) {
        let mut bytes = packet.bytes;
        bytes.clear();
        self.spare.push(bytes);
    }

    /// Drops what begins before `start`, though never the last packet, and returns the earliest beginning left.
    pub(super) fn skip_to(&mut self, start: i64) -> Option<i64> {
        while self.packets.len() > 1
            && let Some(first) = self.packets.pop_if(|packet| packet.start < start)
        {
            self.recycle(first);
        }
        self.first().map(|first| first.start)
    }

    /// Whether nothing more is taken.
    pub(super) fn is_full(&self) -> bool {
        self.packets.len() == PACKETS_MAX
    }

    pub(super) fn clear(&mut self) {
        while let Some(packet) = self.packets.pop() {
            self.recycle(packet);
        }
    }
}
