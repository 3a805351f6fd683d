//! How often somebody may ask. Counted for a member or a secret key if the request proved one, for the address
//! otherwise; each node counts for itself.
//!
//! The answers say where the requester stands, in the words of draft-ietf-httpapi-ratelimit-headers.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use tring_protocol::error::ErrorCode;

use super::problem::Refusal;
use crate::config::Pace;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// Who a request counts for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Payer {
    /// Who did not say who they are.
    Address(IpAddr),
    /// By id, so that many sessions are no way around.
    Member(String),
    /// By id.
    SecretKey(String),
}

type Counted = RateLimiter<Payer, DefaultKeyedStateStore<Payer>, DefaultClock, StateInformationMiddleware>;

/// The limit of the interface as a whole.
#[derive(Debug)]
pub(crate) struct Limits {
    counted: Counted,
    pace: Pace,
    policy: HeaderValue,
}

/// Where a requester stands after a request.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    policy: HeaderValue,
    left: u32,
    /// Seconds until nothing of the limit is used up any more.
    reset: u64,
    /// Seconds until the next request is taken, if this one was not.
    wait: Option<u64>,
}

impl Limits {
    pub(crate) fn new(pace: Pace) -> Self {
        let counted = RateLimiter::keyed(quota(pace)).with_middleware::<StateInformationMiddleware>();
        let policy = format!("\"requests\";q={};w={}", pace.burst, seconds_for(pace.burst.get(), pace));
        let policy = HeaderValue::try_from(policy).expect("numbers and ASCII");
        Self { counted, pace, policy }
    }

    /// Counts one request.
    pub(crate) fn count(&self, payer: &Payer) -> Standing {
        let (left, wait) = match self.counted.check_key(payer) {
            Ok(snapshot) => (snapshot.remaining_burst_capacity(), None),
            Err(refused) => (0, Some(until(&refused))),
        };
        let used = self.pace.burst.get().saturating_sub(left);
        Standing { policy: self.policy.clone(), left, reset: seconds_for(used, self.pace), wait }
    }

    /// Forgets who has all their requests again.
    pub(crate) fn forget(&self) {
        self.counted.retain_recent();
        self.counted.shrink_to_fit();
    }
}

impl Standing {
    /// Why the request is not taken, if it is not.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.wait.map(|seconds| Refusal::from(ErrorCode::RateLimited).retry_after(seconds))
    }

    /// Writes it into an answer.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let standing = format!("\"requests\";r={};t={}", self.left, self.reset);
        headers.insert(POLICY, self.policy);
        headers.insert(STANDING, HeaderValue::try_from(standing).expect("numbers and ASCII"));
    }
}

/// The limit of attempts to sign in, sign up and reset passwords: for each address, and for each email whoever tries.
#[derive(Debug)]
pub(crate) struct Attempts {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    emails: DefaultKeyedRateLimiter<String>,
}

/// Attempts with one email: so many at once, and so many a minute. With six a minute a stranger tries nine thousand
/// passwords a day, against ten characters at least; with fewer they could keep the member out too easily.
const PER_EMAIL: (u32, u32) = (10, 6);

impl Attempts {
    /// With `pace` for each address.
    pub(crate) fn new(pace: Pace) -> Self {
        let [at_once, per_minute] = [PER_EMAIL.0, PER_EMAIL.1]
            .map(|number| std::num::NonZeroU32::new(number).expect("both are above zero"));
        let emails = RateLimiter::keyed(Quota::per_minute(per_minute).allow_burst(at_once));
        Self { addresses: RateLimiter::keyed(quota(pace)), emails }
    }

    /// Counts an attempt from `address`.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait.
    pub(crate) fn by_address(&self, address: IpAddr) -> Result<(), Refusal> {
        self.addresses.check_key(&address).map_err(|refused| too_often(until(&refused)))
    }

    /// Counts an attempt with an email, in the form under which it is looked up.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] with the time to wait.
    pub(crate) fn with_email(&self, email: String) -> Result<(), Refusal> {
        self.emails.check_key(&email).map_err(|refused| too_often(until(&refused)))
    }

    /// Forgets who has all their attempts again.
    pub(crate) fn forget(&self) {
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
        self.emails.retain_recent();
        self.emails.shrink_to_fit();
    }
}

fn too_often(seconds: u64) -> Refusal {
    let message = format!("Too many attempts. Wait {seconds} seconds before the next one.");
    Refusal::with(ErrorCode::RateLimited, message).retry_after(seconds)
}

fn quota(pace: Pace) -> Quota {
    Quota::per_minute(pace.per_minute).allow_burst(pace.burst)
}

fn until(refused: &governor::NotUntil<governor::clock::QuantaInstant>) -> u64 {
    let wait = refused.wait_time_from(DefaultClock::default().now());
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// How long it takes until `requests` are free again.
fn seconds_for(requests: u32, pace: Pace) -> u64 {
    (u64::from(requests) * 60).div_ceil(u64::from(pace.per_minute.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn pace(burst: u32, per_minute: u32) -> Pace {
        let number = |number| NonZeroU32::new(number).unwrap();
        Pace { burst: number(burst), per_minute: number(per_minute) }
    }

    #[test]
    fn each_payer_is_told_where_they_stand() {
        let limits = Limits::new(pace(3, 1));
        let alice = Payer::Member("alice".to_owned());
        let mut headers = HeaderMap::new();
        limits.count(&alice).write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"requests\";q=3;w=180");
        assert_eq!(headers["ratelimit"], "\"requests\";r=2;t=60");
        assert!(limits.count(&alice).refusal().is_none() && limits.count(&alice).refusal().is_none());
        assert!(limits.count(&alice).refusal().is_some());
        assert!(limits.count(&Payer::SecretKey("alice".to_owned())).refusal().is_none());
    }

    #[test]
    fn an_email_is_counted_whoever_tries_it() {
        let attempts = Attempts::new(pace(100, 100));
        for _ in 0..PER_EMAIL.0 {
            assert!(attempts.with_email("meera@shop.example".to_owned()).is_ok());
        }
        assert!(attempts.with_email("meera@shop.example".to_owned()).is_err());
        assert!(attempts.with_email("ravi@shop.example".to_owned()).is_ok());
    }
}
