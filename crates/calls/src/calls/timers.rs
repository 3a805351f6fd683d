//! One deadline per call: the nearest of whatever it waits for. A call that has none of its own left has no timer, so
//! none outlives its call.

use std::collections::{BTreeMap, BTreeSet};

use tring_protocol::ids::CallId;
use tring_protocol::time::Timestamp;

use super::{Effect, Effects};

#[derive(Debug, Default)]
pub(super) struct Timers {
    by_time: BTreeSet<(Timestamp, CallId)>,
    by_call: BTreeMap<CallId, Timestamp>,
    announced: Option<Timestamp>,
}

impl Timers {
    pub(super) fn set(&mut self, call: CallId, at: Timestamp) {
        if let Some(old) = self.by_call.insert(call, at) {
            self.by_time.remove(&(old, call));
        }
        self.by_time.insert((at, call));
    }

    pub(super) fn clear(&mut self, call: CallId) {
        if let Some(old) = self.by_call.remove(&call) {
            self.by_time.remove(&(old, call));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_time.len().max(self.by_call.len())
    }

    /// Takes out a call whose deadline has come; whoever handles it sets the next.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<CallId> {
        let &(at, call) = self.by_time.first()?;
        if at > now {
            return None;
        }
        self.clear(call);
        Some(call)
    }

    /// Asks for a tick if the nearest deadline is not covered by the one asked for before.
    pub(super) fn announce(&mut self, now: Timestamp, out: &mut Effects) {
        let Some(&(nearest, _)) = self.by_time.first() else { return };
        let covered = self.announced.is_some_and(|at| at > now && at <= nearest);
        if !covered {
            self.announced = Some(nearest);
            out.push(Effect::Timer(nearest));
        }
    }
}
