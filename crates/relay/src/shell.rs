//! The thin shell around the core: two threads a worker, one UDP port and the TCP port of that number, the clock.
//!
//! One thread forwards; it sleeps in `epoll` on the sockets and on a wake-up pipe. The other shakes hands. They talk
//! through two channels. No thread waits for a lock, a disk or the other thread.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the rim: here the clock is read and given to the core"
)]

mod batch;
mod bind;
mod forwarding;
mod handshaking;
mod streams;
mod wake;

use crate::event::{RelayCounts, RelayEvent, WorkerState};
use crate::handshake::{Handshakes, Identity, Outcome};
use crate::relay::RelayError;
use crate::worker::Control;
use forwarding::{Forwarding, Scratch};
use handshaking::Handshaking;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use streams::Streams;
use wake::Waker;

/// Where events go.
pub(crate) type Events = Arc<dyn Fn(RelayEvent) + Send + Sync>;

/// What a worker's thread is told.
enum Message {
    Control(Control),
    Outcome(Outcome),
    Stop,
}

/// A worker that runs.
pub(crate) struct WorkerHandle {
    /// Where its socket is bound.
    pub(crate) bound: SocketAddr,
    /// Where legs reach it; set by the owner.
    pub(crate) addresses: Vec<SocketAddr>,
    messages: Sender<Message>,
    waker: Arc<Waker>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads let others read.
#[derive(Default)]
struct Shared {
    counts: Mutex<RelayCounts>,
    handshakes: AtomicU64,
    seconds: AtomicU64,
}

/// What a worker needs to know.
pub(crate) struct Setup {
    pub(crate) listen: SocketAddr,
    pub(crate) tcp: bool,
    pub(crate) socket_buffer: usize,
    pub(crate) identity: Identity,
    pub(crate) events: Events,
}

impl WorkerHandle {
    pub(crate) fn start(setup: Setup) -> Result<Self, RelayError> {
        let (socket, listener) = bind::bind(setup.listen, setup.socket_buffer, setup.tcp)?;
        let address = setup.listen;
        Self::run(socket, listener, setup).map_err(|source| RelayError::Socket { address, source })
    }

    fn run(socket: UdpSocket, listener: Option<TcpListener>, setup: Setup) -> io::Result<Self> {
        let bound = socket.local_addr()?;
        let (waker, sleeper) = wake::pair()?;
        let waker = Arc::new(waker);
        sleeper.watch(&socket, forwarding::UDP)?;
        let streams = listener.map(|listener| Streams::new(listener, &sleeper)).transpose()?;
        let (messages, inbox) = mpsc::channel();
        let (jobs, job_inbox) = mpsc::channel();
        let shared = Arc::new(Shared::default());

        let handshakes = Handshaking {
            handshakes: Handshakes::new(setup.identity),
            jobs: job_inbox,
            outcomes: messages.clone(),
            waker: Arc::clone(&waker),
            shared: Arc::clone(&shared),
        };
        let forwarding = Forwarding {
            socket,
            streams,
            sleeper,
            inbox,
            jobs,
            events: setup.events,
            shared: Arc::clone(&shared),
            scratch: Scratch::default(),
        };
        let threads = vec![
            thread::Builder::new().name("relay-forward".into()).spawn(move || forwarding.run())?,
            thread::Builder::new().name("relay-handshake".into()).spawn(move || handshakes.run())?,
        ];
        Ok(Self { bound, addresses: Vec::new(), messages, waker, shared, threads })
    }

    /// Hands `control` over; false if the worker has stopped.
    pub(crate) fn control(&self, control: Control) -> bool {
        let is_sent = self.messages.send(Message::Control(control)).is_ok();
        self.waker.wake();
        is_sent
    }

    pub(crate) fn counts(&self) -> RelayCounts {
        let counts = *self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
        RelayCounts { handshakes: self.shared.handshakes.load(Ordering::Relaxed), ..counts }
    }

    pub(crate) fn state(&self) -> WorkerState {
        WorkerState {
            lives: self.threads.iter().all(|thread| !thread.is_finished()),
            seconds: self.shared.seconds.load(Ordering::Relaxed),
            counts: self.counts(),
        }
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        // Either fails only if the thread has already ended.
        let _ = self.messages.send(Message::Stop);
        self.waker.wake();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
