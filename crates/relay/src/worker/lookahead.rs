//! What the packets of a batch will need, fetched for all of them at once.
//!
//! With thousands of legs little of a leg is in the processor's caches when its packet comes: its place in the table, its
//! connection, its keys, and the same of the far leg. Each says where the next lies, so one packet waits for all of them in
//! turn. Here the whole batch takes each of these steps together, and what its packets wait for comes side by side.

use super::connection::Connection;
use super::{Route, Worker};
use crate::prefetch::prefetch;

/// Most datagrams that are looked at ahead. Higher: the first of them may be pushed out of the cache before its turn.
const AHEAD: usize = 64;

impl Worker {
    /// Prepares for datagrams of these sources to be handled one after the other. It changes nothing but how long that takes.
    pub fn prefetch(&self, sources: impl Iterator<Item = Route>) {
        let mut legs = [None; AHEAD];
        for (source, leg) in sources.zip(&mut legs) {
            *leg = self.by_route.get(&source).copied();
            self.prefetch_connection(*leg);
        }
        let mut far_legs = [None; AHEAD];
        for (leg, far_leg) in legs.iter().zip(&mut far_legs) {
            let Some(connection) = self.connection(*leg) else { continue };
            prefetch_keys(connection);
            *far_leg = connection.far.map(|far| far.slot);
            self.prefetch_connection(*far_leg);
        }
        for (leg, far_leg) in legs.into_iter().zip(far_legs) {
            if let Some(keys) = self.connection(leg).and_then(|connection| connection.keys.as_ref()) {
                keys.receiver.prefetch_key();
            }
            if let Some(far) = self.connection(far_leg) {
                prefetch_keys(far);
            }
        }
        for far in far_legs.into_iter().filter_map(|far_leg| self.connection(far_leg)) {
            if let Some(keys) = &far.keys {
                keys.sender.prefetch_key();
            }
        }
    }

    fn connection(&self, leg: Option<u32>) -> Option<&Connection> {
        leg.and_then(|leg| self.connections.at(leg))
    }

    fn prefetch_connection(&self, leg: Option<u32>) {
        if let Some(place) = leg.and_then(|leg| self.connections.place(leg)) {
            prefetch(place);
        }
    }
}

fn prefetch_keys(connection: &Connection) {
    if let Some(keys) = connection.keys.as_deref() {
        prefetch(keys);
    }
}
