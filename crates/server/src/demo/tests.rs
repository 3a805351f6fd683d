use std::collections::HashSet;
use tring_protocol::call::{CallEventKind, CallRecord};
use tring_protocol::http::calls::CallFilter;
use tring_protocol::ids::AccountId;
use tring_protocol::limits;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::MediaPath;
use tring_protocol::time::Timestamp;
use tring_store::{FigureQuery, Segment, SlotLength, Store, Sums};

use super::day::{self, DAY};
use super::fill::{Plan, fill};
use super::people::Town;
use super::story::Story;

/// A Monday, midnight.
const MONDAY: u64 = 20_409 * DAY;
const PLAN: Plan = Plan { weeks: 2, calls_per_day: 30, seed: 7 };

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn weeks_of_stories() -> Vec<Story> {
    let (account, town) = (AccountId::parse("demo").unwrap(), Town::of(1));
    let days = (0..42).map(|day| day::calls(&account, &town, 1, at(MONDAY + day * DAY), 240));
    days.flatten().collect()
}

#[test]
fn calls_of_some_weeks_end_for_every_reason() {
    let reasons: HashSet<_> = weeks_of_stories()
        .iter()
        .filter_map(|story| CallRecord::fold(&story.events))
        .map(|r| r.reason)
        .collect();
    let missing: Vec<_> = EndReason::ALL.iter().filter(|reason| !reasons.contains(reason)).collect();
    assert_eq!(missing, Vec::<&EndReason>::new());
}

#[test]
fn events_follow_each_other_without_a_gap_and_fold_into_what_was_told() {
    for Story { events, samples } in weeks_of_stories() {
        let record = CallRecord::fold(&events).expect("it begins with placed");
        assert!(
            events.iter().zip(0..).all(|(event, index)| event.index == index && event.call == record.call)
        );
        assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at), "{events:?}");
        assert_eq!(record.call.placed_at(), record.placed_at);
        let Some(CallEventKind::Ended { reason, by }) = events.last().map(|event| &event.what) else {
            panic!("{events:?} do not end");
        };
        assert_eq!((record.reason, record.ended_by), (*reason, *by));
        assert_eq!(record.caller_quality.is_some(), record.connected_at.is_some());
        assert_eq!(record.callee_quality.is_some(), record.connected_at.is_some());
        assert!(record.talk_time() <= limits::CALL_DURATION_MAX + limits::MEDIA_LOST, "{record:?}");
        assert_ne!(record.caller, record.callee);
        let talk = record.connected_at.unwrap_or(record.ended_at)..record.ended_at;
        assert!(samples.iter().all(|(call, sample)| *call == record.call && talk.contains(&sample.at)));
        assert!(samples.len() < 2 * limits::QUALITY_SAMPLES_MAX as usize);
    }
}

#[test]
fn calls_of_some_weeks_show_all_that_can_happen_to_a_call() {
    let stories = weeks_of_stories();
    let happens = |what: fn(&CallEventKind) -> bool| {
        stories.iter().flat_map(|story| &story.events).any(|event| what(&event.what))
    };
    assert!(happens(|what| matches!(what, CallEventKind::Held { .. })));
    assert!(happens(|what| matches!(what, CallEventKind::Resumed { .. })));
    assert!(happens(|what| matches!(what, CallEventKind::TakenOver { .. })));
    for path in [MediaPath::Udp, MediaPath::Tcp, MediaPath::TurnTls] {
        let by_it = |story: &Story| {
            let quality = CallRecord::fold(&story.events)?.callee_quality?;
            (quality.path == Some(path)).then_some(())
        };
        assert!(stories.iter().any(|story| by_it(story).is_some()), "{path:?}");
    }
    let reported =
        stories.iter().flat_map(|story| &story.samples).filter(|(_, sample)| sample.concealed.is_some());
    assert!(reported.count() > 1_000);
}

#[test]
fn the_same_seed_tells_the_same_and_another_does_not() {
    let account = AccountId::parse("demo").unwrap();
    let told = |seed| day::calls(&account, &Town::of(seed), seed, at(MONDAY), 50);
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
    assert_ne!(day::calls(&account, &Town::of(1), 1, at(MONDAY), 50).len(), 0, "a day has calls");
}

async fn figures(store: &Store, account: &AccountId) -> Sums {
    let segment = Segment { from: at(0), to: at(MONDAY + 400 * DAY), offset: 0 };
    let query = FigureQuery { segments: vec![segment], slot: SlotLength::Day, previous: at(0)..at(0) };
    store.account(account).figures(&query).await.unwrap().totals
}

#[tokio::test]
async fn filling_again_adds_only_what_has_come_since() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::in_directory(directory.path()).await.unwrap();
    let noon = at(MONDAY + DAY / 2);
    let first = fill(&store, PLAN, noon).await.unwrap();
    assert!(first.calls > 200, "{first:?}");
    let counted = figures(&store, &first.account).await;
    assert_eq!(counted.calls(), first.calls);
    assert_eq!(fill(&store, PLAN, noon).await.unwrap().calls, 0);
    assert_eq!(figures(&store, &first.account).await, counted);

    let evening = fill(&store, PLAN, at(MONDAY + DAY * 22 / 24)).await.unwrap();
    assert!(evening.calls > 0);
    let all = fill(&store, PLAN, at(MONDAY + 3 * DAY)).await.unwrap();
    let total = first.calls + evening.calls + all.calls;
    assert_eq!(figures(&store, &first.account).await.calls(), total);

    let log = store.account(&first.account);
    let newest = log.search(&CallFilter::default()).await.unwrap().items;
    assert!(newest.iter().all(|call| call.ended_at <= at(MONDAY + 3 * DAY)), "no call of the future");
    let users = log.users(None, None).await.unwrap();
    assert!(users.items.iter().all(|user| user.name.is_some()));
}
