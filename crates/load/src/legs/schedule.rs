//! What is due when. Audio comes due for thousands of legs fifty times a second, and always on a grid: it has a wheel of
//! the grid's moments, in which taking the next and putting it back costs the same for one leg and for thousands.
//! Everything else, and what is too far off for the wheel, waits in a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use super::LegId;

/// Audio is sent on this grid, so that at 500 calls about 50 packets arrive together: what a network card that bundles
/// its interrupts makes of steady traffic, and what the limit in reference/media-performance.md was measured with.
/// Lower: who is measured sleeps and wakes for every packet, which costs the floor as much as the relay and so
/// flatters the ratio of the two. Higher: unlike any network.
pub(super) const GRID: Duration = Duration::from_millis(1);
const GRID_NANOS: u64 = GRID.as_nanos() as u64;
/// Moments on the wheel, as many as a word has bits: more than the longest packet time takes, 60 ms.
const SLOTS: u64 = u64::BITS as u64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Duty {
    Audio,
    Upkeep,
}

/// Something that is due.
pub(super) type Due = (Instant, LegId, Duty);

/// All of it.
pub(super) struct Schedule {
    started: Instant,
    /// The moment of the grid from which on the wheel holds something: all before it has been taken.
    turn: u64,
    wheel: [Vec<LegId>; SLOTS as usize],
    /// Bit n: slot n holds something.
    filled: u64,
    later: BinaryHeap<Reverse<Due>>,
}

impl Schedule {
    pub(super) fn new(started: Instant) -> Self {
        Self {
            started,
            turn: 0,
            wheel: std::array::from_fn(|_| Vec::new()),
            filled: 0,
            later: BinaryHeap::new(),
        }
    }

    /// The first moment of the grid that is not before `at`.
    pub(super) fn on_grid(&self, at: Instant) -> Instant {
        self.at(self.nanos(at).div_ceil(GRID_NANOS))
    }

    /// Audio of the leg is due at a moment of the grid.
    pub(super) fn audio(&mut self, at: Instant, id: LegId) {
        let moment = self.nanos(at) / GRID_NANOS;
        if self.filled == 0 {
            // An empty wheel may have stood still for any time.
            self.turn = moment;
        }
        if (self.turn..self.turn + SLOTS).contains(&moment) {
            self.wheel[slot(moment)].push(id);
            self.filled |= 1 << slot(moment);
        } else {
            self.later.push(Reverse((at, id, Duty::Audio)));
        }
    }

    pub(super) fn upkeep(&mut self, at: Instant, id: LegId) {
        self.later.push(Reverse((at, id, Duty::Upkeep)));
    }

    /// When the next is due.
    pub(super) fn next(&self) -> Option<Instant> {
        let later = self.later.peek().map(|Reverse((at, ..))| *at);
        [self.next_on_wheel().map(|moment| self.at(moment)), later].into_iter().flatten().min()
    }

    /// Takes the next if it is due.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Due> {
        let on_wheel = self.next_on_wheel().map(|moment| (moment, self.at(moment)));
        let on_wheel = on_wheel.filter(|(_, at)| *at <= now);
        match (on_wheel, self.later.peek()) {
            (wheel, Some(Reverse(due))) if due.0 <= now && wheel.is_none_or(|(_, at)| due.0 < at) => {
                self.later.pop().map(|Reverse(due)| due)
            }
            (Some((moment, at)), _) => {
                self.turn = moment;
                let legs = &mut self.wheel[slot(moment)];
                let id = legs.pop()?;
                if legs.is_empty() {
                    self.filled &= !(1 << slot(moment));
                }
                Some((at, id, Duty::Audio))
            }
            _ => None,
        }
    }

    /// Whose turn it is on the wheel when so many more were taken of the moment at which it stands.
    pub(super) fn coming(&self, after: usize) -> Option<LegId> {
        let legs = &self.wheel[slot(self.turn)];
        legs.get(legs.len().checked_sub(after + 1)?).copied()
    }

    fn next_on_wheel(&self) -> Option<u64> {
        let from_turn = self.filled.rotate_right(slot(self.turn) as u32);
        (self.filled != 0).then(|| self.turn + u64::from(from_turn.trailing_zeros()))
    }

    /// Since the start; centuries fit.
    fn nanos(&self, at: Instant) -> u64 {
        at.duration_since(self.started).as_nanos() as u64
    }

    fn at(&self, moment: u64) -> Instant {
        self.started + GRID * u32::try_from(moment).unwrap_or(u32::MAX)
    }
}

