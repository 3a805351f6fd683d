use tracing_subscriber::layer::SubscriberExt;
use tring_server::StartError;
use tring_server::config::{Config, Layers};

use super::{DAY, Device, Files, NAME, Root, shake};
use crate::eventually;
use crate::privacy::Capture;

#[tokio::test]
async fn a_new_certificate_is_for_new_connections_and_harms_no_old_one() {
    let (old, new) = (Root::new(), Root::new());
    let files = Files::of(&old);
    let world = files.serve(&[]).await;
    let mut alice = Device::sign_in(&world, old.client(), "alice").await;
    files.write(new.signed(NAME, DAY, 90 * DAY));
    eventually("the new certificate is shown", async || shake(world.node.http(), new.client()).await.ok())
        .await;
    shake(world.node.http(), old.client()).await.unwrap_err();
    alice.is_alive().await;
    Device::sign_in(&world, new.client(), "bobby").await.is_alive().await;
}

#[tokio::test]
async fn a_new_certificate_that_cannot_be_used_leaves_the_old_one_and_is_said_once() {
    let capture = Capture::default();
    // The test's runtime has one thread, so this hears of everything that the node's tasks do.
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(capture.clone()));
    let complaints = || capture.text().matches("the new certificate cannot be used").count();
    let (old, new) = (Root::new(), Root::new());
    let files = Files::of(&old);
    let world = files.serve(&[]).await;
    std::fs::write(files.certificate(), "half a certif").unwrap();
    eventually("it is complained about", async || (complaints() == 1).then_some(())).await;
    shake(world.node.http(), old.client()).await.unwrap();
    // The same again is no news; something else that is wrong is.
    std::fs::write(files.certificate(), "half a certificate").unwrap();
    std::fs::remove_file(files.key()).unwrap();
    std::fs::write(files.key(), "").unwrap();
    let (chain, _) = new.signed(NAME, DAY, 90 * DAY);
    std::fs::write(files.certificate(), chain).unwrap();
    eventually("the next fault is said", async || (complaints() == 2).then_some(())).await;
    files.write(new.signed(NAME, DAY, 90 * DAY));
    eventually("the mended one is shown", async || shake(world.node.http(), new.client()).await.ok()).await;
    assert_eq!(complaints(), 2, "{}", capture.text());
    assert!(!capture.text().contains("PRIVATE KEY"));
}

#[tokio::test]
async fn what_cannot_be_served_with_is_refused_at_the_start() {
    let root = Root::new();
    let (files, other) = (Files::of(&root), Files::of(&root));
    let refused = async |certificate: &std::path::Path, key: &std::path::Path| {
        let data = tempfile::tempdir().unwrap();
        let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let flags = vec![
            ("data", text(data.path())),
            ("http.listen", "127.0.0.1:0".to_owned()),
            ("relay.listen", "127.0.0.1:0".to_owned()),
            ("tls.certificate", text(certificate)),
            ("tls.key", text(key)),
        ];
        let layers = Layers { flags, environment: Some(Vec::new()), ..Layers::default() };
        match tring_server::start(Config::load(&layers).unwrap()).await {
            Err(StartError::Certificate(error)) => error.to_string(),
            other => panic!("a refusal was due, not {other:?}"),
        }
    };
    let (certificate, key) = (files.certificate(), files.key());
    let missing = files.dir.path().join("missing.pem");
    assert!(refused(&missing, &key).await.ends_with("missing.pem cannot be read"));
    assert!(refused(&key, &key).await.contains("has no certificate that can be read"));
    assert!(refused(&certificate, &certificate).await.contains("has no private key that can be read"));
    assert!(refused(&certificate, &other.key()).await.contains("is not that of the first certificate in"));
    files.write(expired(&root));
    assert!(
        refused(&certificate, &key)
            .await
            .contains("was valid until 2020-01-01T00:00:00Z; put a new one there")
    );
}

fn expired(root: &Root) -> (String, String) {
    let mut params = rcgen::CertificateParams::new([NAME.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2019, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    (params.signed_by(&key, &root.0).unwrap().pem(), key.serialize_pem())
}
