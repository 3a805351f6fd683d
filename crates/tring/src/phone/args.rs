//! The options of `tring call` and `tring listen`.

use clap::Args as ClapArgs;
use std::path::PathBuf;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::text::{Context, DisplayName};
use tring_protocol::time::Millis;
use tring_server::config::parse_length;

use super::outcome::HELP;

/// What both commands say below their options.
const CONTROLS: &str = "\
Keys, on a terminal at once, otherwise letters in lines of the standard input:
  a answer   d decline   m mute and unmute   h hold and go on   q hang up   Ctrl-C hang up and leave";

#[derive(Debug, ClapArgs)]
#[command(after_help = format!("{CONTROLS}\n\n{HELP}"))]
pub(crate) struct CallArgs {
    /// Who is called.
    #[arg(value_name = "CUID", value_parser = Cuid::parse)]
    pub(super) to: Cuid,
    /// Why; they see it while it rings.
    #[arg(long, value_name = "TEXT", value_parser = Context::parse)]
    pub(super) context: Context,
    #[command(flatten)]
    pub(super) phone: PhoneArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = format!("{CONTROLS}\n\n{HELP}"))]
pub(crate) struct ListenArgs {
    /// Answer by itself, at once or after this long.
    #[arg(long, value_name = "AFTER", num_args = 0..=1, require_equals = true, default_missing_value = "0s", value_parser = parse_length)]
    pub(super) auto_answer: Option<Millis>,
    /// Leave after one call, with the exit code that says how it ended.
    #[arg(long)]
    pub(super) once: bool,
    #[command(flatten)]
    pub(super) phone: PhoneArgs,
}

/// Who speaks from where, with which sound.
#[derive(Debug, ClapArgs)]
pub(crate) struct PhoneArgs {
    /// The address of the server.
    #[arg(long, value_name = "URL", env = "TRING_SERVER")]
    pub(super) server: String,
    /// The accountId.
    #[arg(long, env = "TRING_ACCOUNT", value_parser = AccountId::parse)]
    pub(super) account: AccountId,
    /// The publishable key of the account.
    #[arg(long, env = "TRING_APIKEY", hide_env_values = true, required_unless_present = "token")]
    pub(super) apikey: Option<String>,
    /// A user token, where the account requires one; `tring token` makes one for trying.
    #[arg(long, env = "TRING_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// Who you are.
    #[arg(long = "as", value_name = "CUID", env = "TRING_CUID", value_parser = Cuid::parse)]
    pub(super) cuid: Cuid,
    /// What others see of you.
    #[arg(long, env = "TRING_NAME", value_parser = DisplayName::parse)]
    pub(super) name: Option<DisplayName>,
    /// Say this WAV (48 kHz, 16 bits) or Ogg Opus file once, then nothing, instead of using the sound card.
    #[arg(long, value_name = "FILE")]
    pub(super) play: Option<PathBuf>,
    /// Write what is heard to this .wav, .ogg or .opus file instead of using the sound card. A later call writes over it.
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// Hear nothing while the other side holds, instead of a tone every five seconds: for programs that record.
    #[arg(long)]
    pub(super) no_hold_tone: bool,
    /// Hang up when the call has been connected for this long, such as 90s.
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(super) max_duration: Option<Millis>,
    /// Tell what happens as lines of JSON, one event each; README.md has all of them.
    #[arg(long)]
    pub(super) json: bool,
    /// A file of certificates (PEM) to trust besides those that the system trusts.
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
}
