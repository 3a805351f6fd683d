//! What went wrong, counted by reason.

use serde::Serialize;
use std::collections::BTreeMap;

/// Reasons and how often each occurred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Failures(BTreeMap<String, u64>);

/// One reason.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Failure<'a> {
    /// In words that are the same for all that failed alike.
    pub(super) reason: &'a str,
    pub(super) count: u64,
}

impl Failures {
    pub(super) fn note(&mut self, reason: String) {
        *self.0.entry(reason).or_default() += 1;
    }

    pub(super) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The most frequent first.
    pub(super) fn by_count(&self) -> Vec<Failure<'_>> {
        let mut all: Vec<_> =
            self.0.iter().map(|(reason, count)| Failure { reason, count: *count }).collect();
        all.sort_by_key(|failure| std::cmp::Reverse(failure.count));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_reason_comes_first() {
        let mut failures = Failures::default();
        ["a", "b", "c", "b"].into_iter().for_each(|reason| failures.note(reason.to_owned()));
        let reasons: Vec<_> = failures.by_count().iter().map(|f| (f.reason, f.count)).collect();
        assert_eq!(reasons, [("b", 2), ("a", 1), ("c", 1)]);
        assert_eq!(failures.total(), 4);
    }
}
