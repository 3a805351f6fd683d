//! What is accepted one by one and yet does not fit together, or should not face the public. Each rule is one line.

use std::net::{IpAddr, SocketAddr};
use tring_server::config::{Config, SignUp};

use super::dns;
use super::report::Finding;

const CHECK: &str = "configuration";

/// What is wrong with it, or that nothing is.
pub(super) fn judge(config: &Config) -> Vec<Finding> {
    let facing = Facing::of(config);
    let rules = [
        demo(config, &facing),
        sign_up(config, &facing),
        private_fetches(config),
        proxy_without_name(config),
        name_without_way(config, &facing),
        no_https(config, &facing),
        plain_name(config),
        authority_without_name(config),
        audio_stays_here(config, &facing),
        audio_of_no_family(config),
        audio_at_any_port(config, &facing),
        same_address_twice(config),
        open_figures(config),
    ];
    let wrong: Vec<_> =
        rules.into_iter().flatten().map(|(what, advice)| Finding::red(CHECK, what, advice)).collect();
    if wrong.is_empty() {
        vec![Finding::green(CHECK, "it loads, and what it says fits together")]
    } else {
        wrong
    }
}

/// What is wrong, and what to do.
type Wrong = Option<(String, String)>;

/// Whom the server faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Facing {
    /// This machine alone.
    Itself,
    /// Everybody who can reach it, directly.
    Others,
    /// Everybody, through a proxy on the way.
    Proxied,
}

impl Facing {
    fn of(config: &Config) -> Self {
        if config.http.behind_proxy {
            Self::Proxied
        } else if config.http.listen.ip().is_loopback() {
            Self::Itself
        } else {
            Self::Others
        }
    }

