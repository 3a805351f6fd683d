//! Values that the configuration writes as text. Each error completes "`key` …".

use serde::de::{Deserialize, Deserializer, Error};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use tring_protocol::http::text::WebOrigin;
use tring_protocol::time::Millis;

use super::{HostName, LogFormat, SignUp};

/// A number and a unit.
pub(super) fn length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
    parse_length(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads a length of time such as `500ms`, `30s`, `5m` or `1h`. The error completes "`key` …".
///
/// # Errors
/// A text of what is allowed.
pub fn parse_length(text: &str) -> Result<Millis, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis = match unit.trim() {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    number
        .parse::<u64>()
        .ok()
        .zip(millis)
        .and_then(|(number, millis)| number.checked_mul(millis))
        .map(Millis::new)
        .ok_or_else(|| format!("must be a length of time such as 500ms, 30s, 5m or 1h, not {text:?}"))
}

/// A whole number from 1 on; the environment has it as text.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroU32, D::Error> {
    let written = match Number::deserialize(deserializer)? {
        Number::Number(number) => number.to_string(),
        Number::Text(text) => text,
    };
    parse(&written, "a whole number from 1 on").map_err(D::Error::custom)
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "must be a whole number from 1 on")]
enum Number {
    Number(i64),
    Text(String),
}

pub(super) fn socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    parse(&String::deserialize(deserializer)?, SOCKET_ADDRESS).map_err(D::Error::custom)
}

/// One that may be left empty.
pub(super) fn optional_socket_address<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    let written = text(deserializer)?;
    written.map(|text| parse(&text, SOCKET_ADDRESS)).transpose().map_err(D::Error::custom)
}

pub(super) fn host_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HostName>, D::Error> {
    list(deserializer, "a host name such as calls.shop.example, without wildcards")
}

pub(super) fn socket_addresses<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<SocketAddr>, D::Error> {
    list(deserializer, SOCKET_ADDRESS)
}

pub(super) fn ip_addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    list(deserializer, "an IP address such as 203.0.113.7")
}

/// A list of names with a value each. What is wrong with one is told without the values, which may be secret.
pub(super) fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    items(deserializer)?
        .iter()
        .map(|item| {
            let (name, value) = item.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
            (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| {
            D::Error::custom("must be a list such as [\"name=value\", \"other-name=other value\"]")
        })
}

/// A text that may be left empty.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// The origin of a web page, which may be left empty.
pub(super) fn origin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<WebOrigin>, D::Error> {
    let written = text(deserializer)?;
    written.map(|text| WebOrigin::parse(&text)).transpose().map_err(D::Error::custom)
}

/// Who may sign up, by its name.
pub(super) fn sign_up<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignUp, D::Error> {
    let written = String::deserialize(deserializer)?;
    match written.trim() {
        "open" => Ok(SignUp::Open),
        "first" => Ok(SignUp::First),
        "closed" => Ok(SignUp::Closed),
        other => Err(D::Error::custom(format!("must be open, first or closed, not {other:?}"))),
    }
}

/// How the log is written, by its name.
pub(super) fn log_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    let written = String::deserialize(deserializer)?;
    match written.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(D::Error::custom(format!("must be text or json, not {other:?}"))),
    }
}

const SOCKET_ADDRESS: &str = "an IP address and a port such as 127.0.0.1:7880 or [::1]:7880";

fn list<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D, what: &str) -> Result<Vec<T>, D::Error> {
    items(deserializer)?
        .iter()
        .map(|item| parse(item, what))
        .collect::<Result<_, _>>()
        .map_err(D::Error::custom)
}

/// A list of TOML, or a text with commas, as the environment and the flags have it; without empty items.
fn items<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut items = match Listed::deserialize(deserializer)? {
        Listed::Text(text) => text.split(',').map(str::to_owned).collect(),
        Listed::Items(items) => items,
    };
    items.retain(|item| !item.trim().is_empty());
    Ok(items)
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "must be a list such as [\"first\", \"second\"]")]
enum Listed {
    Text(String),
    Items(Vec<String>),
}

fn parse<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("must be {what}, not {text:?}"))
}
