//! STUN as ICE uses it (RFC 8489, RFC 8445): reading and writing binding requests and their answers.
//!
//! Decides what is a well-formed message and whether its integrity holds. Who may send one, and what a check
//! means for a leg, is for [`crate::worker`] to say.
//!
//! **Nothing in a message may be believed before [`Message::verify`] has returned true**: only the username, which
//! names the key, is read before.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The fixed number in every message, RFC 8489 §5.
const MAGIC_COOKIE: u32 = 0x2112_A442;
/// Length of the header in bytes.
pub const HEADER_LEN: usize = 20;
/// Value that a fingerprint's CRC is combined with, RFC 8489 §14.7.
const FINGERPRINT_XOR: u32 = 0x5354_554e;
/// Longest message that is read: browsers stay below 200 bytes; more is somebody else's traffic.
pub const MAX_LEN: usize = 1_024;

const METHOD_BINDING: u16 = 0x0001;
const ATTR_USERNAME: u16 = 0x0006;
const ATTR_MESSAGE_INTEGRITY: u16 = 0x0008;
const ATTR_ERROR_CODE: u16 = 0x0009;
const ATTR_XOR_MAPPED_ADDRESS: u16 = 0x0020;
const ATTR_PRIORITY: u16 = 0x0024;
const ATTR_USE_CANDIDATE: u16 = 0x0025;
const ATTR_FINGERPRINT: u16 = 0x8028;
const ATTR_ICE_CONTROLLED: u16 = 0x8029;
const ATTR_ICE_CONTROLLING: u16 = 0x802A;

/// 12 bytes that tie an answer to its request.
pub type TransactionId = [u8; 12];

/// Why bytes are not a STUN message that ICE could use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StunError {
    /// Shorter than a header, longer than [`MAX_LEN`], or the length field disagrees with the datagram.
    #[error("the length is wrong")]
    Length,
    /// The first two bits or the magic cookie are not STUN's.
    #[error("not a STUN message")]
    NotStun,
    /// Not the binding method.
    #[error("not a binding message")]
    Method,
    /// An attribute runs past the end or has the wrong size.
    #[error("an attribute is malformed")]
    Attribute,
    /// The fingerprint is missing, not last or wrong. ICE demands one (RFC 8445 §7.1.4).
    #[error("the fingerprint is missing or wrong")]
    Fingerprint,
}

/// What a binding message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A connectivity check.
    Request,
    /// Keeps a NAT binding open; has no answer.
    Indication,
    /// The check arrived.
    Success,
    /// The check arrived and was refused.
    Error,
}

/// Which role the sender of a request claims, with its tie-breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Chooses the path.
    Controlling(u64),
    /// Follows.
    Controlled(u64),
}

/// A parsed message, borrowed from its datagram.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Request, indication or answer.
    pub class: Class,
    /// The transaction.
    pub transaction: TransactionId,
    /// `receiver's ufrag:sender's ufrag`, in requests.
    pub username: Option<&'a [u8]>,
    /// Priority of the candidate pair, in requests.
    pub priority: Option<u32>,
    /// The sender nominates this path.
    pub use_candidate: bool,
    /// The sender's role.
    pub role: Option<Role>,
    /// Where the request came from, in answers.
    pub mapped: Option<SocketAddr>,
    /// Three-digit code, in error answers.
    pub error: Option<u16>,
    bytes: &'a [u8],
    integrity: Option<usize>,
}

