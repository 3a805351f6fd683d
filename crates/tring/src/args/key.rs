//! `tring key`.

use clap::Subcommand;
use tring_protocol::ids::AccountId;
use tring_protocol::text::DisplayName;

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key for an app.
    New {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// What you call it.
        #[arg(long, default_value = "unnamed", value_parser = DisplayName::parse)]
        name: DisplayName,
        #[command(flatten)]
        place: Place,
    },
    /// List the keys of an account, oldest first.
    List {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        #[command(flatten)]
        place: Place,
    },
    /// Refuse a key from now on. Devices that are signed in with it stay so until their session ends.
    Revoke {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// The apikey.
        key: String,
        #[command(flatten)]
        place: Place,
    },
}
