//! When a certificate is renewed, and when a failure is tried again.

use std::ops::Range;
use std::time::Duration;
use tring_protocol::time::{Millis, Timestamp};

use super::super::identity::Identity;

/// The part of a certificate's life after which it is renewed: a third is left for failures, which is 30 days of the
/// usual 90. Higher: less time to mend things.
const LIFE: f64 = 2.0 / 3.0;

/// The part after which it is renewed even if the authority wishes for a later moment.
const LIFE_MAX: f64 = 0.9;

/// The part of its life by which that may be earlier, so that servers set up on one day do not all come at once.
const SPREAD: f64 = 0.05;

/// How often an authority is asked when it wants the certificate renewed, unless it says (RFC 9773 §4.3).
const ASK: Millis = Millis::seconds(6 * 3_600);

/// The least and the most that an authority may say.
const ASK_BETWEEN: Range<Millis> = Millis::seconds(60)..Millis::seconds(24 * 3_600);

/// The first pause after a failure. Doubled each time, five attempts fit into the first hour, which is what the
/// best-known authority lets fail per name and hour.
const PAUSE: Duration = Duration::from_secs(2 * 60);

/// The longest pause; four attempts a day still renew in time.
const PAUSE_MAX: Duration = Duration::from_secs(6 * 3_600);

/// The least pause after an authority's limit was reached.
const PAUSE_AT_A_LIMIT: Duration = Duration::from_secs(3_600);

/// What is to be done next for one certificate, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    renew_at: Timestamp,
    latest: Timestamp,
    ask_at: Timestamp,
    /// Which moment of a suggested window is ours, in thousandths: chosen once, so that asking again moves nothing.
    ours: u64,
}

impl Plan {
    /// For a certificate that an earlier run got. `fraction` is at least 0 and less than 1.
    pub(super) fn stored(identity: &Identity, fraction: f64) -> Self {
        let life = identity.not_after.since(identity.not_before);
        let renew_at = identity.not_before + part(life, LIFE - SPREAD * fraction);
        let latest = identity.not_before + part(life, LIFE_MAX);
        let ours = part(Millis::new(1_000), fraction).get();
        Self { renew_at, latest, ask_at: Timestamp::from_millis(0), ours }
    }

    /// For one that just came. Never before a third of what it has left: an authority whose certificates are due when
    /// they come, or a clock that is wrong, must not make a loop of orders. For the same reason it is not asked at once.
    pub(super) fn fresh(identity: &Identity, now: Timestamp, fraction: f64) -> Self {
        let plan = Self::stored(identity, fraction);
        let least = now + part(identity.not_after.since(now), 1.0 / 3.0);
        Self { renew_at: plan.renew_at.max(least), ask_at: now + ASK, ..plan }
    }

    /// When something is to be done.
    pub(super) fn next(&self) -> Timestamp {
        self.renew_at.min(self.ask_at)
    }

    /// Whether that is to renew.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.renew_at <= now
    }

    /// The authority was asked, and named a window and when to ask again, or nothing.
    pub(super) fn asked(&mut self, now: Timestamp, answer: Option<(Range<Timestamp>, Millis)>) {
        let Some((window, again)) = answer else {
            self.ask_at = now + ASK;
            return;
        };
        self.ask_at = now + again.clamp(ASK_BETWEEN.start, ASK_BETWEEN.end);
        let length = window.end.since(window.start);
        let wished = window.start + Millis::new(length.get() / 1_000 * self.ours);
        self.renew_at = wished.min(self.latest);
    }
}

/// How long to wait after so many failures in a row, at least one.
pub(super) fn pause(failures: u32, is_limit: bool, fraction: f64) -> Duration {
    let doubled = PAUSE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    let least = if is_limit { PAUSE_AT_A_LIMIT } else { PAUSE };
    doubled.clamp(least, PAUSE_MAX).mul_f64(1.0 + 0.2 * fraction)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a length of time, to the nearest millisecond or thereabouts"
)]
fn part(whole: Millis, fraction: f64) -> Millis {
    Millis::new((whole.get() as f64 * fraction) as u64)
}

#[cfg(test)]
mod tests;
