//! What is counted while listening, in the terms of WebRTC's statistics so that both SDKs say the same of a call.

/// Counters since the beginning, and how it is now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReceiveStatistics {
    /// Packets that came, each once.
    pub packets_received: u64,
    /// Packets that should have come and did not, whether or not they were restored (RFC 3550 §6.4.1).
    pub packets_lost: u64,
    /// Packets that came again.
    pub packets_repeated: u64,
    /// Packets that came when their moment was over.
    pub packets_late: u64,
    /// Packets thrown away unheard for other reasons: malformed, or more than fits.
    pub packets_discarded: u64,
    /// Lost packets that were heard from the copy in a later one.
    pub restored_from_copies: u64,
    /// Lost packets that were heard, coarser, from the next one's in-band FEC.
    pub restored_by_fec: u64,
    /// Samples that were played since the first packet.
    pub samples_played: u64,
    /// Samples of these that were made up.
    pub samples_concealed: u64,
    /// Samples of these that were made up and silent, or all but: the speaker paused, or was gone for long.
    pub samples_concealed_silent: u64,
    /// How often making up began.
    pub concealment_events: u64,
    /// Samples that were left out to catch up, without a gap.
    pub samples_accelerated: u64,
    /// Samples that were put in to wait, without a gap.
    pub samples_stretched: u64,
    /// Samples that came and were left out, because their moment was over and what was made up had stood for them, or because
    /// the speaker had stopped asking for more than a second.
    pub samples_skipped: u64,
    /// Seconds that all emitted samples together waited between network and speaker.
    pub jitter_buffer_delay: f64,
    /// How many samples these were.
    pub jitter_buffer_emitted: u64,
    /// How far what is played now lies behind the quickest packet, in milliseconds.
    pub delay: f32,
    /// How far it should, in milliseconds.
    pub delay_target: f32,
    /// Interarrival jitter in milliseconds (RFC 3550 §6.4.1).
    pub jitter: f32,
}

impl ReceiveStatistics {
    /// The share of the samples played since `before` that were made up while somebody spoke, 0 to 1: what is missing
    /// for the ear.
    #[must_use]
    pub fn concealed_since(&self, before: &Self) -> f32 {
        let heard = |of: &Self| of.samples_concealed.saturating_sub(of.samples_concealed_silent);
        share(
            heard(self).saturating_sub(heard(before)),
            self.samples_played.saturating_sub(before.samples_played),
        )
    }

    /// The share of the packets sent since `before` that did not come, 0 to 1.
    #[must_use]
    pub fn lost_since(&self, before: &Self) -> f32 {
        // A packet that is counted as lost and comes late is taken off again.
        let lost = self.packets_lost.saturating_sub(before.packets_lost);
        share(lost, lost + self.packets_received.saturating_sub(before.packets_received))
    }

    /// How long sound waited in the buffer since `before`, on average, in milliseconds; 0 if none came out.
    #[must_use]
    pub fn waited_since(&self, before: &Self) -> f32 {
        let emitted = self.jitter_buffer_emitted.saturating_sub(before.jitter_buffer_emitted);
        if emitted == 0 {
            return 0.0;
        }
        let seconds = self.jitter_buffer_delay - before.jitter_buffer_delay;
        (seconds * 1_000.0 / emitted as f64) as f32
    }
}

fn share(part: u64, whole: u64) -> f32 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64) as f32 }
}
