//! What outlives the process, in files of the data directory that nobody else may read: `acme/AUTHORITY/account.json`
//! and `acme/AUTHORITY/certificate.pem`, the key before its chain. A directory of its own for each authority, so that
//! changing from a trial to the real one, and back, mixes nothing up.
//!
//! In files and not in the database, because they are one machine's: a certificate proves where a name leads.

use instant_acme::AccountCredentials;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::super::identity::Identity;

/// The key, and the chain after it.
const CERTIFICATE: &str = "certificate.pem";

/// The files of one authority.
#[derive(Debug)]
pub(super) struct Kept {
    directory: PathBuf,
}

/// A file of the data directory cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read or written", path.display())]
pub struct KeptError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

impl Kept {
    /// Makes the directory if it is missing. `authority` is the address of its directory.
    pub(super) async fn open(data: &Path, authority: &str) -> Result<Self, KeptError> {
        let directory = place(data, authority);
        let fault = |source| KeptError { path: directory.clone(), source };
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&directory).await.map_err(fault)?;
        Ok(Self { directory })
    }

    /// The last certificate, if there is one that can be read.
    pub(super) async fn identity(&self) -> Result<Option<Identity>, KeptError> {
        let Some(pem) = self.read(CERTIFICATE).await? else { return Ok(None) };
        let identity = Identity::parse(&pem, &pem);
        if identity.is_err() {
            tracing::warn!("the certificate that was kept cannot be read; another one is ordered");
        }
        Ok(identity.ok())
    }

    pub(super) async fn keep_identity(&self, pem: &str) -> Result<(), KeptError> {
        self.write(CERTIFICATE, pem.as_bytes()).await
    }

    /// The account, if there is one that can be read.
    pub(super) async fn account(&self) -> Result<Option<AccountCredentials>, KeptError> {
        let Some(json) = self.read("account.json").await? else { return Ok(None) };
        let account = serde_json::from_slice(&json);
        if account.is_err() {
            tracing::warn!("the account with the certificate authority cannot be read; another one is made");
        }
        Ok(account.ok())
    }

    pub(super) async fn keep_account(&self, account: &AccountCredentials) -> Result<(), KeptError> {
        let json = serde_json::to_vec(account).expect("it is made of texts");
        self.write("account.json", &json).await
    }

    /// The authority does not know it any more.
    pub(super) async fn forget_account(&self) {
        // If it stays, the next attempt fails like this one, and is heard of.
        let _ = tokio::fs::remove_file(self.directory.join("account.json")).await;
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeptError> {
        let path = self.directory.join(name);
        match tokio::fs::read(&path).await {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeptError { path, source }),
        }
    }

    /// Whole or not at all, whatever happens meanwhile: once begun it is carried through, though whoever waits for it
    /// is told to stop. What is written here was paid for with an authority's patience.
    async fn write(&self, name: &str, content: &[u8]) -> Result<(), KeptError> {
        let path = self.directory.join(name);
        let half = self.directory.join(format!("{name}.new"));
        let (target, content) = (path.clone(), content.to_vec());
        let write = move || {
            let mut options = std::fs::OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&half)?;
            file.write_all(&content)?;
            file.sync_all()?;
            std::fs::rename(&half, &target)
        };
        let written = tokio::task::spawn_blocking(write).await.map_err(std::io::Error::from).flatten();
        written.map_err(|source| KeptError { path, source })
    }
}

/// Where the last certificate of `authority` is, if there was one.
pub(in crate::tls) fn kept_at(data: &Path, authority: &str) -> PathBuf {
    place(data, authority).join(CERTIFICATE)
}

fn place(data: &Path, authority: &str) -> PathBuf {
    data.join("acme").join(folder(authority))
}

/// The address as the name of a folder.
fn folder(authority: &str) -> String {
    let address = authority.trim_start_matches("https://");
    address.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn nobody_else_may_read_what_is_kept_and_authorities_are_kept_apart() {
        let data = tempfile::tempdir().unwrap();
        let trial = Kept::open(data.path(), "https://trial.ca.example/directory").await.unwrap();
        let real = Kept::open(data.path(), "https://ca.example/directory").await.unwrap();
        trial.write("certificate.pem", b"old").await.unwrap();
        trial.write("certificate.pem", b"new").await.unwrap();
        assert_eq!(trial.read("certificate.pem").await.unwrap().as_deref(), Some(&b"new"[..]));
        assert_eq!(real.read("certificate.pem").await.unwrap(), None);
        let mode =
            |path: &str| std::fs::metadata(data.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("acme/trial.ca.example_directory"), 0o700);
        assert_eq!(mode("acme/trial.ca.example_directory/certificate.pem"), 0o600);
    }

    #[tokio::test]
    async fn what_was_begun_is_written_though_nobody_waits_for_it_any_more() {
        let data = tempfile::tempdir().unwrap();
        let kept = Kept::open(data.path(), "https://ca.example/directory").await.unwrap();
        tokio::select! {
            biased;
            _ = kept.write("certificate.pem", b"whole") => {}
            () = std::future::ready(()) => {}
        }
        let written = async {
            while kept.read("certificate.pem").await.unwrap().as_deref() != Some(b"whole") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), written).await.unwrap();
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        assert_eq!(folder("https://ca.example:14000/a/../../b?c"), "ca.example_14000_a_.._.._b_c");
    }

    #[tokio::test]
    async fn what_was_damaged_is_got_again() {
        let data = tempfile::tempdir().unwrap();
        let kept = Kept::open(data.path(), "https://ca.example/directory").await.unwrap();
        kept.write("certificate.pem", b"nonsense").await.unwrap();
        kept.write("account.json", b"{").await.unwrap();
        assert!(kept.identity().await.unwrap().is_none());
        assert!(kept.account().await.unwrap().is_none());
    }
}
