//! What the calls of a device are, and for how long they wait for what.

use tring_protocol::error::WireError;
use tring_protocol::ids::CallId;
use tring_protocol::limits::SESSION_GRACE;
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{CallSnapshot, Party, Role};
use tring_protocol::text::{Context, ImageUrl};
use tring_protocol::time::Millis;

use crate::signalling::input::{CallRequest, Choices};
use crate::signalling::moment::{Moment, ServerClock};
use crate::signalling::output::{Ending, Notice, PoorNetwork, ShownCall};

/// How long the server's word on how a call ended is waited for before this device takes its own. Higher: a call settles
/// late when the server is gone; lower: the two sides may be told different ends.
pub(super) const END_WAIT: Millis = Millis::seconds(2);
/// How long after a new session the calls that were going on may take to come back as `restored`. Higher: a dead call
/// stays on the screen; lower: a busy server's call is given up.
pub(super) const RESTORE_WAIT: Millis = Millis::seconds(3);
/// How long signalling may be away before the person is told. Higher: buttons seem dead; lower: gaps that do not touch
/// the sound alarm people.
pub(super) const SIGNALLING_PATIENCE: Millis = Millis::new(1_500);
/// How long a peer that follows a lost one is given to come up before another is tried. Higher: longer silence when the
/// new path fails as well; lower: a peer on a slow network is thrown away before it is up.
pub(super) const PEER_INTERVAL: Millis = Millis::seconds(4);
/// How young a peer must be to be kept when signalling comes back: an older one may have been made while there was no
/// network. Higher: such a one delays the next; lower: one that would do is thrown away.
pub(super) const PEER_FRESH: Millis = Millis::new(1_500);
/// How much longer than announced a call rings here when the server does not say that it is over.
pub(super) const RING_MARGIN: Millis = Millis::seconds(5);
/// How long the person is told that somebody else called.
pub(super) const NOTICE_STAYS: Millis = Millis::seconds(8);
/// How many ended calls are remembered: more than can end at once.
pub(super) const ENDED_KEPT: usize = 8;

/// How far a call has come on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Sent, not confirmed.
    Placing,
    /// The server has it; no device of the callee has confirmed it.
    Placed,
    /// It rings at the callee's.
    Ringing,
    /// It rings here.
    Incoming,
    /// It rings here beside a call that the person is in.
    Waiting,
    /// It rang while this device was placing a call; shown if that comes to nothing.
    Behind,
    /// Answered here, waiting for the microphone or the server.
    Answering,
    /// As on the wire.
    Answered,
    /// As on the wire.
    Connected,
}

/// This machine's own name of a call, which it has before the server gives it one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CallKey(pub(super) u64);

/// One of this device's calls.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) key: CallKey,
    pub(super) stage: Stage,
    pub(super) role: Role,
    /// The server's name for it; not before it is placed.
    pub(super) id: Option<CallId>,
    /// Of the request that is told its end, if this device placed it.
    pub(super) reference: Option<String>,
    pub(super) peer: Party,
    pub(super) context: Context,
    pub(super) image: Option<ImageUrl>,
    pub(super) answered_at: Option<Moment>,
    pub(super) muted: bool,
    pub(super) peer_muted: bool,
    pub(super) peer_away: bool,
    /// Whether this side holds it: what the person wants, until the server says otherwise.
    pub(super) held: bool,
    pub(super) peer_held: bool,
    /// Whether the server has not confirmed that yet.
    pub(super) hold_unanswered: bool,
    /// By the server's last word.
    pub(super) poor_network: PoorNetwork,
    pub(super) notice: Option<Posted>,
    /// Until when the present stage may last.
    pub(super) due: Option<Moment>,
    /// Whether the session began anew and the call has not come back yet.
    pub(super) unconfirmed: bool,
    pub(super) path: Path,
}

/// A notice on the screen.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) notice: Notice,
    /// Without it, until it is settled.
    pub(super) until: Option<Moment>,
}

/// How a call's sound travels.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    /// Offers that the relay has not answered; only the answer to the last one is of use.
    pub(super) unanswered_offers: u32,
    /// Whether nothing arrives on the peer.
    pub(super) is_lost: bool,
    /// Whether the newest peer was seen to work.
    pub(super) is_proven: bool,
    /// When the newest peer was opened.
    pub(super) opened_at: Option<Moment>,
    /// When the next one is, unless the path is back by then.
    pub(super) reopen_at: Option<Moment>,
}

impl Call {
    /// Whether both have said yes.
    pub(super) fn is_ongoing(&self) -> bool {
        matches!(self.stage, Stage::Answered | Stage::Connected)
    }

    /// Whether this person has not said anything to it yet.
    pub(super) fn is_unanswered(&self) -> bool {
        matches!(self.stage, Stage::Incoming | Stage::Waiting | Stage::Behind)
    }
}

/// A call on its way here from another device.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) call_id: CallId,
    pub(super) reference: String,
    /// Until when the server may take to answer; not before it is asked, which the microphone comes before.
    pub(super) due: Option<Moment>,
}

/// A call that is over for this person, while the server's word on it is awaited.
#[derive(Debug)]
pub(super) struct Parting {
    pub(super) call: Call,
    pub(super) presumed: EndReason,
    pub(super) due: Moment,
}

/// A call that ended.
#[derive(Debug, Clone)]
pub(super) struct Farewell {
    pub(super) call: Call,
    pub(super) end: Ending,
    pub(super) at: Moment,
}

