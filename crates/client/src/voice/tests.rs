//! Voices over roads, in virtual time.

mod any_order;
mod late;
mod recorded;
mod road;

use super::*;
use crate::audio::{FRAME_SAMPLES, Frame, SILENCE};
use road::{Chance, Heard as Outcome, arrived, listen, micros, sent_by, speech, spoken};

const SECONDS: usize = 20;

fn plain() -> Vec<road::Sent> {
    spoken(SendSettings::default(), SECONDS)
}

fn with_copies() -> SendSettings {
    SendSettings { redundancy: Redundancy::OneCopy, expected_loss: 0.05, ..SendSettings::default() }
}

/// How alike two sounds are at best, -1 to 1, if one is up to 300 ms later.
fn likeness(said: &[i16], heard: &[i16]) -> f64 {
    let at = |lag: usize| {
        let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
        for (a, b) in said.iter().zip(&heard[lag..]).step_by(3) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            both += a * b;
            first += a * a;
            second += b * b;
        }
        both / (first * second).sqrt().max(1.0)
    };
    (0..14_400).step_by(6).map(at).fold(-1.0, f64::max)
}

fn restored(outcome: &Outcome) -> u64 {
    let last = outcome.seconds.last().unwrap();
    last.restored_by_fec + last.restored_from_copies
}

#[test]
fn on_an_even_road_everything_is_heard_as_it_was_said_with_little_delay() {
    let outcome = listen(&plain(), |_| Some(30.0), 0.0);
    assert_eq!(outcome.made_up(1, SECONDS), 0.0);
    let last = outcome.seconds[SECONDS];
    assert_eq!(
        (last.packets_lost, last.packets_late, last.packets_repeated, last.packets_discarded),
        (0, 0, 0, 0)
    );
    assert!(last.delay < 40.0, "{last:?}");
    assert!(last.waited_since(&outcome.seconds[2]) < 40.0, "{last:?}");
    let said: Vec<i16> = (1_000..1_100).flat_map(speech).collect();
    let heard = &outcome.sound[480_000..480_000 + 62_400];
    assert!(likeness(&said, heard) > 0.85, "{}", likeness(&said, heard));
}

#[test]
fn nothing_is_made_up_once_the_wait_fits_the_jitter() {
    for (jitter, most) in [(20.0, 60.0), (60.0, 95.0), (120.0, 160.0)] {
        let mut chance = Chance::new(1);
        let outcome = listen(&plain(), |_| Some(20.0 + jitter * chance.share()), 0.0);
        assert!(outcome.made_up(5, SECONDS) < 0.001, "{jitter} ms: {}", outcome.made_up(5, SECONDS));
        let last = outcome.seconds[SECONDS];
        assert_eq!(last.packets_lost, 0);
        assert!(last.delay < most && last.delay_target > jitter as f32 * 0.9, "{jitter} ms: {last:?}");
    }
}

#[test]
fn rare_spikes_do_not_make_everything_late() {
    let outcome = listen(&plain(), |n| Some(if n % 250 == 200 { 150.0 } else { 20.0 }), 0.0);
    assert!(outcome.seconds[SECONDS].delay_target < 40.0, "{:?}", outcome.seconds[SECONDS]);
    assert!(outcome.made_up(1, SECONDS) < 0.04, "{}", outcome.made_up(1, SECONDS));
}

/// The road stands still for `length` milliseconds each time that `every` have passed; what waits comes at once.
fn stalls(every: f64, length: f64) -> impl FnMut(usize) -> Option<f64> {
    move |n| {
        let into = (20.0 * n as f64) % every;
        Some(15.0 + if into < length { length - into } else { 0.0 })
    }
}

#[test]
fn the_wait_grows_once_stalls_come_back_and_shrinks_when_they_are_over() {
    let steady = |_| Some(15.0);
    let mut bursts = stalls(1_000.0, 120.0);
    let sent = spoken(SendSettings::default(), 40);
    let outcome = listen(&sent, |n| if (250..500).contains(&n) { bursts(n) } else { steady(n) }, 0.0);
    let targets: Vec<f32> = outcome.seconds.iter().map(|second| second.delay_target).collect();
    assert!(targets[5] < 40.0 && targets[7] > 100.0, "{targets:?}");
    assert!(targets[10] > 100.0 && targets[20] > 100.0, "it is held for a while: {targets:?}");
    assert!(targets[38] < 40.0 && outcome.seconds[38].delay < 65.0, "{targets:?}");
    assert!(outcome.made_up(7, 10) < 0.01, "{}", outcome.made_up(7, 10));
}

#[test]
fn clocks_that_drift_never_starve_or_flood_the_speaker() {
    for millionths in [-200.0, -100.0, 100.0, 200.0] {
        let sent = spoken(SendSettings::default(), 60);
        let mut chance = Chance::new(3);
        let outcome = listen(&sent, |_| Some(20.0 + 10.0 * chance.share()), millionths);
        assert_eq!(outcome.made_up(5, 59), 0.0, "{millionths} millionths");
        let delays: Vec<f32> = outcome.seconds[5..].iter().map(|second| second.delay).collect();
        assert!(delays.iter().all(|delay| (10.0..60.0).contains(delay)), "{millionths}: {delays:?}");
        assert_eq!(outcome.seconds.last().unwrap().samples_skipped, 0);
    }
}

