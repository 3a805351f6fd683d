use tring_protocol::call::{CallEventKind as Kind, LegQuality};
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{DeviceDetails, MediaPath, Platform, Role};
use tring_protocol::text::{Context, NetworkName, SdkName, SystemName};
use tring_protocol::time::{Millis, Timestamp};

use super::*;

fn placed() -> Kind {
    Kind::Placed {
        account: AccountId::parse("acme").unwrap(),
        caller: Cuid::parse("alice").unwrap(),
        device: DeviceId::parse("device-a").unwrap(),
        platform: Platform::Web,
        details: DeviceDetails {
            sdk: SdkName::parse("signed-call 1.2.0").ok(),
            system: SystemName::parse("Chrome 131 on Linux").ok(),
            network: NetworkName::parse("wifi").ok(),
        },
        callee: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your order").unwrap(),
    }
}

fn offered(leg: u8, platform: Platform) -> Kind {
    let device = DeviceId::parse(&format!("device-{leg}")).unwrap();
    Kind::Offered { leg, device, platform, details: DeviceDetails::default(), waiting: false }
}

fn story(reason: EndReason, by: Option<Role>, end: u64, what: Vec<(u64, Kind)>) -> Vec<CallEvent> {
    let at = |ms| Timestamp::from_millis(1_000_000 + ms);
    let call = CallId::new(at(0), [7; 10]);
    let ended = (end, Kind::Ended { reason, by });
    let all = std::iter::once((0, placed())).chain(what).chain([ended]);
    (0..).zip(all).map(|(index, (ms, what))| CallEvent { call, index, at: at(ms), what }).collect()
}

fn why(reason: EndReason, by: Option<Role>, end: u64, what: Vec<(u64, Kind)>) -> Explanation {
    let events = story(reason, by, end, what);
    explain(&CallRecord::fold(&events).unwrap(), &events, Callee::Known)
}

fn ringing() -> Vec<(u64, Kind)> {
    vec![(10, offered(1, Platform::Android)), (400, Kind::Ringing { leg: 1 })]
}

fn answered() -> Vec<(u64, Kind)> {
    let mut what = ringing();
    what.push((5_000, Kind::Answered { leg: 1 }));
    what
}

fn connected() -> Vec<(u64, Kind)> {
    let mut what = answered();
    what.extend([
        (5_010, Kind::Keyed { leg: 0 }),
        (5_020, Kind::Keyed { leg: 1 }),
        (5_100, Kind::Heard { leg: 0 }),
        (5_110, Kind::Heard { leg: 1 }),
        (5_110, Kind::Connected),
    ]);
    what
}

fn and(mut what: Vec<(u64, Kind)>, more: impl IntoIterator<Item = (u64, Kind)>) -> Vec<(u64, Kind)> {
    what.extend(more);
    what
}

#[test]
fn every_reason_is_explained_at_every_stage_in_whole_sentences() {
    let is_sentence = |text: &str| {
        text.ends_with('.')
            && !text.contains("  ")
            && !text.contains("..")
            && text.starts_with(char::is_uppercase)
    };
    for &reason in EndReason::ALL {
        for stage in [vec![], ringing(), answered(), connected()] {
            for by in [None, Some(Role::Caller), Some(Role::Callee)] {
                let events = story(reason, by, 65_000, stage.clone());
                let record = CallRecord::fold(&events).unwrap();
                for callee in [Callee::Known, Callee::Unknown] {
                    let Explanation { what, advice } = explain(&record, &events, callee);
                    assert!(is_sentence(&what), "{reason:?}: {what}");
                    assert!(advice.is_empty() || is_sentence(&advice), "{reason:?}: {advice}");
                }
                let told = timeline(&record, &events);
                assert_eq!(told.len(), events.len());
                assert!(told.iter().all(|entry| is_sentence(&entry.sentence)), "{told:#?}");
            }
        }
    }
}

