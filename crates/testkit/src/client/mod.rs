//! The reference client: an honest, small twin of the SDK. A [`Client`] is an installation with its device id; a
//! [`Page`] is one load of it, which a reload replaces by another that knows nothing.

mod page;
mod several;
mod talk;

use tring_calls::bus::Attendee;
use tring_calls::sessions::ConnId;
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::{CallId, Cuid};
use tring_protocol::signal::{ClientFrame, DeclineReason, Resume, ServerFrame, ServerMessage};
use tring_protocol::time::Timestamp;

use crate::paths::Paths;
pub(crate) use page::Page;
pub(crate) use talk::MyCall;

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) attendee: Attendee,
    pub(crate) page: Option<Page>,
    pub(crate) pages: u32,
    /// The page's socket, open or being opened.
    pub(crate) wire: Option<ConnId>,
    pub(crate) usual_node: Option<usize>,
    pub(crate) paths: Paths,
    /// No socket can be opened until then.
    pub(crate) offline_until: Option<Timestamp>,
    /// When the page's next timer is due, if one is on its way.
    pub(crate) armed_at: Option<Timestamp>,
}

impl Client {
    pub(crate) fn new(attendee: Attendee, interfaces: usize) -> Self {
        Self {
            attendee,
            page: None,
            pages: 0,
            wire: None,
            usual_node: None,
            paths: Paths::new(interfaces),
            offline_until: None,
            armed_at: None,
        }
    }
}

/// What happens to a page.
#[derive(Debug)]
pub(crate) enum Input {
    /// It was loaded.
    Start,
    /// Its socket is closed, or could not be opened.
    Closed,
    Frame(ServerFrame),
    Say(Command),
    Tick,
}

/// What a person, or the page for them, does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Place(Cuid),
    /// Takes a call, and ends or holds the one before.
    Answer(CallId, Current),
    Decline(CallId, DeclineReason),
    Hangup(CallId),
    Mute(CallId),
    /// A new connection for the call's audio.
    Reoffer(CallId),
    /// The same for every call, because the path is lost.
    PathLost,
    Hold(CallId),
    Resume(CallId),
    TakeOver(CallId),
    Check,
    CheckDone,
    SignOut,
}

/// What becomes of the call that a person is in when they answer another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Current {
    End,
    Hold,
}

/// What a page wants, in order.
#[derive(Debug)]
pub(crate) enum Output {
    /// Open a socket and say hello.
    Connect(Option<Resume>),
    Send(ClientFrame),
    /// Give the socket up; nothing is expected of it any more.
    Drop,
    /// A message was received for the first time.
    Told(ServerMessage),
    /// The page gives a call up without having been told its end.
    Lost(CallId, Why),
    /// The page gives up waiting for the answer to its `place`, though it was connected all the time.
    Unanswered,
    /// The session was refused or ended for good.
    Refused(ErrorCode),
    /// The server broke the numbering.
    Broken(String),
}

/// Why a page gives up a call by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// No connection for longer than the session's grace.
    Offline,
    /// Its new session was told nothing of the call.
    Unconfirmed,
}
