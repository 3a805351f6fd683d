//! A stand-in for the store: append-only, and the one thing that survives a crash.

use std::collections::BTreeMap;

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::{CallId, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;

use crate::node::NodeRef;

#[derive(Debug, Default)]
pub(crate) struct Journal {
    calls: BTreeMap<CallId, Kept>,
}

/// What is stored of a call.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) home: NodeRef,
    pub(crate) events: Vec<CallEvent>,
    pub(crate) record: Option<CallRecord>,
    pub(crate) samples: Vec<QualitySample>,
}

impl Kept {
    pub(crate) fn end(&self) -> Option<(EndReason, Option<Role>)> {
        match self.events.last()?.what {
            CallEventKind::Ended { reason, by } => Some((reason, by)),
            _ => None,
        }
    }

    /// The devices that are in the call for good: the caller's, and the one that answered.
    pub(crate) fn parties(&self) -> Vec<&DeviceId> {
        let winner = self.events.iter().find_map(|event| match event.what {
            CallEventKind::Answered { leg } => Some(leg),
            _ => None,
        });
        let parties = self.events.iter().filter_map(|event| match &event.what {
            CallEventKind::Placed { device, .. } => Some(device),
            CallEventKind::Offered { leg, device, .. } if Some(*leg) == winner => Some(device),
            _ => None,
        });
        parties.collect()
    }

    pub(crate) fn has(&self, wanted: impl Fn(&CallEventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.what))
    }
}

impl Journal {
    /// Appends an event; the error says how it breaks the call's history.
    pub(crate) fn append(&mut self, home: NodeRef, event: CallEvent) -> Result<(), String> {
        let kept = self.calls.entry(event.call).or_insert_with(|| Kept {
            home,
            events: Vec::new(),
            record: None,
            samples: Vec::new(),
        });
        if kept.end().is_some() {
            return Err(format!("{event:?} comes after the end"));
        }
        if usize::try_from(event.index) != Ok(kept.events.len()) {
            return Err(format!("{event:?} has the wrong index, {} was due", kept.events.len()));
        }
        let first = matches!(event.what, CallEventKind::Placed { .. });
        if first != kept.events.is_empty() {
            return Err(format!("{event:?}: a call begins with `placed`, once"));
        }
        kept.events.push(event);
        Ok(())
    }

    pub(crate) fn finish(&mut self, record: CallRecord) -> Result<(), String> {
        let Some(kept) = self.calls.get_mut(&record.call) else {
            return Err(format!("{} has a record and no events", record.call));
        };
        if kept.record.is_some() {
            return Err(format!("{} has two records", record.call));
        }
        if CallRecord::fold(&kept.events).as_ref() != Some(&record) {
            return Err(format!("the record of {} is not the fold of its events", record.call));
        }
        kept.record = Some(record);
        Ok(())
    }

    /// Keeps a sample; the error says why it cannot be one of its call.
    pub(crate) fn sample(&mut self, call: CallId, sample: QualitySample) -> Result<(), String> {
        // What a sabotaged world forgot has none.
        let Some(kept) = self.calls.get_mut(&call) else { return Ok(()) };
        let winner = kept.events.iter().find_map(|event| match event.what {
            CallEventKind::Answered { leg } => Some(leg),
            _ => None,
        });
        if winner.is_none_or(|winner| sample.leg != 0 && sample.leg != winner) {
            return Err(format!("{sample:?} of {call} is of a leg that took no part"));
        }
        if kept.samples.iter().any(|earlier| earlier.leg == sample.leg && earlier.at >= sample.at) {
            return Err(format!("{sample:?} of {call} does not come after the one before it"));
        }
        if kept.record.as_ref().is_some_and(|record| sample.at > record.ended_at) {
            return Err(format!("{sample:?} of {call} comes after its end"));
        }
        kept.samples.push(sample);
        Ok(())
    }

    pub(crate) fn get(&self, call: CallId) -> Option<&Kept> {
        self.calls.get(&call)
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = (CallId, &Kept)> {
        self.calls.iter().map(|(id, kept)| (*id, kept))
    }

    /// Hands the unfinished calls of a lost node to another, so that they are not forgotten if that one is lost too.
    pub(crate) fn inherit(&mut self, lost: NodeRef, heir: NodeRef) -> Vec<Vec<CallEvent>> {
        let open = self.calls.values_mut().filter(|kept| kept.home == lost && kept.record.is_none());
        open.map(|kept| {
            kept.home = heir;
            kept.events.clone()
        })
        .collect()
    }
}
