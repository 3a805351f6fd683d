//! Debian's coturn on loopback, as an operator runs it: credentials made of a shared secret, UDP, TCP, and TLS with a
//! certificate of a private authority.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

pub(super) const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub(super) const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// How long it may take to listen, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running TURN server, ended with the test.
pub(super) struct Coturn {
    process: Child,
    address: SocketAddr,
    tls_address: SocketAddr,
    folder: TempDir,
}

impl Coturn {
    pub(super) fn start() -> Self {
        Self::between(V4, V4)
    }

    /// One that listens here, and gives addresses there.
    pub(super) fn between(listens: IpAddr, gives: IpAddr) -> Self {
        Self::run(listens, gives, &[])
    }

    /// One that sends everybody on to `other`.
    pub(super) fn before(other: &Self) -> Self {
        let (to, to_tls) = (other.address, other.tls_address);
        let on = [format!("--alternate-server={to}"), format!("--tls-alternate-server={to_tls}")];
        let it = Self::run(to.ip(), to.ip(), &on);
        // Who is sent on checks the other's certificate too.
        let both = [&it, other].map(|one| std::fs::read_to_string(one.authority()).unwrap()).concat();
        std::fs::write(it.authority(), both).unwrap();
        it
    }

    fn run(listens: IpAddr, gives: IpAddr, more: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "north-wind secret").unwrap();
        certify(&folder, listens);
        let (address, tls_address) = (free_port(listens), free_port(listens));
        let file = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new("turnserver")
            .args([
                "-n",
                "--no-cli",
                "--no-dtls",
                "--allow-loopback-peers",
                "--relay-threads=1",
                "--realm=test.example",
            ])
            .args([format!("--listening-ip={listens}"), format!("--relay-ip={gives}")])
            .args([format!("--listening-port={}", address.port())])
            .args([format!("--tls-listening-port={}", tls_address.port())])
            .args(["--use-auth-secret", "--static-auth-secret=north-wind secret"])
            .args([format!("--cert={}", file("certificate")), format!("--pkey={}", file("key"))])
            .args(["--log-file=stdout", "--simple-log"])
            .args(more)
            .args([format!("--userdb={}", file("users")), format!("--pidfile={}", file("pid"))])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut process = process.unwrap_or_else(|error| {
            panic!("this test needs Debian's coturn, whose `turnserver` cannot be run ({error}): apt-get install coturn")
        });
        let began = Instant::now();
        while [address, tls_address].into_iter().any(|address| TcpStream::connect(address).is_err()) {
            assert_eq!(process.try_wait().unwrap(), None, "coturn ended");
            assert!(began.elapsed() < PATIENCE, "coturn does not listen");
            sleep(Duration::from_millis(20));
        }
        Self { process, address, tls_address, folder }
    }

    pub(super) fn udp(&self) -> String {
        format!("turn:{}", self.address)
    }

    pub(super) fn tcp(&self) -> String {
        format!("turn:{}?transport=tcp", self.address)
    }

    pub(super) fn tls(&self) -> String {
        format!("turns:{}?transport=tcp", self.tls_address)
    }

    /// The file with what it shares with the Tring server.
    pub(super) fn secret(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    /// The file with the authority that its certificate is from.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority")
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A certificate for the address, of an authority that nobody knows.
fn certify(folder: &TempDir, address: IpAddr) {
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = ca.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(ca, ca_key);
    let certificate =
        CertificateParams::new(vec![address.to_string()]).unwrap().signed_by(&key, &issuer).unwrap();
    for (name, content) in
        [("authority", authority.pem()), ("certificate", certificate.pem()), ("key", key.serialize_pem())]
    {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
}

/// A port that nobody has for UDP or TCP; coturn takes no socket that is open.
fn free_port(address: IpAddr) -> SocketAddr {
    loop {
        let tcp = TcpListener::bind((address, 0)).unwrap();
        let free = tcp.local_addr().unwrap();
        if UdpSocket::bind(free).is_ok() {
            return free;
        }
    }
}
