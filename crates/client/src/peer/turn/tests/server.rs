//! A TURN server in virtual time, over UDP, made of the library's other half.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use turn_client_proto::prelude::DelayedTransmitBuild;
use turn_client_proto::stun::Instant as Moment;
use turn_client_proto::stun::agent::Transmit;
use turn_client_proto::types::TransportType;
use turn_server_proto::api::{TurnServerApi, TurnServerPollRet};
use turn_server_proto::server::TurnServer;

const UDP: TransportType = TransportType::Udp;

/// What leaves the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    ToClient { client: SocketAddr, message: Vec<u8> },
    ToOther { relayed: SocketAddr, destination: SocketAddr, bytes: Vec<u8> },
}

/// The server. Its users all have the password `hush`.
pub(crate) struct Scripted {
    server: TurnServer,
    beginning: Instant,
    place: SocketAddr,
    allocated: u16,
    said: Vec<Said>,
}

impl Scripted {
    pub(crate) fn new(now: Instant, place: SocketAddr, users: &[&str]) -> Self {
        let mut server = TurnServer::new(UDP, place, "test.example".to_owned());
        for user in users {
            server.add_user((*user).to_owned(), "hush".to_owned());
        }
        Self { server, beginning: now, place, allocated: 0, said: Vec::new() }
    }

    /// How long a nonce is good.
    pub(crate) fn forget_nonces_after(&mut self, length: Duration) {
        self.server.set_nonce_expiry_duration(length);
    }

    /// How many addresses it has given.
    pub(crate) fn allocated(&self) -> u16 {
        self.allocated
    }

    pub(crate) fn hear_client(&mut self, now: Instant, client: SocketAddr, message: &[u8]) {
        self.hear(now, client, self.place, message);
    }

    /// `other` sends to an address that the server gave.
    pub(crate) fn hear_other(&mut self, now: Instant, other: SocketAddr, relayed: SocketAddr, bytes: &[u8]) {
        self.hear(now, other, relayed, bytes);
    }

    /// What follows until `now`.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<Said> {
        let at = self.moment(now);
        while let Some(Transmit { data, to: client, .. }) = self.server.poll_transmit(at) {
            self.said.push(Said::ToClient { client, message: data });
        }
        std::mem::take(&mut self.said)
    }

    fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let at = self.moment(now);
        // What is due comes first: an allocation that has ended does not answer.
        self.advance(at);
        if let Some(sent) = self.server.recv(Transmit::new(bytes, UDP, from, to), at) {
            let (from, to, bytes) = (sent.from, sent.to, sent.data.build());
            self.said.push(if from == self.place {
                Said::ToClient { client: to, message: bytes }
            } else {
                Said::ToOther { relayed: from, destination: to, bytes }
            });
        }
        self.advance(at);
    }

    fn advance(&mut self, at: Moment) {
        loop {
            match self.server.poll(at) {
                TurnServerPollRet::AllocateSocket {
                    transport,
                    listen_addr,
                    client_addr,
                    allocation_transport,
                    family,
                } => {
                    self.allocated += 1;
                    let relayed = SocketAddr::new(self.place.ip(), 50_000 + self.allocated);
                    self.server.allocated_socket(
                        transport,
                        listen_addr,
                        client_addr,
                        allocation_transport,
                        family,
                        Ok(relayed),
                        at,
                    );
                }
                TurnServerPollRet::SocketClose { .. } => {}
                _ => return,
            }
        }
    }

    fn moment(&self, now: Instant) -> Moment {
        Moment::ZERO + now.saturating_duration_since(self.beginning)
    }
}
