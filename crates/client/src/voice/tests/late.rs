//! What comes late: once, now and then, by turns, all at once.

use super::road::{Chance, Heard, listen, listen_as, spoken};
use super::{SECONDS, plain};
use crate::voice::{ReceiveSettings, ReceiveStatistics, SendSettings};
use std::time::Duration;

/// What changed between two seconds: samples made up and samples left out.
fn changed(outcome: &Heard, from: usize, to: usize) -> (u64, u64) {
    let (before, after) = outcome.between(from, to);
    (after.samples_concealed - before.samples_concealed, after.samples_skipped - before.samples_skipped)
}

/// Packets that are due in `from..until`, in milliseconds, come at its end, all at once; the others take 20 ms.
fn held_back(from: f64, until: f64) -> impl FnMut(usize) -> Option<f64> {
    move |n| {
        let at = 20.0 * (n + 1) as f64;
        Some(if (from..until).contains(&at) { until - at + 20.0 } else { 20.0 })
    }
}

#[test]
fn what_comes_after_all_goes_on_where_it_should_be_by_then() {
    let outcome = listen(&plain(), held_back(10_000.0, 10_080.0), 0.0);
    let (made_up, left_out) = changed(&outcome, 9, 12);
    assert!((2_400..=4_320).contains(&made_up), "{made_up}");
    assert!((made_up - 960..=made_up).contains(&left_out), "{left_out} of {made_up}");
    let (before, after) = outcome.between(9, 12);
    assert_eq!(after.packets_late, before.packets_late, "the decoder is told all of it");
    assert!((before.delay - after.delay).abs() < 1.0, "the pace is kept: {} {}", before.delay, after.delay);
    assert_eq!(after.samples_accelerated, before.samples_accelerated);
}

#[test]
fn one_late_packet_in_a_hundred_makes_nobody_wait() {
    for seed in 1..4 {
        let mut chance = Chance::new(seed);
        let trip = |_| Some(20.0 + 5.0 * chance.share() + if chance.share() < 0.01 { 150.0 } else { 0.0 });
        let outcome = listen(&plain(), trip, 0.0);
        let targets = outcome.seconds[3..].iter().map(|second| second.delay_target);
        assert!(targets.clone().all(|target| target < 30.0), "{:?}", targets.collect::<Vec<_>>());
        let (before, after) = outcome.between(3, SECONDS);
        assert_eq!(before.samples_accelerated, after.samples_accelerated, "no change of pace");
        assert_eq!(before.samples_stretched, after.samples_stretched);
    }
}

#[test]
fn a_standstill_is_waited_for_only_once_it_comes_back() {
    let standstills = |times: &'static [f64]| {
        move |n: usize| {
            let now = 20.0 * n as f64;
            let left =
                times.iter().map(|from| from + 160.0 - now).filter(|left| (0.0..=160.0).contains(left));
            Some(15.0 + left.fold(0.0, f64::max))
        }
    };
    let once = listen(&plain(), standstills(&[8_000.0]), 0.0);
    assert!(once.seconds[9].delay_target < 40.0, "{:?}", once.seconds[9]);
    assert!(once.seconds[9].delay < 50.0, "the conversation keeps its pace: {:?}", once.seconds[9]);
    let twice = listen(&plain(), standstills(&[8_000.0, 10_000.0, 12_000.0]), 0.0);
    assert!(twice.seconds[11].delay_target > 150.0, "{:?}", twice.seconds[11]);
    assert_eq!(changed(&twice, 11, 15), (0, 0), "the third is not heard");
}

#[test]
fn the_wait_is_held_so_that_what_comes_back_after_eight_seconds_is_met_prepared() {
    let sent = spoken(SendSettings::default(), 40);
    let pair = |n: usize| {
        let into = (20.0 * n as f64) % 8_000.0;
        let left =
            [120.0, 1_120.0].map(|until| until - into).into_iter().find(|left| (0.0..=120.0).contains(left));
        Some(15.0 + left.unwrap_or(0.0))
    };
    let outcome = listen(&sent, pair, 0.0);
    assert_eq!(changed(&outcome, 12, 39), (0, 0));
    let (before, after) = outcome.between(12, 39);
    assert_eq!(after.samples_stretched, before.samples_stretched);
}

#[test]
fn a_station_that_sleeps_between_beacons_is_heard_whole_with_bounded_delay() {
    let beacon = 102.4;
    let sleeps = |n: usize| (n / 100) % 2 == 1;
    let trip = |n: usize| {
        let now = 20.0 * n as f64;
        Some(5.0 + if sleeps(n) { beacon - now % beacon } else { 0.0 })
    };
    let outcome = listen(&plain(), trip, 0.0);
    assert!(outcome.made_up(4, SECONDS) < 0.005, "{}", outcome.made_up(4, SECONDS));
    assert!(outcome.seconds[4..].iter().all(|second| second.delay < 150.0), "{:?}", outcome.seconds[SECONDS]);
}

