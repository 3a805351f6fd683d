use super::*;

fn leg(call: CallId, index: u8) -> LegId {
    LegId { call, index }
}

#[test]
fn an_offer_is_answered_while_it_rings_and_bridged_on_the_answer() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    for (index, device) in [(0, "alice-1"), (1, "bobby-1")] {
        assert_eq!(
            desk.told(device, ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") }),
            [Effect::OpenRelay { leg: leg(call, index), offer: sdp("offer") }]
        );
        assert_eq!(
            desk.on(Input::RelayAnswer { leg: leg(call, index), answer: Ok(sdp("answer")) }),
            [deliver(device, ServerMessage::MediaAnswer { call_id: call, sdp: sdp("answer") })]
        );
    }
    let effects = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert!(effects.contains(&Effect::Bridge { a: leg(call, 0), b: leg(call, 1) }), "{effects:?}");
}

#[test]
fn legs_that_open_after_the_answer_are_bridged_when_both_are_open() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    for device in ["alice-1", "bobby-1"] {
        desk.told(device, ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    }
    let first = desk.on(Input::RelayAnswer { leg: leg(call, 1), answer: Ok(sdp("answer")) });
    assert_eq!(first, [deliver("bobby-1", ServerMessage::MediaAnswer { call_id: call, sdp: sdp("answer") })]);
    let second = desk.on(Input::RelayAnswer { leg: leg(call, 0), answer: Ok(sdp("answer")) });
    assert_eq!(
        second,
        [
            deliver("alice-1", ServerMessage::MediaAnswer { call_id: call, sdp: sdp("answer") }),
            Effect::Bridge { a: leg(call, 0), b: leg(call, 1) }
        ]
    );
}

#[test]
fn a_refused_offer_is_said_and_nothing_is_bridged() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    desk.told("alice-1", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    let answer = Err(ErrorCode::MediaOfferRefused.into());
    assert_eq!(
        desk.on(Input::RelayAnswer { leg: leg(call, 0), answer }),
        [deliver(
            "alice-1",
            ServerMessage::MediaRefused { call_id: call, error: ErrorCode::MediaOfferRefused.into() }
        )]
    );
}

#[test]
fn a_call_is_connected_when_both_sides_hear() {
    let mut desk = Desk::new();
    let call = desk.answered();
    assert_eq!(
        desk.after(40).relay(call, 1, RelayEvent::Heard),
        [desk.log(call, 4, CallEventKind::Heard { leg: 1 })]
    );
    let connected = ServerMessage::Connected { call_id: call, at: desk.now };
    assert_eq!(
        desk.relay(call, 0, RelayEvent::Heard),
        [
            desk.log(call, 5, CallEventKind::Heard { leg: 0 }),
            desk.log(call, 6, CallEventKind::Connected),
            deliver("alice-1", connected.clone()),
            deliver("bobby-1", connected),
        ]
    );
    // A replaced connection is heard again, and connects nothing twice.
    assert_eq!(desk.relay(call, 0, RelayEvent::Heard), [desk.log(call, 7, CallEventKind::Heard { leg: 0 })]);
}

#[test]
fn a_device_that_lost_is_not_bridged_and_its_connection_is_closed() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    desk.told("bobby-2", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    let effects = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert_eq!(effects[1], Effect::CloseRelay { leg: leg(call, 2) });
    // The answer to its offer was under way and is for nobody.
    assert_eq!(desk.on(Input::RelayAnswer { leg: leg(call, 2), answer: Ok(sdp("answer")) }), []);
    assert_eq!(desk.relay(call, 2, RelayEvent::Heard), []);
}

#[test]
fn an_answered_call_without_audio_fails_at_its_time() {
    let mut desk = Desk::new();
    desk.answered();
    assert_eq!(desk.after(14_999).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::ConnectTimeout]);
}

#[test]
fn a_call_ends_at_its_longest_duration() {
    let mut desk = Desk::new();
    desk.connected();
    let longest = tring_protocol::limits::CALL_DURATION_MAX.get();
    assert_eq!(desk.after(longest - 1).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::MaxDuration]);
}

#[test]
fn silence_of_a_connected_device_ends_the_call() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.relay(call, 0, RelayEvent::Silent);
    desk.after(20_000).relay(call, 0, RelayEvent::Back);
    desk.relay(call, 1, RelayEvent::Failed);
    assert_eq!(desk.after(29_999).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::ConnectionLost]);
}

#[test]
fn silence_of_a_device_that_is_away_waits_for_its_session() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.presence("bobby-1", Presence::Away);
    desk.relay(call, 1, RelayEvent::Silent);
    assert_eq!(desk.after(59_000).on(Input::Tick), []);
    desk.presence("bobby-1", Presence::Resumed);
    assert_eq!(desk.after(29_000).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1_000).on(Input::Tick)), [EndReason::ConnectionLost]);
}

#[test]
fn a_mute_reaches_the_other_side_once() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let mute = |muted| ClientMessage::Mute { call_id: call, muted };
    let told = |muted| [deliver("bobby-1", ServerMessage::PeerMuted { call_id: call, muted })];
    assert_eq!(desk.told("alice-1", mute(true)), told(true));
    assert_eq!(desk.told("alice-1", mute(true)), []);
    assert_eq!(desk.told("alice-1", mute(false)), told(false));
}

#[test]
fn a_mute_before_the_answer_is_told_with_it() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    assert_eq!(desk.told("alice-1", ClientMessage::Mute { call_id: call, muted: true }), []);
    let effects = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    let muted = deliver("bobby-1", ServerMessage::PeerMuted { call_id: call, muted: true });
    assert!(effects.contains(&muted), "{effects:?}");
}

#[test]
fn a_reloaded_page_never_gets_the_answer_to_the_old_pages_offer() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", ClientMessage::MediaOffer { call_id: call, sdp: sdp("old offer") });
    desk.presence("bobby-1", Presence::Arrived);
    desk.told("bobby-1", ClientMessage::MediaOffer { call_id: call, sdp: sdp("new offer") });
    assert_eq!(desk.on(Input::RelayAnswer { leg: leg(call, 1), answer: Ok(sdp("old answer")) }), []);
    assert_eq!(
        desk.on(Input::RelayAnswer { leg: leg(call, 1), answer: Ok(sdp("new answer")) }),
        [
            deliver("bobby-1", ServerMessage::MediaAnswer { call_id: call, sdp: sdp("new answer") }),
            Effect::Bridge { a: leg(call, 0), b: leg(call, 1) }
        ]
    );
}

#[test]
fn a_flapping_device_does_not_fill_the_journal() {
    let mut desk = Desk::new();
    let call = desk.connected();
    for _ in 0..1_000 {
        desk.relay(call, 0, RelayEvent::Keyed);
    }
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    let end = CallEventKind::Ended { reason: EndReason::Hangup, by: Some(Role::Caller) };
    assert_eq!(effects[0], desk.log(call, tring_protocol::limits::CALL_EVENTS_MAX, end));
}
