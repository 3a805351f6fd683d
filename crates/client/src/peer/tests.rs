//! Our peer against another stack's full session in virtual time, on a network that can lose, block and move.

use super::addresses::TCP_AFTER;
use super::*;
use std::net::SocketAddr;
use std::time::Duration;
use str0m::change::SdpOffer;
use str0m::net::TcpType;
use tring_protocol::signal::MediaPath;
use turn::tests::server::{Said, Scripted};
use turn::tests::turn_server;
use turn::{News, Turn, Wanted, WayId};

/// A moment to count from: virtual time needs one, and only the system can make it.
#[expect(clippy::disallowed_methods, reason = "the only way to an Instant; what passes after it is virtual")]
pub(crate) fn beginning() -> Instant {
    Instant::now()
}

const HOME: &str = "10.0.0.5:5000";
const MOBILE: &str = "10.9.9.9:5001";
const RELAY: &str = "192.0.2.1:4000";
const TURN: &str = "198.51.100.7:3478";
/// One way.
const LATENCY: Duration = Duration::from_millis(10);

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn settings(tcp: Tcp) -> Settings {
    Settings {
        addresses: vec![address(HOME)],
        redundancy: Redundancy::Offered,
        tcp,
        turn: Turn::Fallback,
        turn_servers: Vec::new(),
    }
}

/// The other end: an ICE-lite session that answers, on one UDP and one TCP port, as the relay has it.
pub(crate) struct Far {
    pub(crate) rtc: Rtc,
    pub(crate) heard: Vec<RtpPacket>,
    pub(crate) deadline: Instant,
    mid: Option<Mid>,
    sequence: u64,
}

impl Far {
    pub(crate) fn new(now: Instant) -> Self {
        let mut rtc = offer::config(Redundancy::Offered).set_ice_lite(true).build(now);
        rtc.add_local_candidate(Candidate::builder().udp().host(address(RELAY)).build().unwrap());
        let passive = Candidate::builder().tcp().host(address(RELAY)).tcptype(TcpType::Passive).build();
        rtc.add_local_candidate(passive.unwrap());
        Self { rtc, heard: Vec::new(), deadline: now, mid: None, sequence: 0 }
    }

    pub(crate) fn answer(&mut self, offer: &str) -> String {
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        self.rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string()
    }

    /// Takes `input` and gives what is to be sent.
    pub(crate) fn handle(&mut self, input: str0m::Input<'_>) -> Vec<Transmit> {
        self.rtc.handle_input(input).unwrap();
        let mut sent = Vec::new();
        loop {
            match self.rtc.poll_output().unwrap() {
                str0m::Output::Timeout(at) => {
                    self.deadline = at;
                    return sent;
                }
                str0m::Output::Transmit(Sent { proto, source, destination, contents }) => {
                    let transport = if proto == Protocol::Udp { Transport::Udp } else { Transport::Tcp };
                    sent.push(Transmit { transport, source, destination, bytes: contents.to_vec() });
                }
                str0m::Output::Event(Event::MediaAdded(added)) => self.mid = Some(added.mid),
                str0m::Output::Event(Event::RtpPacket(packet)) => self.heard.push(packet),
                str0m::Output::Event(_) => {}
            }
        }
    }

    /// What comes from `transmit`'s sender.
    pub(crate) fn receive(&mut self, now: Instant, transmit: &Transmit) -> Vec<Transmit> {
        let Transmit { transport, source, destination, bytes } = transmit;
        let proto = if *transport == Transport::Udp { Protocol::Udp } else { Protocol::Tcp };
        let receive = Receive::new(proto, *source, *destination, bytes).unwrap();
        self.handle(str0m::Input::Receive(now, receive))
    }

    pub(crate) fn say(&mut self, now: Instant, form: Form, timestamp: u32, payload: &[u8]) {
        let Some(mid) = self.mid else { return };
        let payload_type = match form {
            Form::Opus => 111.into(),
            Form::Red => 63.into(),
        };
        let sequence = self.sequence.into();
        self.sequence += 1;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).unwrap();
        stream.write_rtp(RtpWrite::new(payload_type, sequence, timestamp, now, payload));
    }
}

/// A datagram on its way.
struct InFlight {
    arrives: Instant,
    to_far: bool,
    datagram: Transmit,
}

