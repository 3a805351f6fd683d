//! One WebRTC connection to the relay: full ICE, DTLS, SRTP, and one audio line both ways, offered by us.
//!
//! Decides what is offered, over which of the device's addresses the relay is reached, and when TCP and TURN are tried. It
//! knows nothing of calls, codecs or sockets: payloads go in and come out as they travel, and datagrams are the caller's
//! to carry.
//!
//! **After every call that takes `now`, take [`Peer::poll`] until it gives nothing, and send [`Input::Tick`] at
//! [`Peer::deadline`]:**
//! ```text
//! peer.handle(now, input);
//! while let Some(output) = peer.poll() { … }
//! sleep until peer.deadline(), or until a datagram comes
//! ```
//!
//! The offer leaves without waiting for addresses, and they need not be in it: the relay is ICE-lite, ignores candidates
//! and learns ours from the first check that reaches it. So an address that appears later is used at once, and asking a
//! STUN server for a reflexive address would change nothing: the pair that it makes is the same as that of the host
//! address behind it (RFC 8445 §6.1.2.4).
//!
//! Three ways are tried one after the other, and stay side by side until the connection is up: UDP to the relay, TCP to it
//! after half a second, and the account's TURN servers after a second. ICE takes the most direct one that works.
//!
//! | module | decides |
//! |---|---|
//! | `traffic` | nothing: what goes in and what comes out |
//! | `settings` | nothing: what a peer may do |
//! | `offer` | what is offered |
//! | `addresses` | which of the device's addresses are tried, and when TCP is |
//! | `turn` | when TURN servers are asked for an address, and which are kept |
//! | `figures` | what is counted |

mod addresses;
mod figures;
mod offer;
mod settings;
mod traffic;
pub mod turn;

pub use figures::Figures;
pub use settings::{Redundancy, Settings, Tcp};
pub use traffic::{Audio, Datagram, Input, Output, Speech, Transmit, Transport};

use std::collections::VecDeque;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive, Transmit as Sent};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Rtc};
use thiserror::Error;

use crate::voice::Form;
use addresses::Addresses;
use turn::{Told, Ways};

/// The first byte of what ICE itself sends is below this (RFC 7983).
const STUN_BELOW: u8 = 4;

/// How far a peer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Not there yet.
    Connecting,
    /// Audio can pass.
    Connected,
    /// Over.
    Failed,
}

/// Why an answer cannot be used.
#[derive(Debug, Error)]
pub enum PeerError {
    /// There is no offer that it could answer.
    #[error("an answer came, but no offer waits for one")]
    NotAsked,
    /// It does not fit the offer, or is no session description.
    #[error("the relay's answer cannot be used: {0}")]
    Answer(String),
}

/// One connection to the relay.
pub struct Peer {
    rtc: Rtc,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    addresses: Addresses,
    turn: Ways,
    /// Candidates that TURN servers gave.
    relayed: Vec<Candidate>,
    sequence: u64,
    connection: Connection,
    has_reached: bool,
    figures: Figures,
    outputs: VecDeque<Output>,
    deadline: Option<Instant>,
}

impl Peer {
    /// A peer and its offer.
    #[must_use]
    pub fn new(now: Instant, settings: &Settings) -> (Self, String) {
        let mut rtc = offer::config(settings.redundancy).build(now);
        let mut api = rtc.sdp_api();
        let mid = api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (sdp, pending) = api.apply().expect("a new media line needs an offer");
        let mut peer = Self {
            rtc,
            mid,
            pending: Some(pending),
            addresses: Addresses::new(settings),
            turn: Ways::new(settings.turn, settings.turn_servers.clone()),
            relayed: Vec::new(),
            sequence: 0,
            connection: Connection::Connecting,
            has_reached: false,
            figures: Figures::default(),
            outputs: VecDeque::new(),
            deadline: None,
        };
        peer.addresses.become_those_of(&settings.addresses, &mut peer.rtc);
        (peer, sdp.to_sdp_string())
    }

