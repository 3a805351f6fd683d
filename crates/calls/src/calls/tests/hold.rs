use super::*;

fn hold(call: CallId, held: bool) -> ClientMessage {
    ClientMessage::Hold { call_id: call, held }
}

fn is_held(call: CallId, held: bool) -> ServerMessage {
    ServerMessage::Held { call_id: call, held }
}

fn peer_held(call: CallId, held: bool) -> ServerMessage {
    ServerMessage::PeerHeld { call_id: call, held }
}

fn ends_of(call: CallId) -> (LegId, LegId) {
    (LegId { call, index: 0 }, LegId { call, index: 1 })
}

#[test]
fn a_hold_frees_the_slot_and_stops_the_audio() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let (a, b) = ends_of(call);
    assert_eq!(
        desk.told("bobby-1", hold(call, true)),
        [
            desk.log(call, 7, CallEventKind::Held { leg: 1 }),
            release(call, "bobby"),
            Effect::Unbridge { a, b },
            deliver("bobby-1", is_held(call, true)),
            deliver("alice-1", peer_held(call, true)),
        ]
    );
    // Saying it again confirms it again.
    assert_eq!(desk.told("bobby-1", hold(call, true)), [deliver("bobby-1", is_held(call, true))]);
}

#[test]
fn going_on_claims_the_slot_and_is_said_before_the_audio() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let (a, b) = ends_of(call);
    desk.told("alice-1", hold(call, true));
    let claim = Effect::Claim { call, user: user("alice"), with: user("bobby") };
    assert_eq!(desk.told("alice-1", hold(call, false)), [claim]);
    assert_eq!(desk.told("alice-1", hold(call, false)), []);
    assert_eq!(
        desk.granted(call, "alice-1"),
        [
            desk.log(call, 8, CallEventKind::Resumed { leg: 0 }),
            deliver("alice-1", is_held(call, false)),
            deliver("bobby-1", peer_held(call, false)),
            Effect::Bridge { a, b },
        ]
    );
    assert_eq!(desk.told("alice-1", hold(call, false)), [deliver("alice-1", is_held(call, false))]);
}

#[test]
fn a_call_that_both_hold_is_heard_when_both_go_on() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("alice-1", hold(call, true));
    let unbridged = |effects: &[Effect]| effects.iter().any(|it| matches!(it, Effect::Unbridge { .. }));
    let bridged = |effects: &[Effect]| effects.iter().any(|it| matches!(it, Effect::Bridge { .. }));
    assert!(!unbridged(&desk.told("bobby-1", hold(call, true))), "it is unbridged already");
    desk.told("alice-1", hold(call, false));
    assert!(!bridged(&desk.granted(call, "alice-1")), "the other side still holds it");
    desk.told("bobby-1", hold(call, false));
    assert!(bridged(&desk.granted(call, "bobby-1")));
}

#[test]
fn a_slot_that_is_taken_is_claimed_again_until_patience_ends() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", hold(call, true));
    desk.told("bobby-1", hold(call, false));
    let other = CallId::new(desk.now, [9; 10]);
    let taken = |desk: &mut Desk| {
        let claim = Claim::Taken { by: other, with: user("carol") };
        desk.on(Input::Claimed { call, user: user("bobby"), claim })
    };
    let claim = Effect::Claim { call, user: user("bobby"), with: user("alice") };
    for _ in 0..49 {
        assert_eq!(taken(&mut desk), []);
        assert_eq!(desk.after(99).on(Input::Tick), []);
        assert_eq!(desk.after(1).on(Input::Tick), std::slice::from_ref(&claim));
    }
    assert_eq!(taken(&mut desk), []);
    assert_eq!(desk.after(100).on(Input::Tick), [deliver("bobby-1", is_held(call, true))]);
    assert_eq!(desk.after(10_000).on(Input::Tick), []);
    // The person may try again.
    assert_eq!(desk.told("bobby-1", hold(call, false)), [claim]);
}

#[test]
fn a_slot_that_comes_when_it_is_no_longer_wanted_is_given_back() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", hold(call, true));
    desk.told("bobby-1", hold(call, false));
    assert_eq!(desk.told("bobby-1", hold(call, true)), [deliver("bobby-1", is_held(call, true))]);
    assert_eq!(desk.granted(call, "bobby-1"), [release(call, "bobby")]);

    // Nor is it kept when the call has ended meanwhile.
    desk.told("bobby-1", hold(call, false));
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert!(effects.contains(&release(call, "bobby")));
    assert_eq!(desk.granted(call, "bobby-1"), [release(call, "bobby")]);
}

