//! Who wants to know at once that calls of an account changed: pages that show them live. Told after it is written, so
//! that whoever asks then finds it.
//!
//! Changes that come faster than a listener asks are told as one. An account that nobody listens to costs one look into
//! a map that is nearly always empty; the last listener of an account takes its entry along.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tring_protocol::ids::AccountId;

/// Where changes are told and listened to. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes(Arc<Mutex<HashMap<AccountId, watch::Sender<Seen>>>>);

/// How often each kind of change was told, so that a listener sees what is new to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Seen {
    live: u64,
    ended: u64,
}

/// What changed since a listener was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// A call was placed, or went a step further.
    Live,
    /// A call ended: the log and the figures have changed too.
    Ended,
}

/// One listener. Dropped, it is forgotten.
#[derive(Debug)]
pub(crate) struct Subscription {
    changes: Changes,
    account: AccountId,
    /// `None` only while it is dropped.
    told: Option<watch::Receiver<Seen>>,
    seen: Seen,
}

impl Changes {
    /// Listens to an account, from now on.
    pub(crate) fn subscribe(&self, account: &AccountId) -> Subscription {
        let mut listened = self.listened();
        let told = listened.entry(account.clone()).or_default().subscribe();
        drop(listened);
        let seen = *told.borrow();
        Subscription { changes: self.clone(), account: account.clone(), told: Some(told), seen }
    }

    /// Tells whoever listens to the account.
    pub(crate) fn tell(&self, account: &AccountId, change: Change) {
        if let Some(listeners) = self.listened().get(account) {
            listeners.send_modify(|seen| match change {
                Change::Live => seen.live += 1,
                Change::Ended => seen.ended += 1,
            });
        }
    }

    /// Each change is one step, so a thread that panicked has left the map whole.
    fn listened(&self) -> MutexGuard<'_, HashMap<AccountId, watch::Sender<Seen>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Waits for the next change; an end stands for everything else that came with it. May be given up at any time
    /// without losing one.
    pub(crate) async fn next(&mut self) -> Change {
        if let Some(told) = &mut self.told
            && let Ok(now) = told.wait_for(|now| *now != self.seen).await
        {
            let before = std::mem::replace(&mut self.seen, *now);
            return if before.ended == self.seen.ended { Change::Live } else { Change::Ended };
        }
        // The sender lives as long as a subscription does.
        std::future::pending().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listened = self.changes.listened();
        self.told = None;
        if listened.get(&self.account).is_some_and(|listeners| listeners.receiver_count() == 0) {
            listened.remove(&self.account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn account(name: &str) -> AccountId {
        AccountId::parse(name).unwrap()
    }

    #[tokio::test]
    async fn a_listener_is_told_of_its_own_account_and_once_of_what_came_together() {
        let (changes, acme) = (Changes::default(), account("acme"));
        let mut subscription = changes.subscribe(&acme);
        changes.tell(&account("other"), Change::Ended);
        assert_eq!(subscription.next().now_or_never(), None);

        changes.tell(&acme, Change::Live);
        changes.tell(&acme, Change::Live);
        assert_eq!(subscription.next().now_or_never(), Some(Change::Live));
        changes.tell(&acme, Change::Ended);
        changes.tell(&acme, Change::Live);
        assert_eq!(subscription.next().now_or_never(), Some(Change::Ended));
        assert_eq!(subscription.next().now_or_never(), None);
    }

    #[tokio::test]
    async fn a_listener_that_waits_is_woken() {
        let (changes, acme) = (Changes::default(), account("acme"));
        let mut subscription = changes.subscribe(&acme);
        let waits = tokio::spawn(async move { subscription.next().await });
        tokio::task::yield_now().await;
        changes.tell(&acme, Change::Ended);
        assert_eq!(waits.await.unwrap(), Change::Ended);
    }

    #[test]
    fn listeners_that_have_gone_leave_nothing() {
        let (changes, acme) = (Changes::default(), account("acme"));
        let (first, second) = (changes.subscribe(&acme), changes.subscribe(&acme));
        drop(first);
        assert_eq!(changes.listened().len(), 1);
        drop(second);
        assert!(changes.listened().is_empty());
        changes.tell(&acme, Change::Live);
        assert!(changes.listened().is_empty(), "telling nobody keeps nothing");
    }
}
