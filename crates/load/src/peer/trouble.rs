//! Why a call or a sign-in of a light peer failed, in words that are the same for all that failed alike, so that
//! failures can be counted.

use tring_protocol::error::WireError;
use tring_protocol::outcome::EndReason;

use super::PATIENCE;

/// What went wrong. It is inside the [`anyhow::Error`] that says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection came to be.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server refused the device.
    #[error("refused to sign in ({0})")]
    SignInRefused(WireError),
    /// The server ended the session of a device.
    #[error("signed out by the server ({0})")]
    SignedOut(WireError),
    /// A connection ended by itself.
    #[error("the signalling connection was lost")]
    Lost,
    /// The call was not placed, or its media path not opened.
    #[error("the call was refused ({0})")]
    Refused(WireError),
    /// The call ended before its time.
    #[error("the call ended too early ({})", .0.as_str())]
    Ended(EndReason),
    /// Something that the server should have said was not said.
    #[error("no {0} within {s} s", s = PATIENCE.as_secs())]
    Late(&'static str),
    /// The media path did not come to be.
    #[error("ICE or DTLS failed: {0}")]
    NoPath(String),
}

impl Trouble {
    /// The one inside `error`.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Option<&Self> {
        error.downcast_ref()
    }

    /// What `error` is counted as: its trouble, or the first of its causes.
    #[must_use]
    pub fn name(error: &anyhow::Error) -> String {
        Self::of(error).map_or_else(|| error.root_cause().to_string(), Self::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn troubles_are_found_below_what_says_where_and_count_alike() {
        let error = |who: &str| anyhow!(Trouble::Late("ringing")).context(who.to_owned()).context("call 7");
        assert_eq!(Trouble::of(&error("anita_1")), Some(&Trouble::Late("ringing")));
        assert_eq!(Trouble::name(&error("anita_1")), Trouble::name(&error("bharat_2")));
        assert_eq!(Trouble::name(&anyhow!("too many open files").context("call 7")), "too many open files");
    }
}
