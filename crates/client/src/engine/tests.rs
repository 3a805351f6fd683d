//! The engine against an echo in virtual time: what the microphone says comes back, as long as the path lets it.

use super::*;
use crate::audio::{FRAME_SAMPLES, SAMPLE_RATE};
use crate::peer::Transmit;
use crate::peer::tests::{Far, beginning};
use crate::peer::turn::Wanted;
use crate::peer::turn::tests::turn_server;
use crate::voice::Form;
use std::collections::BTreeMap;
use tring_protocol::signal::LegReport;

const LATENCY: Duration = Duration::from_millis(10);
const FRAME: Duration = Duration::from_millis(10);
/// In hertz, low enough for any codec.
const TONE: f32 = 440.0;

fn call(number: u8) -> CallId {
    CallId::try_from(format!("0190a1b2-c3d4-7000-8000-0000000000{number:02}")).unwrap()
}

/// An engine, an echo for each of its peers, and what the engine told.
struct World {
    now: Instant,
    engine: Engine,
    echoes: BTreeMap<PeerId, Echo>,
    wire: Vec<(Instant, PeerId, Direction, Transmit)>,
    /// Peers whose datagrams get lost both ways.
    dead: Vec<PeerId>,
    /// Every so many-th datagram to us gets lost.
    one_lost_of: Option<usize>,
    sent: usize,
    offers: Vec<(CallId, String)>,
    told: Vec<Told>,
    reports: Vec<(Instant, LegReport)>,
    qualities: Vec<CallQuality>,
    wanted: Vec<(PeerId, Wanted)>,
    /// Samples spoken so far.
    spoken: usize,
    played: Vec<i16>,
}

struct Echo {
    far: Far,
    repeated: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    ToFar,
    ToUs,
}

#[derive(Debug, PartialEq)]
enum Told {
    Back(CallId),
    Lost(CallId),
    Closed(PeerId),
}

impl World {
    fn new() -> Self {
        let now = beginning();
        Self {
            now,
            engine: Engine::new(now, Settings::default()),
            echoes: BTreeMap::new(),
            wire: Vec::new(),
            dead: Vec::new(),
            one_lost_of: None,
            sent: 0,
            offers: Vec::new(),
            told: Vec::new(),
            reports: Vec::new(),
            qualities: Vec::new(),
            wanted: Vec::new(),
            spoken: 0,
            played: Vec::new(),
        }
    }

    /// Opens a peer on a port of its own and answers its offer.
    fn open(&mut self, call_id: CallId) -> PeerId {
        let port = 5_000 + u16::try_from(self.echoes.len()).unwrap();
        let address = SocketAddr::from(([10, 0, 0, 5], port));
        let id = self.engine.open_peer(self.now, call_id, vec![address]).unwrap();
        self.collect();
        let (offered, sdp) = self.offers.pop().unwrap();
        assert_eq!(offered, call_id);
        let mut far = Far::new(self.now);
        let answer = far.answer(&sdp);
        self.engine.accept_answer(self.now, call_id, &answer);
        self.echoes.insert(id, Echo { far, repeated: 0 });
        self.collect();
        id
    }

    /// Lets `length` pass, in which the microphone hears a tone.
    fn talk(&mut self, length: Duration) {
        let end = self.now + length;
        while self.now < end {
            let frame: Frame = std::array::from_fn(|n| {
                let at = (self.spoken + n) as f32 / SAMPLE_RATE as f32;
                (8_000.0 * (std::f32::consts::TAU * TONE * at).sin()) as i16
            });
            self.spoken += FRAME_SAMPLES;
            self.engine.captured(self.now, &frame);
            self.network();
            let mut frame = SILENCE;
            self.engine.play(self.now, &mut frame);
            self.played.extend_from_slice(&frame);
            self.now += FRAME;
            self.engine.tick(self.now);
            self.network();
        }
    }

