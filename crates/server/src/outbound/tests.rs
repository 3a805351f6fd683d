use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that gives every request the same answer, and where it is.
async fn server(answer: impl Into<String>) -> String {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

fn url(text: &str) -> FetchUrl {
    FetchUrl::parse(text).unwrap()
}

async fn inside(address: &str, limit: usize) -> Result<Fetched, FetchError> {
    Outbound::new(Reach::Private).fetch(&url(address), limit).await
}

async fn outside(address: &str) -> FetchError {
    Outbound::new(Reach::Public).fetch(&url(address), 100).await.unwrap_err()
}

#[tokio::test]
async fn what_is_fetched_comes_whole_with_its_kind_and_age() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: Application/JSON; charset=utf-8\r\n";
    let address =
        server(format!("{head}cache-control: public, max-age=90\r\ncontent-length: 2\r\n\r\n{{}}")).await;
    let fetched = inside(&address, 2).await.unwrap();
    let expected = Fetched {
        content_type: Some("application/json".to_owned()),
        max_age: Some(Duration::from_secs(90)),
        bytes: b"{}".to_vec(),
    };
    assert_eq!(fetched, expected);
}

#[tokio::test]
async fn what_is_longer_than_asked_for_is_refused_whether_it_says_so_or_not() {
    let announced = server("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").await;
    let unannounced = server("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc").await;
    for address in [announced, unannounced] {
        assert!(matches!(inside(&address, 2).await, Err(FetchError::TooLarge { limit: 2 })), "{address}");
    }
}

#[tokio::test]
async fn only_a_whole_good_answer_counts() {
    let missing = server("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    assert!(matches!(inside(&missing, 9).await, Err(FetchError::Status(404))));
    let cut = server("HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\nabc").await;
    // The server closes only when it is dropped, so the rest never comes.
    assert!(matches!(inside(&cut, 9).await, Err(FetchError::Unreachable(_) | FetchError::TimedOut)));
    assert!(matches!(inside("http://127.0.0.1:1", 9).await, Err(FetchError::Unreachable(_))));
}

#[tokio::test]
async fn what_is_not_public_is_refused_however_it_is_written() {
    for address in [
        "https://127.0.0.1/keys",
        "https://127.1/keys",
        "https://2130706433/keys",
        "https://0x7f000001/keys",
        "https://[::1]/keys",
        "https://[::ffff:127.0.0.1]/keys",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1:8443/",
        "https://localhost/keys",
        "https://localhost:1/",
    ] {
        let refused = outside(address).await;
        assert!(matches!(refused, FetchError::NotPublic), "{address}: {refused:?}");
    }
}

#[tokio::test]
async fn only_https_without_credentials_is_spoken() {
    for address in
        ["http://shop.example/keys", "https://name:word@shop.example/", "https://name@shop.example/"]
    {
        assert!(matches!(outside(address).await, FetchError::Address), "{address}");
    }
    assert!(matches!(inside("https://name@127.0.0.1/", 1).await, Err(FetchError::Address)));
}

#[tokio::test]
async fn a_redirect_passes_the_same_rules() {
    let there = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let here = server(format!("HTTP/1.1 302 Found\r\nlocation: {there}/\r\ncontent-length: 0\r\n\r\n")).await;
    assert_eq!(inside(&here, 2).await.unwrap().bytes, b"ok");
    let odd =
        server("HTTP/1.1 302 Found\r\nlocation: https://a:b@127.0.0.1/\r\ncontent-length: 0\r\n\r\n").await;
    assert!(matches!(inside(&odd, 2).await, Err(FetchError::Address)));
    let circle = server("HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n").await;
    assert!(matches!(inside(&circle, 2).await, Err(FetchError::Redirects)));
}

#[test]
fn what_must_not_be_kept_has_no_age() {
    assert_eq!(max_age("no-store, max-age=60"), Some(Duration::ZERO));
    assert_eq!(max_age("public, Max-Age=\"60\""), Some(Duration::from_secs(60)));
    assert_eq!(max_age("public"), None);
    assert_eq!(max_age("max-age=soon"), None);
}
