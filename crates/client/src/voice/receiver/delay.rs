//! How long speech should wait: long enough that what usually comes late still comes in time, and no longer.
//!
//! Each piece of speech is compared with the quickest one of the last seconds, as both clocks together cannot tell how
//! long the road is. How much later than that one pieces come is kept in a histogram that forgets, and the wait is the
//! cheapest one: a second of wait for everybody costs as much as [`PRICE`] seconds of speech that is made up for each that
//! is spoken. So an even spread of lateness is waited for to its end, however wide; stalls are waited for once they come
//! back; and one late packet in a hundred is not worth a wait of everybody. The histogram is an idea of WebRTC's NetEq, and
//! so is a price in its treatment of reordered packets. What differs: lengths of time forget, not numbers of packets, so
//! that 60 ms packets are learned as quickly; a piece that comes first as a copy, or as FEC, counts with that copy's time,
//! so that the wait grows by what restoring takes exactly while there is something to restore; and an outage teaches
//! nothing, since nobody wants to talk with a second's delay because a train went through a tunnel.
//!
//! A wait that goes up and down is heard more than one that is long, so it is held for a while before it becomes shorter.

use std::collections::VecDeque;
use std::time::Duration;

/// Width of a bin of the histogram: 5 ms in samples. Wider: speech waits longer than it must; narrower: more work.
const BIN: i64 = 240;
/// Bins. What is later than all of them, half a second, is an outage.
const BINS: usize = 100;
/// What all speech being late would cost, as a wait in samples: 4 s, so that one percent costs as much as 40 ms. Below
/// [`MEMORY`], or one stall alone would be waited for. Higher: more delay, less that is made up; lower: the other way
/// round (2.5 s leave 0.1 of PESQ on the stalls of the example `jitter`).
const PRICE: f32 = 4.0 * 48_000.0;
/// In which time two thirds are forgotten, in samples: 5 s. Longer: a burst is waited for longer after it is over;
/// shorter: what comes back every few seconds is met unprepared.
const MEMORY: f32 = 5.0 * 48_000.0;
const _: () = assert!(PRICE < MEMORY);
/// Speech is asked for 10 ms at a time and its last sample must be there with the first.
const GRAIN: i64 = 480;
/// The quickest piece is looked for in so many blocks of half a second. Longer: a road that became longer is noticed
/// later; shorter: a delay that lasts is taken for the road.
const BLOCKS: usize = 8;
const BLOCK: i64 = 24_000;
/// The wait stays what it had to be in so many blocks, 12 s. Longer: a conversation drags on after a burst; shorter: what
/// comes back every few seconds is met unprepared.
const HELD: usize = 24;
/// How quickly the wait becomes shorter then, as a share of time: 30 ms in a second. Quicker: one splice follows the other;
/// slower: a conversation drags on after a burst.
const FALL: f32 = 0.03;
/// For so long what was learned is too little to wait for less than [`START`].
const NOVICE: f32 = 48_000.0;
/// The wait that a stream begins with, 20 ms. WebRTC begins with 80. Longer: the first words come later, and the wait must
/// be taken back where it was not needed; shorter: they come with gaps where the network is not very even.
const START: i64 = 20 * 48;

/// Bounds of the wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Bounds {
    pub(super) fn new(least: Duration, most: Duration) -> Self {
        let least = samples(least).max(GRAIN);
        Self { least, most: samples(most).max(least) }
    }
}

/// So many samples does a length hold, ten seconds at most.
pub(super) fn samples(length: Duration) -> i64 {
    i64::try_from(length.as_micros().min(10_000_000) * 48 / 1_000).unwrap_or(0)
}

/// Learns how long to wait. Times and lengths are in samples.
#[derive(Debug, Clone)]
pub(super) struct Delay {
    bounds: Bounds,
    /// The quickest of each block, newest last.
    quickest: VecDeque<i64>,
    block_ends: i64,
    /// The quickest of all blocks.
    base: Option<i64>,
    /// What the histogram is relative to: less than a bin below the quickest.
    anchor: i64,
    weights: [f32; BINS],
    /// How much was learned, in samples of speech.
    learned: f32,
    /// Since a piece came later than all bins, until one comes in time.
    is_outage: bool,
    target: f32,
    /// The highest wait wanted in each of the last blocks, newest last.
    wanted: VecDeque<i64>,
    wanted_until: i64,
    /// When the target was looked at last.
    looked: Option<i64>,
}