#[test]
fn whoever_wants_the_slot_again_while_it_is_claimed_gets_it() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", hold(call, true));
    for held in [false, true, false] {
        desk.told("bobby-1", hold(call, held));
    }
    let effects = desk.granted(call, "bobby-1");
    assert!(effects.contains(&deliver("bobby-1", is_held(call, false))), "{effects:?}");
}

#[test]
fn an_unanswered_call_cannot_be_held() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    for device in ["alice-1", "bobby-1"] {
        assert_eq!(desk.told(device, hold(call, true)), []);
    }
}

#[test]
fn a_call_on_hold_neither_connects_nor_falls_silent() {
    let mut desk = Desk::new();
    let call = desk.answered();
    desk.after(10_000).told("alice-1", hold(call, true));
    assert_eq!(desk.after(60_000).on(Input::Tick), []);
    desk.told("alice-1", hold(call, false));
    desk.granted(call, "alice-1");
    // It has its whole time to connect from now on.
    assert_eq!(desk.after(14_999).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::ConnectTimeout]);

    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("alice-1", hold(call, true));
    desk.relay(call, 0, RelayEvent::Silent);
    desk.after(29_000).told("alice-1", hold(call, false));
    desk.granted(call, "alice-1");
    assert_eq!(desk.after(29_999).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::ConnectionLost]);
}

#[test]
fn a_silent_device_on_hold_is_asked_after_and_lost_when_two_searches_miss_it() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.found_after_answer(call);
    desk.told("alice-1", hold(call, true));
    desk.relay(call, 1, RelayEvent::Silent);
    let find = Effect::ToSessions(ToSessions::Find { call, user: user("bobby") });
    for found in [&[][..], &["bobby-1"], &[]] {
        assert_eq!(desk.after(29_999).on(Input::Tick), []);
        assert_eq!(desk.after(1).on(Input::Tick), std::slice::from_ref(&find));
        assert_eq!(desk.found(call, found), []);
    }
    assert_eq!(desk.after(30_000).on(Input::Tick), [find]);
    assert_eq!(Desk::ends(&desk.found(call, &[])), [EndReason::ConnectionLost]);
}

#[test]
fn a_device_that_is_away_on_hold_is_lost_after_its_grace() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("alice-1", hold(call, true));
    desk.presence("bobby-1", Presence::Away);
    assert_eq!(desk.after(89_999).on(Input::Tick), []);
    assert_eq!(Desk::ends(&desk.after(1).on(Input::Tick)), [EndReason::ConnectionLost]);
}

#[test]
fn a_reloaded_page_learns_what_is_held_and_muted() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", hold(call, true));
    desk.told("alice-1", ClientMessage::Mute { call_id: call, muted: true });
    let told = |effects: Vec<Effect>| match &effects[..] {
        [Effect::ToSessions(ToSessions::Deliver { message: ServerMessage::Restored { call }, .. })] => {
            (call.held, call.peer_held, call.muted, call.peer_muted)
        }
        _ => panic!("{effects:?}"),
    };
    assert_eq!(told(desk.presence("bobby-1", Presence::Arrived)), (true, false, false, true));
    assert_eq!(told(desk.presence("alice-1", Presence::Arrived)), (false, true, true, false));
}

#[test]
fn a_connection_that_is_opened_again_on_hold_is_not_bridged() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.told("bobby-1", hold(call, true));
    desk.told("alice-1", ClientMessage::MediaOffer { call_id: call, sdp: sdp("offer") });
    let leg = LegId { call, index: 0 };
    assert_eq!(
        desk.on(Input::RelayAnswer { leg, answer: Ok(sdp("answer")) }),
        [deliver("alice-1", ServerMessage::MediaAnswer { call_id: call, sdp: sdp("answer") })]
    );
}

#[test]
fn a_user_is_engaged_in_what_they_do_not_hold() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let engaged = |desk: &Desk| desk.calls.engaged().map(|(_, user)| user.clone()).collect::<Vec<_>>();
    assert_eq!(engaged(&desk), [user("alice"), user("bobby")]);
    desk.told("alice-1", hold(call, true));
    assert_eq!(engaged(&desk), [user("bobby")]);
}

#[test]
fn signing_out_ends_every_call_of_the_device_held_or_not() {
    let mut desk = Desk::new();
    let held = desk.connected();
    desk.told("alice-1", hold(held, true));
    let effects = desk.told("alice-1", place("carol"));
    let [Effect::Claim { call, .. }] = effects[..] else { panic!("{effects:?}") };
    desk.granted(call, "alice-1");
    desk.granted(call, "carol-1");
    desk.found(call, &["carol-1"]);
    let effects = desk.presence("alice-1", Presence::Gone(GoneReason::SignedOut));
    assert_eq!(Desk::ends(&effects), [EndReason::Hangup, EndReason::Caller]);
    assert!(desk.calls.is_empty());
}
