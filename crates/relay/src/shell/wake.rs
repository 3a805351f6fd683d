//! Sleeping until something that is watched has something, or somebody calls.

use rustix::event::{Timespec, epoll};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Readiness told at a time. Higher: more memory; lower: more system calls when many connections have something.
const EVENTS: usize = 256;
/// The name under which the call itself is watched.
const CALL: u64 = u64::MAX;

/// Makes a waker and its sleeper.
pub(super) fn pair() -> io::Result<(Waker, Sleeper)> {
    let (writer, reader) = UnixStream::pair()?;
    writer.set_nonblocking(true)?;
    reader.set_nonblocking(true)?;
    let is_called = Arc::new(AtomicBool::new(false));
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let sleeper = Sleeper { pipe: reader, is_called: Arc::clone(&is_called), epoll };
    sleeper.watch(&sleeper.pipe, CALL)?;
    Ok((Waker { pipe: writer, is_called }, sleeper))
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

/// What has happened to something that is watched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready {
    /// The name that it was given.
    pub(super) name: u64,
    /// Whether it takes more; everything that has happened otherwise shows when it is read.
    pub(super) is_writable: bool,
}

/// The other end, for one thread.
pub(super) struct Sleeper {
    pipe: UnixStream,
    is_called: Arc<AtomicBool>,
    epoll: OwnedFd,
}

impl Sleeper {
    /// Wakes from now on when `source` can be read. Ends with the source.
    pub(super) fn watch(&self, source: impl AsFd, name: u64) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, source, epoll::EventData::new_u64(name), epoll::EventFlags::IN)?)
    }

    /// Wakes, or does not any more, also when `source` can be written.
    pub(super) fn watch_writing(&self, source: impl AsFd, name: u64, is_wanted: bool) -> io::Result<()> {
        let flags =
            if is_wanted { epoll::EventFlags::IN | epoll::EventFlags::OUT } else { epoll::EventFlags::IN };
        Ok(epoll::modify(&self.epoll, source, epoll::EventData::new_u64(name), flags)?)
    }

    /// Does not wake for `source` any more.
    pub(super) fn forget(&self, source: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, source)?)
    }

    /// Takes back the call, before the inbox is read: what comes after that calls again.
    pub(super) fn awake(&self) {
        if self.is_called.load(Ordering::Acquire) {
            let mut bytes = [0; 64];
            let _ = (&self.pipe).read(&mut bytes);
            self.is_called.store(false, Ordering::Release);
        }
    }

    /// Returns when something watched is ready, when called, or after `at_most`, and puts what is ready into `ready`.
    pub(super) fn sleep(&self, at_most: Duration, ready: &mut Vec<Ready>) {
        // Rounded up, or the last millisecond would be spent spinning.
        let millis = at_most.as_micros().div_ceil(1_000).min(3_600_000) as i64;
        let timeout = Timespec { tv_sec: millis / 1_000, tv_nsec: millis % 1_000 * 1_000_000 };
        let mut events = [const { MaybeUninit::<epoll::Event>::uninit() }; EVENTS];
        ready.clear();
        // Fails only when a signal interrupts it; then whatever is ready is told the next time.
        if let Ok((events, _)) = epoll::wait(&self.epoll, &mut events[..], Some(&timeout)) {
            ready.extend(events.iter().filter_map(|event| {
                let (name, flags) = ({ event.data }.u64(), { event.flags });
                (name != CALL).then_some(Ready { name, is_writable: flags.contains(epoll::EventFlags::OUT) })
            }));
        }
    }
}
