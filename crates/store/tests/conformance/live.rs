use tring_protocol::call::{CallEvent, CallEventKind};
use tring_protocol::ids::DeviceId;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallState, DeviceDetails, Platform};
use tring_store::Store;

use crate::at;
use crate::made::{Made, NODE, account, placed};

pub(crate) async fn calls_that_run_say_how_far_they_have_come(store: Store) {
    let (mine, other) = (account(&store).await, account(&store).await);
    let device = DeviceId::parse("device-b").unwrap();
    let steps = [
        CallEventKind::Offered {
            leg: 1,
            device,
            platform: Platform::Web,
            details: DeviceDetails::default(),
            waiting: false,
        },
        CallEventKind::Ringing { leg: 1 },
        CallEventKind::Answered { leg: 1 },
        CallEventKind::Ringing { leg: 2 },
        CallEventKind::Connected,
        CallEventKind::Away { leg: 0 },
        CallEventKind::Ended { reason: EndReason::Hangup, by: None },
    ];
    let call = &Made::new(&mine, 30).calls(1, &(1_000..1_001))[0];
    let mut index = 0;
    let mut next = |what| {
        index += 1;
        CallEvent { call: call.call, index, at: at(1_000 + u64::from(index)), what }
    };
    let journal = store.journal("elsewhere");
    journal.write(&[placed(call)], &[], &[]).await.unwrap();
    let mut states = Vec::new();
    for what in steps {
        let live = store.account(&mine).live_calls().await.unwrap();
        states.extend(live.iter().map(|call| (call.state, call.answered_at)));
        journal.write(&[next(what)], &[], &[]).await.unwrap();
    }
    use CallState::{Answered, Connected, Placed, Ringing};
    let answered = Some(at(1_003));
    let expected = [
        (Placed, None),
        (Placed, None),
        (Ringing, None),
        (Answered, answered),
        (Answered, answered),
        (Connected, answered),
        (Connected, answered),
    ];
    assert_eq!(states, expected);
    assert_eq!(
        store.account(&mine).live_calls().await.unwrap(),
        [],
        "its end is written, its record not yet"
    );
    assert_eq!(store.account(&other).live_calls().await.unwrap(), []);
}

pub(crate) async fn a_call_is_on_hold_as_long_as_one_side_holds_it(store: Store) {
    let mine = account(&store).await;
    let call = &Made::new(&mine, 32).calls(1, &(1_000..1_001))[0];
    let journal = store.journal(NODE);
    journal.write(&[placed(call)], &[], &[]).await.unwrap();
    let taken_over = CallEventKind::TakenOver {
        leg: 2,
        from: 0,
        device: DeviceId::parse("device-c").unwrap(),
        platform: Platform::Web,
        details: DeviceDetails::default(),
    };
    let steps = [
        (CallEventKind::Answered { leg: 1 }, false),
        (CallEventKind::Held { leg: 0 }, true),
        (CallEventKind::Held { leg: 1 }, true),
        (CallEventKind::Resumed { leg: 1 }, true),
        // The caller's new device goes on with what the old one held.
        (taken_over, true),
        (CallEventKind::Resumed { leg: 2 }, false),
    ];
    for (index, (what, on_hold)) in (1..).zip(steps) {
        let event = CallEvent { call: call.call, index, at: at(1_000 + u64::from(index)), what };
        journal.write(std::slice::from_ref(&event), &[], &[]).await.unwrap();
        let live = store.account(&mine).live_calls().await.unwrap();
        assert_eq!(live[0].on_hold, on_hold, "{:?}", event.what);
    }
}

pub(crate) async fn the_newest_call_that_runs_comes_first(store: Store) {
    let account = account(&store).await;
    let calls = Made::new(&account, 31).calls(3, &(1_000..9_000_000));
    let journal = store.journal(NODE);
    for call in &calls {
        journal.write(&[placed(call)], &[], &[]).await.unwrap();
    }
    journal.write(&[], &calls[..1], &[]).await.unwrap();
    let live = store.account(&account).live_calls().await.unwrap();
    let mut running: Vec<_> = calls[1..].iter().map(|call| call.call).collect();
    running.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    assert_eq!(live.iter().map(|call| call.call_id).collect::<Vec<_>>(), running);
    assert_eq!(live[0].caller, calls.iter().find(|call| call.call == running[0]).unwrap().caller);
}