#[test]
fn what_failed_has_advice() {
    for &reason in EndReason::ALL {
        if reason.status() == tring_protocol::outcome::EndStatus::Failed {
            assert!(!why(reason, None, 20_000, answered()).advice.is_empty(), "{reason:?}");
        }
    }
}

#[test]
fn a_normal_call_needs_no_advice() {
    let Explanation { what, advice } = why(EndReason::Hangup, Some(Role::Callee), 255_000, connected());
    assert_eq!(what, "The two talked, and the callee hung up after 4 min 10 s.");
    assert_eq!(advice, "");
}

#[test]
fn a_poor_call_names_the_side_that_sounded_poor() {
    let good = LegQuality { packets: 1_000, mos: Some(4.3), ..LegQuality::default() };
    let poor = LegQuality { packets: 800, lost: 200, mos: Some(2.4), ..LegQuality::default() };
    let quality = [
        (65_000, Kind::Quality { leg: 0, quality: good }),
        (65_000, Kind::Quality { leg: 1, quality: poor }),
    ];
    let Explanation { what, advice } =
        why(EndReason::Hangup, Some(Role::Caller), 65_000, and(connected(), quality));
    assert_eq!(
        what,
        "The two talked, and the caller hung up after 1 min. It sounded poor: what came from the callee's device \
         (Android) had a MOS of 2.4."
    );
    assert!(advice.starts_with("20 % of the packets of the callee's device (Android) were lost"), "{advice}");
}

/// A talk of a minute with these figures of both legs.
fn talk(caller: LegQuality, callee: LegQuality) -> Explanation {
    let quality = [(0, caller), (1, callee)].map(|(leg, quality)| (65_000, Kind::Quality { leg, quality }));
    why(EndReason::Hangup, Some(Role::Caller), 65_000, and(connected(), quality))
}

#[test]
fn what_a_device_played_counts_for_more_than_what_came_from_it() {
    let fine = LegQuality { packets: 1_000, mos: Some(4.3), concealed: Some(0.001), ..LegQuality::default() };
    let poor = LegQuality { packets: 1_000, mos: Some(2.4), concealed: Some(0.124), ..LegQuality::default() };
    let Explanation { what, advice } = talk(poor, fine);
    assert!(
        what.ends_with("It sounded poor: what the caller's device (web page) played had a MOS of 2.4."),
        "{what}"
    );
    assert!(advice.starts_with("12 % of it had to be made up"), "{advice}");
}

#[test]
fn a_call_that_had_to_go_another_way_says_so() {
    let by = |path| LegQuality { packets: 1_000, mos: Some(4.3), path: Some(path), ..LegQuality::default() };
    assert_eq!(talk(by(MediaPath::Udp), by(MediaPath::Udp)).advice, "");
    let advice = talk(by(MediaPath::Udp), by(MediaPath::Tcp)).advice;
    assert!(
        advice.starts_with(
            "The network of the callee's device (Android) let no UDP through to the server, so the audio went over TCP"
        ),
        "{advice}"
    );
    let advice = talk(by(MediaPath::TurnTls), by(MediaPath::Udp)).advice;
    assert!(
        advice.contains("the caller's device (web page)") && advice.contains("over a TURN server"),
        "{advice}"
    );
    let advice = talk(by(MediaPath::Tcp), by(MediaPath::Tcp)).advice;
    assert!(
        advice.starts_with("The networks of the caller's device (web page) and of the callee's"),
        "{advice}"
    );
}

#[test]
fn a_network_that_changes_again_and_again_is_named() {
    let changed = |path_changes| LegQuality { packets: 1_000, path_changes, ..LegQuality::default() };
    assert_eq!(talk(changed(3), changed(0)).advice, "");
    let advice = talk(changed(0), changed(7)).advice;
    assert!(advice.starts_with("The network of the callee's device (Android) changed 7 times"), "{advice}");
}

fn taken_over(leg: u8, from: u8, platform: Platform) -> Kind {
    let device = DeviceId::parse(&format!("device-{leg}")).unwrap();
    Kind::TakenOver { leg, from, device, platform, details: DeviceDetails::default() }
}

