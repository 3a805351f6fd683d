//! By which address the world sees this machine: asked of a STUN server (RFC 8489), compared with what clients are told.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tring_server::config::Config;

use super::configuration::advertised;
use super::report::Finding;

const CHECK: &str = "public address";

/// How often it is asked: datagrams get lost.
const ATTEMPTS: usize = 4;
/// How long each answer may take.
const PATIENCE: Duration = Duration::from_millis(700);

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0, 1];
const BINDING_SUCCESS: [u8; 2] = [1, 1];
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// What servers before RFC 5389 answer.
const MAPPED_ADDRESS: u16 = 0x0001;
const HEADER: usize = 20;

/// What is known.
#[derive(Debug)]
pub(super) struct Facts {
    answer: Answer,
    /// What clients are told.
    advertised: Vec<IpAddr>,
}

#[derive(Debug)]
enum Answer {
    /// No server was named.
    NotAsked,
    /// It gave none.
    None { server: String, why: String },
    /// So it sees this machine.
    Seen { server: String, from: IpAddr },
}

/// Asks `server` from an address that the relay will have.
pub(super) async fn probe(server: Option<&str>, config: &Config) -> Facts {
    let answer = match server {
        None => Answer::NotAsked,
        Some(server) => match ask(server, &config.relay.listen).await {
            Ok(from) => Answer::Seen { server: server.to_owned(), from },
            Err(why) => Answer::None { server: server.to_owned(), why },
        },
    };
    Facts { answer, advertised: advertised(config) }
}

async fn ask(server: &str, relay: &[SocketAddr]) -> Result<IpAddr, String> {
    let looked = tokio::net::lookup_host(server).await.map_err(|error| error.to_string())?;
    let pair = looked.into_iter().find_map(|to| {
        let from = relay.iter().find(|from| from.is_ipv4() == to.is_ipv4())?;
        Some((from.ip(), to))
    });
    let (from, to) = pair.ok_or("it has no address of a family that `relay.listen` has")?;
    let socket = UdpSocket::bind((from, 0)).await.map_err(|error| error.to_string())?;
    socket.connect(to).await.map_err(|error| error.to_string())?;
    let transaction = rand::random();
    let mut failed = "nothing came back: is UDP let out?".to_owned();
    for _ in 0..ATTEMPTS {
        if let Err(error) = socket.send(&request(transaction)).await {
            failed = error.to_string();
        }
        let mut bytes = [0; 576];
        let Ok(received) = tokio::time::timeout(PATIENCE, socket.recv(&mut bytes)).await else { continue };
        match received {
            Ok(length) => match mapped(&bytes[..length], transaction) {
                Some(at) => return Ok(at.ip()),
                None => failed = "what it answers is not STUN".to_owned(),
            },
            Err(error) => failed = error.to_string(),
        }
    }
    Err(failed)
}

fn request(transaction: [u8; 12]) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..2].copy_from_slice(&BINDING_REQUEST);
    bytes[4..8].copy_from_slice(&MAGIC_COOKIE);
    bytes[8..].copy_from_slice(&transaction);
    bytes
}

/// The address in an answer to `transaction`.
fn mapped(bytes: &[u8], transaction: [u8; 12]) -> Option<SocketAddr> {
    let (header, mut rest) = bytes.split_at_checked(HEADER)?;
    if header[..2] != BINDING_SUCCESS || header[4..8] != MAGIC_COOKIE || header[8..] != transaction {
        return None;
    }
    let mut plain = None;
    while let Some((head, after)) = rest.split_at_checked(4) {
        let (kind, length) = (u16::from_be_bytes([head[0], head[1]]), u16::from_be_bytes([head[2], head[3]]));
        let value = after.get(..length.into())?;
        match kind {
            XOR_MAPPED_ADDRESS => return address(value, &header[4..]),
            MAPPED_ADDRESS => plain = address(value, &[0; 16]),
            _ => {}
        }
        rest = after.get(usize::from(length).next_multiple_of(4)..).unwrap_or_default();
    }
    plain
}

/// RFC 8489 §14.1 and §14.2; `mask` is what port and address are combined with.
fn address(value: &[u8], mask: &[u8]) -> Option<SocketAddr> {
    let (head, ip) = value.split_at_checked(4)?;
    let port = u16::from_be_bytes([head[2] ^ mask[0], head[3] ^ mask[1]]);
    let clear: Vec<u8> = ip.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    let ip: IpAddr = match head[1] {
        1 => Ipv4Addr::from(<[u8; 4]>::try_from(clear).ok()?).into(),
        2 => Ipv6Addr::from(<[u8; 16]>::try_from(clear).ok()?).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let Facts { answer, advertised } = facts;
    let told = advertised.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match answer {
        Answer::NotAsked => Finding::unknown(
            CHECK,
            format!("clients are told {told}; nobody was asked by which address the world sees this machine"),
            "name a STUN server on the internet with `--stun HOST:PORT`",
        ),
        Answer::None { server, why } => Finding::unknown(
            CHECK,
            format!("{server} does not tell by which address it sees this machine: {why}"),
            "let UDP out, or name another with `--stun`",
        ),
        Answer::Seen { server, from } if advertised.contains(from) => {
            Finding::green(CHECK, format!("{server} sees this machine at {from}, as clients are told"))
        }
        Answer::Seen { server, from } => Finding::red(
            CHECK,
            format!("{server} sees this machine at {from}, but clients are told {told}"),
            format!("set `relay.advertise` to [\"{from}\"] if the world reaches this machine there"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5769 §2.2 and §2.3 have answers to this transaction.
    const TRANSACTION: [u8; 12] = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

    fn answer(attribute: &[u8]) -> Vec<u8> {
        let length = u8::try_from(attribute.len()).unwrap();
        [&BINDING_SUCCESS, &[0, length][..], &MAGIC_COOKIE, &TRANSACTION, attribute].concat()
    }

    #[test]
    fn addresses_are_read_from_the_answers_of_rfc_5769() {
        let software =
            [0x80, 0x22, 0, 0x0b, b't', b'e', b's', b't', b' ', b'v', b'e', b'c', b't', b'o', b'r', b' '];
        let v4 = [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43];
        let found = mapped(&answer(&[&software[..], &v4].concat()), TRANSACTION);
        assert_eq!(found, "192.0.2.1:32853".parse().ok());
        let v6 = [
            0, 0x20, 0, 20, 0, 2, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25,
            0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ];
        let found = mapped(&answer(&v6), TRANSACTION);
        assert_eq!(found, "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().ok());
    }

    #[test]
    fn what_is_cut_off_or_answers_somebody_else_is_no_answer() {
        let whole = answer(&[0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        for length in 0..whole.len() {
            assert_eq!(mapped(&whole[..length], TRANSACTION), None, "{length}");
        }
        assert_eq!(mapped(&whole, [0; 12]), None);
        assert_eq!(mapped(&request(TRANSACTION), TRANSACTION), None);
    }
}
