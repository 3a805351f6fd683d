//! What a device says of the last second: how it heard the other side, and by what its audio travels.

use tring_protocol::ids::DeviceAddress;
use tring_protocol::mos::opinion_score;
use tring_protocol::signal::{CallState, LegReport};

use super::call::Call;

/// Of a packet at the sender, in milliseconds: what is said at its beginning leaves at its end.
const PACKET: f32 = 20.0;

impl Call {
    /// Counts only while both hear each other: on hold a device plays no voice.
    pub(super) fn reported(&mut self, from: &DeviceAddress, report: LegReport) {
        let Some(index) = self.leg_of(from) else { return };
        let Some(other) = self.other(index) else { return };
        if self.state != CallState::Connected || self.is_held() {
            return;
        }
        self.network_reported(index, &report);
        self.leg_mut(index).media.rtt = report.rtt.or(self.leg(index).media.rtt);
        let rtt = |leg: u8| self.leg(leg).media.rtt.unwrap_or_default();
        // From mouth to ear: both halves of the way by the relay, and what both ends wait.
        let delay = PACKET + (rtt(index) + rtt(other)) / 2.0 + report.playout_delay;
        let mos = opinion_score(delay, report.concealed);
        self.leg_mut(index).media.quality.report(&report, mos);
    }
}