    /// Carries what is due, in both directions.
    fn network(&mut self) {
        self.collect();
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.wire).into_iter().partition(|(at, ..)| *at <= now);
        self.wire = later;
        let due: Vec<(Instant, PeerId, Direction, Transmit)> = due;
        for (_, id, direction, datagram) in due {
            if direction == Direction::ToFar {
                let Some(echo) = self.echoes.get_mut(&id) else { continue };
                let back = echo.far.receive(now, &datagram);
                self.send_back(id, back);
            } else {
                let Transmit { transport, source, destination, bytes } = &datagram;
                let (transport, source, destination) = (*transport, *source, *destination);
                self.engine.receive(now, id, Datagram { transport, source, destination, bytes });
            }
        }
        let ids: Vec<PeerId> = self.echoes.keys().copied().collect();
        for id in ids {
            let Some(Echo { far, repeated }) = self.echoes.get_mut(&id) else { continue };
            let new: Vec<_> = far.heard[*repeated..]
                .iter()
                .map(|packet| {
                    let form = if *packet.header.payload_type == 63 { Form::Red } else { Form::Opus };
                    (form, packet.header.timestamp, packet.payload.clone())
                })
                .collect();
            *repeated = far.heard.len();
            for (form, timestamp, payload) in new {
                far.say(now, form, timestamp, &payload);
            }
            let back = far.handle(str0m::Input::Timeout(now));
            self.send_back(id, back);
        }
        self.collect();
    }

    fn send_back(&mut self, id: PeerId, datagrams: Vec<Transmit>) {
        for datagram in datagrams {
            self.send(id, Direction::ToUs, datagram);
        }
    }

    fn send(&mut self, id: PeerId, direction: Direction, datagram: Transmit) {
        self.sent += usize::from(direction == Direction::ToUs);
        let is_lost =
            direction == Direction::ToUs && self.one_lost_of.is_some_and(|of| self.sent.is_multiple_of(of));
        if !self.dead.contains(&id) && !is_lost {
            self.wire.push((self.now + LATENCY, id, direction, datagram));
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Transmit(id, datagram) => self.send(id, Direction::ToFar, datagram),
                Output::Closed(id) => self.told.push(Told::Closed(id)),
                Output::Offer { call_id, sdp } => self.offers.push((call_id, sdp)),
                Output::MediaLost(call_id) => self.told.push(Told::Lost(call_id)),
                Output::MediaBack(call_id) => self.told.push(Told::Back(call_id)),
                Output::Report(_, report) => self.reports.push((self.now, report)),
                Output::Turn(id, wanted) => self.wanted.push((id, wanted)),
                Output::Quality(_, quality) => self.qualities.push(quality),
            }
        }
    }

    /// A call that has been up for a second.
    fn talking() -> (Self, PeerId) {
        let mut world = Self::new();
        let id = world.open(call(1));
        world.engine.open_microphone();
        world.engine.set_live(call(1), true);
        world.talk(Duration::from_secs(2));
        assert_eq!(std::mem::take(&mut world.told), [Told::Back(call(1))]);
        (world, id)
    }

    /// The share of the last `length` that sounds like the tone, 0 to 1.
    fn tone_in_last(&self, length: Duration) -> f32 {
        let frames = usize::try_from(length.as_millis() / 10).unwrap();
        let last = &self.played[self.played.len() - frames * FRAME_SAMPLES..];
        let is_tone = last.chunks(FRAME_SAMPLES).filter(|frame| has_pitch(frame, TONE)).count();
        is_tone as f32 / frames as f32
    }
}

/// Whether most of what is heard has this pitch (Goertzel's sum against all of the energy).
fn has_pitch(frame: &[i16], hertz: f32) -> bool {
    let (mut cosine, mut sine, mut energy) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (at, sample) in frame.iter().enumerate() {
        let angle = std::f32::consts::TAU * hertz * at as f32 / SAMPLE_RATE as f32;
        let sample = f32::from(*sample);
        cosine += sample * angle.cos();
        sine += sample * angle.sin();
        energy += sample * sample;
    }
    let at_tone = (cosine * cosine + sine * sine) * 2.0 / frame.len() as f32;
    energy > 480.0 * 500.0 * 500.0 && at_tone > 0.7 * energy
}

