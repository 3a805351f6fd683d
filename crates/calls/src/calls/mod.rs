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
//! | `talk` | audio: offers, the bridge, when both hear, mute, quality |
//! | `presence` | a device that goes away, comes back, or does not |
//! | `end` | the one end of a call, and who is told |
//! | `ended` | what is still known of a call afterwards |
//! | `recover` | the calls of a node that was lost |

mod attempt;
mod call;
mod end;
mod ended;
mod glare;
mod presence;
mod recover;
mod ring;
mod talk;
#[cfg(test)]
mod tests;
mod timers;

use std::collections::{BTreeMap, VecDeque};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tring_protocol::call::{CallEvent, CallRecord, LegQuality};
use tring_protocol::error::WireError;
use tring_protocol::ids::{CallId, DeviceAddress, LegId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ClientMessage, ServerMessage};
use tring_protocol::text::Sdp;
use tring_protocol::time::Timestamp;

use crate::bus::{Sender, ToCalls, ToSessions, call_of};
use attempt::Attempt;
use call::Call;
use ended::EndedCalls;
use timers::Timers;

/// What happens to the calls.
#[derive(Debug, Clone)]
pub enum Input {
    /// A message of a device's session, or of another call's home.
    Bus(ToCalls),
    /// The answer to [`Effect::Claim`].
    Claimed {
        /// The call that claimed.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
        /// Whether it was free.
        claim: Claim,
    },
    /// The relay's answer to [`Effect::OpenRelay`], in the order of the offers.
    RelayAnswer {
        /// Whose offer.
        leg: LegId,
        /// The SDP answer, or why there is none.
        answer: Result<Sdp, WireError>,
    },
    /// What the relay noticed of a leg.
    Relay {
        /// Which leg.
        leg: LegId,
        /// What.
        event: RelayEvent,
    },
    /// The business, or the operator, ends a call.
    End {
        /// Which call.
        call: CallId,
        /// Why.
        reason: EndReason,
    },
    /// The node takes no new calls from now on.
    Drain,
    /// The events of a call whose home was lost, as far as they were stored: it ends here as `node_lost`.
    Recover {
        /// All events of one call, in order.
        events: Vec<CallEvent>,
    },
    /// The time that [`Effect::Timer`] named has come.
    Tick,
}

/// Whether a slot could be claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It was free, or already this call's.
    Granted,
    /// Another call holds it.
    Taken {
        /// Which one.
        by: CallId,
        /// With whom the user is in it.
        with: UserAddress,
    },
}

/// What the relay notices of a leg. A leg's connection may be replaced by a later offer; that does not change the leg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RelayEvent {
    /// The connection is encrypted and ready.
    Keyed,
    /// The first audio packet of the leg was passed on to the other leg of its bridge.
    Heard,
    /// No audio has come from the leg for some seconds: since it was last heard or, for a bridged leg that was never
    /// heard, since the bridge.
    Silent,
    /// Audio comes again after [`RelayEvent::Silent`].
    Back,
    /// The connection failed; a new offer may replace it.
    Failed,
    /// How the leg sounded since the last such event. Windows may be of any length; they are added up.
    Quality(LegQuality),
}

/// What the shell shall do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Publish under the message's topic.
    ToSessions(ToSessions),
    /// Publish under the message's topic: to another call's home, which may be this node.
    ToCalls(ToCalls),
    /// Claim a user's slot for a call, by compare-and-swap. Answered by [`Input::Claimed`].
    Claim {
        /// For which call.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
        /// With whom the user will be in the call.
        with: UserAddress,
    },
    /// Free a user's slot if this call holds it.
    Release {
        /// Which call.
        call: CallId,
        /// Whose slot.
        user: UserAddress,
    },
    /// Hand a leg's SDP offer to the relay, which opens, replaces or restarts the leg's connection. Each is answered by
    /// one [`Input::RelayAnswer`], even if the leg was closed meanwhile.
    OpenRelay {
        /// Which leg.
        leg: LegId,
        /// The offer.
        offer: Sdp,
    },
    /// Pass audio between two open legs. Repeated when one of them was opened again.
    Bridge {
        /// The caller's.
        a: LegId,
        /// The callee's.
        b: LegId,
    },
    /// Close a leg's connection, or the one that is being opened.
    CloseRelay {
        /// Which leg.
        leg: LegId,
    },
    /// Hand in [`Input::Tick`] no later than this; replaces the former timer. It may turn out to be for nothing, when
    /// the call that it was meant for has ended.
    Timer(Timestamp),
    /// Append to the call's events. On disk before any frame of the round is sent.
    Log(CallEvent),
    /// The call has ended: write its record, and what follows from it, in one transaction.
    Finish(Box<CallRecord>),
}

/// The machine. One per node.
#[derive(Debug)]
pub struct Calls {
    rng: StdRng,
    draining: bool,
    attempts: BTreeMap<CallId, Attempt>,
    live: BTreeMap<CallId, Call>,
    by_user: BTreeMap<UserAddress, Vec<CallId>>,
    ended: EndedCalls,
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
            Input::Bus(ToCalls::Join { call, from, reference }) => self.join(now, call, from, reference),
            Input::Claimed { call, user, claim } => self.claimed(now, call, &user, claim),
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
            !empty || (self.by_user.is_empty() && self.timers.is_empty()),
            "a call left something behind"
        );
        empty
    }

    /// The calls on record that have not ended, each with its caller and callee. For metrics and for the World.
    pub fn live(&self) -> impl Iterator<Item = (CallId, &UserAddress, &UserAddress)> {
        self.live
            .values()
            .map(|call| (call.id, call.user(tring_protocol::signal::Role::Caller), &call.callee))
    }

    fn told(&mut self, now: Timestamp, from: Sender, message: ClientMessage) {
        let Some(id) = call_of(&message) else {
            if let ClientMessage::Place { .. } = message {
                self.place(now, from, message);
            }
            return;
        };
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
                    let Call { legs, callee, .. } = call;
                    self.unindex(&callee, id);
                    if let Some(leg) = legs.into_iter().next() {
                        self.unindex(&leg.attendee.device.user, id);
                    }
                }
            }
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.ended.forget(now);
        while let Some(id) = self.timers.due(now) {
            if self.attempts.contains_key(&id) {
                self.attempt_due(now, id);
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

/// The effects of the input at hand.
#[derive(Debug, Default)]
struct Effects(VecDeque<Effect>);

impl Effects {
    fn push(&mut self, effect: Effect) {
        self.0.push_back(effect);
    }

    fn deliver(&mut self, to: &DeviceAddress, message: ServerMessage) {
        self.push(Effect::ToSessions(ToSessions::Deliver { to: to.clone(), message }));
    }
}