struct World {
    now: Instant,
    peer: Peer,
    far: Far,
    wire: Vec<InFlight>,
    audio: Vec<Audio>,
    far_losses: Vec<f32>,
    connected_at: Option<Instant>,
    /// By what datagrams of audio and DTLS went out last.
    went_by: Option<(Transport, SocketAddr)>,
    /// Addresses of ours whose datagrams get lost both ways, over UDP.
    dead: Vec<SocketAddr>,
    /// Whether nothing gets through over TCP either.
    is_tcp_dead: bool,
    /// The TURN server, as far away as nothing.
    turn: Scripted,
    way: Option<WayId>,
    /// Every nth packet of audio to the far end is lost.
    lose_every: Option<usize>,
    sent: usize,
}

impl World {
    fn new(settings: &Settings) -> Self {
        let now = beginning();
        let (peer, offer) = Peer::new(now, settings);
        let far = Far::new(now);
        let mut world = Self {
            now,
            peer,
            far,
            wire: Vec::new(),
            audio: Vec::new(),
            far_losses: Vec::new(),
            connected_at: None,
            went_by: None,
            dead: Vec::new(),
            is_tcp_dead: false,
            turn: Scripted::new(now, address(TURN), &["anita"]),
            way: None,
            lose_every: None,
            sent: 0,
        };
        world.negotiate(&offer);
        world
    }

    fn negotiate(&mut self, offer: &str) {
        let answer = self.far.answer(offer);
        self.peer.accept_answer(self.now, &answer).unwrap();
    }

    /// Lets `length` pass.
    fn pass(&mut self, length: Duration) {
        let end = self.now + length;
        loop {
            self.collect();
            let wire = self.wire.iter().map(|datagram| datagram.arrives);
            let next = wire.chain(self.peer.deadline()).chain([self.far.deadline]).min();
            match next.filter(|at| *at <= end) {
                // A deadline that is due already moves on by being told the time.
                Some(at) => self.now = self.now.max(at),
                None => break,
            }
            self.deliver();
            let now = self.now;
            if self.peer.deadline().is_some_and(|at| at <= now) {
                self.peer.handle(now, Input::Tick);
            }
            let sent = self.far.handle(str0m::Input::Timeout(now));
            self.carry_back(sent);
        }
        self.now = end;
    }

    fn deliver(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.wire).into_iter().partition(|one| one.arrives <= now);
        self.wire = later;
        let due: Vec<InFlight> = due;
        for InFlight { to_far, datagram, .. } in due {
            if to_far {
                let sent = self.far.receive(now, &datagram);
                self.carry_back(sent);
            } else if datagram.destination.ip() == address(TURN).ip() {
                let Transmit { source, destination: relayed, bytes, .. } = &datagram;
                self.turn.hear_other(now, *source, *relayed, bytes);
                self.take_from_turn();
            } else {
                let Transmit { transport, source, destination, bytes } = &datagram;
                let (transport, source, destination) = (*transport, *source, *destination);
                self.peer.handle(now, Input::Datagram(Datagram { transport, source, destination, bytes }));
            }
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.peer.poll() {
            match output {
                Output::Transmit(datagram) => {
                    let first = datagram.bytes[0];
                    let is_audio = first >= 128 && !(200..208).contains(&datagram.bytes[1]);
                    if first >= 20 {
                        self.went_by = Some((datagram.transport, datagram.source));
                    }
                    self.sent += usize::from(is_audio);
                    let is_lost =
                        is_audio && self.lose_every.is_some_and(|every| self.sent.is_multiple_of(every));
                    if !is_lost {
                        self.carry(true, datagram);
                    }
                }
                Output::Audio(audio) => self.audio.push(audio),
                Output::FarLoss(loss) => self.far_losses.push(loss),
                Output::Connected => self.connected_at = Some(self.now),
                Output::Turn(wanted) => self.serve(wanted),
                Output::Doubted => {}
                Output::Failed => panic!("the peer failed"),
            }
        }
    }

