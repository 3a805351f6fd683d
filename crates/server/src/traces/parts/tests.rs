use tring_protocol::call::LegQuality;
use tring_protocol::call::samples::placed;
use tring_protocol::ids::{CallId, DeviceId, LegId};
use tring_protocol::signal::{DeviceDetails, MediaPath};

use super::*;
use CallEventKind as Kind;

const START: u64 = 1_000_000;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(START + ms)
}

fn call() -> CallId {
    CallId::new(at(0), [7; 10])
}

fn offered(leg: u8) -> Kind {
    let (device, details) = (DeviceId::parse("device-b").unwrap(), DeviceDetails::default());
    Kind::Offered { leg, device, platform: Platform::Ios, details, waiting: false }
}

fn taken_over(leg: u8, from: u8) -> Kind {
    let (device, details) = (DeviceId::parse("device-c").unwrap(), DeviceDetails::default());
    Kind::TakenOver { leg, from, device, platform: Platform::Native, details }
}

fn opened(ms: u64, leg: u8) -> Opened {
    let leg = LegId { call: call(), index: leg };
    Opened { leg, at: at(ms), took: Duration::from_micros(50), refused: false }
}

fn story(opened: Vec<Opened>, what: Vec<(u64, Kind)>) -> Story {
    let all = std::iter::once((0, placed())).chain(what);
    let events =
        (0..).zip(all).map(|(index, (ms, what))| CallEvent { call: call(), index, at: at(ms), what });
    Story { events: events.collect(), opened, ..Story::default() }
}

/// Each part as `whole/its place: begin..end`, in milliseconds of the call, with `!` and why if it failed.
fn told(story: &Story) -> Vec<String> {
    let parts = parts(story, "sqlite");
    let ms = |nanos: u64| (nanos - START * 1_000_000) as f64 / 1e6;
    let line = |part: &Part| {
        let of = part.within.map_or("", |within| parts[within].name);
        let failure = part.failure.map(|why| format!(" !{why}")).unwrap_or_default();
        format!("{of}/{}: {}..{}{failure}", part.name, ms(part.begin), ms(part.end))
    };
    parts.iter().map(line).collect()
}

fn said(part: &Part, key: &str) -> Option<String> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = part.said.iter().find(|said| said.key == key)?;
    match found.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(flag) => Some(flag.to_string()),
        Value::DoubleValue(number) => Some(format!("{number:.2}")),
        other => panic!("{other:?}"),
    }
}

fn hangup(ms: u64) -> (u64, Kind) {
    (ms, Kind::Ended { reason: EndReason::Hangup, by: Some(Role::Callee) })
}

#[test]
fn an_ordinary_call_has_four_phases_and_two_legs_whose_audio_is_set_up_while_it_rings() {
    let quality =
        LegQuality { packets: 9, mos: Some(4.25), path: Some(MediaPath::TurnTls), ..LegQuality::default() };
    let mut story = story(
        vec![opened(5, 0), opened(20, 1)],
        vec![
            (1, offered(1)),
            (10, Kind::Ringing { leg: 1 }),
            (40, Kind::Keyed { leg: 0 }),
            (60, Kind::Keyed { leg: 1 }),
            (3_000, Kind::Answered { leg: 1 }),
            (3_020, Kind::Heard { leg: 0 }),
            (3_040, Kind::Heard { leg: 1 }),
            (3_040, Kind::Connected),
            (8_000, Kind::Moved { leg: 0 }),
            (9_000, Kind::Quality { leg: 1, quality }),
            hangup(9_000),
        ],
    );
    let took = Duration::from_micros(1_500);
    story.was_written(Write { at: at(0), took, attempts: 2, events: 7 });
    assert_eq!(
        told(&story),
        [
            "/call: 0..9000",
            "call/reaching: 0..10",
            "call/leg: 0..9000",
            "call/leg: 1..9000",
            "call/ringing: 10..3000",
            "leg/media set-up: 5..40",
            "media set-up/relay open: 5..5.05",
            "leg/media set-up: 20..60",
            "media set-up/relay open: 20..20.05",
            "call/connecting: 3000..3040",
            "call/talking: 3040..9000",
            "call/journal write: 0..1.5",
        ]
    );
    let parts = parts(&story, "sqlite");
    for (part, key, value) in [
        (0, "tring.call.id", call().to_string()),
        (0, "tring.call.status", "over".to_owned()),
        (0, "tring.call.reason", "hangup".to_owned()),
        (0, "tring.call.ended_by", "callee".to_owned()),
        (2, "tring.leg.role", "caller".to_owned()),
        (2, "tring.leg.platform", "web".to_owned()),
        (3, "tring.leg.index", "1".to_owned()),
        (3, "tring.leg.took_part", "true".to_owned()),
        (3, "tring.media.mos", "4.25".to_owned()),
        (3, "tring.media.path", "turn_tls".to_owned()),
        (3, "network.transport", "tcp".to_owned()),
        (5, "tring.media.ready", "true".to_owned()),
        (11, "db.system.name", "sqlite".to_owned()),
        (11, "tring.journal.events", "7".to_owned()),
        (11, "tring.journal.attempts", "2".to_owned()),
    ] {
        assert_eq!(said(&parts[part], key), Some(value), "{key} of {}", parts[part].name);
    }
    let names = |part: &Part| part.moments.iter().map(|(_, name)| *name).collect::<Vec<_>>();
    assert_eq!(names(&parts[2]), ["heard", "moved"]);
    assert_eq!(names(&parts[3]), ["ringing", "answered", "heard"]);
    assert_eq!(
        (parts[0].kind, parts[11].kind, parts[2].kind),
        (SpanKind::Server, SpanKind::Client, SpanKind::Internal)
    );
}

