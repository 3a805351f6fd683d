//! What several test modules need.

use std::time::Instant;

/// The moment from which a test counts.
#[expect(clippy::disallowed_methods, reason = "an Instant cannot be made otherwise; tests only add to it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
