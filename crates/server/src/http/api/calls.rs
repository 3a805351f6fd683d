//! Calls: the log, those that run, one call's page, and ending one.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::FieldProblem;
use tring_protocol::http::calls::{CallDetail, CallFilter, CallPage, CallSummary, LiveCall};
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::CallId;
use tring_store::{AccountStore, Export, StoreError};
use utoipa_axum::routes;

use super::access::InAccount;
use super::csv;
use super::json::{Id, Json, Query};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};
use crate::explain::{self, Callee};

/// Most lines of a page.
const LINES_MAX: u16 = 200;

pub(super) fn routes(table: &mut Table) {
    let viewers = Access::Account { least: MemberRole::Viewer, secret_key: true };
    table.add(viewers, routes!(list_calls));
    table.add(viewers, routes!(export_calls));
    table.add(viewers, routes!(list_live_calls));
    table.add(viewers, routes!(get_call));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(end_call));
}

/// List calls
///
/// Calls that have ended, the newest first. A page may be shorter than its limit and still have a next one: `next` alone
/// says whether there is more.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/calls", tag = "Calls", params(CallFilter),
    responses((status = 200, description = "A page of the log.", body = CallPage))
)]
async fn list_calls(
    State(api): State<ApiState>,
    account: InAccount,
    Query(filter): Query<CallFilter>,
) -> Answer<Json<CallPage>> {
    check(&filter)?;
    Ok(Json(account.of(&api.store).search(&filter).await.map_err(of_a_page)?))
}

/// Export calls
///
/// All calls of a filter, the newest first, as CSV: UTF-8 with a byte order mark, a line of names, times in UTC. What
/// would be taken for a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/calls.csv", tag = "Calls", params(CallFilter),
    responses((status = 200, description = "The table.", content_type = "text/csv", body = String))
)]
async fn export_calls(
    State(api): State<ApiState>,
    account: InAccount,
    Query(filter): Query<CallFilter>,
) -> Answer<Response> {
    check(&filter)?;
    let mut export = account.of(&api.store).export(filter);
    // The first part is read before anything is said, so that what is wrong can still be said as a problem.
    let first = export.next().await.map_err(of_a_page)?.unwrap_or_default();
    let mut table = csv::HEAD.to_owned();
    first.iter().for_each(|call| csv::write(&mut table, call));
    let rest = stream::unfold(export, |mut export| async move { Some((part(&mut export).await?, export)) });
    let body = Body::from_stream(stream::iter([Ok(Bytes::from(table))]).chain(rest));
    let name = format!("attachment; filename=\"calls-{}.csv\"", account.id);
    let name = HeaderValue::try_from(name)
        .map_err(|error| Refusal::internal("an export has no name for its file", &error))?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// The next lines. An error breaks the answer off, so that nobody takes a part for the whole.
async fn part(export: &mut Export) -> Option<Result<Bytes, StoreError>> {
    match export.next().await {
        Ok(Some(calls)) => {
            let mut table = String::new();
            calls.iter().for_each(|call| csv::write(&mut table, call));
            Some(Ok(table.into()))
        }
        Ok(None) => None,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an export of calls breaks off");
            Some(Err(error))
        }
    }
}

/// List the calls that run
///
/// The newest first, at most 500.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/calls/live", tag = "Calls",
    responses((status = 200, description = "The calls that run at this moment.", body = Vec<LiveCall>))
)]
async fn list_live_calls(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<LiveCall>>> {
    Ok(Json(account.of(&api.store).live_calls().await?))
}

/// Get a call
///
/// With the reason of its end in plain words, what happened on both sides and when, the devices, and how it sounded. A
/// call that still runs is not here yet.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/calls/{callId}", tag = "Calls",
    responses((status = 200, description = "The call.", body = CallDetail))
)]
async fn get_call(
    State(api): State<ApiState>,
    account: InAccount,
    Id(call): Id<CallId>,
) -> Answer<Json<CallDetail>> {
    let kept = account.of(&api.store);
    let (Some(stored), Some(record)) = (kept.call(call).await?, kept.record(call).await?) else {
        let runs = kept.live_calls().await?.iter().any(|live| live.call_id == call);
        let message = "This call has not ended yet. Until it has, it is in the list of those that run.";
        return Err(if runs {
            Refusal::with(ErrorCode::NotFound, message)
        } else {
            ErrorCode::NotFound.into()
        });
    };
    let callee = callee(&kept, &stored.summary).await?;
    Ok(Json(CallDetail {
        explanation: explain::explain(&record, &stored.events, callee),
        legs: explain::legs(&record, &stored.events),
        timeline: explain::timeline(&record, &stored.events),
        samples: stored.samples,
        call: stored.summary,
    }))
}

/// Whether the callee was known when the call was placed.
async fn callee(kept: &AccountStore<'_>, call: &CallSummary) -> Answer<Callee> {
    let user = kept.user(&call.callee).await?;
    let known = user.is_some_and(|user| user.created_at <= call.placed_at);
    Ok(if known { Callee::Known } else { Callee::Unknown })
}

/// End a call
///
/// Both sides are told at once, and the call is in the log a moment later.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/calls/{callId}/end", tag = "Calls",
    responses((status = 202, description = "The call ends."))
)]
async fn end_call(
    State(api): State<ApiState>,
    account: InAccount,
    Id(call): Id<CallId>,
) -> Answer<StatusCode> {
    if !api.hub.end_call(&account.id, call).await {
        let message = "There is no such call, or it has ended.";
        return Err(Refusal::with(ErrorCode::NotFound, message));
    }
    let history = account.of(&api.store);
    history
        .change(&account.actor(), api.clock.now())
        .audit("call.ended", Some(&call.to_string()), Vec::new())
        .await?;
    Ok(StatusCode::ACCEPTED)
}

fn check(filter: &CallFilter) -> Answer<()> {
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, rule: String| problems.push(FieldProblem { field: field.to_owned(), rule });
    if filter.limit.is_some_and(|limit| !(1..=LINES_MAX).contains(&limit)) {
        problem("limit", format!("must be 1 to {LINES_MAX}"));
    }
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        problem("to", "must not be before `from`".to_owned());
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::fields(problems)) }
}

fn of_a_page(error: StoreError) -> Refusal {
    match error {
        StoreError::NotFound(_) => Refusal::field("cursor", "is not one that this server gave out"),
        error => error.into(),
    }
}
