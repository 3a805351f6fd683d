//! `tring bench`: places real calls, signalling and audio, against a server and says how it bore them.
//!
//! The calls are those of light peers (`tring-load`): all legs share one thread and one certificate, and what arrives is
//! opened, counted and timed in place of being played. This module decides when there are which calls, and what is made
//! of the figures; a report that does not say whether the generator itself was the limit would mislead.

mod failures;
mod figures;
mod limit;
mod options;
mod progress;
mod report;
mod run;
mod server;
mod stop;
mod tokens;
mod users;

pub(crate) use options::BenchArgs;

use std::time::{Duration, Instant};
use tring_load::legs::Load;
use tring_load::peer::{Server, SignIn, Trouble};
use tring_load::process::raise_file_limit;
use tring_protocol::error::ErrorCode;

use crate::error::CommandError;
use crate::output::Output;
use crate::secret_file::{self, SecretFileError};
use progress::Progress;
use report::{Report, SignIns};
use run::Run;
use server::Watched;
use stop::Stop;
use users::Users;

/// Between the last sign-in and the first call: what the idle server uses is measured.
const QUIET: Duration = Duration::from_secs(1);
/// Descriptors that are not those of calls and connections: terminal, epoll, `/proc`.
const OTHER_FILES: u64 = 64;

/// Why there is no report, or one that is not all well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// No such server.
    #[error("the server cannot be used: {0}")]
    Server(String),
    /// The token secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// It is empty.
    #[error(
        "the file with the token secret is empty; copy one from the keys of the account in the dashboard"
    )]
    NoSecret,
    /// Nobody is signed in.
    #[error("nobody could be signed in: {0}")]
    SignIn(String),
    /// The account requires what no device has.
    #[error(
        "this account requires user tokens; name the file with one of its token secrets by `--token-secret-file`, or use \
         an account for trying that requires none"
    )]
    TokenRequired,
    /// Tokens were made that are none of the account's.
    #[error(
        "the server refuses tokens that are signed with this secret; copy one from the keys of the account in the \
         dashboard. An account whose tokens are signed by its own keys (JWKS) cannot be used"
    )]
    TokenRefused,
    /// Fewer sockets than are needed.
    #[error(
        "{needed} files would be open at a time and the system allows {allowed}; raise it with `ulimit -n {needed}`"
    )]
    Files {
        /// How many at the same time.
        needed: u64,
        /// The hard limit of this process.
        allowed: u64,
    },
    /// The generator broke down; nothing that it counted can be trusted.
    #[error("the load generator broke down: {0}")]
    Generator(String),
    /// It was reported which, and why.
    #[error("{failed} of {placed} calls failed; the report says why")]
    Calls {
        /// How many did not go as they should.
        failed: u64,
        /// How many were begun.
        placed: u64,
    },
    /// By a second Ctrl-C.
    #[error("ended at once; there is no report")]
    Interrupted,
    /// Devices were not signed in to the end.
    #[error("{0} devices were refused or lost; the report says why")]
    Devices(u64),
}

pub(crate) async fn run(args: BenchArgs) -> Result<(), CommandError> {
    let stop = Stop::new();
    let report = tokio::select! {
        report = bench(&args, &stop) => report?,
        () = stop.listen() => return Err(BenchError::Interrupted.into()),
    };
    Output::of(args.json).answer(&report, &report.lines())?;
    match report.failure() {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

async fn bench(args: &BenchArgs, stop: &Stop) -> Result<Report, BenchError> {
    let server = Server::find(&args.server, args.ca.as_deref())
        .await
        .map_err(|error| BenchError::Server(format!("{error:#}")))?;
    let at_a_time = run::calls_at_a_time(args);
    let needed = OTHER_FILES + 4 * u64::from(at_a_time) + u64::from(args.idle);
    let allowed = raise_file_limit().unwrap_or(u64::MAX);
    if needed > allowed {
        return Err(BenchError::Files { needed, allowed });
    }
    let load =
        Load::start(Duration::from_millis(args.packet_time.get())).map_err(|error| generator(&error))?;
    let secret = args.token_secret_file.as_deref().map(secret_file::read).transpose()?;
    let tokens = secret.map(|secret| tokens::signed_with(&secret, &args.account)).transpose()?;
    let sign_in =
        SignIn { server: server.clone(), account: args.account.clone(), apikey: args.apikey.clone(), tokens };
    let progress = Progress::new(args.json);

    let mut watched = Watched::at(server.address());
    let users = Users::new(&sign_in, &args.users_prefix);
    let began = Instant::now();
    let idle = users
        .sign_in_all(at_a_time, args.idle, stop, &progress)
        .await
        .map_err(|error| not_signed_in(&error))?;
    let signing_in = began.elapsed();

    watched.rest(QUIET, users.signed_in()).await;
    let run = Run::new(args, &load, &users, at_a_time, stop);
    let mut found = run.go(&mut watched, &progress).await.map_err(|error| generator(&error))?;
    found.idle_lost = idle.lost().await;
    progress.end();
    let sign_ins = SignIns { devices: users.signed_in(), took: signing_in, refused: users.refused() };
    Ok(Report::of(args, sign_ins, found, watched, stop.why()))
}

fn not_signed_in(error: &anyhow::Error) -> BenchError {
    match Trouble::of(error) {
        Some(Trouble::SignInRefused(error)) if error.code == ErrorCode::TokenRequired => {
            BenchError::TokenRequired
        }
        Some(Trouble::SignInRefused(error)) if error.code == ErrorCode::TokenInvalid => {
            BenchError::TokenRefused
        }
        _ => BenchError::SignIn(Trouble::name(error)),
    }
}

fn generator(error: &anyhow::Error) -> BenchError {
    BenchError::Generator(format!("{error:#}"))
}
