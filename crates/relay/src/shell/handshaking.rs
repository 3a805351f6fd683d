//! The handshaking thread. Ends when the forwarding thread does.

use super::wake::Waker;
use super::{Message, Shared};
use crate::handshake::{self, Handshakes, Job};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// What it needs.
pub(super) struct Handshaking {
    pub(super) handshakes: Handshakes,
    pub(super) jobs: Receiver<Job>,
    pub(super) outcomes: Sender<Message>,
    pub(super) waker: Arc<Waker>,
    pub(super) shared: Arc<Shared>,
}

impl Handshaking {
    pub(super) fn run(mut self) {
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
            let _ = self.outcomes.send(Message::Outcome(outcome));
        }
        if is_any {
            self.waker.wake();
        }
        self.shared.handshakes.store(self.handshakes.count() as u64, Ordering::Relaxed);
    }
}
