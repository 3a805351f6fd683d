//! Calls that never were, made from a seed: every reason, platform and quality, in any order, at any moment of a range.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::ops::Range;
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{DeviceDetails, MediaPath, Platform, Role};
use tring_protocol::text::Context;
use tring_store::{Journal, Store};

use crate::at;

pub(crate) const NODE: &str = "here";
const PATHS: [MediaPath; 5] =
    [MediaPath::Udp, MediaPath::Tcp, MediaPath::TurnUdp, MediaPath::TurnTcp, MediaPath::TurnTls];
const PLATFORMS: [Platform; 4] = [Platform::Web, Platform::Ios, Platform::Android, Platform::Native];

pub(crate) struct Made {
    random: StdRng,
    account: AccountId,
}

impl Made {
    pub(crate) fn new(account: &AccountId, seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), account: account.clone() }
    }

    pub(crate) fn calls(&mut self, count: usize, placed: &Range<u64>) -> Vec<CallRecord> {
        (0..count).map(|_| self.call(placed)).collect()
    }

    fn call(&mut self, placed: &Range<u64>) -> CallRecord {
        let placed_at = at(self.random.random_range(placed.clone()));
        let answered = self.random.random_bool(0.7);
        let answered_at = answered.then(|| at(placed_at.as_millis() + self.random.random_range(0..30_000)));
        let ended_at =
            at(answered_at.unwrap_or(placed_at).as_millis() + self.random.random_range(0..600_000));
        CallRecord {
            call: CallId::new(placed_at, self.random.random()),
            account: self.account.clone(),
            caller: self.cuid(),
            callee: self.cuid(),
            context: Context::parse("Your order").unwrap(),
            caller_platform: self.one_of(&PLATFORMS),
            callee_platform: self.random.random_bool(0.8).then(|| self.one_of(&PLATFORMS)),
            placed_at,
            ringing_at: answered_at,
            answered_at,
            connected_at: answered_at,
            ended_at,
            reason: self.one_of(EndReason::ALL),
            ended_by: self.random.random_bool(0.5).then_some(Role::Caller),
            caller_quality: answered.then(|| self.quality()),
            callee_quality: answered.then(|| self.quality()),
        }
    }

    /// Few people, so that some call themselves, which no server would let them.
    fn cuid(&mut self) -> Cuid {
        Cuid::parse(&format!("user_{}", self.random.random_range(0..9))).unwrap()
    }

    fn quality(&mut self) -> LegQuality {
        LegQuality {
            packets: self.random.random_range(0..100_000),
            lost: self.random.random_range(0..1_000),
            jitter: self.random.random_range(0.0..50.0),
            rtt: self.random.random_bool(0.8).then(|| self.random.random_range(1.0..500.0)),
            mos: self.random.random_bool(0.9).then(|| self.random.random_range(1.0..4.5)),
            concealed: self.random.random_bool(0.8).then(|| self.random.random_range(0.0..1.0)),
            path: self.random.random_bool(0.9).then(|| self.one_of(&PATHS)),
            path_changes: self.random.random_range(0..9),
        }
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.random_range(0..all.len())]
    }
}

/// The event without which no call is written.
pub(crate) fn placed(record: &CallRecord) -> CallEvent {
    let what = CallEventKind::Placed {
        account: record.account.clone(),
        caller: record.caller.clone(),
        device: DeviceId::parse("device-a").unwrap(),
        platform: record.caller_platform,
        details: DeviceDetails::default(),
        callee: record.callee.clone(),
        context: record.context.clone(),
    };
    CallEvent { call: record.call, index: 0, at: record.placed_at, what }
}

pub(crate) async fn write(journal: &Journal, records: &[CallRecord]) {
    for part in records.chunks(50) {
        let events: Vec<_> = part.iter().map(placed).collect();
        journal.write(&events, part, &[]).await.unwrap();
    }
}

pub(crate) async fn account(store: &Store) -> AccountId {
    store.create_account("Acme", at(1)).await.unwrap().id
}
