//! The judgement of one token: every check in order, each with a sentence that says what was found and what to do.
//!
//! After a check that failed the others go on as far as they can, so that whoever reads them mends everything at once.

use jiff::Timestamp as Moment;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};
use tring_protocol::http::tokens::TokenCheck;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::text::{DisplayName, ImageUrl};
use tring_protocol::time::{Millis, Timestamp};

use super::key::SigningKey;
use super::parts::Parts;
use super::{Refusal, Signers, Trust, Verified};

/// How far the clock of a backend may be ahead of ours. Nothing is added to a token's end: a clock that is behind only
/// makes a token's life shorter. Higher: tokens work before they should; lower: backends need better clocks.
const LEEWAY: Millis = Millis::seconds(60);

/// Times later than this, the year 5138, are milliseconds that somebody took for seconds; such a token would live for
/// ever.
const SECONDS_MAX: f64 = 1e11;

/// What a published key may sign with.
const PUBLISHED: [(&str, Algorithm); 3] =
    [("RS256", Algorithm::RS256), ("ES256", Algorithm::ES256), ("EdDSA", Algorithm::EdDSA)];

/// The keys that were found for a token.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// All that may be used, for whatever algorithm and of whatever name.
    pub(super) keys: Vec<SigningKey>,
    /// Why there may be others. Completes "the address …".
    pub(super) failure: Option<String>,
}

/// What was found out about a token.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) checks: Vec<TokenCheck>,
    pub(super) header: Option<String>,
    pub(super) claims: Option<String>,
    pub(super) outcome: Result<Verified, Refusal>,
}

/// Judges a token that was taken apart or could not be. `expected` is who wants to sign in with it.
pub(super) fn judge(
    now: Timestamp,
    trust: &Trust,
    parts: &Result<Parts<'_>, String>,
    found: &Found,
    expected: Option<&Cuid>,
) -> Judgement {
    let mut report = Report::default();
    let parts = match parts {
        Ok(parts) => parts,
        Err(sentence) => {
            report.note::<()>("Shape", Err(sentence.clone().into()));
            return Judgement {
                checks: report.checks,
                header: None,
                claims: None,
                outcome: Err(Refusal::Invalid),
            };
        }
    };
    report.note("Shape", Ok(((), "It is a signed token with header, claims and signature.".to_owned())));
    prove(&mut report, trust, parts, found);
    let claims = &parts.claims;
    report.note("Issuer", issuer(claims, &trust.account));
    let cuid = report.note("Subject", subject(claims, expected));
    let expires_at = report.note("Expiry", expiry(now, claims));
    for (claim, what) in [("nbf", "Not before"), ("iat", "Issued at")] {
        if let Some(value) = claims.get(claim) {
            report.note(what, beginning(now, claim, value));
        }
    }
    let name = optional(&mut report, claims, "Name", "name", DisplayName::parse);
    let image = optional(&mut report, claims, "Image", "image", ImageUrl::parse);

    let outcome = match (report.refusal, cuid, expires_at) {
        (None, Some(cuid), Some(expires_at)) => Ok(Verified { cuid, name, image, expires_at }),
        (refusal, ..) => Err(refusal.unwrap_or(Refusal::Invalid)),
    };
    Judgement { checks: report.checks, header: pretty(&parts.header), claims: pretty(claims), outcome }
}

/// Whether the token's own algorithm is one that a published key may have.
pub(super) fn may_be_published(parts: &Parts<'_>) -> bool {
    parts.algorithm().is_some_and(|name| published(name).is_some())
}

fn published(name: &str) -> Option<Algorithm> {
    PUBLISHED.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

/// What a check found: something, and the sentence about it.
type Finding<T> = Result<(T, String), Failure>;

/// Why a check failed.
#[derive(Debug)]
struct Failure {
    refusal: Refusal,
    sentence: String,
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self { refusal: Refusal::Invalid, sentence }
    }
}

/// What has been noted so far.
#[derive(Debug, Default)]
struct Report {
    checks: Vec<TokenCheck>,
    /// The weightiest one: only a token that is good in everything but its time is told that it has expired, because
    /// only then is the rest of it true.
    refusal: Option<Refusal>,
}

impl Report {
    fn note<T>(&mut self, what: &str, finding: Finding<T>) -> Option<T> {
        let (value, passed, sentence) = match finding {
            Ok((value, sentence)) => (Some(value), true, sentence),
            Err(Failure { refusal, sentence }) => {
                self.refusal = self.refusal.max(Some(refusal));
                (None, false, sentence)
            }
        };
        self.checks.push(TokenCheck { what: what.to_owned(), passed, sentence });
        value
    }
}

