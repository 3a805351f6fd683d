//! Keeps calls for as long as their account says, and not longer: once an hour what is too old is hidden at once and
//! then removed little by little, so that calls that run never wait long for the database.
//!
//! Every node may do so; what one has removed another no longer finds.

use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tring_protocol::time::Timestamp;
use tring_store::{Forgotten, Store, StoreError};

use crate::clock::Clock;

/// Settings promise that calls are gone within the hour.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Rest between two steps of a few hundred calls. Higher: old calls go more slowly; lower: more of the disk's time.
const REST: Duration = Duration::from_millis(50);

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Runs until `stop`.
pub(crate) async fn run(store: Store, clock: Clock, stop: CancellationToken) {
    let work = async {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            if let Err(error) = keep(&store, clock.now()).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "old calls cannot be removed");
            }
        }
    };
    // A step that is cut off is done by the database or not at all.
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

async fn keep(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    for account in store.accounts().await? {
        let account = store.account(&account.id);
        let days = match account.settings().await {
            Ok(settings) => u64::from(settings.retention_days),
            // Deleted since the list was read.
            Err(StoreError::NoSuchAccount(_)) => continue,
            Err(error) => return Err(error),
        };
        let oldest = Timestamp::from_millis(now.as_millis().saturating_sub(days * DAY));
        account.keep_since(oldest).await?;
        while account.forget().await? == Forgotten::Some {
            tokio::time::sleep(REST).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use tring_protocol::http::account::SettingsChange;
    use tring_protocol::http::calls::CallFilter;
    use tring_store::Actor;

    #[tokio::test]
    async fn calls_are_kept_for_as_many_days_as_their_account_says() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::in_directory(directory.path()).await.unwrap();
        let now = Timestamp::from_millis(20_409 * DAY + DAY / 2);
        let plan = demo::Plan { weeks: 2, calls_per_day: 10, seed: 1 };
        let demo = demo::fill(&store, plan, now).await.unwrap().account;
        let account = store.account(&demo);
        let oldest = || async {
            let mut export = account.export(CallFilter::default());
            let mut oldest = None;
            while let Some(calls) = export.next().await.unwrap() {
                oldest = calls.last().map(|call| call.placed_at).or(oldest);
            }
            oldest.unwrap()
        };
        let before = oldest().await;
        keep(&store, now).await.unwrap();
        assert_eq!(oldest().await, before, "all are younger than the default");

        let fewer = SettingsChange { retention_days: Some(3), ..SettingsChange::default() };
        account.change(&Actor::Operator, now).settings(&fewer).await.unwrap();
        keep(&store, now).await.unwrap();
        let cut = Timestamp::from_millis(20_406 * DAY);
        let kept = oldest().await;
        assert!(kept >= cut && kept < Timestamp::from_millis(cut.as_millis() + DAY), "{kept:?}");
        assert_eq!(
            account.forget().await.unwrap(),
            Forgotten::Nothing,
            "the rest is removed, not only hidden"
        );
    }
}
