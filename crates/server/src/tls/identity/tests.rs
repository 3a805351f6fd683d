use super::*;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

/// PEM of a certificate for `names`, valid from 2020 until 2030, and of its key.
fn made(names: &[&str]) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

#[test]
fn names_and_dates_are_those_of_the_first_certificate() {
    let ((own, key), (issuer, _)) = (made(&["calls.shop.example", "shop.example"]), made(&["other.example"]));
    let identity = Identity::parse(format!("{own}{issuer}").as_bytes(), key.as_bytes()).unwrap();
    assert_eq!(identity.names, ["calls.shop.example", "shop.example"]);
    assert_eq!(identity.key.cert.len(), 2);
    assert_eq!(moment(identity.not_before).to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(identity.valid_until().to_string(), "2030-01-01T00:00:00Z");
}

#[test]
fn what_cannot_be_served_with_is_told_apart() {
    let ((own, key), (issuer, other)) = (made(&["calls.shop.example"]), made(&["other.example"]));
    for (chain, key, fault) in [
        ("", key.as_str(), Fault::NoCertificate),
        (key.as_str(), key.as_str(), Fault::NoCertificate),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key, Fault::NoCertificate),
        (&own, "", Fault::NoKey),
        (&own, &own, Fault::NoKey),
        (&own, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", Fault::Key),
        (&own, &other, Fault::Mismatch),
        (&format!("{issuer}{own}"), &key, Fault::Mismatch),
    ] {
        assert_eq!(Identity::parse(chain.as_bytes(), key.as_bytes()).unwrap_err(), fault, "{chain}{key}");
    }
}

#[test]
fn a_certificate_is_read_within_its_time_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = (dir.path().join("chain.pem"), dir.path().join("key.pem"));
    let (chain, secret) = made(&["calls.shop.example"]);
    std::fs::write(&certificate, chain).unwrap();
    std::fs::write(&key, secret).unwrap();
    let said = |now: &str| {
        let now: Moment = now.parse().unwrap();
        let now = seconds(now.as_second());
        Identity::read(&certificate, &key, now).map_or_else(|error| error.to_string(), |_| "valid".to_owned())
    };
    assert!(said("2019-12-31T23:59:59Z").contains("is not valid before 2020-01-01T00:00:00Z; is the clock"));
    assert_eq!(said("2020-01-01T00:00:00Z"), "valid");
    assert_eq!(said("2029-12-31T23:59:59Z"), "valid");
    assert!(
        said("2030-01-01T00:00:00Z").contains("was valid until 2030-01-01T00:00:00Z; put a new one there")
    );
}
