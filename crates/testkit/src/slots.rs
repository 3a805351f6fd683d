//! A stand-in for the shared slots: one entry per user, changed by compare-and-swap.

use std::collections::BTreeMap;

use tring_calls::calls::Claim;
use tring_protocol::ids::{CallId, UserAddress};

use crate::node::NodeRef;

#[derive(Debug, Default)]
pub(crate) struct Slots {
    held: BTreeMap<UserAddress, Slot>,
}

#[derive(Debug)]
struct Slot {
    call: CallId,
    with: UserAddress,
    home: NodeRef,
}

impl Slots {
    pub(crate) fn claim(
        &mut self,
        home: NodeRef,
        call: CallId,
        user: UserAddress,
        with: UserAddress,
    ) -> Claim {
        match self.held.get(&user) {
            Some(slot) if slot.call != call => Claim::Taken { by: slot.call, with: slot.with.clone() },
            _ => {
                self.held.insert(user, Slot { call, with, home });
                Claim::Granted
            }
        }
    }

    pub(crate) fn release(&mut self, call: CallId, user: &UserAddress) {
        if self.held.get(user).is_some_and(|slot| slot.call == call) {
            self.held.remove(user);
        }
    }

    /// Frees what a lost node held.
    pub(crate) fn release_all_of(&mut self, home: NodeRef) {
        self.held.retain(|_, slot| slot.home != home);
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = (&UserAddress, CallId)> {
        self.held.iter().map(|(user, slot)| (user, slot.call))
    }
}
