//! Waiting for many sockets at once, to the microsecond (`epoll`).

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

const EVENTS: usize = 256;

/// A set of descriptors, each with a key, of which some become readable.
pub(super) struct Poll {
    epoll: OwnedFd,
    events: Vec<libc::epoll_event>,
    ready: usize,
}

impl Poll {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: a plain system call; its result is a descriptor that nobody else owns.
        let epoll = unsafe {
            let fd = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(fd)
        };
        Ok(Self { epoll, events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS], ready: 0 })
    }

    /// Watches `source` under `key` until it is closed.
    pub(super) fn add(&self, source: &impl AsFd, key: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: key };
        let source = source.as_fd().as_raw_fd();
        // SAFETY: `event` lives through the call, which copies it.
        let result =
            unsafe { libc::epoll_ctl(self.epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, source, &raw mut event) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Watches `source` no more, though it stays open.
    pub(super) fn remove(&self, source: &impl AsFd) -> io::Result<()> {
        let source = source.as_fd().as_raw_fd();
        // SAFETY: a plain system call; since Linux 2.6.9 the event may be null.
        let result = unsafe {
            libc::epoll_ctl(self.epoll.as_raw_fd(), libc::EPOLL_CTL_DEL, source, std::ptr::null_mut())
        };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Waits until something is readable, or until `deadline`.
    pub(super) fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.map(timespec);
        let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the event buffer has room for `EVENTS`; the timeout is null or lives through the call.
        let count = unsafe {
            libc::syscall(
                libc::SYS_epoll_pwait2,
                self.epoll.as_raw_fd(),
                self.events.as_mut_ptr(),
                EVENTS as libc::c_int,
                timeout,
                std::ptr::null::<libc::sigset_t>(),
                0_usize,
            )
        };
        self.ready = match usize::try_from(count) {
            Ok(ready) => ready,
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
                0
            }
        };
        Ok(())
    }

    /// Whether the last wait found as much as it can, and may have left more.
    pub(super) fn is_full(&self) -> bool {
        self.ready == EVENTS
    }

    /// The keys of what the last wait found readable.
    pub(super) fn ready(&self) -> impl Iterator<Item = u64> + use<> {
        let keys: Vec<u64> = self.events[..self.ready].iter().map(|event| event.u64).collect();
        keys.into_iter()
    }
}

/// Wakes a [`Poll`] from another thread.
#[derive(Debug)]
pub(super) struct Waker(OwnedFd);

impl Waker {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: a plain system call; its result is a descriptor that nobody else owns.
        unsafe {
            let fd = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(Self(OwnedFd::from_raw_fd(fd))) }
        }
    }

    pub(super) fn wake(&self) {
        // SAFETY: eight bytes are read from a live value. A full counter means that the other side is awake anyway.
        unsafe { libc::write(self.0.as_raw_fd(), (&raw const ONE).cast(), 8) };
    }

    pub(super) fn clear(&self) {
        let mut count = 0_u64;
        // SAFETY: eight bytes are written to a live value; nothing to read is no harm.
        unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), 8) };
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

static ONE: u64 = 1;

fn timespec(length: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(length.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(length.subsec_nanos()),
    }
}
