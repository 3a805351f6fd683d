//! Every packet twice, while packets get lost on the way to a leg that reads no copies (RED) and asks for nothing (NACK).
//!
//! The second goes out a little later, with another packet: what took the one has mostly passed by then, and the other is
//! still in time for a jitter buffer (temporal redundancy, RFC 7198). Receivers drop what they have, as they must with any
//! packet that a network doubles.
//!
//! **A network that is full must not get more.** So it is looked at whether less is lost while it goes on, and it ends from
//! time to time: nothing else can tell whether it is still needed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Loss, in 1/256, from which packets go out twice: 3 %. Opus hides less than that from its own packets; higher: bad speech
/// goes on; lower: twice the bytes for what nobody hears.
const FROM: u8 = 8;
/// Loss, in 1/256, from which it goes on: where one in twenty gets lost, both are lost of one in four hundred.
const SHOWS: u8 = 1;
/// For how long packets go out twice while nothing shows; twice as long each time that the loss is back at the end.
/// Receiver reports of audio come every 5 s. Higher: bytes for nothing; lower: more gaps while it is tried without.
const LASTS: Duration = Duration::from_secs(15);
const LASTS_AT_MOST: Duration = Duration::from_secs(120);
/// How long a network is left alone on which it did not help, and how long a good one is forgotten to have been bad.
const RESTS: Duration = Duration::from_secs(60);
/// How much later than a packet its copy goes out at least: of packets of 20 ms with the second after it, so that four
/// lost in a row, copies among them, are none. Higher: jitter buffers wait longer; lower: bursts take both.
const AFTER: Duration = Duration::from_millis(30);
/// After which a copy would come too late: what was said before a silence is not said again after it.
const TOO_LATE: Duration = Duration::from_millis(100);

/// Whether and what a leg is sent twice.
pub(crate) struct Repetition {
    state: State,
    lasts: Duration,
    /// The packets that went out last, sealed, and when; none while nothing is repeated.
    last: VecDeque<(Instant, Box<[u8]>)>,
}

#[derive(Clone, Copy)]
enum State {
    /// Each packet goes out once, at least until then.
    Resting { since: Instant, until: Instant },
    /// Each goes out twice, as `before` of them were lost.
    Repeating { until: Instant, before: u8 },
}

impl Repetition {
    /// For a leg that reports this loss, in 1/256; `None` if that is none to speak of.
    pub(crate) fn for_loss(now: Instant, loss: u8) -> Option<Self> {
        let state = State::Repeating { until: now + LASTS, before: loss };
        (loss >= FROM).then(|| Self { state, lasts: LASTS, last: VecDeque::new() })
    }

    /// The leg reports what it lost since its last report, in 1/256.
    pub(crate) fn report(&mut self, now: Instant, loss: u8) {
        match self.state {
            State::Resting { since, until } if loss >= FROM && now >= until => {
                let was_good = now.saturating_duration_since(since) >= RESTS;
                self.lasts = if was_good { LASTS } else { (self.lasts * 2).min(LASTS_AT_MOST) };
                self.state = State::Repeating { until: now + self.lasts, before: loss };
            }
            State::Resting { .. } => {}
            // Of what gets lost by chance both are seldom lost; where as much is lost as before, the network is full.
            State::Repeating { before, .. }
                if loss >= FROM && u16::from(loss) * 4 > u16::from(before) * 3 =>
            {
                self.rest(now, now + RESTS);
            }
            State::Repeating { before, .. } if loss >= SHOWS => {
                self.state = State::Repeating { until: now + self.lasts, before };
            }
            State::Repeating { until, .. } if now >= until => self.rest(now, now),
            State::Repeating { .. } => {}
        }
    }

    /// `packet` goes out for the first time.
    pub(crate) fn keep(&mut self, now: Instant, packet: &[u8]) {
        if let State::Repeating { .. } = self.state {
            self.last.push_back((now, packet.into()));
        }
    }

