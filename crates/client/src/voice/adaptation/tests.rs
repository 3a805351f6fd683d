use super::*;

/// Reports `count` times, once a second, and returns the choices.
fn reports(adaptation: &mut Adaptation, from: u64, count: u64, loss: f32, trip: u64) -> Vec<Choice> {
    (from..from + count)
        .map(|second| {
            adaptation.report(Millis::seconds(second), Heard { loss, round_trip: Some(Millis::new(trip)) })
        })
        .collect()
}

fn with_red() -> Adaptation {
    Adaptation::new(AdaptationSettings { red: true, ..AdaptationSettings::default() })
}

#[test]
fn on_a_good_road_nothing_changes() {
    let mut adaptation = with_red();
    let best = adaptation.choice();
    assert_eq!(
        best,
        Choice {
            bitrate: 32_000,
            expected_loss: 0.0,
            packet_time: PacketTime::Ms20,
            redundancy: Redundancy::None
        }
    );
    assert!(reports(&mut adaptation, 1, 60, 0.0, 40).iter().all(|choice| *choice == best));
}

#[test]
fn random_loss_brings_copies_at_once_and_the_encoder_is_told_of_a_twentieth() {
    let mut adaptation = with_red();
    let choice = reports(&mut adaptation, 1, 1, 0.12, 40)[0];
    assert_eq!((choice.redundancy, choice.expected_loss), (Redundancy::OneCopy, 0.05));
    assert_eq!((choice.bitrate, choice.packet_time), (32_000, PacketTime::Ms20));
    let after = reports(&mut adaptation, 2, 30, 0.0, 40);
    let without = after.iter().position(|choice| choice.redundancy == Redundancy::None).unwrap();
    assert!((8..20).contains(&without), "copies stay for a while: {without} s");
    assert!(after.last().unwrap().expected_loss < 0.01);
}

#[test]
fn without_redundant_audio_the_encoder_is_told_the_whole_loss() {
    let mut adaptation = Adaptation::new(AdaptationSettings::default());
    let choice = reports(&mut adaptation, 1, 1, 0.12, 40)[0];
    assert_eq!((choice.redundancy, choice.expected_loss), (Redundancy::None, 0.12));
}

#[test]
fn loss_between_both_thresholds_changes_nothing_either_way() {
    let mut adaptation = with_red();
    assert_eq!(reports(&mut adaptation, 1, 30, 0.02, 40)[29].redundancy, Redundancy::None);
    reports(&mut adaptation, 31, 1, 0.05, 40);
    assert_eq!(reports(&mut adaptation, 32, 60, 0.02, 40)[59].redundancy, Redundancy::OneCopy);
}

#[test]
fn a_queue_costs_bits_first_then_packets() {
    let mut adaptation = with_red();
    reports(&mut adaptation, 0, 1, 0.0, 50);
    let choices = reports(&mut adaptation, 1, 20, 0.0, 400);
    let steps: Vec<(u32, u32)> =
        choices.iter().map(|choice| (choice.bitrate / 1_000, choice.packet_time.millis())).collect();
    let mut distinct = steps.clone();
    distinct.dedup();
    assert_eq!(distinct, [(24, 20), (16, 20), (12, 20), (12, 40), (12, 60)]);
    assert_eq!((steps[0], steps[1], steps[2]), ((24, 20), (24, 20), (16, 20)), "each step gets time to work");
}

#[test]
fn what_was_taken_comes_back_slowly_and_a_short_peace_brings_nothing() {
    let mut adaptation = with_red();
    reports(&mut adaptation, 0, 1, 0.0, 50);
    reports(&mut adaptation, 1, 10, 0.0, 400);
    let worst = adaptation.choice();
    assert_eq!(reports(&mut adaptation, 11, 6, 0.0, 60)[5], worst);
    reports(&mut adaptation, 17, 1, 0.0, 400);
    let back = reports(&mut adaptation, 18, 60, 0.0, 60);
    let first = back.iter().position(|choice| *choice != worst).unwrap();
    assert!((6..=9).contains(&first), "{first}");
    assert_eq!(back.last().unwrap().bitrate, 32_000);
    let steps = back.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(steps <= 6, "one at a time: {steps}");
}

#[test]
fn a_path_that_became_longer_for_good_is_no_full_road_for_long() {
    let mut adaptation = with_red();
    reports(&mut adaptation, 0, 10, 0.0, 40);
    reports(&mut adaptation, 10, 70, 0.0, 300);
    let later = reports(&mut adaptation, 80, 120, 0.0, 300);
    assert_eq!(later.last().unwrap().bitrate, 32_000);
}

#[test]
fn a_fifth_lost_counts_as_a_full_road_and_copies_would_fill_it() {
    let mut adaptation = with_red();
    let choices = reports(&mut adaptation, 1, 20, 0.3, 50);
    let last = choices.last().unwrap();
    assert_eq!(
        (last.redundancy, last.packet_time, last.bitrate),
        (Redundancy::None, PacketTime::Ms60, 12_000)
    );
    assert_eq!(last.expected_loss, 0.25);
}

#[test]
fn an_account_bounds_bits_and_packets() {
    let settings = AdaptationSettings {
        bitrate_max: 20_000,
        packet_time_min: PacketTime::Ms40,
        packet_time_max: PacketTime::Ms40,
        red: true,
    };
    let mut adaptation = Adaptation::new(settings);
    for choice in reports(&mut adaptation, 1, 40, 0.5, 500) {
        assert!(choice.bitrate <= 20_000 && choice.packet_time == PacketTime::Ms40, "{choice:?}");
    }
    assert_eq!(adaptation.choice().bitrate, 12_000);
}

#[test]
fn nonsense_is_no_loss() {
    let mut adaptation = with_red();
    let best = adaptation.choice();
    for loss in [f32::NAN, -1.0, f32::NEG_INFINITY] {
        assert_eq!(adaptation.report(Millis::seconds(1), Heard { loss, round_trip: None }), best);
    }
}