/// Header, algorithm, key and signature: each needs the one before.
fn prove(report: &mut Report, trust: &Trust, parts: &Parts<'_>, found: &Found) {
    if report.note("Header", header(parts)).is_none() {
        return;
    }
    let Some(algorithm) = report.note("Algorithm", algorithm(trust, parts)) else { return };
    let Some(keys) = report.note("Key", keys(trust, parts, found, algorithm)) else { return };
    report.note("Signature", signature(parts, &keys));
}

fn header(parts: &Parts<'_>) -> Finding<()> {
    if parts.header.contains_key("crit") {
        let sentence =
            "The header asks for extensions (`crit`), of which none is known here. Leave them out.";
        return Err(sentence.to_owned().into());
    }
    match parts.header.get("kid") {
        Some(Value::String(kid)) => Ok(((), format!("It names the key {}.", quoted(kid)))),
        None => Ok(((), "It names no key, so every key of the account is tried.".to_owned())),
        Some(_) => Err("`kid` must be a text: the name of the key that signed.".to_owned().into()),
    }
}

fn algorithm(trust: &Trust, parts: &Parts<'_>) -> Finding<Algorithm> {
    let Some(name) = parts.algorithm() else {
        return Err("The header has no `alg`. Make the token with a JWT library.".to_owned().into());
    };
    let found = match (&trust.signers, name) {
        (_, "none") => {
            return Err("The token is not signed (`alg` is none), so it proves nothing.".to_owned().into());
        }
        (Signers::Secrets(_), "HS256") => Some(Algorithm::HS256),
        (Signers::Secrets(_), _) => None,
        (Signers::Published(_), _) => published(name),
    };
    let sentence = match (found, &trust.signers) {
        (Some(algorithm), _) => return Ok((algorithm, format!("{name} is what this account uses."))),
        (None, Signers::Secrets(_)) => {
            "this account's token secrets sign with HS256. Sign with HS256, or publish your own keys and give their \
             address (JWKS) in the settings."
        }
        (None, Signers::Published(_)) => {
            "this account's tokens are signed by the keys at its JWKS address, with RS256, ES256 or EdDSA. Sign with \
             one of these, or remove the address to use token secrets."
        }
    };
    Err(format!("The token is signed with {}, but {sentence}", quoted(name)).into())
}

fn keys<'a>(
    trust: &Trust,
    parts: &Parts<'_>,
    found: &'a Found,
    algorithm: Algorithm,
) -> Finding<Vec<&'a SigningKey>> {
    let fitting: Vec<_> = found.keys.iter().filter(|key| key.algorithm == algorithm).collect();
    let named: Vec<_> = fitting.iter().copied().filter(|key| key.answers_to(parts.kid())).collect();
    if !named.is_empty() {
        let sentence = match parts.kid() {
            Some(kid) => format!("The key {} is in force.", quoted(kid)),
            None => format!("{} in force may have signed it.", counted(named.len(), "key")),
        };
        return Ok((named, sentence));
    }
    let names: Vec<_> = fitting.iter().filter_map(|key| key.kid.as_deref()).map(quoted).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    match (&trust.signers, &found.failure) {
        (Signers::Published(url), Some(failure)) => Err(Failure {
            refusal: Refusal::KeysUnavailable,
            sentence: format!("The keys cannot be fetched: the address {} {failure}.", url.as_str()),
        }),
        (Signers::Published(url), None) => Err(format!(
            "The keys at {} that can be used with {algorithm:?} are: {known}. Publish the key that signs, with its \
             `kid`, `kty` and `alg`.",
            url.as_str()
        )
        .into()),
        (Signers::Secrets(_), _) => Err(format!(
            "The token secrets in force are: {known}. Sign with one of these; the one that the token names was \
             removed, or its time is over."
        )
        .into()),
    }
}

fn signature(parts: &Parts<'_>, keys: &[&SigningKey]) -> Finding<()> {
    if parts.signature.is_empty() {
        return Err("There is no signature after the second dot, so the token proves nothing."
            .to_owned()
            .into());
    }
    match keys.iter().find(|key| key.signed(parts)) {
        Some(SigningKey { kid: Some(kid), .. }) => {
            Ok(((), format!("It was made with the key {}.", quoted(kid))))
        }
        Some(_) => Ok(((), "It was made with this account's key.".to_owned())),
        None => Err(
            "The signature does not fit. The token was signed with another key, or changed afterwards; a \
                     token secret is used as it is written, without decoding it from base64."
                .to_owned()
                .into(),
        ),
    }
}

