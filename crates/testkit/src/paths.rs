//! How devices reach the servers: by one interface or two, of which one is used. An interface may go away or pass
//! nothing, for a while; the socket that went by it is then half open, the audio falls silent, and the page moves both
//! to the other interface if there is one. A NAT may give a device another address without its knowing.

use tring_calls::calls::RelayEvent;
use tring_protocol::limits::MEDIA_STALL;
use tring_protocol::time::Millis;

use crate::client::Command;
use crate::network::Notice;
use crate::queue::Event;
use crate::world::World;

/// The interfaces of a device.
#[derive(Debug)]
pub(crate) struct Paths {
    passes: Vec<bool>,
    /// The one that new connections go by.
    pub(crate) using: usize,
}

/// What happens to an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is gone, and its device knows.
    Gone,
    /// It is there, and nothing passes.
    Blackhole,
}

impl Paths {
    pub(crate) fn new(interfaces: usize) -> Self {
        Self { passes: vec![true; interfaces], using: 0 }
    }

    pub(crate) fn passes(&self, interface: usize) -> bool {
        self.passes.get(interface).copied().unwrap_or_default()
    }

    /// Whether the device is cut off.
    pub(crate) fn is_dark(&self) -> bool {
        !self.passes.contains(&true)
    }

    fn switch(&mut self) {
        if let Some(other) = self.passes.iter().position(|passes| *passes) {
            self.using = other;
        }
    }
}

impl World {
    pub(crate) fn trouble(&mut self, client: usize, trouble: Trouble, length: Millis) {
        let paths = &mut self.clients[client].paths;
        let interface = paths.using;
        if !paths.passes(interface) {
            return;
        }
        paths.passes[interface] = false;
        let knows = trouble == Trouble::Gone && !paths.is_dark();
        self.checker.switched += u64::from(!paths.is_dark());
        paths.switch();
        self.queue.push(self.now + length, Event::PassesAgain { client, interface });
        if let Some(conn) = self.clients[client].wire {
            self.cut(conn, if knows { Notice::Client } else { Notice::Nobody });
        }
        self.falls_silent(client, interface);
        if let Some(page) = &self.clients[client].page {
            let noticed = self.now + MEDIA_STALL + self.dice.millis(0, 300);
            let command = Command::PathLost;
            self.queue.push(noticed, Event::React { client, page: page.number, command });
        }
    }

    pub(crate) fn passes_again(&mut self, client: usize, interface: usize) {
        let paths = &mut self.clients[client].paths;
        paths.passes[interface] = true;
        if !paths.passes(paths.using) {
            paths.using = interface;
        }
        for (node, leg, opening, bridged) in self.connections(client, interface) {
            let after = self.dice.millis(20, 300);
            let event = if bridged { RelayEvent::Heard } else { RelayEvent::Back };
            self.queue.push(self.now + after, Event::Relay { node, leg, opening, event });
        }
    }

    /// The device's NAT forgets it: the relay hears it from another address, and its socket is dead.
    pub(crate) fn rebind(&mut self, client: usize) {
        let interface = self.clients[client].paths.using;
        for (node, leg, opening, _) in self.connections(client, interface) {
            let after = self.dice.millis(20, 200);
            self.queue.push(self.now + after, Event::Relay { node, leg, opening, event: RelayEvent::Moved });
        }
        if let Some(conn) = self.clients[client].wire
            && self.dice.chance(70)
        {
            self.cut(conn, Notice::Nobody);
        }
    }

    fn falls_silent(&mut self, client: usize, interface: usize) {
        for (node, leg, opening, _) in self.connections(client, interface) {
            let after = self.dice.millis(3_000, 6_000);
            self.queue.push(self.now + after, Event::Relay { node, leg, opening, event: RelayEvent::Silent });
        }
    }
}