    /// Offers again, with new ICE credentials; addresses stay as they are.
    #[must_use]
    pub fn restart(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (sdp, pending) = api.apply().expect("new credentials need an offer");
        self.pending = Some(pending);
        sdp.to_sdp_string()
    }

    /// Takes the relay's answer to the newest offer.
    ///
    /// # Errors
    /// [`PeerError`] if it cannot be used; the peer is as before.
    pub fn accept_answer(&mut self, now: Instant, sdp: &str) -> Result<(), PeerError> {
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(|error| PeerError::Answer(error.to_string()))?;
        let pending = self.pending.take().ok_or(PeerError::NotAsked)?;
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .map_err(|error| PeerError::Answer(error.to_string()))?;
        self.figures.learn_codecs(&self.rtc, self.mid);
        self.turn.answered(now, sdp);
        if self.connection == Connection::Connecting {
            self.addresses.answered(now);
        }
        self.pass_time(now);
        Ok(())
    }

    /// Takes what happened at `now`.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram(datagram) => self.receive(now, &datagram),
            Input::Tick => {}
            Input::AddressesChanged(addresses) => self.addresses.become_those_of(addresses, &mut self.rtc),
            Input::TurnServers(servers) => self.turn.use_servers(now, servers),
            Input::Turn(news) => self.turn.handle(now, &news),
        }
        self.addresses.tick(now, &mut self.rtc);
        self.pass_time(now);
    }

    /// Sends audio, if the connection is up and its form was agreed on.
    pub fn send_audio(&mut self, now: Instant, speech: &Speech<'_>) {
        let Some(payload_type) = self.payload_type(speech.form) else { return };
        let level = i8::try_from(speech.level.min(127)).unwrap_or(i8::MAX);
        let extensions = ExtensionValues {
            audio_level: Some(-level),
            voice_activity: Some(level < 127),
            ..ExtensionValues::default()
        };
        let sequence = self.sequence.into();
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(self.mid, None) else { return };
        self.sequence += 1;
        stream.write_rtp(
            RtpWrite::new(payload_type, sequence, speech.timestamp, now, speech.payload)
                .marker(speech.marker)
                .ext_vals(extensions),
        );
        self.pass_time(now);
    }

    /// Whether audio may be sent in this form now.
    #[must_use]
    pub fn speaks(&self, form: Form) -> bool {
        self.payload_type(form).is_some()
    }

    /// Ends it: what TURN servers gave is given back, as [`Self::poll`] says. Nothing else follows.
    pub fn close(&mut self) {
        self.connection = Connection::Failed;
        self.outputs.clear();
        self.turn.close();
        while let Some(told) = self.turn.poll() {
            if let Told::Wanted(wanted) = told {
                self.outputs.push_back(Output::Turn(wanted));
            }
        }
    }

    /// What is to be done, until `None`.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if self.connection == Connection::Failed {
            return None;
        }
        [self.deadline, self.addresses.deadline(), self.turn.deadline()].into_iter().flatten().min()
    }

    /// How far it has come.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.connection
    }

    /// Whether its checks have reached the relay, so that the relay may be about to use it.
    #[must_use]
    pub fn has_reached(&self) -> bool {
        self.has_reached
    }

    /// What is known of the connection.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    fn payload_type(&self, form: Form) -> Option<Pt> {
        let agreed = match form {
            Form::Opus => self.figures.opus,
            Form::Red => self.figures.red,
        };
        agreed.filter(|_| self.connection == Connection::Connected)
    }

    fn receive(&mut self, now: Instant, datagram: &Datagram<'_>) {
        let Ok(contents) = datagram.bytes.try_into() else { return };
        self.figures.count(datagram.bytes);
        let (source, destination) = (datagram.source, datagram.destination);
        let proto = match datagram.transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let receive = Receive { proto, source, destination, contents };
        self.feed(now, str0m::Input::Receive(now, receive));
    }

    fn pass_time(&mut self, now: Instant) {
        self.turn.tick(now);
        self.follow_turn(now);
        self.feed(now, str0m::Input::Timeout(now));
        self.follow_turn(now);
    }

    /// Does what follows from what TURN servers said.
    fn follow_turn(&mut self, now: Instant) {
        while let Some(told) = self.turn.poll() {
            match told {
                Told::Wanted(wanted) => self.outputs.push_back(Output::Turn(wanted)),
                Told::Allocated { relayed, base } => {
                    if let Ok(candidate) = Candidate::builder().udp().relayed(relayed, base).build() {
                        self.rtc.add_local_candidate(candidate.clone());
                        self.relayed.push(candidate);
                    }
                }
                Told::Gone(address) => {
                    for candidate in self.relayed.extract_if(.., |candidate| candidate.addr() == address) {
                        self.rtc.direct_api().invalidate_candidate(&candidate);
                    }
                }
                Told::Received { source, relayed, bytes } => {
                    let destination = relayed;
                    let transport = Transport::Udp;
                    self.receive(now, &Datagram { transport, source, destination, bytes: &bytes });
                }
            }
        }
    }

    fn feed(&mut self, now: Instant, input: str0m::Input<'_>) {
        if self.connection == Connection::Failed {
            return;
        }
        if self.rtc.handle_input(input).is_err() {
            return self.fail();
        }
        loop {
            match self.rtc.poll_output() {
                Ok(str0m::Output::Timeout(at)) => {
                    self.deadline = Some(at);
                    break;
                }
                Ok(str0m::Output::Transmit(sent)) => self.transmit(now, sent),
                Ok(str0m::Output::Event(event)) => self.notice(now, event),
                Err(_) => return self.fail(),
            }
        }
        if !self.rtc.is_alive() {
            self.fail();
        }
    }

    fn transmit(&mut self, now: Instant, sent: Sent) {
        if sent.contents.first().is_some_and(|first| *first >= STUN_BELOW) {
            self.turn.used(sent.source);
        }
        if self.turn.has(sent.source) {
            return self.turn.send(now, sent.source, sent.destination, &sent.contents);
        }
        let transport = if sent.proto == Protocol::Udp { Transport::Udp } else { Transport::Tcp };
        self.outputs.push_back(Output::Transmit(Transmit {
            transport,
            source: sent.source,
            destination: sent.destination,
            bytes: sent.contents.to_vec(),
        }));
    }

    fn notice(&mut self, now: Instant, event: Event) {
        match event {
            Event::Connected => {
                self.connection = Connection::Connected;
                self.addresses.connected();
                self.turn.connected(now);
                self.outputs.push_back(Output::Connected);
            }
            Event::IceConnectionStateChange(state) => {
                self.has_reached |= state.is_connected();
                if state == IceConnectionState::Disconnected && self.has_reached {
                    self.outputs.push_back(Output::Doubted);
                }
            }
            Event::RtpPacket(packet) => self.hear(packet),
            Event::PeerStats(stats) => self.figures.learn_path(&stats, &self.turn),
            Event::MediaEgressStats(stats) => {
                self.outputs.extend(stats.loss.map(Output::FarLoss));
            }
            _ => {}
        }
    }

    fn hear(&mut self, packet: RtpPacket) {
        let RtpPacket { header, payload, .. } = packet;
        let form = match Some(header.payload_type) {
            pt if pt == self.figures.opus => Form::Opus,
            pt if pt == self.figures.red => Form::Red,
            _ => return,
        };
        self.figures.packets += 1;
        self.outputs.push_back(Output::Audio(Audio {
            ssrc: *header.ssrc,
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            form,
            payload,
        }));
    }

    fn fail(&mut self) {
        if self.connection != Connection::Failed {
            self.connection = Connection::Failed;
            self.turn.close();
            self.outputs.push_back(Output::Failed);
        }
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("connection", &self.connection).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
