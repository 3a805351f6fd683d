//! Sleeping until the socket has something or somebody calls.
#![expect(unsafe_code, reason = "poll(2) has no safe form in the standard library")]

use std::io::{self, Read, Write};
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Makes a waker and its sleeper.
pub(super) fn pair() -> io::Result<(Waker, Sleeper)> {
    let (writer, reader) = UnixStream::pair()?;
    writer.set_nonblocking(true)?;
    reader.set_nonblocking(true)?;
    let is_called = Arc::new(AtomicBool::new(false));
    Ok((Waker { pipe: writer, is_called: Arc::clone(&is_called) }, Sleeper { pipe: reader, is_called }))
}

/// Wakes the sleeper, from any thread.
pub(super) struct Waker {
    pipe: UnixStream,
    is_called: Arc<AtomicBool>,
}

impl Waker {
    /// The sleeper looks at its inbox after this, even if it is not asleep.
    pub(super) fn wake(&self) {
        if !self.is_called.swap(true, Ordering::AcqRel) {
            // A full pipe wakes as well as one more byte.
            let _ = (&self.pipe).write(&[0]);
        }
    }
}

/// The other end, for one thread.
pub(super) struct Sleeper {
    pipe: UnixStream,
    is_called: Arc<AtomicBool>,
}

impl Sleeper {
    /// Takes back the call, before the inbox is read: what comes after that calls again.
    pub(super) fn awake(&self) {
        if self.is_called.load(Ordering::Acquire) {
            let mut bytes = [0; 64];
            let _ = (&self.pipe).read(&mut bytes);
            self.is_called.store(false, Ordering::Release);
        }
    }

    /// Returns when `socket` can be read, when called, or after `at_most`.
    pub(super) fn sleep(&self, socket: &UdpSocket, at_most: Duration) {
        let watch = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut watched = [watch(socket.as_raw_fd()), watch(self.pipe.as_raw_fd())];
        // Rounded up, or the last millisecond would be spent spinning.
        let millis = i32::try_from(at_most.as_micros().div_ceil(1_000)).unwrap_or(i32::MAX);
        // SAFETY: the pointer and the count describe `watched`, which lives through the call, and both descriptors
        // are open because they are borrowed.
        let _ = unsafe { libc::poll(watched.as_mut_ptr(), watched.len() as libc::nfds_t, millis) };
    }
}
