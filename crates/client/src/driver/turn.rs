//! Connections to TURN servers, a task each: names are looked up, sockets opened, messages carried. What is said on them is
//! the peers' business.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;

use super::roads::{AFTER_ERROR, DATAGRAM_MAX, TCP_QUEUE, route};
use crate::engine::PeerId;
use crate::peer::turn::{News, TurnServer, TurnTransport, Wanted, WayId, framing};
use crate::tls;

/// What a connection of this peer tells.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) peer: PeerId,
    pub(super) id: WayId,
    what: What,
}

#[derive(Debug)]
enum What {
    Opened { local: SocketAddr, server: SocketAddr },
    Message(Vec<u8>),
    Closed,
}

impl Heard {
    /// As the peer takes it.
    pub(super) fn news(&self) -> News<'_> {
        let id = self.id;
        match &self.what {
            What::Opened { local, server } => News::Opened { id, local: *local, server: *server },
            What::Message(message) => News::Received { id, message },
            What::Closed => News::Closed { id },
        }
    }
}

/// All connections to TURN servers.
#[derive(Debug)]
pub(super) struct TurnRoads {
    /// Dropped, they end what they lead to once all that was given to them has been sent.
    open: HashMap<(PeerId, WayId), mpsc::Sender<Vec<u8>>>,
    heard: mpsc::Sender<Heard>,
    /// Whom servers are checked against, once that is known.
    tls: Option<Arc<ClientConfig>>,
    authorities: Option<PathBuf>,
}

impl TurnRoads {
    /// None yet; what comes goes to `heard`. Servers are checked as `tls` says; without it the system is asked whom it
    /// trusts, besides these authorities, when there is a server to check.
    pub(super) fn new(
        heard: mpsc::Sender<Heard>,
        tls: Option<Arc<ClientConfig>>,
        authorities: Option<PathBuf>,
    ) -> Self {
        Self { open: HashMap::new(), heard, tls, authorities }
    }

    /// Does it. A message that would have to wait is lost, as on any road.
    pub(super) fn perform(&mut self, peer: PeerId, wanted: Wanted) {
        match wanted {
            Wanted::Open(id, server) => {
                let (messages, queue) = mpsc::channel(TCP_QUEUE);
                self.open.insert((peer, id), messages);
                let line = Line { peer, id, heard: self.heard.clone(), queue };
                let tls = if server.transport == TurnTransport::Tls { self.trust() } else { None };
                tokio::spawn(line.run(server, tls));
            }
            Wanted::Send(id, message) => {
                if let Some(messages) = self.open.get(&(peer, id)) {
                    let _ = messages.try_send(message);
                }
            }
            Wanted::Close(id) => {
                self.open.remove(&(peer, id));
            }
        }
    }

    /// Closes all of `peer`.
    pub(super) fn close(&mut self, peer: PeerId) {
        self.open.retain(|(whose, _), _| *whose != peer);
    }

    fn trust(&mut self) -> Option<Arc<ClientConfig>> {
        if self.tls.is_none() {
            match tls::config(self.authorities.as_deref()) {
                Ok(config) => self.tls = Some(config),
                Err(error) => tracing::warn!(%error, "no TURN server can be checked"),
            }
        }
        self.tls.clone()
    }
}

/// A byte stream, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// One connection, as its task has it.
struct Line {
    peer: PeerId,
    id: WayId,
    heard: mpsc::Sender<Heard>,
    queue: mpsc::Receiver<Vec<u8>>,
}

impl Line {
    async fn run(mut self, server: TurnServer, tls: Option<Arc<ClientConfig>>) {
        let result = match server.transport {
            TurnTransport::Udp => self.speak_udp(&server).await,
            TurnTransport::Tcp => self.speak_on_a_stream(&server, None).await,
            TurnTransport::Tls => match tls {
                Some(tls) => self.speak_on_a_stream(&server, Some(tls)).await,
                None => Err(io::Error::other("nobody says whom to trust")),
            },
        };
        if let Err(error) = result {
            tracing::debug!(%error, ?server, "no way by TURN");
        }
        self.tell(What::Closed).await;
    }

