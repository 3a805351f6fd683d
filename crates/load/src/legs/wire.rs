//! What a leg's datagrams travel in: a UDP socket of its own, one that it shares, a channel of a TURN allocation
//! (RFC 8656 §12.4), or a TCP connection in which each has its length before it (RFC 4571 §2), as ICE-TCP wants it.

use anyhow::{Context as _, Result};
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;

use super::LegId;
use super::port::{Place, Port};

/// Longest datagram that is taken.
pub(super) const DATAGRAM_MAX: usize = 2048;
/// Bytes of the length before each.
const LENGTH: usize = 2;

/// A way to the relay, connected and not waiting.
pub enum Wire {
    /// A socket that is connected to the relay.
    Udp(UdpSocket),
    /// A connection with frames in it.
    Tcp(Framed),
    /// A way round by a TURN server.
    Channel(Channel),
    /// An address of its own at a socket of many.
    Shared(Shared),
}

/// A place at a socket that many legs share. What comes there is read by whoever reads the socket.
pub struct Shared {
    port: Arc<Port>,
    place: Place,
}

/// A socket that is connected to a TURN server, and the number of a channel that is bound there.
pub struct Channel {
    socket: UdpSocket,
    number: u16,
}

/// A TCP connection, and what was read of it but not handed on.
pub struct Framed {
    stream: TcpStream,
    unread: Vec<u8>,
    /// The relay has closed it.
    is_over: bool,
}

impl Wire {
    /// A socket of a leg's own.
    pub fn udp(to: SocketAddr) -> Result<Self> {
        let any: IpAddr =
            if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((any, 0)).context("opening a socket")?;
        socket.connect(to)?;
        socket.set_nonblocking(true)?;
        Ok(Self::Udp(socket))
    }

    /// A connection of a leg's own.
    pub fn tcp(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(to).context("connecting to the relay over TCP")?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self::Tcp(Framed { stream, unread: Vec::new(), is_over: false }))
    }

    /// The channel `number` of an allocation that belongs to `socket`, which is connected to the TURN server.
    pub fn channel(socket: UdpSocket, number: u16) -> Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self::Channel(Channel { socket, number }))
    }

    /// The place of a leg at a socket that it shares with others.
    pub(super) fn shared(port: &Arc<Port>, leg: LegId, to: SocketAddr) -> Result<Self> {
        Ok(Self::Shared(Shared { port: Arc::clone(port), place: port.place(leg, to)? }))
    }

    /// Whether its port is free for others as soon as it is closed.
    pub(super) fn is_udp(&self) -> bool {
        matches!(self, Self::Udp(_) | Self::Channel(_))
    }

    /// The address at this end.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Udp(socket) | Self::Channel(Channel { socket, .. }) => socket.local_addr(),
            Self::Tcp(framed) => framed.stream.local_addr(),
            Self::Shared(shared) => Ok(shared.port.address(shared.place).into()),
        }
    }

    /// Its own socket, if it has one.
    pub(super) fn socket(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Udp(socket) | Self::Channel(Channel { socket, .. }) => Some(socket.as_fd()),
            Self::Tcp(framed) => Some(framed.stream.as_fd()),
            Self::Shared(_) => None,
        }
    }

    /// Where it goes: the relay, or the TURN server.
    pub(super) fn peer(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Udp(socket) | Self::Channel(Channel { socket, .. }) => socket.peer_addr(),
            Self::Tcp(framed) => framed.stream.peer_addr(),
            Self::Shared(shared) => Ok(shared.place.to().into()),
        }
    }

    pub(super) fn send(&self, datagram: &[u8]) -> Result<()> {
        match self {
            Self::Udp(socket) => match socket.send(datagram) {
                Ok(_) => Ok(()),
                // A relay that is gone shows in what does not arrive.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
                Err(error) => Err(error).context("sending"),
            },
            Self::Tcp(framed) => framed.send(datagram).context("sending over TCP"),
            Self::Channel(channel) => channel.send(datagram).context("sending over TURN"),
            Self::Shared(shared) => shared.port.send(shared.place, datagram).context("sending"),
        }
    }

    /// The next datagram; `None` if none has come as a whole.
    pub(super) fn receive(&mut self, buffer: &mut [u8; DATAGRAM_MAX]) -> Result<Option<usize>> {
        match self {
            Self::Udp(socket) => receive_from(socket, buffer).context("receiving"),
            Self::Tcp(framed) => framed.receive(buffer).context("receiving over TCP"),
            Self::Channel(channel) => channel.receive(buffer).context("receiving over TURN"),
            Self::Shared(_) => Ok(None),
        }
    }

    /// Whether more may have come than the socket will tell of by itself.
    pub(super) fn may_hold_more(&self) -> bool {
        matches!(self, Self::Tcp(framed) if framed.unread.len() > LENGTH)
    }

    /// Whether the other end is gone, so that there is nothing to wait for.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Tcp(framed) if framed.is_over)
    }
}

