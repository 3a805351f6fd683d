//! The command `tring`.
//!
//! Exit codes: 0 for done, 2 for a command line or a configuration that cannot work, 1 for everything that fails;
//! `call` and `listen` say by others how a call ended.
#![forbid(unsafe_code)]

mod accounts;
mod args;
mod backup;
mod bench;
mod demo;
mod doctor;
mod error;
mod keys;
mod members;
mod output;
mod phone;
mod secret_file;
mod serve;
mod supervisor;
mod tokens;
mod turn_servers;

use args::{Args, Command};
use clap::Parser;
use error::CommandError;
use std::process::ExitCode;

/// Tring keeps one small allocation or more per signed-in device; mimalloc packs those tighter than the system's
/// allocator does, and gives memory back after a burst of calls.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_told() {
                output::complain(&error);
            }
            error.exit_code()
        }
    }
}

fn run(args: Args) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Runtime::new().map_err(CommandError::Runtime)?;
    let done = runtime.block_on(async {
        match args.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Doctor(args) => Box::pin(doctor::run(*args)).await,
            Command::Account(command) => accounts::run(command).await,
            Command::Key(command) => keys::run(command).await,
            Command::Member(command) => members::run(command).await,
            Command::Demo(args) => demo::run(args).await,
            Command::TurnServer(command) => turn_servers::run(command).await,
            Command::Token(args) => tokens::run(*args).await,
            Command::Backup(args) => backup::back_up(args).await,
            Command::Restore(args) => backup::restore(args).await,
            Command::Call(args) => Ok(Box::pin(phone::call(*args)).await?),
            Command::Listen(args) => Ok(Box::pin(phone::listen(*args)).await?),
            Command::Bench(args) => Box::pin(bench::run(*args)).await,
            Command::Config => output::line(tring_server::config::DEFAULT.trim_end()),
        }
    });
    // After a second signal nothing is waited for, not even a database that does not answer.
    runtime.shutdown_background();
    done
}