#[test]
fn a_call_that_was_moved_has_legs_of_the_right_side() {
    let moves = [
        (10_000, taken_over(2, 0, Platform::Ios)),
        (20_000, taken_over(3, 1, Platform::Web)),
        (30_000, taken_over(0, 2, Platform::Web)),
        (40_000, Kind::Away { leg: 3 }),
    ];
    let events = story(EndReason::ConnectionLost, None, 70_000, and(connected(), moves));
    let record = CallRecord::fold(&events).unwrap();
    let of: Vec<_> = legs(&record, &events)
        .iter()
        .map(|leg| (leg.leg, leg.role, leg.cuid.as_str().to_owned(), leg.took_part))
        .collect();
    let (alice, bobby) = ("alice".to_owned(), "bobby".to_owned());
    assert_eq!(
        of,
        [
            (0, Role::Caller, alice.clone(), true),
            (1, Role::Callee, bobby.clone(), true),
            (2, Role::Caller, alice, true),
            (3, Role::Callee, bobby, true),
        ]
    );
    let told = timeline(&record, &events);
    let moved: Vec<_> = told
        .iter()
        .filter(|entry| entry.event == "taken_over")
        .map(|entry| entry.sentence.as_str())
        .collect();
    assert_eq!(
        moved,
        [
            "The caller's device 2 (iOS) took the call over from the caller's device 1 (web page).",
            "The callee's device 2 (web page) took the call over from the callee's device 1 (Android).",
            "The caller's device 1 (web page) took the call over from the caller's device 2 (iOS).",
        ]
    );
    let told = explain(&record, &events, Callee::Known).what;
    assert!(told.starts_with("The connection of the callee's device (web page) was lost"), "{told}");
}

#[test]
fn a_hold_is_told_with_its_length_also_when_the_call_moves_meanwhile() {
    let holds = [
        (10_000, Kind::Held { leg: 1 }),
        (12_000, Kind::Held { leg: 0 }),
        (20_000, taken_over(2, 1, Platform::Web)),
        (30_000, Kind::Resumed { leg: 0 }),
        (40_000, Kind::Resumed { leg: 2 }),
    ];
    let events = story(EndReason::Hangup, Some(Role::Caller), 65_000, and(connected(), holds));
    let told = timeline(&CallRecord::fold(&events).unwrap(), &events);
    let said = |name: &str| -> Vec<_> {
        told.iter().filter(|entry| entry.event == name).map(|entry| entry.sentence.clone()).collect()
    };
    assert_eq!(
        said("resumed"),
        [
            "The caller's device (web page) went on with the call after 18 s on hold.",
            "The callee's device 2 (web page) went on with the call after 30 s on hold.",
        ]
    );
    assert_eq!(said("held")[0], "The callee's device 1 (Android) put the call on hold.");
}

#[test]
fn a_call_that_waited_beside_another_is_told_from_one_that_rang() {
    let mut what = ringing();
    let Kind::Offered { waiting, .. } = &mut what[0].1 else { panic!("{what:?}") };
    *waiting = true;
    let events = story(EndReason::Busy, None, 20_000, what.clone());
    let told = timeline(&CallRecord::fold(&events).unwrap(), &events);
    assert!(told[1].sentence.starts_with("The callee was in another call"), "{}", told[1].sentence);
    for by in [None, Some(Role::Callee)] {
        assert!(
            why(EndReason::Busy, by, 20_000, what.clone()).what.contains("did not take this one beside it")
        );
    }
}

#[test]
fn a_missed_call_tells_whether_anything_rang() {
    let rang = and(ringing(), [(20, offered(2, Platform::Web)), (900, Kind::Ringing { leg: 2 })]);
    assert_eq!(
        why(EndReason::RingTimeout, None, 30_400, rang).what,
        "It rang for 30 s on 2 devices, and nobody answered."
    );
    let asleep = vec![(10, offered(1, Platform::Android))];
    assert_eq!(
        why(EndReason::RingTimeout, None, 30_000, asleep.clone()).what,
        "The call was sent to one device, but none said that it shows the call within 30 s."
    );
    assert_eq!(
        why(EndReason::RingTimeout, None, 30_000, and(asleep, [(700, Kind::Away { leg: 1 })])).what,
        "The call was sent to one device, but it lost the connection to the server before anything rang."
    );
}

