//! What servers say over HTTP: which version runs there, whether it takes calls, what time it is.

use reqwest::header::DATE;
use reqwest::{Certificate, Client, Response, StatusCode, Url};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tring_protocol::http::ServerInfo;

use crate::output::with_causes;

/// How long a server may take for an answer. Higher: the report hangs where a firewall swallows packets; lower: far servers
/// count as gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whom a client believes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trust<'a> {
    /// Whom the system trusts, and a file of certificates.
    System(Option<&'a Path>),
    /// Everybody: it is asked who listens on this machine, not whether that is the one of the name.
    Anybody,
}

/// A client that follows no redirects.
pub(super) fn client(trust: Trust<'_>) -> Result<Client, String> {
    let builder = Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("tring-doctor/", env!("CARGO_PKG_VERSION")));
    let builder = match trust {
        Trust::System(None) => builder,
        Trust::System(Some(file)) => {
            let unreadable =
                |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", file.display());
            let pem = std::fs::read(file).map_err(|error| unreadable(&error))?;
            builder.tls_certs_merge(Certificate::from_pem_bundle(&pem).map_err(|error| unreadable(&error))?)
        }
        Trust::Anybody => builder.tls_danger_accept_invalid_certs(true),
    };
    builder.build().map_err(|error| with_causes(&error))
}

/// Where a server that listens there is reached from this machine.
pub(super) fn origin(listen: SocketAddr, is_secure: bool) -> String {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let scheme = if is_secure { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, listen.port()))
}

/// The version of the Tring that answers at `origin`, if one does.
pub(super) async fn version(client: &Client, origin: &str) -> Result<String, String> {
    let answer = get(client, origin, "/v1/server").await?;
    let status = answer.status();
    let info = answer.json::<ServerInfo>().await;
    info.map(|info| info.version).map_err(|_| format!("what answers there ({status}) is not Tring"))
}

/// Whether it takes calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readiness {
    Ready,
    /// The sentences of the parts that are not well.
    Not(Vec<String>),
}

#[derive(Deserialize)]
struct Said {
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    reason: Option<String>,
}

/// What `/readyz` says.
pub(super) async fn readiness(client: &Client, origin: &str) -> Result<Readiness, String> {
    let answer = get(client, origin, "/readyz").await?;
    if answer.status() == StatusCode::OK {
        return Ok(Readiness::Ready);
    }
    let said = answer.json::<Said>().await.map_err(|error| with_causes(&error))?;
    Ok(Readiness::Not(said.parts.into_iter().filter_map(|part| part.reason).collect()))
}

/// How far this machine's clock is ahead of the server's, in seconds; exact to one or two, because a `Date` has no parts of
/// a second.
pub(super) async fn clock_ahead(client: &Client, url: &str) -> Result<f64, String> {
    let asked = SystemTime::now();
    let answer = client.get(url).send().await.map_err(|error| with_causes(&error))?;
    let took = asked.elapsed().unwrap_or_default();
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.ok_or("it says no date")?;
    let there = httpdate::parse_http_date(date).map_err(|_| format!("its date cannot be read: {date}"))?;
    // The answer was made half-way, and somewhere within its second.
    let (here, there) = (asked + took / 2, there + Duration::from_millis(500));
    Ok(match here.duration_since(there) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    })
}

async fn get(client: &Client, origin: &str, path: &str) -> Result<Response, String> {
    let url = Url::parse(origin).and_then(|origin| origin.join(path)).map_err(|error| error.to_string())?;
    client.get(url).send().await.map_err(|error| with_causes(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_interface_is_asked_on_this_one() {
        assert_eq!(origin("0.0.0.0:443".parse().unwrap(), true), "https://127.0.0.1:443");
        assert_eq!(origin("[::]:80".parse().unwrap(), false), "http://[::1]:80");
        assert_eq!(origin("192.0.2.1:7880".parse().unwrap(), false), "http://192.0.2.1:7880");
    }
}
