//! The loop that accepts connections. Our own, because the header timeout, `TCP_NODELAY`, TLS and the end are ours to
//! say.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::Peer;
use crate::tls::TlsDoor;

/// How long a client may take to send the head of a request. Higher: silent connections cost memory longer.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest head of a request; the least that hyper allows.
const HEAD_MAX: usize = 8 * 1024;

/// How long to wait when a connection cannot be accepted, mostly because no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts until `stop`; the tasks of the connections are in `tasks`. With a `door` it speaks TLS alone.
pub(crate) async fn serve(
    listener: TcpListener,
    door: Option<TlsDoor>,
    router: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                // A message must not wait for the next one. If this fails the connection is dead, which its reader
                // will see.
                let _ = stream.set_nodelay(true);
                tasks.spawn(connection(stream, door.clone(), peer, router.clone(), stop.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted; is the limit of open files too low?");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection until its end, or until it became a WebSocket and lives on in a task of its own.
async fn connection(
    stream: TcpStream,
    door: Option<TlsDoor>,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let Some(door) = door else { return requests(stream, peer, router, stop).await };
    let entered = tokio::select! {
        entered = door.enter(stream) => entered,
        () = stop.cancelled() => None,
    };
    if let Some(stream) = entered {
        requests(stream, peer, router, stop).await;
    }
}

/// What comes over one connection.
async fn requests<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_MAX);
    let served =
        builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::select! {
        // What a client breaks off is no concern of the operator's.
        _ = served => {}
        () = stop.cancelled() => {}
    }
}
