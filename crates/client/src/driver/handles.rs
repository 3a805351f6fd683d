//! What handles are told: each call's what became of it, subscribers what is new, and who waits how it came out.

use tokio::sync::{mpsc, oneshot, watch};
use tring_protocol::error::WireError;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::CallSnapshot;

use super::call::{Call, CallState, Ended, Incoming};
use super::{Command, Commands, Event};
use crate::engine::{CallQuality, Levels};
use crate::signalling::{Ending, Outcome, ShownCall, ShownPhase};

/// All that an app holds of one device.
pub(super) struct Handles {
    levels: watch::Sender<Levels>,
    /// For the handles of calls that come in: weak, or the device would keep itself signed in.
    commands: mpsc::WeakUnboundedSender<Command>,
    subscribers: Vec<mpsc::UnboundedSender<Event>>,
    calls: Vec<Entry>,
    /// The user's calls on other devices, as they were told last.
    elsewhere: Vec<CallSnapshot>,
    /// Who waits for a call that is moved here, by its reference.
    moves: Vec<(String, Waiting)>,
    /// How what was asked for under these references ended, until their calls' handles are told.
    rejected: Vec<(String, Ended)>,
}

/// Somebody who waits for what they asked for.
pub(super) type Waiting = oneshot::Sender<Result<(), WireError>>;

/// A call that handles know.
struct Entry {
    reference: Option<String>,
    call_id: Option<CallId>,
    state: watch::Sender<CallState>,
}

impl Entry {
    fn is(&self, shown: &ShownCall) -> bool {
        let is_same_call = self.call_id.is_some() && self.call_id == shown.call_id;
        is_same_call || (self.reference.is_some() && self.reference == shown.reference)
    }
}

impl Handles {
    pub(super) fn new(commands: &Commands, levels: watch::Sender<Levels>) -> Self {
        Self {
            levels,
            commands: commands.0.downgrade(),
            subscribers: Vec::new(),
            calls: Vec::new(),
            elsewhere: Vec::new(),
            moves: Vec::new(),
            rejected: Vec::new(),
        }
    }

    /// A call is placed, and its handle sees it by `state`.
    pub(super) fn placed(&mut self, reference: String, state: watch::Sender<CallState>) {
        self.calls.push(Entry { reference: Some(reference), call_id: None, state });
    }

    /// A call is moved here, and somebody waits for it.
    pub(super) fn moving(&mut self, reference: String, waiting: Waiting) {
        self.moves.push((reference, waiting));
    }

    /// What was asked for under this reference came out so.
    pub(super) fn settled(&mut self, reference: String, outcome: Outcome) {
        if let Some(at) = self.moves.iter().position(|(of, _)| *of == reference) {
            let (_, waiting) = self.moves.swap_remove(at);
            // Nobody waits any more: the app has given up.
            let _ = waiting.send(match outcome {
                Outcome::RejectsError(error) => Err(error),
                Outcome::Resolves(_) | Outcome::Rejects(_) => Ok(()),
            });
            return;
        }
        match outcome {
            Outcome::RejectsError(error) => self.rejected.push((reference, Ended::NotPlaced(error))),
            // Every call that was shown is shown with its end. What is left was given up before it was one.
            Outcome::Rejects(_) => {
                let given_up = Ended::Because(Ending::Ended(EndReason::Caller));
                self.rejected.push((reference, given_up));
            }
            Outcome::Resolves(_) => {}
        }
    }

    /// The user's calls on other devices.
    pub(super) fn elsewhere(&mut self, calls: Vec<CallSnapshot>) {
        self.tell(|| Event::Elsewhere(calls.clone()));
        self.elsewhere = calls;
    }

    /// Tells a new subscriber what is so already, and from now on what is new.
    pub(super) fn subscribe(&mut self, subscriber: mpsc::UnboundedSender<Event>) {
        for entry in &self.calls {
            let is_ringing = |state: &CallState| {
                state.shown.as_ref().is_some_and(|shown| shown.phase == ShownPhase::Incoming)
            };
            if is_ringing(&entry.state.borrow())
                && let Some(call) = self.handle_of(entry)
            {
                let _ = subscriber.send(Event::Incoming(Incoming(call)));
            }
        }
        if !self.elsewhere.is_empty() {
            let _ = subscriber.send(Event::Elsewhere(self.elsewhere.clone()));
        }
        self.subscribers.push(subscriber);
    }

    pub(super) fn tell(&mut self, make: impl Fn() -> Event) {
        self.subscribers.retain(|subscriber| subscriber.send(make()).is_ok());
    }

    pub(super) fn tell_levels(&self, levels: Levels) {
        self.levels.send_replace(levels);
    }

    /// Tells how the last second of a call sounded. What this device knows of its own network, and what the server says of
    /// both, meets here.
    pub(super) fn tell_quality(&self, call_id: CallId, quality: CallQuality) {
        if let Some(entry) = self.calls.iter().find(|entry| entry.call_id == Some(call_id)) {
            entry.state.send_modify(|state| {
                let said = state.shown.as_ref().map(|shown| shown.poor_network).unwrap_or_default();
                let poor_network = quality.poor_network.or(said);
                state.quality = Some(CallQuality { poor_network, ..quality });
            });
        }
    }

