//! Plays worlds: one seed, many seeds, and one again with its trace.

use std::collections::BTreeMap;
use std::fmt;

use tring_protocol::call::CallEventKind;
use tring_protocol::outcome::EndReason;

use crate::checker::Violation;
use crate::plan::Plan;
use crate::world::{Sabotage, World};

/// What happened in a world that held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many calls ended for each reason.
    pub ends: BTreeMap<&'static str, u64>,
    /// Calls in which both sides heard.
    pub connected: u64,
    /// Calls that two people made by dialling each other.
    pub crossed: u64,
    /// Pages that came back into their call.
    pub restored: u64,
    /// Pages that were told an end twice.
    pub told_again: u64,
    /// Calls that somebody held.
    pub held: u64,
    /// Calls that moved to another device.
    pub moved: u64,
    /// Calls that were answered by somebody who was in another.
    pub waited: u64,
    /// Calls in which a device went on from another address.
    pub rebound: u64,
    /// Network checks.
    pub checked: u64,
    /// Times that a device went on by its other interface.
    pub switched: u64,
    /// Everything that happened.
    pub events: u64,
}

/// A world in which an invariant was broken.
#[derive(Debug)]
pub struct Failure {
    /// What was planned.
    pub plan: Plan,
    /// What was broken.
    pub violations: Vec<Violation>,
    /// Everything that happened, if it was asked for.
    pub trace: Vec<String>,
}

/// Plays the world of a seed.
///
/// # Errors
/// [`Failure`] with the schedule and what was broken.
pub fn run(seed: u64, sabotage: Sabotage) -> Result<Summary, Box<Failure>> {
    play(seed, sabotage, false)
}

/// Plays the world of a seed again and keeps everything that happens.
///
/// # Errors
/// [`Failure`] with the trace.
pub fn run_traced(seed: u64, sabotage: Sabotage) -> Result<Summary, Box<Failure>> {
    play(seed, sabotage, true)
}

fn play(seed: u64, sabotage: Sabotage, traced: bool) -> Result<Summary, Box<Failure>> {
    let mut world = World::new(Plan::of(seed), sabotage, traced);
    world.play();
    if !world.checker.violations().is_empty() {
        let trace = world.take_trace();
        return Err(Box::new(Failure {
            violations: world.checker.violations().to_vec(),
            plan: world.plan,
            trace,
        }));
    }
    let mut summary = Summary {
        crossed: world.checker.crossed,
        restored: world.checker.restored,
        told_again: world.checker.told_again,
        checked: world.checker.checked,
        switched: world.checker.switched,
        events: world.queue.made(),
        ..Summary::default()
    };
    for (_, kept) in world.journal.calls() {
        let answered = kept.has(|what| matches!(what, CallEventKind::Answered { .. }));
        let waiting = kept.has(|what| matches!(what, CallEventKind::Offered { waiting: true, .. }));
        summary.held += u64::from(kept.has(|what| matches!(what, CallEventKind::Held { .. })));
        summary.moved += u64::from(kept.has(|what| matches!(what, CallEventKind::TakenOver { .. })));
        summary.rebound += u64::from(kept.has(|what| matches!(what, CallEventKind::Moved { .. })));
        summary.waited += u64::from(answered && waiting);
    }
    for record in world.journal.calls().filter_map(|(_, kept)| kept.record.as_ref()) {
        summary.connected += u64::from(record.connected_at.is_some());
        *summary.ends.entry(record.reason.as_str()).or_default() += 1;
    }
    Ok(summary)
}

impl Summary {
    /// Adds another world's figures.
    pub fn add(&mut self, other: &Self) {
        for (reason, count) in &other.ends {
            *self.ends.entry(reason).or_default() += count;
        }
        self.connected += other.connected;
        self.crossed += other.crossed;
        self.restored += other.restored;
        self.told_again += other.told_again;
        self.held += other.held;
        self.moved += other.moved;
        self.waited += other.waited;
        self.rebound += other.rebound;
        self.checked += other.checked;
        self.switched += other.switched;
        self.events += other.events;
    }

    /// How many calls ended for `reason`.
    #[must_use]
    pub fn ended(&self, reason: EndReason) -> u64 {
        self.ends.get(reason.as_str()).copied().unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plan)?;
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        for violation in &self.violations {
            writeln!(f, "{violation}")?;
        }
        write!(
            f,
            "replay with: TRING_SEED={} cargo test -p tring-testkit replay -- --nocapture",
            self.plan.seed
        )
    }
}
