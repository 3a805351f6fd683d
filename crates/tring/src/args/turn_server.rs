//! `tring turn-server`.

use clap::Subcommand;
use std::path::PathBuf;
use tring_protocol::http::text::TurnUrl;
use tring_protocol::http::turn::TURN_URLS;
use tring_protocol::ids::AccountId;

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum TurnServerCommand {
    /// Add one, such as a coturn with `use-auth-secret`.
    Add {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// By which devices reach it, such as turns:turn.shop.example:443?transport=tcp; up to four.
        #[arg(required = true, num_args = TURN_URLS, value_name = "URL", value_parser = TurnUrl::parse)]
        urls: Vec<TurnUrl>,
        /// The file with its `static-auth-secret`; `-` reads the standard input.
        #[arg(long, value_name = "FILE")]
        secret_file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// List them without their secrets.
    List {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        #[command(flatten)]
        place: Place,
    },
    /// Give out no more credentials for one.
    Remove {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// Its id, as the list has it.
        id: String,
        #[command(flatten)]
        place: Place,
    },
}
