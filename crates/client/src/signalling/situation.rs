//! Where the machine stands, aspect by aspect: what its states are called.
//!
//! The machine is many small ones side by side: a session, a token, a microphone, and each call with how far it has come,
//! who holds it, how its sound travels. One label for all of it would have more values than anybody can count, so each
//! aspect has its own. The tests find out in this way which of the machine's transitions no scenario has.

use std::collections::BTreeMap;

use super::calls::Calls;
use super::session::Session;

/// One of the small machines. A call is numbered by this machine, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// The socket and what was said on it.
    Session,
    /// The user token.
    Token,
    /// The microphone.
    Microphone,
    /// How far a call has come.
    Stage(u64),
    /// Whether this side holds a call.
    Hold(u64),
    /// Whether this side's person is heard in a call.
    Mute(u64),
    /// Whose network spoils a call's sound, as the server says.
    Network(u64),
    /// How a call's sound travels.
    Path(u64),
    /// Whether the other side of a call is connected.
    Peer(u64),
    /// Whether the other side holds a call.
    PeerHold(u64),
    /// Whether the other side's person is heard in a call.
    PeerMute(u64),
    /// What the person is told besides.
    Notice(u64),
    /// How the moves of calls to this device stand.
    Moves,
    /// Whether the person is told that signalling is away, or calls are waited for.
    Signalling,
}

/// The labels of all aspects; one that is not there has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Situation(BTreeMap<Aspect, &'static str>);

impl Situation {
    pub(super) fn of(session: &Session, calls: &Calls) -> Self {
        let mut labels = calls.labels();
        labels.insert(Aspect::Session, session.label());
        labels.insert(Aspect::Token, session.token_label());
        Self(labels)
    }

    /// Whether there is such an aspect; a call that waits for its end to be confirmed has none any more.
    #[must_use]
    pub fn has(&self, aspect: Aspect) -> bool {
        self.0.get(&aspect).is_some_and(|&label| label != "parting")
    }

    /// What is different in `after`: the aspect and its labels before and after. An aspect that appears or goes has the
    /// label `none` there.
    pub fn changes<'a>(
        &'a self,
        after: &'a Self,
    ) -> impl Iterator<Item = (Aspect, &'static str, &'static str)> + 'a {
        let label = |situation: &Self, aspect| situation.0.get(&aspect).copied().unwrap_or("none");
        let mut aspects: Vec<Aspect> = self.0.keys().chain(after.0.keys()).copied().collect();
        aspects.sort();
        aspects.dedup();
        aspects
            .into_iter()
            .map(move |aspect| (aspect, label(self, aspect), label(after, aspect)))
            .filter(|(_, before, after)| before != after)
    }
}

impl Aspect {
    /// Its name, without the number of the call.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Microphone => "microphone",
            Self::Stage(_) => "call",
            Self::Hold(_) => "hold",
            Self::Mute(_) => "mute",
            Self::Network(_) => "network",
            Self::Path(_) => "path",
            Self::Peer(_) => "peer",
            Self::PeerHold(_) => "peer's hold",
            Self::PeerMute(_) => "peer's mute",
            Self::Notice(_) => "notice",
            Self::Moves => "moves",
            Self::Signalling => "signalling",
        }
    }
}
