//! One WebRTC connection to the relay: full ICE, DTLS, SRTP, and one audio line both ways, offered by us.
//!
//! Decides what is offered, over which of the device's addresses the relay is reached, and when TCP is tried. It knows
//! nothing of calls, codecs or sockets: payloads go in and come out as they travel, datagrams are the caller's to carry.
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
//! address behind it (RFC 8445 §6.1.2.4). TURN is left to the caller's network.

mod figures;
mod offer;

pub use figures::Figures;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType, Transmit as Sent};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Rtc};
use thiserror::Error;

use crate::voice::Form;

/// How long UDP is tried alone before TCP is tried beside it. Higher: networks that drop UDP wait longer for sound; lower:
/// a TCP connection for nothing on networks that are only slow.
const TCP_AFTER: Duration = Duration::from_millis(500);

/// What an active TCP candidate has for a port, since it never listens (RFC 6544 §4.5).
const TCP_ACTIVE_PORT: u16 = 9;

/// What a peer may do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The device's addresses, one of a UDP socket each; best first.
    pub addresses: Vec<SocketAddr>,
    /// Whether redundant audio (RFC 2198) is offered.
    pub redundancy: Redundancy,
    /// Whether and when TCP is tried.
    pub tcp: Tcp,
}

/// Whether redundant audio is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    /// As Chromium does.
    Offered,
    /// As Firefox does.
    None,
}

/// Whether and when TCP (RFC 6544) is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tcp {
    /// Once UDP has not worked for half a second.
    Fallback,
    /// Never.
    Never,
    /// Nothing else is tried.
    Only,
}

/// By what a datagram travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// As it is.
    Udp,
    /// On a stream, each with its length before it (RFC 4571).
    Tcp,
}

/// What the peer is told.
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram came.
    Datagram(Datagram<'a>),
    /// [`Peer::deadline`] has come.
    Tick,
    /// The device has these addresses now.
    AddressesChanged(&'a [SocketAddr]),
}

/// A datagram that came. Over TCP, `destination` is what the peer gave as `source` when it sent.
#[derive(Debug)]
pub struct Datagram<'a> {
    /// By what.
    pub transport: Transport,
    /// From where.
    pub source: SocketAddr,
    /// To which of the device's addresses.
    pub destination: SocketAddr,
    /// What.
    pub bytes: &'a [u8],
}

/// What the peer wants done, or tells.
#[derive(Debug)]
pub enum Output {
    /// A datagram is to be sent.
    Transmit(Transmit),
    /// Audio came.
    Audio(Audio),
    /// The connection is up: ICE and DTLS are done.
    Connected,
    /// Checks go unanswered: the network may have changed.
    Doubted,
    /// The connection cannot be made, or has ended. Nothing comes after it.
    Failed,
    /// The far end said how much of what was sent is lost there, 0 to 1.
    FarLoss(f32),
}