    async fn tell(&self, what: What) {
        // Nobody listens once the device has signed out.
        let _ = self.heard.send(Heard { peer: self.peer, id: self.id, what }).await;
    }

    async fn speak_udp(&mut self, server: &TurnServer) -> io::Result<()> {
        let places = places(server).await?;
        let reachable = places.into_iter().find_map(|place| Some((route(place.ip()).ok()?, place)));
        let (local, place) = reachable.ok_or(io::ErrorKind::NetworkUnreachable)?;
        let any: IpAddr =
            if place.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        // Not connected to it: the system moves the socket with its routes.
        let socket = UdpSocket::bind((any, 0)).await?;
        let local = SocketAddr::new(local, socket.local_addr()?.port());
        self.tell(What::Opened { local, server: place }).await;
        let mut buffer = [0; DATAGRAM_MAX];
        loop {
            tokio::select! {
                message = self.queue.recv() => match message {
                    Some(message) => drop(socket.send_to(&message, place).await),
                    None => return Ok(()),
                },
                received = socket.recv_from(&mut buffer) => match received {
                    Ok((length, source)) if source == place => {
                        self.tell(What::Message(buffer[..length].to_vec())).await;
                    }
                    Ok(_) => {}
                    // What an earlier message met; the socket is still good, and must not be asked in a circle.
                    Err(_) => tokio::time::sleep(AFTER_ERROR).await,
                },
            }
        }
    }

    async fn speak_on_a_stream(
        &mut self,
        server: &TurnServer,
        tls: Option<Arc<ClientConfig>>,
    ) -> io::Result<()> {
        let opened = tokio::select! {
            opened = open(server, tls) => opened?,
            // Nothing is said before it is open: it is not needed any more.
            _ = self.queue.recv() => return Ok(()),
        };
        let (stream, local, place) = opened;
        self.tell(What::Opened { local, server: place }).await;
        let (mut reader, mut writer) = tokio::io::split(stream);
        let (peer, id, heard) = (self.peer, self.id, self.heard.clone());
        let write = async {
            while let Some(message) = self.queue.recv().await {
                writer.write_all(&message).await?;
                writer.flush().await?;
            }
            writer.shutdown().await
        };
        let read = async {
            loop {
                let message = read_message(&mut reader).await?;
                if heard.send(Heard { peer, id, what: What::Message(message) }).await.is_err() {
                    return Ok(());
                }
            }
        };
        tokio::select! {
            written = write => written,
            read = read => read,
        }
    }
}

/// Where it is.
async fn places(server: &TurnServer) -> io::Result<Vec<SocketAddr>> {
    match server.instead {
        Some(place) => Ok(vec![place]),
        None => Ok(lookup_host((server.host.as_str(), server.port)).await?.collect()),
    }
}

/// A stream to it, and the addresses of both its ends.
async fn open(
    server: &TurnServer,
    tls: Option<Arc<ClientConfig>>,
) -> io::Result<(Box<dyn Stream>, SocketAddr, SocketAddr)> {
    let tcp = TcpStream::connect(&places(server).await?[..]).await?;
    tcp.set_nodelay(true)?;
    let (local, place) = (tcp.local_addr()?, tcp.peer_addr()?);
    let stream: Box<dyn Stream> = match tls {
        Some(config) => {
            let name = ServerName::try_from(server.host.clone()).map_err(io::Error::other)?;
            Box::new(TlsConnector::from(config).connect(name, tcp).await?)
        }
        None => Box::new(tcp),
    };
    Ok((stream, local, place))
}

/// The next message, without its padding.
async fn read_message(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = [0; framing::HEAD];
    reader.read_exact(&mut head).await?;
    let (length, padding) = framing::length(head).ok_or(io::ErrorKind::InvalidData)?;
    let mut message = vec![0; length + padding];
    message[..framing::HEAD].copy_from_slice(&head);
    reader.read_exact(&mut message[framing::HEAD..]).await?;
    message.truncate(length);
    Ok(message)
}
