//! Ways by TURN in virtual time, against a server that does what RFC 8656 says.

pub(crate) mod server;

use super::*;
use crate::peer::tests::beginning;
use server::{Said, Scripted};
use turn_client_proto::types::message::{ALLOCATE, REFRESH};
use turn_client_proto::types::stun::attribute::{AlternateServer, ErrorCode};
use turn_client_proto::types::stun::message::{
    Message, MessageClass, MessageType, MessageWriteVec, TransactionId,
};
use turn_client_proto::types::stun::prelude::{MessageWrite, MessageWriteExt};

const SERVER: &str = "198.51.100.7:3478";
/// Those of the servers called `busy`, which are there only to send devices on.
const BUSY: &str = "198.51.100.8:3478";
const BUSY_TOO: &str = "198.51.100.9:3478";
const DEVICE: &str = "10.0.0.5:6000";
const RELAY: &str = "192.0.2.1:4000";
const MINUTE: Duration = Duration::from_secs(60);

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn turn_server(host: &str, username: &str) -> TurnServer {
    TurnServer {
        host: host.to_owned(),
        port: 3478,
        transport: TurnTransport::Udp,
        instead: None,
        username: username.to_owned(),
        credential: "hush".to_owned(),
    }
}

struct Lab {
    now: Instant,
    ways: Ways,
    server: Scripted,
    /// Ways that were asked for, by the server's name, and the port of each that is open.
    opened: Vec<(WayId, String)>,
    /// Where ways that are open lead.
    places: Vec<(WayId, SocketAddr)>,
    /// Who sends devices on, and where.
    sends_on: Vec<(SocketAddr, SocketAddr)>,
    /// Whether they are somebody else, who has not seen the request.
    guesses: bool,
    closed: Vec<WayId>,
    allocated: Vec<SocketAddr>,
    gone: Vec<SocketAddr>,
    heard: Vec<(SocketAddr, Vec<u8>)>,
    relay_heard: Vec<(SocketAddr, Vec<u8>)>,
}

impl Lab {
    /// The server called `alive` answers, the one called `busy` as `sends_on` says; all others are not there.
    fn new(policy: Turn, servers: Vec<TurnServer>) -> Self {
        let now = beginning();
        Self {
            now,
            ways: Ways::new(policy, servers),
            server: Scripted::new(now, address(SERVER), &["anita", "anita again"]),
            opened: Vec::new(),
            places: Vec::new(),
            sends_on: Vec::new(),
            guesses: false,
            closed: Vec::new(),
            allocated: Vec::new(),
            gone: Vec::new(),
            heard: Vec::new(),
            relay_heard: Vec::new(),
        }
    }

    /// One whose way by the server `alive` is up.
    fn up() -> Self {
        let mut lab = Self::new(Turn::Only, vec![turn_server("alive", "anita")]);
        lab.ways.answered(lab.now, "");
        lab.pass(Duration::from_secs(1));
        assert_eq!(lab.allocated.len(), 1);
        lab
    }

    fn pass(&mut self, length: Duration) {
        let end = self.now + length;
        loop {
            self.settle();
            match self.ways.deadline().filter(|at| *at <= end) {
                Some(at) => self.now = self.now.max(at),
                None => break,
            }
            self.ways.tick(self.now);
        }
        self.now = end;
    }

