//! The ciphers: AES-GCM by AWS-LC (`gcm`), AES-CM with HMAC-SHA1-80 by RustCrypto with the key schedules kept.
//!
//! Decides nonces, what is covered by a tag, and where tag and index lie. Both libraries use the processor's AES
//! instructions. For GCM aws-lc is 2.4 times as fast as OpenSSL's EVP, for CM the kept states of RustCrypto beat
//! aws-lc by a third (measured on packets of 100 bytes).

use super::gcm::{Key, NONCE, TAG as GCM_TAG};
use super::kdf::SessionKeys;
use super::{Profile, SrtpError};
use crate::prefetch::prefetch;
use crate::rtp::Header;
use aes::Aes128Enc;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use ctr::flavors::Ctr128BE;
use hmac::{Hmac, Mac};
use sha1::Sha1;

const CM_TAG: usize = 10;

/// The session keys of one direction of RTP or RTCP, ready to use.
pub(super) enum Cipher {
    Gcm {
        key: Key,
        salt: [u8; NONCE],
    },
    /// In a box, because it is ten times as large as the other, which keeps its key in one of its own.
    Cm(Box<CounterMode>),
}

/// AES-CM with HMAC-SHA1-80.
pub(super) struct CounterMode {
    key: Aes128Enc,
    salt: [u8; 14],
    mac: Hmac<Sha1>,
}

impl Cipher {
    pub(super) fn new(profile: Profile, keys: &SessionKeys) -> Result<Self, SrtpError> {
        match profile {
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => {
                let key = Key::new(&keys.cipher[..profile.key_len()]).ok_or(SrtpError::Key)?;
                let mut salt = [0; NONCE];
                salt.copy_from_slice(&keys.salt[..NONCE]);
                Ok(Self::Gcm { key, salt })
            }
            Profile::Aes128CmHmacSha1_80 => Ok(Self::Cm(Box::new(CounterMode {
                key: Aes128Enc::new_from_slice(&keys.cipher[..16]).map_err(|_| SrtpError::Key)?,
                salt: keys.salt,
                mac: <Hmac<Sha1> as KeyInit>::new_from_slice(&keys.authentication)
                    .map_err(|_| SrtpError::Key)?,
            }))),
        }
    }

    /// Has it fetched that the next packet needs.
    pub(super) fn prefetch(&self) {
        match self {
            Self::Gcm { key, .. } => key.prefetch(),
            Self::Cm(cm) => prefetch(&**cm),
        }
    }

    pub(super) fn tag_len(&self) -> usize {
        match self {
            Self::Gcm { .. } => GCM_TAG,
            Self::Cm(_) => CM_TAG,
        }
    }

    /// Where the SRTCP index word of a packet of `len` bytes lies: last with GCM (RFC 7714 §9.3), before the tag
    /// with CM (RFC 3711 §3.4). `None` if the packet is too short to have one.
    pub(super) fn index_word_at(&self, len: usize) -> Option<usize> {
        let tail = match self {
            Self::Gcm { .. } => 4,
            Self::Cm(_) => 4 + CM_TAG,
        };
        len.checked_sub(tail).filter(|_| len >= 8 + 4 + self.tag_len())
    }

    /// Opens in place; returns the plain length. The caller has checked that header and tag fit.
    pub(super) fn open_rtp(
        &self,
        packet: &mut [u8],
        header_len: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, SrtpError> {
        let plain_len = packet.len() - self.tag_len();
        match self {
            Self::Gcm { key, salt } => {
                let (header, sealed) = packet.split_at_mut(header_len);
                open_gcm(key, &gcm_nonce(salt, ssrc, index), header, sealed)?;
            }
            Self::Cm(cm) => {
                let (plain, tag) = packet.split_at_mut(plain_len);
                cm.rtp_mac(plain, index).verify_truncated_left(tag).map_err(|_| SrtpError::NotAuthentic)?;
                cm.apply(ssrc, index, &mut plain[header_len..]);
            }
        }
        Ok(plain_len)
    }

    /// Seals in place; returns the sealed length. The caller has checked that the tag fits.
    pub(super) fn seal_rtp(
        &self,
        buffer: &mut [u8],
        header: &Header,
        len: usize,
        index: u64,
    ) -> Result<usize, SrtpError> {
        let (packet, rest) = buffer.split_at_mut(len);
        let (covered, payload) = packet.split_at_mut(header.len);
        match self {
            Self::Gcm { key, salt } => {
                let nonce = gcm_nonce(salt, header.ssrc, index);
                let tag = key.seal(&nonce, covered, payload).ok_or(SrtpError::Length)?;
                rest[..GCM_TAG].copy_from_slice(&tag);
            }
            Self::Cm(cm) => {
                cm.apply(header.ssrc, index, payload);
                let tag = cm.rtp_mac(packet, index).finalize().into_bytes();
                rest[..CM_TAG].copy_from_slice(&tag[..CM_TAG]);
            }
        }
        Ok(len + self.tag_len())
    }

    /// Opens in place; returns the plain length. `word` is the index with its E bit, as read from the packet.
    pub(super) fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, word: u32) -> Result<usize, SrtpError> {
        let at = self.index_word_at(packet.len()).ok_or(SrtpError::Length)?;
        match self {
            Self::Gcm { key, salt } => {
                let aad = rtcp_aad(packet, word);
                open_gcm(key, &gcm_rtcp_nonce(salt, ssrc, word), &aad, &mut packet[8..at])?;
                Ok(at - GCM_TAG)
            }
            Self::Cm(cm) => {
                let (covered, tag) = packet.split_at_mut(at + 4);
                cm.rtcp_mac(covered).verify_truncated_left(tag).map_err(|_| SrtpError::NotAuthentic)?;
                cm.apply(ssrc, u64::from(word & 0x7FFF_FFFF), &mut covered[8..at]);
                Ok(at)
            }
        }
    }

