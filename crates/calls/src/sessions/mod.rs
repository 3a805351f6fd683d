//! The signalling sessions of this node's devices, across the sockets that carry them.
//!
//! Decides who may sign in beside whom, what a returning device is sent again, when a silent socket is dead and when
//! a session ends. Leaves calls to [`crate::Calls`], and who someone is to the shell: a [`SignIn`] is already
//! authenticated.
//!
//! **After every [`Sessions::handle`], call [`Sessions::poll`] until it returns `None`.** At the end of a round, when
//! everything that came of the last inputs has been handled by both machines, hand in [`Input::Settled`]: it
//! acknowledges what was received, unless an answer already did.

mod account;
mod frames;
mod session;
mod sign_in;
mod sweep;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::{AccountId, DeviceAddress, UserAddress};
use tring_protocol::settings::{Branding, CallSettings};
use tring_protocol::signal::{ClientFrame, ServerFrame, ServerMessage};
use tring_protocol::time::Timestamp;

use crate::bus::{GoneReason, Presence, Present, ToCalls, ToSessions};
use session::{Session, Socket};
pub use sign_in::{FreshSession, Proof, Seat, SignIn};

/// A socket, named by the shell; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// What happens to the sessions.
#[derive(Debug, Clone)]
pub enum Input {
    /// A `hello` whose credentials are good. The socket's first input.
    SignIn(Box<SignIn>),
    /// A frame after the `hello`.
    Frame {
        /// On which socket.
        conn: ConnId,
        /// What was read.
        frame: ClientFrame,
    },
    /// A socket is closed. What the machine closed itself need not be reported.
    Closed {
        /// Which socket.
        conn: ConnId,
        /// How.
        how: Closed,
    },
    /// What came of a `renew`: what the new user token proved, or why it is not taken.
    Renewed {
        /// On which socket.
        conn: ConnId,
        /// How it went.
        outcome: Result<Proof, WireError>,
    },
    /// The account's rules and looks as they are now, whether or not they changed: its sessions follow.
    AccountChanged {
        /// Whose.
        account: AccountId,
        /// For the calls that its devices place from now on.
        settings: CallSettings,
        /// Told to each device that was last told another.
        branding: Branding,
    },
    /// The account is no more: its sessions end.
    AccountGone {
        /// Which.
        account: AccountId,
    },
    /// A message of a call's home, or of another node's sessions.
    Bus(ToSessions),
    /// Everything that came of the inputs since the last `Settled` has been handled: owed acknowledgements go out.
    Settled,
    /// The time that [`Effect::Timer`] named has come.
    Tick,
}

/// How a socket was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// By the page, with a close frame: it is being left.
    Leaving,
    /// Without a word, or by a failure.
    Lost,
}

/// What the shell shall do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Write a frame, after everything that was logged before is on disk.
    Send {
        /// On which socket.
        conn: ConnId,
        /// What.
        frame: ServerFrame,
    },
    /// Close a socket after what was sent on it; nothing is heard of it any more.
    Close {
        /// Which one.
        conn: ConnId,
    },
    /// Publish under the message's topic.
    ToCalls(ToCalls),
    /// Publish to the other nodes only. Dropped where there are none.
    ToOtherNodes(ToSessions),
    /// Hand in [`Input::Tick`] no later than this; replaces the former timer.
    Timer(Timestamp),
}

/// What was seen since the node started, for its metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Frames and messages of a `type` that this version does not know.
    pub unknown: u64,
    /// Sessions ended because the other end broke the protocol.
    pub broken: u64,
    /// Sockets closed because nothing was heard on them.
    pub timed_out: u64,
}

/// The machine. One per node.
#[derive(Debug, Default)]
pub struct Sessions {
    sessions: BTreeMap<SessionKey, Box<Session>>,
    users: BTreeMap<UserAddress, Vec<SessionKey>>,
    conns: BTreeMap<ConnId, SessionKey>,
    next_key: u64,
    owing: Vec<ConnId>,
    sweep_at: Option<Timestamp>,
    counters: Counters,
    out: VecDeque<Effect>,
}

/// Names a session inside the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SessionKey(u64);

