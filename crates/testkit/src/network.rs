//! Sockets between clients and nodes: they keep order, take their time, and break; sometimes only one end notices, or
//! neither.

use tring_calls::sessions::{self, Closed, ConnId, FreshSession, Seat, SignIn};
use tring_protocol::signal::{RelayInfo, Resume};
use tring_protocol::time::{Millis, Timestamp};

use crate::account::Account;
use crate::client;
use crate::node::{Input, NodeRef};
use crate::queue::{Down, Event, Up};
use crate::world::{Sabotage, World};

/// One socket.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) client: usize,
    pub(crate) page: u32,
    pub(crate) node: NodeRef,
    /// Nothing gets through any more.
    pub(crate) cut: bool,
    up_at: Timestamp,
    down_at: Timestamp,
}

/// How the server learns of a socket's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The page closed it in good order.
    Clean,
    Lost,
}

/// Who notices that a socket is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Both, after a while of their own.
    Both,
    /// Only the client.
    Client,
    /// Only the server.
    Server,
    /// Nobody: until a heartbeat is missed.
    Nobody,
}

impl World {
    /// Opens a socket for a client's page, to any node that is up, and says hello.
    pub(crate) fn connect(&mut self, client: usize, page: u32, resume: Option<Resume>) {
        let up: Vec<NodeRef> = self.nodes.iter().filter(|node| node.alive).map(|node| node.me).collect();
        let offline = self.clients[client].offline_until.is_some() || self.clients[client].paths.is_dark();
        // A client mostly comes back to the node it was on.
        let usual = up.iter().copied().find(|node| Some(node.node) == self.clients[client].usual_node);
        let node = match usual {
            Some(usual) if !self.dice.chance(15) => Some(usual),
            _ if up.is_empty() => None,
            _ => Some(up[self.dice.index(up.len())]),
        };
        let conn = ConnId(u64::try_from(self.wires.len()).unwrap_or(u64::MAX));
        let refused = offline || node.is_none();
        let node = node.unwrap_or(NodeRef { node: 0, life: u32::MAX });
        self.clients[client].wire = Some(conn);
        self.wires.push(Wire { client, page, node, cut: refused, up_at: self.now, down_at: self.now });
        if refused {
            let after = self.dice.millis(10, 1_000);
            self.queue.push(self.now + after, Event::ClosedAtClient { conn });
            return;
        }
        self.clients[client].usual_node = Some(node.node);
        self.send_up(conn, Up::Hello { resume });
    }

    pub(crate) fn send_up(&mut self, conn: ConnId, what: Up) {
        let delay = self.delay();
        let wire = self.wire(conn);
        if !wire.cut {
            wire.up_at = wire.up_at.max(delay);
            let at = wire.up_at;
            self.queue.push(at, Event::ToServer { conn, what });
        }
    }

    pub(crate) fn send_down(&mut self, conn: ConnId, what: Down) {
        let delay = self.delay();
        let wire = self.wire(conn);
        if !wire.cut {
            wire.down_at = wire.down_at.max(delay);
            let at = wire.down_at;
            self.queue.push(at, Event::ToClient { conn, what });
        }
    }

    fn delay(&mut self) -> Timestamp {
        let slow = self.dice.chance(5);
        self.now + if slow { self.dice.millis(100, 1_500) } else { self.dice.millis(1, 60) }
    }

    pub(crate) fn wire(&mut self, conn: ConnId) -> &mut Wire {
        let index = usize::try_from(conn.0).expect("a ConnId is an index of `wires`");
        &mut self.wires[index]
    }

    pub(crate) fn cut(&mut self, conn: ConnId, notice: Notice) {
        if std::mem::replace(&mut self.wire(conn).cut, true) {
            return;
        }
        if matches!(notice, Notice::Both | Notice::Client) {
            let after = self.dice.millis(0, 500);
            self.queue.push(self.now + after, Event::ClosedAtClient { conn });
        }
        if matches!(notice, Notice::Both | Notice::Server) {
            let after = self.dice.millis(0, 500);
            self.queue.push(self.now + after, Event::ClosedAtServer { conn, how: Break::Lost });
        }
    }

