//! Random texts that open something, and the hashes by which they are known afterwards.

use rand::Rng;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Characters of a text that opens something: 260 random bits.
pub(crate) const SECRET_LENGTH: usize = 52;

/// Characters of an id that must only not occur twice: 100 random bits.
pub(crate) const ID_LENGTH: usize = 20;

/// `prefix` and `length` characters of five random bits each, without the look-alikes 0 and o, 1 and l.
pub(crate) fn random_text(prefix: &str, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0_u8; length];
    rand::rng().fill_bytes(&mut bytes);
    prefix.chars().chain(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))).collect()
}

/// SHA-256 in hexadecimal. Looking a hash up takes no time that tells anything about the text behind it.
pub(crate) fn hash(content: impl AsRef<[u8]>) -> String {
    Sha256::digest(content).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String never fails");
        hex
    })
}
