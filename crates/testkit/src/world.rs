//! The clock and everything that there is. What happens is in the files beside this one.

use std::collections::{BTreeMap, BTreeSet};

use tring_calls::bus::Present;
use tring_calls::{calls, sessions};
use tring_protocol::ids::{CallId, UserAddress};
use tring_protocol::time::{Millis, Timestamp};

use crate::account::Account;
use crate::checker::Checker;
use crate::client::Client;
use crate::dice::Dice;
use crate::journal::Journal;
use crate::network::Wire;
use crate::node::{Homes, Input, Machine, Node, NodeRef, Round};
use crate::plan::Plan;
use crate::queue::{Event, Queue};
use crate::relay::Relay;
use crate::slots::Slots;

/// A fault that is put into a world to prove that its checker finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sabotage {
    /// None: the world is as it should be.
    #[default]
    None,
    /// The caller's slot is not freed.
    SwallowRelease,
    /// Slots are granted to whoever asks.
    GrantEverySlot,
    /// `answered` also goes to a device that did not win.
    DuplicateAnswer,
    /// The callee is told another reason than the caller.
    TwistReason,
    /// A leg's connection is not closed.
    SwallowClose,
    /// A record is written twice.
    DoubleFinish,
    /// Frames are sent although their events were not stored.
    ForgetJournal,
    /// One message of the server is lost between its machine and the socket.
    LoseFrame,
    /// The sessions of a node never hear of the time.
    StopSweeping,
    /// No node hears of the account's changes.
    StopWatching,
    /// Devices are told twice how their screens look.
    TellLooksTwice,
    /// Whoever holds a call keeps their slot.
    KeepSlotOnHold,
    /// The old device's connection stays open when a call has moved.
    KeepOldLeg,
    /// The connection of a network check is never closed.
    KeepEcho,
    /// Devices that were told of a call elsewhere are not told its end.
    ForgetElsewhere,
    /// One side's device is not told that the other holds the call.
    HideHold,
    /// A device is not told whose network is weak.
    HideWeakNetwork,
}

/// How often a fault strikes: at every third opportunity, so that calls still come about.
const STRIKES: u64 = 3;

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) now: Timestamp,
    pub(crate) dice: Dice,
    pub(crate) queue: Queue,
    pub(crate) nodes: Vec<Node>,
    pub(crate) homes: Homes,
    pub(crate) clients: Vec<Client>,
    pub(crate) wires: Vec<Wire>,
    pub(crate) slots: Slots,
    pub(crate) slots_reached_at: BTreeMap<usize, Timestamp>,
    pub(crate) journal: Journal,
    pub(crate) relays: Vec<Relay>,
    pub(crate) bus_at: BTreeMap<(usize, usize), Timestamp>,
    pub(crate) gathering: BTreeMap<CallId, Gathering>,
    /// The lives of nodes whose slots were freed: whatever of theirs is under way comes too late.
    pub(crate) buried: BTreeSet<NodeRef>,
    pub(crate) account: Account,
    pub(crate) checker: Checker,
    pub(crate) finale: bool,
    sabotage: Sabotage,
    opportunities: u64,
    trace: Option<Vec<String>>,
}

/// The answers to a `Find` so far.
#[derive(Debug)]
pub(crate) struct Gathering {
    pub(crate) asker: NodeRef,
    /// Tells this search of the call from others.
    pub(crate) search: u64,
    pub(crate) missing: usize,
    pub(crate) devices: Vec<Present>,
}

/// When every world begins; any moment will do.
const BEGINNING: u64 = 1_700_000_000_000;

impl World {
    pub(crate) fn new(plan: Plan, sabotage: Sabotage, traced: bool) -> Self {
        let mut dice = Dice::new(plan.seed ^ 0x5eed);
        let now = Timestamp::from_millis(BEGINNING);
        let nodes = (0..plan.nodes).map(|node| Node::new(NodeRef { node, life: 0 }, dice.bytes())).collect();
        let devices = plan.devices.iter().zip(&plan.interfaces);
        let clients = devices.map(|(device, count)| Client::new(device.clone(), *count)).collect();
        let relays = (0..plan.nodes).map(|_| Relay::default()).collect();
        let mut world = Self {
            now,
            dice,
            queue: Queue::default(),
            nodes,
            homes: Homes::new(),
            clients,
            wires: Vec::new(),
            slots: Slots::default(),
            slots_reached_at: BTreeMap::new(),
            journal: Journal::default(),
            relays,
            bus_at: BTreeMap::new(),
            gathering: BTreeMap::new(),
            buried: BTreeSet::new(),
            account: Account::new(plan.settings.clone()),
            checker: Checker::default(),
            finale: false,
            sabotage,
            opportunities: 0,
            trace: traced.then(Vec::new),
            plan,
        };
        for (after, action) in world.plan.actions.clone() {
            world.queue.push(now + after, Event::Act(action));
        }
        world.queue.push(now + world.plan.length + SETTLING, Event::Finale);
        world
    }