    /// The client closes its end.
    pub(crate) fn close_up(&mut self, conn: ConnId, how: Break) {
        let delay = self.delay();
        let wire = self.wire(conn);
        if !wire.cut {
            // What is on its way up still arrives before the end does.
            wire.up_at = wire.up_at.max(delay);
            let at = wire.up_at;
            self.queue.push(at, Event::ClosedAtServer { conn, how });
        }
    }

    pub(crate) fn at_server(&mut self, conn: ConnId, what: Up) {
        let wire = self.wire(conn);
        let (cut, node, client) = (wire.cut, wire.node, wire.client);
        if cut || self.nodes[node.node].me != node {
            return;
        }
        match what {
            Up::Frame(frame) => self.feed_life(node, Input::Sessions(sessions::Input::Frame { conn, frame })),
            Up::Hello { resume } => {
                let user = self.user(client).clone();
                let others = self.nodes.iter().filter(|other| other.alive && other.me != node);
                let elsewhere: Vec<Seat> = others.flat_map(|other| other.sessions.seats(&user)).collect();
                let account = Box::new(self.account.clone());
                let after = if self.nodes.len() > 1 { self.dice.millis(0, 20) } else { Millis::default() };
                self.queue.push(self.now + after, Event::SignIn { conn, resume, elsewhere, account });
            }
        }
    }

    pub(crate) fn sign_in(
        &mut self,
        conn: ConnId,
        resume: Option<Resume>,
        elsewhere: Vec<Seat>,
        account: &Account,
    ) {
        let wire = self.wire(conn);
        let (cut, node, client) = (wire.cut, wire.node, wire.client);
        if cut {
            return;
        }
        let input = sessions::Input::SignIn(Box::new(SignIn {
            conn,
            attendee: self.clients[client].attendee.clone(),
            settings: account.settings.clone(),
            branding: account.branding(),
            relay: RelayInfo::default(),
            proof: None,
            resume,
            fresh: FreshSession { name: format!("session-{}", conn.0), token: format!("token-{}", conn.0) },
            elsewhere,
            ice_servers: None,
        }));
        self.feed_life(node, Input::Sessions(input));
    }

    pub(crate) fn closed_at_server(&mut self, conn: ConnId, how: Break) {
        let node = self.wire(conn).node;
        let how = match how {
            Break::Clean => Closed::Leaving,
            Break::Lost => Closed::Lost,
        };
        self.feed_life(node, Input::Sessions(sessions::Input::Closed { conn, how }));
    }

    pub(crate) fn at_client(&mut self, conn: ConnId, what: Down) {
        let wire = self.wire(conn);
        if wire.cut {
            return;
        }
        match what {
            Down::Close => {
                wire.cut = true;
                self.closed_at_client(conn);
            }
            Down::Frame(frame) => {
                if self.strikes_frame(&frame) {
                    return;
                }
                self.page_input(conn, client::Input::Frame(frame));
            }
        }
    }

    pub(crate) fn closed_at_client(&mut self, conn: ConnId) {
        self.page_input(conn, client::Input::Closed);
    }

    fn strikes_frame(&mut self, frame: &tring_protocol::signal::ServerFrame) -> bool {
        matches!(frame, tring_protocol::signal::ServerFrame::Message { .. })
            && self.strikes(Sabotage::LoseFrame)
    }
}

impl World {
    /// The sockets that a node has open.
    pub(crate) fn wires_of(&self, node: NodeRef) -> Vec<ConnId> {
        let open = (0..).zip(&self.wires).filter(|(_, wire)| wire.node == node && !wire.cut);
        open.map(|(index, _)| ConnId(index)).collect()
    }
}
