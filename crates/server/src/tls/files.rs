//! Certificates from files: whoever renews them puts new ones in their place, and nobody has to restart the server.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tring_protocol::time::{Millis, Timestamp};

use super::door::Current;
use super::identity::{Identity, IdentityError};
use crate::clock;

/// How often the files are looked at. Two calls of the system; longer, and a new certificate waits.
const LOOK: Duration = Duration::from_secs(1);

/// How long before its end a certificate is complained about that nobody has renewed.
const COMPLAIN: Millis = Millis::seconds(7 * 24 * 3_600);

/// How often.
const COMPLAIN_AGAIN: Millis = Millis::seconds(24 * 3_600);

/// A certificate chain and a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Files {
    /// What is in them now, by the clock on the wall: certificates are about the date.
    pub(super) fn read(&self) -> Result<Identity, IdentityError> {
        Identity::read(&self.certificate, &self.key, clock::wall())
    }

    /// Which files these are and when they were last written; links are followed. `None` while one is missing.
    fn stamps(&self) -> Option<[Stamp; 2]> {
        let stamp = |path: &PathBuf| {
            let found = std::fs::metadata(path).ok()?;
            Some(Stamp {
                inode: (found.dev(), found.ino()),
                length: found.len(),
                written: (found.mtime(), found.mtime_nsec()),
                changed: (found.ctime(), found.ctime_nsec()),
            })
        };
        Some([stamp(&self.certificate)?, stamp(&self.key)?])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: (u64, u64),
    length: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// Shows what is in the files until `stop`. What cannot be used leaves the certificate before it in force, is complained
/// about once, and is tried again.
pub(super) async fn watch(files: Files, current: Current, mut shown: Identity, stop: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK);
    // Nothing yet, so that what was written between the start and the first look is not missed.
    let (mut loaded, mut before): (Option<[Stamp; 2]>, _) = (None, None);
    let mut complaint = None;
    let mut complained_at = None;
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = stop.cancelled() => return,
        }
        complain_of_age(&shown, clock::wall(), &mut complained_at);
        let found = files.stamps();
        // Two looks alike: nobody is writing, and the second of the two files is there as well.
        let is_calm = std::mem::replace(&mut before, found) == found;
        if !is_calm || (found.is_some() && found == loaded) {
            continue;
        }
        let reader = files.clone();
        let Ok(read) = tokio::task::spawn_blocking(move || reader.read()).await else { continue };
        match read {
            Ok(identity) => {
                if identity.key.cert != shown.key.cert {
                    current.show(&identity);
                    tracing::info!(until = %identity.valid_until(), "a new certificate is in force");
                }
                (shown, loaded, complaint) = (identity, found, None);
            }
            Err(error) => {
                let sentence = error.to_string();
                if complaint.as_ref() != Some(&sentence) {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the new certificate cannot be used, and the one before it stays in force; mend the files of \
                         `tls.certificate` and `tls.key`, which are looked at again every second"
                    );
                    complaint = Some(sentence);
                }
            }
        }
    }
}

fn complain_of_age(shown: &Identity, now: Timestamp, complained_at: &mut Option<Timestamp>) {
    let is_old = now + COMPLAIN >= shown.not_after;
    if is_old && complained_at.is_none_or(|at| now.since(at) >= COMPLAIN_AGAIN) {
        tracing::warn!(
            until = %shown.valid_until(),
            "the certificate ends soon; put a new one into the files of `tls.certificate` and `tls.key`"
        );
        *complained_at = Some(now);
    }
}
