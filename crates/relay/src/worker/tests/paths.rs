//! Random schedules of what networks, people and attackers do, against a model that says in plain words where each
//! connection must be reached, and against what the far leg hears.

use super::lab::Device;
use super::*;
use crate::rtp::Header;
use crate::srtp::Profile;

/// As in `connection`: for so long after a packet no check moves a leg.
const SPEAKS_FOR: Duration = Duration::from_millis(200);
const PROFILE: Profile = AeadAes128Gcm;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A packet of 20 ms later; what becomes of it on the way.
    Speak(u8, Fate),
    /// The same on the connection that was replaced.
    SpeakOld(u8),
    /// The oldest packet that was held back arrives.
    Arrive,
    Report(u8),
    /// The device has another address from now on; `true`: and says so by a nominating check.
    Switch(u8, bool),
    /// It goes on over a TCP connection.
    SwitchToTcp(u8),
    /// Its TCP connection breaks.
    Break(u8),
    Restart(u8),
    /// Opens a connection that replaces, or ends the handshake of the one that was opened.
    Replace(u8),
    Hold(bool),
    /// Plays something that was sent before from another place.
    Replay(prop::sample::Index),
    /// Sends something that was sent before, changed, from another place or the device's own.
    Forge(prop::sample::Index, prop::sample::Index, bool),
    /// A check with a wrong password from another place.
    Guess(u8),
    Pass(u16),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Arrives,
    ArrivesTwice,
    IsLost,
    IsHeldBack,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![
        6 => Just(Fate::Arrives),
        1 => Just(Fate::ArrivesTwice),
        1 => Just(Fate::IsLost),
        1 => Just(Fate::IsHeldBack),
    ];
    let any = any::<prop::sample::Index>;
    prop_oneof![
        30 => (0..2_u8, fate).prop_map(|(leg, fate)| Step::Speak(leg, fate)),
        4 => (0..2_u8).prop_map(Step::SpeakOld),
        6 => Just(Step::Arrive),
        3 => (0..2_u8).prop_map(Step::Report),
        4 => (0..2_u8, proptest::bool::ANY).prop_map(|(leg, says)| Step::Switch(leg, says)),
        2 => (0..2_u8).prop_map(Step::SwitchToTcp),
        2 => (0..2_u8).prop_map(Step::Break),
        2 => (0..2_u8).prop_map(Step::Restart),
        3 => (0..2_u8).prop_map(Step::Replace),
        2 => proptest::bool::ANY.prop_map(Step::Hold),
        5 => any().prop_map(Step::Replay),
        4 => (any(), any(), proptest::bool::ANY).prop_map(|(what, at, spoofs)| Step::Forge(what, at, spoofs)),
        1 => (0..2_u8).prop_map(Step::Guess),
        4 => (0..400_u16).prop_map(Step::Pass),
    ]
}

/// One connection of a leg, as the model knows it.
struct Line {
    leg: u8,
    device: Device,
    ufrag: [u8; 8],
    media: crate::sdp::Media,
    ssrc: u32,
    /// From where the device sends.
    at: Route,
    /// Where the relay must reach it.
    reached: Option<Route>,
    packet_at: Option<Instant>,
    next: u16,
    newest: Option<u16>,
    is_heard: bool,
    /// What it hears: extended number and timestamp, in order of arrival.
    heard: Vec<(u64, u32)>,
}

/// A packet under way.
struct InFlight {
    line: usize,
    sequence: u16,
    from: Route,
    bytes: Vec<u8>,
}

struct World {
    lab: Lab,
    started: Instant,
    lines: Vec<Line>,
    /// Of each leg, which line it uses, which is to replace it, which was replaced.
    current: [usize; 2],
    fresh: [Option<usize>; 2],
    old: [Option<usize>; 2],
    /// Whom each leg heard last since they were bridged.
    speaker: [Option<usize>; 2],
    is_bridged: bool,
    held_back: Vec<InFlight>,
    /// What the relay took, for attackers. Whoever takes a packet off the wire and carries it elsewhere in its stead is the
    /// network itself, and is followed.
    tape: Vec<(Route, Vec<u8>)>,
    places: u16,
}

