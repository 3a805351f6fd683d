//! One allocation on a TURN server: what is asked of the server so that datagrams pass, and how they are wrapped.
//!
//! Decides when a permission is asked for and when a channel is bound. Requests, their retransmission, stale nonces and
//! refreshes are the library's. **After every call that takes `now`, [`Allocation::advance`] says what follows from it.**

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use turn_client_proto::api::{CreatePermissionError, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::client::TurnClient;
use turn_client_proto::prelude::{DelayedTransmitBuild, TurnClientApi};
use turn_client_proto::stun::Instant as Moment;
use turn_client_proto::stun::agent::Transmit;
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH};
use turn_client_proto::types::stun::attribute::{AlternateServer, ErrorCode};
use turn_client_proto::types::stun::message::{Message, MessageClass, TransactionId};
use turn_client_proto::types::{AddressFamily, TransportType, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use super::framing;
use super::server::{TurnServer, TurnTransport};

/// When a request is repeated first, how often it is sent, and how long an answer to the last may take. RFC 8489 §6.2.1
/// tries for 39.5 s; a refresh has a minute, and is to be tried more than once in it.
const REPEATED_AFTER: Duration = Duration::from_millis(500);
const SENT_AT_MOST: u32 = 4;
const LAST_ANSWER: Duration = Duration::from_secs(4);
/// How long a server may take to give an address. The library gives up too, but says so only when it is asked.
const PATIENCE: Duration = Duration::from_secs(5);
/// Packets that wait for a permission at most: the checks of one round. What is lost is sent again.
const WAITING: usize = 4;
/// How long a server that refused a permission is left alone.
const REFUSED_FOR: Duration = Duration::from_secs(5);
/// The least time between two looks at the clock, whatever the library asks for.
const SOONEST: Duration = Duration::from_millis(5);
/// Two requests are at least this far apart, the library says; a goodbye does not wait for it.
const CADENCE: Duration = Duration::from_millis(50);
/// `PERMISSION` and the like are asked of allocations of this kind: what is relayed travels in UDP, always.
const RELAYED: TransportType = TransportType::Udp;
/// The first byte of STUN is below this (RFC 7983).
const STUN_BELOW: u8 = 4;

/// What follows.
#[derive(Debug)]
pub(super) enum Step {
    /// The server is sent this.
    Send(Vec<u8>),
    /// It gave this address.
    Allocated(SocketAddr),
    /// It will not go on with it as it is: the credentials have ended there, or it has forgotten it. Told once.
    Refused,
    /// There is none here; this server is to be asked instead. Nothing comes after it.
    Elsewhere(SocketAddr),
    /// There is none, or none any more. Nothing comes after it.
    Ended,
}

/// Addresses of a device at a TURN server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// The device's, towards the server.
    pub(super) local: SocketAddr,
    /// The server's.
    pub(super) server: SocketAddr,
}

/// One allocation.
pub(super) struct Allocation {
    client: TurnClient,
    /// The library's clock begins here.
    beginning: Instant,
    now: Instant,
    transport: TurnTransport,
    ends: Ends,
    /// The newest request for an address.
    asked: Option<TransactionId>,
    elsewhere: Option<SocketAddr>,
    relayed: Option<SocketAddr>,
    /// Where a channel was asked for, whether or not there is one.
    channel: Option<SocketAddr>,
    waiting: Vec<(SocketAddr, Vec<u8>)>,
    refused_until: Option<Instant>,
    deadline: Instant,
    is_refused: bool,
    has_told_refusal: bool,
    has_ended: bool,
    ready: Vec<Vec<u8>>,
}

impl Allocation {
    /// Asks `server` for an address of this family.
    pub(super) fn new(now: Instant, server: &TurnServer, ends: Ends, wants_v6: bool) -> Self {
        let mut config = TurnConfig::new(TurnCredentials::new(&server.username, &server.credential));
        if wants_v6 {
            config.set_address_family(AddressFamily::IPV6);
        }
        config.set_request_retransmits(REPEATED_AFTER, Duration::MAX, SENT_AT_MOST, LAST_ANSWER);
        let client = match server.transport {
            TurnTransport::Udp => TurnClientUdp::allocate(ends.local, ends.server, config).into(),
            TurnTransport::Tcp | TurnTransport::Tls => {
                TurnClientTcp::allocate(ends.local, ends.server, config).into()
            }
        };
        Self {
            client,
            beginning: now,
            now,
            transport: server.transport,
            ends,
            asked: None,
            elsewhere: None,
            relayed: None,
            channel: None,
            waiting: Vec::new(),
            refused_until: None,
            deadline: now,
            is_refused: false,
            has_told_refusal: false,
            has_ended: false,
            ready: Vec::new(),
        }
    }

