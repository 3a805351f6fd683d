//! Asks for memory before it is needed, so that fetching it takes place beside other work.
#![cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "the instruction takes a pointer"))]

/// Has all of `value` fetched into the processor's caches, where the processor lets itself be told. It is not read.
#[inline]
pub fn prefetch<T>(value: &T) {
    /// Bytes that are fetched at a time.
    #[cfg(target_arch = "x86_64")]
    const LINE: usize = 64;
    #[cfg(target_arch = "x86_64")]
    for at in (0..size_of::<T>()).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let line = (&raw const *value).cast::<i8>().wrapping_add(at);
        // SAFETY: a hint; it reads nothing, and no address can make it fail.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
