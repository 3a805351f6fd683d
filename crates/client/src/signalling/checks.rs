//! The messages of network checks, which belong to no call: from a `Check` to the relay's answer or a reason why there is
//! none. Never waits for a server that is not there.

use tring_protocol::error::WireError;

use super::output::Output;

/// The checks that are under way, by their references.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<String>);

impl Checks {
    /// The server is asked.
    pub(super) fn asked(&mut self, reference: String) {
        self.0.push(reference);
    }

    /// The check is over; whether it was still waited for.
    pub(super) fn over(&mut self, reference: &str) -> bool {
        let waiting = self.0.len();
        self.0.retain(|asked| asked != reference);
        self.0.len() < waiting
    }

    /// None that was asked is answered any more.
    pub(super) fn lost(&mut self, error: &WireError) -> impl Iterator<Item = Output> {
        let error = error.clone();
        std::mem::take(&mut self.0)
            .into_iter()
            .map(move |reference| Output::CheckRefused { reference, error: error.clone() })
    }
}
