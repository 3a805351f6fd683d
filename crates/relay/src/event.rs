//! What the relay tells its owner.

use crate::quality::QualityReport;
use tring_protocol::ids::LegId;

/// Something that happened to a leg. The address of a person's device is in none of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RelayEvent {
    /// The leg has keys: audio can flow as soon as it is bridged. Comes again for each new connection of the leg.
    Keyed {
        /// Whose.
        leg: LegId,
    },
    /// The first audio packet of this leg was sent on to the other since they were bridged, or since one of the
    /// two came back with a new connection.
    Heard {
        /// Whose audio.
        leg: LegId,
    },
    /// One second of the leg; every second from the first audio packet on.
    Quality {
        /// Whose.
        leg: LegId,
        /// How it was.
        report: QualityReport,
    },
    /// Nothing authentic has come from the leg for [`crate::SILENT_AFTER`] (RFC 7675 calls consent expired).
    Silent {
        /// Whose.
        leg: LegId,
    },
    /// A silent leg is heard of again.
    Back {
        /// Whose.
        leg: LegId,
    },
    /// The leg, which has keys, is reached by another way from now on.
    Moved {
        /// Whose.
        leg: LegId,
    },
    /// The leg's device closed its connection.
    Closed {
        /// Whose.
        leg: LegId,
    },
    /// The leg's newest connection cannot be used; a new offer makes another.
    Failed {
        /// Whose.
        leg: LegId,
        /// Why.
        reason: FailReason,
    },
}

/// Why a connection cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FailReason {
    /// The certificate is not the one that the offer named: somebody is in between, or the offer is not theirs.
    #[error("the peer's certificate is not the one of its offer")]
    WrongFingerprint,
    /// The handshake broke off or took too long.
    #[error("the DTLS handshake failed")]
    Handshake,
    /// The handshake agreed on no SRTP profile.
    #[error("the peer speaks no SRTP profile of ours")]
    NoProfile,
}

/// Why a datagram went no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// From an address and of a stream that no leg has.
    UnknownSource,
    /// Not STUN, DTLS, RTP or RTCP, or not well-formed.
    Malformed,
    /// A check with wrong credentials, or a packet with a wrong tag.
    NotAuthentic,
    /// An authentic packet that was seen before.
    Replayed,
    /// Audio before the handshake is done, or DTLS long after it.
    NotExpected,
    /// Audio of a leg that may not be heard yet, or of a connection whose successor is heard already.
    NotBridged,
    /// The other leg has no keys or no path yet.
    FarNotReady,
    /// A codec or a report that the other leg does not understand, or a packet that comes too late to have a place.
    Unfit,
    /// The system did not take it.
    NotSent,
}

impl Dropped {
    /// All reasons, in the order of [`RelayCounts::dropped`].
    pub const ALL: [Self; 9] = [
        Self::UnknownSource,
        Self::Malformed,
        Self::NotAuthentic,
        Self::Replayed,
        Self::NotExpected,
        Self::NotBridged,
        Self::FarNotReady,
        Self::Unfit,
        Self::NotSent,
    ];

    /// The reason as a label of a metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownSource => "unknown_source",
            Self::Malformed => "malformed",
            Self::NotAuthentic => "not_authentic",
            Self::Replayed => "replayed",
            Self::NotExpected => "not_expected",
            Self::NotBridged => "not_bridged",
            Self::FarNotReady => "far_not_ready",
            Self::Unfit => "unfit",
            Self::NotSent => "not_sent",
        }
    }
}

/// Everything that a relay holds and has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayCounts {
    /// Calls known.
    pub calls: u64,
    /// Legs open.
    pub legs: u64,
    /// Connections open: one per leg, two while a leg is replaced.
    pub connections: u64,
    /// TCP connections open.
    pub streams: u64,
    /// DTLS objects alive: handshakes in progress, and finished ones for a few seconds.
    pub handshakes: u64,
    /// Handshakes that brought keys.
    pub keyed: u64,
    /// Handshakes that failed.
    pub not_keyed: u64,
    /// Datagrams received.
    pub datagrams_in: u64,
    /// Datagrams sent.
    pub datagrams_out: u64,
    /// Bytes in them: what came.
    pub bytes_in: u64,
    /// Bytes in them: what went.
    pub bytes_out: u64,
    /// Authentic audio packets received.
    pub audio_in: u64,
    /// Audio packets that should have come and did not, as their sequence numbers tell.
    pub audio_lost: u64,
    /// Audio packets sent on to the other leg.
    pub audio_out: u64,
    /// Audio packets sent once more, to a leg that asked for them or loses many.
    pub audio_again: u64,
    /// RTCP packets sent on to the other leg.
    pub reports_out: u64,
    /// Signs of life sent to legs to which no audio passed.
    pub keep_alives: u64,
    /// Connectivity checks answered.
    pub checks: u64,
    /// Datagrams that went no further, by [`Dropped::ALL`].
    pub dropped: [u64; 9],
}

/// One worker, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerState {
    /// Whether both its threads live.
    pub lives: bool,
    /// How often it has closed a second since it started. Goes on by about one a second; if it stands still, so does
    /// the worker.
    pub seconds: u64,
    /// What it holds and has done, at most a second ago.
    pub counts: RelayCounts,
}

impl RelayCounts {
    /// A packet of so many bytes goes out once more.
    pub(crate) fn sent_again(&mut self, bytes: usize) {
        self.audio_again += 1;
        self.datagrams_out += 1;
        self.bytes_out += bytes as u64;
    }

    /// How many datagrams went no further for `reason`.
    #[must_use]
    pub fn dropped_for(&self, reason: Dropped) -> u64 {
        self.dropped[reason as usize]
    }

    /// Sums two workers.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.calls += other.calls;
        self.legs += other.legs;
        self.connections += other.connections;
        self.streams += other.streams;
        self.handshakes += other.handshakes;
        self.keyed += other.keyed;
        self.not_keyed += other.not_keyed;
        self.datagrams_in += other.datagrams_in;
        self.datagrams_out += other.datagrams_out;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.audio_in += other.audio_in;
        self.audio_lost += other.audio_lost;
        self.audio_out += other.audio_out;
        self.audio_again += other.audio_again;
        self.reports_out += other.reports_out;
        self.keep_alives += other.keep_alives;
        self.checks += other.checks;
        for (sum, more) in self.dropped.iter_mut().zip(other.dropped) {
            *sum += more;
        }
        self
    }
}
