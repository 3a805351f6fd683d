//! Why a command failed, and what the shell is told.

use std::path::PathBuf;
use std::process::ExitCode;
use tring_protocol::http::text::HttpTextError;
use tring_server::config::ConfigError;
use tring_server::tokens::MintError;
use tring_store::{BackupError, StoreError};

use crate::bench::BenchError;
use crate::phone::PhoneError;
use crate::secret_file::SecretFileError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The configuration cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database did not do what it was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No copy was made, or none put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Copies are made by PostgreSQL's own tools.
    #[error(
        "the database is a PostgreSQL server: copy it with `pg_dump --format=custom`, put it back with `pg_restore`, and \
         keep `tring.key` apart from it"
    )]
    NotEmbedded,
    /// There is a database, and nobody said that it may be replaced.
    #[error("{} is there already; `--overwrite` puts it aside and restores in its place", .0.display())]
    WouldOverwrite(PathBuf),
    /// Nobody signs in with that email.
    #[error("there is no member with this email; `tring member list` shows all")]
    NoSuchMember,
    /// The file with a secret cannot be read.
    #[error(transparent)]
    SecretFile(#[from] SecretFileError),
    /// What was read is no secret of a TURN server.
    #[error("the secret {0}")]
    Secret(HttpTextError),
    /// No user token is made.
    #[error("no token was made")]
    Token(#[from] MintError),
    /// The server cannot start.
    #[error(transparent)]
    Start(#[from] tring_server::StartError),
    /// `log` is not a filter.
    #[error("`log` must be a level or a list such as warn,tring_server=debug")]
    Log(#[source] tracing_subscriber::filter::ParseError),
    /// The system does not deliver signals.
    #[error("signals cannot be listened to")]
    Signals(#[source] std::io::Error),
    /// A second signal came while the server was draining.
    #[error("stopped at once; calls that were running end as lost when the server starts again")]
    Interrupted,
    /// A bug ended a part of the server that everything depends on.
    #[error("the server broke down; start it again, and report what was logged above")]
    Broken,
    /// `call` or `listen` did not go well.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Not all calls of `bench` went well, or there were none.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// The doctor found something, and has said what.
    #[error("{} red; what to do is said with each", checks(*.0))]
    Unwell(usize),
    /// The answer cannot be printed.
    #[error("the output cannot be written")]
    Output(#[from] std::io::Error),
    /// The threads of the program cannot be started.
    #[error("the threads of the program cannot be started")]
    Runtime(#[source] std::io::Error),
}

fn checks(red: usize) -> String {
    if red == 1 { "one of the checks is".to_owned() } else { format!("{red} of the checks are") }
}

impl CommandError {
    /// Whether the person was told already.
    pub(crate) fn is_told(&self) -> bool {
        matches!(self, Self::Phone(PhoneError::Call(_)))
    }

    /// 2 for what the caller has to write differently, 1 for the rest; `call` and `listen` have codes of their own.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Phone(error) => error.exit_code(),
            Self::Config(_) | Self::Log(_) | Self::Secret(_) | Self::Token(MintError::Life) => {
                ExitCode::from(2)
            }
            Self::Store(_)
            | Self::SecretFile(_)
            | Self::Token(_)
            | Self::Backup(_)
            | Self::NotEmbedded
            | Self::WouldOverwrite(_)
            | Self::NoSuchMember
            | Self::Start(_)
            | Self::Signals(_)
            | Self::Interrupted
            | Self::Broken
            | Self::Bench(_)
            | Self::Unwell(_)
            | Self::Output(_)
            | Self::Runtime(_) => ExitCode::FAILURE,
        }
    }
}
