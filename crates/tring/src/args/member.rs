//! `tring member`.

use clap::{Subcommand, ValueEnum};
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::Email;
use tring_protocol::ids::AccountId;

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// List the members of all accounts, oldest first.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Print a link that makes who follows it a member of an account.
    Invite {
        /// The accountId.
        #[arg(value_parser = AccountId::parse)]
        account: AccountId,
        /// Who alone may follow it.
        #[arg(long, value_parser = Email::parse)]
        email: Option<Email>,
        /// What they will be allowed.
        #[arg(long, value_name = "WHICH", value_enum, default_value = "owner")]
        role: Role,
        #[command(flatten)]
        place: Place,
    },
    /// Print a link with which a member sets a new password.
    PasswordReset {
        /// How they sign in.
        #[arg(value_parser = Email::parse)]
        email: Email,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    Viewer,
    Admin,
    Owner,
}

impl From<Role> for MemberRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}
