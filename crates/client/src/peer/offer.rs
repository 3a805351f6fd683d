//! What is offered: what Chromium offers for a call, without the codecs that the relay never takes.

use std::time::Duration;

use str0m::RtcConfig;
use str0m::crypto::from_feature_flags;
use str0m::rtp::{Extension, ExtensionMap};

use super::Redundancy;

/// How often the far end is told what came, and tells (RFC 3550 §6.2 allows less than its five seconds for audio). Higher:
/// the encoder adapts later; lower: more packets for the same knowledge.
const REPORTS_EVERY: Duration = Duration::from_secs(1);

/// Opus with in-band FEC at 48 kHz, RED around it if wanted, and the header extensions that the relay lets pass. Not the
/// transport-wide sequence number: its feedback is of use to a bandwidth estimator, which a voice of 40 kb/s is not in need
/// of.
pub(super) fn config(redundancy: Redundancy) -> RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(1, Extension::AudioLevel);
    extensions.set(4, Extension::RtpMid);
    RtcConfig::new()
        .set_crypto_provider(std::sync::Arc::new(from_feature_flags()))
        .clear_codecs()
        .enable_opus(true, redundancy == Redundancy::Offered)
        .set_extension_map(extensions)
        .set_rtp_mode(true)
        .set_stats_interval(Some(REPORTS_EVERY))
        .set_rtcp_report_interval_audio(REPORTS_EVERY)
}
