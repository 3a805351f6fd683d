//! What is tallied: how many calls had which reason, platform or quality, by quarters of an hour and by days.
//!
//! A range is summed from whole days as far as it has such, and from quarters at its two ends: a year takes some
//! thousand rows and not a million.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use tring_protocol::http::calls::QualityBand;
use tring_protocol::http::statistics::{PlatformCount, ReasonCount};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Platform;
use tring_protocol::time::Timestamp;

use crate::StoreError;
use crate::codec::{from_name, to_millis};
use crate::counting::DAY;
use crate::schema::call_tallies::{self, Column};

/// How long one bucket of a tally is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// A quarter of an hour.
    Quarter,
    /// A day, UTC.
    Day,
}

/// What is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Why calls ended.
    Reason,
    /// What callers used.
    CallerPlatform,
    /// What callees used.
    CalleePlatform,
    /// How calls sounded.
    Quality,
}

impl Grain {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Day => "day",
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Reason, Self::CallerPlatform, Self::CalleePlatform, Self::Quality];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::CallerPlatform => "caller_platform",
            Self::CalleePlatform => "callee_platform",
            Self::Quality => "quality",
        }
    }

    /// Every name of this kind. Named in queries, because a key's columns lead to its rows only from the left.
    pub(crate) fn names(self) -> Vec<&'static str> {
        match self {
            Self::Reason => EndReason::ALL.iter().map(|reason| reason.as_str()).collect(),
            Self::CallerPlatform | Self::CalleePlatform => {
                [Platform::Web, Platform::Ios, Platform::Android, Platform::Native]
                    .map(Platform::as_str)
                    .to_vec()
            }
            Self::Quality => {
                [QualityBand::Good, QualityBand::Fair, QualityBand::Poor].map(QualityBand::as_str).to_vec()
            }
        }
    }
}

/// The tallies of a range, each most frequent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tallied {
    pub(crate) reasons: Vec<ReasonCount>,
    pub(crate) caller_platforms: Vec<PlatformCount>,
    pub(crate) callee_platforms: Vec<PlatformCount>,
}

/// What is asked for in [`sums`].
const SUMMED: [Kind; 3] = [Kind::Reason, Kind::CallerPlatform, Kind::CalleePlatform];

/// Sums the tallies of a range.
pub(crate) async fn sums(
    db: &impl ConnectionTrait,
    account: &str,
    range: Range<Timestamp>,
) -> Result<Tallied, StoreError> {
    let mut found: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (grain, part) in parts(to_millis(range.start)..to_millis(range.end)) {
        let names = SUMMED.iter().flat_map(|kind| kind.names());
        let rows: Vec<(String, String, i64)> = call_tallies::Entity::find()
            .filter(Column::AccountId.eq(account))
            .filter(Column::Grain.eq(grain.as_str()))
            .filter(Column::Kind.is_in(SUMMED.map(Kind::as_str)))
            .filter(Column::Name.is_in(names))
            .filter(Column::Bucket.gte(part.start))
            .filter(Column::Bucket.lt(part.end))
            .select_only()
            .column(Column::Kind)
            .column(Column::Name)
            .expr_as(Expr::col(Column::Calls).sum().cast_as("BIGINT"), "tally")
            .group_by(Column::Kind)
            .group_by(Column::Name)
            .into_tuple()
            .all(db)
            .await?;
        for (kind, name, calls) in rows {
            *found.entry((kind, name)).or_default() += u64::try_from(calls).unwrap_or(0);
        }
    }
    Ok(Tallied {
        reasons: of_kind(&found, Kind::Reason, |reason, calls| ReasonCount { reason, calls })?,
        caller_platforms: of_kind(&found, Kind::CallerPlatform, platform)?,
        callee_platforms: of_kind(&found, Kind::CalleePlatform, platform)?,
    })
}

fn platform(platform: Platform, calls: u32) -> PlatformCount {
    PlatformCount { platform, calls }
}

/// The range as whole days and the quarters before and after them.
fn parts(range: Range<i64>) -> Vec<(Grain, Range<i64>)> {
    let first_day = next_midnight(range.start);
    let last_day = range.end - range.end % DAY;
    let parts = if first_day < last_day {
        vec![
            (Grain::Quarter, range.start..first_day),
            (Grain::Day, first_day..last_day),
            (Grain::Quarter, last_day..range.end),
        ]
    } else {
        vec![(Grain::Quarter, range)]
    };
    parts.into_iter().filter(|(_, part)| !part.is_empty()).collect()
}

/// The first midnight that is not earlier.
fn next_midnight(moment: i64) -> i64 {
    moment + (DAY - moment % DAY) % DAY
}

fn of_kind<T: DeserializeOwned, C>(
    found: &BTreeMap<(String, String), u64>,
    kind: Kind,
    count: impl Fn(T, u32) -> C,
) -> Result<Vec<C>, StoreError> {
    let mut rows: Vec<(&str, u64)> = found
        .iter()
        .filter(|((of, _), _)| of == kind.as_str())
        .map(|((_, name), calls)| (name.as_str(), *calls))
        .collect();
    // A stable sort: equals stay in the order of their names.
    rows.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    rows.into_iter()
        .map(|(name, calls)| {
            let value = from_name(name.to_owned(), "call_tallies", "name")?;
            Ok(count(value, u32::try_from(calls).unwrap_or(u32::MAX)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_range_is_whole_days_and_the_quarters_around_them() {
        use Grain::{Day, Quarter};
        assert_eq!(parts(DAY..3 * DAY), [(Day, DAY..3 * DAY)]);
        assert_eq!(
            parts(HOUR..2 * DAY + HOUR),
            [(Quarter, HOUR..DAY), (Day, DAY..2 * DAY), (Quarter, 2 * DAY..2 * DAY + HOUR)]
        );
        assert_eq!(parts(HOUR..DAY + HOUR), [(Quarter, HOUR..DAY + HOUR)], "no whole day in it");
        assert_eq!(parts(HOUR..HOUR), []);
    }

    #[test]
    fn every_name_is_told_apart() {
        for kind in Kind::ALL {
            let mut names = kind.names();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{kind:?}");
        }
    }
}
