//! Whether browsers will take the certificate, and whether a new one comes in time.

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error as TlsError};
use serde_json::Value;
use std::path::Path;
use tring_client::tls;
use tring_protocol::time::{Millis, Timestamp};
use tring_server::config::{Acme, Certificate, Config};
use tring_server::{Examined, IdentityError, clock, examine};

use super::dns;
use super::report::Finding;
use super::web::{self, Trust};
use crate::output::with_causes;

const CHECK: &str = "certificate";
const AUTHORITY: &str = "authority";

const DAY: Millis = Millis::seconds(24 * 3_600);

/// How long before its end a certificate should have been renewed: the server itself complains from then on.
const RENEWED: Millis = Millis::seconds(7 * 24 * 3_600);

/// What is known of the certificate.
#[derive(Debug)]
struct Facts {
    found: Result<Option<Shown>, IdentityError>,
    /// What the server is called, if the operator said.
    host: Option<String>,
    now: Timestamp,
}

#[derive(Debug)]
struct Shown {
    names: Vec<String>,
    until: Timestamp,
    trust: Result<(), Distrust>,
}

/// Why browsers warn of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Distrust {
    /// Whoever signed the last certificate of the chain is not known.
    Unknown { of: usize },
    /// Something else.
    Other(String),
}

/// What is known of the authority.
#[derive(Debug)]
struct AuthorityFacts {
    directory: String,
    answer: Result<(), String>,
    /// Whether the authority's questions arrive here as far as this machine can tell: at port 80, or at port 443.
    is_asked_here: bool,
}

/// All lines about it; none without TLS, which is the configuration's to judge.
pub(super) async fn check(config: &Config, ca: Option<&Path>) -> Vec<Finding> {
    let Some(certificate) = config.certificate() else { return Vec::new() };
    let mut findings = vec![judge(&probe(config, &certificate, ca))];
    if let Certificate::Acme(acme) = &certificate {
        findings.extend(judge_authority(&probe_authority(config, acme).await));
    }
    findings
}

fn probe(config: &Config, certificate: &Certificate, ca: Option<&Path>) -> Facts {
    let now = clock::wall();
    let found = examine(certificate, &config.data, now);
    let found = found.map(|examined| examined.map(|examined| shown(examined, ca)));
    Facts { found, host: dns::public_host(config), now }
}

fn shown(examined: Examined, ca: Option<&Path>) -> Shown {
    let Examined { chain, names, until } = examined;
    Shown { trust: trust(&chain, &names, ca), names, until }
}

