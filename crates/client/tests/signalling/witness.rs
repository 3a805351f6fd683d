//! What must hold for the machine's outputs, whatever happens.

use std::collections::BTreeSet;

use tring_client::signalling::{Output, Socket};
use tring_protocol::ids::CallId;
use tring_protocol::signal::ClientFrame;

/// What is open according to the outputs.
#[derive(Default)]
pub(crate) struct Witness {
    /// References that are not settled.
    pub(crate) unsettled: BTreeSet<String>,
    pub(crate) peers: BTreeSet<CallId>,
    pub(crate) has_microphone: bool,
    live: Option<CallId>,
    is_over: bool,
    last_view: Option<String>,
    /// The number of the last message of the session.
    last_sent: u32,
    /// Whether the server counts wrong, so that the numbers say nothing.
    is_careless: bool,
}

impl Witness {
    /// One that does not look at numbers: where the server makes them up, the device begins anew at any time.
    pub(crate) fn careless() -> Self {
        Self { is_careless: true, ..Self::default() }
    }

    pub(crate) fn see(&mut self, output: &Output) {
        let is_answer = matches!(output, Output::Settle { .. } | Output::CheckRefused { .. });
        assert!(!self.is_over || is_answer, "after the end it says {output:?}");
        match output {
            Output::Settle { reference, .. } => {
                assert!(self.unsettled.remove(reference), "{reference} is settled twice");
            }
            Output::OpenMicrophone => self.has_microphone = true,
            Output::CloseMicrophone => (self.has_microphone, self.live) = (false, None),
            Output::OpenPeer { call_id } => drop(self.peers.insert(*call_id)),
            Output::ClosePeer { call_id } => {
                assert!(self.peers.remove(call_id), "a peer is closed that is not open");
                self.live.take_if(|live| live == call_id);
            }
            Output::AcceptAnswer { call_id, .. } => {
                assert!(self.peers.contains(call_id), "no peer for the answer");
            }
            Output::MicrophoneLive { call_id, live: true } => {
                assert!(
                    self.has_microphone && self.peers.contains(call_id),
                    "nothing to be sent, or nowhere"
                );
                assert_eq!(self.live.replace(*call_id), None, "the microphone is live for two calls");
            }
            Output::MicrophoneLive { call_id, live: false } => assert_eq!(self.live.take(), Some(*call_id)),
            Output::View { view } => {
                let drawn = Some(format!("{view:?}"));
                assert_ne!(drawn, self.last_view, "nothing changed");
                self.last_view = drawn;
            }
            Output::SignedIn { resumed: false } => self.last_sent = 0,
            Output::Frame { frame: ClientFrame::Message { seq, .. }, socket: Socket::First } => {
                assert!(self.is_careless || *seq <= self.last_sent + 1, "a message is left out before {seq}");
                self.last_sent = self.last_sent.max(*seq);
            }
            Output::Refused { .. } => self.is_over = true,
            _ => {}
        }
    }

    /// Nothing may be left once the user has signed out.
    pub(crate) fn signed_out(&mut self) {
        self.is_over = true;
        assert!(self.unsettled.is_empty(), "kept waiting: {:?}", self.unsettled);
        assert!(
            self.peers.is_empty() && !self.has_microphone && self.live.is_none(),
            "something is left open"
        );
    }
}
