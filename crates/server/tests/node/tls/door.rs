use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Device, Files, NAME, Root, shake};

fn speaking(root: &Root, version: &'static SupportedProtocolVersion) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(root.0.der().clone()).unwrap();
    ClientConfig::builder_with_protocol_versions(&[version])
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[tokio::test]
async fn a_device_signs_in_by_tls_of_both_versions() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    assert_eq!(world.node.origin(), format!("https://{NAME}:{}", world.node.http().port()));
    Device::sign_in(&world, speaking(&root, &TLS12), "alice").await.is_alive().await;
    Device::sign_in(&world, speaking(&root, &TLS13), "bobby").await.is_alive().await;
}

#[tokio::test]
async fn the_certificate_proves_who_it_is() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    shake(world.node.http(), root.client()).await.unwrap();
    let stranger = shake(world.node.http(), Root::new().client()).await.unwrap_err();
    assert!(
        stranger.to_string().contains("UnknownIssuer") || stranger.to_string().contains("BadSignature"),
        "{stranger}"
    );
}

#[tokio::test]
async fn browsers_are_told_that_it_speaks_http_1() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    let offering = |protocols: &[&str]| {
        let mut client = root.client();
        client.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        client
    };
    let browser = shake(world.node.http(), offering(&["h2", "http/1.1"])).await.unwrap();
    assert_eq!(browser.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    for nothing_in_common in [&["h2"][..], &["acme-tls/1"]] {
        shake(world.node.http(), offering(nothing_in_common)).await.unwrap_err();
    }
}

#[tokio::test]
async fn who_speaks_plain_http_to_the_port_of_tls_is_told_so() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    let mut plain = TcpStream::connect(world.node.http()).await.unwrap();
    let request =
        format!("POST / HTTP/1.1\r\nhost: {NAME}\r\ncontent-length: 5000\r\n\r\n{}", "x".repeat(5_000));
    plain.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 ") && body.contains("https://"), "{answer}");
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{answer}");
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_cut() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    let mut silent = TcpStream::connect(world.node.http()).await.unwrap();
    let mut slow = TcpStream::connect(world.node.http()).await.unwrap();
    // The begin of a record of 512 bytes.
    slow.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    // From here on, time passes as soon as everybody waits.
    tokio::time::pause();
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).await.unwrap();
    slow.read_to_end(&mut answer).await.unwrap();
    assert!(answer.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_node_that_stops_says_goodbye_by_tls_too() {
    let root = Root::new();
    let world = Files::of(&root).serve(&[]).await;
    let mut alice = Device::sign_in(&world, root.client(), "alice").await;
    let stranger = shake(world.node.http(), root.client()).await.unwrap();
    let waiting = TcpStream::connect(world.node.http()).await.unwrap();
    world.node.drain().await;
    while let Some(message) = alice.next().await {
        if message.is_close() {
            break;
        }
    }
    drop((stranger, waiting));
}
