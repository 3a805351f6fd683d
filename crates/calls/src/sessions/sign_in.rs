//! Who may sign in: the same device returns, a second device is refused or let in, and a lost session goes on.

use tring_protocol::error::ErrorCode;
use tring_protocol::ids::DeviceAddress;
use tring_protocol::limits::DEVICES_MAX;
use tring_protocol::link::Link;
use tring_protocol::settings::{Branding, CallSettings, DevicePolicy};
use tring_protocol::signal::{IceServers, RelayInfo, Resume, ServerFrame, Welcome};
use tring_protocol::text::ImageUrl;
use tring_protocol::time::Timestamp;

use super::session::{Session, Socket};
use super::{ConnId, Effect, SessionKey, Sessions};
use crate::bus::{Attendee, GoneReason, Presence, Sender, ToCalls, ToSessions};

/// An authenticated `hello`, with what the shell knows and the randomness that it made.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The socket that it came on.
    pub conn: ConnId,
    /// The device, its user, and what others see of them.
    pub attendee: Attendee,
    /// The account's rules.
    pub settings: CallSettings,
    /// The account's looks, for the `welcome`.
    pub branding: Branding,
    /// Where audio goes, for the `welcome`.
    pub relay: RelayInfo,
    /// TURN servers with credentials for this device, for the `welcome`.
    pub ice_servers: Option<IceServers>,
    /// What the user token said, if there is one.
    pub proof: Option<Proof>,
    /// From the `hello`.
    pub resume: Option<Resume>,
    /// The name and token of the session, should a new one begin.
    pub fresh: FreshSession,
    /// What [`Sessions::seats`] of every other node says of this user; empty on a single node.
    pub elsewhere: Vec<Seat>,
}

/// What a user token proved, besides who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// When it ends.
    pub expires_at: Timestamp,
    /// The user's picture, which stands for whatever the device passes.
    pub image: Option<ImageUrl>,
}

/// What names and secures a new session. Made by the shell, because it needs randomness.
#[derive(Clone, PartialEq, Eq)]
pub struct FreshSession {
    /// Names the session in logs.
    pub name: String,
    /// Lets the device continue the session; must be unguessable.
    pub token: String,
}

// The token must not reach a log.
impl std::fmt::Debug for FreshSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreshSession").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A device that has a session.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seat {
    /// Which one.
    pub device: DeviceAddress,
    /// Whether it is connected or in a call: a second device must not take its place.
    pub taken: bool,
}

impl Sessions {
    pub(super) fn sign_in(&mut self, now: Timestamp, sign_in: SignIn) {
        let old = self.key_of(&sign_in.attendee.device);
        if let (Some(key), Some(resume)) = (old, &sign_in.resume)
            && self.resume(now, key, resume, &sign_in)
        {
            return;
        }
        if let Err(code) = self.admit(&sign_in, old) {
            self.refuse(sign_in.conn, code);
            self.out.push_back(Effect::Close { conn: sign_in.conn });
            return;
        }
        self.begin(now, sign_in, old);
    }

    /// Continues a session on a new socket. False if it cannot go on, and nothing was changed.
    fn resume(&mut self, now: Timestamp, key: SessionKey, resume: &Resume, sign_in: &SignIn) -> bool {
        let Some(session) = self.sessions.get_mut(&key) else { return false };
        if !session.accepts(&resume.token) || session.link.resume(resume.received).is_err() {
            return false;
        }
        // The page that resumes has given up its old socket, even if this side has not noticed.
        let stale = session.conn();
        session.socket = Socket::open(now, sign_in.conn);
        // It may be on another network now.
        session.sender.attendee.details = sign_in.attendee.details.clone();
        session.proof = sign_in.proof.clone().map(Box::new);
        let greeting = Effect::Send { conn: sign_in.conn, frame: welcome(now, session, sign_in, true) };
        let ack = session.link.received();
        let again: Vec<_> = session
            .link
            .resume(resume.received)
            .into_iter()
            .flatten()
            .map(|(seq, body)| ServerFrame::Message { seq, ack, body: body.clone() })
            .collect();
        let of = session.sender.present();

        if let Some(conn) = stale {
            self.conns.remove(&conn);
            self.out.push_back(Effect::Close { conn });
        }
        self.conns.insert(sign_in.conn, key);
        self.out.push_back(greeting);
        self.out.extend(again.into_iter().map(|frame| Effect::Send { conn: sign_in.conn, frame }));
        if stale.is_none() {
            self.out.push_back(Effect::ToCalls(ToCalls::Presence { of, change: Presence::Resumed }));
        }
        true
    }

