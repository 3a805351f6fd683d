//! What everybody agrees on when nothing new has happened for a while: every connected page shows what is on record, no
//! less and no more; what is held is held for both; a call elsewhere is one that goes on; and every slot is in use.

use std::collections::BTreeSet;

use tring_protocol::call::CallEventKind;
use tring_protocol::ids::{CallId, UserAddress};
use tring_protocol::settings::DevicePolicy;
use tring_protocol::signal::{CallState, Role};
use tring_protocol::time::Millis;

use crate::client::Page;
use crate::journal::{Kept, Parties};
use crate::world::World;

/// How long news may be under way.
const LATE: Millis = Millis::seconds(20);

impl World {
    pub(crate) fn check_agreement(&mut self) {
        let mut wrong = Vec::new();
        for (index, client) in self.clients.iter().enumerate() {
            let Some(page) = client.page.as_ref().filter(|page| page.is_open_for(self.now, LATE)) else {
                continue;
            };
            if page.looks != self.account.version {
                let version = self.account.version;
                wrong.push(format!("client {index} looks as of change {}, not {version}", page.looks));
            }
            wrong.extend(self.shown_wrongly(index, page));
            wrong.extend(self.elsewhere_wrongly(index, page));
            wrong.extend(self.missing(index, page));
        }
        for what in wrong {
            self.checker.disagreed(what);
        }
        self.check_slots();
    }

    /// Whether nothing has happened to a call for a while.
    fn is_settled(&self, kept: &Kept) -> bool {
        kept.events.last().is_some_and(|event| self.now.since(event.at) > LATE)
    }

    /// The calls that a page shows otherwise than they are.
    fn shown_wrongly(&self, index: usize, page: &Page) -> Vec<String> {
        let mut wrong = Vec::new();
        for (&id, call) in &page.calls {
            let Some(kept) = self.journal.get(id) else {
                wrong.push(format!("client {index} shows {id}, which is not on record"));
                continue;
            };
            if !self.is_settled(kept) {
                continue;
            }
            if kept.record.is_some() {
                wrong.push(format!("client {index} still shows {id}, which has ended: {call:?}"));
                continue;
            }
            let answered = kept.has(|what| matches!(what, CallEventKind::Answered { .. }));
            if answered != (call.state >= CallState::Answered) {
                wrong.push(format!("client {index} has {id} as {:?}", call.state));
            }
            let parties = kept.parties();
            if answered && parties.role_of(&self.clients[index].attendee.device.device) != Some(call.role) {
                wrong.push(format!("client {index} shows {id}, in which another device is"));
            }
            let held = (parties.holds(call.role), parties.holds(call.role.other()));
            if (call.held, call.peer_held) != held {
                wrong.push(format!(
                    "client {index} has {id} as held {:?}, not {held:?}",
                    (call.held, call.peer_held)
                ));
            }
        }
        wrong
    }

    /// The calls that a page believes to be on another device of its user, and that are not.
    fn elsewhere_wrongly(&self, index: usize, page: &Page) -> Vec<String> {
        let device = &self.clients[index].attendee.device.device;
        let mut wrong = Vec::new();
        for (&id, shown) in &page.elsewhere {
            let Some(kept) = self.journal.get(id).filter(|kept| self.is_settled(kept)) else { continue };
            let parties = kept.parties();
            if kept.record.is_some() {
                wrong.push(format!("client {index} believes that {id} goes on elsewhere, but it has ended"));
            } else if parties.role_of(device).is_some() {
                wrong.push(format!("client {index} believes that {id} is elsewhere, but it is here"));
            } else if shown.held != parties.holds(shown.role)
                || shown.peer_held != parties.holds(shown.role.other())
            {
                wrong.push(format!("client {index} has {id} elsewhere as {shown:?}"));
            }
        }
        wrong
    }

    /// The calls that a page should show, or know to be elsewhere.
    fn missing(&self, index: usize, page: &Page) -> Vec<String> {
        let attendee = &self.clients[index].attendee;
        let mut wrong = Vec::new();
        for (id, kept) in self.journal.calls() {
            if kept.record.is_some() || !self.is_settled(kept) {
                continue;
            }
            let parties = kept.parties();
            let cuid = &attendee.device.user.cuid;
            if parties.role_of(&attendee.device.device).is_some() {
                if !page.calls.contains_key(&id) {
                    wrong.push(format!("client {index} does not show {id}, in which it is"));
                }
            } else if self.account.settings.devices == DevicePolicy::Many
                && parties.is_answered()
                && kept.is_of(cuid)
                && !page.elsewhere.contains_key(&id)
            {
                wrong.push(format!("client {index} does not know that its user is in {id}"));
            }
        }
        wrong
    }

    /// A slot names a call in which its user is, and does not hold it.
    fn check_slots(&mut self) {
        let alive = self.nodes.iter().filter(|node| node.alive);
        let engaged: BTreeSet<(CallId, &UserAddress)> = alive.flat_map(|node| node.calls.engaged()).collect();
        let mut wrong = Vec::new();
        for (user, call) in self.slots.held() {
            // Without events it is an attempt, or its node has crashed.
            let settled = self.journal.get(call).is_some_and(|kept| self.is_settled(kept));
            if settled && !engaged.contains(&(call, user)) {
                wrong.push(format!("the slot of {} is held by {call}, in which they are not", user.cuid));
            }
        }
        for what in wrong {
            self.checker.left_over(what);
        }
    }
}

impl Parties<'_> {
    pub(crate) fn holds(&self, role: Role) -> bool {
        match role {
            Role::Caller => self.held.0,
            Role::Callee => self.held.1,
        }
    }
}
