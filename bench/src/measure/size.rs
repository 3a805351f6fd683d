//! What a page loads: the size of the SDK as a server that compresses sends it.

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use std::path::Path;

/// Kilobytes (1,024 bytes) of the file after gzip at its best; `None` if it was not built.
pub(crate) fn gzipped(file: &Path) -> Result<Option<f64>> {
    if !file.exists() {
        return Ok(None);
    }
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    Ok(Some(encoder.finish()?.len() as f64 / 1024.0))
}