#[test]
fn a_peer_without_another_way_asks_the_turn_servers_that_are_told_while_it_tries() {
    let mut world = World::new();
    let id = world.open(call(1));
    world.dead.push(id);
    world.engine.use_turn_servers(world.now, vec![turn_server("turn.example", "anita")]);
    world.talk(Duration::from_millis(900));
    assert!(world.wanted.is_empty(), "the direct ways have their time first: {:?}", world.wanted);
    world.talk(Duration::from_millis(200));
    let [(asks, Wanted::Open(way, server))] = &world.wanted[..] else { panic!("{:?}", world.wanted) };
    assert_eq!((*asks, server.host.as_str()), (id, "turn.example"));

    let way = *way;
    world.wanted.clear();
    world.engine.close_peer(world.now, call(1));
    world.collect();
    assert!(matches!(world.wanted[..], [(_, Wanted::Close(closed))] if closed == way), "{:?}", world.wanted);
    assert_eq!(world.told, [Told::Closed(id)]);
}

#[test]
fn what_is_said_is_heard_and_reported() {
    let (mut world, _) = World::talking();
    world.reports.clear();
    world.talk(Duration::from_secs(3));
    assert!(world.tone_in_last(Duration::from_secs(3)) > 0.98);
    assert_eq!(world.reports.len(), 3, "once a second");
    for (_, report) in &world.reports {
        assert!(report.lost == 0.0 && report.concealed < 0.01, "{report:?}");
        assert!(report.playout_delay > 0.0 && report.playout_delay < 100.0, "{report:?}");
    }
    let quality = world.engine.quality(call(1)).unwrap();
    assert!(quality.mos > 4.0 && quality.poor_network == PoorNetwork::None, "{quality:?}");
    let levels = world.engine.levels();
    assert!(levels.microphone > 0.5 && levels.speaker > 0.5, "{levels:?}");
}

#[test]
fn a_call_that_is_not_live_is_sent_silence_and_goes_on() {
    let (mut world, _) = World::talking();
    world.engine.set_live(call(1), false);
    world.talk(Duration::from_secs(1));
    let heard = world.echoes.values().next().unwrap().far.heard.len();
    world.talk(Duration::from_secs(2));
    assert!(world.tone_in_last(Duration::from_secs(2)) == 0.0);
    assert_eq!(world.told, [], "silence is no dead network");
    let said = world.echoes.values().next().unwrap().far.heard.len() - heard;
    assert!(said >= 90, "{said} packets in two seconds");
}

#[test]
fn who_is_on_hold_hears_a_tone_until_the_other_side_goes_on() {
    let (mut world, _) = World::talking();
    world.engine.set_live(call(1), false);
    world.talk(Duration::from_secs(1));
    world.engine.set_on_hold(true);
    let from = world.played.len();
    world.talk(Duration::from_millis(5_300));
    let heard = &world.played[from..];
    let frames: Vec<_> = heard.chunks(FRAME_SAMPLES).collect();
    let share = |frames: &[&[i16]], hertz| {
        frames.iter().filter(|frame| has_pitch(frame, hertz)).count() as f32 / frames.len() as f32
    };
    assert!(share(&frames[12..45], 659.3) > 0.9, "the first step");
    assert!(share(&frames[50..65], 987.8) > 0.9, "the second step");
    assert!(share(&frames[512..530], 659.3) > 0.9, "the first step again, five seconds later");
    assert!(world.engine.levels().speaker > 0.1, "{:?}", world.engine.levels());

    world.engine.set_on_hold(false);
    let from = world.played.len();
    world.talk(Duration::from_millis(500));
    assert!(world.played[from + FRAME_SAMPLES..].iter().all(|sample| sample.abs() < 100), "it is over");
}

#[test]
fn a_program_that_wants_no_hold_tone_hears_none() {
    let settings = Settings { on_hold: OnHold::Silence, ..Settings::default() };
    let mut engine = Engine::new(beginning(), settings);
    engine.set_on_hold(true);
    for _ in 0..100 {
        let mut frame = SILENCE;
        engine.play(beginning(), &mut frame);
        assert_eq!(frame, SILENCE);
    }
}

