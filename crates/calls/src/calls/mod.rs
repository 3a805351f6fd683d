//! The calls whose home is this node: who rings, who wins, what times out, and what the record says.
//!
//! Decides everything in a call's life. Leaves the sessions of the devices to [`crate::Sessions`], audio to the relay,
//! and to the shell the *slots*: one entry per user, shared by all nodes and changed by compare-and-swap, that names
//! the call the user is in.
//!
//! **After every [`Calls::handle`], call [`Calls::poll`] until it returns `None`.** Effects are carried out in order;
//! those that the relay or the slots must answer are answered later, by an input, each in the order of its kind.
//!
//! | file | decides |
//! |---|---|
//! | `attempt` | from `place` until both slots are claimed: may there be a call? |
//! | `glare` | two people who dial each other |
//! | `ring` | offered, ringing, answered, declined |
//! | `waiting` | a call to somebody who is in another one |
//! | `talk` | audio: offers, the bridge, when both hear, mute |
//! | `hold` | a call on hold |
//! | `slot` | a slot that a call gives up and claims again |
//! | `elsewhere` | a person's devices beside the one in the call |
//! | `take_over` | a call that moves to another device |
//! | `quality`, `report` | how it sounded, over the whole call and over time |
//! | `presence` | a device that goes away, comes back, or does not |
//! | `lasting` | how long a call goes on by itself |
//! | `check` | a device tries its network before a call |
//! | `end` | the one end of a call, and who is told |
//! | `ended` | what is still known of a call afterwards |
//! | `recover` | the calls of a node that was lost |

mod attempt;
mod call;
mod check;
mod effects;
mod elsewhere;
mod end;
mod ended;
mod glare;
mod hold;
mod inputs;
mod lasting;
mod leg;
mod network;
mod presence;
mod quality;
mod recover;
mod report;
mod ring;
mod side;
mod slot;
mod take_over;
mod talk;
#[cfg(test)]
mod tests;
mod timers;
mod waiting;

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tring_protocol::ids::{AccountId, CallId, UserAddress};
use tring_protocol::signal::{ClientMessage, Role};
use tring_protocol::time::Timestamp;

use crate::bus::{Sender, ToCalls, call_of};
use attempt::Attempt;
use call::Call;
use check::Checks;
use effects::Effects;
use ended::EndedCalls;
use timers::Timers;

pub use effects::Effect;
pub use inputs::{Claim, Input, RelayEvent};

/// The machine. One per node.
#[derive(Debug)]
pub struct Calls {
    rng: StdRng,
    draining: bool,
    attempts: BTreeMap<CallId, Attempt>,
    live: BTreeMap<CallId, Call>,
    by_user: BTreeMap<UserAddress, Vec<CallId>>,
    ended: EndedCalls,
    checks: Checks,
    timers: Timers,
    out: Effects,
}

