//! TLS of the server's own: which certificate is shown, and where it comes from.
//!
//! | module | decides |
//! |---|---|
//! | `door` | how a connection begins, and who is turned away |
//! | `identity` | which certificate and key can be served with |
//! | `examined` | what an operator may know of it before a start |
//! | `files` | when files are read again |
//! | `acme` | how certificates are got from an authority, and renewed |
//! | `challenges` | what authorities are shown meanwhile |

mod acme;
mod challenges;
mod door;
mod examined;
mod files;
mod identity;

use std::path::Path;
use tokio_util::sync::CancellationToken;

pub use acme::KeptError;
pub(crate) use challenges::Challenges;
pub(crate) use door::TlsDoor;
pub use examined::{Examined, examine};
pub use identity::IdentityError;

use crate::StartError;
use crate::config::Certificate;
use crate::http::Scheme;
use acme::Proof;
use door::Current;
use files::Files;

/// TLS of one listener.
#[derive(Debug)]
pub(crate) struct Tls {
    pub(crate) door: TlsDoor,
    pub(crate) challenges: Challenges,
    /// The first host name that the certificate is for.
    name: Option<String>,
}

impl Tls {
    /// What a listener with this door speaks.
    pub(crate) fn scheme(&self) -> Scheme {
        Scheme::Https { name: self.name.clone() }
    }
}

/// How authorities can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// Port 80 is listened to as well.
    Listens,
    /// It is not.
    None,
}

/// Reads the certificate, or prepares to get one, and keeps it up to date until `stop`.
///
/// # Errors
/// [`StartError`] if the files cannot be served with, or the data directory cannot be used.
pub(crate) async fn start(
    certificate: &Certificate,
    data: &Path,
    redirect: Redirect,
    stop: CancellationToken,
) -> Result<Tls, StartError> {
    let challenges = Challenges::default();
    let (current, name) = match certificate {
        Certificate::Files { certificate, key } => {
            let files = Files { certificate: certificate.clone(), key: key.clone() };
            let identity = files.read()?;
            let name = identity.names.iter().find(|name| !name.starts_with('*')).cloned();
            let current = Current::new(&identity);
            tokio::spawn(files::watch(files, current.clone(), identity, stop));
            (current, name)
        }
        Certificate::Acme(config) => {
            let proof = match redirect {
                Redirect::Listens => Proof::Http,
                Redirect::None => Proof::TlsAlpn,
            };
            let (keeper, current) = acme::open(config, data, challenges.clone(), proof).await?;
            tokio::spawn(keeper.run(stop));
            (current, config.names.first().map(|name| name.as_str().to_owned()))
        }
    };
    Ok(Tls { door: TlsDoor::new(current, challenges.clone()), challenges, name })
}
