use super::*;

#[test]
fn the_caller_hears_of_the_first_device_that_rings() {
    let mut desk = Desk::new();
    let call = desk.placed(&["bobby-1", "bobby-2"]);
    let ringing = ClientMessage::Ringing { call_id: call };
    assert_eq!(
        desk.told("bobby-2", ringing.clone()),
        [
            desk.log(call, 3, CallEventKind::Ringing { leg: 2 }),
            deliver("alice-1", ServerMessage::Ringing { call_id: call, name: None })
        ]
    );
    assert_eq!(desk.told("bobby-1", ringing.clone()), [desk.log(call, 4, CallEventKind::Ringing { leg: 1 })]);
    assert_eq!(desk.told("bobby-1", ringing), []);
}

#[test]
fn answer_wins_on_exactly_one_device() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    let (at, answer) = (desk.now, ClientMessage::Answer { call_id: call });
    let answered = ServerMessage::Answered { call_id: call, at };
    let withdrawn = ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::AnsweredElsewhere };
    assert_eq!(
        desk.told("bobby-2", answer.clone()),
        [
            desk.log(call, 4, CallEventKind::Answered { leg: 2 }),
            deliver("bobby-1", withdrawn.clone()),
            deliver("alice-1", answered.clone()),
            deliver("bobby-2", answered.clone()),
            Effect::ToSessions(ToSessions::Find { call, user: user("alice") }),
        ]
    );
    assert_eq!(desk.after(5).told("bobby-1", answer.clone()), [deliver("bobby-1", withdrawn)]);
    // The winner may ask again: its first answer may have been lost with a session.
    assert_eq!(desk.told("bobby-2", answer), [deliver("bobby-2", answered)]);
}

#[test]
fn a_decline_ends_the_call_and_stops_the_other_devices() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::User };
    let effects = without_records(desk.told("bobby-1", decline));
    let (reason, by) = (EndReason::User, Some(Role::Callee));
    assert_eq!(
        effects,
        [
            deliver(
                "bobby-2",
                ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::DeclinedElsewhere }
            ),
            desk.log(call, 4, CallEventKind::Ended { reason, by }),
            release(call, "alice"),
            release(call, "bobby"),
            deliver("alice-1", ended(call, reason, by, 0)),
            deliver("bobby-1", ended(call, reason, by, 0)),
        ]
    );
}

#[test]
fn each_decline_has_its_reason() {
    for (reason, end) in [
        (DeclineReason::User, EndReason::User),
        (DeclineReason::Busy, EndReason::Busy),
        (DeclineReason::MicrophoneDenied, EndReason::MicrophoneDenied),
        (DeclineReason::NotificationsDisabled, EndReason::NotificationsDisabled),
    ] {
        let mut desk = Desk::new();
        let call = desk.ringing(&["bobby-1"]);
        let effects = desk.told("bobby-1", ClientMessage::Decline { call_id: call, reason });
        assert_eq!(Desk::ends(&effects), [end]);
    }
}

#[test]
fn a_microphone_denied_after_the_answer_declines_until_both_hear() {
    let mut desk = Desk::new();
    let call = desk.answered();
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::MicrophoneDenied };
    assert_eq!(Desk::ends(&desk.told("bobby-1", decline)), [EndReason::MicrophoneDenied]);

    let mut desk = Desk::new();
    let call = desk.connected();
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::MicrophoneDenied };
    assert_eq!(Desk::ends(&desk.told("bobby-1", decline)), [EndReason::Hangup]);
}

#[test]
fn a_device_that_may_not_show_calls_leaves_the_others_ringing() {
    let mut desk = Desk::new();
    let call = desk.placed(&["bobby-1", "bobby-2"]);
    let decline = ClientMessage::Decline { call_id: call, reason: DeclineReason::NotificationsDisabled };
    assert_eq!(desk.told("bobby-1", decline.clone()), []);
    assert_eq!(Desk::ends(&desk.told("bobby-2", decline)), [EndReason::NotificationsDisabled]);
}

#[test]
fn a_hangup_means_what_the_state_makes_of_it() {
    for (device, answered, end) in [
        ("alice-1", false, EndReason::Caller),
        ("bobby-1", false, EndReason::User),
        ("alice-1", true, EndReason::Hangup),
        ("bobby-1", true, EndReason::Hangup),
    ] {
        let mut desk = Desk::new();
        let call = if answered { desk.connected() } else { desk.ringing(&["bobby-1"]) };
        let effects = desk.after(3_000).told(device, ClientMessage::Hangup { call_id: call });
        assert_eq!(Desk::ends(&effects), [end], "{device} {answered}");
        let by = if device == "alice-1" { Role::Caller } else { Role::Callee };
        let message = ended(call, end, Some(by), if answered { 3 } else { 0 });
        assert!(effects.contains(&deliver("alice-1", message.clone())), "{device} {answered}");
        assert!(effects.contains(&deliver("bobby-1", message)), "{device} {answered}");
    }
}

#[test]
fn ringing_ends_at_its_time() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(desk.after(29_999).on(Input::Tick), []);
    let effects = desk.after(1).on(Input::Tick);
    assert_eq!(Desk::ends(&effects), [EndReason::RingTimeout]);
    assert!(effects.contains(&deliver("bobby-1", ended(call, EndReason::RingTimeout, None, 0))));
}

#[test]
fn ringing_that_nobody_waits_for_any_more_is_the_callers_loss() {
    let mut desk = Desk::new();
    desk.ringing(&["bobby-1"]);
    desk.presence("alice-1", Presence::Away);
    assert_eq!(Desk::ends(&desk.after(30_000).on(Input::Tick)), [EndReason::CallerLost]);
}

#[test]
fn no_more_devices_ring_than_the_limit() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    let names: Vec<_> = (1..=12).map(|number| format!("bobby-{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let rung = desk.found(call, &names);
    let rung = rung.iter().filter(|effect| {
        matches!(
            effect,
            Effect::ToSessions(ToSessions::Deliver { message: ServerMessage::Incoming { .. }, .. })
        )
    });
    assert_eq!(rung.count(), tring_protocol::limits::DEVICES_MAX);
    assert_eq!(desk.presence("bobby-13", Presence::Arrived), []);
}

#[test]
fn whoever_is_not_in_a_call_cannot_touch_or_detect_it() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    for message in [
        ClientMessage::Ringing { call_id: call },
        ClientMessage::Answer { call_id: call },
        ClientMessage::Decline { call_id: call, reason: DeclineReason::User },
        ClientMessage::Hangup { call_id: call },
        ClientMessage::Mute { call_id: call, muted: true },
        ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") },
    ] {
        assert_eq!(desk.told("carol-1", message.clone()), [], "{message:?}");
        assert_eq!(desk.told("bobby-2", message.clone()), [], "{message:?}");
    }
    let mut stranger = sender("alice-1");
    stranger.attendee.device.user.account = AccountId::parse("other-account").unwrap();
    let hangup = ClientMessage::Hangup { call_id: call };
    assert_eq!(desk.on(Input::Bus(ToCalls::Told { from: stranger, message: hangup })), []);
}

#[test]
fn a_caller_cannot_answer_their_own_call() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(desk.told("alice-1", ClientMessage::Answer { call_id: call }), []);
    assert_eq!(desk.told("alice-1", ClientMessage::Ringing { call_id: call }), []);
}