/// As a browser of this machine judges the chain, and nothing but the chain: its name is that of the certificate.
fn trust(chain: &[CertificateDer<'static>], names: &[String], ca: Option<&Path>) -> Result<(), Distrust> {
    let other = |text: String| Distrust::Other(text);
    let verifier = tls::verifier(ca).map_err(|error| other(with_causes(&error)))?;
    let (own, between) = chain.split_first().ok_or_else(|| other("it is empty".to_owned()))?;
    let name = names.first().map_or("", |name| name.as_str()).replacen('*', "any", 1);
    let name = ServerName::try_from(name).map_err(|_| other("it is for no host name".to_owned()))?;
    match verifier.verify_server_cert(own, between, &name, &[], UnixTime::now()) {
        Ok(_) => Ok(()),
        Err(TlsError::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            Err(Distrust::Unknown { of: chain.len() })
        }
        Err(error) => Err(other(error.to_string())),
    }
}

fn judge(facts: &Facts) -> Finding {
    let Facts { found, host, now } = facts;
    let shown = match found {
        Ok(Some(shown)) => shown,
        Ok(None) => {
            return Finding::unknown(
                CHECK,
                "there is none yet: the server orders it when it starts",
                "start it, and run this again",
            );
        }
        Err(error) => return Finding::red(CHECK, with_causes(error), advice(error)),
    };
    let names = shown.names.join(", ");
    if let Some(host) = host
        && !shown.names.iter().any(|name| fits(name, host))
    {
        return Finding::red(
            CHECK,
            format!("it is for {names}, and `dashboard.public_url` is at {host}"),
            format!("get one for {host}, or correct `dashboard.public_url`"),
        );
    }
    let days = shown.until.since(*now).get() / DAY.get();
    if shown.until <= *now + RENEWED {
        return Finding::red(
            CHECK,
            format!("it is valid for {days} more days only"),
            "renew it, and look why that has not happened by itself; the server takes new files without a restart",
        );
    }
    match &shown.trust {
        Ok(()) => {
            Finding::green(CHECK, format!("for {names}, valid for {days} more days, its chain complete"))
        }
        Err(Distrust::Unknown { of: 1 }) => Finding::red(
            CHECK,
            "nobody whom browsers know has signed it: it signed itself, or the chain is not complete",
            "put the authority's own certificates into the file after it (`fullchain.pem`), or get one from an authority; \
             one of your company's authority is checked with `--ca FILE`",
        ),
        Err(Distrust::Unknown { of }) => Finding::red(
            CHECK,
            format!("its chain of {of} ends with nobody whom browsers know"),
            "get it from an authority that browsers know; one of your company's authority is checked with `--ca FILE`",
        ),
        Err(Distrust::Other(why)) => {
            Finding::red(CHECK, format!("browsers do not take it: {why}"), "get another one")
        }
    }
}

/// What each says itself is left to it.
fn advice(error: &IdentityError) -> &'static str {
    match error {
        IdentityError::Read { .. } => {
            "correct `tls.certificate` and `tls.key`, and let the server's user read both; run this as that user"
        }
        IdentityError::Expired { .. } => "renew it; the server takes new files without a restart",
        IdentityError::NotYet { .. } => "correct the clock, or wait",
        IdentityError::NoCertificate(_)
        | IdentityError::NoKey(_)
        | IdentityError::Key(_)
        | IdentityError::Mismatch { .. } => {
            "put both files there as the authority gave them: `fullchain.pem` and `privkey.pem`"
        }
    }
}

/// RFC 6125 §6.4.3: a star is one label, the first.
fn fits(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(rest)),
        None => name.eq_ignore_ascii_case(host),
    }
}

async fn probe_authority(config: &Config, acme: &Acme) -> AuthorityFacts {
    let ca = acme.directory_ca.as_deref().map(Path::new);
    let is_asked_here = match config.tls.redirect {
        Some(redirect) => redirect.port() == 80,
        None => config.http.listen.port() == 443,
    };
    AuthorityFacts {
        directory: acme.directory.clone(),
        answer: directory(&acme.directory, ca).await,
        is_asked_here,
    }
}

async fn directory(url: &str, ca: Option<&Path>) -> Result<(), String> {
    let answer =
        web::client(Trust::System(ca))?.get(url).send().await.map_err(|error| with_causes(&error))?;
    let directory = answer.json::<Value>().await.map_err(|_| "what it answers is no directory".to_owned())?;
    // RFC 8555 §7.1.1.
    if directory["newOrder"].is_string() { Ok(()) } else { Err("what it answers is no directory".to_owned()) }
}

fn judge_authority(facts: &AuthorityFacts) -> Vec<Finding> {
    let AuthorityFacts { directory, answer, is_asked_here } = facts;
    let reached = match answer {
        Ok(()) => Finding::green(AUTHORITY, format!("{directory} answers")),
        Err(error) => Finding::red(
            AUTHORITY,
            format!("{directory} cannot be used: {error}"),
            "let the machine reach it over https, or correct `acme.directory` and `acme.directory_ca`",
        ),
    };
    let asked = (!is_asked_here).then(|| {
        Finding::unknown(
            AUTHORITY,
            "it asks at port 80 with `tls.redirect` and at port 443 without, and the server listens at another",
            "forward that port to the server's, or let `tls.redirect` be 0.0.0.0:80",
        )
    });
    [Some(reached), asked].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(fits("calls.shop.example", "CALLS.shop.example"));
        assert!(fits("*.shop.example", "calls.shop.example"));
        assert!(!fits("*.shop.example", "shop.example") && !fits("*.shop.example", "a.b.shop.example"));
    }
}
