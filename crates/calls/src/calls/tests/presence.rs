use super::elsewhere::snapshot;
use super::*;

#[test]
fn the_other_side_is_told_who_is_away_and_back() {
    let mut desk = Desk::new();
    let call = desk.connected();
    assert_eq!(
        desk.presence("bobby-1", Presence::Away),
        [
            desk.log(call, 7, CallEventKind::Away { leg: 1 }),
            deliver("alice-1", ServerMessage::PeerAway { call_id: call })
        ]
    );
    assert_eq!(desk.presence("bobby-1", Presence::Away), []);
    assert_eq!(
        desk.presence("bobby-1", Presence::Resumed),
        [
            desk.log(call, 8, CallEventKind::Back { leg: 1 }),
            deliver("alice-1", ServerMessage::PeerBack { call_id: call })
        ]
    );
}

#[test]
fn nobody_is_told_while_it_rings() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(desk.presence("alice-1", Presence::Away), [desk.log(call, 3, CallEventKind::Away { leg: 0 })]);
    assert_eq!(
        desk.presence("alice-1", Presence::Resumed),
        [desk.log(call, 4, CallEventKind::Back { leg: 0 })]
    );
}

#[test]
fn a_reloaded_page_is_restored_into_its_call() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let answered_at = Some(desk.now);
    desk.told("bobby-1", ClientMessage::Mute { call_id: call, muted: true });
    desk.presence("bobby-1", Presence::Away);
    let seen = snapshot(call, Role::Callee, CallState::Connected, answered_at);
    // A mute outlives the page: nobody is heard without having opened the microphone.
    let restored = ServerMessage::Restored { call: CallSnapshot { muted: true, ..seen } };
    assert_eq!(
        desk.presence("bobby-1", Presence::Arrived),
        [
            desk.log(call, 8, CallEventKind::Back { leg: 1 }),
            deliver("alice-1", ServerMessage::PeerBack { call_id: call }),
            deliver("bobby-1", restored),
        ]
    );
}

#[test]
fn a_reloaded_caller_is_restored_while_it_rings() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    let restored = ServerMessage::Restored { call: snapshot(call, Role::Caller, CallState::Ringing, None) };
    assert_eq!(desk.presence("alice-1", Presence::Arrived), [deliver("alice-1", restored)]);
}

#[test]
fn a_caller_who_reloads_before_the_call_exists_is_restored_when_it_does() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.presence("alice-1", Presence::Arrived);
    desk.granted(call, "bobby-1");
    let effects = desk.found(call, &["bobby-1"]);
    let restored = ServerMessage::Restored { call: snapshot(call, Role::Caller, CallState::Placed, None) };
    assert_eq!(effects[2], deliver("alice-1", restored));
}

#[test]
fn a_reloaded_callee_rings_for_the_time_that_is_left() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(
        desk.after(12_000).presence("bobby-1", Presence::Arrived),
        [deliver("bobby-1", incoming(call, "alice", Millis::seconds(18)))]
    );
}

#[test]
fn a_device_that_signs_in_while_it_rings_rings_too() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(
        desk.presence("bobby-2", Presence::Arrived),
        [
            desk.log(call, 3, offered(2, "bobby-2")),
            deliver("bobby-2", incoming(call, "alice", Millis::seconds(30)))
        ]
    );
    assert_eq!(desk.presence("alice-2", Presence::Arrived), []);
}

#[test]
fn a_withdrawn_device_that_comes_back_is_told_again() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    let withdrawn = ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::AnsweredElsewhere };
    assert_eq!(desk.presence("bobby-2", Presence::Arrived)[0], deliver("bobby-2", withdrawn));
}