    /// Connections to the TURN server.
    fn serve(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Open(id, _) => {
                self.way = Some(id);
                let (local, server) = (address(MOBILE), address(TURN));
                self.peer.handle(self.now, Input::Turn(News::Opened { id, local, server }));
            }
            Wanted::Send(_, message) => self.turn.hear_client(self.now, address(MOBILE), &message),
            Wanted::Close(_) => self.way = None,
        }
        self.take_from_turn();
    }

    fn take_from_turn(&mut self) {
        for said in self.turn.take(self.now) {
            match (said, self.way) {
                (Said::ToClient { message, .. }, Some(id)) => {
                    self.peer.handle(self.now, Input::Turn(News::Received { id, message: &message }));
                }
                (Said::ToClient { .. }, None) => {}
                (Said::ToOther { relayed: source, destination, bytes }, _) => {
                    self.carry(true, Transmit { transport: Transport::Udp, source, destination, bytes });
                }
            }
        }
    }

    fn carry(&mut self, to_far: bool, datagram: Transmit) {
        let ours = if to_far { datagram.source } else { datagram.destination };
        let is_dead = match datagram.transport {
            Transport::Tcp => self.is_tcp_dead,
            Transport::Udp => self.dead.contains(&ours),
        };
        if !is_dead {
            self.wire.push(InFlight { arrives: self.now + LATENCY, to_far, datagram });
        }
    }

    fn carry_back(&mut self, sent: Vec<Transmit>) {
        for datagram in sent {
            self.carry(false, datagram);
        }
    }

    /// Both speak for `packets` times 20 ms; the payload is what number it has.
    fn talk(&mut self, packets: u32, form: Form) {
        for number in 0..packets {
            let payload = number.to_be_bytes();
            let timestamp = number * 960;
            let speech = Speech { payload: &payload, timestamp, marker: number == 0, form, level: 30 };
            self.peer.send_audio(self.now, &speech);
            self.far.say(self.now, form, timestamp, &payload);
            self.pass(Duration::from_millis(20));
        }
    }

    fn connect(&mut self) -> Duration {
        let from = self.now;
        for _ in 0..100 {
            self.pass(Duration::from_millis(100));
            if let Some(at) = self.connected_at {
                return at - from;
            }
        }
        panic!("not connected in 10 s");
    }
}

#[test]
fn audio_passes_both_ways_as_it_was_given() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.connect();
    assert_eq!(world.went_by, Some((Transport::Udp, address(HOME))));
    world.talk(10, Form::Opus);
    world.pass(LATENCY * 2);
    let heard: Vec<_> = world.far.heard.iter().map(|packet| packet.payload.to_vec()).collect();
    let said: Vec<_> = (0..10_u32).map(|number| number.to_be_bytes().to_vec()).collect();
    assert_eq!(heard, said);
    let first = &world.far.heard[0].header;
    assert_eq!((*first.payload_type, first.marker, first.ext_vals.audio_level), (111, true, Some(-30)));
    let audio: Vec<_> = world.audio.iter().map(|audio| (audio.payload.to_vec(), audio.form)).collect();
    assert_eq!(audio, said.into_iter().map(|payload| (payload, Form::Opus)).collect::<Vec<_>>());
    assert_eq!(world.peer.figures().packets, 10);
}

#[test]
fn redundant_audio_keeps_its_form() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.connect();
    assert!(world.peer.speaks(Form::Red));
    world.talk(3, Form::Red);
    world.pass(LATENCY * 2);
    assert!(world.far.heard.iter().all(|packet| *packet.header.payload_type == 63));
    assert_eq!(world.audio.iter().map(|audio| audio.form).collect::<Vec<_>>(), [Form::Red; 3]);
}

#[test]
fn the_offer_is_what_the_relay_reads() {
    let (_, offer) = Peer::new(beginning(), &settings(Tcp::Fallback));
    for line in [
        "a=rtcp-mux",
        "a=setup:actpass",
        "a=sendrecv",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    ] {
        assert!(offer.lines().any(|found| found == line), "{line} in {offer}");
    }
    let (_, plain) =
        Peer::new(beginning(), &Settings { redundancy: Redundancy::None, ..settings(Tcp::Fallback) });
    assert!(!plain.contains("red/48000"), "{plain}");
}

#[test]
fn where_udp_is_dropped_it_goes_over_tcp() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.dead.push(address(HOME));
    let took = world.connect();
    assert!(took > TCP_AFTER && took < TCP_AFTER * 3, "{took:?}");
    assert_eq!(world.went_by.unwrap().0, Transport::Tcp);
    world.talk(5, Form::Opus);
    world.pass(LATENCY * 2);
    assert_eq!((world.far.heard.len(), world.audio.len()), (5, 5));
}

