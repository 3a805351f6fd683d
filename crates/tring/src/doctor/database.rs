//! Whether the database can be used, without using it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tring_server::config::Config;
use tring_store::{Database, Standing, Tables, standing};

use super::report::Finding;
use crate::output::with_causes;

const CHECK: &str = "database";
const DIRECTORY: &str = "data directory";

/// What is known of both.
#[derive(Debug)]
pub(super) struct Facts {
    directory: PathBuf,
    /// Whether files can be made in it, or it can be made.
    room: Result<Room, std::io::Error>,
    /// `None` for an embedded database that is not there yet.
    found: Result<Option<Standing>, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Room {
    Writable,
    /// It is not there; the first start makes it.
    ToBeMade,
}

pub(super) async fn probe(config: &Config) -> Facts {
    let directory = match config.database() {
        Database::Sqlite { directory } => directory,
        // Certificates and, unless it is given, the key are kept there all the same.
        Database::Postgres { .. } => config.data.clone(),
    };
    let found = standing(&config.database(), &config.key_source()).await.map_err(|error| with_causes(&error));
    Facts { room: room(&directory), directory, found }
}

/// Makes a file that has no name and is gone at once.
fn room(directory: &Path) -> Result<Room, std::io::Error> {
    match tempfile::tempfile_in(directory) {
        Ok(_) => Ok(Room::Writable),
        Err(error) if error.kind() == ErrorKind::NotFound && !directory.exists() => {
            let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = parent.unwrap_or(Path::new("."));
            // The root of all has no parent but itself.
            if parent == directory { Err(error) } else { room(parent).map(|_| Room::ToBeMade) }
        }
        Err(error) => Err(error),
    }
}

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    vec![of_directory(facts), of_database(&facts.found)]
}

fn of_directory(facts: &Facts) -> Finding {
    let path = facts.directory.display();
    match &facts.room {
        Ok(Room::Writable) => Finding::green(DIRECTORY, format!("{path} can be written to")),
        Ok(Room::ToBeMade) => {
            Finding::green(DIRECTORY, format!("{path} is not there yet; the first start makes it"))
        }
        Err(error) => Finding::red(
            DIRECTORY,
            format!("{path} cannot be written to: {error}"),
            "give it to the user that the server runs as, and run this as that user; or name another in `data`",
        ),
    }
}

fn of_database(found: &Result<Option<Standing>, String>) -> Finding {
    let Standing { version, is_supported, tables, is_writable } = match found {
        Ok(Some(standing)) => standing,
        Ok(None) => return Finding::green(CHECK, "it is not there yet; the first start makes it"),
        Err(error) => {
            return Finding::red(
                CHECK,
                error.clone(),
                "if it is damaged or its key is lost, `tring restore` puts your last backup back; if it is elsewhere, \
                 correct `data`, `database_url` or `secrets`",
            );
        }
    };
    if !is_supported {
        let what = format!("it is {version}, which is too old");
        return Finding::red(CHECK, what, "Tring needs PostgreSQL 13 or later: upgrade it");
    }
    if !is_writable {
        return Finding::red(
            CHECK,
            format!("{version} takes nothing that is written"),
            "make the file writable for the server's user; of PostgreSQL name the primary, and a user who may make \
             tables",
        );
    }
    match tables {
        Tables::Current => Finding::green(CHECK, format!("{version}, writable, its tables up to date")),
        Tables::None => {
            Finding::green(CHECK, format!("{version}, writable and empty; the first start fills it"))
        }
        Tables::Behind { steps } => Finding::green(
            CHECK,
            format!("{version}, writable; the next start brings its tables up to date ({steps} steps)"),
        ),
        Tables::Later { step } => Finding::red(
            CHECK,
            format!("a later version of Tring wrote it ({step})"),
            "run that version or a later one; tables cannot go back",
        ),
    }
}
