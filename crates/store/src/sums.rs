//! What is summed over calls: the whole numbers that a call adds, from which every figure follows.
//!
//! Only whole numbers, because they add up to the same in every order, in every database and over any cut of time.

use sea_orm::ActiveValue::Set;
use sea_orm::{DbErr, FromQueryResult, QueryResult};
use std::ops::{Add, AddAssign};
use tring_protocol::call::{CallRecord, LegQuality};
use tring_protocol::http::calls::QualityBand;
use tring_protocol::http::statistics::{QualityTotals, Totals};
use tring_protocol::outcome::EndStatus;
use tring_protocol::time::Millis;

use crate::schema::call_volumes;

/// A minute in milliseconds.
const MINUTE: u64 = 60_000;

macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Sums over calls. Adding two gives the sums over both sets of calls.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Sums {
            $($(#[$doc])* pub $name: u64,)+
        }

        impl AddAssign for Sums {
            fn add_assign(&mut self, other: Self) {
                $(self.$name = self.$name.saturating_add(other.$name);)+
            }
        }

        impl FromQueryResult for Sums {
            fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
                // A sum over no rows is null.
                let sum = |name: &str| -> Result<u64, DbErr> {
                    Ok(row.try_get::<Option<i64>>(prefix, name)?.map_or(0, |sum| u64::try_from(sum).unwrap_or(0)))
                };
                Ok(Self { $($name: sum(stringify!($name))?,)+ })
            }
        }

        impl Sums {
            pub(crate) fn row(self, account: &str, bucket: i64) -> call_volumes::ActiveModel {
                call_volumes::ActiveModel {
                    account_id: Set(account.to_owned()),
                    bucket: Set(bucket),
                    $($name: Set(i64::try_from(self.$name).unwrap_or(i64::MAX)),)+
                }
            }
        }
    };
}

sums! {
    /// Calls that were answered and have been ended.
    over,
    /// Calls that the receiver or their device refused.
    declined,
    /// Calls that nobody answered.
    missed,
    /// Calls that the initiator gave up.
    cancelled,
    /// Calls that Tring did not bring about.
    failed,
    /// Calls that were answered, however they ended.
    answered,
    /// From the answer to the end, in milliseconds.
    talk_time,
    /// The same with each call rounded up to a whole minute.
    minutes,
    /// From placing to the answer, in milliseconds, of answered calls.
    answer_time,
    /// Calls with a MOS.
    rated,
    /// Their MOS in thousandths.
    mos_sum,
    /// Rated calls whose worse leg was good.
    good,
    /// Rated calls whose worse leg was fair.
    fair,
    /// Rated calls whose worse leg was poor.
    poor,
    /// Packets received of both legs.
    packets,
    /// Packets of both legs that never came.
    lost,
    /// Round-trip times of the legs in microseconds.
    rtt_sum,
    /// Legs with a round-trip time.
    rtt_count,
}

impl Add for Sums {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl std::iter::Sum for Sums {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl Sums {
    /// What one call adds.
    #[must_use]
    pub fn of(record: &CallRecord) -> Self {
        let mut sums = Self::default();
        *match record.reason.status() {
            EndStatus::Over => &mut sums.over,
            EndStatus::Declined => &mut sums.declined,
            EndStatus::Missed => &mut sums.missed,
            EndStatus::Cancelled => &mut sums.cancelled,
            EndStatus::Failed => &mut sums.failed,
        } = 1;
        if let Some(answered) = record.answered_at {
            sums.answered = 1;
            sums.talk_time = record.talk_time().get();
            sums.minutes = sums.talk_time.div_ceil(MINUTE);
            sums.answer_time = answered.since(record.placed_at).get();
        }
        if let Some(rating) = Rating::of(record) {
            sums.rated = 1;
            sums.mos_sum = u64::from(rating.thousandths);
            *match rating.band() {
                QualityBand::Good => &mut sums.good,
                QualityBand::Fair => &mut sums.fair,
                QualityBand::Poor => &mut sums.poor,
            } = 1;
        }
        for leg in legs(record) {
            sums.packets += u64::from(leg.packets);
            sums.lost += u64::from(leg.lost);
            if let Some(rtt) = leg.rtt.filter(|rtt| rtt.is_finite()) {
                // The cast turns what is below zero into zero.
                sums.rtt_sum += (f64::from(rtt) * 1_000.0).round() as u64;
                sums.rtt_count += 1;
            }
        }
        sums
    }

    /// All calls: each has exactly one status.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.over + self.declined + self.missed + self.cancelled + self.failed
    }

    /// The figures as they cross the wire.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals {
            calls: count(self.calls()),
            over: count(self.over),
            declined: count(self.declined),
            missed: count(self.missed),
            cancelled: count(self.cancelled),
            failed: count(self.failed),
            answered: count(self.answered),
            talk_time: Millis::new(self.talk_time),
            minutes: count(self.minutes),
            answer_time: Millis::new(self.answer_time),
            quality: QualityTotals {
                rated: count(self.rated),
                mos: ratio(self.mos_sum, self.rated).map(|thousandths| thousandths / 1_000.0),
                good: count(self.good),
                fair: count(self.fair),
                poor: count(self.poor),
                loss: ratio(self.lost, self.packets + self.lost),
                rtt: ratio(self.rtt_sum, self.rtt_count).map(|micros| micros / 1_000.0),
            },
        }
    }
}

/// How a call sounded: the MOS of its worse leg, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rating {
    pub(crate) thousandths: u16,
}

impl Rating {
    /// `None` if nobody talked.
    pub(crate) fn of(record: &CallRecord) -> Option<Self> {
        let heard = legs(record).filter_map(|leg| leg.mos).filter(|mos| mos.is_finite());
        let worse = heard.reduce(f32::min)?;
        Some(Self { thousandths: (f64::from(worse) * 1_000.0).round() as u16 })
    }

    /// Of the rounded figure, so that what is shown and its word agree.
    pub(crate) fn band(self) -> QualityBand {
        QualityBand::of(self.mos())
    }

    pub(crate) fn mos(self) -> f32 {
        f32::from(self.thousandths) / 1_000.0
    }
}

/// The legs of a call that was answered. What came from a device while it rang says nothing of how people talked.
fn legs(record: &CallRecord) -> impl Iterator<Item = &LegQuality> {
    let both = [&record.caller_quality, &record.callee_quality];
    both.into_iter().flatten().filter(|_| record.answered_at.is_some())
}

fn count(sum: u64) -> u32 {
    u32::try_from(sum).unwrap_or(u32::MAX)
}

fn ratio(sum: u64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum as f64 / count as f64)
}

#[cfg(test)]
mod tests;