#[test]
fn packets_that_overtake_each_other_are_heard_in_order() {
    let outcome = listen(&plain(), |n| Some(if n % 7 == 3 { 48.0 } else { 10.0 }), 0.0);
    assert!(outcome.made_up(3, SECONDS) < 0.001, "{}", outcome.made_up(3, SECONDS));
    assert!(outcome.seconds[SECONDS].packets_lost <= 1, "the last may be under way");
}

/// A tenth is lost at random: made-up share after two seconds, and the share of packets lost together with the next one,
/// which no copy restores.
fn a_tenth_lost(settings: SendSettings) -> (f64, f64, ReceiveStatistics) {
    let mut chance = Chance::new(5);
    let lost: Vec<bool> = (0..50 * SECONDS).map(|_| chance.share() < 0.1).collect();
    let outcome = listen(&spoken(settings, SECONDS), |n| (!lost[n]).then_some(20.0), 0.0);
    let in_a_row = lost[100..].windows(2).filter(|pair| pair[0] && pair[1]).count();
    let share = in_a_row as f64 / (lost.len() - 100) as f64;
    (outcome.made_up(2, SECONDS), share, *outcome.seconds.last().unwrap())
}

#[test]
fn a_copy_restores_every_loss_that_is_not_followed_by_another() {
    let (made_up, in_a_row, last) = a_tenth_lost(SendSettings { expected_loss: 0.0, ..with_copies() });
    assert!((80..120).contains(&last.packets_lost) && last.restored_from_copies > 70, "{last:?}");
    assert!((made_up - in_a_row).abs() < 0.002, "{made_up} of {in_a_row}: {last:?}");
}

#[test]
fn with_copies_and_fec_a_tenth_lost_at_random_leaves_less_than_a_hundredth_to_make_up() {
    let (made_up, in_a_row, last) =
        a_tenth_lost(SendSettings { bitrate: 24_000, expected_loss: 0.1, ..with_copies() });
    assert!(made_up < 0.01 && made_up < in_a_row / 2.0, "{made_up} of {in_a_row}: {last:?}");
}

#[test]
fn single_losses_are_restored_by_in_band_fec() {
    let settings = SendSettings { bitrate: 24_000, expected_loss: 0.1, ..SendSettings::default() };
    let outcome = listen(&spoken(settings, SECONDS), |n| (n % 10 != 5).then_some(20.0), 0.0);
    let last = outcome.seconds[SECONDS];
    assert!(last.restored_by_fec > 60, "{last:?}");
    assert!(outcome.made_up(3, SECONDS) < 0.03, "{}: {last:?}", outcome.made_up(3, SECONDS));
    let unprotected = SendSettings { expected_loss: 0.0, ..SendSettings::default() };
    let bare = listen(&spoken(unprotected, SECONDS), |n| (n % 10 != 5).then_some(20.0), 0.0);
    assert_eq!(restored(&bare), 0);
    assert!((0.08..0.12).contains(&bare.made_up(3, SECONDS)), "{}", bare.made_up(3, SECONDS));
}

#[test]
fn losses_in_bursts_are_covered_without_a_step_and_without_more_delay() {
    let outcome = listen(&plain(), |n| (n % 60 < 56).then_some(20.0), 0.0);
    let last = outcome.seconds[SECONDS];
    assert!((0.05..0.09).contains(&outcome.made_up(2, SECONDS)), "{}", outcome.made_up(2, SECONDS));
    assert!(last.delay < 50.0, "{last:?}");
    let clean = listen(&plain(), |_| Some(20.0), 0.0);
    assert!(outcome.steepest(2) < 3 * clean.steepest(2), "{} {}", outcome.steepest(2), clean.steepest(2));
}

#[test]
fn after_an_outage_speech_goes_on_at_the_delay_it_had() {
    for (length, back) in [(1.0, 3), (5.0, 2)] {
        let gone = 250..250 + (length * 50.0) as usize;
        let lost = listen(&plain(), |n| (!gone.contains(&n)).then_some(20.0), 0.0);
        let second = 5 + length as usize + back;
        assert!(lost.seconds[second].delay < 60.0, "{length} s: {:?}", lost.seconds[second]);
        assert_eq!(lost.made_up(second - 1, SECONDS), 0.0, "{length} s");
        // Half a second after it began.
        let quiet = &lost.sound[5 * 48_000 + 24_000..][..9_600];
        assert!(quiet.iter().all(|sample| sample.abs() < 400), "nobody hums through an outage");
    }
}