/// Whether the server can be told anything.
#[derive(Debug)]
pub(super) enum Line {
    /// Never yet.
    New,
    /// Yes.
    Open,
    /// Not at the moment.
    Lost {
        /// Since when.
        at: Moment,
        /// Whether it is away for so long that the person is told.
        is_missed: bool,
    },
    /// Never again.
    Over(WireError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Microphone {
    Closed,
    Opening,
    Open,
    Failed,
}

/// What the last outputs said, so that only changes are told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) view: Option<ShownCall>,
    pub(super) live: Option<CallId>,
    pub(super) elsewhere: Vec<CallSnapshot>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) choices: Choices,
    pub(super) line: Line,
    pub(super) clock: ServerClock,
    /// Until when the calls must have come back after a new session.
    pub(super) restore_due: Option<Moment>,
    /// A call that waits for the microphone before it is placed.
    pub(super) attempt: Option<CallRequest>,
    /// In the order in which they came, except that one that was put on hold goes to the end.
    pub(super) calls: Vec<Call>,
    pub(super) partings: Vec<Parting>,
    /// The call that ended last, for as long as the screen shows it.
    pub(super) farewell: Option<Farewell>,
    /// The calls that ended last, for those who watch calls and not the screen.
    pub(super) ended: Vec<Farewell>,
    /// The user's calls on other devices.
    pub(super) elsewhere: Vec<CallSnapshot>,
    pub(super) moves: Vec<Move>,
    pub(super) microphone: Microphone,
    /// The calls for which a peer is open.
    pub(super) peers: Vec<CallId>,
    pub(super) told: Told,
    next_key: u64,
}

impl State {
    /// Nothing has happened yet.
    pub(super) fn new(choices: Choices) -> Self {
        Self {
            choices,
            line: Line::New,
            clock: ServerClock::default(),
            restore_due: None,
            attempt: None,
            calls: Vec::new(),
            partings: Vec::new(),
            farewell: None,
            ended: Vec::new(),
            elsewhere: Vec::new(),
            moves: Vec::new(),
            microphone: Microphone::Closed,
            peers: Vec::new(),
            told: Told::default(),
            next_key: 0,
        }
    }

    /// A call as it begins, on either side.
    pub(super) fn new_call(&mut self, role: Role, stage: Stage, peer: Party, context: Context) -> Call {
        self.next_key += 1;
        Call {
            key: CallKey(self.next_key),
            stage,
            role,
            id: None,
            reference: None,
            peer,
            context,
            image: None,
            answered_at: None,
            muted: false,
            peer_muted: false,
            peer_away: false,
            held: false,
            peer_held: false,
            hold_unanswered: false,
            poor_network: PoorNetwork::None,
            notice: None,
            due: None,
            unconfirmed: false,
            path: Path::default(),
        }
    }

    pub(super) fn call(&self, key: CallKey) -> Option<&Call> {
        self.calls.iter().find(|call| call.key == key)
    }

    pub(super) fn call_mut(&mut self, key: CallKey) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.key == key)
    }

    /// The call that a message speaks of, if it is this device's.
    pub(super) fn named(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().find(|call| call.id == Some(id))
    }

    pub(super) fn named_mut(&mut self, id: CallId) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.id == Some(id))
    }

    /// The call at `stage`; of each of the stages that this is asked for there is one at most.
    pub(super) fn at(&self, stage: Stage) -> Option<&Call> {
        self.calls.iter().find(|call| call.stage == stage)
    }

    /// The call that the person is in, or that they are placing or answering: the one that is not on hold.
    pub(super) fn current(&self) -> Option<&Call> {
        self.calls.iter().find(|call| !call.held && !call.is_unanswered())
    }

    /// What holds the line, so that no other call can be placed or rung.
    pub(super) fn busy(&self) -> Option<&Call> {
        self.current().or_else(|| self.at(Stage::Incoming))
    }

    /// The call that the screen shows.
    pub(super) fn front(&self) -> Option<&Call> {
        self.busy().or_else(|| self.calls.iter().rfind(|call| call.held))
    }

    /// The keys of all calls, for a walk during which some of them may go.
    pub(super) fn keys(&self) -> Vec<CallKey> {
        self.calls.iter().map(|call| call.key).collect()
    }

    /// Takes a call out of the calls.
    pub(super) fn remove(&mut self, key: CallKey) -> Option<Call> {
        let index = self.calls.iter().position(|call| call.key == key)?;
        let call = self.calls.remove(index);
        self.forget_restoring();
        Some(call)
    }

    /// Nothing is waited for once every call has come back.
    pub(super) fn forget_restoring(&mut self) {
        if !self.calls.iter().any(|call| call.unconfirmed) {
            self.restore_due = None;
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.line, Line::Open)
    }

    /// Whether signalling is away for so long that the person is told.
    pub(super) fn is_signalling_missed(&self) -> bool {
        matches!(self.line, Line::Lost { is_missed: true, .. })
    }

    /// When there is something to do by itself.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let of_calls = self.calls.iter().flat_map(|call| {
            [call.due, call.path.reopen_at, call.notice.as_ref().and_then(|posted| posted.until)]
        });
        let absence = match self.line {
            Line::Lost { at, is_missed } if !self.calls.is_empty() => {
                Some(at + if is_missed { SESSION_GRACE } else { SIGNALLING_PATIENCE })
            }
            _ => None,
        };
        of_calls
            .chain([self.restore_due, absence])
            .chain(self.partings.iter().map(|parting| Some(parting.due)))
            .chain(self.moves.iter().map(|mv| mv.due))
            .flatten()
            .min()
    }
}
