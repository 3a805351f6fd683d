use super::*;

#[test]
fn a_call_is_on_record_only_when_both_slots_are_claimed() {
    let mut desk = Desk::new();
    let effects = desk.told("alice-1", place("bobby"));
    let [Effect::Claim { call, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(effects, [Effect::Claim { call, user: user("alice"), with: user("bobby") }]);

    assert_eq!(
        desk.granted(call, "alice-1"),
        [
            Effect::ToSessions(ToSessions::Find { call, user: user("bobby") }),
            Effect::Claim { call, user: user("bobby"), with: user("alice") },
        ]
    );
    assert_eq!(desk.granted(call, "bobby-1"), []);

    let placed = CallEventKind::Placed {
        account: AccountId::parse("acme").unwrap(),
        caller: Cuid::parse("alice").unwrap(),
        device: address("alice-1").device,
        platform: Platform::Web,
        details: details("alice-1"),
        callee: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your order").unwrap(),
    };
    assert_eq!(
        desk.found(call, &["bobby-1", "bobby-2"]),
        [
            desk.log(call, 0, placed),
            deliver(
                "alice-1",
                ServerMessage::Placed { reference: "r1".into(), call_id: call, role: Role::Caller }
            ),
            desk.log(call, 1, offered(1, "bobby-1")),
            deliver("bobby-1", incoming(call, "alice", Millis::seconds(30))),
            desk.log(call, 2, offered(2, "bobby-2")),
            deliver("bobby-2", incoming(call, "alice", Millis::seconds(30))),
        ]
    );
}

#[test]
fn nobody_calls_themselves() {
    let mut desk = Desk::new();
    let effects = desk.told("alice-1", place("alice"));
    assert_eq!(effects, [rejected("alice-1", ErrorCode::InvalidCallParameters)]);
    assert!(desk.calls.is_empty());
}

#[test]
fn a_draining_node_takes_no_new_calls_and_keeps_the_old() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1"]);
    desk.on(Input::Drain);
    assert_eq!(desk.told("carol-1", place("bobby")), [rejected("carol-1", ErrorCode::Draining)]);
    let answered = desk.told("bobby-1", ClientMessage::Answer { call_id: call });
    assert!(answered.contains(&deliver("alice-1", ServerMessage::Answered { call_id: call, at: desk.now })));
}

#[test]
fn a_caller_in_another_call_is_rejected() {
    let mut desk = Desk::new();
    let call = desk.place();
    let other = CallId::new(Timestamp::from_millis(1), [1; 10]);
    let claim = Claim::Taken { by: other, with: user("carol") };
    assert_eq!(
        desk.on(Input::Claimed { call, user: user("alice"), claim }),
        [
            release(call, "alice"),
            release(call, "bobby"),
            rejected("alice-1", ErrorCode::OutgoingCallInProgress)
        ]
    );
    assert!(desk.calls.is_empty());
}

#[test]
fn a_busy_callee_is_not_rung_but_told_who_called() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    let other = CallId::new(Timestamp::from_millis(1), [1; 10]);
    let claim = Claim::Taken { by: other, with: user("carol") };
    assert_eq!(desk.on(Input::Claimed { call, user: user("bobby"), claim }), []);

    let effects = without_records(desk.found(call, &["bobby-1"]));
    let waiting = ServerMessage::CallWaiting {
        call_id: call,
        from: attendee("alice").party,
        context: Context::parse("Your order").unwrap(),
    };
    let busy = CallEventKind::Ended { reason: EndReason::Busy, by: None };
    assert_eq!(
        effects[1..],
        [
            deliver(
                "alice-1",
                ServerMessage::Placed { reference: "r1".into(), call_id: call, role: Role::Caller }
            ),
            deliver("bobby-1", waiting),
            desk.log(call, 1, busy),
            release(call, "alice"),
            deliver("alice-1", ended(call, EndReason::Busy, None, 0)),
        ]
    );
}

#[test]
fn a_callee_without_devices_is_unreachable_at_once() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    let effects = desk.found(call, &[]);
    assert_eq!(Desk::ends(&effects), [EndReason::Unreachable]);
    assert_eq!(effects.last(), Some(&deliver("alice-1", ended(call, EndReason::Unreachable, None, 0))));
    assert!(desk.calls.is_empty());
}

#[test]
fn slots_that_do_not_answer_reject_the_place() {
    let mut desk = Desk::new();
    let call = desk.place();
    assert_eq!(desk.after(9_999).on(Input::Tick), []);
    assert_eq!(
        desk.after(1).on(Input::Tick),
        [release(call, "alice"), release(call, "bobby"), rejected("alice-1", ErrorCode::Internal)]
    );
    // The grant that comes too late is given back.
    assert_eq!(desk.granted(call, "alice-1"), [release(call, "alice")]);
}

#[test]
fn a_caller_who_vanishes_before_the_call_exists_leaves_no_record() {
    let mut desk = Desk::new();
    let call = desk.place();
    let gone = Presence::Gone(GoneReason::Expired);
    assert_eq!(desk.presence("alice-1", gone), [release(call, "alice"), release(call, "bobby")]);
    assert!(desk.calls.is_empty());
}

#[test]
fn a_device_that_signs_in_while_the_others_are_looked_for_rings_too() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.found(call, &["bobby-1", "bobby-2"]);
    desk.presence("bobby-3", Presence::Arrived);
    desk.presence("bobby-1", Presence::Gone(GoneReason::SignedOut));
    let effects = desk.granted(call, "bobby-1");
    assert_eq!(
        effects[2..],
        [
            desk.log(call, 1, offered(1, "bobby-2")),
            deliver("bobby-2", incoming(call, "alice", Millis::seconds(30))),
            desk.log(call, 2, offered(2, "bobby-3")),
            deliver("bobby-3", incoming(call, "alice", Millis::seconds(30))),
        ]
    );
}

#[test]
fn ids_differ_between_nodes_of_different_seeds_and_agree_for_the_same() {
    let id = |seed| {
        let mut desk = Desk { calls: Calls::new(seed), ..Desk::new() };
        desk.place()
    };
    assert_eq!(id([1; 32]), id([1; 32]));
    assert_ne!(id([1; 32]), id([2; 32]));
}

#[test]
fn a_device_that_is_moving_between_nodes_is_rung_once() {
    let mut desk = Desk::new();
    let call = desk.place();
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    let newer = Present { since: signed_in() + Millis::new(5), ..present("bobby-1") };
    let gone = Presence::Gone(GoneReason::Expired);
    desk.presence("bobby-1", gone);
    let devices = vec![newer, present("bobby-1")];
    let effects = desk.on(Input::Bus(ToCalls::Found { call, devices }));
    assert_eq!(
        effects[2..],
        [
            desk.log(call, 1, offered(1, "bobby-1")),
            deliver("bobby-1", incoming(call, "alice", Millis::seconds(30))),
        ]
    );
}
