//! Where the contestants are reached.

use anyhow::{Context as _, Result, bail};
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};

/// From which ports the others take those of calls: below those that the system hands out to the light peers.
pub(super) const MEDIA_PORTS: [u16; 2] = [10_000, 30_000];

/// The machine's own address besides loopback, on which libnice (Janus) does not offer candidates. What is sent there
/// stays on the loopback device all the same, so everybody is measured at this address.
pub(super) fn own_address() -> Result<Ipv4Addr> {
    // Connecting a datagram socket sends nothing; it only asks which address would be used for the way out.
    // 198.51.100.0/24 is for documentation (RFC 5737).
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket
        .connect((Ipv4Addr::new(198, 51, 100, 1), 9))
        .context("the machine has no way out, and so no address that Janus would offer")?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(address) if !address.is_loopback() => Ok(address),
        other => bail!("{other} is no address that Janus would offer"),
    }
}

/// A port of loopback that was free for TCP a moment ago.
pub(super) fn free_tcp_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A port that was free for UDP a moment ago at `address`.
pub(super) fn free_udp_port(address: Ipv4Addr) -> Result<u16> {
    Ok(UdpSocket::bind((address, 0))?.local_addr()?.port())
}