    /// The server's address.
    pub(super) fn server(&self) -> SocketAddr {
        self.ends.server
    }

    /// The address that the server gave, where it is reached by others.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.relayed
    }

    /// Sends `bytes` to `destination` from the relayed address; checks wait for their permission, all else would be late.
    pub(super) fn send(&mut self, now: Instant, destination: SocketAddr, bytes: &[u8]) {
        self.now = now;
        let at = self.moment(now);
        if !self.client.have_permission(RELAYED, destination.ip()) {
            return self.ask_permission(destination, bytes);
        }
        // ICE's checks go anywhere; what comes after them goes one way, and often.
        let is_stun = bytes.first().is_some_and(|first| *first < STUN_BELOW);
        if !is_stun && self.channel != Some(destination) {
            self.channel = Some(destination);
            // Without a channel each packet has 36 bytes more around it, and passes all the same.
            let _ = self.client.bind_channel(RELAYED, destination, at);
        }
        if let Ok(Some(wrapped)) = self.client.send_to(RELAYED, destination, bytes, at) {
            self.ready.push(wrapped.data.build());
        }
    }

    /// Takes a message of the server; gives what somebody sent to the relayed address, and who.
    pub(super) fn receive(&mut self, now: Instant, message: &[u8]) -> Option<(SocketAddr, Vec<u8>)> {
        self.now = now;
        self.is_refused |= self.relayed.is_some() && is_refusal(message);
        if let Some(elsewhere) = self.redirection(message) {
            self.elsewhere = Some(elsewhere);
            return None;
        }
        let transport = match self.transport {
            TurnTransport::Udp => TransportType::Udp,
            TurnTransport::Tcp | TurnTransport::Tls => TransportType::Tcp,
        };
        let Ends { local, server } = self.ends;
        match self.client.recv(Transmit::new(message, transport, server, local), self.moment(now)) {
            TurnRecvRet::PeerData(data) => Some((data.peer, data.data().to_vec())),
            TurnRecvRet::Handled | TurnRecvRet::Ignored(_) | TurnRecvRet::PeerIcmp { .. } => None,
        }
    }

    /// What follows from what happened until `now`.
    pub(super) fn advance(&mut self, now: Instant) -> Vec<Step> {
        self.now = now;
        let mut steps = Vec::new();
        if self.has_ended {
            return steps;
        }
        if let Some(elsewhere) = self.elsewhere {
            self.has_ended = true;
            steps.push(Step::Elsewhere(elsewhere));
            return steps;
        }
        if self.relayed.is_none() && now >= self.beginning + PATIENCE {
            self.has_ended = true;
            steps.push(Step::Ended);
            return steps;
        }
        if self.is_refused && !self.has_told_refusal {
            self.has_told_refusal = true;
            steps.push(Step::Refused);
        }
        let at = self.moment(now);
        // Looking at the clock can make something happen, which is to be told too: a few looks are enough.
        for _ in 0..8 {
            while let Some(event) = self.client.poll_event() {
                self.notice(&event, &mut steps);
            }
            self.say(at, &mut steps);
            match self.client.poll(at) {
                TurnPollRet::WaitUntil(until) if until > at => {
                    self.deadline = (self.beginning + until.duration_since(Moment::ZERO)).max(now + SOONEST);
                    return steps;
                }
                TurnPollRet::Closed => {
                    self.has_ended = true;
                    steps.push(Step::Ended);
                    return steps;
                }
                // At once, or of connections to peers over TCP, which are never asked for.
                _ => {}
            }
        }
        self.deadline = now + SOONEST;
        steps
    }

    /// When [`Self::advance`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let patience = self.relayed.is_none().then_some(self.beginning + PATIENCE);
        let soonest = patience.map_or(self.deadline, |at| at.min(self.deadline));
        (!self.has_ended).then_some(soonest)
    }

    /// Gives the address back. An answer is not waited for: the server forgets by itself what nobody refreshes.
    pub(super) fn give_back(mut self) -> Option<Vec<u8>> {
        let at = self.moment(self.now);
        self.client.delete(at).ok()?;
        let goodbye = self.client.poll_transmit(at + CADENCE)?;
        Some(self.framed(goodbye.data.to_vec()))
    }

    fn moment(&self, now: Instant) -> Moment {
        Moment::ZERO + now.saturating_duration_since(self.beginning)
    }

    fn ask_permission(&mut self, destination: SocketAddr, bytes: &[u8]) {
        if self.refused_until.is_some_and(|until| self.now < until) {
            return;
        }
        let at = self.moment(self.now);
        match self.client.create_permission(RELAYED, destination.ip(), at) {
            // Asked for now, or before.
            Ok(()) | Err(CreatePermissionError::AlreadyExists) => {
                if self.waiting.len() < WAITING {
                    self.waiting.push((destination, bytes.to_vec()));
                }
            }
            // An address of the other family, or it is over, which it says itself.
            Err(_) => {}
        }
    }

    fn notice(&mut self, event: &TurnEvent, steps: &mut Vec<Step>) {
        match event {
            TurnEvent::AllocationCreated(_, relayed) => {
                self.relayed = Some(*relayed);
                steps.push(Step::Allocated(*relayed));
            }
            TurnEvent::PermissionCreated(_, who) => {
                for (destination, bytes) in self.take_waiting(*who) {
                    self.send(self.now, destination, &bytes);
                }
            }
            TurnEvent::PermissionCreateFailed(_, who) => {
                self.refused_until = Some(self.now + REFUSED_FOR);
                self.take_waiting(*who);
            }
            // One that failed at first ends by itself; packets pass without a channel.
            _ => {}
        }
    }

    fn take_waiting(&mut self, who: IpAddr) -> Vec<(SocketAddr, Vec<u8>)> {
        self.waiting.extract_if(.., |(destination, _)| destination.ip() == who).collect()
    }

    /// Where this message sends a device that asks for an address (RFC 8489 §10).
    ///
    /// coturn says so before it knows who asks, and hence without proof that it was the server: what is checked is that it
    /// answers the request, which nobody off the way has seen. Whoever is on the way can keep the device from the server
    /// anyhow, and gains no more than that: what is relayed is encrypted for the relay. Nobody is sent to a service of the
    /// device itself.
    fn redirection(&self, message: &[u8]) -> Option<SocketAddr> {
        if self.relayed.is_some() {
            return None;
        }
        let message = Message::from_bytes(message).ok()?;
        let code = message.attribute::<ErrorCode>().ok()?.code();
        let to = message.attribute::<AlternateServer>().ok()?.server();
        let from = self.ends.server;
        let is_meant = message.has_method(ALLOCATE)
            && message.has_class(MessageClass::Error)
            && self.asked == Some(message.transaction_id())
            && code == ErrorCode::TRY_ALTERNATE
            && to.is_ipv4() == from.is_ipv4()
            && (from.ip().is_loopback() || !to.ip().is_loopback());
        is_meant.then_some(to)
    }

    fn say(&mut self, at: Moment, steps: &mut Vec<Step>) {
        while let Some(request) = self.client.poll_transmit(at) {
            if let Ok(message) = Message::from_bytes(&request.data)
                && message.has_method(ALLOCATE)
            {
                self.asked = Some(message.transaction_id());
            }
            self.ready.push(request.data.to_vec());
        }
        for message in std::mem::take(&mut self.ready) {
            steps.push(Step::Send(self.framed(message)));
        }
    }

    /// As it travels.
    fn framed(&self, mut message: Vec<u8>) -> Vec<u8> {
        if self.transport != TurnTransport::Udp {
            framing::pad(&mut message);
        }
        message
    }
}

/// Whether a server says of what it has given that it will not go on with it. Who may say so is not checked: whoever lies
/// here makes the device ask for one more address, and no more.
fn is_refusal(message: &[u8]) -> bool {
    let Ok(message) = Message::from_bytes(message) else { return false };
    let is_ours =
        [REFRESH, CREATE_PERMISSION, CHANNEL_BIND].into_iter().any(|asked| message.has_method(asked));
    is_ours
        && message.has_class(MessageClass::Error)
        && message.attribute::<ErrorCode>().is_ok_and(|error| {
            [ErrorCode::UNAUTHORIZED, ErrorCode::ALLOCATION_MISMATCH, ErrorCode::WRONG_CREDENTIALS]
                .contains(&error.code())
        })
}

// The library would show the credentials.
impl std::fmt::Debug for Allocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allocation")
            .field("ends", &self.ends)
            .field("relayed", &self.relayed)
            .finish_non_exhaustive()
    }
}
