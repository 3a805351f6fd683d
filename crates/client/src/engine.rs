//! The sound of all calls of a device: what the signalling machine says about peers and microphone is done here. Twin of
//! the web SDK's `media.ts`.
//!
//! Each call has peers of its own (`succession`), its own voice out and its own voice in; the microphone is the device's,
//! and is heard in one call at most. All other calls are sent silence, so that mute and hold do not look like a dead
//! network. Sockets, clocks and sound cards are the caller's.
//!
//! **After every call that takes `now`, take [`Engine::poll`] until it gives nothing, and call [`Engine::tick`] at
//! [`Engine::deadline`]. [`Engine::captured`] is called once per 10 ms heard, [`Engine::play`] once per 10 ms to be
//! played.**
//!
//! | module | decides |
//! |---|---|
//! | `output` | nothing: what is to be done, or told |
//! | `sound` | one call: what is sent, what is heard, how it adapts |
//! | `succession` | which of a call's peers is in use |
//! | `watchdog` | whether a path works |
//! | `quality` | how it sounds, and whether this device's network spoils it |
//! | `hold_tone` | what is heard instead of a side that holds |

mod hold_tone;
mod output;
mod quality;
mod sound;
mod succession;
mod watchdog;

pub use crate::signalling::PoorNetwork;
pub use output::{Levels, Output, PeerId};
pub use quality::CallQuality;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tring_protocol::ids::CallId;
use tring_protocol::limits;

use crate::audio::{Frame, SILENCE};
use crate::peer::turn::{News, Turn, TurnServer};
use crate::peer::{Datagram, Input, Peer, Redundancy, Tcp};
use crate::voice::{CodecError, Meter, Micros};
use hold_tone::HoldTone;
use sound::CallSound;
use succession::Told;

/// How calls sound, as the app or the account decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether redundant audio is offered to the relay.
    pub redundancy: Redundancy,
    /// Whether and when TCP is tried.
    pub tcp: Tcp,
    /// Whether and when the account's TURN servers are.
    pub turn: Turn,
    /// What is heard while the other side holds.
    pub on_hold: OnHold,
}

/// What is heard while the other side holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnHold {
    /// Two soft steps every five seconds, as in the web SDK.
    Tone,
    /// Nothing: for programs, which would take them for something said.
    Silence,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            redundancy: Redundancy::Offered,
            tcp: Tcp::Fallback,
            turn: Turn::Fallback,
            on_hold: OnHold::Tone,
        }
    }
}