impl<'a> Message<'a> {
    /// Reads a binding message; the fingerprint must be present and right.
    ///
    /// # Errors
    /// [`StunError`] with the first rule that is broken.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, StunError> {
        let (class, transaction) = parse_header(bytes)?;
        let mut message = Self {
            class,
            transaction,
            username: None,
            priority: None,
            use_candidate: false,
            role: None,
            mapped: None,
            error: None,
            bytes,
            integrity: None,
        };
        let mut at = HEADER_LEN;
        while at < bytes.len() {
            let (kind, value) = attribute(bytes, at).ok_or(StunError::Attribute)?;
            if kind == ATTR_FINGERPRINT {
                return message.check_fingerprint(at, value).map(|()| message);
            }
            // RFC 8489 §14.5: what follows the integrity, except the fingerprint, is not covered and is ignored.
            if message.integrity.is_none() {
                message.read(kind, value, at)?;
            }
            at += 4 + value.len().next_multiple_of(4);
        }
        Err(StunError::Fingerprint)
    }

    /// Whether the message was made by somebody who knows `key`. Constant time in the bytes compared.
    #[must_use]
    pub fn verify(&self, key: &IntegrityKey) -> bool {
        let Some(at) = self.integrity else { return false };
        match self.bytes.get(at + 4..at + 24) {
            Some(tag) => key.over(self.bytes, at).verify_slice(tag).is_ok(),
            None => false,
        }
    }

    /// The part of the username that names the receiver, if there is one.
    #[must_use]
    pub fn local_ufrag(&self) -> Option<&'a [u8]> {
        let username = self.username?;
        let colon = username.iter().position(|b| *b == b':')?;
        username.get(..colon)
    }

    /// The part of the username that names the sender, if there is one.
    #[must_use]
    pub fn remote_ufrag(&self) -> Option<&'a [u8]> {
        let username = self.username?;
        let colon = username.iter().position(|b| *b == b':')?;
        username.get(colon + 1..)
    }

    fn read(&mut self, kind: u16, value: &'a [u8], at: usize) -> Result<(), StunError> {
        match kind {
            ATTR_USERNAME => self.username = Some(value),
            ATTR_PRIORITY => self.priority = Some(u32::from_be_bytes(exact(value)?)),
            ATTR_USE_CANDIDATE => self.use_candidate = true,
            ATTR_ICE_CONTROLLING => self.role = Some(Role::Controlling(u64::from_be_bytes(exact(value)?))),
            ATTR_ICE_CONTROLLED => self.role = Some(Role::Controlled(u64::from_be_bytes(exact(value)?))),
            ATTR_XOR_MAPPED_ADDRESS => self.mapped = Some(read_address(value, &self.transaction)?),
            ATTR_ERROR_CODE => {
                let &[_, _, hundreds, rest, ..] = value else { return Err(StunError::Attribute) };
                self.error = Some(u16::from(hundreds & 7) * 100 + u16::from(rest));
            }
            ATTR_MESSAGE_INTEGRITY => {
                let _: [u8; 20] = exact(value)?;
                self.integrity = Some(at);
            }
            _ => {}
        }
        Ok(())
    }

    fn check_fingerprint(&self, at: usize, value: &[u8]) -> Result<(), StunError> {
        let sent = u32::from_be_bytes(exact(value)?);
        let is_last = at + 8 == self.bytes.len();
        if is_last && sent == fingerprint(&self.bytes[..at]) { Ok(()) } else { Err(StunError::Fingerprint) }
    }
}

/// Whether a datagram's first byte puts it in STUN's range (RFC 7983 §7).
#[must_use]
pub fn is_stun(first_byte: u8) -> bool {
    first_byte <= 3
}

fn parse_header(bytes: &[u8]) -> Result<(Class, TransactionId), StunError> {
    if bytes.len() > MAX_LEN {
        return Err(StunError::Length);
    }
    let header: &[u8; HEADER_LEN] = bytes.first_chunk().ok_or(StunError::Length)?;
    let kind = u16::from_be_bytes([header[0], header[1]]);
    let cookie = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    if kind & 0xC000 != 0 || cookie != MAGIC_COOKIE {
        return Err(StunError::NotStun);
    }
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if length % 4 != 0 || HEADER_LEN + length != bytes.len() {
        return Err(StunError::Length);
    }
    if kind & 0x3EEF != METHOD_BINDING {
        return Err(StunError::Method);
    }
    let class = match kind & 0x0110 {
        0x0000 => Class::Request,
        0x0010 => Class::Indication,
        0x0100 => Class::Success,
        _ => Class::Error,
    };
    let mut transaction = [0; 12];
    transaction.copy_from_slice(&header[8..]);
    Ok((class, transaction))
}