    /// Also where somebody says so who forgot to listen to them.
    fn is_public(self, config: &Config) -> bool {
        self != Self::Itself || dns::public_host(config).is_some_and(|host| !is_this_machine(&host))
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn wrong(what: impl Into<String>, advice: impl Into<String>) -> Wrong {
    Some((what.into(), advice.into()))
}

fn demo(config: &Config, facing: &Facing) -> Wrong {
    if !(config.demo && facing.is_public(config)) {
        return None;
    }
    wrong("`demo` is on, and anybody who reaches the server can sign in to its account", "leave `demo` off")
}

fn sign_up(config: &Config, facing: &Facing) -> Wrong {
    if config.dashboard.sign_up != SignUp::Open || !facing.is_public(config) {
        return None;
    }
    wrong(
        "`dashboard.sign_up` is open: strangers make accounts of their own on this server",
        "set it to \"first\", sign up, and invite everybody else; or keep it if that is your business",
    )
}

fn private_fetches(config: &Config) -> Wrong {
    if config.dashboard.sign_up != SignUp::Open || !config.outbound.allow_private {
        return None;
    }
    wrong(
        "`outbound.allow_private` lets strangers who signed up make the server look into your network",
        "switch it off, or set `dashboard.sign_up` to \"first\"",
    )
}

fn proxy_without_name(config: &Config) -> Wrong {
    if !config.http.behind_proxy || config.dashboard.public_url.is_some() {
        return None;
    }
    wrong(
        "`http.behind_proxy` is on, but `dashboard.public_url` does not say what the proxy is called",
        "set it to what people type, such as \"https://calls.shop.example\": links in mails begin with it",
    )
}

fn name_without_way(config: &Config, facing: &Facing) -> Wrong {
    if *facing != Facing::Itself || !facing.is_public(config) {
        return None;
    }
    wrong(
        format!("`dashboard.public_url` is for everybody, but `http.listen` is {}", config.http.listen),
        "with a proxy in front set `http.behind_proxy`, or people share one limit of sign-ins; without one listen at \
         0.0.0.0:443",
    )
}

fn no_https(config: &Config, facing: &Facing) -> Wrong {
    if *facing != Facing::Others || config.certificate().is_some() {
        return None;
    }
    wrong(
        format!(
            "`http.listen` is {} without a certificate: browsers give no microphone there",
            config.http.listen
        ),
        "set `tls.certificate` and `tls.key`, or `acme.names`, or put a proxy in front and set `http.behind_proxy`",
    )
}

fn plain_name(config: &Config) -> Wrong {
    let origin = config.dashboard.public_url.as_ref()?.as_str();
    if !origin.starts_with("http://") || is_this_machine(&dns::public_host(config)?) {
        return None;
    }
    wrong(
        format!("`dashboard.public_url` is {origin}: browsers give no microphone to pages without https"),
        "make it https, here or in the proxy",
    )
}

fn authority_without_name(config: &Config) -> Wrong {
    let host = dns::public_host(config)?;
    if config.acme.names.is_empty() || config.acme.names.iter().any(|name| name.as_str() == host) {
        return None;
    }
    wrong(
        format!("`dashboard.public_url` is at {host}, for which `acme.names` gets no certificate"),
        format!("add \"{host}\" to `acme.names`"),
    )
}

fn audio_stays_here(config: &Config, facing: &Facing) -> Wrong {
    if !facing.is_public(config) || advertised(config).iter().any(|ip| !ip.is_loopback()) {
        return None;
    }
    wrong(
        "people elsewhere are told to send their audio to their own machine, a loopback address",
        "let `relay.listen` be 0.0.0.0 with a port, and `relay.advertise` the address that the world reaches this \
         machine by",
    )
}

fn audio_of_no_family(config: &Config) -> Wrong {
    let is_heard = |ip: &IpAddr| config.relay.listen.iter().any(|at| at.is_ipv4() == ip.is_ipv4());
    let deaf = config.relay.advertise.iter().find(|ip| !is_heard(ip))?;
    let (family, every) = if deaf.is_ipv4() { ("IPv4", "0.0.0.0") } else { ("IPv6", "[::]") };
    wrong(
        format!("`relay.advertise` names {deaf}, but `relay.listen` has no {family} address"),
        format!("add {every} with a port to `relay.listen`, or do not advertise it"),
    )
}

fn audio_at_any_port(config: &Config, facing: &Facing) -> Wrong {
    if !facing.is_public(config) || config.relay.listen.iter().all(|at| at.port() != 0) {
        return None;
    }
    wrong("`relay.listen` has port 0: no firewall can be opened for it", "name a port, such as 7881")
}

fn same_address_twice(config: &Config) -> Wrong {
    let tcp = config.relay.listen.iter().filter(|_| config.relay.tcp).map(|at| ("relay.listen", *at));
    let all: Vec<(&str, SocketAddr)> = [("http.listen", config.http.listen)]
        .into_iter()
        .chain(config.tls.redirect.map(|at| ("tls.redirect", at)))
        .chain(config.metrics.listen.map(|at| ("metrics.listen", at)))
        .chain(tcp)
        .collect();
    let (n, other) = all.iter().enumerate().find_map(|(n, (_, at))| {
        all[n + 1..].iter().find(|(_, other)| collide(*at, *other)).map(|(other, _)| (n, *other))
    })?;
    let (key, at) = all[n];
    wrong(
        format!("`{key}` and `{other}` are both at port {} over TCP", at.port()),
        "give each a port of its own",
    )
}

/// Every interface is each of them.
fn collide(a: SocketAddr, b: SocketAddr) -> bool {
    let is_same_place = a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified();
    a.port() == b.port() && a.port() != 0 && is_same_place
}

fn open_figures(config: &Config) -> Wrong {
    let at = config.metrics.listen.filter(|at| at.ip().is_unspecified())?;
    wrong(
        format!("`metrics.listen` is {at}: everybody can read how busy you are"),
        "let it be 127.0.0.1 or an address of the network from which you look after your servers",
    )
}

/// By which addresses legs are told to come.
pub(super) fn advertised(config: &Config) -> Vec<IpAddr> {
    if config.relay.advertise.is_empty() {
        config.relay.listen.iter().map(SocketAddr::ip).collect()
    } else {
        config.relay.advertise.clone()
    }
}