impl World {
    fn new() -> Self {
        let started = testing::now();
        let mut world = Self {
            lab: Lab::new(started),
            started,
            lines: Vec::new(),
            current: [0, 1],
            fresh: [None; 2],
            old: [None; 2],
            speaker: [None; 2],
            is_bridged: false,
            held_back: Vec::new(),
            tape: Vec::new(),
            places: 0,
        };
        for leg in 0..2 {
            let line = world.open(leg);
            world.nominate(line);
            world.key(line);
        }
        world.bridge(true);
        world
    }

    fn open(&mut self, of: u8) -> usize {
        let number = self.lines.len() as u8 + 1;
        let media = media(96 + number % 20, None);
        let device = self.lab.open(leg(of), number, PROFILE, media.clone());
        let (ufrag, at) = (device.ufrag, device.address);
        self.lines.push(Line {
            leg: of,
            device,
            ufrag,
            media,
            ssrc: 0xA000 + u32::from(number),
            at,
            reached: None,
            packet_at: None,
            next: u16::from(number) * 1_000,
            newest: None,
            is_heard: false,
            heard: Vec::new(),
        });
        self.lines.len() - 1
    }

    fn key(&mut self, line: usize) {
        self.lab.key(&mut self.lines[line].device, PROFILE);
    }

    fn bridge(&mut self, is_bridged: bool) {
        let control = if is_bridged { Control::Bridge } else { Control::Unbridge };
        self.lab.worker.control(self.lab.now, control(leg(0), leg(1)));
        if self.is_bridged != is_bridged {
            self.speaker = [None; 2];
        }
        self.is_bridged = is_bridged;
    }

    fn new_place(&mut self) -> Route {
        self.places += 1;
        Route::Udp(SocketAddr::from(([10, 7, 7, 7], 10_000 + self.places)))
    }

    fn attacker(&self) -> Route {
        Route::Udp(SocketAddr::from(([6, 6, 6, 6], 666)))
    }

    /// A nominating check of `line` from where it is.
    fn nominate(&mut self, line: usize) {
        let (ufrag, at) = (self.lines[line].ufrag, self.lines[line].at);
        let check = self.lab.check_bytes(ufrag, &password(ufrag), true, Role::Controlling(1));
        self.tape.push((at, check.clone()));
        assert!(self.lab.datagram(at, &check).is_some(), "an authentic check is answered");
        let now = self.lab.now;
        let line = &mut self.lines[line];
        let speaks = line.packet_at.is_some_and(|at| now - at < SPEAKS_FOR) && line.reached.is_some();
        if !speaks {
            line.reached = Some(at);
        }
    }

    fn speak(&mut self, line: usize, fate: Fate) {
        self.lab.pass(Duration::from_millis(20));
        let timestamp = (self.lab.now - self.started).as_millis() as u32 * 48;
        let speaker = &mut self.lines[line];
        let sequence = speaker.next;
        speaker.next = sequence.wrapping_add(1);
        let mut plain = rtp(speaker.media.opus, sequence, speaker.ssrc, b"audio");
        plain[4..8].copy_from_slice(&timestamp.wrapping_add(speaker.ssrc << 8).to_be_bytes());
        let bytes = speaker.device.seal(&plain).unwrap();
        let from = speaker.at;
        let packet = InFlight { line, sequence, from, bytes };
        match fate {
            Fate::Arrives => self.arrive(packet),
            Fate::ArrivesTwice => {
                let again = packet.bytes.clone();
                self.arrive(packet);
                assert_eq!(self.lab.datagram(from, &again), None, "nothing is taken twice");
            }
            Fate::IsLost => {}
            Fate::IsHeldBack => self.held_back.push(packet),
        }
    }