/// The sound of a device's calls.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    turn_servers: Vec<TurnServer>,
    /// When the clock of the voices began.
    beginning: Instant,
    calls: Vec<CallSound>,
    live: Option<CallId>,
    is_microphone_open: bool,
    microphone: Meter,
    speaker: Meter,
    levels: Levels,
    hold_tone: HoldTone,
    peers: u64,
    measure_at: Option<Instant>,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// A device without calls.
    #[must_use]
    pub fn new(now: Instant, settings: Settings) -> Self {
        Self {
            settings,
            turn_servers: Vec::new(),
            beginning: now,
            calls: Vec::new(),
            live: None,
            is_microphone_open: false,
            microphone: Meter::default(),
            speaker: Meter::default(),
            levels: Levels::default(),
            hold_tone: HoldTone::default(),
            peers: 0,
            measure_at: None,
            outputs: VecDeque::new(),
        }
    }

    /// Opens a new peer for the call, whose sockets have these addresses; an older peer goes on until this one carries
    /// sound.
    ///
    /// # Errors
    /// [`CodecError`] if Opus cannot be set up.
    pub fn open_peer(
        &mut self,
        now: Instant,
        call_id: CallId,
        addresses: Vec<SocketAddr>,
    ) -> Result<PeerId, CodecError> {
        if !self.calls.iter().any(|sound| sound.call_id == call_id) {
            self.calls.push(CallSound::new(call_id, self.live == Some(call_id))?);
        }
        self.peers += 1;
        let id = PeerId(self.peers);
        let Settings { redundancy, tcp, turn, on_hold: _ } = self.settings;
        let turn_servers = self.turn_servers.clone();
        let settings = crate::peer::Settings { addresses, redundancy, tcp, turn, turn_servers };
        let (peer, sdp) = Peer::new(now, &settings);
        if let Some(sound) = self.calls.iter_mut().find(|sound| sound.call_id == call_id) {
            sound.peers.open(now, id, peer);
        }
        self.outputs.push_back(Output::Offer { call_id, sdp });
        self.measure_at.get_or_insert(now + Duration::from(limits::REPORT_EVERY));
        self.settle(now);
        Ok(id)
    }

    /// Offers again for the call's newest peer, with new ICE credentials.
    pub fn restart_ice(&mut self, now: Instant, call_id: CallId) {
        let Some(sound) = self.sound(call_id) else { return };
        let sdp = sound.peers.restart();
        self.outputs.extend(sdp.map(|sdp| Output::Offer { call_id, sdp }));
        self.settle(now);
    }

    /// Takes the relay's answer to the last offer of the call's newest peer.
    pub fn accept_answer(&mut self, now: Instant, call_id: CallId, sdp: &str) {
        if let Some(sound) = self.sound(call_id) {
            sound.peers.accept(now, sdp);
        }
        self.settle(now);
    }

    /// Closes all peers of the call.
    pub fn close_peer(&mut self, now: Instant, call_id: CallId) {
        if let Some(sound) = self.sound(call_id) {
            sound.peers.close();
        }
        self.settle(now);
        self.calls.retain(|sound| sound.call_id != call_id);
        if self.live == Some(call_id) {
            self.live = None;
        }
        if self.calls.is_empty() {
            self.measure_at = None;
        }
    }

    /// The microphone is open from now on: what it hears may be sent.
    pub fn open_microphone(&mut self) {
        self.is_microphone_open = true;
    }

    /// The microphone is closed: nothing is sent, into no call.
    pub fn close_microphone(&mut self) {
        self.is_microphone_open = false;
        self.levels.microphone = 0.0;
        if let Some(live) = self.live {
            self.set_live(live, false);
        }
    }

    /// Whether what the microphone hears is sent into this call. It is taken from any other call first.
    pub fn set_live(&mut self, call_id: CallId, is_live: bool) {
        if is_live {
            self.live = Some(call_id);
        } else if self.live == Some(call_id) {
            self.live = None;
        }
        for sound in &mut self.calls {
            sound.set_live(self.live == Some(sound.call_id));
        }
    }

    /// Whether the other side holds the call in front
    /// ([`ShownCall::is_on_hold`](crate::signalling::ShownCall::is_on_hold)), so that a tone is to be heard; may be told as
    /// often as one likes.
    pub fn set_on_hold(&mut self, is_on_hold: bool) {
        if is_on_hold && self.settings.on_hold == OnHold::Tone {
            self.hold_tone.begin();
        } else {
            self.hold_tone.end();
        }
    }

    /// The sockets of this peer have these addresses now.
    pub fn use_addresses(&mut self, now: Instant, id: PeerId, addresses: &[SocketAddr]) {
        if let Some(sound) = self.calls.iter_mut().find(|sound| sound.peers.has(id)) {
            sound.peers.use_addresses(now, id, addresses);
        }
        self.settle(now);
    }

    /// The account has these TURN servers now, with these credentials; for peers that there are and that there will be.
    pub fn use_turn_servers(&mut self, now: Instant, servers: Vec<TurnServer>) {
        for sound in &mut self.calls {
            sound.peers.use_turn_servers(now, &servers);
        }
        self.turn_servers = servers;
        self.settle(now);
    }

    /// Something happened to a connection of this peer to a TURN server.
    pub fn hear_turn(&mut self, now: Instant, id: PeerId, news: News<'_>) {
        if let Some(sound) = self.calls.iter_mut().find(|sound| sound.peers.has(id)) {
            sound.peers.handle(now, id, Input::Turn(news));
        }
        self.settle(now);
    }

    /// Something suggests that the network changed.
    pub fn hint(&mut self, now: Instant) {
        for sound in &mut self.calls {
            sound.peers.hint(now);
        }
    }

    /// A datagram came to a socket of this peer.
    pub fn receive(&mut self, now: Instant, id: PeerId, datagram: Datagram<'_>) {
        if let Some(sound) = self.calls.iter_mut().find(|sound| sound.peers.has(id)) {
            sound.peers.handle(now, id, Input::Datagram(datagram));
        }
        self.settle(now);
    }

    /// The microphone heard this.
    pub fn captured(&mut self, now: Instant, frame: &Frame) {
        if !self.is_microphone_open {
            return;
        }
        let level = self.microphone.measure(frame);
        self.levels.microphone = level.shown;
        for sound in &mut self.calls {
            sound.speak(now, frame, level.below_overload);
        }
        self.settle(now);
    }

    /// What the speaker plays next: all that is heard in all calls, and the hold tone.
    pub fn play(&mut self, now: Instant, frame: &mut Frame) {
        let at = self.voice_clock(now);
        *frame = SILENCE;
        let mut one = SILENCE;
        for sound in &mut self.calls {
            sound.play(at, &mut one);
            for (sum, sample) in frame.iter_mut().zip(&one) {
                *sum = sum.saturating_add(*sample);
            }
        }
        self.hold_tone.add_to(frame);
        self.levels.speaker = self.speaker.measure(frame).shown;
    }

    /// What is due at `now`.
    pub fn tick(&mut self, now: Instant) {
        for sound in &mut self.calls {
            sound.peers.tick(now);
        }
        self.settle(now);
        if self.measure_at.is_some_and(|at| now >= at) {
            self.measure_at = Some(now + Duration::from(limits::REPORT_EVERY));
            self.measure(now);
        }
    }

    /// When [`Self::tick`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.calls.iter().filter_map(|sound| sound.peers.deadline()).chain(self.measure_at).min()
    }

    /// What is to be done, until `None`.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// How loud it is.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.levels
    }

    /// How the last second of the call sounded, once a second of it was heard.
    #[must_use]
    pub fn quality(&self, call_id: CallId) -> Option<CallQuality> {
        self.calls.iter().find(|sound| sound.call_id == call_id)?.quality
    }

    fn sound(&mut self, call_id: CallId) -> Option<&mut CallSound> {
        self.calls.iter_mut().find(|sound| sound.call_id == call_id)
    }

    fn voice_clock(&self, now: Instant) -> Micros {
        now.saturating_duration_since(self.beginning).into()
    }

    /// Does what the peers told.
    fn settle(&mut self, now: Instant) {
        let at = self.voice_clock(now);
        for sound in &mut self.calls {
            let call_id = sound.call_id;
            while let Some(told) = sound.peers.poll() {
                match told {
                    Told::Transmit(id, transmit) => self.outputs.push_back(Output::Transmit(id, transmit)),
                    Told::Turn(id, wanted) => self.outputs.push_back(Output::Turn(id, wanted)),
                    Told::Closed(id) => self.outputs.push_back(Output::Closed(id)),
                    Told::Back => self.outputs.push_back(Output::MediaBack(call_id)),
                    Told::Lost => self.outputs.push_back(Output::MediaLost(call_id)),
                    Told::Audio(audio) => sound.hear(at, &audio),
                    Told::FarLoss(loss) => sound.adapt(at, loss),
                    Told::Changed => sound.begin_anew(),
                }
            }
        }
    }

    fn measure(&mut self, now: Instant) {
        for sound in &mut self.calls {
            let report = sound.measure(now);
            self.outputs.extend(report.map(|report| Output::Report(sound.call_id, report)));
            self.outputs.extend(sound.quality.map(|quality| Output::Quality(sound.call_id, quality)));
        }
    }
}

/// How long a peer may take until it is up before another is tried; for those who wait for one.
pub const CONNECT_PATIENCE: Duration = watchdog::CONNECT_PATIENCE;

#[cfg(test)]
mod tests;