    fn settle(&mut self) {
        loop {
            let Some(told) = self.ways.poll() else {
                let said = self.server.take(self.now);
                if said.is_empty() {
                    return;
                }
                said.into_iter().for_each(|said| self.carry(said));
                continue;
            };
            match told {
                Told::Wanted(Wanted::Open(id, server)) => {
                    let place = match (server.instead, server.host.as_str()) {
                        (Some(place), _) => Some(place),
                        (None, "alive") => Some(address(SERVER)),
                        (None, "busy") => Some(address(BUSY)),
                        _ => None,
                    };
                    self.opened.push((id, server.host));
                    if let Some(server) = place {
                        self.places.push((id, server));
                        let local = Self::device(id);
                        self.ways.handle(self.now, &News::Opened { id, local, server });
                    }
                }
                Told::Wanted(Wanted::Send(id, message)) => {
                    let place = self.places.iter().find(|(of, _)| *of == id).map(|(_, place)| *place);
                    let sends_on = self.sends_on.iter().find(|(from, _)| Some(*from) == place);
                    if let Some((_, to)) = sends_on {
                        let answer = sent_on(&message, *to, self.guesses);
                        self.ways.handle(self.now, &News::Received { id, message: &answer });
                    } else {
                        self.server.hear_client(self.now, Self::device(id), &message);
                    }
                }
                Told::Wanted(Wanted::Close(id)) => self.closed.push(id),
                Told::Allocated { relayed, .. } => self.allocated.push(relayed),
                Told::Gone(relayed) => self.gone.push(relayed),
                Told::Received { source, bytes, .. } => self.heard.push((source, bytes)),
            }
        }
    }

    fn carry(&mut self, said: Said) {
        match said {
            Said::ToClient { client, message } => {
                let id = WayId(u32::from(client.port() - address(DEVICE).port()));
                self.ways.handle(self.now, &News::Received { id, message: &message });
            }
            Said::ToOther { destination, bytes, .. } => self.relay_heard.push((destination, bytes)),
        }
    }

    /// Each way has a socket of its own.
    fn device(id: WayId) -> SocketAddr {
        let base = address(DEVICE);
        SocketAddr::new(base.ip(), base.port() + u16::try_from(id.0).unwrap())
    }

    fn say(&mut self, relayed: SocketAddr, bytes: &[u8]) {
        self.ways.used(relayed);
        self.ways.send(self.now, relayed, address(RELAY), bytes);
        self.settle();
    }

    /// Whether what the relay sends to `relayed` arrives.
    fn is_heard(&mut self, relayed: SocketAddr, bytes: &[u8]) -> bool {
        self.server.hear_other(self.now, address(RELAY), relayed, bytes);
        self.settle();
        self.heard.pop() == Some((address(RELAY), bytes.to_vec()))
    }
}

#[test]
fn servers_are_asked_once_the_direct_ways_have_had_their_time() {
    let mut lab = Lab::new(Turn::Fallback, vec![turn_server("alive", "anita")]);
    lab.ways.answered(lab.now, "");
    lab.pass(TURN_AFTER - Duration::from_millis(1));
    assert_eq!(lab.opened, []);
    lab.pass(Duration::from_millis(200));
    assert_eq!((lab.opened.len(), lab.allocated.len()), (1, 1));
    assert_eq!(lab.ways.path(lab.allocated[0]), Some(MediaPath::TurnUdp));
}

#[test]
fn servers_are_not_asked_where_a_direct_way_works_or_nobody_wants_them() {
    let mut direct = Lab::new(Turn::Fallback, vec![turn_server("alive", "anita")]);
    direct.ways.answered(direct.now, "");
    direct.pass(TURN_AFTER / 2);
    direct.ways.connected(direct.now);
    let mut never = Lab::new(Turn::Never, vec![turn_server("alive", "anita")]);
    never.ways.answered(never.now, "");
    for mut lab in [direct, never] {
        lab.pass(MINUTE);
        assert_eq!(lab.opened, []);
        assert_eq!(lab.ways.deadline(), None);
    }
}

#[test]
fn what_leaves_the_relayed_address_arrives_and_answers_come_back() {
    let mut lab = Lab::up();
    let relayed = lab.allocated[0];
    assert!(!lab.is_heard(relayed, b"\x80 before anybody was permitted"));
    for packet in [&b"\x01check"[..], b"\x80one", b"\x80two and odd"] {
        lab.say(relayed, packet);
        lab.pass(Duration::from_millis(200));
    }
    let packets: Vec<_> = lab.relay_heard.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    assert_eq!(packets, [&b"\x01check"[..], b"\x80one", b"\x80two and odd"]);
    assert!(lab.relay_heard.iter().all(|(destination, _)| *destination == address(RELAY)));
    assert!(lab.is_heard(relayed, b"\x80back"));
}