#[test]
fn another_stream_goes_on_where_the_old_one_ended() {
    let mut receiver = Receiver::new(ReceiveSettings::default()).unwrap();
    let mut frame = SILENCE;
    let sent = spoken(SendSettings::default(), 6);
    for (n, packet) in sent.iter().enumerate() {
        let mut changed = arrived(packet, if n < 150 { 7 } else { 8 });
        if n >= 150 {
            changed.timestamp = changed.timestamp.wrapping_add(3_000_000_000);
            changed.sequence = changed.sequence.wrapping_mul(17);
            changed.sequence = (n as u16).wrapping_add(40_000);
        }
        receiver.insert(micros(packet.at), changed);
        for half in [0.0, 10.0] {
            receiver.play(micros(packet.at + half), &mut frame);
        }
    }
    let counted = receiver.statistics();
    assert_eq!((counted.packets_received, counted.packets_lost, counted.packets_late), (300, 0, 0));
    assert!(counted.jitter_buffer_emitted > 290 * 960, "{counted:?}");
    assert!(counted.delay < 60.0, "{counted:?}");
}

#[test]
fn a_speaker_that_asks_in_bursts_gets_whole_speech() {
    let mut receiver = Receiver::new(ReceiveSettings::default()).unwrap();
    let mut frame = SILENCE;
    let mut half = None;
    for packet in &spoken(SendSettings::default(), 12) {
        receiver.insert(micros(packet.at), arrived(packet, 7));
        if (packet.at as u64).is_multiple_of(80) {
            for _ in 0..8 {
                receiver.play(micros(packet.at), &mut frame);
            }
        }
        if packet.at as u64 == 6_000 {
            half = Some(receiver.statistics());
        }
    }
    let (half, end) = (half.unwrap(), receiver.statistics());
    assert_eq!(end.samples_concealed, half.samples_concealed, "{end:?}");
}

#[test]
fn a_muted_microphone_sends_silence_and_no_click() {
    let mut sender = Sender::new(SendSettings::default()).unwrap();
    let spoken = sent_by(&mut sender, (0..100).map(speech));
    sender.set_muted(true);
    let muted = sent_by(&mut sender, (100..300).map(speech));
    assert_eq!((spoken.len(), muted.len()), (50, 100), "the relay hears that the microphone lives");
    let bytes =
        |sent: &[road::Sent]| sent.iter().map(|packet| packet.payload.len()).sum::<usize>() / sent.len();
    assert!(bytes(&muted[10..]) < 20 && bytes(&spoken) > 40, "{} {}", bytes(&muted[10..]), bytes(&spoken));
}

#[test]
fn silence_costs_little_with_dtx_and_is_not_missed() {
    let settings = SendSettings { dtx: Dtx::On, bitrate: 20_000, ..SendSettings::default() };
    let talk = |n: usize| if n % 400 < 200 { speech(n) } else { SILENCE };
    let sent = sent_by(&mut Sender::new(settings).unwrap(), (0..2_000).map(talk));
    assert!((400..700).contains(&sent.len()), "half of it is silence: {}", sent.len());
    let outcome = listen(&sent, |_| Some(20.0), 0.0);
    let last = outcome.seconds.last().unwrap();
    assert!(last.samples_concealed_silent > 6 * 48_000, "{last:?}");
    assert!(last.concealed_since(&outcome.seconds[2]) < 0.005, "{last:?}");
    assert!(last.delay < 60.0 && last.packets_late == 0, "{last:?}");
}

#[test]
fn packets_of_all_lengths_are_made_and_heard() {
    for time in PacketTime::ALL {
        let settings = SendSettings { packet_time: time, ..with_copies() };
        let sent = spoken(settings, 10);
        assert_eq!(sent.len(), 1_000 / (time.millis() as usize / 10));
        let outcome = listen(&sent, |_| Some(20.0), 0.0);
        assert_eq!(outcome.made_up(2, 9), 0.0, "{time:?}");
    }
    let mut sender = Sender::new(SendSettings::default()).unwrap();
    let lengths: Vec<u32> = (0..24)
        .filter_map(|n| {
            if n == 5 {
                sender.set_packet_time(PacketTime::Ms60);
            }
            sender.push(&speech(n)).map(|packet| packet.samples)
        })
        .collect();
    assert_eq!(lengths, [960, 960, 960, 2_880, 2_880, 2_880], "a change waits for the end of a packet");
}

#[test]
fn a_copy_says_what_the_packet_before_said() {
    let sent = spoken(with_copies(), 1);
    for pair in sent.windows(2) {
        let before = red::Blocks::read(&pair[0].payload).unwrap();
        let now = red::Blocks::read(&pair[1].payload).unwrap();
        let copies: Vec<_> = now.copies().collect();
        assert_eq!(copies, [red::Block { earlier: 960, packet: before.primary() }]);
    }
    assert_eq!(red::Blocks::read(&sent[0].payload).unwrap().copies().count(), 0);
}

#[test]
fn before_anything_came_there_is_silence_and_nothing_is_counted() {
    let mut receiver = Receiver::new(ReceiveSettings::default()).unwrap();
    let mut frame: Frame = [9; FRAME_SAMPLES];
    receiver.play(micros(0.0), &mut frame);
    assert_eq!(frame, SILENCE);
    assert_eq!(receiver.statistics().samples_played, 0);
}