fn issuer(claims: &Map<String, Value>, account: &AccountId) -> Finding<()> {
    match claims.get("iss") {
        Some(Value::String(iss)) if iss == account.as_str() => {
            Ok(((), format!("`iss` is this account, {account}.")))
        }
        Some(Value::String(iss)) => {
            Err(format!("`iss` is {}; it must be the accountId, {account}.", quoted(iss)).into())
        }
        Some(_) => Err(format!("`iss` must be a text, the accountId {account}.").into()),
        None => Err(format!("`iss` is missing; it must be the accountId, {account}.").into()),
    }
}

fn subject(claims: &Map<String, Value>, expected: Option<&Cuid>) -> Finding<Cuid> {
    let Some(Value::String(sub)) = claims.get("sub") else {
        return Err("`sub` must be a text: the cuid of the user who signs in.".to_owned().into());
    };
    let cuid = Cuid::parse(sub).map_err(|rule| format!("`sub` is {}; a cuid {rule}.", quoted(sub)))?;
    match expected {
        Some(expected) if *expected != cuid => {
            Err(format!("`sub` is {}, but {} wants to sign in.", quoted(sub), quoted(expected.as_str()))
                .into())
        }
        _ => {
            let sentence = format!("Whoever has it signs in as {}.", quoted(sub));
            Ok((cuid, sentence))
        }
    }
}

fn expiry(now: Timestamp, claims: &Map<String, Value>) -> Finding<Timestamp> {
    let Some(value) = claims.get("exp") else {
        let sentence = "`exp` is missing. A token must end: set it to the seconds since 1970 of that moment.";
        return Err(sentence.to_owned().into());
    };
    let at = moment("exp", value)?;
    if at > now {
        return Ok((at, format!("It ends in {} ({}).", length(at.since(now)), written(at))));
    }
    Err(Failure {
        refusal: Refusal::Expired,
        sentence: format!(
            "It ended {} ago ({}). Have your backend make a new one; `getToken` lets the SDK ask for one in time.",
            length(now.since(at)),
            written(at)
        ),
    })
}

/// Of `nbf` and `iat`.
fn beginning(now: Timestamp, claim: &str, value: &Value) -> Finding<()> {
    let at = moment(claim, value)?;
    if at <= now + LEEWAY {
        return Ok(((), format!("`{claim}` is {}.", written(at))));
    }
    Err(format!(
        "`{claim}` lies {} ahead ({}). Set the clock of your backend; it may be {} seconds ahead.",
        length(at.since(now)),
        written(at),
        LEEWAY.get() / 1_000
    )
    .into())
}

/// A claim that may be left out, or null.
fn optional<T, E: std::fmt::Display>(
    report: &mut Report,
    claims: &Map<String, Value>,
    what: &str,
    claim: &str,
    parse: fn(&str) -> Result<T, E>,
) -> Option<T> {
    let finding = match claims.get(claim)? {
        Value::Null => return None,
        Value::String(text) => parse(text)
            .map(|value| (value, "It stands for whatever the device says.".to_owned()))
            .map_err(|rule| format!("`{claim}` {rule}.").into()),
        _ => Err(format!("`{claim}` must be a text.").into()),
    };
    report.note(what, finding)
}

/// A NumericDate (RFC 7519 §2), which may have a fraction.
fn moment(claim: &str, value: &Value) -> Result<Timestamp, String> {
    let seconds = value
        .as_f64()
        .filter(|seconds| *seconds >= 0.0)
        .ok_or_else(|| format!("`{claim}` must be a number: the seconds since 1970."))?;
    if seconds > SECONDS_MAX {
        return Err(format!("`{claim}` must be in seconds since 1970; this looks like milliseconds."));
    }
    // In bounds, so nothing is lost but the fraction of a millisecond.
    Ok(Timestamp::from_millis((seconds * 1_000.0) as u64))
}

fn written(at: Timestamp) -> String {
    i64::try_from(at.as_millis() / 1_000)
        .ok()
        .and_then(|seconds| Moment::from_second(seconds).ok())
        .map_or_else(|| "far ahead".to_owned(), |moment| moment.to_string())
}

fn length(length: Millis) -> String {
    let seconds = length.get() / 1_000;
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    counted(usize::try_from(number).unwrap_or(usize::MAX), unit)
}

fn counted(number: usize, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Somebody else's text inside a sentence of ours: bounded, and without what would break the line.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown: String = text.chars().take(SHOWN).filter(|c| !c.is_control()).collect();
    format!("“{shown}{}”", if text.chars().nth(SHOWN).is_some() { "…" } else { "" })
}

fn pretty(object: &Map<String, Value>) -> Option<String> {
    serde_json::to_string_pretty(object).ok()
}