#[test]
fn devices_that_were_not_answered_leave_when_another_is() {
    let told = told(&story(
        vec![opened(5, 2)],
        vec![
            (1, offered(1)),
            (1, offered(2)),
            (10, Kind::Ringing { leg: 1 }),
            (20, Kind::Ringing { leg: 2 }),
            (900, Kind::Answered { leg: 1 }),
            hangup(1_000),
        ],
    ));
    assert_eq!(
        told,
        [
            "/call: 0..1000",
            "call/reaching: 0..10",
            "call/leg: 0..1000",
            "call/leg: 1..1000",
            "call/leg: 1..900",
            "call/ringing: 10..900",
            "leg/media set-up: 5..900",
            "media set-up/relay open: 5..5.05",
            "call/connecting: 900..1000",
        ]
    );
}

#[test]
fn a_call_that_nobody_answers_is_no_failure_and_one_without_audio_is() {
    let missed = told(&story(
        vec![],
        vec![
            (1, offered(1)),
            (9, Kind::Ringing { leg: 1 }),
            (500, Kind::Ended { reason: EndReason::RingTimeout, by: None }),
        ],
    ));
    assert_eq!(
        missed,
        [
            "/call: 0..500",
            "call/reaching: 0..9",
            "call/leg: 0..500",
            "call/leg: 1..500",
            "call/ringing: 9..500"
        ]
    );

    let mut refused = opened(910, 1);
    refused.refused = true;
    let failed = told(&story(
        vec![opened(5, 0), refused],
        vec![
            (1, offered(1)),
            (900, Kind::Answered { leg: 1 }),
            (950, Kind::MediaFailed { leg: 0 }),
            (2_000, Kind::Ended { reason: EndReason::ConnectTimeout, by: None }),
        ],
    ));
    assert_eq!(
        failed,
        [
            "/call: 0..2000 !connect_timeout",
            "call/reaching: 0..900",
            "call/leg: 0..2000",
            "call/leg: 1..2000",
            "call/connecting: 900..2000 !connect_timeout",
            "leg/media set-up: 5..950 !media_failed",
            "media set-up/relay open: 5..5.05",
            "leg/media lost: 950..2000 !media_failed",
            "leg/media set-up: 910..2000",
            "media set-up/relay open: 910..910.05 !media_offer_refused",
        ]
    );
}

