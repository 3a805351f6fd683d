//! Puts a call into plain sentences: why it ended as it did and what to do about it, what happened in it, and who took
//! part. Everything is read from the call's own record and events, so an old call is explained as it was, whatever the
//! account's settings are now.

mod facts;
mod sound;
mod timeline;
mod why;
mod words;

#[cfg(test)]
mod tests;

use tring_protocol::call::{CallEvent, CallRecord};
use tring_protocol::http::calls::{CallLeg, Explanation, TimelineEntry};

use facts::Facts;

/// What was known of the callee when the call was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callee {
    /// They had signed in to this account before.
    Known,
    /// Nothing: they had never signed in to this account, or were deleted since.
    Unknown,
}

/// Why the call ended as it did, and what to do about it.
pub(crate) fn explain(record: &CallRecord, events: &[CallEvent], callee: Callee) -> Explanation {
    why::explain(record, &Facts::of(events), callee)
}

/// Everything that happened, in order.
pub(crate) fn timeline(record: &CallRecord, events: &[CallEvent]) -> Vec<TimelineEntry> {
    timeline::entries(record, &Facts::of(events), events)
}

/// The caller's leg, then the callee's in the order in which they were rung.
pub(crate) fn legs(record: &CallRecord, events: &[CallEvent]) -> Vec<CallLeg> {
    Facts::of(events).legs(record)
}
