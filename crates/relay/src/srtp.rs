//! SRTP and SRTCP (RFC 3711, RFC 7714): a connection's packets opened and sealed where they lie.
//!
//! Decides keys, indices and replay. The ciphers are AWS-LC's and RustCrypto's (`cipher`); where keys come from
//! and which packets pass is for others to say.
//!
//! ```
//! # use tring_relay::{rtp::Header, srtp::{Profile, Receiver, Sender}};
//! let (key, salt) = ([1; 16], [2; 12]);
//! let mut sender = Sender::new(Profile::AeadAes128Gcm, &key, &salt).unwrap();
//! let mut receiver = Receiver::new(Profile::AeadAes128Gcm, &key, &salt).unwrap();
//!
//! let mut buffer = [0; 64];
//! buffer[..14].copy_from_slice(&[0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0xAA, 0xBB]);
//! let header = Header::parse(&buffer[..14]).unwrap();
//! let sealed = sender.protect_rtp(&mut buffer, &header, 14).unwrap();
//! let opened = receiver.unprotect_rtp(&mut buffer[..sealed], &header).unwrap();
//! assert_eq!(&buffer[12..opened.len], &[0xAA, 0xBB]);
//! assert!(receiver.unprotect_rtp(&mut buffer[..sealed], &header).is_err(), "a packet is taken once");
//! ```

mod cipher;
mod gcm;
mod kdf;
mod window;

use crate::rtp::Header;
use cipher::Cipher;
use window::Window;

/// The most that sealing adds to a packet: the SRTCP index and a GCM tag.
pub const MAX_OVERHEAD: usize = 20;

/// How many streams (SSRCs) one connection may carry in one direction. A browser that calls uses one, two after it
/// has changed its microphone by a new sender. Higher: a hostile peer costs more memory; lower: a page that makes
/// many senders goes silent. A state is never evicted, because its replays could not be told from then on.
const MAX_STREAMS: usize = 16;

/// The E bit of the SRTCP index word: the packet is encrypted (RFC 3711 §3.4).
const ENCRYPTED: u32 = 1 << 31;

/// Protection profiles of DTLS-SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// AEAD_AES_128_GCM.
    AeadAes128Gcm,
    /// AEAD_AES_256_GCM.
    AeadAes256Gcm,
    /// SRTP_AES128_CM_HMAC_SHA1_80.
    Aes128CmHmacSha1_80,
}

impl Profile {
    /// Length of the master key in bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::AeadAes128Gcm | Self::Aes128CmHmacSha1_80 => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Length of the master salt in bytes.
    #[must_use]
    pub const fn salt_len(self) -> usize {
        match self {
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
            Self::Aes128CmHmacSha1_80 => 14,
        }
    }
}

/// Why a packet was not opened or sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SrtpError {
    /// Shorter than its header and tag, or no room to seal it.
    #[error("the length is wrong")]
    Length,
    /// A key or a salt of the wrong length for the profile.
    #[error("the key does not fit the profile")]
    Key,
    /// The tag is wrong: forged, damaged, or of another connection.
    #[error("the packet is not authentic")]
    NotAuthentic,
    /// Seen before, or too old to know.
    #[error("the packet was seen before")]
    Replayed,
    /// More than 16 SSRCs, with which no browser's call ever comes.
    #[error("the connection carries too many streams")]
    TooManyStreams,
    /// All 2^31 SRTCP indices are used up.
    #[error("the key is worn out")]
    KeyExhausted,
}

/// Cuts DTLS keying material into what each side seals with: client first (RFC 5764 §4.2).
///
/// Returns `(client key, client salt, server key, server salt)`, or `None` if the length does not fit.
#[must_use]
pub fn split_keying_material(profile: Profile, material: &[u8]) -> Option<[&[u8]; 4]> {
    let (key, salt) = (profile.key_len(), profile.salt_len());
    let (client_key, rest) = material.split_at_checked(key)?;
    let (server_key, rest) = rest.split_at_checked(key)?;
    let (client_salt, rest) = rest.split_at_checked(salt)?;
    let (server_salt, rest) = rest.split_at_checked(salt)?;
    rest.is_empty().then_some([client_key, client_salt, server_key, server_salt])
}

