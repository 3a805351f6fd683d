//! How a call or the attempt at one ended: the exit code for scripts, and the sentence for people.

use std::process::ExitCode;

use tring_client::audio::AudioError;
use tring_client::driver::{Ended, OptionsError};
use tring_client::signalling::Ending;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::outcome::{EndReason, EndStatus};

/// The table that `--help` prints.
pub(super) const HELP: &str = "\
Exit codes:
    0  the call is over, or `listen` was told to stop
    1  something failed on this machine
    2  the command line is wrong
   10  declined, also where the other side's device cannot take calls
   11  the other side is in another call
   12  missed: nobody answered, or no device could be reached
   13  cancelled by the caller before it was answered
   14  answered, but Tring did not bring it about
   15  it went to another device of the same user
   16  it was not placed
   17  the server refused the sign-in, or signed this device out
   18  no server was reached
   19  there is no sound: no sound card, or a file that cannot be used
  130  stopped before it was signed in, or before the server knew that the call is over";

/// Why `call` or `listen` ends with another code than 0.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PhoneError {
    /// The options break a rule.
    #[error("{0}")]
    Options(String),
    /// Nobody signed in.
    #[error("signing in as {cuid} did not work: {error}")]
    SignIn { cuid: String, error: WireError },
    /// The server signed the device out.
    #[error("the server signed this device out: {0}")]
    SignedOut(WireError),
    /// The call is not one that was talked in.
    #[error("{}", sentence(.0))]
    Call(Ended),
    /// Nothing can be said or heard.
    #[error(transparent)]
    NoSound(#[from] AudioError),
    /// There is no sound card, and no file in its place.
    #[error("{0}; or speak from and to files, by --play and --record")]
    NoCard(AudioError),
    /// By Ctrl-C while it signed in.
    #[error("stopped before anybody was signed in")]
    NotBegun,
    /// A second Ctrl-C.
    #[error("stopped at once; the server ends the call when it misses this device")]
    Interrupted,
    /// The terminal or the output does not work.
    #[error("the terminal cannot be used")]
    Terminal(#[from] std::io::Error),
}

// Its sentence has its source in it already.
impl From<OptionsError> for PhoneError {
    fn from(error: OptionsError) -> Self {
        Self::Options(error.to_string())
    }
}

impl PhoneError {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Options(_) => 2,
            Self::SignIn { error, .. } if error.code == ErrorCode::InternetLost => 18,
            Self::SignIn { .. } | Self::SignedOut(_) => 17,
            Self::Call(ended) => code(ended),
            Self::NoSound(_) | Self::NoCard(_) => 19,
            Self::NotBegun | Self::Interrupted => 130,
            Self::Terminal(_) => 1,
        }
    }
}

/// The exit code of a call that ended like this.
pub(super) fn code(ended: &Ended) -> u8 {
    match ended {
        Ended::Because(Ending::Ended(EndReason::Busy)) => 11,
        Ended::Because(Ending::Ended(reason)) => match reason.status() {
            EndStatus::Over => 0,
            EndStatus::Declined => 10,
            EndStatus::Missed => 12,
            EndStatus::Cancelled => 13,
            EndStatus::Failed => 14,
        },
        Ended::Because(Ending::Withdrawn(_)) => 15,
        Ended::NotPlaced(error) if error.code == ErrorCode::MicUnavailable => 19,
        Ended::NotPlaced(_) => 16,
        Ended::SignedOut => 17,
    }
}

/// What happened, and what can be done about it.
pub(super) fn sentence(ended: &Ended) -> String {
    match ended {
        Ended::Because(Ending::Ended(reason)) => of_reason(*reason).to_owned(),
        Ended::Because(Ending::Withdrawn(_)) => format!("{ended}; nothing is left to do here"),
        // The catalogue speaks to who sits before a browser.
        Ended::NotPlaced(error) if error.code == ErrorCode::MicUnavailable => {
            "the call was not placed, because there is no sound here; connect a sound card, or speak from and to files by \
             --play and --record"
                .into()
        }
        Ended::NotPlaced(error) => format!("the call was not placed: {error}"),
        Ended::SignedOut => {
            "the call ended because this device is not signed in any more; sign in again".into()
        }
    }
}

fn of_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Hangup => "the call is over: one of the two hung up",
        EndReason::MaxDuration => {
            "the call is over: it reached the longest duration that the account allows; call again to go on"
        }
        EndReason::BalanceExhausted => {
            "the call is over: the caller's balance is used up; it has to be filled up before the next call"
        }
        EndReason::EndedByServer => "the call is over: the business ended it",
        EndReason::ConnectionLost => {
            "the call is over: one side's connection was lost and did not come back; call again"
        }
        EndReason::User => "declined; call again when it suits both",
        EndReason::Busy => "the other side is in another call; call again in a while",
        EndReason::MicrophoneDenied => {
            "it was answered, but the microphone there cannot be used; it has to be connected or allowed there first"
        }
        EndReason::LoggedOut => "the other side signed out; they have to sign in before they can be called",
        EndReason::NotificationsDisabled => {
            "the other side's device may not show calls; they have to allow notifications"
        }
        EndReason::RingTimeout => "nobody answered; call again later",
        EndReason::Unreachable => {
            "no device of the other side could be reached; check the cuid, or wait until they sign in"
        }
        EndReason::Caller => "the caller cancelled the call before it was answered",
        EndReason::CallerLost => "the caller's connection was lost before the call was answered; call again",
        EndReason::ConnectTimeout => ErrorCode::ConnectTimeout.sentence(),
        EndReason::NodeLost => ErrorCode::NodeLost.sentence(),
        EndReason::Internal => ErrorCode::Internal.sentence(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tring_protocol::signal::WithdrawnReason;

    #[test]
    fn every_end_has_a_code_that_the_help_explains() {
        let ends = EndReason::ALL.iter().map(|reason| Ended::Because(Ending::Ended(*reason)));
        let others = [
            Ended::Because(Ending::Withdrawn(WithdrawnReason::TakenOver)),
            Ended::NotPlaced(ErrorCode::Internal.into()),
            Ended::NotPlaced(ErrorCode::MicUnavailable.into()),
            Ended::SignedOut,
        ];
        let explained: Vec<u8> = HELP
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
            .collect();
        for ended in ends.chain(others) {
            assert!(explained.contains(&code(&ended)), "{ended:?}");
            assert_eq!(code(&ended) == 0, ended.status() == Some(EndStatus::Over), "{ended:?}");
        }
        let lost = PhoneError::SignIn { cuid: "x".into(), error: ErrorCode::InternetLost.into() };
        let refused = PhoneError::SignIn { cuid: "x".into(), error: ErrorCode::InvalidCredentials.into() };
        let silent = PhoneError::NoSound(AudioError::Missing("microphone".into()));
        let no_sound = code(&Ended::NotPlaced(ErrorCode::MicUnavailable.into()));
        assert_eq!(no_sound, silent.code(), "whenever it is found out");
        for error in [lost, refused, silent, PhoneError::NotBegun, PhoneError::Interrupted] {
            assert!(explained.contains(&error.code()), "{error}");
        }
    }
}
