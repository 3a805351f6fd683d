use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt;
use tring_server::Node;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::{Authority, Ports};
use super::{DAY, Device, NAME, Root, shake};
use crate::privacy::Capture;
use crate::{World, eventually, start};

/// What a node needs to get its certificates from this authority.
fn keys(authority: &Authority) -> Vec<(&'static str, String)> {
    vec![
        ("acme.names", NAME.to_owned()),
        ("acme.contact", "ops@shop.example".to_owned()),
        ("acme.terms_agreed", "true".to_owned()),
        ("acme.directory", authority.directory()),
        ("acme.directory_ca", authority.root_file().to_str().unwrap().to_owned()),
    ]
}

async fn world(authority: &Authority, more: &[(&'static str, &str)]) -> World {
    let keys = keys(authority);
    let keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let world = World::with(&[&keys[..], more].concat()).await;
    authority.names_lead_to(ports(&world.node));
    world
}

async fn node(data: &Path, authority: &Authority) -> Node {
    let keys = keys(authority);
    let keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let node = start(data, &keys).await;
    authority.names_lead_to(ports(&node));
    node
}

/// Without `tls.redirect` nobody answers at what is port 80 elsewhere.
fn ports(node: &Node) -> Ports {
    Ports { http: node.redirect().unwrap_or("127.0.0.1:1".parse().unwrap()), tls: node.http() }
}

/// The serial number of a certificate of the authority's, once one is shown.
async fn certified(node: &Node, root: &Root) -> Vec<u8> {
    eventually("a certificate of the authority's is shown", async || serial(node, root).await).await
}

async fn serial(node: &Node, root: &Root) -> Option<Vec<u8>> {
    let stream = shake(node.http(), root.client()).await.ok()?;
    let shown = stream.get_ref().1.peer_certificates()?.first()?.clone();
    let (_, shown) = X509Certificate::from_der(&shown).unwrap();
    Some(shown.raw_serial().to_vec())
}

#[tokio::test]
async fn a_certificate_comes_by_a_text_over_http() {
    let authority = Authority::start(90 * DAY).await;
    let world =
        world(&authority, &[("tls.redirect", "127.0.0.1:0"), ("acme.names", "calls.test,shop.test")]).await;
    assert_eq!(world.node.origin(), format!("https://{NAME}:{}", world.node.http().port()));
    certified(&world.node, authority.root()).await;
    Device::sign_in(&world, authority.root().client(), "alice").await.is_alive().await;
    assert_eq!(authority.ledger().contacts, [r#"["mailto:ops@shop.example"]"#]);
    let kept = kept(world.dir.path());
    assert_eq!(kept.len(), 2, "{kept:?}");
    for file in kept {
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
}

/// The account and the certificate.
fn kept(data: &Path) -> Vec<PathBuf> {
    let authorities = std::fs::read_dir(data.join("acme")).unwrap();
    let files = authorities.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[tokio::test]
async fn a_certificate_comes_by_tls_alone() {
    let authority = Authority::start(90 * DAY).await;
    let world = world(&authority, &[]).await;
    certified(&world.node, authority.root()).await;
    Device::sign_in(&world, authority.root().client(), "alice").await.is_alive().await;
}

#[tokio::test]
async fn until_the_first_certificate_is_there_the_port_is_open_and_nobody_is_deceived() {
    let authority = Authority::start(90 * DAY).await;
    let data = tempfile::tempdir().unwrap();
    let keys = keys(&authority);
    let keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    // The authority does not know where names lead, and waits.
    let node = start(data.path(), &keys).await;
    let refused = shake(node.http(), authority.root().client()).await.unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
    authority.names_lead_to(ports(&node));
    certified(&node, authority.root()).await;
}

#[tokio::test]
async fn a_certificate_is_renewed_in_time_and_without_a_restart() {
    let authority = Authority::start(Duration::from_secs(8)).await;
    let world = world(&authority, &[]).await;
    let first = certified(&world.node, authority.root()).await;
    let mut alice = Device::sign_in(&world, authority.root().client(), "alice").await;
    eventually("another certificate is shown", async || {
        serial(&world.node, authority.root()).await.filter(|serial| *serial != first)
    })
    .await;
    alice.is_alive().await;
    assert!(authority.ledger().issued() >= 2);
    assert!(!authority.ledger().replaced.is_empty(), "the order says which one it replaces");
}

#[tokio::test]
async fn the_next_start_shows_what_was_kept_unless_the_authority_wants_another() {
    let authority = Authority::start(90 * DAY).await;
    let data: TempDir = tempfile::tempdir().unwrap();
    let run = node(data.path(), &authority).await;
    let first = certified(&run, authority.root()).await;
    run.drain().await;

    let run = node(data.path(), &authority).await;
    assert_eq!(serial(&run, authority.root()).await.as_ref(), Some(&first), "from the first moment on");
    run.drain().await;
    assert_eq!(authority.ledger().ordered(), 1);

    authority.ledger().revokes = true;
    let run = node(data.path(), &authority).await;
    eventually("another certificate is shown", async || {
        serial(&run, authority.root()).await.filter(|serial| *serial != first)
    })
    .await;
    assert_eq!(authority.ledger().accounts(), 1, "the account is kept too");
}

#[tokio::test]
async fn an_authority_that_does_not_get_through_is_told_of_with_what_to_do() {
    let capture = Capture::default();
    // The test's runtime has one thread, so this hears of everything that the node's tasks do.
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(capture.clone()));
    let authority = Authority::start(90 * DAY).await;
    let keys = keys(&authority);
    let mut keys: Vec<_> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    keys.push(("tls.redirect", "127.0.0.1:0"));
    let world = World::with(&keys).await;
    let closed = "127.0.0.1:1".parse().unwrap();
    authority.names_lead_to(Ports { http: closed, tls: closed });
    eventually("it is told of", async || {
        capture.text().contains("the authority gave no certificate").then_some(())
    })
    .await;
    let log = capture.text();
    assert!(log.contains("calls.test: Connection refused"), "{log}");
    assert!(log.contains("the authority must reach this server at port 80 of the name"), "{log}");
    assert!(log.contains("trying again in "), "{log}");
    assert_eq!(authority.ledger().issued(), 0);
    assert!(!log.contains("PRIVATE KEY"));
    drop(world);
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_told_of_too() {
    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(capture.clone()));
    let names = [
        ("acme.names", NAME),
        ("acme.terms_agreed", "true"),
        ("acme.directory", "https://127.0.0.1:1/directory"),
    ];
    let world = World::with(&names).await;
    eventually("it is told of", async || {
        capture.text().contains("`acme.directory` must be reachable from here").then_some(())
    })
    .await;
    drop(world);
}
