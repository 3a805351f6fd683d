//! How a peer's datagrams travel.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use tring_relay::framing::{self, Deframer};

pub(crate) enum Wire {
    Udp(UdpSocket),
    /// Over TCP the stack still believes that it speaks UDP: what is tried out is the relay's side.
    Tcp {
        stream: TcpStream,
        deframer: Deframer,
        arrived: VecDeque<Vec<u8>>,
    },
}

impl Wire {
    pub(crate) fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self::Udp(socket)
    }

    pub(crate) fn tcp(relay: SocketAddr) -> Self {
        let stream = TcpStream::connect(relay).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self::Tcp { stream, deframer: Deframer::default(), arrived: VecDeque::new() }
    }

    pub(crate) fn local_address(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp { stream, .. } => stream.local_addr().unwrap(),
        }
    }

    pub(crate) fn send(&mut self, datagram: &[u8], to: SocketAddr) {
        match self {
            Self::Udp(socket) => drop(socket.send_to(datagram, to)),
            // Fails once the relay has hung up.
            Self::Tcp { stream, .. } => {
                let frame = [&framing::prefix(datagram.len()).unwrap()[..], datagram].concat();
                let _ = stream.write_all(&frame);
            }
        }
    }

    /// The next datagram that has come, and from whom.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        match self {
            Self::Udp(socket) => match socket.recv_from(buffer) {
                Ok(received) => Some(received),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionRefused) =>
                {
                    None
                }
                Err(error) => panic!("{error}"),
            },
            Self::Tcp { stream, deframer, arrived } => {
                let mut bytes = [0; 4_096];
                if let Ok(len) = stream.read(&mut bytes) {
                    deframer.feed(&bytes[..len], |datagram| arrived.push_back(datagram.to_vec())).unwrap();
                }
                let datagram = arrived.pop_front()?;
                buffer[..datagram.len()].copy_from_slice(&datagram);
                Some((datagram.len(), stream.peer_addr().ok()?))
            }
        }
    }
}
