//! A stand-in for the audio path: it answers offers, hears most legs, and notices when a page is gone.

use std::collections::BTreeMap;

use tring_calls::calls::{self, RelayEvent};
use tring_protocol::call::LegQuality;
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::LegId;
use tring_protocol::text::Sdp;
use tring_protocol::time::Millis;

use crate::node::{Input, NodeRef};
use crate::queue::Event;
use crate::world::World;

/// How often a leg that is heard is measured: rarely, because each time is something that happens.
const WINDOW: Millis = Millis::seconds(6);

#[derive(Debug, Default)]
pub(crate) struct Relay {
    legs: BTreeMap<LegId, Connection>,
    openings: u64,
}

#[derive(Debug)]
struct Connection {
    opening: u64,
    /// Whose page is at the other end.
    client: usize,
    page: u32,
    /// By which of its interfaces it goes.
    interface: usize,
    /// Whether audio ever comes of it, and may be passed on.
    works: bool,
    bridged: bool,
}

impl Relay {
    pub(crate) fn close(&mut self, leg: LegId) {
        self.legs.remove(&leg);
    }

    pub(crate) fn unbridge(&mut self, a: LegId, b: LegId) {
        for leg in [a, b] {
            if let Some(connection) = self.legs.get_mut(&leg) {
                connection.bridged = false;
            }
        }
    }

    pub(crate) fn legs(&self) -> impl Iterator<Item = LegId> {
        self.legs.keys().copied()
    }
}

/// The SDP of a simulated page; it says whose it is, so that the relay knows when it is gone.
pub(crate) fn offer(client: usize, page: u32) -> Sdp {
    Sdp::parse(&format!("offer {client} {page}")).expect("an offer written here is an SDP")
}

fn read_offer(offer: &Sdp) -> Option<(usize, u32)> {
    let mut words = offer.as_str().split(' ').skip(1);
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

impl World {
    pub(crate) fn open_relay(&mut self, node: NodeRef, leg: LegId, offer: &Sdp) {
        let Some((client, page)) = read_offer(offer) else { return };
        let refused = self.dice.chance(2);
        let works = !self.dice.chance(self.plan.deaf_percent);
        let interface = self.clients[client].paths.using;
        let relay = &mut self.relays[node.node];
        relay.openings += 1;
        let opening = relay.openings;
        let answer = if refused {
            Err(ErrorCode::MediaOfferRefused.into())
        } else {
            relay.legs.insert(leg, Connection { opening, client, page, interface, works, bridged: false });
            Sdp::parse("answer").map_err(|_| ErrorCode::Internal.into())
        };
        let at = self.now + Millis::new(2);
        self.queue.push(at, Event::RelayAnswer { node, leg, answer });
        if works && !refused {
            let keyed = self.now + self.dice.millis(20, 400);
            self.queue.push(keyed, Event::Relay { node, leg, opening, event: RelayEvent::Keyed });
            // A call that is already bridged goes on with the new connection.
            let heard = self.now + self.dice.millis(410, 600);
            self.queue.push(heard, Event::Relay { node, leg, opening, event: RelayEvent::Back });
        }
    }

    pub(crate) fn bridge(&mut self, node: NodeRef, a: LegId, b: LegId) {
        for leg in [a, b] {
            let Some(connection) = self.relays[node.node].legs.get_mut(&leg) else { continue };
            connection.bridged = true;
            let Some(connection) = self.relays[node.node].legs.get(&leg) else { continue };
            let (opening, works) = (connection.opening, connection.works && self.is_open(connection));
            let (after, event) = if works {
                (self.dice.millis(20, 700), RelayEvent::Heard)
            } else {
                (Millis::seconds(5), RelayEvent::Silent)
            };
            self.queue.push(self.now + after, Event::Relay { node, leg, opening, event });
        }
    }

    pub(crate) fn relay_event(&mut self, node: NodeRef, leg: LegId, opening: u64, event: RelayEvent) {
        if self.nodes[node.node].me != node {
            return;
        }
        let Some(connection) = self.relays[node.node].legs.get(&leg) else { return };
        let open = self.is_open(connection);
        let possible = match event {
            RelayEvent::Keyed | RelayEvent::Back => open,
            RelayEvent::Heard => open && connection.bridged,
            RelayEvent::Silent => !open || !connection.works,
            RelayEvent::Moved | RelayEvent::Failed | RelayEvent::Quality(_) => true,
        };
        if connection.opening != opening || !possible {
            return;
        }
        self.feed_life(node, Input::Calls(calls::Input::Relay { leg, event }));
        if matches!(event, RelayEvent::Heard | RelayEvent::Quality(_)) {
            let window = LegQuality {
                packets: 50,
                lost: self.lost_of(leg),
                jitter: 3.0,
                rtt: Some(40.0),
                mos: Some(4.1),
                ..LegQuality::default()
            };
            let next = self.now + WINDOW;
            self.queue.push(next, Event::Relay { node, leg, opening, event: RelayEvent::Quality(window) });
        }
    }

    /// What is missing of a leg now: of every third one, in turns of 20 seconds, too much.
    fn lost_of(&self, leg: LegId) -> u32 {
        let turn = self.now.as_millis() / 20_000;
        if (turn + u64::from(leg.index)).is_multiple_of(3) { 10 } else { 1 }
    }

    /// A page is gone, or its audio breaks: its legs fall silent.
    pub(crate) fn silence(&mut self, client: usize, page: u32, event: RelayEvent) {
        for node in 0..self.nodes.len() {
            let here = self.nodes[node].me;
            let legs = self.relays[node].legs.iter();
            let legs = legs.filter(|(_, connection)| (connection.client, connection.page) == (client, page));
            let legs: Vec<_> = legs.map(|(leg, connection)| (*leg, connection.opening)).collect();
            for (leg, opening) in legs {
                let after = self.dice.millis(3_000, 6_000);
                self.queue.push(self.now + after, Event::Relay { node: here, leg, opening, event });
            }
        }
    }

    /// The connections of a device that go by one of its interfaces, and whether they are bridged.
    pub(crate) fn connections(&self, client: usize, interface: usize) -> Vec<(NodeRef, LegId, u64, bool)> {
        let mut connections = Vec::new();
        for (node, relay) in self.nodes.iter().zip(&self.relays) {
            let legs = relay.legs.iter();
            let legs = legs.filter(|(_, it)| (it.client, it.interface) == (client, interface) && it.works);
            connections.extend(legs.map(|(leg, it)| (node.me, *leg, it.opening, it.bridged)));
        }
        connections
    }

    fn is_open(&self, connection: &Connection) -> bool {
        let client = &self.clients[connection.client];
        let is_there = client.page.as_ref().is_some_and(|page| page.number == connection.page);
        is_there && client.paths.passes(connection.interface)
    }
}
