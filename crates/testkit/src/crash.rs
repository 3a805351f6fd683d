//! Nodes that die with everything they knew, and what the others make of it: the shell's part of node loss.

use tring_calls::calls;
use tring_protocol::time::Millis;

use crate::network::Notice;
use crate::node::{Input, Node, NodeRef};
use crate::queue::Event;
use crate::relay::Relay;
use crate::world::World;

impl World {
    pub(crate) fn crash(&mut self, node: usize, down: Millis) {
        if self.finale || !self.nodes[node].alive {
            return;
        }
        let me = self.nodes[node].me;
        self.nodes[node].alive = false;
        self.relays[node] = Relay::default();
        self.checker.troubled();
        for conn in self.wires_of(me) {
            let notice = if self.dice.chance(70) { Notice::Client } else { Notice::Nobody };
            self.cut(conn, notice);
        }
        let missed = self.dice.millis(1_500, 4_000);
        self.queue.push(self.now + missed, Event::NodeMissed { node: me });
        self.queue.push(self.now + down, Event::NodeUp { node });
    }

    pub(crate) fn node_up(&mut self, node: usize) {
        let me = NodeRef { node, life: self.nodes[node].me.life + 1 };
        self.nodes[node] = Node::new(me, self.dice.bytes());
        // What is on its way to the disk belongs to the life before.
        self.nodes[node].stored_at = self.now;
    }

    /// Some node that is up frees the lost one's slots and finishes its calls from the journal.
    pub(crate) fn node_missed(&mut self, lost: NodeRef) {
        self.buried.insert(lost);
        self.slots.release_all_of(lost);
        let Some(heir) = self.nodes.iter().find(|node| node.alive).map(|node| node.me) else {
            self.queue.push(self.now + Millis::seconds(1), Event::NodeMissed { node: lost });
            return;
        };
        for events in self.journal.inherit(lost, heir) {
            if let Some(event) = events.last() {
                self.homes.insert(event.call, heir);
            }
            self.feed_life(heir, Input::Calls(calls::Input::Recover { events }));
        }
    }
}