fn slot(moment: u64) -> usize {
    (moment % SLOTS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn everything_is_taken_in_its_order_and_not_before_it_is_due() {
        let started = Instant::now();
        let mut schedule = Schedule::new(started);
        schedule.audio(started + 7 * MS, 1);
        schedule.audio(started + 300 * MS, 2);
        schedule.upkeep(started + 3 * MS, 3);
        schedule.audio(started + 63 * MS, 4);
        schedule.upkeep(started + 90 * MS, 5);
        let mut taken = Vec::new();
        for now in (0..400).map(|ms| started + ms * MS) {
            while let Some((at, id, duty)) = schedule.pop(now) {
                assert_eq!(at, now);
                taken.push((id, duty));
            }
        }
        let (audio, upkeep) = (Duty::Audio, Duty::Upkeep);
        assert_eq!(taken, [(3, upkeep), (1, audio), (4, audio), (5, upkeep), (2, audio)]);
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn steady_audio_of_many_legs_goes_round_the_wheel_for_ever() {
        let started = Instant::now();
        let mut schedule = Schedule::new(started);
        (0..1_000).for_each(|id| schedule.audio(started + (id as u32 % 60) * MS, id));
        let mut sent = vec![Vec::new(); 1_000];
        for now in (0..600).map(|ms| started + ms * MS) {
            while let Some((at, id, _)) = schedule.pop(now) {
                sent[id].push((at - started).as_millis());
                schedule.audio(at + 60 * MS, id);
            }
            assert!(schedule.next().is_some_and(|next| next > now));
        }
        for (id, sent) in sent.iter().enumerate() {
            let first = (id % 60) as u128;
            assert_eq!(*sent, (0..10).map(|n| first + n * 60).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_a_late_generator_puts_back_far_ahead_of_the_turn_keeps_its_time() {
        let started = Instant::now();
        let mut schedule = Schedule::new(started);
        schedule.audio(started, 1);
        schedule.audio(started, 2);
        let now = started + 500 * MS;
        assert_eq!(schedule.pop(now), Some((started, 2, Duty::Audio)));
        // The other one holds the turn back, so that this moment is beyond the wheel.
        schedule.audio(now + 10 * MS, 2);
        assert_eq!(schedule.pop(now), Some((started, 1, Duty::Audio)));
        assert_eq!(schedule.pop(now), None);
        assert_eq!(schedule.next(), Some(now + 10 * MS));
        assert_eq!(schedule.pop(now + 10 * MS), Some((now + 10 * MS, 2, Duty::Audio)));
    }

    #[test]
    fn who_comes_next_is_known_ahead() {
        let started = Instant::now();
        let mut schedule = Schedule::new(started);
        (0..4).for_each(|id| schedule.audio(started + MS, id));
        let now = started + MS;
        let first = schedule.pop(now).unwrap().1;
        let coming: Vec<_> = (0..4).map(|after| schedule.coming(after)).collect();
        let then: Vec<_> = (0..4).map(|_| schedule.pop(now).map(|(_, id, _)| id)).collect();
        assert_eq!(coming, then, "after {first}");
    }

    #[test]
    fn a_moment_between_two_of_the_grid_becomes_the_later_one() {
        let started = Instant::now();
        let schedule = Schedule::new(started);
        assert_eq!(schedule.on_grid(started + Duration::from_micros(1_001)), started + 2 * MS);
        assert_eq!(schedule.on_grid(started + 2 * MS), started + 2 * MS);
    }
}