    /// Seals in place; returns the sealed length. The caller has checked that index and tag fit.
    pub(super) fn seal_rtcp(
        &self,
        buffer: &mut [u8],
        len: usize,
        ssrc: u32,
        word: u32,
    ) -> Result<usize, SrtpError> {
        match self {
            Self::Gcm { key, salt } => {
                let aad = rtcp_aad(buffer, word);
                let (packet, rest) = buffer.split_at_mut(len);
                let nonce = gcm_rtcp_nonce(salt, ssrc, word);
                let tag = key.seal(&nonce, &aad, &mut packet[8..]).ok_or(SrtpError::Length)?;
                rest[..GCM_TAG].copy_from_slice(&tag);
                rest[GCM_TAG..GCM_TAG + 4].copy_from_slice(&word.to_be_bytes());
            }
            Self::Cm(cm) => {
                cm.apply(ssrc, u64::from(word & 0x7FFF_FFFF), &mut buffer[8..len]);
                buffer[len..len + 4].copy_from_slice(&word.to_be_bytes());
                let tag = cm.rtcp_mac(&buffer[..len + 4]).finalize().into_bytes();
                buffer[len + 4..len + 4 + CM_TAG].copy_from_slice(&tag[..CM_TAG]);
            }
        }
        Ok(len + 4 + self.tag_len())
    }
}

/// Opens what ends with its tag.
fn open_gcm(key: &Key, nonce: &[u8; NONCE], covered: &[u8], sealed: &mut [u8]) -> Result<(), SrtpError> {
    let plain_len = sealed.len().checked_sub(GCM_TAG).ok_or(SrtpError::Length)?;
    let (payload, tag) = sealed.split_at_mut(plain_len);
    if key.open(nonce, covered, payload, tag) { Ok(()) } else { Err(SrtpError::NotAuthentic) }
}

/// RFC 7714 §8.1: two zero bytes, SSRC, roll-over counter and sequence number, combined with the salt.
fn gcm_nonce(salt: &[u8; NONCE], ssrc: u32, index: u64) -> [u8; NONCE] {
    let mut nonce = *salt;
    xor(&mut nonce[2..6], &ssrc.to_be_bytes());
    xor(&mut nonce[6..], &index.to_be_bytes()[2..]);
    nonce
}

/// RFC 7714 §9.1: two zero bytes, SSRC, two zero bytes and the index without its E bit, combined with the salt.
fn gcm_rtcp_nonce(salt: &[u8; NONCE], ssrc: u32, word: u32) -> [u8; NONCE] {
    let mut nonce = *salt;
    xor(&mut nonce[2..6], &ssrc.to_be_bytes());
    xor(&mut nonce[8..], &(word & 0x7FFF_FFFF).to_be_bytes());
    nonce
}

/// RFC 7714 §9.2: the first eight bytes and the index word are covered, though they do not lie together.
fn rtcp_aad(packet: &[u8], word: u32) -> [u8; 12] {
    let mut aad = [0; 12];
    aad[..8].copy_from_slice(&packet[..8]);
    aad[8..].copy_from_slice(&word.to_be_bytes());
    aad
}

impl CounterMode {
    /// RFC 3711 §4.2: the packet and the roll-over counter are covered.
    fn rtp_mac(&self, packet: &[u8], index: u64) -> Hmac<Sha1> {
        let mut mac = self.mac.clone();
        mac.update(packet);
        mac.update(&((index >> 16) as u32).to_be_bytes());
        mac
    }

    /// RFC 3711 §3.4: the packet and the index word are covered, which lie together.
    fn rtcp_mac(&self, covered: &[u8]) -> Hmac<Sha1> {
        let mut mac = self.mac.clone();
        mac.update(covered);
        mac
    }

    /// RFC 3711 §4.1.1. The key is borrowed, so its schedule is neither computed nor copied per packet.
    fn apply(&self, ssrc: u32, index: u64, data: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        xor(&mut iv[4..8], &ssrc.to_be_bytes());
        xor(&mut iv[8..14], &index.to_be_bytes()[2..]);
        let core = ctr::CtrCore::<&Aes128Enc, Ctr128BE>::inner_iv_init(&self.key, &iv.into());
        StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
    }
}

fn xor(into: &mut [u8], with: &[u8]) {
    for (byte, other) in into.iter_mut().zip(with) {
        *byte ^= other;
    }
}
