//! When this device needs new credentials for the TURN servers: they come with each `welcome`, so the session is continued
//! once for them, at a time when no call depends on it.

use tring_protocol::limits::TURN_CREDENTIAL_MARGIN;
use tring_protocol::time::Millis;

use crate::signalling::Moment;

/// How long after an attempt that brought nothing the next is made. Higher: networks without UDP are shut out for
/// longer; lower: a server in trouble is asked more often.
const TURN_RETRY: Millis = Millis::seconds(60);

#[derive(Debug, Default)]
pub(super) struct TurnKeeper {
    due: Option<Moment>,
}

impl TurnKeeper {
    /// A `welcome` came; its credentials hold until `ends_at`.
    pub(super) fn welcomed(&mut self, now: Moment, ends_at: Option<Moment>) {
        self.due = ends_at.map(|end| {
            // Of short-lived ones half their life is the margin.
            let left = end.millis().saturating_sub(now.millis());
            let margin = Moment::from(TURN_CREDENTIAL_MARGIN).millis().min(left.div_euclid(2));
            Moment::new(end.millis().saturating_sub(margin))
        });
    }

    /// Whether they must be renewed now.
    #[must_use]
    pub(super) fn is_due(&mut self, now: Moment) -> bool {
        let is_due = self.due.is_some_and(|due| now >= due);
        if is_due {
            self.due = Some(now + TURN_RETRY);
        }
        is_due
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn credentials_are_renewed_in_time_for_the_longest_call() {
        let mut turn = TurnKeeper::default();
        assert!(!turn.is_due(Moment::new(i64::MAX)));
        turn.welcomed(Moment::new(0), Some(Moment::new(12 * HOUR)));
        assert_eq!(turn.deadline(), Some(Moment::new(7 * HOUR)));
        turn.welcomed(Moment::new(1), Some(Moment::new(10)));
        assert_eq!(turn.deadline(), Some(Moment::new(6)));
        assert!(!turn.is_due(Moment::new(5)) && turn.is_due(Moment::new(6)));
        assert_eq!(turn.deadline(), Some(Moment::new(60_006)));
        turn.welcomed(Moment::new(7), None);
        assert_eq!(turn.deadline(), None);
    }
}
