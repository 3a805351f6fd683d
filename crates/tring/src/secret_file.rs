//! Secrets that a command is given in a file: not as arguments, because every user of the machine sees those.

use std::io::Read;
use std::path::{Path, PathBuf};

/// The file with a secret cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the secret cannot be read from {}", path.display())]
pub(crate) struct SecretFileError {
    /// Which; `-` for the standard input.
    path: PathBuf,
    source: std::io::Error,
}

/// The text of the file, or of the standard input if its name is `-`.
pub(crate) fn read(path: &Path) -> Result<String, SecretFileError> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|source| SecretFileError { path: path.to_owned(), source })
}
