//! Why a command failed, and what the shell is told.

use std::process::ExitCode;
use tring_server::config::ConfigError;
use tring_store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database did not do what it was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The answer cannot be printed.
    #[error("the output cannot be written")]
    Output(#[from] std::io::Error),
    /// The threads of the program cannot be started.
    #[error("the threads of the program cannot be started")]
    Runtime(#[source] std::io::Error),
}

impl CommandError {
    /// 2 for what the caller has to write differently, 1 for the rest.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(2),
            Self::Store(_) | Self::Output(_) | Self::Runtime(_) => ExitCode::FAILURE,
        }
    }
}