#[test]
fn whoever_is_gone_ends_the_call_with_their_reason() {
    let (expired, signed_out) = (Presence::Gone(GoneReason::Expired), Presence::Gone(GoneReason::SignedOut));
    for (device, answered, change, end, by) in [
        ("alice-1", false, expired, EndReason::CallerLost, Role::Caller),
        ("alice-1", false, signed_out, EndReason::Caller, Role::Caller),
        ("bobby-1", false, signed_out, EndReason::LoggedOut, Role::Callee),
        ("alice-1", true, expired, EndReason::ConnectionLost, Role::Caller),
        ("bobby-1", true, expired, EndReason::ConnectionLost, Role::Callee),
        ("alice-1", true, signed_out, EndReason::Hangup, Role::Caller),
        ("bobby-1", true, signed_out, EndReason::Hangup, Role::Callee),
    ] {
        let mut desk = Desk::new();
        let call = if answered { desk.connected() } else { desk.ringing(&["bobby-1"]) };
        let effects = desk.presence(device, change);
        assert_eq!(Desk::ends(&effects), [end], "{device} {answered} {change:?}");
        let other = if device == "alice-1" { "bobby-1" } else { "alice-1" };
        assert!(effects.contains(&deliver(other, ended(call, end, Some(by), 0))), "{device} {answered}");
    }
}

#[test]
fn a_callee_whose_session_expires_rings_on_until_the_time_is_up() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(desk.presence("bobby-1", Presence::Gone(GoneReason::Expired)), []);
    // It came back after all.
    assert_eq!(
        desk.after(1_000).presence("bobby-1", Presence::Arrived),
        [deliver("bobby-1", incoming(call, "alice", Millis::seconds(29)))]
    );
    desk.presence("bobby-1", Presence::Gone(GoneReason::Expired));
    assert_eq!(Desk::ends(&desk.after(29_000).on(Input::Tick)), [EndReason::RingTimeout]);
}

#[test]
fn one_of_two_devices_that_signs_out_leaves_the_other_ringing() {
    let mut desk = Desk::new();
    desk.ringing(&["bobby-1", "bobby-2"]);
    assert_eq!(desk.presence("bobby-1", Presence::Gone(GoneReason::SignedOut)), []);
    let effects = desk.presence("bobby-2", Presence::Gone(GoneReason::SignedOut));
    assert_eq!(Desk::ends(&effects), [EndReason::LoggedOut]);
}

#[test]
fn another_device_of_a_party_does_not_disturb_an_answered_call() {
    let mut desk = Desk::new();
    let call = desk.connected();
    for (device, role) in [("alice-2", Role::Caller), ("bobby-2", Role::Callee)] {
        let seen = snapshot(call, role, CallState::Connected, Some(desk.now));
        let elsewhere = deliver(device, ServerMessage::Elsewhere { call: seen });
        assert_eq!(desk.presence(device, Presence::Arrived), [elsewhere]);
        for change in [Presence::Away, Presence::Resumed, Presence::Gone(GoneReason::SignedOut)] {
            assert_eq!(desk.presence(device, change), [], "{device} {change:?}");
        }
    }
}

#[test]
fn what_is_said_of_an_older_session_counts_for_nothing() {
    let mut desk = Desk::new();
    let call = desk.placed(&["bobby-1"]);
    let newer = Present { since: signed_in() + Millis::new(5), ..present("bobby-1") };
    let arrived = Input::Bus(ToCalls::Presence { of: newer.clone(), change: Presence::Arrived });
    assert_eq!(desk.on(arrived), [deliver("bobby-1", incoming(call, "alice", Millis::seconds(30)))]);
    // The session on the node that the device has left ends later.
    for change in [Presence::Away, Presence::Gone(GoneReason::SignedOut)] {
        assert_eq!(desk.presence("bobby-1", change), [], "{change:?}");
    }
    let gone = Presence::Gone(GoneReason::SignedOut);
    let effects = desk.on(Input::Bus(ToCalls::Presence { of: newer, change: gone }));
    assert_eq!(Desk::ends(&effects), [EndReason::LoggedOut]);
}
