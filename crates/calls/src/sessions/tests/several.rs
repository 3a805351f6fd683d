//! A device in several calls, and calls that come to it and leave it.

use super::*;
use tring_protocol::limits::CALLS_MAX;
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, DeclineReason, MediaPath, WithdrawnReason,
};
use tring_protocol::text::Context;

fn numbered(number: u8) -> CallId {
    CallId::new(Timestamp::from_millis(5), [number; 10])
}

fn place(reference: &str) -> ClientMessage {
    ClientMessage::Place {
        reference: reference.into(),
        to: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your order").unwrap(),
        remote_context: None,
        images: CallImages::default(),
    }
}

fn restored(call_id: CallId) -> ServerMessage {
    ServerMessage::Restored { call: snapshot(call_id) }
}

fn snapshot(call_id: CallId) -> CallSnapshot {
    CallSnapshot {
        call_id,
        role: Role::Caller,
        state: CallState::Connected,
        peer: attendee("bobby").party,
        context: Context::parse("Your order").unwrap(),
        images: CallImages::default(),
        answered_at: None,
        muted: false,
        peer_muted: false,
        held: false,
        peer_held: false,
    }
}

/// Whether a second device would be refused, because the first one's call keeps its seat.
fn keeps_its_seat(desk: &mut Desk, conn: u64) -> bool {
    desk.lose(conn);
    desk.sessions.seats(&address("alice-1").user)[0].taken
}

#[test]
fn a_device_in_as_many_calls_as_it_may_be_cannot_place_another() {
    let mut desk = Desk::new(DevicePolicy::Many);
    desk.sign_in(1, "alice-1", None);
    for number in 0..CALLS_MAX {
        let number = u8::try_from(number).unwrap();
        let placed = ServerMessage::Placed {
            reference: number.to_string(),
            call_id: numbered(number),
            role: Role::Caller,
        };
        desk.deliver("alice-1", placed);
    }
    let error = ErrorCode::OutgoingCallInProgress.into();
    let rejected = ServerMessage::Rejected { reference: "r9".into(), error };
    assert_eq!(desk.say(1, 1, 4, place("r9")), [message(1, 5, 1, rejected)]);

    let reason = tring_protocol::outcome::EndReason::Hangup;
    let ended = ServerMessage::Ended {
        call_id: numbered(2),
        status: reason.status(),
        reason,
        by: None,
        duration: Millis::default(),
    };
    desk.deliver("alice-1", ended);
    let effects = desk.say(1, 2, 6, place("r10"));
    assert!(matches!(effects[..], [Effect::ToCalls(ToCalls::Told { .. })]), "{effects:?}");
}

#[test]
fn a_call_that_moves_here_is_this_devices_and_one_that_moves_away_is_not() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    desk.deliver("alice-1", ServerMessage::Elsewhere { call: snapshot(call()) });
    assert!(!keeps_its_seat(&mut desk, 1), "a call elsewhere is none of its own");

    desk.sign_in(2, "alice-1", resume(1, 1));
    desk.deliver("alice-1", restored(call()));
    assert!(keeps_its_seat(&mut desk, 2));

    desk.sign_in(3, "alice-1", resume(1, 2));
    let withdrawn = ServerMessage::Withdrawn { call_id: call(), reason: WithdrawnReason::TakenOver };
    desk.deliver("alice-1", withdrawn);
    assert!(!keeps_its_seat(&mut desk, 3));
}

#[test]
fn a_waiting_call_that_is_not_shown_is_left_when_the_home_confirms_it() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let incoming = ServerMessage::Incoming {
        call_id: call(),
        from: attendee("bobby").party,
        context: Context::parse("Your order").unwrap(),
        images: CallImages::default(),
        ring_timeout: Millis::seconds(30),
        waiting: true,
    };
    desk.deliver("alice-1", incoming);
    desk.say(1, 1, 1, ClientMessage::Decline { call_id: call(), reason: DeclineReason::Busy });
    let withdrawn = ServerMessage::Withdrawn { call_id: call(), reason: WithdrawnReason::DeclinedElsewhere };
    desk.deliver("alice-1", withdrawn);
    assert!(!keeps_its_seat(&mut desk, 1));
}

#[test]
fn a_report_is_passed_on_within_its_bounds_and_not_numbered() {
    let mut desk = Desk::new(DevicePolicy::One);
    desk.sign_in(1, "alice-1", None);
    let report = tring_protocol::signal::LegReport {
        lost: 2.0,
        concealed: 0.1,
        playout_delay: 60.0,
        jitter: 3.0,
        rtt: None,
        path: Some(MediaPath::Udp),
    };
    let frame = |report| ClientFrame::Report { call_id: call(), report };
    let passed_on = ToCalls::Reported {
        from: address("alice-1"),
        call: call(),
        report: tring_protocol::signal::LegReport { lost: 1.0, ..report },
    };
    let on = |desk: &mut Desk, frame| desk.on(Input::Frame { conn: ConnId(1), frame });
    assert_eq!(on(&mut desk, frame(report)), [Effect::ToCalls(passed_on)]);
    let nonsense = tring_protocol::signal::LegReport { concealed: f32::NAN, ..report };
    assert_eq!(on(&mut desk, frame(nonsense)), []);
    assert_eq!(desk.on(Input::Settled), []);
}
