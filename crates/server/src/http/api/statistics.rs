//! The figures of an account, by the viewer's calendar.

use axum::extract::State;
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::statistics::{Interval, Point, Statistics, StatisticsQuery};
use tring_protocol::time::Timestamp;
use tring_store::{FigureQuery, SlotLength, Sums};
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Json, Query};
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};
use crate::zone::{self, Range, Start};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(get_statistics));
}

/// Get statistics
///
/// Sums over the calls that were placed in a range of local days, with a point for each hour, day, week or month of it.
/// They agree with the log to the call, in every time zone and across every change of the clocks.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/statistics", tag = "Statistics", params(StatisticsQuery),
    responses((status = 200, description = "The figures.", body = Statistics))
)]
async fn get_statistics(
    State(api): State<ApiState>,
    account: InAccount,
    Query(query): Query<StatisticsQuery>,
) -> Answer<Json<Statistics>> {
    let range = Range::of(&query).map_err(Refusal::fields)?;
    let (from, to) = range.bounds();
    let (previous_from, previous_to) = range.previous().bounds();
    let asked = FigureQuery {
        segments: range.segments(),
        slot: match query.interval {
            Interval::Hour => SlotLength::Hour,
            Interval::Day | Interval::Week | Interval::Month => SlotLength::Day,
        },
        previous: previous_from..previous_to,
    };
    let figures = account.of(&api.store).figures(&asked).await?;
    Ok(Json(Statistics {
        from,
        to,
        totals: figures.totals.totals(),
        previous: figures.previous.totals(),
        series: series(range.starts(), figures.series),
        reasons: figures.reasons,
        caller_platforms: figures.caller_platforms,
        callee_platforms: figures.callee_platforms,
        hours: figures.hours.into_iter().map(count).collect(),
        live: count(figures.live),
        kept_since: figures.kept_since,
    }))
}

/// Every point with the sum of the slots that begin in it.
fn series(starts: Vec<Start>, slots: Vec<(Timestamp, Sums)>) -> Vec<Point> {
    let mut sums = vec![Sums::default(); starts.len()];
    for (begin, slot) in slots {
        if let Some(sum) = zone::place(&starts, begin).and_then(|place| sums.get_mut(place)) {
            *sum += slot;
        }
    }
    let points = starts.into_iter().zip(sums);
    points.map(|(start, sums)| Point { label: start.label, start: start.at, totals: sums.totals() }).collect()
}

fn count(calls: u64) -> u32 {
    u32::try_from(calls).unwrap_or(u32::MAX)
}