fn attribute(bytes: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let head: &[u8; 4] = bytes.get(at..)?.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let value = bytes.get(at + 4..at + 4 + length)?;
    Some((u16::from_be_bytes([head[0], head[1]]), value))
}

fn exact<const N: usize>(value: &[u8]) -> Result<[u8; N], StunError> {
    value.try_into().map_err(|_| StunError::Attribute)
}

fn read_address(value: &[u8], transaction: &TransactionId) -> Result<SocketAddr, StunError> {
    let &[_, family, p0, p1, ref ip @ ..] = value else { return Err(StunError::Attribute) };
    let port = u16::from_be_bytes([p0, p1]) ^ (MAGIC_COOKIE >> 16) as u16;
    let mask = address_mask(transaction);
    let ip = match family {
        1 => {
            let bytes: [u8; 4] = exact(ip)?;
            IpAddr::V4(Ipv4Addr::from(std::array::from_fn(|i| bytes[i] ^ mask[i])))
        }
        2 => {
            let bytes: [u8; 16] = exact(ip)?;
            IpAddr::V6(Ipv6Addr::from(std::array::from_fn::<u8, 16, _>(|i| bytes[i] ^ mask[i])))
        }
        _ => return Err(StunError::Attribute),
    };
    Ok(SocketAddr::new(ip, port))
}

fn address_mask(transaction: &TransactionId) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    mask[4..].copy_from_slice(transaction);
    mask
}

fn fingerprint(covered: &[u8]) -> u32 {
    crc32fast::hash(covered) ^ FINGERPRINT_XOR
}

/// The key of a message's integrity: an ICE password, hashed once.
#[derive(Clone)]
pub struct IntegrityKey(Hmac<Sha1>);

impl IntegrityKey {
    /// Prepares `password`, the receiver's for requests and the same one for their answers (RFC 8445 §7.2.2).
    #[must_use]
    pub fn new(password: &[u8]) -> Self {
        Self(Hmac::new_from_slice(password).expect("HMAC takes keys of any length"))
    }

    /// The MAC over a message whose integrity attribute stands `at`; the length field counts up to its end.
    fn over(&self, bytes: &[u8], at: usize) -> Hmac<Sha1> {
        let mut mac = self.0.clone();
        let counted = (at + 24 - HEADER_LEN) as u16;
        mac.update(&bytes[..2]);
        mac.update(&counted.to_be_bytes());
        mac.update(&bytes[4..at]);
        mac
    }
}

impl std::fmt::Debug for IntegrityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntegrityKey")
    }
}

/// What a connectivity check says.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// `receiver's ufrag:sender's ufrag`.
    pub username: &'a str,
    /// Priority of the candidate pair.
    pub priority: u32,
    /// The sender's role.
    pub role: Role,
    /// Whether the path is nominated.
    pub use_candidate: bool,
}

/// Writes a connectivity check into `buffer` and returns its length; `None` if `buffer` is too short.
#[must_use]
pub fn write_request(
    buffer: &mut [u8],
    transaction: &TransactionId,
    check: &Check<'_>,
    key: &IntegrityKey,
) -> Option<usize> {
    let mut writer = Writer::new(buffer, 0x0001, transaction)?;
    writer.attribute(ATTR_USERNAME, check.username.as_bytes())?;
    writer.attribute(ATTR_PRIORITY, &check.priority.to_be_bytes())?;
    match check.role {
        Role::Controlling(tie) => writer.attribute(ATTR_ICE_CONTROLLING, &tie.to_be_bytes())?,
        Role::Controlled(tie) => writer.attribute(ATTR_ICE_CONTROLLED, &tie.to_be_bytes())?,
    }
    if check.use_candidate {
        writer.attribute(ATTR_USE_CANDIDATE, &[])?;
    }
    writer.finish(key)
}

