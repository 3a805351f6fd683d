use super::*;

#[test]
fn a_call_ends_once_and_frees_everything_before_anybody_is_told() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let effects = desk.after(2_000).told("bobby-1", ClientMessage::Hangup { call_id: call });
    let (reason, by) = (EndReason::Hangup, Some(Role::Callee));
    let record = effects.iter().find_map(|effect| match effect {
        Effect::Finish(record) => Some((**record).clone()),
        _ => None,
    });
    let record = record.unwrap();
    assert_eq!((record.reason, record.ended_by, record.talk_time()), (reason, by, Millis::seconds(2)));
    assert_eq!(
        effects,
        [
            desk.log(call, 7, CallEventKind::Ended { reason, by }),
            Effect::Finish(Box::new(record)),
            Effect::CloseRelay { leg: LegId { call, index: 0 } },
            Effect::CloseRelay { leg: LegId { call, index: 1 } },
            release(call, "alice"),
            release(call, "bobby"),
            deliver("alice-1", ended(call, reason, by, 2)),
            deliver("bobby-1", ended(call, reason, by, 2)),
        ]
    );
    assert!(desk.calls.is_empty());
    assert_eq!(desk.on(Input::End { call, reason: EndReason::EndedByServer }), []);
    assert_eq!(desk.relay(call, 0, RelayEvent::Heard), []);
}

#[test]
fn a_late_word_is_answered_with_the_same_end_for_a_while() {
    let mut desk = Desk::new();
    let call = desk.ringing(&["bobby-1", "bobby-2"]);
    desk.told("bobby-1", ClientMessage::Decline { call_id: call, reason: DeclineReason::User });
    let message = ended(call, EndReason::User, Some(Role::Callee), 0);
    let withdrawn = ServerMessage::Withdrawn { call_id: call, reason: WithdrawnReason::DeclinedElsewhere };
    let hangup = ClientMessage::Hangup { call_id: call };
    assert_eq!(desk.told("alice-1", hangup.clone()), [deliver("alice-1", message.clone())]);
    assert_eq!(desk.told("bobby-2", hangup.clone()), [deliver("bobby-2", withdrawn)]);
    assert_eq!(desk.told("carol-1", hangup.clone()), []);

    // A page that was reloaded, or whose session was lost, may have missed it.
    assert_eq!(desk.presence("alice-1", Presence::Arrived), [deliver("alice-1", message)]);

    desk.after(60_000).on(Input::Tick);
    assert_eq!(desk.told("alice-1", hangup), []);
    assert_eq!(desk.presence("alice-1", Presence::Arrived), []);
}

#[test]
fn the_business_may_end_a_call() {
    let mut desk = Desk::new();
    let call = desk.connected();
    let effects = desk.on(Input::End { call, reason: EndReason::EndedByServer });
    assert!(effects.contains(&deliver("alice-1", ended(call, EndReason::EndedByServer, None, 0))));
}

#[test]
fn the_calls_of_a_lost_node_end_at_the_last_that_is_known_of_them() {
    let mut lost = Desk::new();
    let mut events = Vec::new();
    let call = lost.place();
    let mut keep = |effects: Vec<Effect>| {
        for effect in effects {
            if let Effect::Log(event) = effect {
                events.push(event);
            }
        }
    };
    keep(lost.granted(call, "alice-1"));
    keep(lost.granted(call, "bobby-1"));
    keep(lost.found(call, &["bobby-1"]));
    keep(lost.after(1_000).told("bobby-1", ClientMessage::Answer { call_id: call }));
    keep(lost.after(5_000).presence("bobby-1", Presence::Away));
    let last = lost.now;

    let find = |device| Effect::ToSessions(ToSessions::Find { call, user: user(device) });
    let mut heir = Desk::new();
    let effects = heir.after(3_600_000).on(Input::Recover { events: events.clone() });
    let reason = EndReason::NodeLost;
    let end = CallEvent { call, index: 4, at: last, what: CallEventKind::Ended { reason, by: None } };
    assert_eq!(
        without_records(effects),
        [
            Effect::Log(end.clone()),
            release(call, "alice"),
            release(call, "bobby"),
            deliver("alice-1", ended(call, reason, None, 5)),
            deliver("bobby-1", ended(call, reason, None, 5)),
            find("alice"),
        ]
    );
    // Whoever was told that the call goes on elsewhere, or was about to take it over, learns that it does not.
    let lost = |device| deliver(device, ended(call, reason, None, 5));
    let over = |device| deliver(device, ServerMessage::ElsewhereEnded { call_id: call });
    assert_eq!(
        heir.found(call, &["alice-1", "alice-2"]),
        [over("alice-1"), lost("alice-2"), over("alice-2"), find("bobby")]
    );
    assert_eq!(heir.found(call, &["bobby-2"]), [lost("bobby-2"), over("bobby-2")]);
    assert_eq!(heir.found(call, &["bobby-2"]), []);
    // A device that signs in afterwards hears of it too.
    assert_eq!(
        heir.presence("alice-1", Presence::Arrived),
        [deliver("alice-1", ended(call, reason, None, 5))]
    );

    events.push(end);
    assert_eq!(heir.on(Input::Recover { events }), []);
    assert_eq!(heir.on(Input::Recover { events: Vec::new() }), []);
}

#[test]
fn a_timer_is_asked_for_when_it_is_nearer_than_the_last() {
    let mut desk = Desk::new();
    let start = desk.now;
    let message = place("bobby");
    let effects = desk.on_with_timer(Input::Bus(ToCalls::Told { from: sender("alice-1"), message }));
    assert_eq!(effects.last(), Some(&Effect::Timer(start + Millis::seconds(10))));
    let [Effect::Claim { call, .. }, _] = effects[..] else { panic!("{effects:?}") };
    desk.granted(call, "alice-1");
    desk.granted(call, "bobby-1");
    desk.found(call, &["bobby-1"]);
    // The one that was asked for comes for nothing, and the call's own is asked for.
    assert_eq!(desk.after(10_000).on_with_timer(Input::Tick), [Effect::Timer(start + Millis::seconds(30))]);
    desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert_eq!(desk.after(20_000).on_with_timer(Input::Tick), []);
}

#[test]
fn the_live_calls_of_an_account_are_its_own() {
    let mut desk = Desk::new();
    let call = desk.answered();
    let (acme, other) = (AccountId::parse("acme").unwrap(), AccountId::parse("other").unwrap());
    assert_eq!(desk.calls.live_of(&acme).collect::<Vec<_>>(), [call]);
    assert_eq!(desk.calls.live_of(&other).count(), 0);
    assert_eq!(desk.calls.account_of(call), Some(&acme));

    desk.told("alice-1", ClientMessage::Hangup { call_id: call });
    assert_eq!(desk.calls.live_of(&acme).count(), 0);
    assert_eq!(desk.calls.account_of(call), None);
}