    /// Plays everything that happens until nothing is left to happen, or an invariant is broken.
    pub(crate) fn play(&mut self) {
        while let Some((at, event)) = self.queue.pop() {
            if self.is_idle_tick(&event) {
                continue;
            }
            self.now = at;
            self.note(|| format!("{event:?}"));
            self.happen(event);
            if !self.checker.violations().is_empty() {
                return;
            }
            if self.now > Timestamp::from_millis(BEGINNING) + self.plan.length + SETTLING + LAST_END {
                return self.checker.not_silent();
            }
        }
        self.check_silence();
    }

    /// A tick that was asked for by a call which has ended finds nothing to do.
    fn is_idle_tick(&self, event: &Event) -> bool {
        matches!(event, Event::NodeTimer { node, machine: Machine::Calls, .. }
            if self.nodes[node.node].calls.is_empty() && self.nodes[node.node].calls.checks() == 0)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(action) => self.act(action),
            Event::React { client, page, command } => self.react(client, page, command),
            Event::PageTimer { client, page } => self.page_timer(client, page),
            Event::Open { client } => self.open_page(client),
            Event::Online { client } => self.clients[client].offline_until = None,
            Event::PassesAgain { client, interface } => self.passes_again(client, interface),
            Event::ClosedAtClient { conn } => self.closed_at_client(conn),
            Event::ClosedAtServer { conn, how } => self.closed_at_server(conn, how),
            Event::ToServer { conn, what } => self.at_server(conn, what),
            Event::ToClient { conn, what } => self.at_client(conn, what),
            Event::SignIn { conn, resume, elsewhere, account } => {
                self.sign_in(conn, resume, elsewhere, &account);
            }
            Event::AccountFound { node } => self.account_found(node),
            Event::NodeTimer { node, machine, at } => self.node_timer(node, machine, at),
            Event::Stored { node, round } => self.stored(node, *round),
            Event::BusToSessions { node, message } => {
                self.feed(node, Input::Sessions(sessions::Input::Bus(message)));
            }
            Event::BusToCalls { node, message } => self.feed(node, Input::Calls(calls::Input::Bus(message))),
            Event::Claim { node, call, user, with } => self.claim(node, call, user, with),
            Event::Release { call, user } => self.slots.release(call, &user),
            Event::Claimed { node, call, user, claim } => {
                self.feed_life(node, Input::Calls(calls::Input::Claimed { call, user, claim }));
            }
            Event::FoundSome { call, devices } => self.found_some(call, devices),
            Event::FindTimeout { call, search } => {
                // A call searches more than once; only this search is over.
                if self.gathering.get(&call).is_some_and(|gathering| gathering.search == search) {
                    self.gathered(call);
                }
            }
            Event::RelayAnswer { node, leg, answer } => {
                self.feed_life(node, Input::Calls(calls::Input::RelayAnswer { leg, answer }));
            }
            Event::Relay { node, leg, opening, event } => self.relay_event(node, leg, opening, event),
            Event::NodeMissed { node } => self.node_missed(node),
            Event::NodeUp { node } => self.node_up(node),
            Event::Finale => self.finale(),
        }
    }

    /// Hands an input to a node, if it is alive.
    pub(crate) fn feed(&mut self, node: usize, input: Input) {
        if !self.nodes[node].alive {
            return;
        }
        let round = self.nodes[node].round(self.now, input, &mut self.homes);
        self.checker.live_calls(self.now, &self.nodes);
        self.store(node, round);
    }

    /// Hands an input to the life of a node that it is meant for.
    pub(crate) fn feed_life(&mut self, node: NodeRef, input: Input) {
        if self.nodes[node.node].me == node {
            self.feed(node.node, input);
        }
    }

    fn node_timer(&mut self, node: NodeRef, machine: Machine, at: Timestamp) {
        let here = &self.nodes[node.node];
        if here.me != node || !here.alive {
            return;
        }
        let (armed, input) = match machine {
            Machine::Sessions => (here.sessions_timer, Input::Sessions(sessions::Input::Tick)),
            Machine::Calls => (here.calls_timer, Input::Calls(calls::Input::Tick)),
        };
        let stopped = machine == Machine::Sessions && self.sabotage == Sabotage::StopSweeping;
        if armed == Some(at) && !stopped {
            self.feed(node.node, input);
        }
    }

    /// Writes the round's batch; what it wants to happen waits until that is done.
    fn store(&mut self, node: usize, round: Round) {
        let now = self.now;
        let here = &mut self.nodes[node];
        for &(machine, at) in &round.timers {
            match machine {
                Machine::Sessions => here.sessions_timer = Some(at),
                Machine::Calls => here.calls_timer = Some(at),
            }
            self.queue.push(at.max(now), Event::NodeTimer { node: here.me, machine, at });
        }
        if round.events.is_empty() && round.outward.is_empty() && round.samples.is_empty() {
            return;
        }
        let slow = if round.events.is_empty() { 0 } else { self.dice.between(0, 4) };
        let earlier = here.stored_at;
        here.stored_at = earlier.max(now + Millis::new(slow));
        let (at, node) = (here.stored_at, here.me);
        if at == now && earlier < now {
            self.stored(node, round);
        } else {
            self.queue.push(at, Event::Stored { node, round: Box::new(round) });
        }
    }

    fn stored(&mut self, node: NodeRef, round: Round) {
        if self.nodes[node.node].me != node || !self.nodes[node.node].alive {
            return;
        }
        let ended: Vec<_> = round.records.iter().map(|record| record.call).collect();
        if !self.strikes(Sabotage::ForgetJournal) {
            for event in round.events {
                if let Err(what) = self.journal.append(node, event) {
                    self.checker.ends_once(what);
                }
            }
            for record in round.records {
                self.check_ring_timeout(&record);
                let twice = self.strikes(Sabotage::DoubleFinish);
                for _ in 0..=u8::from(twice) {
                    if let Err(what) = self.journal.finish(record.clone()) {
                        self.checker.ends_once(what);
                    }
                }
            }
        }
        for (call, sample) in round.samples {
            if let Err(what) = self.journal.sample(call, sample) {
                self.checker.sampled_wrongly(what);
            }
        }
        for outward in round.outward {
            self.carry(node, outward);
        }
        for call in ended {
            if let Some(leg) = self.relays[node.node].legs().find(|leg| leg.call == call) {
                self.checker.left_over(format!("{leg:?} is open after the end of its call"));
            }
        }
    }

    /// Whether the fault of this world strikes now.
    pub(crate) fn strikes(&mut self, sabotage: Sabotage) -> bool {
        if self.sabotage != sabotage {
            return false;
        }
        self.opportunities += 1;
        self.opportunities.is_multiple_of(STRIKES)
    }

    pub(crate) fn is_sabotaged_by(&self, sabotage: Sabotage) -> bool {
        self.sabotage == sabotage
    }

    /// Whether what the plan says is not over yet: people begin nothing new afterwards, so that all comes to rest.
    pub(crate) fn is_early(&self) -> bool {
        self.now < Timestamp::from_millis(BEGINNING) + self.plan.length
    }

    /// Writes a line of the trace, if there is one.
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let at = self.now.as_millis() - BEGINNING;
            trace.push(format!(
                "{:>9.3} {}",
                f64::from(u32::try_from(at).unwrap_or(u32::MAX)) / 1000.0,
                line()
            ));
        }
    }

    pub(crate) fn take_trace(&mut self) -> Vec<String> {
        self.trace.take().unwrap_or_default()
    }

    pub(crate) fn user(&self, client: usize) -> &UserAddress {
        &self.clients[client].attendee.device.user
    }
}

/// How long nothing new happens before everybody leaves: every call is then ended or in conversation.
const SETTLING: Millis = Millis::seconds(75);
/// How long after everybody has left something may still happen: the longest grace period, and the silence after it.
const LAST_END: Millis = Millis::seconds(200);
