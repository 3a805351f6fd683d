//! Carries what changes in accounts to the hub: rules, looks, and that one is no more. Whoever changed it, the
//! dashboard, a backend, the command line or another node, writes to the database; every node looks there once a
//! second, so there is one path, and one that misses nothing.
//!
//! What is found is told to the hub several times. A device may sign in by rules that were read just before a change
//! and reach the hub just after it; it learns of the change when it is told again, and for all others a repetition is
//! nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tring_protocol::ids::AccountId;
use tring_protocol::time::{Millis, Timestamp};
use tring_store::{Store, StoreError};

use crate::clock::Clock;
use crate::hub::{HubHandle, Input};

/// How often is looked. Higher: screens follow later; lower: more questions to the database. An answer without changes
/// is one look into an index.
const EVERY: Duration = Duration::from_secs(1);

/// How far back is looked: longer than the clocks of two nodes are apart together with the longest change. Higher: more
/// rows are passed over; lower: a change by a node whose clock is behind is missed.
const OVERLAP: Millis = Millis::seconds(60);

/// How often a change is told. Together they must last longer than a sign-in takes from reading its rules to the hub.
const REPEATS: u8 = 10;

/// Wakes the watcher at once. Clones wake the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Poke(Arc<Notify>);

impl Poke {
    /// Something was changed just now: look at once. Never waits.
    pub(crate) fn poke(&self) {
        self.0.notify_one();
    }
}

/// The watcher of one node.
#[derive(Debug)]
pub(crate) struct AccountWatcher {
    store: Store,
    hub: HubHandle,
    clock: Clock,
    /// When the database last answered.
    looked_at: Timestamp,
    known: HashMap<AccountId, Known>,
}

/// A change that is recent enough to be found again.
#[derive(Debug, Clone, Copy)]
struct Known {
    changed_at: Timestamp,
    /// How often it is still to be told.
    left: u8,
}

impl AccountWatcher {
    /// A watcher that tells what changes from now on.
    pub(crate) fn new(store: Store, hub: HubHandle, clock: Clock) -> Self {
        let looked_at = clock.now();
        Self { store, hub, clock, looked_at, known: HashMap::new() }
    }

    /// Watches until the node stops.
    pub(crate) async fn run(mut self, poke: Poke, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut is_failing = false;
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = poke.0.notified() => {}
                () = stop.cancelled() => return,
            }
            match self.look().await {
                Ok(()) => is_failing = false,
                Err(error) if !is_failing => {
                    is_failing = true;
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "changes of accounts cannot be read; they are followed later");
                }
                Err(_) => {}
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let since = Timestamp::from_millis(self.looked_at.as_millis().saturating_sub(OVERLAP.get()));
        let found = self.store.changed_accounts(since).await?;
        self.known.retain(|account, _| found.iter().any(|(found, _)| found == account));
        for (account, changed_at) in found {
            let known = self.known.get(&account).filter(|known| known.changed_at == changed_at);
            let left = known.map_or(REPEATS, |known| known.left);
            if left > 0 {
                self.tell(&account).await?;
            }
            self.known.insert(account, Known { changed_at, left: left.saturating_sub(1) });
        }
        self.looked_at = now;
        Ok(())
    }

    async fn tell(&self, account: &AccountId) -> Result<(), StoreError> {
        let account = account.clone();
        let input = match self.store.account(&account).rules().await {
            Ok(rules) => Input::AccountChanged { account, settings: rules.calls, branding: rules.branding },
            Err(StoreError::NoSuchAccount(_)) => Input::AccountGone { account },
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Vault(_))) => {
                // The others' changes must not wait for this one.
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, %account, "a change of an account cannot be read");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.hub.tell(input).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::wall;
    use crate::hub;
    use tokio::sync::mpsc;
    use tring_protocol::settings::Branding;
    use tring_protocol::text::Colour;
    use tring_store::Actor;

    fn ago(seconds: u64) -> Timestamp {
        Timestamp::from_millis(wall().as_millis() - seconds * 1_000)
    }

    struct Desk {
        watcher: AccountWatcher,
        inputs: mpsc::Receiver<Input>,
        store: Store,
        account: AccountId,
        // Removed at the end.
        _dir: tempfile::TempDir,
    }

    impl Desk {
        /// A watcher, and an account that has not changed for a while.
        async fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::in_directory(dir.path()).await.unwrap();
            let account = store.create_account("Acme", ago(100)).await.unwrap().id;
            let (hub, inputs) = hub::handle();
            let watcher = AccountWatcher::new(store.clone(), hub, Clock::start());
            Self { watcher, inputs, store, account, _dir: dir }
        }

        async fn brand(&self, colour: &str, at: Timestamp) {
            let branding =
                Branding { background_color: Colour::parse(colour).unwrap(), ..Branding::default() };
            self.store.account(&self.account).change(&Actor::Operator, at).branding(&branding).await.unwrap();
        }

        /// The colours that the hub is told when the watcher looks; none for an account that is gone.
        async fn look(&mut self) -> Vec<Option<String>> {
            self.watcher.look().await.unwrap();
            let told = std::iter::from_fn(|| self.inputs.try_recv().ok());
            told.map(|input| match input {
                Input::AccountChanged { account, branding, .. } if account == self.account => {
                    Some(branding.background_color.as_str().to_owned())
                }
                Input::AccountGone { account } if account == self.account => None,
                other => panic!("{other:?}"),
            })
            .collect()
        }
    }

    #[tokio::test]
    async fn a_change_is_told_until_no_sign_in_can_have_missed_it() {
        let mut desk = Desk::new().await;
        assert!(desk.look().await.is_empty());
        desk.brand("#111111", wall()).await;
        for _ in 0..REPEATS {
            assert_eq!(desk.look().await, [Some("#111111".to_owned())]);
        }
        assert!(desk.look().await.is_empty());
        desk.brand("#222222", wall()).await;
        assert_eq!(desk.look().await, [Some("#222222".to_owned())], "the next change is another");
    }

    #[tokio::test]
    async fn a_change_by_a_node_whose_clock_is_behind_is_found() {
        let mut desk = Desk::new().await;
        desk.brand("#111111", ago(30)).await;
        assert_eq!(desk.look().await, [Some("#111111".to_owned())]);
    }

    #[tokio::test]
    async fn an_account_that_was_deleted_is_gone() {
        let mut desk = Desk::new().await;
        desk.store.account(&desk.account).change(&Actor::Operator, wall()).delete_account().await.unwrap();
        assert_eq!(desk.look().await, [None]);
    }
}
