//! `tring token`.

use clap::Args as ClapArgs;
use tring_protocol::ids::{AccountId, Cuid};
use tring_protocol::text::{DisplayName, ImageUrl};
use tring_protocol::time::Millis;
use tring_server::config::parse_length;

use super::Place;

#[derive(Debug, ClapArgs)]
pub(crate) struct TokenArgs {
    /// The accountId.
    #[arg(long, value_parser = AccountId::parse)]
    pub(crate) account: AccountId,
    /// Who signs in with it.
    #[arg(long, value_parser = Cuid::parse)]
    pub(crate) cuid: Cuid,
    /// What others see, whatever the device says.
    #[arg(long, value_parser = DisplayName::parse)]
    pub(crate) name: Option<DisplayName>,
    /// The address of the user's picture.
    #[arg(long, value_name = "URL", value_parser = ImageUrl::parse)]
    pub(crate) image: Option<ImageUrl>,
    /// How long it is accepted, from 60s to 168h; 1h if left out.
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(crate) expires: Option<Millis>,
    #[command(flatten)]
    pub(crate) place: Place,
}