impl Sessions {
    /// A node without sessions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one input. `now` must not go back.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::SignIn(sign_in) => self.sign_in(now, *sign_in),
            Input::Frame { conn, frame } => self.frame(now, conn, frame),
            Input::Closed { conn, how } => self.closed(now, conn, how),
            Input::Renewed { conn, outcome } => self.renewed(now, conn, outcome),
            Input::AccountChanged { account, settings, branding } => {
                self.account_changed(now, &account, &settings, branding);
            }
            Input::AccountGone { account } => self.account_gone(&account),
            Input::Bus(ToSessions::Deliver { to, message }) => self.deliver(now, &to, message),
            Input::Bus(ToSessions::Find { call, user }) => {
                let devices = self.devices(&user);
                self.out.push_back(Effect::ToCalls(ToCalls::Found { call, devices }));
            }
            Input::Bus(ToSessions::Takeover { device, at, session }) => {
                self.taken_over(&device, at, &session);
            }
            Input::Settled => self.acknowledge(now),
            Input::Tick => self.sweep(now),
        }
        self.keep_sweeping(now);
    }

    /// The next effect of the last input.
    pub fn poll(&mut self) -> Option<Effect> {
        self.out.pop_front()
    }

    /// Who of a user has a seat here: what another node passes as [`SignIn::elsewhere`] before it lets one in.
    #[must_use]
    pub fn seats(&self, user: &UserAddress) -> Vec<Seat> {
        self.of_user(user)
            .map(|session| Seat { device: session.device().clone(), taken: session.is_in_use() })
            .collect()
    }

    /// How many sessions are kept, with and without a socket.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether no session is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// How many sockets carry a session at the moment.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.conns.len()
    }

    /// Figures for metrics.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn devices(&self, user: &UserAddress) -> Vec<Present> {
        self.of_user(user).map(|session| session.sender.present()).collect()
    }

    fn of_user(&self, user: &UserAddress) -> impl Iterator<Item = &Session> {
        self.users.get(user).into_iter().flatten().filter_map(|key| self.sessions.get(key).map(Box::as_ref))
    }

    fn key_of(&self, device: &DeviceAddress) -> Option<SessionKey> {
        let keys = self.users.get(&device.user)?;
        keys.iter().copied().find(|key| self.sessions.get(key).is_some_and(|s| s.device() == device))
    }

    /// Hands `message` to a device: on its socket if it has one, else it waits for the device to come back.
    fn deliver(&mut self, now: Timestamp, to: &DeviceAddress, message: ServerMessage) {
        let Some(key) = self.key_of(to) else { return };
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if session.transmit(now, message, &mut self.out).is_err() {
            self.broken(key);
        }
    }

    /// Ends a session whose other end broke the numbering or no longer acknowledges.
    fn broken(&mut self, key: SessionKey) {
        self.counters.broken += 1;
        if let Some(conn) = self.sessions.get(&key).and_then(|session| session.conn()) {
            self.refuse(conn, ErrorCode::Protocol);
        }
        self.end(key, GoneReason::Expired);
    }

    /// Removes a session and says that its device is gone. Its socket, if any, is closed.
    fn end(&mut self, key: SessionKey, reason: GoneReason) {
        if let Some(session) = self.remove(key) {
            self.announce(&session, Presence::Gone(reason));
        }
    }

    fn remove(&mut self, key: SessionKey) -> Option<Box<Session>> {
        let session = self.sessions.remove(&key)?;
        if let Some(conn) = session.conn()
            && self.conns.remove(&conn).is_some()
        {
            self.out.push_back(Effect::Close { conn });
        }
        let user = &session.device().user;
        if let Some(keys) = self.users.get_mut(user) {
            keys.retain(|other| *other != key);
            if keys.is_empty() {
                self.users.remove(user);
            }
        }
        Some(session)
    }

    /// Takes the socket from a session that may come back until its grace is over.
    fn away(&mut self, now: Timestamp, key: SessionKey, how: Closed) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if let Some(conn) = session.conn() {
            self.conns.remove(&conn);
        }
        session.socket = Socket::away(now, how);
        let of = session.sender.present();
        self.out.push_back(Effect::ToCalls(ToCalls::Presence { of, change: Presence::Away }));
    }

    fn announce(&mut self, session: &Session, change: Presence) {
        let of = session.sender.present();
        self.out.push_back(Effect::ToCalls(ToCalls::Presence { of, change }));
    }

    fn refuse(&mut self, conn: ConnId, code: ErrorCode) {
        self.out.push_back(Effect::Send { conn, frame: ServerFrame::Refused { error: code.into() } });
    }
}