    /// The next packet that is to go out again by now.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Box<[u8]>> {
        while let Some((at, _)) = self.last.front() {
            let age = now.saturating_duration_since(*at);
            if age < AFTER {
                return None;
            }
            let (_, packet) = self.last.pop_front()?;
            if age < TOO_LATE {
                return Some(packet);
            }
        }
        None
    }

    fn rest(&mut self, now: Instant, until: Instant) {
        self.state = State::Resting { since: now, until };
        self.last = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 %, 20 % and 1 % of packets, in 1/256.
    const TENTH: u8 = 26;
    const FIFTH: u8 = 51;
    const LITTLE: u8 = 3;
    const NONE: u8 = 0;
    /// Between two reports.
    const INTERVAL: Duration = Duration::from_secs(5);
    const PACKET: Duration = Duration::from_millis(20);

    struct Leg {
        repetition: Repetition,
        now: Instant,
        number: u8,
    }

    impl Leg {
        fn that_loses(loss: u8) -> Self {
            let now = crate::testing::now();
            Self { repetition: Repetition::for_loss(now, loss).unwrap(), now, number: 0 }
        }

        fn reports(&mut self, loss: u8) {
            self.now += INTERVAL;
            self.repetition.report(self.now, loss);
        }

        /// What goes out a second time beside the next packet.
        fn again(&mut self, after: Duration) -> Vec<u8> {
            self.now += after;
            self.number = self.number.wrapping_add(1);
            let again =
                std::iter::from_fn(|| self.repetition.poll(self.now)).map(|packet| packet[0]).collect();
            self.repetition.keep(self.now, &[self.number]);
            again
        }

        fn repeats(&mut self) -> bool {
            (0..3).map(|_| self.again(PACKET)).last() == Some(vec![self.number.wrapping_sub(2)])
        }
    }

    #[test]
    fn each_packet_goes_out_again_with_the_second_after_it() {
        let mut leg = Leg::that_loses(TENTH);
        let again: Vec<_> = (0..4).map(|_| leg.again(PACKET)).collect();
        assert_eq!(again, [vec![], vec![], vec![1], vec![2]]);
        assert_eq!(leg.again(Duration::from_millis(400)), Vec::<u8>::new(), "there was a silence between");
        assert_eq!((leg.again(PACKET), leg.again(PACKET)), (vec![], vec![5]));
    }

    #[test]
    fn packets_of_sixty_milliseconds_go_out_again_with_the_next() {
        let mut leg = Leg::that_loses(TENTH);
        let again: Vec<_> = (0..3).map(|_| leg.again(3 * PACKET)).collect();
        assert_eq!(again, [vec![], vec![1], vec![2]]);
    }

    #[test]
    fn a_good_network_gets_nothing_twice() {
        assert!(Repetition::for_loss(crate::testing::now(), LITTLE).is_none());
    }

    #[test]
    fn it_is_tried_without_and_goes_on_longer_where_the_loss_comes_back() {
        let mut leg = Leg::that_loses(TENTH);
        let mut spells = vec![];
        for _ in 0..4 {
            let mut reports = 0;
            while leg.repeats() {
                leg.reports(NONE);
                reports += 1;
            }
            spells.push(reports);
            leg.reports(TENTH);
        }
        assert_eq!(spells, [3, 6, 12, 24], "15, 30, 60 and 120 s");
    }

    #[test]
    fn a_network_that_was_good_for_a_minute_starts_anew() {
        let mut leg = Leg::that_loses(TENTH);
        (0..3).for_each(|_| leg.reports(NONE));
        assert!(!leg.repeats());
        (0..12).for_each(|_| leg.reports(NONE));
        leg.reports(TENTH);
        assert!(leg.repeats());
        (0..3).for_each(|_| leg.reports(NONE));
        assert!(!leg.repeats());
    }

    #[test]
    fn where_much_is_lost_it_goes_on_while_it_helps() {
        let mut leg = Leg::that_loses(FIFTH);
        for _ in 0..20 {
            leg.reports(FIFTH / 5);
            assert!(leg.repeats());
        }
    }

    #[test]
    fn what_shows_of_the_loss_keeps_it_going() {
        let mut leg = Leg::that_loses(TENTH);
        for _ in 0..20 {
            leg.reports(NONE);
            leg.reports(LITTLE);
            assert!(leg.repeats());
        }
    }

    #[test]
    fn a_full_network_is_left_alone() {
        let mut leg = Leg::that_loses(TENTH);
        leg.reports(TENTH);
        assert!(!leg.repeats());
        (0..11).for_each(|_| leg.reports(FIFTH));
        assert!(!leg.repeats());
        leg.reports(FIFTH);
        assert!(leg.repeats(), "after a minute it is tried again");
    }
}
