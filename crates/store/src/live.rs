//! The calls of an account that run at this moment, whichever node they run on.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;
use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::http::calls::LiveCall;
use tring_protocol::signal::CallState;

use crate::journal::event;
use crate::schema::{call_events, calls};
use crate::statistics::running;
use crate::{AccountStore, StoreError};

/// Most running calls that are listed. Higher: more memory for one who watches.
const LIVE_MAX: u64 = 500;

impl AccountStore<'_> {
    /// The calls that run, newest first; the newest 500 of more.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Corrupt`].
    pub async fn live_calls(&self) -> Result<Vec<LiveCall>, StoreError> {
        let newest: Vec<String> = running(self.id.as_str())
            .select_only()
            .column(calls::Column::CallId)
            .order_by_desc(calls::Column::CallId)
            .limit(LIVE_MAX)
            .into_tuple()
            .all(&self.store.db)
            .await?;
        // `IN ()` is written as a comparison of two parameters, for which a database walks through every event there is.
        if newest.is_empty() {
            return Ok(Vec::new());
        }
        let rows = call_events::Entity::find()
            .filter(call_events::Column::CallId.is_in(newest))
            .order_by_asc(call_events::Column::CallId)
            .order_by_asc(call_events::Column::Index)
            .all(&self.store.db)
            .await?;
        let mut events: BTreeMap<_, Vec<CallEvent>> = BTreeMap::new();
        for row in rows {
            let event = event(row)?;
            events.entry(event.call).or_default().push(event);
        }
        Ok(events.values().rev().filter_map(|events| live(events)).collect())
    }
}

/// How far a call has come. `None` if it has ended: its record is about to be written.
fn live(events: &[CallEvent]) -> Option<LiveCall> {
    let (first, rest) = events.split_first()?;
    let CallEventKind::Placed { caller, callee, context, .. } = &first.what else { return None };
    let mut call = LiveCall {
        call_id: first.call,
        caller: caller.clone(),
        callee: callee.clone(),
        context: context.clone(),
        state: CallState::Placed,
        placed_at: first.at,
        answered_at: None,
        on_hold: false,
    };
    // Legs that took a call over stand for the side of the leg before them.
    let mut sides = Sides::default();
    for event in rest {
        sides.take(&event.what);
        match event.what {
            // A further device that rings is no step back.
            CallEventKind::Ringing { .. } if call.state == CallState::Placed => {
                call.state = CallState::Ringing;
            }
            CallEventKind::Answered { .. } => {
                call.state = CallState::Answered;
                call.answered_at.get_or_insert(event.at);
            }
            CallEventKind::Connected => call.state = CallState::Connected,
            CallEventKind::Ended { .. } => return None,
            _ => {}
        }
    }
    call.on_hold = sides.is_held();
    Some(call)
}

/// Which sides hold the call.
#[derive(Default)]
struct Sides {
    /// Legs of the caller; every other is the callee's.
    caller: Vec<u8>,
    held: [bool; 2],
}

impl Sides {
    fn take(&mut self, what: &CallEventKind) {
        match *what {
            CallEventKind::Held { leg } => self.held[self.side(leg)] = true,
            CallEventKind::Resumed { leg } => self.held[self.side(leg)] = false,
            CallEventKind::TakenOver { leg, from, .. } if self.side(from) == 0 => self.caller.push(leg),
            _ => {}
        }
    }

    fn side(&self, leg: u8) -> usize {
        usize::from(leg != 0 && !self.caller.contains(&leg))
    }

    fn is_held(&self) -> bool {
        self.held.contains(&true)
    }
}
