//! Every error of the interface: the catalogue's, as RFC 9457 has it. What went wrong inside is for the log.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::error::Error;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::http::{FieldProblem, Problem};
use tring_store::StoreError;

/// What handlers answer.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// Why a request is not carried out.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    problem: Box<Problem>,
    retry_after: Option<u64>,
}

impl Refusal {
    /// `code` with a sentence that knows more than the catalogue's.
    pub(crate) fn with(code: ErrorCode, message: impl Into<String>) -> Self {
        WireError::with(code, message).into()
    }

    /// One field breaks `rule`, which completes "`field` …".
    pub(crate) fn field(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Problem::field(field, rule).into()
    }

    /// Several fields break their rules.
    pub(crate) fn fields(problems: Vec<FieldProblem>) -> Self {
        let said = problems.iter().map(|problem| format!("`{}` {}", problem.field, problem.rule));
        let detail = said.collect::<Vec<_>>().join("; ");
        let mut problem = Problem::new(&WireError::with(ErrorCode::Validation, detail));
        problem.fields = problems;
        problem.into()
    }

    /// Trying again helps after so many seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// A bug or a broken part of the server: the log has `error`, the client only learns that it was not their fault.
    pub(crate) fn internal(what: &'static str, error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error, "{what}");
        ErrorCode::Internal.into()
    }

    /// Which error of the catalogue.
    #[cfg(test)]
    pub(crate) fn code(&self) -> ErrorCode {
        self.problem.code
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), retry_after: None }
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        Problem::new(&error).into()
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        WireError::from(code).into()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchAccount(_) | StoreError::NoSuchKey(_) | StoreError::NotFound(_) => {
                ErrorCode::NotFound.into()
            }
            StoreError::LimitReached { what, max } => Self::with(
                ErrorCode::LimitReached,
                format!("There are at most {max} {what}. Remove one first."),
            ),
            StoreError::EmailTaken => ErrorCode::EmailTaken.into(),
            StoreError::LinkExpired => ErrorCode::LinkExpired.into(),
            StoreError::NotInvited => {
                let message = "This invitation is for another email. Sign in as the member whom it names.";
                Self::with(ErrorCode::Forbidden, message)
            }
            StoreError::LastOwner => ErrorCode::LastOwner.into(),
            StoreError::AccountTaken(_) => ErrorCode::Conflict.into(),
            StoreError::SecretInUse => {
                let message = "New user tokens are signed with this secret. Rotate it first.";
                Self::with(ErrorCode::Conflict, message)
            }
            StoreError::Directory { .. }
            | StoreError::Address
            | StoreError::Database(_)
            | StoreError::Vault(_)
            | StoreError::Corrupt { .. } => Self::internal("the database cannot answer a request", &error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self.problem).expect("a problem has only strings and numbers");
        let mut response =
            (status, [(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], body)
                .into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 15.5.2 asks for it; the name is one that no browser opens a window for.
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