#[test]
fn the_microphone_is_heard_in_one_call_at_most() {
    let (mut world, _) = World::talking();
    world.open(call(2));
    world.engine.set_live(call(2), true);
    world.talk(Duration::from_secs(2));
    world.engine.close_peer(world.now, call(2));
    world.talk(Duration::from_secs(1));
    assert!(world.tone_in_last(Duration::from_millis(500)) == 0.0, "the first call is silent");
    world.engine.set_live(call(1), true);
    world.talk(Duration::from_secs(1));
    assert!(world.tone_in_last(Duration::from_millis(500)) > 0.9);
}

#[test]
fn a_dead_path_is_told_and_a_fresh_peer_takes_its_place() {
    let (mut world, old) = World::talking();
    let from = world.now;
    world.dead.push(old);
    while world.told.is_empty() {
        world.talk(FRAME);
        assert!(world.now - from < Duration::from_secs(3), "the dead path was not seen");
    }
    let took = world.now - from;
    let stall = Duration::from(limits::MEDIA_STALL);
    assert!(took >= stall && took < stall + Duration::from_millis(200), "{took:?}");
    let fresh = world.open(call(1));
    world.talk(Duration::from_secs(2));
    assert_eq!(world.told, [Told::Lost(call(1)), Told::Back(call(1)), Told::Closed(old)]);
    assert!(world.tone_in_last(Duration::from_secs(1)) > 0.98);
    world.engine.close_peer(world.now, call(1));
    world.collect();
    assert_eq!(world.told.last(), Some(&Told::Closed(fresh)));
    assert_eq!(world.engine.deadline(), None, "nothing is left to be done");
}

#[test]
fn an_old_path_that_works_again_before_the_fresh_peer_is_kept() {
    let (mut world, old) = World::talking();
    world.dead.push(old);
    world.talk(Duration::from_secs(1));
    assert_eq!(std::mem::take(&mut world.told), [Told::Lost(call(1))]);
    let address = vec![SocketAddr::from(([10, 0, 0, 5], 6_000))];
    let fresh = world.engine.open_peer(world.now, call(1), address).unwrap();
    world.dead.clear();
    world.talk(Duration::from_millis(500));
    assert_eq!(world.told, [Told::Closed(fresh), Told::Back(call(1))]);
    assert!(world.tone_in_last(Duration::from_millis(200)) > 0.9);
}

#[test]
fn a_dead_second_is_said_to_be_one_and_to_be_ones_own() {
    let (mut world, old) = World::talking();
    world.dead.push(old);
    world.qualities.clear();
    world.talk(Duration::from_secs(3));
    let last = world.qualities.last().unwrap();
    assert_eq!((last.mos, last.poor_network), (1.0, PoorNetwork::Mine));
}

#[test]
fn what_is_lost_on_an_unknown_way_is_put_down_to_nobody() {
    let (mut world, _) = World::talking();
    world.one_lost_of = Some(6);
    world.talk(Duration::from_secs(12));
    let last = world.qualities.last().unwrap();
    assert!(last.lost > 0.1 && last.poor_network == PoorNetwork::None, "{last:?}");
}

#[test]
fn a_path_that_stops_again_and_again_is_ones_own() {
    let (mut world, id) = World::talking();
    for _ in 0..10 {
        world.dead.push(id);
        world.talk(Duration::from_millis(450));
        world.dead.clear();
        world.talk(Duration::from_millis(550));
    }
    assert_eq!(world.told, [], "the path was never given up");
    assert_eq!(world.qualities.last().unwrap().poor_network, PoorNetwork::Mine);
}

#[test]
fn a_peer_that_never_comes_up_is_given_up() {
    let mut world = World::new();
    let id = world.open(call(1));
    world.dead.push(id);
    world.talk(CONNECT_PATIENCE + Duration::from_millis(200));
    assert_eq!(world.told, [Told::Lost(call(1))]);
}