impl Calls {
    /// A node without calls. `seed` makes the ids of its calls, which must be unguessable: outside tests it comes from
    /// the system's randomness.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            rng: StdRng::from_seed(seed),
            draining: false,
            attempts: BTreeMap::new(),
            live: BTreeMap::new(),
            by_user: BTreeMap::new(),
            ended: EndedCalls::default(),
            checks: Checks::default(),
            timers: Timers::default(),
            out: Effects::default(),
        }
    }

    /// Takes one input. `now` must not go back.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::Bus(ToCalls::Told { from, message }) => self.told(now, from, message),
            Input::Bus(ToCalls::Presence { of, change }) => self.presence(now, &of, change),
            Input::Bus(ToCalls::Found { call, devices }) => self.found(now, call, devices),
            Input::Bus(ToCalls::Reported { from, call, report }) => {
                self.on_call(now, call, |call, _| call.reported(&from, report));
            }
            Input::Bus(ToCalls::Join { call, from, reference }) => self.join(now, call, from, reference),
            Input::Claimed { call, user, claim } => self.claimed(now, call, &user, claim),
            Input::RelayAnswer { leg, answer } if self.checks.is(leg.call) => {
                self.check_answered(leg.call, answer);
            }
            Input::RelayAnswer { leg, answer } => {
                self.on_call(now, leg.call, |call, out| call.relay_answered(leg.index, answer, out));
            }
            Input::Relay { leg, event } => {
                self.on_call(now, leg.call, |call, out| call.relay(now, leg.index, event, out));
            }
            Input::End { call, reason } => {
                self.on_call(now, call, |call, out| call.end(now, reason, None, out));
            }
            Input::Drain => self.draining = true,
            Input::Recover { events } => self.recover(now, events),
            Input::Tick => self.tick(now),
        }
        self.timers.announce(now, &mut self.out);
    }

    /// The next effect of the last input.
    pub fn poll(&mut self) -> Option<Effect> {
        self.out.0.pop_front()
    }

    /// How many calls, and attempts to place one, are going on. A draining node may stop at 0.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live.len() + self.attempts.len()
    }

    /// Whether no call is going on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let empty = self.len() == 0;
        debug_assert!(
            !empty || (self.by_user.is_empty() && self.timers.len() == self.checks.len()),
            "a call left something behind"
        );
        empty
    }

    /// The calls on record that have not ended, each with its caller and callee. For metrics and for the World.
    pub fn live(&self) -> impl Iterator<Item = (CallId, &UserAddress, &UserAddress)> {
        self.live.values().map(|call| (call.id, call.user(Role::Caller), call.user(Role::Callee)))
    }

    /// Who is in which call that is not on hold: at most one for each user. A call that waits for its callee does not
    /// count for them. For the World.
    pub fn engaged(&self) -> impl Iterator<Item = (CallId, &UserAddress)> {
        self.live.values().flat_map(|call| {
            let is_engaged = |role: &Role| match role {
                _ if call.side(*role).held => false,
                Role::Caller => true,
                Role::Callee => !call.is_waiting(),
            };
            let roles = [Role::Caller, Role::Callee].into_iter().filter(is_engaged);
            roles.map(|role| (call.id, call.user(role))).collect::<Vec<_>>()
        })
    }

    /// How many devices try their network.
    #[must_use]
    pub fn checks(&self) -> usize {
        self.checks.len()
    }

    /// Whose a call on record is, while it goes on.
    #[must_use]
    pub fn account_of(&self, call: CallId) -> Option<&AccountId> {
        self.live.get(&call).map(|call| &call.user(Role::Callee).account)
    }

    /// The calls on record of one account that have not ended, oldest first.
    pub fn live_of(&self, account: &AccountId) -> impl Iterator<Item = CallId> {
        self.live.values().filter(move |call| call.user(Role::Callee).account == *account).map(|call| call.id)
    }

    fn told(&mut self, now: Timestamp, from: Sender, message: ClientMessage) {
        let Some(id) = call_of(&message) else {
            return match message {
                ClientMessage::Place { .. } => self.place(now, from, message),
                ClientMessage::Check { reference, sdp } => self.check(now, &from, &reference, sdp),
                ClientMessage::CheckDone { reference } => self.check_done(&from, &reference),
                _ => {}
            };
        };
        if let ClientMessage::TakeOver { .. } = message {
            return self.take_over(now, id, &from);
        }
        let device = from.attendee.device;
        if self.live.contains_key(&id) {
            self.on_call(now, id, |call, out| call.told(now, &device, message, out));
        } else {
            self.ended.tell_again(id, &device, &mut self.out);
        }
    }

    /// Runs `f` on a live call and keeps the books that depend on it: its timer, and its retirement.
    fn on_call(&mut self, now: Timestamp, id: CallId, f: impl FnOnce(&mut Call, &mut Effects)) {
        let Some(call) = self.live.get_mut(&id) else { return };
        f(call, &mut self.out);
        self.keep_books(now, id);
    }

    fn keep_books(&mut self, now: Timestamp, id: CallId) {
        let Some(call) = self.live.get(&id) else { return };
        match call.farewells() {
            None => self.timers.set(id, call.deadline()),
            Some(farewells) => {
                self.ended.remember(now, id, farewells);
                self.timers.clear(id);
                if let Some(call) = self.live.remove(&id) {
                    self.unindex(call.user(Role::Caller), id);
                    self.unindex(call.user(Role::Callee), id);
                }
            }
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.ended.forget(now);
        while let Some(id) = self.timers.due(now) {
            if self.attempts.contains_key(&id) {
                self.attempt_due(now, id);
            } else if self.checks.is(id) {
                self.end_check(id);
            } else {
                self.on_call(now, id, |call, out| call.due(now, out));
            }
        }
    }

    fn index(&mut self, user: &UserAddress, call: CallId) {
        let calls = self.by_user.entry(user.clone()).or_default();
        if !calls.contains(&call) {
            calls.push(call);
        }
    }

    fn unindex(&mut self, user: &UserAddress, call: CallId) {
        if let Some(calls) = self.by_user.get_mut(user) {
            calls.retain(|other| *other != call);
            if calls.is_empty() {
                self.by_user.remove(user);
            }
        }
    }

    fn new_id(&mut self, now: Timestamp) -> CallId {
        let mut random = [0; 10];
        self.rng.fill_bytes(&mut random);
        CallId::new(now, random)
    }
}
