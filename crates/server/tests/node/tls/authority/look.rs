//! How an authority looks whether a name leads to whoever asked: over HTTP (RFC 8555 §8.3) or TLS (RFC 8737 §3). All
//! names lead to this machine here, and the ports are not 80 and 443.

use aws_lc_rs::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::verify_tls13_signature_with_raw_key;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Refusal;

pub(super) async fn by_http(
    name: &str,
    port: SocketAddr,
    token: &str,
    expected: &str,
) -> Result<(), Refusal> {
    let client = reqwest::Client::builder().no_proxy().resolve(name, port).build().unwrap();
    let url = format!("http://{name}:{}/.well-known/acme-challenge/{token}", port.port());
    let answer = client.get(url).send().await;
    let answer = answer.map_err(|_| Refusal::new("connection", "Connection refused"))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|_| Refusal::new("connection", "Connection reset"))?;
    if status != 200 || text.trim_end() != expected {
        return Err(Refusal::new("unauthorized", &format!("found {status} with something else")));
    }
    Ok(())
}

pub(super) async fn by_tls(name: &str, port: SocketAddr, expected: &str) -> Result<(), Refusal> {
    let stream =
        TcpStream::connect(port).await.map_err(|_| Refusal::new("connection", "Connection refused"))?;
    let mut config = ClientConfig::builder_with_protocol_versions(&[&rustls::version::TLS13])
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let asked = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(asked, stream).await;
    let stream = stream.map_err(|error| Refusal::new("tls", &error.to_string()))?;
    let session = stream.get_ref().1;
    if session.alpn_protocol() != Some(b"acme-tls/1") {
        return Err(Refusal::new("unauthorized", "the protocol was not agreed on"));
    }
    let shown = session.peer_certificates().and_then(|chain| chain.first());
    let (_, shown) = X509Certificate::from_der(shown.unwrap()).unwrap();
    let names = shown.subject_alternative_name().unwrap().map(|names| names.value.general_names.clone());
    if names != Some(vec![GeneralName::DNSName(name)]) {
        return Err(Refusal::new("unauthorized", "the certificate is not for this name alone"));
    }
    // id-pe-acmeIdentifier: critical, and an OCTET STRING of 32 bytes in DER.
    let identifier = Oid::from(&[1, 3, 6, 1, 5, 5, 7, 1, 31]).unwrap();
    let digest = digest(&SHA256, expected.as_bytes());
    let proof = shown.get_extension_unique(&identifier).unwrap();
    let proves =
        proof.is_some_and(|proof| proof.critical && proof.value == [&[4, 32][..], digest.as_ref()].concat());
    if proves { Ok(()) } else { Err(Refusal::new("unauthorized", "the certificate has another proof")) }
}

/// What is proven is in the certificate, and nobody signed it (RFC 8737 §3).
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 was asked for".to_owned()))
    }

    /// By the key alone: the usual way refuses the critical extension that the proof is in.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let (_, certificate) = X509Certificate::from_der(certificate).unwrap();
        let key = SubjectPublicKeyInfoDer::from(certificate.public_key().raw);
        let algorithms = default_provider().signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