    fn arrive(&mut self, packet: InFlight) {
        let InFlight { line, sequence, from, bytes } = packet;
        let leg = usize::from(self.lines[line].leg);
        let is_known = self.current[leg] == line || self.old[leg] == Some(line);
        let is_found = self.is_found(line, from);
        let sent = self.lab.datagram(from, &bytes);
        if !is_known || !is_found {
            assert_eq!(sent, None, "of a connection that is gone, or that nothing tells of");
            return;
        }
        self.lines[line].is_heard = true;
        self.tape.push((from, bytes));
        let now = self.lab.now;
        let speaker = &mut self.lines[line];
        if speaker.newest.is_none_or(|newest| (sequence.wrapping_sub(newest) as i16) > 0) {
            speaker.newest = Some(sequence);
            speaker.reached = Some(from);
            speaker.packet_at = Some(now);
        }
        let ear = self.current[1 - leg];
        let may_speak = self.speaker[1 - leg] == Some(line) || self.current[leg] == line;
        let Some(to) = self.lines[ear].reached.filter(|_| self.is_bridged && may_speak) else {
            assert_eq!(sent, None);
            return;
        };
        let is_first = self.speaker[1 - leg] != Some(line);
        self.speaker[1 - leg] = Some(line);
        match sent {
            Some(sent) => {
                assert_eq!(sent.to, to, "the downlink follows");
                self.hear(ear, &sent.bytes);
            }
            // Only what comes after its successors may have lost its place.
            None => assert!(!is_first && self.lines[line].newest != Some(sequence)),
        }
    }

    /// What `ear` gets must go on with what it heard.
    fn hear(&mut self, ear: usize, bytes: &[u8]) {
        let ear = &mut self.lines[ear];
        let header = Header::parse(&ear.device.open(bytes)).unwrap();
        let last = ear.heard.last().map_or(u64::from(header.sequence), |last| last.0);
        let step = i64::from(header.sequence.wrapping_sub(last as u16) as i16);
        let number = last.checked_add_signed(step).unwrap();
        let expected_ssrc = 0x0E0E_0000 + u32::from(ear.device.ufrag[0] - b'A');
        assert_eq!(header.ssrc, expected_ssrc, "one stream");
        for (other, timestamp) in &ear.heard {
            assert_ne!(*other, number, "nothing is heard twice");
            let is_later = (header.timestamp.wrapping_sub(*timestamp) as i32) > 0;
            assert_eq!(number > *other, is_later, "numbers and times go the same way");
        }
        ear.heard.push((number, header.timestamp));
    }

    /// Whether anything tells whose a packet from `route` is: the route, or that its stream was heard before. Before its
    /// first packet a device that moves unseen is found by its next check.
    fn is_found(&self, line: usize, route: Route) -> bool {
        let slot = self.lab.worker.by_route.get(&route);
        self.exists(line) && (self.lines[line].is_heard || slot == Some(&self.lines[line].device.key.slot))
    }

