//! A stand-in for the store: append-only, and the one thing that survives a crash.

use std::collections::BTreeMap;

use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::calls::QualitySample;
use tring_protocol::ids::{CallId, Cuid, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Role;
use tring_protocol::time::Timestamp;

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

    /// Who is in the call as of its last event.
    pub(crate) fn parties(&self) -> Parties<'_> {
        let mut parties = Parties::default();
        let mut devices = BTreeMap::new();
        for event in &self.events {
            match &event.what {
                CallEventKind::Placed { device, .. } => parties.caller = Some((0, device)),
                CallEventKind::Offered { leg, device, .. } => {
                    devices.insert(*leg, device);
                }
                CallEventKind::Answered { leg } => {
                    parties.callee = devices.get(leg).map(|device| (*leg, *device));
                }
                CallEventKind::TakenOver { leg, from, device, .. } => {
                    let side =
                        if parties.is_caller(*from) { &mut parties.caller } else { &mut parties.callee };
                    *side = Some((*leg, device));
                }
                CallEventKind::Held { leg } => parties.set_held(*leg, true),
                CallEventKind::Resumed { leg } => parties.set_held(*leg, false),
                _ => {}
            }
        }
        parties
    }

    /// Whether somebody is one of the two.
    pub(crate) fn is_of(&self, cuid: &Cuid) -> bool {
        self.has(|what| matches!(what, CallEventKind::Placed { caller, callee, .. } if caller == cuid || callee == cuid))
    }

    /// When a user was in the call without holding it, by its record; a callee who was in another call is in this one
    /// from the answer.
    pub(crate) fn spans(&self, role: Role) -> Vec<(Timestamp, Timestamp)> {
        let Some(record) = &self.record else { return Vec::new() };
        let waited = self.has(|what| matches!(what, CallEventKind::Offered { waiting: true, .. }));
        let was_there =
            role == Role::Caller || record.callee_platform.is_some() || record.reason != EndReason::Busy;
        let mut from = match role {
            Role::Callee if waited => record.answered_at,
            _ => was_there.then_some(record.placed_at),
        };
        let mut spans = Vec::new();
        let mut parties = Parties::default();
        for event in &self.events {
            match event.what {
                CallEventKind::Placed { ref device, .. } => parties.caller = Some((0, device)),
                CallEventKind::TakenOver { leg, from, ref device, .. } if parties.is_caller(from) => {
                    parties.caller = Some((leg, device));
                }
                CallEventKind::Held { leg } if parties.is_caller(leg) == (role == Role::Caller) => {
                    spans.extend(from.take().map(|from| (from, event.at)));
                }
                CallEventKind::Resumed { leg } if parties.is_caller(leg) == (role == Role::Caller) => {
                    from = Some(event.at);
                }
                _ => {}
            }
        }
        spans.extend(from.map(|from| (from, record.ended_at)));
        spans
    }

    pub(crate) fn has(&self, wanted: impl Fn(&CallEventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.what))
    }
}

/// The two of a call: each with their leg and its device, and whether they hold it.
#[derive(Debug, Default)]
pub(crate) struct Parties<'a> {
    pub(crate) caller: Option<(u8, &'a DeviceId)>,
    pub(crate) callee: Option<(u8, &'a DeviceId)>,
    pub(crate) held: (bool, bool),
}

impl Parties<'_> {
    pub(crate) fn is_answered(&self) -> bool {
        self.callee.is_some()
    }

    pub(crate) fn role_of(&self, device: &DeviceId) -> Option<Role> {
        let is = |side: Option<(u8, &DeviceId)>| side.is_some_and(|(_, it)| it == device);
        if is(self.caller) { Some(Role::Caller) } else { is(self.callee).then_some(Role::Callee) }
    }

    fn is_caller(&self, leg: u8) -> bool {
        self.caller.is_some_and(|(caller, _)| caller == leg)
    }

    fn set_held(&mut self, leg: u8, held: bool) {
        if self.is_caller(leg) {
            self.held.0 = held;
        } else {
            self.held.1 = held;
        }
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
        let takes_part = |what: &CallEventKind| matches!(*what, CallEventKind::Answered { leg } | CallEventKind::TakenOver { leg, .. } if leg == sample.leg);
        let answered = kept.has(|what| matches!(what, CallEventKind::Answered { .. }));
        if !answered || (sample.leg != 0 && !kept.has(takes_part)) {
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
