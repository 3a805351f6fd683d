//! The sockets of peers: one UDP socket of each address family for each peer, and TCP to the relay where a peer asks for it.
//!
//! A UDP socket is bound to no interface, so that the system moves it with its routes and the relay follows by the packets
//! themselves; its candidate has the address that the route to the server has now. Each peer has sockets of its own, because
//! the relay tells connections apart by where packets come from.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::engine::PeerId;
use crate::peer::{Transmit, Transport};

/// Packets that wait for the task at most. What comes when it is full is lost, as on any road.
pub(super) const QUEUE: usize = 512;
/// Largest datagram that is read; what a relay sends fits an Ethernet frame.
pub(super) const DATAGRAM_MAX: usize = 2_048;
/// Frames that wait for a TCP connection at most: two seconds of packets of 20 ms. Old sound is of no use.
pub(super) const TCP_QUEUE: usize = 100;
/// How long a socket that told of an error is left alone. Higher: packets wait; lower: work while the network is down.
pub(super) const AFTER_ERROR: Duration = Duration::from_millis(5);
/// Where a route to the internet is looked for: addresses of documentation (RFC 5737, RFC 3849), to which nothing is sent.
const ANYWHERE: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// A datagram that came to a peer's socket.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) peer: PeerId,
    pub(super) transport: Transport,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

/// Sockets that no peer has yet.
#[derive(Debug)]
pub(super) struct Fresh(Vec<(SocketAddr, UdpSocket)>);

impl Fresh {
    /// One for each address family that has a route to `server`, or to anywhere.
    pub(super) async fn bind(server: Option<IpAddr>) -> Self {
        let mut sockets = Vec::new();
        for local in routes(server) {
            let any: IpAddr =
                if local.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            if let Ok(socket) = UdpSocket::bind((any, 0)).await
                && let Ok(bound) = socket.local_addr()
            {
                sockets.push((SocketAddr::new(local, bound.port()), socket));
            }
        }
        Self(sockets)
    }

    /// Their addresses.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.0.iter().map(|(address, _)| *address).collect()
    }
}

/// The addresses that packets leave from now, one of each family: towards `server`, or to anywhere.
pub(super) fn routes(server: Option<IpAddr>) -> Vec<IpAddr> {
    let towards = ANYWHERE.map(|anywhere| match server {
        Some(server) if server.is_ipv4() == anywhere.is_ipv4() => server,
        _ => anywhere,
    });
    towards.into_iter().filter_map(|to| route(to).ok()).collect()
}

/// The address that packets to `to` leave from. Nothing is sent.
pub(super) fn route(to: IpAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = std::net::UdpSocket::bind((any, 0))?;
    socket.connect((to, 9))?;
    Ok(socket.local_addr()?.ip())
}

/// All sockets of all peers.
#[derive(Debug)]
pub(super) struct Roads {
    peers: HashMap<PeerId, PeerRoads>,
    arrived: mpsc::Sender<Arrived>,
}

#[derive(Debug, Default)]
struct PeerRoads {
    udp: Vec<(SocketAddr, Arc<UdpSocket>)>,
    /// By the candidate's address and the relay's.
    tcp: HashMap<(SocketAddr, SocketAddr), mpsc::Sender<Vec<u8>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for PeerRoads {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Roads {
    /// None yet; what comes goes to `arrived`.
    pub(super) fn new(arrived: mpsc::Sender<Arrived>) -> Self {
        Self { peers: HashMap::new(), arrived }
    }

    /// The sockets of `peer`.
    pub(super) fn give(&mut self, peer: PeerId, fresh: Fresh) {
        let mut roads = PeerRoads::default();
        for (address, socket) in fresh.0 {
            let socket = Arc::new(socket);
            roads.tasks.push(tokio::spawn(read_udp(
                peer,
                address,
                Arc::clone(&socket),
                self.arrived.clone(),
            )));
            roads.udp.push((address, socket));
        }
        self.peers.insert(peer, roads);
    }

    /// Closes the sockets of `peer`.
    pub(super) fn close(&mut self, peer: PeerId) {
        self.peers.remove(&peer);
    }

    /// Sends, if the road is free; a packet that would have to wait is lost.
    pub(super) fn send(&mut self, peer: PeerId, transmit: Transmit) {
        let Some(roads) = self.peers.get_mut(&peer) else { return };
        let Transmit { transport, source, destination, bytes } = transmit;
        match transport {
            Transport::Udp => {
                if let Some((_, socket)) = roads.udp.iter().find(|(address, _)| *address == source) {
                    let _ = socket.try_send_to(&bytes, destination);
                }
            }
            Transport::Tcp => {
                let stream = roads.tcp.entry((source, destination)).or_insert_with(|| {
                    let (frames, queue) = mpsc::channel(TCP_QUEUE);
                    let arrived = self.arrived.clone();
                    roads.tasks.push(tokio::spawn(async move {
                        // A connection that fails says nothing: its checks stay unanswered.
                        if let Err(error) = speak_tcp(peer, source, destination, queue, arrived).await {
                            tracing::debug!(%error, "no TCP to the relay");
                        }
                    }));
                    frames
                });
                let _ = stream.try_send(bytes);
            }
        }
    }
}

async fn read_udp(
    peer: PeerId,
    destination: SocketAddr,
    socket: Arc<UdpSocket>,
    arrived: mpsc::Sender<Arrived>,
) {
    let mut buffer = [0; DATAGRAM_MAX];
    loop {
        let Ok((length, source)) = socket.recv_from(&mut buffer).await else {
            // What an earlier datagram met (a closed port, a network that is down) is told to the next call; the socket is
            // still good, and must not be asked in a circle.
            tokio::time::sleep(AFTER_ERROR).await;
            continue;
        };
        let bytes = buffer[..length].to_vec();
        let one = Arrived { peer, transport: Transport::Udp, source, destination, bytes };
        if let Err(mpsc::error::TrySendError::Closed(_)) = arrived.try_send(one) {
            return;
        }
    }
}

/// Speaks RFC 4571 on a connection to the relay: each frame with its length before it.
async fn speak_tcp(
    peer: PeerId,
    source: SocketAddr,
    relay: SocketAddr,
    mut frames: mpsc::Receiver<Vec<u8>>,
    arrived: mpsc::Sender<Arrived>,
) -> io::Result<()> {
    let socket = if relay.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    let stream = socket.connect(relay).await?;
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.into_split();
    let write = async {
        while let Some(bytes) = frames.recv().await {
            let Ok(length) = u16::try_from(bytes.len()) else { continue };
            writer.write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat()).await?;
        }
        Ok(())
    };
    let read = async {
        loop {
            let mut bytes = vec![0; usize::from(reader.read_u16().await?)];
            reader.read_exact(&mut bytes).await?;
            let one = Arrived { peer, transport: Transport::Tcp, source: relay, destination: source, bytes };
            let _ = arrived.try_send(one);
        }
    };
    tokio::select! {
        written = write => written,
        read = read => read,
    }
}
