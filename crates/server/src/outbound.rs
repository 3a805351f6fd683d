//! The one way in which the server fetches something because somebody named its address: keys of user tokens, logos.
//!
//! Whoever may name an address must not reach through this server what only the server can reach. So only https to
//! public addresses is spoken: the name is resolved here, what is not public is dropped, and the connection goes to
//! what is left and is never resolved again, so that a name whose answer changes gains nothing. Every redirect passes
//! the same rules. `outbound.allow_private` lifts them for servers inside a company.

mod addresses;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use reqwest::redirect;
use reqwest::{Client, Response, StatusCode, Url};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tring_protocol::http::text::FetchUrl;

/// Whole time of a fetch, from the name to the last byte. Higher: who signs in waits longer for keys that never come;
/// lower: slow servers of customers count as broken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Redirects that are followed. Image hosts use one or two.
const REDIRECTS_MAX: usize = 3;

/// The client. Cloning shares its connections.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    client: Result<Client, Arc<reqwest::Error>>,
    reach: Reach,
}

/// Which addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// https to public addresses.
    Public,
    /// http and private addresses as well.
    Private,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    /// As the other server calls it, without parameters, in small letters; never to be trusted.
    pub(crate) content_type: Option<String>,
    /// How long it may be kept, if the other server says so.
    pub(crate) max_age: Option<Duration>,
    /// At most as many as were asked for.
    pub(crate) bytes: Vec<u8>,
}

/// Why nothing was fetched. Each completes "the address …".
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum FetchError {
    /// It cannot be used by this server at all.
    #[error("must be an https address without a name and a password in it")]
    Address,
    /// Its name does not lead to the public internet.
    #[error("does not lead to a server on the public internet, and this server may not reach others")]
    NotPublic,
    /// No answer.
    #[error("cannot be reached")]
    Unreachable(#[source] Arc<reqwest::Error>),
    /// Not the whole answer in time.
    #[error("did not answer within {} seconds", PATIENCE.as_secs())]
    TimedOut,
    /// It leads on and on.
    #[error("redirects more than {REDIRECTS_MAX} times")]
    Redirects,
    /// Another status than 200.
    #[error("answered with the status {0}")]
    Status(u16),
    /// More than was asked for.
    #[error("answered with more than {limit} bytes")]
    TooLarge {
        /// How many were asked for.
        limit: usize,
    },
}

impl Outbound {
    /// A client. On a system without any certificate authorities it only ever fails, and says so each time.
    pub(crate) fn new(reach: Reach) -> Self {
        let mut builder = Client::builder()
            .user_agent(concat!("tring/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .referer(false)
            // A proxy would resolve the name again, on its own.
            .no_proxy()
            .redirect(redirect::Policy::custom(move |attempt| follow(attempt, reach)));
        if reach == Reach::Public {
            builder = builder.dns_resolver(PublicNames);
        }
        Self { client: builder.build().map_err(Arc::new), reach }
    }

    /// Whether `url` is one that may be asked for, as far as can be said without asking. For settings that are fetched
    /// later.
    ///
    /// # Errors
    /// [`FetchError::Address`] or [`FetchError::NotPublic`].
    pub(crate) fn accepts(&self, url: &FetchUrl) -> Result<(), FetchError> {
        check(&Url::parse(url.as_str()).map_err(|_| FetchError::Address)?, self.reach)
    }

    /// What is at `url`, up to `limit` bytes of it.
    ///
    /// # Errors
    /// [`FetchError`]; nothing is fetched in part.
    pub(crate) async fn fetch(&self, url: &FetchUrl, limit: usize) -> Result<Fetched, FetchError> {
        let url = Url::parse(url.as_str()).map_err(|_| FetchError::Address)?;
        check(&url, self.reach)?;
        let client = self.client.as_ref().map_err(|error| FetchError::Unreachable(Arc::clone(error)))?;
        let response = client.get(url).send().await.map_err(FetchError::of)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let content_type = header(response.headers(), CONTENT_TYPE.as_str()).map(kind_alone);
        let max_age = header(response.headers(), CACHE_CONTROL.as_str()).and_then(max_age);
        Ok(Fetched { content_type, max_age, bytes: body(response, limit).await? })
    }
}

/// Whether `url` may be asked for at all. Names pass; their addresses are looked at when they are resolved.
fn check(url: &Url, reach: Reach) -> Result<(), FetchError> {
    let scheme = match reach {
        Reach::Public => url.scheme() == "https",
        Reach::Private => matches!(url.scheme(), "https" | "http"),
    };
    if !scheme || !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Address);
    }
    // The resolver is not asked about addresses that are written out.
    let host = url.host_str().ok_or(FetchError::Address)?;
    let written = host.trim_start_matches('[').trim_end_matches(']').parse();
    match written {
        Ok(address) if reach == Reach::Public && !addresses::is_public(address) => Err(FetchError::NotPublic),
        _ => Ok(()),
    }
}

fn follow(attempt: redirect::Attempt<'_>, reach: Reach) -> redirect::Action {
    if attempt.previous().len() > REDIRECTS_MAX {
        return attempt.error(FetchError::Redirects);
    }
    match check(attempt.url(), reach) {
        Ok(()) => attempt.follow(),
        Err(error) => attempt.error(error),
    }
}

async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    let too_large = FetchError::TooLarge { limit };
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if announced > limit {
        return Err(too_large);
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(FetchError::of)? {
        if bytes.len() + chunk.len() > limit {
            return Err(too_large);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn kind_alone(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// `max-age` of a `Cache-Control`; none where nothing may be kept (RFC 9111 §5.2.2).
fn max_age(cache_control: &str) -> Option<Duration> {
    let directives = || cache_control.split(',').map(str::trim);
    if directives().any(|word| word.eq_ignore_ascii_case("no-store") || word.eq_ignore_ascii_case("no-cache"))
    {
        return Some(Duration::ZERO);
    }
    directives()
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("max-age"))
        .and_then(|(_, seconds)| seconds.trim_matches('"').parse().ok())
        .map(Duration::from_secs)
}

impl FetchError {
    /// What the client's error comes from, if one of the rules above is at its bottom.
    fn of(error: reqwest::Error) -> Self {
        let mut cause = error.source();
        while let Some(at) = cause {
            if let Some(ours) = at.downcast_ref::<Self>() {
                return ours.clone();
            }
            cause = at.source();
        }
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable(Arc::new(error.without_url())) }
    }
}

/// Resolves names to the public ones of their addresses.
#[derive(Debug)]
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|found| addresses::is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(FetchError::NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
