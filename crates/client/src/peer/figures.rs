//! What is known of a connection: what it agreed on, what came, how long the way is.

use std::time::Duration;

use str0m::Rtc;
use str0m::format::Codec;
use str0m::media::{Mid, Pt};
use str0m::net::Protocol;
use str0m::stats::PeerStats;
use tring_protocol::signal::MediaPath;

use super::turn::Ways;

/// What is known of a connection now.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Bytes of audio and of the relay's signs of life, since the beginning. Answers to our own checks do not count: what
    /// is asked is whether the relay speaks to us.
    pub bytes: u64,
    /// Packets of audio, since the beginning.
    pub packets: u64,
    /// Round trip to the relay.
    pub round_trip: Option<Duration>,
    /// By what the audio travels.
    pub path: Option<MediaPath>,
    pub(super) opus: Option<Pt>,
    pub(super) red: Option<Pt>,
}

impl Figures {
    /// Counts what came, if it is RTP or RTCP (RFC 7983).
    pub(super) fn count(&mut self, datagram: &[u8]) {
        if datagram.first().is_some_and(|first| (128..192).contains(first)) {
            self.bytes += datagram.len() as u64;
        }
    }

    /// Reads from the connection what both sides speak.
    pub(super) fn learn_codecs(&mut self, rtc: &Rtc, mid: Mid) {
        let Some(media) = rtc.media(mid) else { return };
        let opus =
            rtc.codec_config().params().iter().find(|params| {
                params.spec().codec == Codec::Opus && media.remote_pts().contains(&params.pt())
            });
        self.opus = opus.map(|params| params.pt());
        self.red = opus.and_then(|params| params.red());
    }

    pub(super) fn learn_path(&mut self, stats: &PeerStats, turn: &Ways) {
        let Some(pair) = &stats.selected_candidate_pair else { return };
        self.round_trip = pair.current_round_trip_time.or(self.round_trip);
        let direct = if pair.protocol == Protocol::Udp { MediaPath::Udp } else { MediaPath::Tcp };
        self.path = Some(turn.path(pair.local.addr).unwrap_or(direct));
    }
}
