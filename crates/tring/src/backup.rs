//! `tring backup` and `tring restore`: the embedded database as one file.

use serde::Serialize;
use std::path::{Path, PathBuf};
use tring_server::config::Config;
use tring_store::{BackupError, Copied, Database, KeySource, Present, Restore};

use crate::args::{BackupArgs, RestoreArgs};
use crate::error::CommandError;
use crate::output::Output;

#[derive(Serialize)]
struct Answer<'a> {
    database: &'a Path,
    key: Option<&'a Path>,
    accounts: u64,
    calls: u64,
    bytes: u64,
}

pub(crate) async fn back_up(args: BackupArgs) -> Result<(), CommandError> {
    let config = args.place.config()?;
    let directory = embedded(&config)?;
    // The key first: it never changes, and a copy without it would have to be made again.
    if let Some(file) = &args.key {
        tring_store::back_up_key(&config.key_source(), file)?;
    }
    let copied = tring_store::back_up(&directory, &args.file).await?;
    let key = match (&args.key, config.key_source()) {
        (Some(file), _) => format!("key        {}; keep it apart from the copy", file.display()),
        (None, KeySource::File(path)) => {
            format!("key        not in it: keep a copy of {} somewhere else", path.display())
        }
        (None, KeySource::Given(_)) => "key        not in it: it is in TRING__SECRETS__KEY".to_owned(),
    };
    tell(Output::of(args.place.json), &args.file, args.key.as_deref(), copied, key)
}

pub(crate) async fn restore(args: RestoreArgs) -> Result<(), CommandError> {
    let config = args.place.config()?;
    let directory = embedded(&config)?;
    let present = if args.overwrite { Present::Replace } else { Present::Keep };
    let restore = Restore {
        from: args.file,
        key_from: args.key,
        directory: directory.clone(),
        key: config.key_source(),
        present,
    };
    let copied = tring_store::restore(&restore).await.map_err(|error| match error {
        BackupError::Exists(path) if !args.overwrite => CommandError::WouldOverwrite(path),
        error => error.into(),
    })?;
    let database = directory.join(tring_store::SQLITE_FILE);
    let key = match config.key_source() {
        KeySource::File(path) => Some(path),
        KeySource::Given(_) => None,
    };
    let opens = "key        opens its secrets".to_owned();
    tell(Output::of(args.place.json), &database, key.as_deref(), copied, opens)
}

fn embedded(config: &Config) -> Result<PathBuf, CommandError> {
    match config.database() {
        Database::Sqlite { directory } => Ok(directory),
        Database::Postgres { .. } => Err(CommandError::NotEmbedded),
    }
}

fn tell(
    output: Output,
    database: &Path,
    key: Option<&Path>,
    copied: Copied,
    about_the_key: String,
) -> Result<(), CommandError> {
    let Copied { accounts, calls, bytes } = copied;
    let lines = [
        format!("database   {} ({bytes} bytes)", database.display()),
        format!("accounts   {accounts}"),
        format!("calls      {calls}"),
        about_the_key,
    ];
    output.answer(&Answer { database, key, accounts, calls, bytes }, &lines)
}
