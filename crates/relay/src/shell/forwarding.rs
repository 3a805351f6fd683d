//! The forwarding thread: what has come is read, given to the worker, and what that makes is sent.

use super::batch::{self, Batch};
use super::streams::{self, Sent, Streams};
use super::wake::{Ready, Sleeper};
use super::{Events, Message, Shared};
use crate::event::Dropped;
use crate::handshake::Job;
use crate::worker::{self, Route, Worker};
use std::net::UdpSocket;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, TryLockError};
use std::time::{Duration, Instant};

/// The name under which the UDP socket is watched.
pub(super) const UDP: u64 = 0;
/// Bytes that are read from a connection at a time, so that none keeps the others waiting.
const CHUNK: usize = 16_384;
/// By how much the thread is nicer than the rest of the program: less than nothing. Audio that comes late is lost, and a
/// handshake that comes late is late. Nearer to nothing: a rush of new calls on a full core takes packets from those that
/// talk; further: whoever else uses the machine waits for longer.
const NICENESS: i32 = -10;

/// What it needs.
pub(super) struct Forwarding {
    pub(super) socket: UdpSocket,
    pub(super) streams: Option<Streams>,
    pub(super) sleeper: Sleeper,
    pub(super) inbox: Receiver<Message>,
    pub(super) jobs: Sender<Job>,
    pub(super) events: Events,
    pub(super) shared: Arc<Shared>,
    pub(super) scratch: Scratch,
}

/// Room for what does not lie in the batch.
pub(super) struct Scratch {
    datagram: Vec<u8>,
    chunk: Vec<u8>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { datagram: vec![0; worker::BUFFER_LEN], chunk: vec![0; CHUNK] }
    }
}

impl Forwarding {
    pub(super) fn run(mut self) {
        // Where the system does not allow it the thread takes its turn like any other.
        let _ = rustix::process::nice(NICENESS);
        let mut worker = Worker::new(Instant::now());
        let mut batch = Batch::new();
        let mut ready = Vec::new();
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
            self.serve(now, &mut worker, &ready);
            if now >= next_sweep {
                self.sweep(now, &mut worker);
                next_sweep = now + worker::SWEEP;
            }
            self.hand_over(now, &mut worker);
            let mut wait = Duration::ZERO;
            if is_drained {
                self.publish(&worker);
                let next = worker.keep_alive_due().map_or(next_sweep, |due| due.min(next_sweep));
                wait = next.saturating_duration_since(now);
            }
            self.sleeper.sleep(wait, &mut ready);
        }
    }

    /// Reads what has arrived over UDP and sends what that makes; true if the socket may have no more.
    fn forward(&mut self, worker: &mut Worker, batch: &mut Batch) -> bool {
        let received = batch.receive(&self.socket);
        let now = Instant::now();
        if received > 1 {
            worker.prefetch(batch.sources(received));
        }
        for at in 0..received {
            let (source, buffer, len) = batch.received(at);
            let Some(send) = worker.handle(now, Route::Udp(source), buffer, len) else { continue };
            match send.to {
                Route::Udp(to) => batch.queue(at, to, send.start..send.end),
                Route::Tcp { .. } => {
                    let sent = deliver(
                        &self.socket,
                        self.streams.as_mut(),
                        &self.sleeper,
                        send.to,
                        &buffer[send.start..send.end],
                    );
                    count(worker, sent);
                }
            }
        }
        for _ in 0..batch.send(&self.socket) {
            worker.count_dropped(Dropped::NotSent);
        }
        received < batch::SIZE
    }

    /// Does what the connections are ready for.
    fn serve(&mut self, now: Instant, worker: &mut Worker, ready: &[Ready]) {
        let (socket, sleeper) = (&self.socket, &self.sleeper);
        let Some(streams) = &mut self.streams else { return };
        let Scratch { datagram: buffer, chunk } = &mut self.scratch;
        for Ready { name, is_writable } in ready.iter().copied().filter(|ready| ready.name != UDP) {
            let gone = if name == streams::LISTENER {
                streams.accept(now, sleeper)
            } else {
                if is_writable {
                    streams.flush(name, sleeper);
                }
                let mut knows = false;
                let gone = streams.read(name, chunk, |streams, source, datagram| {
                    buffer[..datagram.len()].copy_from_slice(datagram);
                    if let Some(send) = worker.handle(now, source, buffer, datagram.len()) {
                        let bytes = &buffer[send.start..send.end];
                        count(worker, deliver(socket, Some(streams), sleeper, send.to, bytes));
                    }
                    knows = worker.knows(source);
                });
                if knows {
                    streams.vouch(name);
                }
                gone
            };
            gone.into_iter().for_each(|route| worker.route_closed(route));
        }
    }

    fn sweep(&mut self, now: Instant, worker: &mut Worker) {
        worker.sweep(now);
        self.shared.seconds.fetch_add(1, Ordering::Relaxed);
        if let Some(streams) = &mut self.streams {
            for route in streams.sweep(now, &self.sleeper, |route| worker.knows(route)) {
                worker.route_closed(route);
            }
        }
    }

    /// Carries on what no datagram that came has made.
    fn hand_over(&mut self, now: Instant, worker: &mut Worker) {
        let (socket, sleeper, mut streams) = (&self.socket, &self.sleeper, self.streams.as_mut());
        let buffer = &mut self.scratch.datagram;
        while let Some(send) = worker.keep_alive(now, buffer) {
            let bytes = &buffer[send.start..send.end];
            count(worker, deliver(socket, streams.as_deref_mut(), sleeper, send.to, bytes));
        }
        while let Some((to, bytes)) = worker.poll_send() {
            count(worker, deliver(socket, streams.as_deref_mut(), sleeper, to, &bytes));
        }
        while let Some(job) = worker.poll_job() {
            // The other thread ends only after this one.
            let _ = self.jobs.send(job);
        }
        while let Some(event) = worker.poll_event() {
            (self.events)(event);
        }
    }

    /// Lets others read the counts, unless one is just reading.
    fn publish(&self, worker: &Worker) {
        let mut counts = worker.counts();
        counts.streams = self.streams.as_ref().map_or(0, |streams| streams.count() as u64);
        match self.shared.counts.try_lock() {
            Ok(mut shared) => *shared = counts,
            Err(TryLockError::Poisoned(shared)) => *shared.into_inner() = counts,
            Err(TryLockError::WouldBlock) => {}
        }
    }
}

fn deliver(
    socket: &UdpSocket,
    streams: Option<&mut Streams>,
    sleeper: &Sleeper,
    to: Route,
    bytes: &[u8],
) -> Sent {
    match (to, streams) {
        (Route::Udp(to), _) => {
            if socket.send_to(bytes, to).is_ok() {
                Sent::Yes
            } else {
                Sent::No
            }
        }
        (Route::Tcp { stream, .. }, Some(streams)) => streams.send(stream, bytes, sleeper),
        (Route::Tcp { .. }, None) => Sent::No,
    }
}

fn count(worker: &mut Worker, sent: Sent) {
    if sent == Sent::No {
        worker.count_dropped(Dropped::NotSent);
    }
}
