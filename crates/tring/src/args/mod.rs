//! The command line. The words of each option are its help.
//!
//! `call` and `listen` have theirs in `phone`, `bench` in `bench`.

mod account;
mod backup;
mod demo;
mod doctor;
mod key;
mod member;
mod place;
mod server;
mod token;
mod turn_server;

pub(crate) use account::{AccountCommand, Logo, SettingsChange, Shown};
pub(crate) use backup::{BackupArgs, RestoreArgs};
pub(crate) use demo::DemoArgs;
pub(crate) use doctor::DoctorArgs;
pub(crate) use key::KeyCommand;
pub(crate) use member::MemberCommand;
pub(crate) use place::Place;
pub(crate) use server::ServeArgs;
pub(crate) use token::TokenArgs;
pub(crate) use turn_server::TurnServerCommand;

use clap::{Parser, Subcommand};

use crate::bench::BenchArgs;
use crate::phone::{CallArgs, ListenArgs};

/// Self-hosted in-app voice calling.
#[derive(Debug, Parser)]
#[command(name = "tring", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a server. What the flags do not say is in the configuration; `tring config` prints its manual.
    Serve(ServeArgs),
    /// Check a server before it goes live, on its machine or with `--url` from elsewhere; ends with 1 if something is red.
    Doctor(Box<DoctorArgs>),
    /// Make accounts, list them, change what they decide.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Make, list and revoke the publishable keys of an account.
    #[command(subcommand)]
    Key(KeyCommand),
    /// List, add and remove the TURN servers of an account.
    #[command(subcommand)]
    TurnServer(TurnServerCommand),
    /// Make a user token for trying, signed with the account's token secret.
    Token(Box<TokenArgs>),
    /// List the members who sign in to the dashboard, invite the first one, help one who forgot their password.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Fill the account of the demo with plausible calls up to now, for the dashboard to show.
    Demo(DemoArgs),
    /// Copy the embedded database to a file, also while a server runs on it.
    Backup(BackupArgs),
    /// Put a copy of the embedded database back, while no server runs on it.
    Restore(RestoreArgs),
    /// Call somebody and talk, by the sound card or from and to files. The exit code says how the call ended.
    Call(Box<CallArgs>),
    /// Wait for calls and talk, by the sound card or from and to files.
    Listen(Box<ListenArgs>),
    /// Place real calls, signalling and audio, against a server, and report how it bore them.
    Bench(Box<BenchArgs>),
    /// Print the default configuration, which is also its manual.
    Config,
}
