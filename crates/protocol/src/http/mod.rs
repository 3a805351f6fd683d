//! What `/v1` says over HTTP: to the dashboard, and to backends with a secret key. One interface for both; which
//! route is open to whom is written beside the route in `server/src/http`.
//!
//! JSON names are camelCase, times are integer milliseconds since 1970, lists are pages with a `next` cursor.
//! The TypeScript twins are `dashboard/src/generated/api.ts`; the OpenAPI description is made from the same types.

pub mod account;
pub mod calls;
pub mod members;
pub mod statistics;
pub mod text;
pub mod tokens;
pub mod turn;
pub mod users;

use serde::{Deserialize, Serialize};

use crate::error::{Blame, ErrorCode, Retry, WireError};

/// An error as RFC 9457 has it, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Names the kind of error: the address of its entry in the server's own list of errors.
    #[serde(rename = "type")]
    pub kind: String,
    /// The catalogue's sentence, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// The catalogue's code.
    pub code: ErrorCode,
    /// Who has to act.
    pub blame: Blame,
    /// Whether the same request may succeed later.
    pub retry: Retry,
    /// The fields that are wrong, if single ones are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FieldProblem {
    /// Its path in the body or the query, such as `callSettings.ringTimeout`.
    pub field: String,
    /// What it must be; completes "`field` …".
    pub rule: String,
}

impl Problem {
    /// Says `error` to whoever asked by HTTP.
    #[must_use]
    pub fn new(error: &WireError) -> Self {
        let code = error.code;
        Self {
            kind: format!("/docs/errors#{}", code.code()),
            title: code.sentence().to_owned(),
            status: code.http_status(),
            detail: error.message.clone(),
            code,
            blame: code.blame(),
            retry: code.retry(),
            fields: Vec::new(),
        }
    }

    /// Says that one field of the request breaks `rule`, which completes "`field` …".
    #[must_use]
    pub fn field(field: impl Into<String>, rule: impl Into<String>) -> Self {
        let (field, rule) = (field.into(), rule.into());
        let detail = if field.is_empty() { rule.clone() } else { format!("`{field}` {rule}") };
        let mut problem = Self::new(&WireError::with(ErrorCode::Validation, detail));
        problem.fields.push(FieldProblem { field, rule });
        problem
    }
}

/// What anybody may know of this server before they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// The version of the server.
    pub version: String,
    /// Whether a stranger may sign up.
    pub sign_up_open: bool,
    /// Whether password links go out by mail; otherwise they are in the server's log.
    pub sends_mail: bool,
    /// Whether this is a demo: its member's email, to be filled in for the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "gen", ts(optional))]
    pub demo: Option<DemoLogin>,
}

/// With what a visitor of a demo signs in. Only ever said by a server that was started as a demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "gen", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DemoLogin {
    /// The demo member.
    pub email: text::Email,
    /// Its password.
    pub password: String,
}