#[test]
fn who_was_never_here_is_told_from_who_is_away() {
    let events = story(EndReason::Unreachable, None, 5, vec![]);
    let record = CallRecord::fold(&events).unwrap();
    assert!(explain(&record, &events, Callee::Unknown).what.contains("knew of no sign-in"));
    assert!(explain(&record, &events, Callee::Known).what.contains("none of their devices was signed in"));
}

#[test]
fn silence_is_traced_to_the_side_that_blocks_udp() {
    let without_callee = and(answered(), [(5_010, Kind::Keyed { leg: 0 }), (5_100, Kind::Heard { leg: 0 })]);
    let Explanation { what, advice } = why(EndReason::ConnectTimeout, None, 20_000, without_callee);
    assert_eq!(
        what,
        "The call was answered, but no audio path to the callee's device (Android) came to be within 15 s."
    );
    assert!(
        advice.starts_with("The network of the callee's device (Android) lets neither UDP nor TCP"),
        "{advice}"
    );

    let neither = why(EndReason::ConnectTimeout, None, 20_000, answered());
    assert_eq!(
        neither.what,
        "The call was answered, but within 15 s neither device had an audio path to the server."
    );
    assert!(neither.advice.contains("`relay.advertise`"), "{}", neither.advice);
}

#[test]
fn silence_on_a_ready_path_is_traced_to_the_microphone() {
    let mute_caller = and(
        answered(),
        [(5_010, Kind::Keyed { leg: 0 }), (5_010, Kind::Keyed { leg: 1 }), (5_100, Kind::Heard { leg: 1 })],
    );
    let Explanation { what, advice } = why(EndReason::ConnectTimeout, None, 20_000, mute_caller);
    assert!(what.ends_with("no audio came from the caller's device (web page) within 15 s."), "{what}");
    assert!(advice.contains("microphone"), "{advice}");
    let mute_both = and(answered(), [(5_010, Kind::Keyed { leg: 0 }), (5_010, Kind::Keyed { leg: 1 })]);
    let Explanation { what, advice } = why(EndReason::ConnectTimeout, None, 20_000, mute_both);
    assert!(what.ends_with("no audio came from either device."), "{what}");
    assert!(advice.contains("microphones"), "{advice}");
}

#[test]
fn a_lost_connection_names_its_side_and_how_long_it_was_gone() {
    let away = and(connected(), [(35_000, Kind::Away { leg: 1 })]);
    for by in [Some(Role::Callee), None] {
        assert_eq!(
            why(EndReason::ConnectionLost, by, 95_000, away.clone()).what,
            "The connection of the callee's device (Android) was lost 30 s after the answer and did not come back for \
             1 min.",
            "{by:?}"
        );
    }
    let failed = and(connected(), [(35_000, Kind::MediaFailed { leg: 0 })]);
    assert_eq!(
        why(EndReason::ConnectionLost, None, 65_000, failed).what,
        "The audio path of the caller's device (web page) failed and did not come back for 30 s."
    );
    let silent = why(EndReason::ConnectionLost, None, 65_000, connected());
    assert_eq!(silent.what, "No more audio came from one of the two, and the call was ended after 1 min.");
}

#[test]
fn who_came_back_is_not_the_one_who_was_lost() {
    let back =
        [(30_000, Kind::Away { leg: 0 }), (33_000, Kind::Back { leg: 0 }), (40_000, Kind::Away { leg: 1 })];
    let told = why(EndReason::ConnectionLost, None, 95_000, and(connected(), back)).what;
    assert!(told.starts_with("The connection of the callee's device"), "{told}");
}