#[test]
fn a_call_of_two_hours_loses_neither_address_nor_permission_nor_channel() {
    let mut lab = Lab::up();
    lab.server.forget_nonces_after(MINUTE * 7);
    let relayed = lab.allocated[0];
    for minute in 0..120_u8 {
        lab.say(relayed, &[0x80, minute]);
        lab.pass(MINUTE);
        assert!(lab.is_heard(relayed, &[0x80, minute]), "minute {minute}");
    }
    assert_eq!(lab.relay_heard.len(), 120);
    assert_eq!((lab.server.allocated(), lab.gone.len()), (1, 0));
}

#[test]
fn what_is_not_in_use_when_the_connection_has_settled_is_given_back() {
    let servers =
        vec![turn_server("alive", "anita"), TurnServer { port: 1, ..turn_server("alive", "anita") }];
    let mut lab = Lab::new(Turn::Only, servers);
    lab.ways.answered(lab.now, "");
    lab.pass(Duration::from_secs(1));
    let [kept, left] = lab.allocated[..] else { panic!("{:?}", lab.allocated) };
    for relayed in [left, kept] {
        lab.say(relayed, b"\x80one");
        lab.pass(Duration::from_millis(200));
    }
    lab.ways.connected(lab.now);
    lab.pass(SETTLED_AFTER);
    assert_eq!((lab.gone.as_slice(), lab.closed.len()), ([left].as_slice(), 1));
    assert!(lab.is_heard(kept, b"\x80still") && !lab.is_heard(left, b"\x80gone"));

    lab.ways.close();
    lab.settle();
    assert_eq!(lab.closed.len(), 2);
    assert!(!lab.is_heard(kept, b"\x80gone too"), "the server has it back");
    assert_eq!(lab.ways.deadline(), None);
}

#[test]
fn a_server_that_is_dead_costs_nothing_but_itself() {
    let mut lab = Lab::new(Turn::Only, vec![turn_server("dead", "anita"), turn_server("alive", "anita")]);
    lab.ways.answered(lab.now, "");
    lab.pass(Duration::from_secs(1));
    assert_eq!((lab.opened.len(), lab.allocated.len(), lab.closed.len()), (2, 1, 0));
    lab.pass(OPEN_PATIENCE);
    assert_eq!(lab.closed, [lab.opened[0].0]);
    lab.pass(MINUTE);
    assert_eq!(lab.opened.len(), 2, "it is not asked again");
}

#[test]
fn who_is_refused_tries_again_with_new_credentials_and_not_before() {
    let mut lab = Lab::new(Turn::Only, vec![turn_server("alive", "somebody")]);
    lab.ways.answered(lab.now, "");
    lab.pass(MINUTE);
    assert_eq!((lab.opened.len(), lab.closed.len(), lab.allocated.len()), (1, 1, 0));
    lab.ways.use_servers(lab.now, &[turn_server("alive", "anita")]);
    lab.pass(Duration::from_secs(1));
    assert_eq!((lab.opened.len(), lab.allocated.len()), (2, 1));
}

#[test]
fn an_address_that_will_not_be_prolonged_is_followed_by_another_while_it_lasts() {
    let mut lab = Lab::up();
    let relayed = lab.allocated[0];
    lab.say(relayed, b"\x80one");
    lab.pass(Duration::from_millis(200));
    lab.ways.use_servers(lab.now, &[turn_server("alive", "anita again")]);
    lab.settle();
    assert_eq!(lab.opened.len(), 1, "new credentials alone change nothing");

    let refusal = refused_refresh();
    for _ in 0..2 {
        let id = lab.opened[0].0;
        lab.ways.handle(lab.now, &News::Received { id, message: &refusal });
        lab.pass(Duration::from_secs(1));
    }
    assert_eq!((lab.opened.len(), lab.allocated.len(), lab.gone.len()), (2, 2, 0));
    assert!(lab.is_heard(relayed, b"\x80still"));
}