    /// Tells what became of all calls.
    pub(super) fn show(&mut self, calls: Vec<ShownCall>) {
        let rejected = std::mem::take(&mut self.rejected);
        // What the server never gave a name was not placed, whichever end the machine shows for it.
        for (reference, ended) in rejected.iter().filter(|(_, ended)| matches!(ended, Ended::NotPlaced(_))) {
            let is_nameless =
                |entry: &Entry| entry.call_id.is_none() && entry.reference.as_ref() == Some(reference);
            self.end(is_nameless, ended);
        }
        for shown in calls {
            self.show_call(shown);
        }
        // One that ended for a reason of its own has been told that.
        for (reference, ended) in rejected {
            self.end(|entry| entry.reference.as_ref() == Some(&reference), &ended);
        }
    }

    /// The device signs out, and all calls with it.
    pub(super) fn end_all(&mut self) {
        self.end(|_| true, &Ended::SignedOut);
    }

    fn show_call(&mut self, shown: ShownCall) {
        if let Some(ending) = shown.end {
            let ended = Ended::Because(ending);
            self.calls.iter().filter(|entry| entry.is(&shown)).for_each(|entry| {
                entry.state.send_modify(|state| state.shown = Some(shown.clone()));
            });
            return self.end(|entry| entry.is(&shown), &ended);
        }
        if let Some(entry) = self.calls.iter_mut().find(|entry| entry.is(&shown)) {
            entry.call_id = entry.call_id.or(shown.call_id);
            entry.state.send_if_modified(|state| {
                let is_new = state.shown.as_ref() != Some(&shown);
                if is_new {
                    state.shown = Some(shown);
                }
                is_new
            });
        } else if shown.phase != ShownPhase::Ended {
            let state = watch::Sender::new(CallState { shown: Some(shown.clone()), ..CallState::default() });
            let entry = Entry { reference: shown.reference.clone(), call_id: shown.call_id, state };
            self.introduce(&entry, shown.phase);
            self.calls.push(entry);
        }
    }

    fn introduce(&mut self, entry: &Entry, phase: ShownPhase) {
        let Some(call) = self.handle_of(entry) else { return };
        self.tell(|| match phase {
            ShownPhase::Incoming => Event::Incoming(Incoming(call.clone())),
            _ => Event::Arrived(call.clone()),
        });
    }

    fn handle_of(&self, entry: &Entry) -> Option<Call> {
        let commands = Commands(self.commands.upgrade()?);
        let levels = self.levels.subscribe();
        Some(Call::new(commands, levels, entry.reference.clone(), entry.state.subscribe()))
    }

    fn end(&mut self, which: impl Fn(&Entry) -> bool, ended: &Ended) {
        self.calls.retain(|entry| {
            let is_over = which(entry);
            if is_over {
                entry.state.send_modify(|state| state.ended = Some(ended.clone()));
            }
            !is_over
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalling::{PoorNetwork, ShownStatus};
    use tring_protocol::ids::Cuid;
    use tring_protocol::signal::{Party, Role};
    use tring_protocol::text::Context;

    fn handles() -> Handles {
        let (commands, _inbox) = mpsc::unbounded_channel();
        let (levels, _) = watch::channel(Levels::default());
        Handles::new(&Commands(commands), levels)
    }

    fn call(number: u8) -> CallId {
        CallId::parse(&format!("0190a1b2-c3d4-7000-8000-0000000000{number:02}")).unwrap()
    }

    fn shown(number: u8, poor_network: PoorNetwork) -> ShownCall {
        ShownCall {
            call_id: Some(call(number)),
            reference: Some(number.to_string()),
            phase: ShownPhase::Ongoing,
            status: ShownStatus::Connected,
            role: Role::Caller,
            peer: Party { cuid: Cuid::parse("bharat_2").unwrap(), name: None },
            context: Context::parse("Your parcel").unwrap(),
            image: None,
            answered_at: None,
            muted: false,
            peer_muted: false,
            held: false,
            peer_held: false,
            poor_network,
            can_hold: true,
            signalling_away: false,
            waiting: None,
            on_hold: Vec::new(),
            end: None,
            notice: None,
        }
    }

    fn quality(poor_network: PoorNetwork) -> CallQuality {
        CallQuality { mos: 4.2, lost: 0.0, jitter: 1.0, rtt: None, concealed: 0.0, path: None, poor_network }
    }

    #[test]
    fn a_call_that_is_given_up_before_it_was_placed_has_ended() {
        let mut handles = handles();
        let (state, view) = watch::channel(CallState::default());
        handles.placed("call".to_owned(), state);
        handles.settled("call".to_owned(), Outcome::Rejects("cancelled"));
        handles.show(Vec::new());
        assert_eq!(view.borrow().ended, Some(Ended::Because(Ending::Ended(EndReason::Caller))));
    }

    #[test]
    fn a_poor_network_is_ones_own_if_this_device_says_so_and_otherwise_whose_the_server_says_by_call() {
        use PoorNetwork::{Mine, None, Theirs};
        let mut handles = handles();
        let views = [1_u8, 2].map(|number| {
            let (state, view) = watch::channel(CallState::default());
            handles.placed(number.to_string(), state);
            view
        });
        let mut told = |said: [PoorNetwork; 2], own: [PoorNetwork; 2]| {
            handles.show(vec![shown(1, said[0]), shown(2, said[1])]);
            handles.tell_quality(call(1), quality(own[0]));
            handles.tell_quality(call(2), quality(own[1]));
            views.each_ref().map(|view| view.borrow().quality.unwrap().poor_network)
        };
        assert_eq!(told([Theirs, None], [None, None]), [Theirs, None]);
        assert_eq!(told([Theirs, Mine], [Mine, None]), [Mine, Mine]);
        assert_eq!(told([None, Theirs], [None, None]), [None, Theirs]);
        assert_eq!(told([None, None], [None, Mine]), [None, Mine]);
    }
}
