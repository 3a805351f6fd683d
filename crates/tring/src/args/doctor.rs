//! `tring doctor`.

use clap::{ArgGroup, Args as ClapArgs};
use std::path::PathBuf;

use super::server::ServerFlags;

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("credentials").args(["apikey", "tokens"]).multiple(true))]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) server: ServerFlags,
    /// Look at a server that runs, from outside, in place of this machine: https://calls.shop.example.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The account in which two people call each other at `--url`; its accountId.
    #[arg(long, value_name = "ACCOUNT", env = "TRING_ACCOUNT", requires = "credentials")]
    pub(crate) account: Option<String>,
    /// A key of that account.
    #[arg(long, value_name = "KEY", env = "TRING_APIKEY", hide_env_values = true, requires = "account")]
    pub(crate) apikey: Option<String>,
    /// User tokens of tring_doctor_1 and tring_doctor_2, who call each other, where the account requires them; `tring token`
    /// makes them.
    #[arg(long = "token", num_args = 2, value_names = ["TOKEN", "TOKEN"], requires = "account")]
    pub(crate) tokens: Vec<String>,
    /// Certificates (PEM) that are trusted besides those that the system trusts.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// A STUN server on the internet, which tells by which address this machine is seen.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) stun: Option<String>,
    /// How many calls at the same time the machine is to carry.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub(crate) calls: u32,
    /// How many devices are to be signed in at the same time.
    #[arg(long, default_value_t = 500, value_name = "NUMBER")]
    pub(crate) devices: u32,
    /// Place no calls, which take some seconds.
    #[arg(long)]
    pub(crate) no_calls: bool,
    /// Do not call over TCP at `--url`: its `relay.tcp` is off.
    #[arg(long, requires = "url")]
    pub(crate) udp_only: bool,
    /// Answer with JSON: what was checked, how it is and what to do.
    #[arg(long)]
    pub(crate) json: bool,
}