impl Delay {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            quickest: VecDeque::with_capacity(BLOCKS + 1),
            block_ends: 0,
            base: None,
            anchor: 0,
            weights: [0.0; BINS],
            learned: 0.0,
            is_outage: false,
            target: START.clamp(bounds.least, bounds.most) as f32,
            wanted: VecDeque::with_capacity(HELD + 1),
            wanted_until: 0,
            looked: None,
        }
    }

    /// Another stream begins, with another clock, over the same road.
    pub(super) fn begin(&mut self) {
        self.quickest.clear();
        self.base = None;
        self.is_outage = false;
    }

    /// A packet whose first sample is `start` came at `now`: is it the quickest?
    pub(super) fn arrived(&mut self, now: i64, start: i64) {
        let transit = now - start;
        if now >= self.block_ends || self.quickest.is_empty() {
            self.block_ends = now + BLOCK;
            self.quickest.push_back(transit);
            if self.quickest.len() > BLOCKS {
                self.quickest.pop_front();
            }
        }
        if let Some(newest) = self.quickest.back_mut() {
            *newest = transit.min(*newest);
        }
        let base = self.quickest.iter().copied().min().unwrap_or(transit);
        let anchor = if self.base.is_some() { self.anchor } else { base };
        // What is played stays where it is. At first the quickest is only looked for.
        let moved = self.base.map_or(0, |before| base - before);
        if self.learned < NOVICE {
            self.wanted.clear();
        } else {
            let (least, most) = (self.bounds.least as f32, self.bounds.most as f32);
            self.target = (self.target - moved as f32).clamp(least, most);
            self.wanted.iter_mut().for_each(|wanted| *wanted -= moved);
        }
        // Whole bins only, so that the rest is not lost. What a road that became shorter made late is late no more.
        let bins = (base - anchor).max(0) / BIN;
        self.sooner(usize::try_from(bins).unwrap_or(0));
        self.anchor = base.min(anchor + bins * BIN);
        self.base = Some(base);
    }

    /// A piece of `length` samples that begins with `start` can be heard from `now` on, and could not before.
    pub(super) fn learn(&mut self, now: i64, start: i64, length: usize) {
        let Some(late) = self.behind(now - start) else { return };
        let late = late.max(0);
        if late >= BIN * BINS as i64 {
            self.is_outage = true;
        } else if late as f32 <= self.target {
            self.is_outage = false;
        }
        if self.is_outage {
            return;
        }
        let length = length as f32;
        self.learned += length;
        // At first everything counts alike, so that one packet is not taken for all.
        let kept = 1.0 - length / self.learned.min(MEMORY);
        for weight in &mut self.weights {
            *weight *= kept;
        }
        self.weights[(late / BIN) as usize] += 1.0 - kept;
    }

    /// How far behind the quickest road is what is heard so long after it was spoken, by both clocks; none before anything
    /// came.
    pub(super) fn behind(&self, transit: i64) -> Option<i64> {
        self.base.map(|base| transit - base)
    }

    /// How far behind the quickest road speech should be played.
    pub(super) fn target(&self) -> i64 {
        self.target as i64
    }

    /// Looks at what was learned, once per 10 ms: up at once, down late and slowly.
    pub(super) fn look(&mut self, now: i64) {
        let passed = self.looked.replace(now).map_or(0, |before| (now - before).clamp(0, 48_000));
        let needed = self.needed();
        if now >= self.wanted_until || self.wanted.is_empty() {
            self.wanted_until = now + BLOCK;
            self.wanted.push_back(needed);
            if self.wanted.len() > HELD {
                self.wanted.pop_front();
            }
        }
        if let Some(newest) = self.wanted.back_mut() {
            *newest = needed.max(*newest);
        }
        let mut wanted = self.wanted.iter().copied().max().unwrap_or(needed);
        if self.learned < NOVICE {
            wanted = wanted.max(START);
        }
        let wanted = wanted.clamp(self.bounds.least, self.bounds.most) as f32;
        self.target = wanted.max(self.target - FALL * passed as f32);
    }

    /// The cheapest wait.
    fn needed(&self) -> i64 {
        let (mut best, mut least) = (0, f32::INFINITY);
        let mut late = 0.0;
        for (bin, weight) in self.weights.iter().enumerate().rev() {
            let wait = (bin as i64 + 1) * BIN;
            let cost = wait as f32 + PRICE * late;
            if cost < least {
                (best, least) = (wait, cost);
            }
            late += weight;
        }
        best + GRAIN
    }

    /// Moves what was learned by so many bins towards the quickest, as the quickest became slower.
    fn sooner(&mut self, bins: usize) {
        for _ in 0..bins.min(BINS) {
            let first = self.weights[0];
            self.weights.rotate_left(1);
            self.weights[BINS - 1] = 0.0;
            self.weights[0] += first;
        }
    }
}
