//! What leaves a node's round: frames, bus messages, and what is asked of slots and relay. The bus keeps the order
//! between two nodes and no other.

use serde_json::{from_str, to_string};
use tring_calls::bus::{Present, ToCalls, ToSessions, Topic};
use tring_calls::calls::{self, Claim, Effect};
use tring_protocol::call::CallEventKind;
use tring_protocol::ids::{CallId, LegId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{ServerFrame, ServerMessage, WithdrawnReason};
use tring_protocol::time::{Millis, Timestamp};

use crate::node::{Input, NodeRef, Outward};
use crate::queue::{Down, Event};
use crate::world::{Gathering, Sabotage, World};

/// How long a node waits for the others' answers to a `Find`.
const FIND_TIMEOUT: Millis = Millis::new(400);

impl World {
    pub(crate) fn carry(&mut self, from: NodeRef, outward: Outward) {
        self.note(|| format!("    {} {outward:?}", from.node));
        match outward {
            Outward::Send { conn, mut frame } => {
                if let ServerFrame::Message { body, .. } = &mut frame {
                    self.twist(body);
                }
                self.send_down(conn, Down::Frame(frame));
            }
            Outward::Close { conn } => self.send_down(conn, Down::Close),
            Outward::ToSessions(ToSessions::Find { call, user }) => self.find(from, call, user),
            Outward::ToSessions(message) => self.publish_to_sessions(from, message),
            Outward::ToCalls(ToCalls::Found { call, devices }) => {
                let at = self.bus(from.node, self.home(call).map_or(from.node, |home| home.node));
                self.queue.push(at, Event::FoundSome { call, devices });
            }
            Outward::ToCalls(message) => self.publish_to_calls(from, message),
            Outward::Ask(effect) => self.ask(from, effect),
        }
    }

    fn publish_to_sessions(&mut self, from: NodeRef, message: ToSessions) {
        for node in 0..self.nodes.len() {
            if node != from.node {
                let at = self.bus(from.node, node);
                let message = self.across(&message);
                self.queue.push(at, Event::BusToSessions { node, message });
            }
        }
    }

    fn publish_to_calls(&mut self, from: NodeRef, message: ToCalls) {
        let to: Vec<usize> = match message.topic() {
            Topic::Call(id) => self.home(id).map(|home| home.node).into_iter().collect(),
            _ => (0..self.nodes.len()).filter(|node| *node != from.node).collect(),
        };
        for node in to {
            let at = self.bus(from.node, node);
            let message = self.across(&message);
            self.queue.push(at, Event::BusToCalls { node, message });
        }
    }

    /// The node that listens to a call's topic, if that life of it goes on.
    pub(crate) fn home(&self, call: CallId) -> Option<NodeRef> {
        let home = *self.homes.get(&call)?;
        (self.nodes[home.node].me == home).then_some(home)
    }

    /// When a bus message of `from` reaches `to`: never before an earlier one.
    fn bus(&mut self, from: usize, to: usize) -> Timestamp {
        let at = if from == to { self.now } else { self.now + self.dice.millis(0, 40) };
        let floor = self.bus_at.entry((from, to)).or_default();
        *floor = at.max(*floor);
        *floor
    }

    /// In some worlds every bus message is written and read again, as a real bus would.
    fn across<M: Clone + serde::Serialize + serde::de::DeserializeOwned>(&mut self, message: &M) -> M {
        if !self.plan.seed.is_multiple_of(16) {
            return message.clone();
        }
        let written = to_string(message).expect("a bus message can be written");
        match from_str(&written) {
            Ok(read) => read,
            Err(error) => {
                self.checker.unreadable(format!("{written}: {error}"));
                message.clone()
            }
        }
    }

    fn find(&mut self, asker: NodeRef, call: CallId, user: UserAddress) {
        let alive: Vec<usize> =
            self.nodes.iter().filter(|node| node.alive).map(|node| node.me.node).collect();
        let search = self.queue.made();
        self.gathering.insert(call, Gathering { asker, search, missing: alive.len(), devices: Vec::new() });
        for node in alive {
            let at = self.bus(asker.node, node);
            let message = ToSessions::Find { call, user: user.clone() };
            self.queue.push(at, Event::BusToSessions { node, message });
        }
        if self.nodes.len() > 1 {
            self.queue.push(self.now + FIND_TIMEOUT, Event::FindTimeout { call, search });
        }
    }

    pub(crate) fn found_some(&mut self, call: CallId, devices: Vec<Present>) {
        let Some(gathering) = self.gathering.get_mut(&call) else { return };
        gathering.devices.extend(devices);
        gathering.missing -= 1;
        if gathering.missing == 0 {
            self.gathered(call);
        }
    }

    pub(crate) fn gathered(&mut self, call: CallId) {
        if let Some(Gathering { asker, devices, .. }) = self.gathering.remove(&call) {
            self.feed_life(asker, Input::Calls(calls::Input::Bus(ToCalls::Found { call, devices })));
        }
    }

    fn ask(&mut self, from: NodeRef, effect: Effect) {
        match effect {
            Effect::Claim { call, user, with } => {
                let at = self.slots_reached(from.node);
                self.queue.push(at, Event::Claim { node: from, call, user, with });
            }
            Effect::Release { call, user } => {
                let at = self.slots_reached(from.node);
                let kept = self.is_sabotaged_by(Sabotage::KeepSlotOnHold) && self.is_live(from, call);
                if !kept && !self.strikes(Sabotage::SwallowRelease) {
                    self.queue.push(at, Event::Release { call, user });
                }
            }
            Effect::OpenRelay { leg, offer } => self.open_relay(from, leg, &offer),
            Effect::Bridge { a, b } => self.bridge(from, a, b),
            Effect::Unbridge { a, b } => self.relays[from.node].unbridge(a, b),
            // Nobody listens to what a check sends back.
            Effect::Echo { .. } => {}
            Effect::CloseRelay { leg } => {
                if !self.keeps_open(from, leg) && !self.strikes(Sabotage::SwallowClose) {
                    self.relays[from.node].close(leg);
                }
            }
            Effect::ToSessions(_)
            | Effect::ToCalls(_)
            | Effect::Timer(_)
            | Effect::Log(_)
            | Effect::Sample(..)
            | Effect::Finish(_) => {}
        }
    }

    fn is_live(&self, node: NodeRef, call: CallId) -> bool {
        self.nodes[node.node].calls.live().any(|(live, ..)| live == call)
    }

    /// Whether the fault of this world keeps a connection open that is to be closed.
    fn keeps_open(&self, node: NodeRef, leg: LegId) -> bool {
        let kept = self.journal.get(leg.call);
        let moved = |what: &CallEventKind| matches!(what, CallEventKind::TakenOver { from, .. } if *from == leg.index);
        (self.is_sabotaged_by(Sabotage::KeepEcho) && kept.is_none())
            || (self.is_sabotaged_by(Sabotage::KeepOldLeg)
                && self.is_live(node, leg.call)
                && kept.is_some_and(|kept| kept.has(moved)))
    }

    fn slots_reached(&mut self, node: usize) -> Timestamp {
        let far = self.nodes.len() > 1;
        let at = if far { self.now + self.dice.millis(0, 30) } else { self.now };
        let floor = self.slots_reached_at.entry(node).or_default();
        *floor = at.max(*floor);
        *floor
    }

    pub(crate) fn claim(&mut self, node: NodeRef, call: CallId, user: UserAddress, with: UserAddress) {
        if self.buried.contains(&node) {
            return;
        }
        let everything = self.is_sabotaged_by(Sabotage::GrantEverySlot);
        let claim =
            if everything { Claim::Granted } else { self.slots.claim(node, call, user.clone(), with) };
        let mut at = self.slots_reached(node.node);
        if self.plan.slow_slots && self.dice.chance(15) {
            at = at + self.dice.millis(8_000, 14_000);
            self.checker.troubled();
        }
        self.queue.push(at, Event::Claimed { node, call, user, claim });
    }

    /// Puts the fault of a sabotaged world into what a device is told.
    fn twist(&mut self, body: &mut ServerMessage) {
        match body {
            ServerMessage::Ended { reason, status, .. } if self.strikes(Sabotage::TwistReason) => {
                *reason = EndReason::Internal;
                *status = reason.status();
            }
            ServerMessage::Withdrawn { call_id, reason: WithdrawnReason::AnsweredElsewhere }
                if self.strikes(Sabotage::DuplicateAnswer) =>
            {
                *body = ServerMessage::Answered { call_id: *call_id, at: self.now };
            }
            ServerMessage::ElsewhereEnded { call_id } if self.strikes(Sabotage::ForgetElsewhere) => {
                *body = ServerMessage::PeerBack { call_id: *call_id };
            }
            ServerMessage::Network { call_id, .. } if self.strikes(Sabotage::HideWeakNetwork) => {
                *body = ServerMessage::PeerBack { call_id: *call_id };
            }
            ServerMessage::PeerHeld { call_id, .. } if self.strikes(Sabotage::HideHold) => {
                *body = ServerMessage::PeerBack { call_id: *call_id };
            }
            _ => {}
        }
    }
}
