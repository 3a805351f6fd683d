//! Writes what other languages and readers need of this crate: `make gen`. The argument is the root of the tree.
//!
//! `make check` runs it and fails on any difference, so the written files are never edited by hand.
#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "a command that reports what it wrote")]

mod page;
mod typescript;
mod vectors;

use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let typescript = root.join("sdk/web/core/src/generated");
    write(&typescript.join("protocol.ts"), &typescript::types())?;
    write(&typescript.join("catalogue.ts"), &typescript::catalogue())?;
    write(&root.join("dashboard/src/generated/api.ts"), &typescript::api())?;
    write(&root.join("vectors/errors.json"), &vectors::errors())?;
    write(&root.join("vectors/end-status.json"), &vectors::end_status())?;
    write(&root.join("docs/protocol.md"), &page::protocol())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}