/// An opened packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Header and payload, without the tag.
    pub len: usize,
    /// Of RTP the sequence number with its roll-over counter above it, of RTCP the SRTCP index.
    pub index: u64,
    /// Whether it is the newest of its stream so far.
    pub newest: bool,
}

/// Opens what the other side sealed.
pub struct Receiver {
    rtp: Cipher,
    rtcp: Box<Cipher>,
    rtp_streams: Streams,
    rtcp_streams: Streams,
}

impl Receiver {
    /// Derives the session keys from a master key and salt.
    ///
    /// # Errors
    /// [`SrtpError::Key`] if a length does not fit `profile`.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        let (rtp, rtcp) = derive(profile, key, salt)?;
        Ok(Self {
            rtp,
            rtcp: Box::new(rtcp),
            rtp_streams: Streams::default(),
            rtcp_streams: Streams::default(),
        })
    }

    /// Has the key fetched that opens the next RTP packet.
    pub fn prefetch_key(&self) {
        self.rtp.prefetch();
    }

    /// Opens an RTP packet in place; `header` is the one parsed from it.
    ///
    /// # Errors
    /// [`SrtpError`]; after any the bytes behind the header are worthless.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8], header: &Header) -> Result<Opened, SrtpError> {
        if packet.len() < header.len + self.rtp.tag_len() {
            return Err(SrtpError::Length);
        }
        let window = self.rtp_streams.find(header.ssrc);
        let index = window.map_or(u64::from(header.sequence), |window| window.guess(header.sequence));
        if window.is_some_and(|window| !window.is_fresh(index)) {
            return Err(SrtpError::Replayed);
        }
        let len = self.rtp.open_rtp(packet, header.len, header.ssrc, index)?;
        let newest = self.rtp_streams.find_or_add(header.ssrc)?.mark(index);
        Ok(Opened { len, index, newest })
    }

    /// Opens a compound RTCP packet in place.
    ///
    /// Unencrypted SRTCP, which RFC 3711 permits, is refused: no WebRTC peer sends it.
    ///
    /// # Errors
    /// [`SrtpError`]; after any the bytes are worthless.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<Opened, SrtpError> {
        let word_at = self.rtcp.index_word_at(packet.len()).ok_or(SrtpError::Length)?;
        let word: &[u8; 4] = packet.get(word_at..).and_then(<[u8]>::first_chunk).ok_or(SrtpError::Length)?;
        let word = u32::from_be_bytes(*word);
        if word & ENCRYPTED == 0 {
            return Err(SrtpError::NotAuthentic);
        }
        let ssrc = rtcp_ssrc(packet)?;
        let index = u64::from(word & !ENCRYPTED);
        if self.rtcp_streams.find(ssrc).is_some_and(|window| !window.is_fresh(index)) {
            return Err(SrtpError::Replayed);
        }
        let len = self.rtcp.open_rtcp(packet, ssrc, word)?;
        let newest = self.rtcp_streams.find_or_add(ssrc)?.mark(index);
        Ok(Opened { len, index, newest })
    }
}

/// Seals for the other side.
pub struct Sender {
    rtp: Cipher,
    rtcp: Box<Cipher>,
    rtp_streams: Streams,
    rtcp_index: u32,
}