    /// Whether the account's policy has room for this device beside the user's others.
    fn admit(&self, sign_in: &SignIn, old: Option<SessionKey>) -> Result<(), ErrorCode> {
        let device = &sign_in.attendee.device;
        let others = self.seats(&device.user);
        let others = others.iter().chain(&sign_in.elsewhere).filter(|seat| seat.device != *device);
        let room = match sign_in.settings.devices {
            DevicePolicy::One => others.filter(|seat| seat.taken).count() == 0,
            DevicePolicy::Many => old.is_some() || others.count() < DEVICES_MAX,
        };
        if room { Ok(()) } else { Err(ErrorCode::AlreadySignedIn) }
    }

    fn begin(&mut self, now: Timestamp, sign_in: SignIn, old: Option<SessionKey>) {
        let key = SessionKey(self.next_key);
        self.next_key += 1;
        if let Some(old) = old {
            if let Some(conn) = self.sessions.get(&old).and_then(|session| session.conn()) {
                self.refuse(conn, ErrorCode::Replaced);
            }
            self.remove(old);
        }
        let displaced = match sign_in.settings.devices {
            DevicePolicy::One => self.users.get(&sign_in.attendee.device.user).cloned().unwrap_or_default(),
            DevicePolicy::Many => Vec::new(),
        };

        let session = Box::new(Session {
            sender: Sender {
                attendee: sign_in.attendee.clone(),
                since: now,
                settings: sign_in.settings.clone(),
            },
            branding: self.shared(&sign_in.attendee.device.user, &sign_in.branding),
            name: sign_in.fresh.name.as_str().into(),
            token: sign_in.fresh.token.as_str().into(),
            link: Link::default(),
            socket: Socket::open(now, sign_in.conn),
            proof: sign_in.proof.clone().map(Box::new),
            calls: Vec::new(),
        });
        self.out
            .push_back(Effect::Send { conn: sign_in.conn, frame: welcome(now, &session, &sign_in, false) });
        let device = session.device().clone();
        self.out.push_back(Effect::ToOtherNodes(ToSessions::Takeover {
            device,
            at: now,
            session: sign_in.fresh.name,
        }));
        self.announce(&session, Presence::Arrived);
        self.users.entry(session.device().user.clone()).or_default().push(key);
        self.conns.insert(sign_in.conn, key);
        self.sessions.insert(key, session);

        // After the newcomer is announced, so that a call which rings for the user finds a device at all times.
        for key in displaced {
            self.end(key, GoneReason::Replaced);
        }
    }

    /// Another node has let `device` in: what it excludes here and is older ends.
    pub(super) fn taken_over(&mut self, device: &DeviceAddress, at: Timestamp, name: &str) {
        for key in self.users.get(&device.user).cloned().unwrap_or_default() {
            let Some(session) = self.sessions.get(&key) else { continue };
            let same_device = session.device() == device;
            let excluded = same_device || session.sender.settings.devices == DevicePolicy::One;
            if !excluded || (session.sender.since, &*session.name) >= (at, name) {
                continue;
            }
            if let Some(conn) = session.conn() {
                self.refuse(conn, ErrorCode::Replaced);
            }
            if same_device {
                // The device lives on over there.
                self.remove(key);
            } else {
                self.end(key, GoneReason::Replaced);
            }
        }
    }
}

fn welcome(now: Timestamp, session: &Session, sign_in: &SignIn, resumed: bool) -> ServerFrame {
    // A session that goes on knows these better than a `hello` whose account was read a moment ago.
    let settings = session.sender.settings.clone().clamped();
    ServerFrame::Welcome(Box::new(Welcome {
        session: session.name.to_string(),
        resume_token: session.token.to_string(),
        resumed,
        received: session.link.received(),
        branding: Branding::clone(&session.branding),
        ring_timeout: settings.ring_timeout,
        connect_timeout: settings.connect_timeout,
        relay: sign_in.relay.clone(),
        server_time: now,
        ice_servers: sign_in.ice_servers.clone(),
        token_expires_at: sign_in.proof.as_ref().map(|proof| proof.expires_at),
    }))
}