#[test]
fn packets_that_three_others_overtake_are_heard_in_order() {
    let mut chance = Chance::new(9);
    let outcome = listen(&plain(), |_| Some(if chance.share() < 0.2 { 90.0 } else { 20.0 }), 0.0);
    assert!(outcome.made_up(4, SECONDS) < 0.001, "{}", outcome.made_up(4, SECONDS));
}

#[test]
fn after_a_standstill_a_conversation_keeps_its_pace() {
    for length in [1.0, 2.0] {
        let until = 5_000.0 + 1_000.0 * length;
        let outcome = listen(&plain(), held_back(5_000.0, until), 0.0);
        let second = 6 + length as usize;
        let ReceiveStatistics { delay, samples_accelerated, .. } = outcome.seconds[second];
        assert!(delay < 60.0, "{length} s: {delay}");
        assert_eq!(samples_accelerated, outcome.seconds[4].samples_accelerated, "{length} s");
        let (made_up, left_out) = changed(&outcome, 4, second);
        let held = (48_000.0 * length) as u64;
        assert!(made_up < held && left_out + 4_800 > held, "{length} s: {made_up} {left_out}");
        assert_eq!(outcome.made_up(second, SECONDS), 0.0, "{length} s");
    }
}

#[test]
fn who_wants_to_hear_everything_catches_up_with_what_a_standstill_held_back() {
    let settings = ReceiveSettings { catch_up: Duration::from_secs(1), ..ReceiveSettings::default() };
    for (length, most_seconds) in [(1.0, 7), (5.0, 7)] {
        let sent = spoken(SendSettings::default(), 30);
        let outcome = listen_as(settings, &sent, held_back(5_000.0, 5_000.0 + 1_000.0 * length), 0.0);
        let second = 5 + length as usize + most_seconds;
        assert!(outcome.seconds[second].delay < 120.0, "{length} s: {:?}", outcome.seconds[second]);
        assert_eq!(outcome.made_up(second, 29), 0.0, "{length} s");
        let (_, left_out) = changed(&outcome, 4, 29);
        let lost = (48_000.0 * (length - 1.0)) as u64;
        assert!((lost.saturating_sub(4_800)..lost + 4_800).contains(&left_out), "{length} s: {left_out}");
        let last = outcome.seconds[29];
        assert!(last.delay < 65.0 && last.delay_target < 60.0, "{length} s: {last:?}");
    }
}

#[test]
fn what_fec_says_is_heard_even_if_a_part_of_it_was_made_up_meanwhile() {
    let settings = SendSettings { bitrate: 24_000, expected_loss: 0.1, ..SendSettings::default() };
    // Each next packet comes 12 ms after the lost one was due.
    let trip = |n: usize| match n % 50 {
        20 => None,
        21 => Some(35.0),
        _ => Some(20.0),
    };
    let outcome = listen(&spoken(settings, SECONDS), trip, 0.0);
    let (before, after) = outcome.between(3, SECONDS);
    assert!(after.restored_by_fec - before.restored_by_fec > 10, "{after:?}");
}

#[test]
fn a_road_that_became_longer_is_followed_once() {
    let sent = spoken(SendSettings::default(), 30);
    let trip = |n: usize| Some(if (500..1_000).contains(&n) { 100.0 } else { 20.0 });
    let outcome = listen(&sent, trip, 0.0);
    assert_eq!(changed(&outcome, 11, 19), (0, 0));
    let (before, after) = outcome.between(12, 19);
    assert!(after.delay_target < 50.0, "what is usual there is not late: {after:?}");
    assert_eq!(before.samples_stretched, after.samples_stretched, "nor is it put right again");
    assert_eq!(before.samples_accelerated, after.samples_accelerated);
    let (back, end) = (outcome.seconds[22], outcome.seconds[29]);
    assert_eq!((back.samples_concealed, back.samples_skipped), (end.samples_concealed, end.samples_skipped));
}

#[test]
fn a_queue_that_fills_and_drains_changes_next_to_nothing_once_it_is_known() {
    let sent = spoken(SendSettings::default(), 40);
    let trip = |n: usize| {
        let into = (20.0 * n as f64) % 8_000.0;
        let queue = if into < 3_000.0 { into / 15.0 } else { 200.0 - (into - 3_000.0) / 5.0 };
        Some(20.0 + queue.max(0.0))
    };
    let outcome = listen(&sent, trip, 0.0);
    assert!(outcome.made_up(10, 39) < 0.001, "{}", outcome.made_up(10, 39));
    let (before, after) = outcome.between(10, 39);
    let spliced = |of: &ReceiveStatistics| of.samples_stretched + of.samples_accelerated;
    assert!(spliced(&after) - spliced(&before) <= 720, "one splice at most: {after:?}");
    assert!(outcome.seconds.iter().all(|second| second.delay < 250.0));
}
