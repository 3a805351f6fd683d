//! Whether speech goes on as it was spoken, quicker or slower: what is played is to stay as far behind as it should be.
//!
//! In a pause every change goes unheard, so there the wait is put right exactly. While somebody speaks a splice is
//! heard by who listens closely, so there it takes a reason.

use super::splice::{self, Terms};

/// How much too far behind speech may be before it is shortened, 30 ms and a quarter of the wait, and how much too close
/// before it is drawn out, 10 ms. Lower: more splices, of which each costs about 0.3 of PESQ in its eight seconds; higher:
/// more delay, and more that comes too late. Their sum must exceed the longest splice, or one would undo the other.
const TOO_FAR: i64 = 30 * 48;
const TOLERANCE: i64 = 4;
const TOO_CLOSE: i64 = 10 * 48;
const _: () = assert!(TOO_FAR + TOO_CLOSE > splice::LONGEST as i64);
/// The same in a pause, 15 and 7.5 ms. Lower: a conversation of which every pause has another length.
const TOO_FAR_IN_PAUSES: i64 = 15 * 48;
const TOO_CLOSE_IN_PAUSES: i64 = 360;
/// From so far behind on, 60 and 200 ms, splices are made more often and where sides are less alike.
const FAR: i64 = 60 * 48;
const VERY_FAR: i64 = 200 * 48;
/// What lies farther behind although nothing was missing, 1.2 seconds, is not played: the sound card had stopped asking.
/// Higher: a conversation takes longer to come back to its pace; lower: words are lost that could be caught up with.
const HOPELESS: i64 = 57_600;
/// The delay counts as what it was at least in so many frames, a third of a second: a sound card that asks for 40 ms at
/// once is as far behind as the last of its frames.
const LOOKS: usize = 32;

/// What is heard just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Nobody speaks.
    Pause,
    /// Somebody speaks.
    Speech,
    /// Somebody speaks, and the last splice was a moment ago.
    SplicedSpeech,
}

/// What is to be done. Lengths are in samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Change {
    /// Nothing.
    Steady,
    /// Shorten, then leave speech alone for the length of the second.
    Shorten(Terms, usize),
    /// Draw out, likewise.
    DrawOut(Terms, usize),
    /// Leave out so much.
    Skip(i64),
}

/// Follows how far behind speech is played.
#[derive(Debug, Default)]
pub(super) struct Pace {
    looks: [i64; LOOKS],
    count: usize,
    next: usize,
}

impl Pace {
    /// Takes a look at how long after it was spoken a frame is heard and returns the least of the last looks.
    pub(super) fn look(&mut self, transit: i64) -> i64 {
        self.looks[self.next] = transit;
        self.next = (self.next + 1) % LOOKS;
        self.count = (self.count + 1).min(LOOKS);
        self.looks[..self.count].iter().copied().min().unwrap_or(transit)
    }

    /// What was too far or too close was put right by so much.
    pub(super) fn shift(&mut self, by: i64) {
        for look in &mut self.looks {
            *look += by;
        }
    }

    /// What was is no measure any more.
    pub(super) fn forget(&mut self) {
        (self.count, self.next) = (0, 0);
    }
}

/// What is to be done about speech that is `behind` where it should be `target`.
pub(super) fn change(behind: i64, target: i64, moment: Moment) -> Change {
    let excess = behind - target;
    if excess > HOPELESS {
        return Change::Skip(excess);
    }
    let (far, close) = match moment {
        Moment::Pause => (TOO_FAR_IN_PAUSES, TOO_CLOSE_IN_PAUSES),
        Moment::Speech => (TOO_FAR + target / TOLERANCE, TOO_CLOSE),
        Moment::SplicedSpeech => return Change::Steady,
    };
    let (alike, rest) = match excess.abs() {
        // Only where it is quiet indeed, and then at once again.
        _ if moment == Moment::Pause => (f32::INFINITY, 0),
        ..FAR => (0.8, 2_880),
        FAR..VERY_FAR => (0.6, 1_440),
        _ => (0.4, 960),
    };
    let terms = Terms { alike, most: usize::try_from(excess.abs()).unwrap_or(usize::MAX) };
    if excess >= far {
        Change::Shorten(terms, rest)
    } else if excess <= -close {
        Change::DrawOut(terms, rest)
    } else {
        Change::Steady
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 48;

    fn is_shortened(change: Change) -> bool {
        matches!(change, Change::Shorten(..))
    }

    #[test]
    fn a_pause_is_used_for_what_is_left_alone_in_speech() {
        let (behind, target) = (45 * MS, 25 * MS);
        assert_eq!(change(behind, target, Moment::Speech), Change::Steady);
        let Change::Shorten(terms, rest) = change(behind, target, Moment::Pause) else {
            panic!("not shortened")
        };
        assert_eq!((terms.most, rest), (20 * 48, 0), "no more than it lies too far behind");
        assert!(terms.alike > 1.0, "nothing that sounds is spliced");
        assert!(matches!(change(target - 8 * MS, target, Moment::Pause), Change::DrawOut(..)));
        assert_eq!(change(target - 8 * MS, target, Moment::Speech), Change::Steady);
    }

    #[test]
    fn speech_is_spliced_only_for_much_and_not_twice_in_a_moment() {
        let target = 40 * MS;
        assert!(is_shortened(change(81 * MS, target, Moment::Speech)));
        assert_eq!(change(81 * MS, target, Moment::SplicedSpeech), Change::Steady);
        assert_eq!(change(79 * MS, target, Moment::Speech), Change::Steady);
        assert!(matches!(change(29 * MS, target, Moment::Speech), Change::DrawOut(..)));
    }

    #[test]
    fn what_lies_far_behind_is_hurried_and_what_is_hopeless_left_out() {
        let rests = |excess: i64| match change(excess * MS, 0, Moment::Speech) {
            Change::Shorten(terms, rest) => (terms.alike, rest),
            other => panic!("{other:?}"),
        };
        assert!(rests(50).0 > rests(100).0 && rests(100).0 > rests(1_000).0);
        assert!(rests(50).1 > rests(100).1 && rests(100).1 > rests(1_000).1);
        assert!(is_shortened(change(1_300 * MS, 100 * MS, Moment::Speech)));
        assert_eq!(change(1_301 * MS, 100 * MS, Moment::SplicedSpeech), Change::Skip(1_201 * MS));
    }
}
