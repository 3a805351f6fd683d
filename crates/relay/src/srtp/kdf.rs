//! Session keys from a master key (RFC 3711 §4.3, RFC 6188 for AES-256, RFC 7714 §11).

use aes::cipher::{KeyIvInit, StreamCipher};

type Aes128Ctr = ctr::Ctr128BE<aes::Aes128>;
type Aes256Ctr = ctr::Ctr128BE<aes::Aes256>;

/// Which of the two sub-protocols the keys are for; they count their labels from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Rtp = 0,
    Rtcp = 3,
}

/// The keys of one direction of one sub-protocol. Unused ends of a key are zero.
pub(super) struct SessionKeys {
    pub(super) cipher: [u8; 32],
    pub(super) authentication: [u8; 20],
    pub(super) salt: [u8; 14],
}

/// Derives with a key derivation rate of zero, the only one that DTLS-SRTP has.
pub(super) fn session_keys(key: &[u8], salt: &[u8], purpose: Use) -> SessionKeys {
    let label = purpose as u8;
    let mut keys = SessionKeys { cipher: [0; 32], authentication: [0; 20], salt: [0; 14] };
    expand(key, salt, label, &mut keys.cipher[..key.len()]);
    expand(key, salt, label + 1, &mut keys.authentication);
    expand(key, salt, label + 2, &mut keys.salt[..salt.len()]);
    keys
}

/// The pseudo-random function: AES in counter mode, started at the salt with the label in its eighth byte.
fn expand(key: &[u8], salt: &[u8], label: u8, out: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..salt.len()].copy_from_slice(salt);
    iv[7] ^= label;
    out.fill(0);
    if key.len() == 32 {
        Aes256Ctr::new_from_slices(key, &iv).expect("32 and 16 bytes").apply_keystream(out);
    } else {
        Aes128Ctr::new_from_slices(key, &iv).expect("16 and 16 bytes").apply_keystream(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 appendix B.3.
    #[test]
    fn derives_the_keys_of_rfc_3711() {
        let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        let keys = session_keys(&key, &salt, Use::Rtp);
        assert_eq!(keys.cipher[..16], hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(keys.salt[..], hex("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(keys.authentication[..], hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
    }

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }
}
