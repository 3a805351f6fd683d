//! Decoded speech on its way to the speaker, with a little of what was played before: splices look at both.

use super::super::codec::LONGEST;
use crate::audio::Frame;

/// Samples of the past that are kept: 25 ms, one longest splice and the window in which it is compared.
pub(super) const PAST: usize = 1_200;
/// Room for the past and what at most waits: a little, the longest packet and what is put in.
const ROOM: usize = PAST + 4 * LONGEST;

/// See the module.
#[derive(Debug)]
pub(super) struct Line {
    samples: Vec<i16>,
    /// Where the future begins.
    now: usize,
}

impl Line {
    pub(super) fn new() -> Self {
        let mut samples = Vec::with_capacity(ROOM);
        samples.resize(PAST, 0);
        Self { samples, now: PAST }
    }

    /// Samples that wait.
    pub(super) fn len(&self) -> usize {
        self.samples.len() - self.now
    }

    /// What waits.
    pub(super) fn future(&self) -> &[i16] {
        &self.samples[self.now..]
    }

    /// Past and future, and where the future begins.
    pub(super) fn around(&mut self) -> (&mut [i16], usize) {
        (&mut self.samples, self.now)
    }

    /// Adds decoded speech. What does not fit is left out, which no order of packets brings about.
    pub(super) fn push(&mut self, speech: &[i16]) {
        self.make_room(speech.len());
        let room = ROOM - self.samples.len();
        self.samples.extend_from_slice(&speech[..speech.len().min(room)]);
    }

    /// Takes `count` samples out, from the `at`th that waits on.
    pub(super) fn remove(&mut self, at: usize, count: usize) {
        let from = self.now + at;
        self.samples.copy_within(from + count.., from);
        self.samples.truncate(self.samples.len() - count);
    }

    /// Says the last `count` samples of the past again.
    pub(super) fn repeat(&mut self, count: usize) {
        self.make_room(count);
        let waiting = self.len();
        let end = self.samples.len();
        self.samples.resize(end + count, 0);
        self.samples.copy_within(self.now..self.now + waiting, self.now + count);
        self.samples.copy_within(self.now - count..self.now, self.now);
    }

    /// Forgets the past but for its end if `count` samples more do not fit.
    fn make_room(&mut self, count: usize) {
        if self.samples.len() + count > ROOM {
            self.samples.copy_within(self.now - PAST.., 0);
            self.samples.truncate(self.samples.len() - (self.now - PAST));
            self.now = PAST;
        }
    }

    /// Drops what waits.
    pub(super) fn clear(&mut self) {
        self.samples.truncate(self.now);
    }

    /// Takes the next 10 ms. Silence for what is not there.
    pub(super) fn take(&mut self, frame: &mut Frame) {
        let count = self.len().min(frame.len());
        frame[..count].copy_from_slice(&self.samples[self.now..self.now + count]);
        frame[count..].fill(0);
        self.now += count;
    }
}