/// Writes the answer to a check that came from `mapped`; `None` if `buffer` is too short.
#[must_use]
pub fn write_success(
    buffer: &mut [u8],
    transaction: &TransactionId,
    mapped: SocketAddr,
    key: &IntegrityKey,
) -> Option<usize> {
    let mut writer = Writer::new(buffer, 0x0101, transaction)?;
    writer.address(mapped, transaction)?;
    writer.finish(key)
}

/// Writes 487 Role Conflict (RFC 8445 §7.3.1.1); `None` if `buffer` is too short.
#[must_use]
pub fn write_role_conflict(
    buffer: &mut [u8],
    transaction: &TransactionId,
    key: &IntegrityKey,
) -> Option<usize> {
    let mut writer = Writer::new(buffer, 0x0111, transaction)?;
    let mut value = [0; 17];
    value[2..4].copy_from_slice(&[4, 87]);
    value[4..].copy_from_slice(b"Role Conflict");
    writer.attribute(ATTR_ERROR_CODE, &value)?;
    writer.finish(key)
}

struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    fn new(buffer: &'b mut [u8], kind: u16, transaction: &TransactionId) -> Option<Self> {
        let header = buffer.get_mut(..HEADER_LEN)?;
        header[..2].copy_from_slice(&kind.to_be_bytes());
        header[4..8].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
        header[8..].copy_from_slice(transaction);
        Some(Self { buffer, len: HEADER_LEN })
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) -> Option<()> {
        let padded = value.len().next_multiple_of(4);
        let slot = self.buffer.get_mut(self.len..self.len + 4 + padded)?;
        slot[..2].copy_from_slice(&kind.to_be_bytes());
        slot[2..4].copy_from_slice(&u16::try_from(value.len()).ok()?.to_be_bytes());
        slot[4..4 + value.len()].copy_from_slice(value);
        slot[4 + value.len()..].fill(0);
        self.len += 4 + padded;
        Some(())
    }

    fn address(&mut self, address: SocketAddr, transaction: &TransactionId) -> Option<()> {
        let mut value = [0; 20];
        let port = address.port() ^ (MAGIC_COOKIE >> 16) as u16;
        value[2..4].copy_from_slice(&port.to_be_bytes());
        let len = match address.ip() {
            IpAddr::V4(ip) => {
                value[1] = 1;
                value[4..8].copy_from_slice(&ip.octets());
                8
            }
            IpAddr::V6(ip) => {
                value[1] = 2;
                value[4..].copy_from_slice(&ip.octets());
                20
            }
        };
        for (byte, mask) in value[4..len].iter_mut().zip(address_mask(transaction)) {
            *byte ^= mask;
        }
        self.attribute(ATTR_XOR_MAPPED_ADDRESS, &value[..len])
    }

    /// Adds integrity and fingerprint. Each is computed with the length field that counts up to its own end.
    fn finish(mut self, key: &IntegrityKey) -> Option<usize> {
        let at = self.len;
        let tag = key.over(self.buffer, at).finalize().into_bytes();
        self.attribute(ATTR_MESSAGE_INTEGRITY, &tag)?;
        let end = self.len + 8;
        let counted = u16::try_from(end - HEADER_LEN).ok()?;
        self.buffer.get_mut(2..4)?.copy_from_slice(&counted.to_be_bytes());
        let crc = fingerprint(&self.buffer[..self.len]);
        self.attribute(ATTR_FINGERPRINT, &crc.to_be_bytes())?;
        Some(self.len)
    }
}

#[cfg(test)]
mod tests;
