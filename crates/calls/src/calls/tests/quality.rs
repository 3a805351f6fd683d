use super::*;
use tring_protocol::call::LegQuality;
use tring_protocol::http::calls::QualitySample;
use tring_protocol::limits::{CALL_DURATION_MAX, QUALITY_FINE_FOR, QUALITY_SAMPLES_MAX};

/// A window of a second as it is when all is well.
fn second() -> LegQuality {
    LegQuality { packets: 50, lost: 0, jitter: 2.0, rtt: Some(40.0), mos: Some(4.0), ..LegQuality::default() }
}

impl Desk {
    fn window(&mut self, call: CallId, leg: u8, window: LegQuality) -> Vec<Effect> {
        self.relay(call, leg, RelayEvent::Quality(window))
    }

    /// Lets `seconds` pass with a window of the leg in each, and returns what came of them.
    fn hears_for(&mut self, call: CallId, leg: u8, seconds: u64) -> Vec<Effect> {
        (0..seconds).flat_map(|_| self.after(1_000).window(call, leg, second())).collect()
    }
}

fn samples(effects: &[Effect]) -> Vec<QualitySample> {
    let sample = |effect: &Effect| match effect {
        Effect::Sample(_, sample) => Some(*sample),
        _ => None,
    };
    effects.iter().filter_map(sample).collect()
}

#[test]
fn quality_is_weighted_by_packets_and_written_once() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let window = |packets, jitter, rtt| LegQuality {
        packets,
        lost: 2,
        jitter,
        rtt,
        mos: Some(4.0),
        ..LegQuality::default()
    };
    assert_eq!(desk.window(call, 0, window(100, 2.0, Some(40.0))), []);
    assert_eq!(desk.window(call, 0, window(300, 6.0, None)), []);
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    let total = LegQuality {
        packets: 400,
        lost: 4,
        jitter: 5.0,
        rtt: Some(40.0),
        mos: Some(4.0),
        ..LegQuality::default()
    };
    assert_eq!(effects[0], desk.log(call, 7, CallEventKind::Quality { leg: 0, quality: total }));
    let record = effects.iter().find_map(|effect| match effect {
        Effect::Finish(record) => Some(record.caller_quality),
        _ => None,
    });
    assert_eq!(record, Some(Some(total)));
}

#[test]
fn every_five_seconds_of_a_leg_are_a_sample_of_their_own() {
    let mut desk = Desk::new();
    let call = desk.connected();
    assert_eq!(desk.hears_for(call, 0, 4), []);
    let bad = LegQuality {
        packets: 50,
        lost: 20,
        jitter: 12.0,
        rtt: None,
        mos: Some(2.0),
        ..LegQuality::default()
    };
    let sample = QualitySample {
        leg: 0,
        at: desk.now + Millis::seconds(1),
        packets: 250,
        lost: 20,
        jitter: 4.0,
        rtt: Some(40.0),
        mos: Some(3.6),
        concealed: None,
    };
    let effects = desk.after(1_000).window(call, 0, bad);
    assert_eq!(effects, [Effect::Sample(call, sample)]);
    let next = samples(&desk.hears_for(call, 0, 5));
    assert_eq!(next.len(), 1);
    assert_eq!((next[0].packets, next[0].lost, next[0].at), (250, 0, desk.now), "nothing is counted twice");
}

#[test]
fn windows_that_come_unevenly_make_even_samples() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let mut at = Vec::new();
    for late in [700, 1_003, 999, 1_000, 998, 1_002, 999, 1_000, 998, 1_001, 999, 1_000, 998, 1_003, 999] {
        at.extend(samples(&desk.after(late).window(call, 0, second())).iter().map(|sample| sample.packets));
    }
    assert_eq!(at, [300, 250], "the first is as late as its windows");
}

#[test]
fn what_rang_and_what_lost_is_not_sampled() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    assert_eq!(desk.hears_for(call, 0, 8), [], "nobody talks yet");
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert_eq!(desk.hears_for(call, 2, 8), [], "the other device of the callee");
    let winner = samples(&desk.hears_for(call, 1, 1));
    assert_eq!((winner.len(), winner[0].leg), (1, 1), "it was quiet since the answer");
}

#[test]
fn a_gap_is_the_end_of_a_stretch_and_not_many() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.hears_for(call, 0, 3);
    let after_the_gap = samples(&desk.after(60_000).window(call, 0, second()));
    assert_eq!(after_the_gap.len(), 1);
    assert_eq!(desk.hears_for(call, 0, 4), []);
    assert_eq!(samples(&desk.hears_for(call, 0, 1)).len(), 1);
}

#[test]
fn silence_is_a_sample_without_figures() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let silent = LegQuality { mos: Some(4.4), ..LegQuality::default() };
    let effects: Vec<_> = (0..5).flat_map(|_| desk.after(1_000).window(call, 0, silent)).collect();
    let sample = QualitySample {
        leg: 0,
        at: desk.now,
        packets: 0,
        lost: 0,
        jitter: 0.0,
        rtt: None,
        mos: None,
        concealed: None,
    };
    assert_eq!(effects, [Effect::Sample(call, sample)]);
}

#[test]
fn the_end_of_a_call_ends_the_stretch_after_its_record() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.hears_for(call, 0, 6);
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    let last = samples(&effects);
    assert_eq!((last.len(), last[0].packets, last[0].at), (1, 50, desk.now));
    let finished = effects.iter().position(|effect| matches!(effect, Effect::Finish(_)));
    let sampled = effects.iter().position(|effect| matches!(effect, Effect::Sample(..)));
    assert!(finished < sampled);
}

#[test]
fn the_longest_call_is_seen_to_its_end_in_a_bounded_number_of_samples() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let seconds = CALL_DURATION_MAX.get() / 1_000 - 1;
    let all = samples(&desk.hears_for(call, 0, seconds));
    assert_eq!(all.len(), 600 / 5 + (4 * 3_600 - 600) / 30 - 1);
    assert!(all.len() < usize::try_from(QUALITY_SAMPLES_MAX).unwrap());
    assert!(desk.now.since(all.last().unwrap().at) < Millis::seconds(30));
    let fine = all.iter().filter(|sample| sample.packets == 250).count();
    assert_eq!(fine, usize::try_from(QUALITY_FINE_FOR.get() / 5_000).unwrap());
}

#[test]
fn a_leg_that_moves_to_another_network_is_on_record() {
    let mut desk = Desk::new();
    let call = desk.connected();
    assert_eq!(desk.relay(call, 1, RelayEvent::Moved), [desk.log(call, 7, CallEventKind::Moved { leg: 1 })]);
}
