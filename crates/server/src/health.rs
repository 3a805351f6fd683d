//! Whether the node takes calls at the moment, and if not why.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by those who know and those who ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    draining: AtomicBool,
    database_fails: AtomicBool,
}

impl Health {
    /// The node is going down.
    pub(crate) fn drains(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// The database refuses what must be written, or takes it again.
    pub(crate) fn database_fails(&self, fails: bool) {
        self.0.database_fails.store(fails, Ordering::Relaxed);
    }

    /// Whether nothing that needs the database can be promised.
    pub(crate) fn is_database_failing(&self) -> bool {
        self.0.database_fails.load(Ordering::Relaxed)
    }

    /// Why no calls are taken; `None` if they are.
    pub(crate) fn trouble(&self) -> Option<&'static str> {
        if self.is_database_failing() {
            Some("the database fails")
        } else if self.0.draining.load(Ordering::Relaxed) {
            Some("draining")
        } else {
            None
        }
    }
}
