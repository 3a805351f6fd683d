//! What the sessions of an account learn while they last: its rules for their next calls, how its screens look now,
//! and that it is no more.

use std::ops::Bound;
use std::sync::Arc;

use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{AccountId, UserAddress};
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::signal::ServerMessage;
use tring_protocol::time::Timestamp;

use super::session::Session;
use super::{SessionKey, Sessions};
use crate::bus::GoneReason;

impl Sessions {
    /// Every session of the account places its next calls by `settings`, and each device whose screens look otherwise
    /// is told. Saying the same again does nothing, so whoever reports changes may repeat them.
    pub(super) fn account_changed(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        settings: &CallSettings,
        branding: Branding,
    ) {
        let branding = Arc::new(branding);
        for key in self.of_account(account) {
            let Some(session) = self.sessions.get_mut(&key) else { continue };
            if session.sender.settings != *settings {
                session.sender.settings = settings.clone();
            }
            if session.branding == branding {
                continue;
            }
            session.branding = Arc::clone(&branding);
            let message = ServerMessage::BrandingChanged { branding: Branding::clone(&branding) };
            if session.transmit(now, message, &mut self.out).is_err() {
                self.broken(key);
            }
        }
    }

    /// Ends every session of an account that is no more. Its calls are ended by whoever says so.
    pub(super) fn account_gone(&mut self, account: &AccountId) {
        for key in self.of_account(account) {
            if let Some(conn) = self.sessions.get(&key).and_then(|session| session.conn()) {
                self.refuse(conn, ErrorCode::InvalidCredentials);
            }
            self.end(key, GoneReason::Expired);
        }
    }

    /// How the account looks, in one copy for as many sessions as possible: a server is full of them, and nearly all of
    /// an account are told the same.
    pub(super) fn shared(&self, user: &UserAddress, branding: &Branding) -> Arc<Branding> {
        let after = self.users.range((Bound::Included(user), Bound::Unbounded)).next();
        let before = self.users.range((Bound::Unbounded, Bound::Excluded(user))).next_back();
        let neighbours = [before, after].into_iter().flatten().flat_map(|(_, keys)| keys);
        let mut known = neighbours.filter_map(|key| self.sessions.get(key)).map(|session| &session.branding);
        known.find(|known| ***known == *branding).map_or_else(|| Arc::new(branding.clone()), Arc::clone)
    }

    fn of_account(&self, account: &AccountId) -> Vec<SessionKey> {
        let here = |session: &Session| session.device().user.account == *account;
        self.sessions.iter().filter(|(_, session)| here(session)).map(|(key, _)| *key).collect()
    }
}