#[test]
fn times_without_a_connection_without_audio_and_on_hold_are_parts_of_their_own() {
    let story = story(
        vec![opened(5, 0), opened(2_100, 0), opened(6_000, 0)],
        vec![
            (30, Kind::Keyed { leg: 0 }),
            (1_000, Kind::Away { leg: 0 }),
            (2_000, Kind::Back { leg: 0 }),
            (2_000, Kind::MediaFailed { leg: 0 }),
            (2_200, Kind::Keyed { leg: 0 }),
            (3_000, Kind::Held { leg: 0 }),
            (4_000, Kind::Resumed { leg: 0 }),
            (5_000, Kind::Held { leg: 0 }),
            hangup(7_000),
        ],
    );
    assert_eq!(
        told(&story)[3..],
        [
            "leg/media set-up: 5..30",
            "media set-up/relay open: 5..5.05",
            "leg/signalling lost: 1000..2000",
            "leg/media lost: 2000..2200",
            "leg/media set-up: 2100..2200",
            "media set-up/relay open: 2100..2100.05",
            "call/hold: 3000..4000",
            "call/hold: 5000..7000",
        ]
    );
    let parts = parts(&story, "sqlite");
    let moments: Vec<_> = parts[2].moments.iter().map(|(_, name)| *name).collect();
    assert_eq!(moments, ["offered"], "an offer that changed nothing");
}

#[test]
fn a_device_that_takes_the_call_over_has_a_leg_from_its_first_offer_on_and_the_hold_goes_with_it() {
    let story = story(
        vec![opened(5, 0), opened(6, 1), opened(2_000, 2), opened(4_000, 1)],
        vec![
            (1, offered(1)),
            (30, Kind::Keyed { leg: 0 }),
            (30, Kind::Keyed { leg: 1 }),
            (900, Kind::Answered { leg: 1 }),
            (1_500, Kind::Held { leg: 1 }),
            (2_100, taken_over(2, 1)),
            (2_100, Kind::Keyed { leg: 2 }),
            (3_000, Kind::Resumed { leg: 2 }),
            (4_100, taken_over(1, 2)),
            (4_100, Kind::Keyed { leg: 1 }),
            (5_000, Kind::Quality { leg: 1, quality: LegQuality { packets: 7, ..LegQuality::default() } }),
            hangup(5_000),
        ],
    );
    let told = told(&story);
    let legs: Vec<_> = told.iter().filter(|line| line.starts_with("call/leg")).collect();
    assert_eq!(
        legs,
        ["call/leg: 0..5000", "call/leg: 1..2100", "call/leg: 2000..4100", "call/leg: 4000..5000"]
    );
    assert!(told.contains(&"call/hold: 1500..3000".to_owned()), "{told:?}");
    assert!(told.contains(&"leg/media set-up: 4000..4100".to_owned()), "{told:?}");
    let last = parts(&story, "sqlite").into_iter().rfind(|part| part.name == "leg").unwrap();
    assert_eq!(said(&last, "tring.leg.role").as_deref(), Some("callee"));
    assert_eq!(said(&last, "tring.media.packets").as_deref(), Some("7"));
}

#[test]
fn a_call_that_flaps_keeps_its_beginning_and_its_end() {
    let mut story = story(vec![], vec![(1, offered(1))]);
    for index in 0..10_000_u32 {
        let ms = u64::from(index) + 10;
        let what = if index % 2 == 0 { Kind::Away { leg: 0 } } else { Kind::Back { leg: 0 } };
        story.take(CallEvent { call: call(), index: index + 2, at: at(ms), what });
        story.was_opened(opened(ms, 0));
    }
    let what = Kind::Ended { reason: EndReason::Hangup, by: None };
    story.take(CallEvent { call: call(), index: 10_002, at: at(20_000), what });
    let parts = parts(&story, "sqlite");
    assert!(parts.len() < 350, "{} parts", parts.len());
    assert_eq!(parts[0].end, nanos(at(20_000)));
    let kept = parts.iter().filter(|part| part.name == "relay open").count() + (story.events.len() - 3);
    assert_eq!(said(&parts[0], "tring.call.left_out"), Some((20_000 - kept).to_string()));
}

#[test]
fn a_story_without_its_beginning_is_none() {
    assert!(parts(&Story::default(), "sqlite").is_empty());
    let event = CallEvent { call: call(), index: 4, at: at(0), what: Kind::Connected };
    assert!(parts(&Story { events: vec![event], ..Story::default() }, "sqlite").is_empty());
}
