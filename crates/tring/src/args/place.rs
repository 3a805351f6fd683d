//! What all commands that use the database take.

use clap::Args as ClapArgs;
use std::path::PathBuf;
use tring_server::config::{Config, ConfigError, Layers};
use tring_store::Store;

use crate::error::CommandError;

/// Where the database is, and how to answer.
#[derive(Debug, ClapArgs)]
pub(crate) struct Place {
    /// The directory of the database; may be in use by a running server (`data`).
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration to read where the database is from; `tring.toml` if it exists.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Answer with JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Place {
    /// What a server of this place is told.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let data = self.data.as_ref().map(|data| ("data", data.to_string_lossy().into_owned()));
        let layers =
            Layers { file: self.config.clone(), flags: data.into_iter().collect(), ..Layers::default() };
        Config::load(&layers)
    }

    /// The database that such a server uses.
    pub(crate) async fn store(&self) -> Result<Store, CommandError> {
        let config = self.config()?;
        Ok(Store::open(&config.database(), &config.key_source()).await?)
    }
}
