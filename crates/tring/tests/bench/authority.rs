//! An authority that only those know who are told, and a certificate of it for this machine.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;

/// Its files are gone with it.
pub(super) struct Authority(TempDir);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let own = own.signed_by(&key, &root).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("ca.pem", &root.pem());
        write("chain.pem", &own.pem());
        write("key.pem", &key.serialize_pem());
        Self(dir)
    }

    /// Its own certificate.
    pub(super) fn root(&self) -> String {
        self.path("ca.pem")
    }

    /// The certificate of this machine, and its key.
    pub(super) fn files(&self) -> (String, String) {
        (self.path("chain.pem"), self.path("key.pem"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }
}
