//! Where the name leads that people type.

use std::net::{IpAddr, UdpSocket};
use std::time::Duration;
use tring_server::config::Config;

use super::configuration::advertised;
use super::report::Finding;

const CHECK: &str = "name";

/// How long the system may look for a name.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known of the name.
#[derive(Debug)]
pub(super) struct Facts {
    host: String,
    /// Its addresses, or why there are none.
    leads: Result<Vec<Lead>, String>,
    /// Whether a proxy, which may be another machine, is on the way.
    is_proxied: bool,
}

#[derive(Debug, Clone, Copy)]
struct Lead {
    to: IpAddr,
    /// Whether that is an address of this machine, or one that it says it is reached by.
    is_ours: bool,
}

/// The host of `dashboard.public_url`, in small letters and without the brackets of IPv6.
pub(super) fn public_host(config: &Config) -> Option<String> {
    let url = reqwest::Url::parse(config.dashboard.public_url.as_ref()?.as_str()).ok()?;
    url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned())
}

/// Asks the system as a browser would; `None` where there is no name.
pub(super) async fn probe(config: &Config) -> Option<Facts> {
    let host = public_host(config)?;
    let ours = advertised(config);
    let leads = resolve(&host).await.map(|found| {
        found.into_iter().map(|to| Lead { to, is_ours: ours.contains(&to) || is_here(to) }).collect()
    });
    Some(Facts { host, leads, is_proxied: config.http.behind_proxy })
}

/// The addresses of `host`, each once.
pub(super) async fn resolve(host: &str) -> Result<Vec<IpAddr>, String> {
    let looked = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, 0))).await;
    let found = looked.map_err(|_| "nobody answered".to_owned())?.map_err(|error| error.to_string())?;
    let mut addresses: Vec<_> = found.map(|at| at.ip()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// Only one's own addresses can be listened at.
pub(super) fn is_here(ip: IpAddr) -> bool {
    !ip.is_unspecified() && UdpSocket::bind((ip, 0)).is_ok()
}

/// The line of it.
pub(super) fn judge(facts: &Facts) -> Finding {
    let Facts { host, leads, is_proxied } = facts;
    let leads = match leads {
        Ok(leads) => leads,
        Err(error) => {
            return Finding::red(
                CHECK,
                format!("{host} leads nowhere: {error}"),
                "add an A or AAAA record for it with this machine's public address, or correct `dashboard.public_url`",
            );
        }
    };
    let strangers: Vec<_> = leads.iter().filter(|lead| !lead.is_ours).map(|lead| lead.to).collect();
    if strangers.is_empty() {
        return Finding::green(CHECK, format!("{host} leads to {}", list(leads.iter().map(|lead| lead.to))));
    }
    let what = format!("{host} leads to {}, no address of this machine", list(strangers.iter().copied()));
    if *is_proxied {
        let advice =
            "if that is your proxy all is well; `--url` looks at the server by this name from elsewhere";
        return Finding::unknown(CHECK, what, advice);
    }
    Finding::red(
        CHECK,
        what,
        "correct the record; or, if that is how the world reaches this machine, name it in `relay.advertise`",
    )
}

fn list(addresses: impl Iterator<Item = IpAddr>) -> String {
    addresses.map(|ip| ip.to_string()).collect::<Vec<_>>().join(", ")
}
