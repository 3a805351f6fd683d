//! The command as tests run it.

use std::path::Path;
use std::process::Command;

/// In a directory of its own, with an environment that says nothing of Tring.
pub(crate) fn tring(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tring"));
    command.args(arguments).current_dir(directory);
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("TRING")) {
        command.env_remove(key);
    }
    command
}
