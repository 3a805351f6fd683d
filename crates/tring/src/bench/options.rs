//! What `tring bench` is told to do. The words of each option are its help.

use clap::Args as ClapArgs;
use std::path::PathBuf;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::time::Millis;
use tring_server::config::parse_length;

#[derive(Debug, ClapArgs)]
pub(crate) struct BenchArgs {
    /// The server, such as https://calls.shop.example.
    #[arg(long, value_name = "URL", env = "TRING_SERVER")]
    pub(crate) server: String,
    /// The accountId. An account for trying is best: every call is on its record.
    #[arg(long, env = "TRING_ACCOUNT", value_parser = AccountId::parse)]
    pub(crate) account: AccountId,
    /// One of its keys.
    #[arg(long, value_name = "KEY", env = "TRING_APIKEY", hide_env_values = true)]
    pub(crate) apikey: String,
    /// The file with one of the account's token secrets, where it requires user tokens: each user gets one that is signed
    /// with it. `-` reads the standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_secret_file: Option<PathBuf>,
    /// How many calls to place in all.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) calls: u32,
    /// How many calls to place in a second.
    #[arg(long, value_name = "PER SECOND", default_value_t = 5.0, value_parser = rate)]
    pub(crate) rate: f64,
    /// How long each call goes on once both sides hear each other.
    #[arg(long, value_name = "LENGTH", default_value = "20s", value_parser = parse_length)]
    pub(crate) hold: Millis,
    /// How many more devices to sign in that do nothing.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=200_000))]
    pub(crate) idle: u32,
    /// How many milliseconds of sound each packet holds: 20, 40 or 60. Browsers send 20.
    #[arg(long, value_name = "MS", default_value = "20", value_parser = packet_time)]
    pub(crate) packet_time: Millis,
    /// What the names of the users begin with.
    #[arg(long, value_name = "TEXT", default_value = "bench", value_parser = prefix)]
    pub(crate) users_prefix: String,
    /// Certificates (PEM) to trust besides those that the system trusts.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Report with JSON, and show no progress.
    #[arg(long)]
    pub(crate) json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.01..=1_000.0).contains(rate));
    rate.ok_or_else(|| "must lie between 0.01 and 1000".to_owned())
}

fn packet_time(text: &str) -> Result<Millis, String> {
    match text {
        "20" | "40" | "60" => text.parse().map(Millis::new).map_err(|_| "must be a number".to_owned()),
        _ => Err("must be 20, 40 or 60".to_owned()),
    }
}

fn prefix(text: &str) -> Result<String, String> {
    // The longest name that is made of it.
    Cuid::parse(&format!("{text}_ffff_caller_1000000")).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}
