//! How requests are read: bounded, checked for their kind, and with errors that name the field.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::time::Duration;
use tring_protocol::error::ErrorCode;

use super::problem::Refusal;

/// Longest JSON body. The longest that makes sense, settings with all their origins, has a fifth of it.
const JSON_MAX: usize = 64 * 1024;

/// How long a body may take to arrive. Higher: slow senders cost memory longer.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A JSON body, read from a request or written as the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Json<T>(pub(crate) T);

/// The query of the address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<T>(pub(crate) T);

/// The last parameter of the path, as the id that it must be. What is no id is nothing that exists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            let message = "Send the body as JSON, with `Content-Type: application/json`.";
            return Err(Refusal::with(ErrorCode::UnsupportedMediaType, message));
        }
        parse(&bytes(body, JSON_MAX).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let reader = serde_urlencoded::Deserializer::new(pairs);
        let read = serde_path_to_error::deserialize(reader);
        read.map(Self).map_err(|error| field(error.path(), &error.inner().to_string()))
    }
}

impl<S: Send + Sync, T: TryFrom<String>> FromRequestParts<S> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let last = params.ok().and_then(|params| params.iter().last().map(|(_, value)| value.to_owned()));
        last.and_then(|text| T::try_from(text).ok()).map(Self).ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// Reads at most `max` bytes.
pub(crate) async fn bytes(body: Body, max: usize) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, max)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => {
            Err(Refusal::with(ErrorCode::TooLarge, format!("The body may have {max} bytes at most.")))
        }
        Ok(Err(_)) | Err(_) => {
            Err(Refusal::with(ErrorCode::BadRequest, "The body did not arrive as a whole."))
        }
    }
}

/// What kind of body it says to be, without parameters, in small letters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next()?.trim().to_ascii_lowercase())
}

/// Whether the body says to be JSON. Asking for it keeps forms of foreign pages out, which cannot say so.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind == "application/json")
}

/// Reads JSON, or says which field is wrong.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // The library would take a list of values for an object, in an order that nobody promised.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') && is_valid(body) {
        return Err(Refusal::with(ErrorCode::Validation, "The body must be an object."));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let inner = error.inner();
        match inner.classify() {
            Category::Data => field(error.path(), &inner.to_string()),
            // What the library says of a number where a name must be.
            Category::Syntax if is_valid(body) => field(error.path(), "invalid type, expected string or map"),
            Category::Syntax | Category::Eof | Category::Io => not_json(inner),
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn is_valid(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

fn not_json(error: &serde_json::Error) -> Refusal {
    let place = format!("line {}, column {}", error.line(), error.column());
    Refusal::with(ErrorCode::BadRequest, format!("The body is not valid JSON; look at {place}."))
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// The libraries' words in ours: the path of a field and the rule that it breaks, never the value that was sent.
fn field(path: &serde_path_to_error::Path, said: &str) -> Refusal {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    let path = path.to_string();
    let parent = if path == "." { String::new() } else { path };
    let child = |name: &str| {
        if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
    };
    if let Some(name) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return Refusal::field(child(name), "is missing");
    }
    if let Some((name, known)) = said.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
        let known = known.trim_start_matches(", expected ").trim_start_matches("one of ");
        let rule = if known.starts_with('`') {
            format!("is not known here; there are {}", known.replace(" or ", ", "))
        } else {
            "is not known here; there are no fields".to_owned()
        };
        // The path ends with the unknown field where the library knows it.
        let at = if parent == name || parent.ends_with(&format!(".{name}")) { parent } else { child(name) };
        return Refusal::field(at, rule);
    }
    if let Some(name) = said.strip_prefix("duplicate field `").and_then(|rest| rest.strip_suffix('`')) {
        return Refusal::field(child(name), "may be there only once");
    }
    if let Some((_, known)) =
        said.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known = known.trim_start_matches("one of ").replace(" or ", ", ");
        return Refusal::field(parent, format!("must be one of {known}"));
    }
    if said.starts_with("invalid ")
        && let Some((_, expected)) = said.rsplit_once("expected ")
    {
        return Refusal::field(parent, format!("must be {}", in_words(expected)));
    }
    if said.contains("digit") || said.contains("number") || said.contains("integer") {
        return Refusal::field(parent, "must be a whole number in its bounds");
    }
    Refusal::field(parent, said)
}

/// What serde calls a type, as a person would.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number in its bounds",
        "a sequence" => "a list",
        text if text.starts_with("struct ") || text == "a map" => "an object",
        "string or map" => "one of the names that are allowed here",
        other => other,
    }
}

#[cfg(test)]
mod tests;
