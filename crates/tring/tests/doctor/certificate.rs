//! Certificates made for each condition, by authorities made for it.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{Said, examined};

const NAME: &str = "calls.shop.test";
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// An authority that only those know who are told.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(Self::params("Root"), key).unwrap())
    }

    /// Another one that this one vouches for.
    fn below(&self) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::signed_by(Self::params("Below"), key, &self.0).unwrap())
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
    }

    /// PEM of a certificate that began `begun` ago and ends `left` from now, and of its key.
    fn signed(&self, name: &str, begun: Duration, left: Duration) -> (String, String) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = (SystemTime::now() - begun).into();
        params.not_after = (SystemTime::now() + left).into();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }
}

/// What the doctor says of these files and of a server that is called [`NAME`].
fn with(files: (String, String), authority: Option<&Authority>) -> Said {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("chain.pem", &files.0);
    write("key.pem", &files.1);
    write(
        "tring.toml",
        &format!(
            "[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n[http]\nlisten = \"0.0.0.0:0\"\n\
             [relay]\nlisten = [\"0.0.0.0:47881\"]\nadvertise = [\"203.0.113.7\"]\n\
             [dashboard]\npublic_url = \"https://{NAME}\"\n"
        ),
    );
    if let Some(authority) = authority {
        write("ca.pem", &authority.0.pem());
    }
    examined(dir.path(), if authority.is_some() { &["--ca", "ca.pem"] } else { &[] })
}

#[test]
fn a_chain_that_leads_to_somebody_trusted_is_green_and_tells_how_long() {
    let root = Authority::new();
    let below = root.below();
    let (own, key) = below.signed(NAME, DAY, 61 * DAY + DAY / 2);
    let said = with((format!("{own}{}", below.0.pem()), key), Some(&root));
    said.is_green("certificate", &format!("for {NAME}, valid for 61 more days, its chain complete"));
    said.is_green("configuration", "fits together");
}

#[test]
fn a_chain_without_its_middle_or_signed_by_nobody_known_is_red() {
    let root = Authority::new();
    let below = root.below();
    let (own, key) = below.signed(NAME, DAY, 61 * DAY);
    let said = with((own.clone(), key.clone()), Some(&root));
    said.is_red("certificate", "the chain is not complete", "`fullchain.pem`");
    let said = with((format!("{own}{}", below.0.pem()), key), None);
    said.is_red("certificate", "its chain of 2 ends with nobody whom browsers know", "`--ca FILE`");
}

#[test]
fn one_that_is_over_or_not_yet_or_nearly_over_is_red() {
    let root = Authority::new();
    let mut params = CertificateParams::new([NAME.to_owned()]).unwrap();
    params.not_before = (SystemTime::now() - 10 * DAY).into();
    params.not_after = (SystemTime::now() - DAY).into();
    let key = KeyPair::generate().unwrap();
    let over = (params.signed_by(&key, &root.0).unwrap().pem(), key.serialize_pem());
    with(over, Some(&root)).is_red("certificate", "was valid until", "renew it");
    params.not_before = (SystemTime::now() + DAY).into();
    params.not_after = (SystemTime::now() + 10 * DAY).into();
    let early = (params.signed_by(&key, &root.0).unwrap().pem(), key.serialize_pem());
    with(early, Some(&root)).is_red("certificate", "is not valid before", "correct the clock");
    let nearly = root.signed(NAME, 80 * DAY, 5 * DAY + DAY / 2);
    with(nearly, Some(&root)).is_red("certificate", "valid for 5 more days only", "renew it");
}

#[test]
fn one_for_another_name_is_red_and_a_star_fits() {
    let root = Authority::new();
    let said = with(root.signed("www.shop.test", DAY, 61 * DAY), Some(&root));
    said.is_red(
        "certificate",
        &format!("it is for www.shop.test, and `dashboard.public_url` is at {NAME}"),
        "get one for",
    );
    let said = with(root.signed("*.shop.test", DAY, 61 * DAY), Some(&root));
    said.is_green("certificate", "for *.shop.test");
}

#[test]
fn files_that_do_not_belong_together_or_cannot_be_read_are_red() {
    let root = Authority::new();
    let ((own, key), (_, other)) = (root.signed(NAME, DAY, 61 * DAY), root.signed(NAME, DAY, 61 * DAY));
    let said = with((own.clone(), other), Some(&root));
    said.is_red("certificate", "key.pem is not that of the first certificate in chain.pem", "`privkey.pem`");
    with((own, "nonsense".to_owned()), Some(&root)).is_red(
        "certificate",
        "key.pem has no private key",
        "`privkey.pem`",
    );
    with(("nonsense".to_owned(), key), Some(&root)).is_red(
        "certificate",
        "chain.pem has no certificate",
        "fullchain",
    );
    let dir = tempfile::tempdir().unwrap();
    missing(dir.path()).is_red(
        "certificate",
        "none.pem cannot be read",
        "correct `tls.certificate` and `tls.key`",
    );
}

fn missing(directory: &Path) -> Said {
    super::configured(directory, "[tls]\ncertificate = \"none.pem\"\nkey = \"none.pem\"\n")
}
