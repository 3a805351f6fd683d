use super::*;

pub(super) fn snapshot(
    call: CallId,
    role: Role,
    state: CallState,
    answered_at: Option<Timestamp>,
) -> CallSnapshot {
    CallSnapshot {
        call_id: call,
        role,
        state,
        peer: attendee(if role == Role::Caller { "bobby" } else { "alice" }).party,
        context: Context::parse("Your order").unwrap(),
        images: CallImages::default(),
        answered_at,
        peer_muted: false,
        muted: false,
        held: false,
        peer_held: false,
    }
}

fn find(call: CallId, device: &str) -> Effect {
    Effect::ToSessions(ToSessions::Find { call, user: user(device) })
}

#[test]
fn the_other_devices_of_both_are_found_after_the_answer_and_told() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    let effects = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert_eq!(effects.last(), Some(&find(call, "alice")), "one user at a time");
    let at = Some(desk.now);
    let seen = |role| ServerMessage::Elsewhere { call: snapshot(call, role, CallState::Answered, at) };
    assert_eq!(
        desk.found(call, &["alice-1", "alice-2"]),
        [find(call, "bobby"), deliver("alice-2", seen(Role::Caller))]
    );
    assert_eq!(desk.found(call, &["bobby-1", "bobby-2"]), [deliver("bobby-2", seen(Role::Callee))]);
    assert_eq!(desk.found(call, &["bobby-1", "bobby-2"]), [], "nobody asked");
    // Whoever signs in later says so.
    assert_eq!(desk.presence("alice-3", Presence::Arrived), [deliver("alice-3", seen(Role::Caller))]);
    assert_eq!(desk.presence("carol-1", Presence::Arrived), []);
}

#[test]
fn where_a_person_has_one_device_nobody_is_looked_for() {
    let mut desk = Desk::new();
    let from = Sender { settings: CallSettings::default(), ..sender("alice-1") };
    let effects = desk.on(Input::Bus(ToCalls::Told { from, message: place("bobby") }));
    let [Effect::Claim { call, .. }] = effects[..] else { panic!("{effects:?}") };
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    desk.found(call, &["bobby-1"]);
    let effects = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert!(!effects.contains(&find(call, "alice")), "{effects:?}");
    assert_eq!(desk.presence("alice-2", Presence::Arrived), []);
}

#[test]
fn they_are_told_again_when_the_call_connects_is_held_and_ends() {
    let mut desk = Desk::new();
    let call = desk.answered();
    desk.found(call, &["alice-1", "alice-2"]);
    desk.found(call, &["bobby-1"]);
    let at = Some(desk.now);
    desk.relay(call, 0, RelayEvent::Heard);
    let connected = snapshot(call, Role::Caller, CallState::Connected, at);
    let told = |call: CallSnapshot| Some(deliver("alice-2", ServerMessage::Elsewhere { call }));
    assert_eq!(desk.relay(call, 1, RelayEvent::Heard).last().cloned(), told(connected.clone()));
    let held = CallSnapshot { peer_held: true, ..connected.clone() };
    let hold = |held| ClientMessage::Hold { call_id: call, held };
    assert_eq!(desk.told("bobby-1", hold(true)).last().cloned(), told(held));
    desk.told("bobby-1", hold(false));
    assert!(desk.granted(call, "bobby-1").contains(&told(connected).unwrap()));
    let effects = desk.told("bobby-1", ClientMessage::Hangup { call_id: call });
    assert_eq!(effects.last(), Some(&deliver("alice-2", ServerMessage::ElsewhereEnded { call_id: call })));
}

#[test]
fn a_device_that_is_gone_is_told_no_more() {
    let mut desk = Desk::new();
    let call = desk.connected();
    desk.found(call, &["alice-1", "alice-2"]);
    desk.presence("alice-2", Presence::Gone(GoneReason::SignedOut));
    let effects = desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert!(!effects.contains(&deliver("alice-2", ServerMessage::ElsewhereEnded { call_id: call })));
}

#[test]
fn a_ringing_device_that_lost_is_withdrawn_and_then_knows_where_the_call_is() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    let withdrawn = ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::AnsweredElsewhere };
    let seen = snapshot(call, Role::Callee, CallState::Answered, Some(desk.now));
    assert_eq!(
        desk.presence("bobby-2", Presence::Arrived),
        [deliver("bobby-2", withdrawn), deliver("bobby-2", ServerMessage::Elsewhere { call: seen })]
    );
}
