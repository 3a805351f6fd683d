//! Fills the demo's account with weeks of calls, through the way that every call takes: events are folded into records,
//! and the journal writes and counts them.

use rand::SeedableRng;
use rand::rngs::StdRng;
use tring_protocol::call::CallRecord;
use tring_protocol::http::calls::CallFilter;
use tring_protocol::ids::{AccountId, DeviceAddress, UserAddress};
use tring_protocol::time::{Millis, Timestamp};
use tring_store::{Journal, Sighting, Store, StoreError};

use super::day::{self, DAY};
use super::people::Town;
use super::story::Story;

/// The node that placed the demo's calls: none that runs, so that none takes them for its own.
const NODE: &str = "demo";

/// Calls of one write. Higher: a server that runs on the same database waits longer.
const CALLS: usize = 100;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many weeks back.
    pub weeks: u32,
    /// How many calls an ordinary day has.
    pub calls_per_day: u32,
    /// The same seed makes the same people and calls.
    pub seed: u64,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The demo's account.
    pub account: AccountId,
    /// Calls that were added.
    pub calls: u64,
}

/// Adds the calls of each day of the plan up to `now`. A day goes on after the last call that it has, so doing it again
/// adds only what has come since.
///
/// # Errors
/// What the database says.
pub async fn fill(store: &Store, plan: Plan, now: Timestamp) -> Result<Filled, StoreError> {
    let town = Town::of(plan.seed);
    let credentials = super::account(store, now).await?;
    let account = credentials.account_id;
    let journal = store.journal(NODE);
    let today = now.as_millis() / DAY;
    let mut calls = 0;
    for day in today.saturating_sub(u64::from(plan.weeks) * 7)..=today {
        let midnight = Timestamp::from_millis(day * DAY);
        let last = last_call(store, &account, midnight).await?;
        let stories = day::calls(&account, &town, plan.seed, midnight, plan.calls_per_day);
        let stories = stories.into_iter().filter(|story| is_new(story, last, now));
        calls += write(&journal, stories.collect()).await?;
    }
    if calls > 0 {
        store.note(&sightings(&town, &account, &credentials.apikey, plan, now)).await?;
    }
    Ok(Filled { account, calls })
}

/// When the last call of the day was placed.
async fn last_call(
    store: &Store,
    account: &AccountId,
    midnight: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let filter = CallFilter {
        from: Some(midnight),
        to: Some(midnight + Millis::new(DAY)),
        limit: Some(1),
        ..CallFilter::default()
    };
    let page = store.account(account).search(&filter).await?;
    Ok(page.items.first().map(|call| call.placed_at))
}

fn is_new(story: &Story, last: Option<Timestamp>, now: Timestamp) -> bool {
    let (Some(first), Some(end)) = (story.events.first(), story.events.last()) else { return false };
    end.at <= now && last.is_none_or(|last| first.at > last)
}

async fn write(journal: &Journal, stories: Vec<Story>) -> Result<u64, StoreError> {
    for part in stories.chunks(CALLS) {
        let events: Vec<_> = part.iter().flat_map(|story| story.events.iter().cloned()).collect();
        let samples: Vec<_> = part.iter().flat_map(|story| story.samples.iter().copied()).collect();
        let records: Vec<_> = part.iter().filter_map(|story| CallRecord::fold(&story.events)).collect();
        journal.write(&events, &records, &samples).await?;
    }
    Ok(stories.len() as u64)
}

/// Everybody signed in when the demo began, and again at some time of the last day.
fn sightings(town: &Town, account: &AccountId, apikey: &str, plan: Plan, now: Timestamp) -> Vec<Sighting> {
    use rand::RngExt;
    let mut random = StdRng::seed_from_u64(plan.seed);
    let began = now.as_millis().saturating_sub(u64::from(plan.weeks) * 7 * DAY);
    let mut all = Vec::new();
    for person in town.everybody() {
        let user = UserAddress { account: account.clone(), cuid: person.cuid.clone() };
        for device in &person.devices {
            let recently = now.as_millis().saturating_sub(random.random_range(0..DAY));
            for at in [began, recently.max(began)] {
                all.push(Sighting {
                    device: DeviceAddress { user: user.clone(), device: device.id.clone() },
                    platform: device.platform,
                    name: Some(person.name.clone()),
                    apikey: apikey.to_owned(),
                    at: Timestamp::from_millis(at),
                });
            }
        }
    }
    all.sort_by_key(|sighting| sighting.at);
    all
}
