//! The published keys of all accounts, fetched as rarely as can be.
//!
//! Each address has one lock, held while it is fetched: who comes meanwhile waits for the same answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tring_protocol::http::text::FetchUrl;

use super::judge::Found;
use super::jwks;
use super::key::SigningKey;
use crate::outbound::Outbound;

/// Largest document that is read. A key has half a kilobyte, with its certificates some more.
const DOCUMENT_MAX: usize = 128 * 1024;

/// How long keys are kept whose server says nothing. Longer: a key that is withdrawn works on; shorter: more fetches.
const AGE: Duration = Duration::from_secs(10 * 60);
/// Shortest time that keys are kept, whatever their server says, so that it is not asked at each sign-in.
const AGE_MIN: Duration = Duration::from_secs(60);
/// Longest time that keys are kept, so that a withdrawn key stops working within the hour.
const AGE_MAX: Duration = Duration::from_secs(60 * 60);

/// How long keys serve on while their server cannot be reached. Longer: a key withdrawn meanwhile works on; shorter: an
/// outage of the customer's server becomes an outage of their calls sooner.
const STALE_MAX: Duration = Duration::from_secs(6 * 60 * 60);

/// How long to leave a server alone after it failed.
const RETRY: Duration = Duration::from_secs(10);

/// How often keys that are still fresh are fetched again because a token names one that is not among them. Anybody can
/// name anything: higher: new keys work later; lower: strangers make this server ask more often.
const CHASE: Duration = Duration::from_secs(10);

/// All sets, by address.
#[derive(Debug)]
pub(super) struct KeySets {
    outbound: Outbound,
    sets: Mutex<HashMap<FetchUrl, Shared>>,
}

#[derive(Debug)]
struct Shared {
    set: Arc<tokio::sync::Mutex<KeySet>>,
    asked_at: Instant,
}

/// What is known of one address.
#[derive(Debug, Default)]
struct KeySet {
    known: Option<Known>,
    /// When it failed last, and why; forgotten when it answers.
    failed: Option<(Instant, String)>,
    /// When it was last fetched only for the sake of a key that was not there.
    chased_at: Option<Instant>,
}

#[derive(Debug)]
struct Known {
    keys: Vec<SigningKey>,
    fetched_at: Instant,
    age: Duration,
}

impl KeySets {
    pub(super) fn new(outbound: Outbound) -> Self {
        Self { outbound, sets: Mutex::default() }
    }

    /// The keys at `url`, fetched if they are not known or too old, or if `kid` is not among them.
    pub(super) async fn find(&self, url: &FetchUrl, kid: Option<&str>) -> Found {
        let shared = self.shared(url, Instant::now());
        let mut set = shared.lock().await;
        if set.begin(Instant::now(), kid) {
            let fetched = match self.outbound.fetch(url, DOCUMENT_MAX).await {
                Ok(fetched) => jwks::read(&fetched.bytes).map(|keys| (keys, fetched.max_age)),
                Err(error) => Err(error.to_string()),
            };
            if let Err(why) = &fetched {
                tracing::debug!(url = url.as_str(), why, "published keys cannot be fetched");
            }
            set.end(Instant::now(), fetched);
        }
        set.found(Instant::now())
    }

    fn shared(&self, url: &FetchUrl, now: Instant) -> Arc<tokio::sync::Mutex<KeySet>> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = sets.get_mut(url) {
            shared.asked_at = now;
            return Arc::clone(&shared.set);
        }
        // A new address is rare enough to look through all.
        sets.retain(|_, shared| now.duration_since(shared.asked_at) < STALE_MAX);
        let set = Arc::default();
        sets.insert(url.clone(), Shared { set: Arc::clone(&set), asked_at: now });
        set
    }
}

impl KeySet {
    /// Whether to fetch now. What is begun counts even if nobody waits for its end.
    fn begin(&mut self, now: Instant, kid: Option<&str>) -> bool {
        let since = |at: Instant| now.duration_since(at);
        if self.failed.as_ref().is_some_and(|(at, _)| since(*at) < RETRY) {
            return false;
        }
        let Some(known) = self.known.as_ref().filter(|known| since(known.fetched_at) < known.age) else {
            self.failed = Some((now, "was asked a moment ago and has not answered".to_owned()));
            return true;
        };
        let is_there = kid.is_none() || known.keys.iter().any(|key| key.answers_to(kid));
        if is_there || self.chased_at.is_some_and(|at| since(at) < CHASE) {
            return false;
        }
        self.chased_at = Some(now);
        true
    }

    fn end(&mut self, now: Instant, fetched: Result<(Vec<SigningKey>, Option<Duration>), String>) {
        match fetched {
            Ok((keys, age)) => {
                self.failed = None;
                let age = age.unwrap_or(AGE).clamp(AGE_MIN, AGE_MAX);
                self.known = Some(Known { keys, fetched_at: now, age });
            }
            Err(why) => self.failed = Some((now, why)),
        }
    }

    fn found(&self, now: Instant) -> Found {
        let known = self.known.as_ref().filter(|known| now.duration_since(known.fetched_at) < STALE_MAX);
        Found {
            keys: known.map(|known| known.keys.clone()).unwrap_or_default(),
            failure: self.failed.as_ref().map(|(_, why)| why.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
