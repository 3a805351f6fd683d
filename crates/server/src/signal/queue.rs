//! What waits to be written to one socket. A channel of tokio's would do, but holds room for 32 messages and some
//! cache lines from the start, a kilobyte for each phone that has nothing to say.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tring_protocol::limits::OUTBOX_MAX;
use tring_protocol::signal::ServerFrame;

/// Frames that may wait for a socket: a session's whole outbox and what comes meanwhile. Past it the socket is
/// dropped; lower would drop a phone that resumes on a slow network.
const WAITING_MAX: usize = OUTBOX_MAX + 64;

/// What a socket's task is told to write.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A frame.
    Frame(Box<ServerFrame>),
    /// The end.
    Close,
}

/// The socket takes nothing any more, or not fast enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooSlow;

/// The end that is written to. When it is dropped, the reader gets what waits and then the end.
#[derive(Debug)]
pub(crate) struct Writer(Arc<Shared>);

/// The end of the socket's task.
#[derive(Debug)]
pub(crate) struct Reader(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Outgoing>,
    written_off: bool,
}

/// An empty queue.
pub(crate) fn queue() -> (Writer, Reader) {
    let shared = Arc::<Shared>::default();
    (Writer(Arc::clone(&shared)), Reader(shared))
}

impl Writer {
    /// Adds one. Never waits.
    pub(crate) fn push(&self, outgoing: Outgoing) -> Result<(), TooSlow> {
        let mut state = self.0.state();
        if state.waiting.len() >= WAITING_MAX {
            return Err(TooSlow);
        }
        state.waiting.push_back(outgoing);
        drop(state);
        self.0.changed.notify_one();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.state().written_off = true;
        self.0.changed.notify_one();
    }
}

impl Reader {
    /// The next one; `None` when none will come any more. May be given up at any time without losing one.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        loop {
            {
                let mut state = self.0.state();
                if let Some(next) = state.waiting.pop_front() {
                    if state.waiting.is_empty() {
                        state.waiting = VecDeque::new();
                    }
                    return Some(next);
                }
                if state.written_off {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }
}

impl Shared {
    /// Each change is one step, so a thread that panicked has left it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ping() -> Outgoing {
        Outgoing::Frame(Box::new(ServerFrame::Ping {}))
    }

    #[tokio::test]
    async fn what_was_written_is_read_in_order_and_then_the_end() {
        let (writer, mut reader) = queue();
        writer.push(ping()).unwrap();
        writer.push(Outgoing::Close).unwrap();
        drop(writer);
        assert!(matches!(reader.next().await, Some(Outgoing::Frame(_))));
        assert!(matches!(reader.next().await, Some(Outgoing::Close)));
        assert!(reader.next().await.is_none());
        assert!(reader.next().await.is_none());
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken() {
        let (writer, mut reader) = queue();
        let read =
            tokio::spawn(async move { (reader.next().await.is_some(), reader.next().await.is_none()) });
        tokio::task::yield_now().await;
        writer.push(ping()).unwrap();
        tokio::task::yield_now().await;
        drop(writer);
        assert_eq!(read.await.unwrap(), (true, true));
    }

    #[test]
    fn a_socket_that_takes_nothing_is_given_up() {
        let (writer, _reader) = queue();
        for _ in 0..WAITING_MAX {
            assert_eq!(writer.push(ping()), Ok(()));
        }
        assert_eq!(writer.push(ping()), Err(TooSlow));
    }
}