    fn exists(&self, line: usize) -> bool {
        self.lab.worker.connections.get(self.lines[line].device.key).is_some()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Speak(leg, fate) => self.speak(self.current[usize::from(leg)], fate),
            Step::SpeakOld(leg) => {
                if let Some(old) = self.old[usize::from(leg)] {
                    self.speak(old, Fate::Arrives);
                }
            }
            Step::Arrive if !self.held_back.is_empty() => {
                let packet = self.held_back.remove(0);
                self.arrive(packet);
            }
            Step::Arrive => {}
            Step::Report(leg) => {
                let line = self.current[usize::from(leg)];
                let (at, now) = (self.lines[line].at, self.lab.now);
                let ssrc = self.lines[line].ssrc.to_be_bytes();
                let sealed = self.lines[line].device.seal(&[&[0x80, 201, 0, 1], &ssrc[..]].concat()).unwrap();
                let is_found = self.is_found(line, at);
                self.lab.datagram(at, &sealed);
                if is_found {
                    self.tape.push((at, sealed));
                    self.lines[line].reached = Some(at);
                    self.lines[line].packet_at = Some(now);
                }
            }
            Step::Switch(leg, says_so) => {
                let line = self.current[usize::from(leg)];
                self.lines[line].at = self.new_place();
                if says_so {
                    self.nominate(line);
                }
            }
            Step::SwitchToTcp(leg) => {
                let line = self.current[usize::from(leg)];
                let peer = self.new_place().address();
                self.lines[line].at = Route::Tcp { stream: u64::from(self.places), peer };
                self.nominate(line);
            }
            Step::Break(leg) => {
                let line = &mut self.lines[self.current[usize::from(leg)]];
                if let at @ Route::Tcp { .. } = line.at {
                    line.reached.take_if(|reached| *reached == at);
                    self.lab.worker.route_closed(at);
                    let line = self.current[usize::from(leg)];
                    self.lines[line].at = self.new_place();
                }
            }
            Step::Restart(of) => {
                let line = self.current[usize::from(of)];
                if self.fresh[usize::from(of)].is_none() {
                    self.places += 1;
                    let mut ufrag = *b"restart0";
                    ufrag[..2].copy_from_slice(&self.places.to_be_bytes().map(|byte| b'a' + byte % 26));
                    ufrag[7] = b'0' + (self.places / 26) as u8;
                    let media = self.lines[line].media.clone();
                    self.lab.restart(leg(of), &self.lines[line].device, ufrag, media);
                    self.lines[line].ufrag = ufrag;
                    self.nominate(line);
                }
            }
            Step::Replace(leg) => self.replace(usize::from(leg)),
            Step::Hold(is_held) => self.bridge(!is_held),
            Step::Replay(what) => {
                let (from, bytes) = self.tape[what.index(self.tape.len())].clone();
                self.lab.datagram(self.attacker(), &bytes);
                self.lab.datagram(from, &bytes);
            }
            Step::Forge(what, at, spoofs) => {
                let (from, mut bytes) = self.tape[what.index(self.tape.len())].clone();
                let at = at.index(bytes.len());
                bytes[at] ^= 1;
                let source = if spoofs { from } else { self.attacker() };
                assert_eq!(self.lab.datagram(source, &bytes), None, "nothing forged is taken or answered");
            }
            Step::Guess(leg) => {
                let ufrag = self.lines[self.current[usize::from(leg)]].ufrag;
                let source = self.attacker();
                assert_eq!(self.lab.raw_check(ufrag, b"a wrong password........", source, true), None);
            }
            Step::Pass(millis) => self.lab.pass(Duration::from_millis(u64::from(millis))),
        }
    }

    fn replace(&mut self, of: usize) {
        if let Some(line) = self.fresh[of].take().filter(|line| self.exists(*line)) {
            self.key(line);
            self.old[of] = Some(std::mem::replace(&mut self.current[of], line));
            // Its ears have heard nobody yet.
            self.speaker[of] = None;
            return;
        }
        if self.lines.len() < 20 {
            let line = self.open(of as u8);
            self.nominate(line);
            self.fresh[of] = Some(line);
        }
    }

    fn reached(&self, line: usize) -> Option<Route> {
        self.lab.worker.connections.get(self.lines[line].device.key).and_then(|connection| connection.path)
    }

    /// Every connection is reached where the model says.
    fn verify(&mut self) {
        for of in 0..2 {
            let lines = [Some(self.current[of]), self.fresh[of], self.old[of]];
            for line in lines.into_iter().flatten().filter(|line| self.exists(*line)) {
                assert_eq!(self.reached(line), self.lines[line].reached, "line {line}");
            }
        }
    }
}

proptest! {
    #[test]
    fn legs_are_followed_at_once_and_by_nothing_but_themselves(
        steps in proptest::collection::vec(step(), 1..100)
    ) {
        let mut world = World::new();
        let mut next_sweep = world.lab.now + SWEEP;
        for step in steps {
            world.step(step);
            world.verify();
            if world.lab.now >= next_sweep {
                world.lab.worker.sweep(world.lab.now);
                next_sweep = world.lab.now + SWEEP;
            }
            world.lab.signs_of_life();
        }
        world.lab.worker.control(world.lab.now, Control::Close(leg(0)));
        world.lab.worker.control(world.lab.now, Control::CloseCall(leg(0).call));
        prop_assert!(world.lab.worker.holds_nothing());
        prop_assert_eq!(world.lab.worker.counts().connections, 0);
    }
}