impl Sender {
    /// Derives the session keys from a master key and salt.
    ///
    /// # Errors
    /// [`SrtpError::Key`] if a length does not fit `profile`.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        let (rtp, rtcp) = derive(profile, key, salt)?;
        Ok(Self { rtp, rtcp: Box::new(rtcp), rtp_streams: Streams::default(), rtcp_index: 0 })
    }

    /// Has the key fetched that seals the next RTP packet.
    pub fn prefetch_key(&self) {
        self.rtp.prefetch();
    }

    /// Seals the `len` bytes of an RTP packet that starts `buffer` and returns the sealed length.
    ///
    /// One index is never sealed twice, because a repeated GCM nonce gives the key away; a packet that is older
    /// than the replay window would not be taken at the other end anyway.
    ///
    /// # Errors
    /// [`SrtpError`], among them [`SrtpError::Length`] if `buffer` has no room for the tag.
    pub fn protect_rtp(
        &mut self,
        buffer: &mut [u8],
        header: &Header,
        len: usize,
    ) -> Result<usize, SrtpError> {
        if len < header.len || buffer.len() < len + self.rtp.tag_len() {
            return Err(SrtpError::Length);
        }
        let window = self.rtp_streams.find_or_add(header.ssrc)?;
        let index = window.guess(header.sequence);
        if !window.is_fresh(index) {
            return Err(SrtpError::Replayed);
        }
        window.mark(index);
        self.rtp.seal_rtp(buffer, header, len, index)
    }

    /// Seals the `len` bytes of a compound RTCP packet that starts `buffer` and returns the sealed length.
    ///
    /// # Errors
    /// [`SrtpError`], among them [`SrtpError::Length`] if `buffer` has no room for the index and the tag.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        if len < 8 || buffer.len() < len + 4 + self.rtcp.tag_len() {
            return Err(SrtpError::Length);
        }
        if self.rtcp_index >= ENCRYPTED - 1 {
            return Err(SrtpError::KeyExhausted);
        }
        self.rtcp_index += 1;
        let ssrc = rtcp_ssrc(buffer)?;
        self.rtcp.seal_rtcp(buffer, len, ssrc, self.rtcp_index | ENCRYPTED)
    }
}

fn derive(profile: Profile, key: &[u8], salt: &[u8]) -> Result<(Cipher, Cipher), SrtpError> {
    if key.len() != profile.key_len() || salt.len() != profile.salt_len() {
        return Err(SrtpError::Key);
    }
    let rtp = Cipher::new(profile, &kdf::session_keys(key, salt, kdf::Use::Rtp))?;
    let rtcp = Cipher::new(profile, &kdf::session_keys(key, salt, kdf::Use::Rtcp))?;
    Ok((rtp, rtcp))
}

fn rtcp_ssrc(packet: &[u8]) -> Result<u32, SrtpError> {
    let bytes: &[u8; 4] = packet.get(4..).and_then(<[u8]>::first_chunk).ok_or(SrtpError::Length)?;
    Ok(u32::from_be_bytes(*bytes))
}

/// Replay windows by SSRC. A connection has one, which lies with its keys, or two, so a list is quicker than any map.
#[derive(Default)]
struct Streams {
    first: Option<(u32, Window)>,
    others: Vec<(u32, Window)>,
}

impl Streams {
    fn find(&self, ssrc: u32) -> Option<&Window> {
        let mut all = self.first.iter().chain(&self.others);
        all.find(|(known, _)| *known == ssrc).map(|(_, window)| window)
    }

    fn find_or_add(&mut self, ssrc: u32) -> Result<&mut Window, SrtpError> {
        let (first, window) = self.first.get_or_insert((ssrc, Window::default()));
        if *first == ssrc {
            return Ok(window);
        }
        let at = match self.others.iter().position(|(known, _)| *known == ssrc) {
            Some(at) => at,
            None if self.others.len() + 1 < MAX_STREAMS => {
                self.others.push((ssrc, Window::default()));
                self.others.len() - 1
            }
            None => return Err(SrtpError::TooManyStreams),
        };
        Ok(&mut self.others[at].1)
    }
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receiver")
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

#[cfg(test)]
mod tests;