#[test]
fn an_address_whose_connection_breaks_is_asked_for_again() {
    let mut lab = Lab::up();
    let id = lab.opened[0].0;
    lab.ways.handle(lab.now, &News::Closed { id });
    lab.settle();
    assert_eq!(lab.gone, lab.allocated);
    lab.pass(AGAIN_AFTER + Duration::from_secs(1));
    assert_eq!((lab.opened.len(), lab.allocated.len()), (2, 2));
}

#[test]
fn a_server_that_sends_the_device_on_is_followed_and_asked_first_the_next_time() {
    let mut lab = Lab::new(Turn::Only, vec![turn_server("busy", "anita")]);
    lab.sends_on = vec![(address(BUSY), address(BUSY_TOO)), (address(BUSY_TOO), address(SERVER))];
    lab.ways.answered(lab.now, "");
    lab.pass(Duration::from_secs(1));
    let [first, second, third] = lab.places[..] else { panic!("{:?}", lab.places) };
    assert_eq!([first.1, second.1, third.1], [BUSY, BUSY_TOO, SERVER].map(address));
    assert_eq!((lab.closed.as_slice(), lab.allocated.len()), ([first.0, second.0].as_slice(), 1));
    let relayed = lab.allocated[0];
    lab.say(relayed, b"\x80one");
    lab.pass(Duration::from_millis(200));
    assert!(lab.is_heard(relayed, b"\x80back"));

    lab.ways.handle(lab.now, &News::Closed { id: third.0 });
    lab.pass(AGAIN_AFTER + Duration::from_secs(1));
    assert_eq!((lab.places[3].1, lab.allocated.len()), (address(BUSY), 2));
}

#[test]
fn servers_that_send_the_device_in_a_circle_are_given_up() {
    let mut lab = Lab::new(Turn::Only, vec![turn_server("busy", "anita"), turn_server("alive", "anita")]);
    lab.sends_on = vec![(address(BUSY), address(BUSY_TOO)), (address(BUSY_TOO), address(BUSY))];
    lab.ways.answered(lab.now, "");
    lab.pass(MINUTE);
    let places: Vec<_> = lab.places.iter().map(|(_, place)| *place).collect();
    assert_eq!(places, [BUSY, SERVER, BUSY_TOO].map(address));
    assert_eq!((lab.closed.len(), lab.allocated.len()), (2, 1), "the other server is not in it");
}

#[test]
fn nobody_is_sent_on_by_who_has_not_seen_the_request_or_to_where_no_turn_server_can_be() {
    let wrong = [(SERVER, true), ("127.0.0.1:3478", false), ("[2001:db8::1]:3478", false)];
    for (to, guesses) in wrong {
        let mut lab = Lab::new(Turn::Only, vec![turn_server("busy", "anita")]);
        (lab.sends_on, lab.guesses) = (vec![(address(BUSY), address(to))], guesses);
        lab.ways.answered(lab.now, "");
        lab.pass(MINUTE);
        assert_eq!((lab.opened.len(), lab.closed.len(), lab.allocated.len()), (1, 1, 0), "{to}");
    }
}

/// What a server says to `request` that has no room; or somebody who only guesses what was asked.
fn sent_on(request: &[u8], to: SocketAddr, guesses: bool) -> Vec<u8> {
    let asked = Message::from_bytes(request).unwrap().transaction_id();
    let asked = if guesses { TransactionId::generate() } else { asked };
    let kind = MessageType::from_class_method(MessageClass::Error, ALLOCATE);
    let mut answer = Message::builder(kind, asked, MessageWriteVec::new());
    answer.add_attribute(&ErrorCode::builder(ErrorCode::TRY_ALTERNATE).build().unwrap()).unwrap();
    answer.add_attribute(&AlternateServer::new(to)).unwrap();
    answer.finish()
}

/// What a server says that does not take the credentials any more.
fn refused_refresh() -> Vec<u8> {
    let kind = MessageType::from_class_method(MessageClass::Error, REFRESH);
    let mut refusal = Message::builder(kind, TransactionId::generate(), MessageWriteVec::new());
    refusal.add_attribute(&ErrorCode::builder(ErrorCode::WRONG_CREDENTIALS).build().unwrap()).unwrap();
    refusal.finish()
}
