//! The thin shell around the core: two threads a worker, one socket, the clock.
//!
//! One thread forwards; it sleeps in `poll` on the socket and on a wake-up pipe. The other shakes hands. They talk
//! through two channels. No thread waits for a lock, a disk or the other thread.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the rim: here the clock is read and given to the core"
)]

mod batch;
mod wake;

use crate::event::{Dropped, RelayCounts, RelayEvent};
use crate::handshake::{self, Handshakes, Identity, Job, Outcome};
use crate::worker::{self, Control, Route, Worker};
use batch::Batch;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use wake::{Sleeper, Waker};

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
}

impl WorkerHandle {
    pub(crate) fn start(
        listen: SocketAddr,
        socket_buffer: usize,
        identity: Identity,
        events: Events,
    ) -> io::Result<Self> {
        let socket = bind(listen, socket_buffer)?;
        let bound = socket.local_addr()?;
        let (waker, sleeper) = wake::pair()?;
        let waker = Arc::new(waker);
        let (messages, inbox) = mpsc::channel();
        let (jobs, job_inbox) = mpsc::channel();
        let shared = Arc::new(Shared::default());

        let outcomes = Outcomes { messages: messages.clone(), waker: Arc::clone(&waker) };
        let handshakes = Handshaking {
            handshakes: Handshakes::new(identity),
            jobs: job_inbox,
            outcomes,
            shared: Arc::clone(&shared),
        };
        let forwarding = Forwarding { socket, sleeper, inbox, jobs, events, shared: Arc::clone(&shared) };
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

fn bind(listen: SocketAddr, buffer: usize) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))?;
    if listen.is_ipv6() {
        // One family per socket, so that an address has one form in the table.
        socket.set_only_v6(true)?;
    }
    // The kernel caps what it does not grant; a smaller buffer is no reason not to start.
    let _ = socket.set_recv_buffer_size(buffer);
    let _ = socket.set_send_buffer_size(buffer);
    socket.set_nonblocking(true)?;
    socket.bind(&listen.into())?;
    Ok(socket.into())
}

/// The forwarding thread.
struct Forwarding {
    socket: UdpSocket,
    sleeper: Sleeper,
    inbox: Receiver<Message>,
    jobs: Sender<Job>,
    events: Events,
    shared: Arc<Shared>,
}

impl Forwarding {
    fn run(self) {
        let mut worker = Worker::new(Instant::now());
        let mut batch = Batch::new();
        let mut scratch = [0; worker::BUFFER_LEN];
        let mut next_sweep = Instant::now() + worker::SWEEP;
        loop {
            self.sleeper.awake();
            while let Ok(message) = self.inbox.try_recv() {
                match message {
                    Message::Control(control) => worker.control(Instant::now(), control),
                    Message::Outcome(outcome) => worker.outcome(Instant::now(), outcome),
                    Message::Stop => return,
                }
            }
            let is_drained = self.forward(&mut worker, &mut batch);
            let now = Instant::now();
            if now >= next_sweep {
                worker.sweep(now);
                next_sweep = now + worker::SWEEP;
            }
            self.hand_over(&mut worker);
            while let Some(send) = worker.keep_alive(now, &mut scratch) {
                self.send_now(&mut worker, send.to, &scratch[send.start..send.end]);
            }
            if is_drained {
                self.publish(&worker);
                let next = worker.keep_alive_due().map_or(next_sweep, |due| due.min(next_sweep));
                self.sleeper.sleep(&self.socket, next.saturating_duration_since(now));
            }
        }
    }

    /// Reads what has arrived and sends what that makes; true if the socket may have no more.
    fn forward(&self, worker: &mut Worker, batch: &mut Batch) -> bool {
        let received = batch.receive(&self.socket);
        let now = Instant::now();
        for at in 0..received {
            let (source, buffer, len) = batch.received(at);
            if let Some(send) = worker.handle(now, Route::Udp(source), buffer, len) {
                batch.queue(at, send.to.address(), send.start..send.end);
            }
        }
        for _ in 0..batch.send(&self.socket) {
            worker.count_dropped(Dropped::NotSent);
        }
        received < batch::SIZE
    }

    fn hand_over(&self, worker: &mut Worker) {
        while let Some((to, bytes)) = worker.poll_send() {
            self.send_now(worker, to, &bytes);
        }
        while let Some(job) = worker.poll_job() {
            // The other thread ends only after this one.
            let _ = self.jobs.send(job);
        }
        while let Some(event) = worker.poll_event() {
            (self.events)(event);
        }
    }

    fn send_now(&self, worker: &mut Worker, to: Route, bytes: &[u8]) {
        if self.socket.send_to(bytes, to.address()).is_err() {
            worker.count_dropped(Dropped::NotSent);
        }
    }

    /// Lets others read the counts, unless one is just reading.
    fn publish(&self, worker: &Worker) {
        match self.shared.counts.try_lock() {
            Ok(mut counts) => *counts = worker.counts(),
            Err(TryLockError::Poisoned(counts)) => *counts.into_inner() = worker.counts(),
            Err(TryLockError::WouldBlock) => {}
        }
    }
}

/// The handshaking thread. Ends when the forwarding thread does.
struct Handshaking {
    handshakes: Handshakes,
    jobs: Receiver<Job>,
    outcomes: Outcomes,
    shared: Arc<Shared>,
}

struct Outcomes {
    messages: Sender<Message>,
    waker: Arc<Waker>,
}

impl Handshaking {
    fn run(mut self) {
        let mut next_sweep = Instant::now() + handshake::SWEEP;
        loop {
            let wait = if self.handshakes.count() == 0 {
                Duration::from_secs(3_600)
            } else {
                next_sweep.saturating_duration_since(Instant::now())
            };
            match self.jobs.recv_timeout(wait) {
                Ok(job) => self.handshakes.handle(Instant::now(), job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let now = Instant::now();
            if now >= next_sweep {
                self.handshakes.sweep(now);
                next_sweep = now + handshake::SWEEP;
            }
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let mut is_any = false;
        while let Some(outcome) = self.handshakes.poll() {
            is_any = true;
            let _ = self.outcomes.messages.send(Message::Outcome(outcome));
        }
        if is_any {
            self.outcomes.waker.wake();
        }
        self.shared.handshakes.store(self.handshakes.count() as u64, Ordering::Relaxed);
    }
}
