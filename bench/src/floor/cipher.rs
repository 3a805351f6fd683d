//! SRTP with AES-GCM (RFC 7714) as bare as it can be: roll-over counter 0, no replay window.
//!
//! Written apart from the relay's on purpose, so that the limit does not move with what it limits.

use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use anyhow::{Result, anyhow};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Length of every test packet's header: RTP and one 8-byte header extension.
pub(super) const HEADER_LEN: usize = 20;
const TAG_LEN: usize = 16;

/// One direction of one peer.
pub(super) struct SessionKey {
    key: LessSafeKey,
    salt: [u8; 12],
}

impl SessionKey {
    /// From a master key of 16 or 32 bytes and a master salt of 12 (RFC 3711 §4.3 with labels 0 and 2).
    pub(super) fn derive(master: &[u8], master_salt: &[u8]) -> Result<Self> {
        let algorithm = if master.len() == 32 { &AES_256_GCM } else { &AES_128_GCM };
        let mut bytes = vec![0; master.len()];
        key_stream(master, master_salt, 0, &mut bytes)?;
        let mut salt = [0; 12];
        key_stream(master, master_salt, 2, &mut salt)?;
        let key = UnboundKey::new(algorithm, &bytes).map_err(|_| anyhow!("a key of the wrong length"))?;
        Ok(Self { key: LessSafeKey::new(key), salt })
    }

    /// Opens a packet in place and returns its plain length.
    pub(super) fn open(&self, packet: &mut [u8]) -> Option<usize> {
        let (header, sealed) = packet.split_at_mut_checked(HEADER_LEN)?;
        let nonce = self.nonce(header)?;
        let plain = self.key.open_in_place(nonce, Aad::from(&*header), sealed).ok()?;
        Some(HEADER_LEN + plain.len())
    }

    /// Seals the first `len` bytes in place and returns the sealed length.
    pub(super) fn seal(&self, packet: &mut [u8], len: usize) -> Option<usize> {
        let (header, rest) = packet.split_at_mut_checked(HEADER_LEN)?;
        let (plain, room) = rest.split_at_mut_checked(len.checked_sub(HEADER_LEN)?)?;
        let nonce = self.nonce(header)?;
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(&*header), plain).ok()?;
        room.get_mut(..TAG_LEN)?.copy_from_slice(tag.as_ref());
        Some(len + TAG_LEN)
    }

    fn nonce(&self, header: &[u8]) -> Option<Nonce> {
        let mut nonce = self.salt;
        for (byte, ssrc) in nonce[2..6].iter_mut().zip(header.get(8..12)?) {
            *byte ^= ssrc;
        }
        for (byte, sequence) in nonce[10..].iter_mut().zip(header.get(2..4)?) {
            *byte ^= sequence;
        }
        Some(Nonce::assume_unique_for_key(nonce))
    }
}

fn key_stream(master: &[u8], master_salt: &[u8], label: u8, out: &mut [u8]) -> Result<()> {
    let mut start = [0; 16];
    start[..master_salt.len()].copy_from_slice(master_salt);
    start[7] ^= label;
    if master.len() == 32 {
        ctr::Ctr128BE::<aes::Aes256>::new_from_slices(master, &start)?.apply_keystream(out);
    } else {
        ctr::Ctr128BE::<aes::Aes128>::new_from_slices(master, &start)?.apply_keystream(out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_relay::rtp::Header;
    use tring_relay::srtp::{Profile, Receiver, Sender};

    #[test]
    fn floor_and_peers_understand_each_other_in_both_gcm_profiles() {
        for profile in [Profile::AeadAes128Gcm, Profile::AeadAes256Gcm] {
            let (key, salt) = (vec![3; profile.key_len()], vec![4; profile.salt_len()]);
            let mut sender = Sender::new(profile, &key, &salt).unwrap();
            let mut receiver = Receiver::new(profile, &key, &salt).unwrap();
            let floor = SessionKey::derive(&key, &salt).unwrap();

            let mut packet = [0; 200];
            packet[..16].copy_from_slice(&[0x90, 111, 1, 2, 0, 0, 0, 9, 7, 7, 7, 7, 0xBE, 0xDE, 0, 1]);
            packet[20..60].fill(0xAB);
            let header = Header::parse(&packet[..60]).unwrap();
            let sealed = sender.protect_rtp(&mut packet, &header, 60).unwrap();
            assert_eq!(floor.open(&mut packet[..sealed]), Some(60));
            assert_eq!(packet[20..60], [0xAB; 40]);
            assert_eq!(floor.seal(&mut packet, 60), Some(sealed));
            assert_eq!(receiver.unprotect_rtp(&mut packet[..sealed], &header).unwrap().len, 60);
        }
    }
}
