//! `tring backup` and `tring restore`.

use clap::Args as ClapArgs;
use std::path::PathBuf;

use super::Place;

#[derive(Debug, ClapArgs)]
pub(crate) struct BackupArgs {
    /// The new file.
    pub(crate) file: PathBuf,
    /// A new file for the key that opens the secrets in the database too. Keep it apart from the copy: who has both can
    /// sign user tokens of every account.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RestoreArgs {
    /// The copy.
    pub(crate) file: PathBuf,
    /// The copy of the key, if the one in place is not that of the copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Take the place of a database that is there. It is put aside as `tring.db.before-restore`.
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}
