//! The queues between the sound's threads and the task: one end writes, one reads, neither waits.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::audio::{AudioLine, Frame, Microphone, SILENCE, Speaker};

/// Frames that the speaker has in advance: 30 ms. Higher: delay; lower: a task that comes late by more than that is heard.
const AHEAD: usize = 3;
/// Frames of the microphone that wait for the task at most: half a second. What comes later is lost, so that a task that
/// hung does not send old speech.
const BEHIND: usize = 50;

/// The task's ends.
pub(super) struct Line {
    /// What the microphone heard.
    pub(super) heard: Consumer<Frame>,
    /// What the speaker plays next.
    pub(super) to_play: Producer<Frame>,
}

impl Line {
    /// A line, and the unit's ends of it.
    pub(super) fn new() -> (Self, AudioLine) {
        let (mouth, heard) = RingBuffer::new(BEHIND);
        let (to_play, ear) = RingBuffer::new(AHEAD);
        let unit = AudioLine { microphone: Box::new(Mouth(mouth)), speaker: Box::new(Ear(ear)) };
        (Self { heard, to_play }, unit)
    }
}

struct Mouth(Producer<Frame>);

impl Microphone for Mouth {
    fn captured(&mut self, frame: &Frame) {
        // Full: the task hangs, and these 10 ms are lost.
        let _ = self.0.push(*frame);
    }
}

struct Ear(Consumer<Frame>);

impl Speaker for Ear {
    fn play(&mut self, frame: &mut Frame) {
        *frame = self.0.pop().unwrap_or(SILENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_pass_in_order_and_nobody_waits_for_a_side_that_hangs() {
        let (mut line, mut unit) = Line::new();
        for number in 0..100 {
            unit.microphone.captured(&[number; 480]);
        }
        let heard: Vec<i16> = std::iter::from_fn(|| line.heard.pop().ok()).map(|frame| frame[0]).collect();
        assert_eq!(heard, (0..50).collect::<Vec<_>>());
        line.to_play.push([7; 480]).unwrap();
        let mut frame = SILENCE;
        unit.speaker.play(&mut frame);
        assert_eq!(frame[0], 7);
        unit.speaker.play(&mut frame);
        assert_eq!(frame, SILENCE, "nothing more is there");
    }
}
