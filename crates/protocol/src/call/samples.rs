//! A call as tests begin it. In no release: only tests turn the feature `samples` on.

use super::CallEventKind;
use crate::ids::{AccountId, Cuid, DeviceId};
use crate::signal::{DeviceDetails, Platform};
use crate::text::Context;

/// `alice` calls `bobby` from a browser, in the account `acme`.
#[must_use]
pub fn placed() -> CallEventKind {
    placed_in(AccountId::parse("acme").expect("it is as accountIds are"))
}

/// The same in another account.
#[must_use]
pub fn placed_in(account: AccountId) -> CallEventKind {
    CallEventKind::Placed {
        account,
        caller: Cuid::parse("alice").expect("it is as cuids are"),
        device: DeviceId::parse("device-a").expect("it is as device ids are"),
        platform: Platform::Web,
        details: DeviceDetails::default(),
        callee: Cuid::parse("bobby").expect("it is as cuids are"),
        context: Context::parse("Your order").expect("it is as contexts are"),
    }
}
