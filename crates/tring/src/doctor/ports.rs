//! Whether the addresses to listen at are free, or held by the server itself.

use std::fmt;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use tring_server::config::Config;

use super::report::Finding;
use super::web::{self, Readiness, Trust};

const CHECK: &str = "ports";
const SERVER: &str = "server";

/// What is known of all of them.
#[derive(Debug)]
pub(super) struct Facts {
    ports: Vec<Port>,
    /// The Tring that answers at `http.listen`, if one does.
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    version: String,
    readiness: Result<Readiness, String>,
}

#[derive(Debug, Clone, Copy)]
struct Port {
    key: &'static str,
    address: SocketAddr,
    transport: Transport,
    /// What the system says to whoever wants to listen there.
    bound: Result<(), ErrorKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Tcp,
    Udp,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = if self.transport == Transport::Tcp { "TCP" } else { "UDP" };
        write!(f, "`{}` {} ({transport})", self.key, self.address)
    }
}

pub(super) async fn probe(config: &Config) -> Facts {
    let running = running(config).await;
    let mut wanted = vec![("http.listen", config.http.listen, Transport::Tcp)];
    wanted.extend(config.tls.redirect.map(|at| ("tls.redirect", at, Transport::Tcp)));
    wanted.extend(config.metrics.listen.map(|at| ("metrics.listen", at, Transport::Tcp)));
    for at in &config.relay.listen {
        wanted.push(("relay.listen", *at, Transport::Udp));
        if config.relay.tcp {
            wanted.push(("relay.listen", *at, Transport::Tcp));
        }
    }
    // Any free port is free.
    let wanted = wanted.into_iter().filter(|(_, at, _)| at.port() != 0);
    let ports = wanted.map(|(key, address, transport)| {
        let bound = match transport {
            Transport::Tcp => TcpListener::bind(address).map(drop),
            Transport::Udp => UdpSocket::bind(address).map(drop),
        };
        Port { key, address, transport, bound: bound.map_err(|error| error.kind()) }
    });
    Facts { ports: ports.collect(), running }
}

async fn running(config: &Config) -> Option<Running> {
    // Who it is, not whether its certificate is for this address: the name is checked elsewhere.
    let client = web::client(Trust::Anybody).ok()?;
    let origin = web::origin(config.http.listen, config.certificate().is_some());
    let version = web::version(&client, &origin).await.ok()?;
    Some(Running { version, readiness: web::readiness(&client, &origin).await })
}

pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let Facts { ports, running } = facts;
    let mut findings: Vec<_> = running.iter().map(of_server).collect();
    let wrong: Vec<_> = ports.iter().filter_map(|port| of_port(port, running.as_ref())).collect();
    if wrong.is_empty() && !ports.is_empty() {
        let all: Vec<_> = ports.iter().map(ToString::to_string).collect();
        let state = if running.is_some() { "held by the running server" } else { "free" };
        findings.push(Finding::green(CHECK, format!("{state}: {}", all.join(", "))));
    }
    findings.extend(wrong);
    findings
}

fn of_server(running: &Running) -> Finding {
    let Running { version, readiness } = running;
    let ours = env!("CARGO_PKG_VERSION");
    if version != ours {
        return Finding::red(
            SERVER,
            format!("version {version} runs here, and this command is {ours}"),
            "stop it, and start the version that you mean to run",
        );
    }
    match readiness {
        Ok(Readiness::Ready) => {
            Finding::green(SERVER, format!("version {version} runs here and takes calls"))
        }
        Ok(Readiness::Not(reasons)) => Finding::red(
            SERVER,
            format!("version {version} runs here and takes no calls"),
            reasons.join("; "),
        ),
        Err(error) => Finding::red(
            SERVER,
            format!("version {version} runs here and does not say how it is: {error}"),
            "look into its log, and restart it",
        ),
    }
}

/// What is wrong with it, if anything is.
fn of_port(port: &Port, running: Option<&Running>) -> Option<Finding> {
    let number = port.address.port();
    let red = |what: String, advice: String| Some(Finding::red(CHECK, what, advice));
    match (port.bound, running) {
        (Ok(()), None) | (Err(ErrorKind::AddrInUse), Some(_)) => None,
        (Ok(()), Some(_)) => red(
            format!("{port} is free although a server runs"),
            "it was started with another configuration: restart it with this one".to_owned(),
        ),
        (Err(ErrorKind::AddrInUse), None) => red(
            format!("{port} is taken by another program"),
            format!("`ss -lntup | grep :{number}` names it; stop it, or name another port in `{}`", port.key),
        ),
        (Err(ErrorKind::PermissionDenied), _) => red(
            format!("{port} is not given to this user"),
            "let systemd start the server with `AmbientCapabilities=CAP_NET_BIND_SERVICE` (deploy/tring.service), or \
             name a port from 1024 on"
                .to_owned(),
        ),
        (Err(ErrorKind::AddrNotAvailable), _) => {
            let every = if port.address.is_ipv4() { "0.0.0.0" } else { "[::]" };
            red(
                format!("{port} is no address of this machine"),
                format!("`ip address` lists them; listen at {every}:{number} and say the public one in `relay.advertise`"),
            )
        }
        (Err(kind), _) => red(
            format!("{port} cannot be listened at: {kind}"),
            format!("correct `{}`", port.key),
        ),
    }
}
