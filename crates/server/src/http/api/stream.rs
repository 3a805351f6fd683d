//! What the dashboard watches: calls that run, as they change, and a tick whenever figures have changed.
//!
//! Server-sent events: one direction is enough, browsers reconnect by themselves, and proxies let them through. A stream
//! ends when its session does, when its member may no longer see the account, and when the node stops. It holds a
//! listener and a count, both of which go when it is dropped.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use tring_protocol::error::ErrorCode;
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::AccountId;
use utoipa_axum::routes;

use super::access::{Caller, InAccount, SignedIn};
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};
use crate::changes::{Change, Subscription};

/// Streams that one session may have. Higher: more memory for forgotten tabs; lower: a few tabs are too many. Browsers
/// open six connections to one server.
const STREAMS_MAX: usize = 4;

/// How often a silent stream says that it lives, and looks whether it still may. Higher: proxies cut it, and who signed
/// out watches longer; lower: more traffic for open tabs.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Least time between two lists of running calls. Higher: the page follows later.
const LIVE_PACE: Duration = Duration::from_millis(250);

/// Least time between two ticks: each makes the page ask for its figures.
const ENDED_PACE: Duration = Duration::from_secs(1);

/// How long browsers wait before they open a stream again.
const RETRY: Duration = Duration::from_secs(2);

const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: false }, routes!(watch));
}

/// Watch an account
///
/// Server-sent events. `live` carries the calls that run as a list of `LiveCall`, at first and whenever they change;
/// `ended` says that a call has ended, so that the log and the figures have changed, once a second at most. Comments
/// keep the stream open. A session has four streams at most.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/stream", tag = "Calls",
    responses((
        status = 200, description = "Events, until the session ends.", content_type = "text/event-stream", body = String,
    ))
)]
async fn watch(State(api): State<ApiState>, account: InAccount) -> Answer<Response> {
    let Caller::Member(signed_in) = account.caller else { return Err(ErrorCode::Forbidden.into()) };
    let place = api.streams.enter(&signed_in.token).ok_or_else(|| {
        let message = format!("This session watches {STREAMS_MAX} times already. Close a tab and try again.");
        Refusal::with(ErrorCode::RateLimited, message).retry_after(RETRY.as_secs())
    })?;
    let watcher = Watcher {
        subscription: api.changes.subscribe(&account.id),
        account: account.id,
        signed_in,
        live: Pace::due_at(Instant::now(), LIVE_PACE),
        ended: Pace::idle(ENDED_PACE),
        beat: Instant::now() + HEARTBEAT,
        api,
        _place: place,
    };
    let mut response = Sse::new(events(watcher)).into_response();
    // Proxies that gather an answer before they pass it on would gather for ever.
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

fn events(watcher: Watcher) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    })
}

struct Watcher {
    api: ApiState,
    account: AccountId,
    signed_in: SignedIn,
    subscription: Subscription,
    live: Pace,
    ended: Pace,
    beat: Instant,
    _place: Place,
}

impl Watcher {
    /// The next event; `None` at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                change = self.subscription.next() => {
                    let now = Instant::now();
                    self.live.ask(now);
                    if change == Change::Ended {
                        self.ended.ask(now);
                    }
                }
                () = self.live.due() => {
                    self.live.done(Instant::now());
                    return self.live_calls().await;
                }
                () = self.ended.due() => {
                    self.ended.done(Instant::now());
                    return Some(Event::default().event("ended").data("{}"));
                }
                () = sleep_until(self.beat) => {
                    self.beat = Instant::now() + HEARTBEAT;
                    return self.may_watch().await.then(|| Event::default().comment("here"));
                }
            }
        }
    }

    /// A database that does not answer ends the stream; the browser comes back.
    async fn live_calls(&self) -> Option<Event> {
        let calls = match self.api.store.account(&self.account).live_calls().await {
            Ok(calls) => calls,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "calls that run cannot be read");
                return None;
            }
        };
        let text = serde_json::to_string(&calls).expect("a call has only strings and numbers");
        Some(Event::default().event("live").retry(RETRY).data(text))
    }

    /// Whether the session goes on and its member is still in the account.
    async fn may_watch(&self) -> bool {
        let Api { store, clock, .. } = &*self.api;
        let session = store.session(&self.signed_in.token, clock.now()).await;
        let role = store.role_in(&self.signed_in.member.id, &self.account).await;
        matches!((session, role), (Ok(Some(_)), Ok(Some(_))))
    }
}

/// When something is said again: at once if it was not said lately, and never more often than its pace.
#[derive(Debug)]
struct Pace {
    least: Duration,
    /// When it may be said again.
    free: Instant,
    due: Option<Instant>,
}

impl Pace {
    fn idle(least: Duration) -> Self {
        Self { least, free: Instant::now(), due: None }
    }

    fn due_at(at: Instant, least: Duration) -> Self {
        Self { due: Some(at), ..Self::idle(least) }
    }

    fn ask(&mut self, now: Instant) {
        self.due.get_or_insert(now.max(self.free));
    }

    fn done(&mut self, now: Instant) {
        self.due = None;
        self.free = now + self.least;
    }

    /// Waits until it is to be said; for ever if it is not.
    async fn due(&self) {
        match self.due {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

/// How many streams each session has, by its token.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<Arc<str>, usize>>>);

// Tokens open sessions; they must not reach a log.
impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("sessions", &self.counts().len()).finish()
    }
}

/// One stream's place among those of its session. Dropped, it is free.
struct Place {
    streams: Streams,
    token: Arc<str>,
}

impl Streams {
    /// A place, if there is one left.
    fn enter(&self, token: &Arc<str>) -> Option<Place> {
        let mut counts = self.counts();
        let count = counts.entry(Arc::clone(token)).or_default();
        if *count >= STREAMS_MAX {
            return None;
        }
        *count += 1;
        Some(Place { streams: self.clone(), token: Arc::clone(token) })
    }

    /// Each change is one step, so a thread that panicked has left the map whole.
    fn counts(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.streams.counts();
        if let Some(count) = counts.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn a_session_has_so_many_streams_and_leaves_nothing_behind() {
        let streams = Streams::default();
        let (alice, bobby): (Arc<str>, Arc<str>) = ("alice".into(), "bobby".into());
        let mut places: Vec<_> = (0..STREAMS_MAX).map(|_| streams.enter(&alice).unwrap()).collect();
        assert!(streams.enter(&alice).is_none());
        assert!(streams.enter(&bobby).is_some(), "and another session has its own");
        places.pop();
        assert!(streams.enter(&alice).is_some());
        drop(places);
        assert!(streams.counts().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_fast_is_said_at_its_pace_and_not_lost() {
        let mut pace = Pace::idle(ENDED_PACE);
        assert_eq!(pace.due().now_or_never(), None, "nothing was asked for");
        pace.ask(Instant::now());
        pace.due().await;
        pace.done(Instant::now());
        let said = Instant::now();
        pace.ask(said);
        pace.ask(said + Duration::from_millis(10));
        pace.due().await;
        assert!(Instant::now() - said >= ENDED_PACE);
        pace.done(Instant::now());
        assert_eq!(pace.due().now_or_never(), None, "and once for both");
    }
}