#[test]
fn where_nothing_else_gets_through_it_goes_by_turn() {
    let turn_servers = vec![turn_server("turn.example", "anita")];
    let mut world = World::new(&Settings { turn_servers, ..settings(Tcp::Fallback) });
    world.dead.push(address(HOME));
    world.is_tcp_dead = true;
    let took = world.connect();
    assert!(took > Duration::from_secs(1) && took < Duration::from_secs(2), "{took:?}");
    world.talk(100, Form::Opus);
    world.pass(LATENCY * 2);
    assert_eq!((world.far.heard.len(), world.audio.len()), (100, 100));
    assert_eq!(world.peer.figures().path, Some(MediaPath::TurnUdp));
    world.peer.close();
    world.collect();
    assert_eq!(world.way, None, "the server has its address back");
}

#[test]
fn where_a_direct_way_works_later_it_is_taken_and_the_turn_server_is_left() {
    let turn_servers = vec![turn_server("turn.example", "anita")];
    let mut world = World::new(&Settings { turn_servers, ..settings(Tcp::Never) });
    world.dead.push(address(HOME));
    world.connect();
    world.dead.clear();
    world.talk(400, Form::Opus);
    assert_eq!(world.peer.figures().path, Some(MediaPath::Udp));
    assert_eq!(world.way, None);
    assert!(world.far.heard.len() > 390, "{}", world.far.heard.len());
}

#[test]
fn where_udp_works_tcp_is_not_tried() {
    let mut world = World::new(&settings(Tcp::Fallback));
    assert!(world.connect() < TCP_AFTER);
    world.pass(TCP_AFTER * 4);
    assert!(world.peer.addresses.candidates.iter().all(|candidate| candidate.proto() == Protocol::Udp));
}

#[test]
fn without_a_way_through_it_stays_unconnected_and_says_nothing_wrong() {
    let mut world = World::new(&settings(Tcp::Never));
    world.dead.push(address(HOME));
    world.pass(Duration::from_secs(6));
    assert_eq!((world.connected_at, world.peer.connection()), (None, Connection::Connecting));
    assert!(!world.peer.has_reached());
}

#[test]
fn an_address_that_goes_and_one_that_comes_do_not_end_the_call() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.connect();
    world.talk(3, Form::Opus);
    world.dead.push(address(HOME));
    world.peer.handle(world.now, Input::AddressesChanged(&[address(MOBILE)]));
    world.pass(Duration::from_secs(1));
    let before = world.far.heard.len();
    world.talk(5, Form::Opus);
    world.pass(LATENCY * 2);
    assert_eq!(world.went_by, Some((Transport::Udp, address(MOBILE))));
    assert_eq!(world.far.heard.len() - before, 5);
}

#[test]
fn a_restart_changes_credentials_and_keeps_the_sound() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.connect();
    world.talk(3, Form::Opus);
    let offer = world.peer.restart();
    world.negotiate(&offer);
    world.talk(5, Form::Opus);
    world.pass(LATENCY * 2);
    assert_eq!((world.far.heard.len(), world.audio.len()), (8, 8));
}

#[test]
fn what_the_far_end_loses_it_tells() {
    let mut world = World::new(&settings(Tcp::Fallback));
    world.connect();
    world.lose_every = Some(5);
    world.talk(300, Form::Opus);
    let loss = world.far_losses.last().copied().unwrap_or_default();
    assert!((0.1..0.3).contains(&loss), "{:?}", world.far_losses);
    let figures = world.peer.figures();
    assert_eq!(figures.path, Some(MediaPath::Udp));
    let round_trip = figures.round_trip.unwrap();
    assert!((LATENCY * 2..LATENCY * 4).contains(&round_trip), "{round_trip:?}");
}

#[test]
fn an_answer_that_nobody_asked_for_or_nobody_can_read_is_refused() {
    let mut world = World::new(&settings(Tcp::Fallback));
    let now = world.now;
    assert!(matches!(world.peer.accept_answer(now, "v=0"), Err(PeerError::Answer(_))));
    let answer = {
        let (_, offer) = Peer::new(now, &settings(Tcp::Fallback));
        let offer = SdpOffer::from_sdp_string(&offer).unwrap();
        let mut far = offer::config(Redundancy::Offered).build(now);
        far.sdp_api().accept_offer(offer).unwrap().to_sdp_string()
    };
    assert!(matches!(world.peer.accept_answer(now, &answer), Err(PeerError::NotAsked)));
    world.connect();
}
