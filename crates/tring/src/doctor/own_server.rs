//! Calls through a server of the doctor's own: on free ports, with the configuration's relay and an empty database that is
//! gone afterwards. What it cannot show is whether the world reaches this machine: `--url` shows that from elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use tempfile::TempDir;
use tring_protocol::time::Millis;
use tring_server::config::{Config, SignUp};
use tring_server::{Node, StartError, clock};
use tring_store::{Store, StoreError};

use super::calls::{self, Place, Way};
use super::dns;
use super::report::Finding;
use crate::output::with_causes;

const CHECK: &str = "own server";

const ADVICE: &str = "let packets between this machine's own addresses pass its firewall, and look at `relay.listen` and \
                      `relay.advertise`";

/// Why there is none.
#[derive(Debug, thiserror::Error)]
enum OwnError {
    #[error("no directory can be made for it")]
    Directory(#[from] std::io::Error),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One call by each way that the configuration has.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let (own, place) = match start(config).await {
        Ok(started) => started,
        Err(error) => {
            let what = format!("the server does not start with this relay: {}", with_causes(&error));
            return vec![Finding::red(CHECK, what, "correct `relay.listen` and `relay.advertise`")];
        }
    };
    let mut findings = vec![calls::judge(&calls::probe(&place, Way::Udp, ADVICE).await)];
    if config.relay.tcp {
        findings.push(calls::judge(&calls::probe(&place, Way::Tcp, ADVICE).await));
    }
    let Own { node, directory } = own;
    node.drain().await;
    // If it stays, the system removes it with its other temporary files.
    drop(directory);
    findings
}

/// A running server, and where its database is.
struct Own {
    node: Node,
    directory: TempDir,
}

async fn start(config: &Config) -> Result<(Own, Place), OwnError> {
    let directory = tempfile::tempdir()?;
    let node = tring_server::start(of_its_own(config, directory.path())).await?;
    let store = Store::in_directory(directory.path()).await?;
    let account = store.create_account("tring doctor", clock::wall()).await?;
    store.close().await?;
    let place = Place {
        server: node.origin(),
        account: account.id.to_string(),
        apikey: Some(account.apikey),
        tokens: None,
        ca: None,
    };
    Ok((Own { node, directory }, place))
}

/// The configuration with nothing of it but the relay: addresses as they are, ports that are free.
fn of_its_own(config: &Config, directory: &Path) -> Config {
    let mut own = config.clone();
    own.data = directory.to_owned();
    own.database_url = None;
    (own.secrets.key, own.secrets.key_file) = (None, None);
    own.demo = false;
    own.drain = Millis::default();
    own.http.behind_proxy = false;
    (own.tls.certificate, own.tls.key, own.tls.redirect, own.tls.hsts) =
        (None, None, None, Millis::default());
    own.acme.names.clear();
    own.dashboard.public_url = None;
    own.dashboard.sign_up = SignUp::Closed;
    (own.mail.smtp_url, own.mail.from) = (None, None);
    own.metrics.listen = None;
    own.traces.endpoint = None;
    for at in &mut own.relay.listen {
        at.set_port(0);
    }
    own.relay.advertise = reachable(config);
    // Beside the relay, so that the two on the phone take the same way to both.
    let mut relay = own.relay.advertise.iter().copied().chain(own.relay.listen.iter().map(SocketAddr::ip));
    let beside = relay.find(|ip| dns::is_here(*ip)).unwrap_or(Ipv4Addr::LOCALHOST.into());
    own.http.listen = SocketAddr::new(beside, 0);
    own
}

/// Of the advertised addresses those of this machine: that of a router in front need not lead back from behind it, least of
/// all at ports that nobody opened. Where none is left, this machine's own.
fn reachable(config: &Config) -> Vec<IpAddr> {
    let mut here: Vec<_> = config.relay.advertise.iter().copied().filter(|ip| dns::is_here(*ip)).collect();
    for every in config.relay.listen.iter().filter(|at| at.ip().is_unspecified()) {
        let itself: IpAddr =
            if every.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        if !here.iter().any(|ip| ip.is_ipv4() == itself.is_ipv4()) {
            here.push(itself);
        }
    }
    here
}
