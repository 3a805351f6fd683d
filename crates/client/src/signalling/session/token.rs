//! The user token of one session: when to ask the app for one, when to ask again, and which one to show.
//!
//! Decides nothing about sockets: the session asks what is due and tells what happened.

use tring_protocol::limits::{TOKEN_MARGIN, TOKEN_PATIENCE, TOKEN_RETRY_MAX, TOKEN_RETRY_MIN};
use tring_protocol::signal::UserToken;
use tring_protocol::time::Millis;

use super::back_off::Spread;
use crate::signalling::{Moment, TokenSource};

#[derive(Debug)]
pub(super) struct TokenKeeper {
    source: TokenSource,
    token: Option<UserToken>,
    phase: Phase,
    ends_at: Option<Moment>,
    attempt: u32,
    /// Whether the server has seen the token.
    is_shown: bool,
    /// Whether the app brought it since the server last took one.
    is_fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Until a renewal is due, if ever.
    Held { renew_at: Option<Moment> },
    /// The app works.
    Asked { until: Moment },
    /// The server judges.
    Sent { until: Moment },
    /// After a failure.
    Resting { until: Moment },
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// To ask the app.
    Ask,
    /// To stop waiting for it, or for the server.
    TimedOut,
}

impl TokenKeeper {
    /// Keeps `first`, if the app passed one.
    pub(super) fn new(first: Option<UserToken>, source: TokenSource) -> Self {
        Self {
            source,
            token: first,
            phase: Phase::Held { renew_at: None },
            ends_at: None,
            attempt: 0,
            is_shown: false,
            is_fresh: false,
        }
    }

    /// What to show in `hello`.
    pub(super) fn show(&mut self) -> Option<UserToken> {
        self.is_shown = true;
        self.token.clone()
    }

    /// Whether the app must be asked before a `hello` makes sense.
    pub(super) fn must_ask(&self, now: Moment) -> bool {
        self.asks() && (self.token.is_none() || self.ends_at.is_some_and(|end| end <= now))
    }

    /// Begins to wait for the app; whether it is to be asked now, because nobody does already.
    #[must_use]
    pub(super) fn ask(&mut self, now: Moment) -> bool {
        match self.phase {
            Phase::Asked { .. } => false,
            Phase::Resting { until } if until > now => false,
            Phase::Held { .. } | Phase::Sent { .. } | Phase::Resting { .. } => {
                self.phase = Phase::Asked { until: now + TOKEN_PATIENCE };
                true
            }
        }
    }

    /// The app brought one.
    pub(super) fn brought(&mut self, token: UserToken) {
        self.token = Some(token);
        self.phase = Phase::Held { renew_at: None };
        self.ends_at = None;
        self.is_shown = false;
        self.is_fresh = true;
    }

    /// The app brought none, or what it brought was not taken; it will be asked again after a while.
    pub(super) fn failed(&mut self, now: Moment, spread: &mut Spread) {
        let wait = spread.wait(self.attempt, TOKEN_RETRY_MIN, TOKEN_RETRY_MAX);
        self.phase = Phase::Resting { until: now + wait };
        self.attempt = self.attempt.saturating_add(1);
    }

    /// The one that the server has holds until `ends_at`; it says so with `welcome`.
    pub(super) fn welcomed(&mut self, now: Moment, ends_at: Option<Moment>) {
        // One that the app brought after `hello` was sent has still to be shown.
        if self.is_shown {
            self.hold(now, ends_at);
        }
    }

    /// The same for the one that was sent with `renew`.
    pub(super) fn renewed(&mut self, now: Moment, ends_at: Moment) {
        self.hold(now, Some(ends_at));
    }

    /// A token that is on its way to the server with `renew` from now on, if there is a newer one than it has.
    #[must_use]
    pub(super) fn renewal(&mut self, now: Moment) -> Option<UserToken> {
        let token = self.token.clone().filter(|_| !self.is_shown)?;
        self.is_shown = true;
        self.phase = Phase::Sent { until: now + TOKEN_PATIENCE };
        Some(token)
    }

    /// The server does not take the token; whether it makes sense to ask for another.
    #[must_use]
    pub(super) fn spoil(&mut self) -> bool {
        // A token that was brought for this very attempt will not get better by asking for it again.
        if !self.asks() || self.is_fresh {
            return false;
        }
        self.token = None;
        self.ends_at = None;
        true
    }

    pub(super) fn tick(&mut self, now: Moment) -> Option<Due> {
        self.deadline().filter(|&due| now >= due)?;
        match self.phase {
            Phase::Asked { .. } | Phase::Sent { .. } => Some(Due::TimedOut),
            Phase::Held { .. } | Phase::Resting { .. } => {
                self.phase = Phase::Asked { until: now + TOKEN_PATIENCE };
                Some(Due::Ask)
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        match self.phase {
            Phase::Held { renew_at } => renew_at,
            Phase::Asked { until } | Phase::Sent { until } | Phase::Resting { until } => Some(until),
        }
    }

    /// How it stands, in a word.
    pub(super) fn label(&self) -> &'static str {
        match self.phase {
            Phase::Held { .. } if self.token.is_none() => "none",
            Phase::Held { .. } => "held",
            Phase::Asked { .. } => "asked",
            Phase::Sent { .. } => "sent",
            Phase::Resting { .. } => "resting",
        }
    }

    fn asks(&self) -> bool {
        self.source == TokenSource::App
    }

    fn hold(&mut self, now: Moment, ends_at: Option<Moment>) {
        let renew_at = ends_at.filter(|_| self.asks()).map(|end| now + renew_in(end.since(now)));
        self.phase = Phase::Held { renew_at };
        self.attempt = 0;
        self.is_shown = true;
        self.is_fresh = false;
        self.ends_at = ends_at;
    }
}

/// How long to wait with a token that lives for `left`: four fifths of it, or until [`TOKEN_MARGIN`] before its end if
/// that is sooner. A token of less than a minute is renewed at its half.
fn renew_in(left: Millis) -> Millis {
    let (whole, rest) = (left.get() / 5, left.get() % 5);
    // Rounded to the nearest, so that every language waits for the same time.
    let four_fifths = Millis::new(whole * 4 + (rest * 8 + 5) / 10);
    four_fifths.min(left - TOKEN_MARGIN).max(Millis::new(left.get().div_ceil(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_with_a_fifth_of_its_life_left_and_never_in_its_last_half_minute() {
        let waits =
            [0, 1, 20_000, 60_000, 100_000, 150_001, 3_600_000].map(|left| renew_in(Millis::new(left)).get());
        assert_eq!(waits, [0, 1, 10_000, 30_000, 70_000, 120_001, 2_880_000]);
        assert!(renew_in(Millis::new(u64::MAX)) > Millis::seconds(1 << 40));
    }
}