#[test]
fn a_caller_who_was_cut_off_is_told_from_one_who_gave_up() {
    assert_eq!(
        why(EndReason::Caller, Some(Role::Caller), 8_400, ringing()).what,
        "The caller gave up after it had rung for 8.0 s."
    );
    let lost = and(ringing(), [(2_000, Kind::Away { leg: 0 })]);
    assert_eq!(
        why(EndReason::CallerLost, Some(Role::Caller), 62_000, lost).what,
        "The caller's connection was lost 2.0 s after placing the call and did not come back for 1 min; nobody had \
         answered yet."
    );
}

#[test]
fn busy_on_this_account_is_told_from_busy_elsewhere() {
    assert!(why(EndReason::Busy, None, 5, vec![]).what.contains("on this account"));
    assert!(why(EndReason::Busy, Some(Role::Callee), 900, ringing()).what.contains("another app"));
}

#[test]
fn a_timeline_has_the_delays_in_between() {
    let what = and(connected(), [(30_000, Kind::Away { leg: 1 }), (33_200, Kind::Back { leg: 1 })]);
    let events = story(EndReason::Hangup, Some(Role::Caller), 65_000, what);
    let told = timeline(&CallRecord::fold(&events).unwrap(), &events);
    let line = |name: &str, leg| {
        let entry = told.iter().find(|entry| entry.event == name && entry.leg == leg).unwrap();
        (entry.since_placed.get(), entry.delay.get(), entry.sentence.as_str())
    };
    assert_eq!(
        line("placed", Some(0)),
        (0, 0, "Placed by alice for bobby on the caller's device (web page).")
    );
    assert_eq!(line("ringing", Some(1)), (400, 390, "It rings on the callee's device (Android)."));
    assert_eq!(
        line("answered", Some(1)),
        (5_000, 4_600, "Answered by bobby on the callee's device (Android).")
    );
    assert_eq!(line("back", Some(1)), (33_200, 3_200, "The callee's device (Android) is back after 3.2 s."));
    assert_eq!(line("ended", None), (65_000, 31_800, "The caller hung up 1 min after the answer."));
    assert_eq!(
        told.iter().map(|entry| entry.delay).fold(Millis::default(), |a, b| a + b),
        Millis::seconds(65)
    );
}

#[test]
fn devices_are_numbered_where_there_are_several() {
    let what = and(ringing(), [(500, offered(2, Platform::Ios)), (900, Kind::Answered { leg: 2 })]);
    let events = story(EndReason::Hangup, Some(Role::Caller), 65_000, what);
    let record = CallRecord::fold(&events).unwrap();
    let told = timeline(&record, &events);
    assert!(told.iter().any(|entry| entry.sentence == "Answered by bobby on the callee's device 2 (iOS)."));
    let took_part: Vec<_> =
        legs(&record, &events).iter().map(|leg| (leg.leg, leg.role, leg.took_part)).collect();
    assert_eq!(took_part, [(0, Role::Caller, true), (1, Role::Callee, false), (2, Role::Callee, true)]);
}

#[test]
fn a_leg_has_what_its_device_said_about_itself() {
    let events = story(EndReason::RingTimeout, None, 30_000, ringing());
    let legs = legs(&CallRecord::fold(&events).unwrap(), &events);
    let said = |leg: &CallLeg| (leg.system.clone(), leg.sdk.clone(), leg.network.clone());
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(said(&legs[0]), (some("Chrome 131 on Linux"), some("signed-call 1.2.0"), some("wifi")));
    assert_eq!(said(&legs[1]), (None, None, None));
}

#[test]
fn lengths_read_as_people_say_them() {
    for (ms, told) in [
        (0, "0.0 s"),
        (640, "0.6 s"),
        (9_949, "9.9 s"),
        (9_950, "10 s"),
        (59_400, "59 s"),
        (59_600, "1 min"),
        (250_000, "4 min 10 s"),
        (3_600_000, "1 h"),
        (14_399_999, "4 h"),
        (7_505_000, "2 h 5 min"),
    ] {
        assert_eq!(words::span(Millis::new(ms)), told);
    }
}
