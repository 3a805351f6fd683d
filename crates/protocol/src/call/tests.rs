use super::samples::placed;
use super::*;
use crate::text::SystemName;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn call() -> CallId {
    CallId::new(at(1_000), [7; 10])
}

fn events(kinds: Vec<(u64, CallEventKind)>) -> Vec<CallEvent> {
    (0..).zip(kinds).map(|(index, (ms, what))| CallEvent { call: call(), index, at: at(ms), what }).collect()
}

fn offered(leg: u8, platform: Platform) -> CallEventKind {
    let details = DeviceDetails::default();
    CallEventKind::Offered {
        leg,
        device: DeviceId::parse("device-b").unwrap(),
        platform,
        details,
        waiting: false,
    }
}

#[test]
fn a_record_is_a_fold_of_the_events() {
    let quality = LegQuality { packets: 50, ..LegQuality::default() };
    let record = CallRecord::fold(&events(vec![
        (1_000, placed()),
        (1_010, offered(1, Platform::Ios)),
        (1_010, offered(2, Platform::Web)),
        (1_100, CallEventKind::Ringing { leg: 1 }),
        (1_200, CallEventKind::Ringing { leg: 2 }),
        (5_000, CallEventKind::Answered { leg: 2 }),
        (5_050, CallEventKind::Connected),
        (9_000, CallEventKind::Quality { leg: 2, quality }),
        (9_000, CallEventKind::Ended { reason: EndReason::Hangup, by: Some(Role::Callee) }),
    ]))
    .unwrap();
    assert_eq!(record.ringing_at, Some(at(1_100)));
    assert_eq!(
        record.callee_platform,
        Some(Platform::Web),
        "the device that answered, not the first that rang"
    );
    assert_eq!(record.talk_time(), Millis::seconds(4));
    assert_eq!((record.reason, record.ended_by), (EndReason::Hangup, Some(Role::Callee)));
    assert_eq!((record.caller_quality, record.callee_quality), (None, Some(quality)));
}

#[test]
fn the_legs_of_one_person_sound_together_in_the_record() {
    let taken_over = |leg, from| CallEventKind::TakenOver {
        leg,
        from,
        device: DeviceId::parse("device-c").unwrap(),
        platform: Platform::Ios,
        details: DeviceDetails::default(),
    };
    let heard = |leg, packets, mos, concealed, path| {
        let quality =
            LegQuality { packets, lost: 1, mos: Some(mos), concealed, path, ..LegQuality::default() };
        CallEventKind::Quality { leg, quality }
    };
    let record = CallRecord::fold(&events(vec![
        (1_000, placed()),
        (1_010, offered(1, Platform::Web)),
        (1_010, offered(2, Platform::Web)),
        (5_000, CallEventKind::Answered { leg: 1 }),
        (6_000, taken_over(3, 0)),
        (7_000, taken_over(2, 1)),
        (8_000, taken_over(1, 2)),
        (9_000, heard(0, 100, 4.0, None, Some(MediaPath::Udp))),
        (9_000, heard(1, 100, 3.0, Some(0.0), None)),
        (9_000, heard(2, 300, 4.0, Some(0.04), Some(MediaPath::Tcp))),
        (9_000, heard(3, 300, 2.0, Some(0.5), None)),
        (9_000, heard(4, 900, 1.0, None, None)),
        (9_000, CallEventKind::Ended { reason: EndReason::Hangup, by: Some(Role::Caller) }),
    ]))
    .unwrap();
    let expected = |mos, concealed, path| {
        let quality = LegQuality { packets: 400, lost: 2, mos: Some(mos), ..LegQuality::default() };
        Some(LegQuality { concealed: Some(concealed), path: Some(path), ..quality })
    };
    assert_eq!(record.caller_quality, expected(2.5, 0.5, MediaPath::Udp));
    assert_eq!(record.callee_quality, expected(3.75, 0.03, MediaPath::Tcp));
}

#[test]
fn an_unfinished_call_is_a_lost_node() {
    let record = CallRecord::fold(&events(vec![
        (1_000, placed()),
        (1_010, offered(1, Platform::Ios)),
        (1_500, CallEventKind::Ringing { leg: 1 }),
    ]))
    .unwrap();
    assert_eq!((record.reason, record.ended_at), (EndReason::NodeLost, at(1_500)));
    assert_eq!(record.callee_platform, Some(Platform::Ios));
}

#[test]
fn events_without_their_beginning_are_no_call() {
    assert_eq!(CallRecord::fold(&[]), None);
    assert_eq!(CallRecord::fold(&events(vec![(1, CallEventKind::Connected)])), None);
}

#[test]
fn events_of_earlier_versions_read_back_and_details_lie_beside_the_platform() {
    let old = r#"{"type":"offered","leg":1,"device":"device-b","platform":"ios"}"#;
    assert_eq!(serde_json::from_str::<CallEventKind>(old).unwrap(), offered(1, Platform::Ios));
    assert_eq!(serde_json::to_string(&offered(1, Platform::Ios)).unwrap(), old);

    let new = r#"{"type":"offered","leg":1,"device":"device-b","platform":"web","sdk":"signed-call 0.1.0","system":"Chrome 131 on Android 14","network":"4g"}"#;
    let CallEventKind::Offered { details, .. } = serde_json::from_str(new).unwrap() else { panic!("{new}") };
    assert_eq!(details.system.as_ref().map(SystemName::as_str), Some("Chrome 131 on Android 14"));
    let device = DeviceId::parse("device-b").unwrap();
    let event = CallEventKind::Offered { leg: 1, device, platform: Platform::Web, details, waiting: false };
    assert_eq!(serde_json::to_string(&event).unwrap(), new);
}
