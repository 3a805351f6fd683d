use super::*;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::Platform;
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn record(reason: EndReason) -> CallRecord {
    CallRecord {
        call: CallId::new(at(1_000), [0; 10]),
        account: AccountId::parse("acme").unwrap(),
        caller: Cuid::parse("alice").unwrap(),
        callee: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your order").unwrap(),
        caller_platform: Platform::Web,
        callee_platform: None,
        placed_at: at(1_000),
        ringing_at: None,
        answered_at: None,
        connected_at: None,
        ended_at: at(9_000),
        reason,
        ended_by: None,
        caller_quality: None,
        callee_quality: None,
    }
}

fn leg(mos: Option<f32>, rtt: Option<f32>) -> Option<LegQuality> {
    Some(LegQuality { packets: 90, lost: 10, jitter: 1.0, rtt, mos, ..LegQuality::default() })
}

#[test]
fn a_call_counts_under_the_status_of_its_reason_and_nothing_else() {
    for &reason in EndReason::ALL {
        let totals = Sums::of(&record(reason)).totals();
        let statuses = [totals.over, totals.declined, totals.missed, totals.cancelled, totals.failed];
        let expected = ["over", "declined", "missed", "cancelled", "failed"]
            .map(|status| u32::from(status == reason.status().as_str()));
        assert_eq!((statuses, totals.calls), (expected, 1), "{reason:?}");
        assert_eq!((totals.answered, totals.minutes, totals.quality), (0, 0, QualityTotals::default()));
    }
}

#[test]
fn each_answered_call_is_rounded_up_to_a_whole_minute() {
    for (talked, minutes) in [(0, 0), (1, 1), (60_000, 1), (60_001, 2)] {
        let answered = CallRecord {
            answered_at: Some(at(3_000)),
            ended_at: at(3_000 + talked),
            ..record(EndReason::Hangup)
        };
        let sums = Sums::of(&answered);
        assert_eq!((sums.minutes, sums.talk_time, sums.answer_time), (minutes, talked, 2_000));
    }
}

#[test]
fn the_worse_leg_speaks_for_the_call_and_both_for_the_network() {
    let heard = CallRecord {
        caller_quality: leg(Some(4.2), Some(20.5)),
        answered_at: Some(at(3_000)),
        callee_quality: leg(Some(3.0996), None),
        ..record(EndReason::Hangup)
    };
    let quality = Sums::of(&heard).totals().quality;
    assert_eq!(
        (quality.rated, quality.good, quality.fair, quality.poor),
        (1, 0, 1, 0),
        "3.0996 is shown as 3.1"
    );
    assert_eq!((quality.mos, quality.loss, quality.rtt), (Some(3.1), Some(0.1), Some(20.5)));
}

#[test]
fn figures_that_are_no_numbers_are_left_out() {
    let odd = CallRecord {
        caller_quality: leg(Some(f32::NAN), Some(f32::INFINITY)),
        answered_at: Some(at(3_000)),
        callee_quality: leg(None, Some(-1.0)),
        ..record(EndReason::Hangup)
    };
    let quality = Sums::of(&odd).totals().quality;
    assert_eq!((quality.rated, quality.mos, quality.rtt), (0, None, Some(0.0)));
}

#[test]
fn what_was_heard_while_it_rang_rates_no_call() {
    let rang = CallRecord { caller_quality: leg(Some(4.2), Some(20.0)), ..record(EndReason::User) };
    assert_eq!(Sums::of(&rang).totals().quality, QualityTotals::default());
    assert!(Rating::of(&rang).is_none());
}
