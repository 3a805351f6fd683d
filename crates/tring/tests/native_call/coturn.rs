//! Debian's coturn on loopback, as an operator runs it: credentials made of a shared secret, UDP, TCP, and TLS with a
//! certificate of a private authority.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

const ADDRESS: &str = "127.0.0.1";
/// How long it may take to listen, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running TURN server, ended with the test.
pub(super) struct Coturn {
    process: Child,
    port: u16,
    tls_port: u16,
    folder: TempDir,
}

impl Coturn {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "north-wind secret").unwrap();
        certify(&folder);
        let (port, tls_port) = (free_port(), free_port());
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
            .args([format!("--listening-ip={ADDRESS}"), format!("--relay-ip={ADDRESS}")])
            .args([format!("--listening-port={port}"), format!("--tls-listening-port={tls_port}")])
            .args(["--use-auth-secret", "--static-auth-secret=north-wind secret"])
            .args([format!("--cert={}", file("certificate")), format!("--pkey={}", file("key"))])
            .args(["--log-file=stdout", "--simple-log"])
            .args([format!("--userdb={}", file("users")), format!("--pidfile={}", file("pid"))])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut process = process.unwrap_or_else(|error| {
            panic!("this test needs Debian's coturn, whose `turnserver` cannot be run ({error}): apt-get install coturn")
        });
        let began = Instant::now();
        while [port, tls_port].into_iter().any(|port| TcpStream::connect((ADDRESS, port)).is_err()) {
            assert_eq!(process.try_wait().unwrap(), None, "coturn ended");
            assert!(began.elapsed() < PATIENCE, "coturn does not listen");
            sleep(Duration::from_millis(20));
        }
        Self { process, port, tls_port, folder }
    }

    pub(super) fn udp(&self) -> String {
        format!("turn:{ADDRESS}:{}", self.port)
    }

    pub(super) fn tcp(&self) -> String {
        format!("turn:{ADDRESS}:{}?transport=tcp", self.port)
    }

    pub(super) fn tls(&self) -> String {
        format!("turns:{ADDRESS}:{}?transport=tcp", self.tls_port)
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
fn certify(folder: &TempDir) {
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = ca.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(ca, ca_key);
    let certificate =
        CertificateParams::new(vec![ADDRESS.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    for (name, content) in
        [("authority", authority.pem()), ("certificate", certificate.pem()), ("key", key.serialize_pem())]
    {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
}

/// A port that nobody has for UDP or TCP; coturn takes no socket that is open.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind((ADDRESS, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        if UdpSocket::bind((ADDRESS, port)).is_ok() {
            return port;
        }
    }
}