/// The datagram that is there, if one is.
fn receive_from(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match socket.recv(buffer) {
        Ok(len) => Ok(Some(len)),
        // What was sent to a relay that is gone shows in what does not arrive.
        Err(error)
            if [io::ErrorKind::WouldBlock, io::ErrorKind::ConnectionRefused].contains(&error.kind()) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Number and length before each datagram in a channel.
const CHANNEL_HEADER: usize = 4;

impl Channel {
    fn send(&self, datagram: &[u8]) -> io::Result<()> {
        let Ok(length) = u16::try_from(datagram.len()) else { return Ok(()) };
        let framed = [&self.number.to_be_bytes(), &length.to_be_bytes(), datagram].concat();
        self.socket.send(&framed).map(|_| ())
    }

    /// What comes outside the channel is left out: answers of the TURN server that nobody waits for.
    fn receive(&self, buffer: &mut [u8; DATAGRAM_MAX]) -> io::Result<Option<usize>> {
        while let Some(len) = receive_from(&self.socket, buffer)? {
            let [a, b, c, d, ..] = *buffer;
            let length = usize::from(u16::from_be_bytes([c, d]));
            if u16::from_be_bytes([a, b]) == self.number && CHANNEL_HEADER + length <= len {
                buffer.copy_within(CHANNEL_HEADER..CHANNEL_HEADER + length, 0);
                return Ok(Some(length));
            }
        }
        Ok(None)
    }
}

impl Framed {
    fn send(&self, datagram: &[u8]) -> io::Result<()> {
        let Ok(length) = u16::try_from(datagram.len()) else { return Ok(()) };
        let framed = [&length.to_be_bytes(), datagram].concat();
        match (&self.stream).write(&framed) {
            Ok(sent) if sent == framed.len() => Ok(()),
            // The connection cannot be used after half a frame; on loopback its buffer holds seconds of audio.
            Ok(_) => Err(io::ErrorKind::WriteZero.into()),
            // A relay that has closed the call is told nothing more; one that should not have shows in the silence.
            Err(error)
                if [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset].contains(&error.kind()) =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn receive(&mut self, buffer: &mut [u8; DATAGRAM_MAX]) -> io::Result<Option<usize>> {
        if self.datagram_len().is_none() {
            let mut chunk = [0; 4 * DATAGRAM_MAX];
            match self.stream.read(&mut chunk) {
                Ok(0) => self.is_over = true,
                Ok(len) => self.unread.extend_from_slice(&chunk[..len]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.is_over = true,
                Err(error) => return Err(error),
            }
        }
        let Some(len) = self.datagram_len() else { return Ok(None) };
        buffer[..len].copy_from_slice(&self.unread[LENGTH..LENGTH + len]);
        self.unread.drain(..LENGTH + len);
        Ok(Some(len))
    }

    /// Of the first one, if it is whole; what is longer than any of ours cannot be.
    fn datagram_len(&self) -> Option<usize> {
        let length: [u8; LENGTH] = *self.unread.first_chunk()?;
        let len = usize::from(u16::from_be_bytes(length)).min(DATAGRAM_MAX);
        (self.unread.len() >= LENGTH + len).then_some(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Both ends of a connection; what is written into one end is there for the other once this returns.
    fn ends() -> (TcpStream, Wire) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wire = Wire::tcp(listener.local_addr().unwrap()).unwrap();
        (listener.accept().unwrap().0, wire)
    }

    fn next(wire: &mut Wire) -> Vec<u8> {
        let mut buffer = [0; DATAGRAM_MAX];
        loop {
            if let Some(len) = wire.receive(&mut buffer).unwrap() {
                return buffer[..len].to_vec();
            }
            assert!(!wire.is_over(), "the connection is closed");
        }
    }

    #[test]
    fn datagrams_keep_their_bounds_in_a_stream() {
        let (mut relay, mut wire) = ends();
        wire.send(b"hello").unwrap();
        let mut seen = [0; 7];
        relay.read_exact(&mut seen).unwrap();
        assert_eq!(&seen, b"\0\x05hello");

        relay.write_all(b"\0\x03one\0\x03two\0\x05thr").unwrap();
        assert_eq!(next(&mut wire), b"one");
        assert!(wire.may_hold_more());
        assert_eq!(next(&mut wire), b"two");
        relay.write_all(b"ee").unwrap();
        assert_eq!(next(&mut wire), b"three");
    }

    #[test]
    fn a_channel_has_its_number_before_each_datagram_and_hears_nothing_else() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.connect(server.local_addr().unwrap()).unwrap();
        let mut wire = Wire::channel(socket, 0x4001).unwrap();
        wire.send(b"hello").unwrap();
        let mut seen = [0; 64];
        let (len, from) = server.recv_from(&mut seen).unwrap();
        assert_eq!(&seen[..len], b"\x40\x01\0\x05hello");

        for datagram in [&b"\x01\x01\0\0no data"[..], b"\x40\x02\0\x03two", b"\x40\x01\0\x09short"] {
            server.send_to(datagram, from).unwrap();
        }
        server.send_to(b"\x40\x01\0\x03one\0", from).unwrap();
        assert_eq!(next(&mut wire), b"one");
    }

    #[test]
    fn a_closed_connection_is_over_and_takes_what_is_sent_without_complaint() {
        let (relay, mut wire) = ends();
        drop(relay);
        let mut buffer = [0; DATAGRAM_MAX];
        while !wire.is_over() {
            assert_eq!(wire.receive(&mut buffer).unwrap(), None);
        }
        for _ in 0..3 {
            wire.send(b"into the void").unwrap();
        }
    }
}
