//! What the nodes of one installation share: who hears a message, and in which call each user is.
//!
//! One node is a bus of its own: every message is for this node, and the slots are a map. A bus of several nodes is a
//! further arm of [`Bus`]: it publishes under [`ToSessions::topic`] and [`ToCalls::topic`], keeps the slots by
//! compare-and-swap, returns `None` here, and hands what it hears to the hub as inputs.

use std::collections::HashMap;
use tring_calls::bus::{ToCalls, ToSessions};
use tring_calls::calls::{self, Claim};
use tring_calls::sessions;
use tring_protocol::ids::{CallId, UserAddress};

/// How nodes speak with each other.
#[derive(Debug)]
pub(crate) enum Bus {
    /// There is only this node.
    InProcess(Slots),
}

impl Bus {
    /// The bus of a node that is alone.
    pub(crate) fn in_process() -> Self {
        Self::InProcess(Slots::default())
    }

    /// Publishes; what this node has to hear itself comes back.
    pub(crate) fn publish_to_sessions(&mut self, message: ToSessions) -> Option<sessions::Input> {
        match self {
            Self::InProcess(_) => Some(sessions::Input::Bus(message)),
        }
    }

    /// Publishes; what this node has to hear itself comes back.
    pub(crate) fn publish_to_calls(&mut self, message: ToCalls) -> Option<calls::Input> {
        match self {
            Self::InProcess(_) => Some(calls::Input::Bus(message)),
        }
    }

    /// Publishes to the other nodes only.
    pub(crate) fn publish_to_other_nodes(&mut self, message: ToSessions) {
        match self {
            Self::InProcess(_) => drop(message),
        }
    }

    /// Claims a slot. `None` if the answer comes later.
    pub(crate) fn claim(
        &mut self,
        call: CallId,
        user: UserAddress,
        with: UserAddress,
    ) -> Option<calls::Input> {
        match self {
            Self::InProcess(slots) => {
                let claim = slots.claim(call, &user, with);
                Some(calls::Input::Claimed { call, user, claim })
            }
        }
    }

    /// Frees a slot if `call` holds it.
    pub(crate) fn release(&mut self, call: CallId, user: &UserAddress) {
        match self {
            Self::InProcess(slots) => slots.release(call, user),
        }
    }
}

/// In which call each user is, and with whom. A user is in one at a time (invariant 2).
#[derive(Debug, Default)]
pub(crate) struct Slots(HashMap<UserAddress, (CallId, UserAddress)>);

impl Slots {
    fn claim(&mut self, call: CallId, user: &UserAddress, with: UserAddress) -> Claim {
        match self.0.get(user) {
            Some((by, with)) if *by != call => Claim::Taken { by: *by, with: with.clone() },
            _ => {
                self.0.insert(user.clone(), (call, with));
                Claim::Granted
            }
        }
    }

    fn release(&mut self, call: CallId, user: &UserAddress) {
        if self.0.get(user).is_some_and(|(by, _)| *by == call) {
            self.0.remove(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::ids::{AccountId, Cuid};
    use tring_protocol::time::Timestamp;

    fn user(account: &str, cuid: &str) -> UserAddress {
        UserAddress { account: AccountId::parse(account).unwrap(), cuid: Cuid::parse(cuid).unwrap() }
    }

    fn call(n: u64) -> CallId {
        CallId::new(Timestamp::from_millis(n), [0; 10])
    }

    #[test]
    fn a_user_is_in_one_call_at_a_time() {
        let (alice, bobby) = (user("acme", "alice"), user("acme", "bobby"));
        let mut slots = Slots::default();
        assert_eq!(slots.claim(call(1), &alice, bobby.clone()), Claim::Granted);
        assert_eq!(slots.claim(call(1), &alice, bobby.clone()), Claim::Granted, "its own slot is free to it");
        let taken = Claim::Taken { by: call(1), with: bobby.clone() };
        assert_eq!(slots.claim(call(2), &alice, bobby.clone()), taken);
        slots.release(call(2), &alice);
        assert_eq!(slots.claim(call(2), &alice, bobby.clone()), taken, "only the holder frees it");
        slots.release(call(1), &alice);
        assert_eq!(slots.claim(call(2), &alice, bobby), Claim::Granted);
    }

    #[test]
    fn users_of_two_accounts_never_meet() {
        let mut slots = Slots::default();
        let bobby = user("acme", "bobby");
        assert_eq!(slots.claim(call(1), &user("acme", "alice"), bobby.clone()), Claim::Granted);
        assert_eq!(slots.claim(call(2), &user("other", "alice"), bobby), Claim::Granted);
    }
}
