//! The little TURN (RFC 8656) that a measured allocation needs: no credentials, one peer, one channel.

use anyhow::{Context as _, Result, ensure};
use std::net::{Ipv4Addr, SocketAddrV4};
use tokio::net::UdpSocket;
use tokio::time::timeout;
use tring_load::peer::PATIENCE;

/// The first channel there is (RFC 8656 §12).
const CHANNEL: u16 = 0x4000;

const MAGIC_COOKIE: u32 = 0x2112_A442;
const HEADER_LEN: usize = 20;
const ALLOCATE: u16 = 0x0003;
const CHANNEL_BIND: u16 = 0x0009;
/// Added to a request's type by the answer that grants it.
const SUCCESS: u16 = 0x0100;
const CHANNEL_NUMBER: u16 = 0x000C;
const XOR_PEER_ADDRESS: u16 = 0x0012;
const XOR_RELAYED_ADDRESS: u16 = 0x0016;
const REQUESTED_TRANSPORT: u16 = 0x0019;
const UDP: u8 = 17;

/// Allocates an address for the owner of `socket`, which is connected to the server; returns it.
pub(super) async fn allocate(socket: &UdpSocket) -> Result<SocketAddrV4> {
    let answer = ask(socket, ALLOCATE, &[(REQUESTED_TRANSPORT, &[UDP, 0, 0, 0])]).await?;
    let address = attribute(&answer, XOR_RELAYED_ADDRESS).context("an allocation without an address")?;
    unmask(address).context("the allocated address is not of IPv4")
}

/// Binds the first channel of the allocation to `peer`, who may send from then on; returns its number.
pub(super) async fn bind_channel(socket: &UdpSocket, peer: SocketAddrV4) -> Result<u16> {
    let [high, low] = CHANNEL.to_be_bytes();
    let attributes: [(u16, &[u8]); 2] =
        [(CHANNEL_NUMBER, &[high, low, 0, 0]), (XOR_PEER_ADDRESS, &mask(peer))];
    ask(socket, CHANNEL_BIND, &attributes).await?;
    Ok(CHANNEL)
}

async fn ask(socket: &UdpSocket, method: u16, attributes: &[(u16, &[u8])]) -> Result<Vec<u8>> {
    let request = request(method, rand::random(), attributes);
    socket.send(&request).await?;
    let mut answer = vec![0; 1500];
    let received = timeout(PATIENCE, socket.recv(&mut answer)).await.context("coturn does not answer")?;
    answer.truncate(received?);
    ensure!(
        answer.get(..2) == Some(&(method | SUCCESS).to_be_bytes()[..])
            && answer.get(4..20) == request.get(4..20),
        "coturn refuses request {method:#06x}: {answer:02x?}"
    );
    Ok(answer)
}

/// Every attribute's value has a length of whole words here, so there is no padding.
fn request(method: u16, transaction: [u8; 12], attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut request =
        [&method.to_be_bytes()[..], &[0, 0], &MAGIC_COOKIE.to_be_bytes(), &transaction].concat();
    for (kind, value) in attributes {
        request.extend_from_slice(&kind.to_be_bytes());
        request.extend_from_slice(&(value.len() as u16).to_be_bytes());
        request.extend_from_slice(value);
    }
    let length = (request.len() - HEADER_LEN) as u16;
    request[2..4].copy_from_slice(&length.to_be_bytes());
    request
}

/// The value of the first attribute of this kind.
fn attribute(message: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = message.get(HEADER_LEN..)?;
    loop {
        let (head, behind) = rest.split_first_chunk::<4>()?;
        let [kind, length] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_be_bytes);
        if kind == wanted {
            return behind.get(..usize::from(length));
        }
        rest = behind.get(usize::from(length).next_multiple_of(4)..)?;
    }
}

/// An address as STUN writes it (RFC 8489 §14.2), so that no middlebox takes it for one to rewrite.
fn mask(address: SocketAddrV4) -> [u8; 8] {
    const FAMILY_IPV4: u8 = 1;
    let [port_high, port_low] = (address.port() ^ (MAGIC_COOKIE >> 16) as u16).to_be_bytes();
    let [a, b, c, d] = (u32::from(*address.ip()) ^ MAGIC_COOKIE).to_be_bytes();
    [0, FAMILY_IPV4, port_high, port_low, a, b, c, d]
}

fn unmask(value: &[u8]) -> Option<SocketAddrV4> {
    let [_, 1, port_high, port_low, a, b, c, d] = *value else { return None };
    let port = u16::from_be_bytes([port_high, port_low]) ^ (MAGIC_COOKIE >> 16) as u16;
    let ip = Ipv4Addr::from(u32::from_be_bytes([a, b, c, d]) ^ MAGIC_COOKIE);
    Some(SocketAddrV4::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_as_in_the_vectors_of_rfc_5769() {
        // §2.2: 192.0.2.1:32853.
        let masked = [0x00, 0x01, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43];
        let address = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 32_853);
        assert_eq!(mask(address), masked);
        assert_eq!(unmask(&masked), Some(address));
    }

    #[test]
    fn an_attribute_is_found_behind_padded_ones() {
        let software: &[u8] = b"coturn\0\0";
        let mut message =
            request(ALLOCATE | SUCCESS, [7; 12], &[(0x8022, software), (CHANNEL_NUMBER, &[0x40, 0, 0, 0])]);
        // Six bytes are said, eight are there.
        message[HEADER_LEN + 3] = 6;
        assert_eq!(attribute(&message, CHANNEL_NUMBER), Some(&[0x40, 0, 0, 0][..]));
        assert_eq!(attribute(&message, XOR_RELAYED_ADDRESS), None);
    }
}
