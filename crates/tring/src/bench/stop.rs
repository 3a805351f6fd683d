//! When a run ends before its time, and why.

use std::future::pending;
use tokio::sync::watch;

/// Why not all was done that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// By Ctrl-C.
    Told,
    /// Call after call failed.
    Hopeless,
}

impl Stopped {
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Told => "early, by Ctrl-C; this is what was measured until then",
            Self::Hopeless => "early, because call after call failed",
        }
    }
}

/// Whether to go on. The first reason stays.
#[derive(Debug)]
pub(super) struct Stop(watch::Sender<Option<Stopped>>);

impl Stop {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    pub(super) fn end(&self, reason: Stopped) {
        self.0.send_if_modified(|why| {
            let is_first = why.is_none();
            why.get_or_insert(reason);
            is_first
        });
    }

    pub(super) fn why(&self) -> Option<Stopped> {
        *self.0.borrow()
    }

    /// Waits until it ends.
    pub(super) async fn told(&self) {
        // The sender lives as long as this.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Ends it at the first Ctrl-C; returns at the second, by somebody who does not wait for what is under way.
    pub(super) async fn listen(&self) {
        interrupted().await;
        self.end(Stopped::Told);
        interrupted().await;
    }
}

/// Where no signal can be waited for, Ctrl-C ends the program as it does any other.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_stays_and_reaches_who_waits_and_who_comes_later() {
        let stop = Stop::new();
        assert_eq!(stop.why(), None);
        let ((), ()) = tokio::join!(stop.told(), async {
            stop.end(Stopped::Hopeless);
            stop.end(Stopped::Told);
        });
        stop.told().await;
        assert_eq!(stop.why(), Some(Stopped::Hopeless));
    }
}
