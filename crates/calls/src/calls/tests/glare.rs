use super::*;

fn taken(by: CallId, with: &str) -> Claim {
    Claim::Taken { by, with: user(with) }
}

fn join(call: CallId, from: &str) -> ToCalls {
    ToCalls::Join { call, from: sender(from), reference: "r1".into() }
}

fn placed_as_callee(call: CallId) -> ServerMessage {
    ServerMessage::Placed { reference: "r1".into(), call_id: call, role: Role::Callee }
}

/// An id that sorts before, or after, every id of the desk.
fn other_call(sorts: std::cmp::Ordering) -> CallId {
    let at = if sorts.is_lt() { 1 } else { 9_000_000 };
    CallId::new(Timestamp::from_millis(at), [3; 10])
}

#[test]
fn dialling_the_one_who_calls_is_answering() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    let effects = desk.told("bobby-1", place("alice"));
    let [Effect::Claim { call: attempt, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(
        desk.on(Input::Claimed { call: attempt, user: user("bobby"), claim: taken(call, "alice") }),
        [Effect::ToCalls(join(call, "bobby-1"))]
    );

    let answered = ServerMessage::Answered { call_id: call, at: desk.now };
    assert_eq!(
        desk.on(Input::Bus(join(call, "bobby-1"))),
        [
            deliver("bobby-1", placed_as_callee(call)),
            desk.log(call, 4, CallEventKind::Answered { leg: 1 }),
            deliver(
                "bobby-2",
                ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::AnsweredElsewhere }
            ),
            deliver("alice-1", answered.clone()),
            deliver("bobby-1", answered),
            Effect::ToSessions(ToSessions::Find { call, user: user("alice") }),
        ]
    );
    assert_eq!(desk.calls.len(), 1);
}

#[test]
fn a_device_that_was_not_rung_may_dial_itself_into_the_call() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    let effects = desk.on(Input::Bus(join(call, "bobby-2")));
    assert_eq!(
        effects[..2],
        [desk.log(call, 3, offered(2, "bobby-2")), deliver("bobby-2", placed_as_callee(call))]
    );
    assert_eq!(effects[2], desk.log(call, 4, CallEventKind::Answered { leg: 2 }));
}

#[test]
fn of_two_calls_that_cross_the_higher_gives_way_without_a_trace() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    let lower = other_call(std::cmp::Ordering::Less);
    assert_eq!(
        desk.on(Input::Claimed { call, user: user("bobby"), claim: taken(lower, "alice") }),
        [release(call, "alice"), Effect::ToCalls(join(lower, "alice-1"))]
    );
    assert!(desk.calls.is_empty());
    // What was still asked for finds nobody.
    assert_eq!(desk.found(call, &["bobby-1"]), []);
}

#[test]
fn of_two_calls_that_cross_the_lower_takes_the_other_in() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.found(call, &["bobby-1"]);
    let higher = other_call(std::cmp::Ordering::Greater);
    assert_eq!(desk.on(Input::Claimed { call, user: user("bobby"), claim: taken(higher, "alice") }), []);

    let claim = Effect::Claim { call, user: user("bobby"), with: user("alice") };
    assert_eq!(desk.on(Input::Bus(join(call, "bobby-1"))), [claim]);
    let effects = desk.granted(call, "bobby-1");
    assert_eq!(Desk::ends(&effects), []);
    let answered = ServerMessage::Answered { call_id: call, at: desk.now };
    assert_eq!(
        effects[1..],
        [
            deliver(
                "alice-1",
                ServerMessage::Placed { reference: "r1".into(), call_id: call, role: Role::Caller }
            ),
            desk.log(call, 1, offered(1, "bobby-1")),
            deliver("bobby-1", placed_as_callee(call)),
            desk.log(call, 2, CallEventKind::Answered { leg: 1 }),
            deliver("alice-1", answered.clone()),
            deliver("bobby-1", answered),
            Effect::ToSessions(ToSessions::Find { call, user: user("alice") }),
        ]
    );
}

#[test]
fn the_survivor_asks_again_when_the_other_attempt_just_goes_away() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.found(call, &["bobby-1"]);
    let higher = other_call(std::cmp::Ordering::Greater);
    desk.on(Input::Claimed { call, user: user("bobby"), claim: taken(higher, "alice") });
    let again = Effect::Claim { call, user: user("bobby"), with: user("alice") };
    assert_eq!(desk.after(100).on(Input::Tick), [again]);
    let effects = desk.granted(call, "bobby-1");
    assert_eq!(effects.last(), Some(&deliver("bobby-1", incoming(call, "alice", Millis::seconds(30)))));
}

#[test]
fn who_comes_too_late_or_does_not_belong_is_rejected() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let in_progress = ErrorCode::OutgoingCallInProgress;
    for device in ["bobby-2", "carol-1", "alice-2"] {
        assert_eq!(desk.on(Input::Bus(join(call, device))), [rejected(device, in_progress)], "{device}");
    }
    let unknown = other_call(std::cmp::Ordering::Less);
    assert_eq!(desk.on(Input::Bus(join(unknown, "bobby-1"))), [rejected("bobby-1", in_progress)]);
}

#[test]
fn whoever_joined_an_attempt_that_comes_to_nothing_is_rejected() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.on(Input::Bus(join(call, "bobby-1")));
    assert_eq!(
        desk.presence("alice-1", Presence::Gone(GoneReason::Expired)),
        [
            rejected("bobby-1", ErrorCode::OutgoingCallInProgress),
            release(call, "alice"),
            release(call, "bobby")
        ]
    );
}
