//! What a command prints: lines for people, or one JSON value per answer for programs.

use serde::Serialize;
use std::io::{Write, stderr, stdout};

use crate::error::CommandError;

/// For whom is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// People.
    Text,
    /// Programs.
    Json,
}

impl Output {
    /// As the command's `--json` says.
    pub(crate) fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }

    /// One answer: `value` as a line of JSON, or `lines` for people.
    pub(crate) fn answer(self, value: &impl Serialize, lines: &[String]) -> Result<(), CommandError> {
        match self {
            Self::Json => line(&serde_json::to_string(value).map_err(std::io::Error::from)?),
            Self::Text => lines.iter().try_for_each(|text| line(text)),
        }
    }
}

/// One line on the standard output, at once, so that a program which waits for it sees it.
pub(crate) fn line(text: &str) -> Result<(), CommandError> {
    Ok(line_out(text)?)
}

/// The same for who has errors of their own.
pub(crate) fn line_out(text: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// An error and its causes as one line on the standard error. If that fails too, nobody is left to be told.
pub(crate) fn complain(error: &dyn std::error::Error) {
    let _ = writeln!(stderr(), "tring: {}", with_causes(error));
}

/// An error and its causes. What a library says of its cause in its own words already is not said again.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.map(ToString::to_string).fold(error.to_string(), |text, cause| {
        if text.ends_with(&cause) { text } else { format!("{text}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error("the database failed: {0}")]
        Repeating(#[source] Error),
        #[error("the database failed")]
        Plain(#[source] Error),
    }

    #[test]
    fn a_cause_is_said_once() {
        let said = "the database failed: Connection refused";
        assert_eq!(with_causes(&Failed::Plain(Error::other("Connection refused"))), said);
        assert_eq!(with_causes(&Failed::Repeating(Error::other("Connection refused"))), said);
    }
}