/// A datagram to be sent.
#[derive(Debug)]
pub struct Transmit {
    /// By what. Over TCP the caller connects to `destination`, from any port; `source` and `destination` name the connection.
    pub transport: Transport,
    /// From which of the device's addresses.
    pub source: SocketAddr,
    /// Where to.
    pub destination: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// Audio that came.
#[derive(Debug)]
pub struct Audio {
    /// Whose.
    pub ssrc: u32,
    /// Its place in the row.
    pub sequence: u16,
    /// When it was said, at 48 kHz.
    pub timestamp: u32,
    /// What its payload is.
    pub form: Form,
    /// What was said.
    pub payload: Arc<[u8]>,
}

/// Audio to be sent.
#[derive(Debug)]
pub struct Speech<'a> {
    /// What is said.
    pub payload: &'a [u8],
    /// When, at 48 kHz.
    pub timestamp: u32,
    /// Whether speech begins after a pause.
    pub marker: bool,
    /// What the payload is.
    pub form: Form,
    /// How loud it is, in dB below the loudest possible (RFC 6464): 0 is loud, 127 silent.
    pub level: u8,
}

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
    locals: Vec<Candidate>,
    tcp: Tcp,
    /// When TCP is tried, if nothing works until then.
    tcp_at: Option<Instant>,
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
            locals: Vec::new(),
            tcp: settings.tcp,
            tcp_at: None,
            sequence: 0,
            connection: Connection::Connecting,
            has_reached: false,
            figures: Figures::default(),
            outputs: VecDeque::new(),
            deadline: None,
        };
        peer.use_addresses(&settings.addresses);
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
        if self.tcp == Tcp::Fallback && self.connection == Connection::Connecting {
            self.tcp_at = Some(now + TCP_AFTER);
        }
        self.pass_time(now);
        Ok(())
    }

    /// Takes what happened at `now`.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Datagram(datagram) => self.receive(now, &datagram),
            Input::Tick => {}
            Input::AddressesChanged(addresses) => self.use_addresses(addresses),
        }
        if self.tcp_at.is_some_and(|at| now >= at) {
            self.tcp_at = None;
            self.try_tcp();
        }
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
        [self.deadline, self.tcp_at].into_iter().flatten().min()
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
        self.feed(str0m::Input::Receive(now, receive));
    }

    fn pass_time(&mut self, now: Instant) {
        self.feed(str0m::Input::Timeout(now));
    }

    fn feed(&mut self, input: str0m::Input<'_>) {
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
                Ok(str0m::Output::Transmit(sent)) => self.transmit(sent),
                Ok(str0m::Output::Event(event)) => self.notice(event),
                Err(_) => return self.fail(),
            }
        }
        if !self.rtc.is_alive() {
            self.fail();
        }
    }

    fn transmit(&mut self, sent: Sent) {
        let transport = if sent.proto == Protocol::Udp { Transport::Udp } else { Transport::Tcp };
        self.outputs.push_back(Output::Transmit(Transmit {
            transport,
            source: sent.source,
            destination: sent.destination,
            bytes: sent.contents.to_vec(),
        }));
    }

    fn notice(&mut self, event: Event) {
        match event {
            Event::Connected => {
                self.connection = Connection::Connected;
                self.tcp_at = None;
                self.outputs.push_back(Output::Connected);
            }
            Event::IceConnectionStateChange(state) => {
                self.has_reached |= state.is_connected();
                if state == IceConnectionState::Disconnected && self.has_reached {
                    self.outputs.push_back(Output::Doubted);
                }
            }
            Event::RtpPacket(packet) => self.hear(packet),
            Event::PeerStats(stats) => self.figures.learn_path(&stats),
            Event::MediaEgressStats(stats) => {
                if let Some(loss) = stats.loss {
                    self.figures.far_loss = loss;
                    self.outputs.push_back(Output::FarLoss(loss));
                }
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
            self.outputs.push_back(Output::Failed);
        }
    }

    /// Makes the candidates those of `addresses`; what stays is not touched.
    fn use_addresses(&mut self, addresses: &[SocketAddr]) {
        let is_wanted = |candidate: &Candidate| match candidate.proto() {
            Protocol::Udp => addresses.contains(&candidate.addr()),
            _ => addresses.iter().any(|address| address.ip() == candidate.addr().ip()),
        };
        let (stay, leave) = self.locals.drain(..).partition(is_wanted);
        self.locals = stay;
        for candidate in &leave {
            self.rtc.direct_api().invalidate_candidate(candidate);
        }
        let has_tcp = leave.iter().chain(&self.locals).any(|candidate| candidate.proto() == Protocol::Tcp);
        if self.tcp != Tcp::Only {
            for address in addresses {
                self.add(Candidate::builder().udp().host(*address).build().ok());
            }
        }
        if self.tcp == Tcp::Only || has_tcp {
            self.add_tcp(addresses);
        }
    }

    fn try_tcp(&mut self) {
        let addresses: Vec<_> = self.locals.iter().map(Candidate::addr).collect();
        self.add_tcp(&addresses);
    }

    fn add_tcp(&mut self, addresses: &[SocketAddr]) {
        for address in addresses {
            let from = SocketAddr::new(address.ip(), TCP_ACTIVE_PORT);
            self.add(Candidate::builder().tcp().host(from).tcptype(TcpType::Active).build().ok());
        }
    }

    /// Adds what is not there yet; an address that no candidate can have (link-local IPv4, multicast) is left out.
    fn add(&mut self, candidate: Option<Candidate>) {
        let Some(candidate) = candidate else { return };
        let is_known =
            |known: &Candidate| known.addr() == candidate.addr() && known.proto() == candidate.proto();
        if !self.locals.iter().any(is_known) {
            self.rtc.add_local_candidate(candidate.clone());
            self.locals.push(candidate);
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
