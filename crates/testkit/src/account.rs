//! What the account's people change while calls go on, and how each node hears of it: a moment later, several times,
//! and each time as it is by then, as the server's watcher does it.

use tring_calls::sessions;
use tring_protocol::call::CallRecord;
use tring_protocol::ids::AccountId;
use tring_protocol::outcome::EndReason;
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::signal::ServerMessage;
use tring_protocol::text::Colour;
use tring_protocol::time::{Millis, Timestamp};

use crate::node::Input;
use crate::queue::Event;
use crate::world::{Sabotage, World};

/// How often and how far apart a node looks after a change.
const LOOKS: u64 = 3;
const EVERY: Millis = Millis::seconds(1);

/// How long before it is on record a call may have been placed, by the rules of that moment, and how long before that
/// the rules may have been changed without its node knowing.
const BEHIND: Millis = Millis::seconds(15);

/// The account as it is in the database.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) settings: CallSettings,
    /// How often its looks were changed.
    pub(crate) version: u32,
    /// How long calls ring, from when on.
    ring_timeouts: Vec<(Timestamp, Millis)>,
}

impl Account {
    pub(crate) fn new(settings: CallSettings) -> Self {
        let ring_timeouts = vec![(Timestamp::default(), settings.ring_timeout)];
        Self { settings, version: 0, ring_timeouts }
    }

    pub(crate) fn branding(&self) -> Branding {
        let colour =
            Colour::parse(&format!("#{:06x}", self.version)).expect("a number of six digits is a colour");
        Branding { background_color: colour, ..Branding::default() }
    }
}

/// Which version of the looks this is.
pub(crate) fn version_of(branding: &Branding) -> u32 {
    u32::from_str_radix(&branding.background_color.as_str()[1..], 16).unwrap_or(u32::MAX)
}

impl World {
    pub(crate) fn change_account(&mut self, ring_timeout: Millis) {
        self.account.version += 1;
        self.account.settings.ring_timeout = ring_timeout;
        self.account.ring_timeouts.push((self.now, ring_timeout));
        for node in 0..self.nodes.len() {
            let first = self.now + self.dice.millis(0, 1_200);
            for again in 0..LOOKS {
                let at = first + Millis::new(again * EVERY.get());
                self.queue.push(at, Event::AccountFound { node });
            }
        }
    }

    pub(crate) fn account_found(&mut self, node: usize) {
        if self.is_sabotaged_by(Sabotage::StopWatching) {
            return;
        }
        let (settings, branding) = (self.account.settings.clone(), self.account.branding());
        let account = AccountId::parse("acme").expect("an account id");
        let changed = sessions::Input::AccountChanged { account, settings, branding: branding.clone() };
        self.feed(node, Input::Sessions(changed));
        if self.strikes(Sabotage::TellLooksTwice) {
            for client in 0..self.clients.len() {
                let to = self.clients[client].attendee.device.clone();
                let message = ServerMessage::BrandingChanged { branding: branding.clone() };
                let again = tring_calls::bus::ToSessions::Deliver { to, message };
                self.feed(node, Input::Sessions(sessions::Input::Bus(again)));
            }
        }
    }

    /// A call that nobody took rang for as long as the account said when it was placed.
    pub(crate) fn check_ring_timeout(&mut self, record: &CallRecord) {
        if record.reason != EndReason::RingTimeout {
            return;
        }
        let rang = record.ended_at.since(record.placed_at);
        let earliest = Timestamp::from_millis(record.placed_at.as_millis().saturating_sub(BEHIND.get()));
        let rules = &self.account.ring_timeouts;
        let in_force = rules.partition_point(|(from, _)| *from <= earliest).saturating_sub(1);
        let allowed = rules[in_force..].iter().take_while(|(from, _)| *from <= record.placed_at);
        if !allowed.into_iter().any(|(_, ring_timeout)| *ring_timeout == rang) {
            self.checker.broken(format!("{} rang for {rang}, which no rule of its time says", record.call));
        }
    }
}
