//! AES-GCM by AWS-LC, with a key that lies where we can have it fetched ahead.
//!
//! The safe face of the library, aws-lc-rs, keeps a key where nobody else sees it. With thousands of legs each packet then
//! waits twice for ten lines of memory in turn, which is more than the encryption itself takes.
#![expect(unsafe_code, reason = "the library is C")]

use aws_lc_sys::{
    CRYPTO_library_init, EVP_AEAD_CTX, EVP_AEAD_CTX_cleanup, EVP_AEAD_CTX_init, EVP_AEAD_CTX_open_gather,
    EVP_AEAD_CTX_seal_scatter, EVP_AEAD_CTX_zero, EVP_aead_aes_128_gcm, EVP_aead_aes_256_gcm,
};
use std::mem::MaybeUninit;
use std::ptr;

use crate::prefetch::prefetch;

/// Bytes of a tag.
pub(super) const TAG: usize = 16;
/// Bytes of a nonce.
pub(super) const NONCE: usize = 12;

/// A key, expanded. In a box, because the library does not say that it may be moved.
pub(super) struct Key(Box<Context>);

/// It begins with a line of memory, so that it has no more of them than it needs.
#[repr(align(64))]
struct Context(EVP_AEAD_CTX);

// SAFETY: the library keeps nothing of a key in its threads, and sealing and opening only read the key (its header
// `aead.h`: several threads may use one at a time).
unsafe impl Send for Key {}
// SAFETY: as above.
unsafe impl Sync for Key {}

impl Key {
    /// `None` if the key has neither 16 nor 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        let mut context = Box::<Context>::new_uninit();
        let place: *mut EVP_AEAD_CTX = context.as_mut_ptr().cast();
        // SAFETY: the algorithms are constants of the library; `place` is room for one context, which is written before
        // it is read, and `key` is as long as is said.
        unsafe {
            CRYPTO_library_init();
            let algorithm = match key.len() {
                16 => EVP_aead_aes_128_gcm(),
                32 => EVP_aead_aes_256_gcm(),
                _ => return None,
            };
            EVP_AEAD_CTX_zero(place);
            let is_ready =
                EVP_AEAD_CTX_init(place, algorithm, key.as_ptr(), key.len(), TAG, ptr::null_mut()) == 1;
            is_ready.then(|| Self(context.assume_init()))
        }
    }

    /// Opens in place; false if the tag is not that of `covered` and `sealed`, whose bytes are worthless then.
    pub(super) fn open(&self, nonce: &[u8; NONCE], covered: &[u8], sealed: &mut [u8], tag: &[u8]) -> bool {
        let payload = sealed.as_mut_ptr();
        // SAFETY: every pointer comes with the length of the slice that it is from. The library writes as many bytes as
        // it reads, to where it reads them from, which it allows.
        let opened = unsafe {
            EVP_AEAD_CTX_open_gather(
                &raw const self.0.0,
                payload,
                nonce.as_ptr(),
                NONCE,
                payload.cast_const(),
                sealed.len(),
                tag.as_ptr(),
                tag.len(),
                covered.as_ptr(),
                covered.len(),
            )
        };
        opened == 1
    }

    /// Seals in place and returns the tag; `None` if the library refuses, which it does for gigabytes alone.
    pub(super) fn seal(&self, nonce: &[u8; NONCE], covered: &[u8], payload: &mut [u8]) -> Option<[u8; TAG]> {
        let (mut tag, mut tag_len) = (MaybeUninit::<[u8; TAG]>::uninit(), 0);
        let bytes = payload.as_mut_ptr();
        // SAFETY: as in `open`; there is no extra input, and `tag` has room for as much as is said.
        let sealed = unsafe {
            EVP_AEAD_CTX_seal_scatter(
                &raw const self.0.0,
                bytes,
                tag.as_mut_ptr().cast(),
                &raw mut tag_len,
                TAG,
                nonce.as_ptr(),
                NONCE,
                bytes.cast_const(),
                payload.len(),
                ptr::null(),
                0,
                covered.as_ptr(),
                covered.len(),
            )
        };
        // SAFETY: so many bytes were written.
        (sealed == 1 && tag_len == TAG).then(|| unsafe { tag.assume_init() })
    }

    /// Has it fetched that sealing or opening needs.
    pub(super) fn prefetch(&self) {
        prefetch(&*self.0);
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: it was made ready when the key was made, and is not used any more.
        unsafe { EVP_AEAD_CTX_cleanup(&raw mut self.0.0) };
    }
}
