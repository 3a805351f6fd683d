//! The sockets of a worker: UDP, and TCP on the same port number.

use crate::relay::RelayError;
use rustix::net::sockopt::{self, Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 256;
/// How many free UDP ports are tried until one is free over TCP too.
const ATTEMPTS: usize = 32;

/// Binds both, or only UDP.
pub(super) fn bind(
    listen: SocketAddr,
    buffer: usize,
    with_tcp: bool,
) -> Result<(UdpSocket, Option<TcpListener>), RelayError> {
    let mut attempts = if listen.port() == 0 { ATTEMPTS } else { 1 };
    loop {
        let (udp, bound) = bind_udp(listen, buffer)
            .and_then(|socket| socket.local_addr().map(|bound| (socket, bound)))
            .map_err(|source| RelayError::Socket { address: listen, source })?;
        if !with_tcp {
            return Ok((udp, None));
        }
        attempts -= 1;
        match bind_tcp(bound) {
            Ok(tcp) => return Ok((udp, Some(tcp))),
            Err(error) if error.kind() == ErrorKind::AddrInUse && attempts > 0 => {}
            Err(source) => return Err(RelayError::Tcp { address: bound, source }),
        }
    }
}

fn bind_udp(listen: SocketAddr, buffer: usize) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))?;
    if listen.is_ipv6() {
        // One family per socket, so that an address has one form in the table.
        socket.set_only_v6(true)?;
    }
    // The kernel caps what it does not grant; a smaller buffer is no reason not to start.
    let _ = socket.set_recv_buffer_size(buffer);
    let _ = socket.set_send_buffer_size(buffer);
    never_fragment(&socket, listen);
    socket.set_nonblocking(true)?;
    socket.bind(&listen.into())?;
    Ok(socket.into())
}

/// Audio and handshakes are smaller than what any path takes (RFC 8200 §5: 1,280 bytes; DTLS keeps to 1,150 of them), so no
/// router needs leave to cut them up. Without that leave a datagram of IPv4 needs no number (RFC 6864 §4.1), which the
/// system otherwise counts for each pair of addresses: a twentieth of what forwarding costs with thousands of legs.
fn never_fragment(socket: &Socket, listen: SocketAddr) {
    // Where the system knows no such thing, forwarding costs what it costs.
    let _ = if listen.is_ipv4() {
        sockopt::set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::PROBE)
    } else {
        sockopt::set_ipv6_mtu_discover(socket, Ipv6PathMtuDiscovery::PROBE)
    };
}

fn bind_tcp(listen: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(listen), Type::STREAM, Some(Protocol::TCP))?;
    if listen.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A relay that starts again must not wait for the connections of the one before.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&listen.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_over_udp_is_never_cut_up() {
        let v4 = bind_udp("127.0.0.1:0".parse().unwrap(), 1 << 16).unwrap();
        assert_eq!(sockopt::ip_mtu_discover(&v4).unwrap(), Ipv4PathMtuDiscovery::PROBE);
        if let Ok(v6) = bind_udp("[::1]:0".parse().unwrap(), 1 << 16) {
            assert_eq!(sockopt::ipv6_mtu_discover(&v6).unwrap(), Ipv6PathMtuDiscovery::PROBE);
        }
    }
}
