//! The life of one socket: `hello`, frames both ways, the end.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tring_calls::sessions::{Closed, ConnId, Proof};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::ids::UserAddress;
use tring_protocol::limits::{FRAME_MAX, HEARTBEAT_TIMEOUT};
use tring_protocol::signal::{ClientFrame, ServerFrame};

use super::pace::Pace;
use super::queue::{Outgoing, Reader, queue};
use super::{Caller, Door, admission, hello};
use crate::hub::Input;

/// How long the other end may take to close after it was told to, so that it reads our last frame before the
/// connection is reset.
const FAREWELL: Duration = Duration::from_secs(1);

/// Runs a socket until it is closed.
pub(super) async fn run(door: Arc<Door>, caller: Caller, mut socket: Box<WebSocket>) {
    let _counted = door.figures.socket();
    // What happens once or for a moment runs in a box of its own: a task is as large as the largest thing that it
    // ever waits for, and most of them spend their lives waiting for a heartbeat.
    let begun = Box::pin(begin(&door, caller, &mut socket)).await;
    let Some((of, mut queue)) = begun else { return };
    let how = carry(&door, &of, &mut socket, &mut queue).await;
    let conn = of.conn;
    door.hub.tell(Input::Closed { conn, how }).await;
}

/// Whose socket it is.
struct Of {
    conn: ConnId,
    user: UserAddress,
}

async fn begin(door: &Door, caller: Caller, socket: &mut WebSocket) -> Option<(Box<Of>, Reader)> {
    let conn = door.conns.next();
    match hello::receive(door, &caller, socket, conn).await {
        Ok(sign_in) => {
            let (writer, reader) = queue();
            let user = sign_in.attendee.device.user.clone();
            door.hub.tell(Input::SignIn { sign_in, queue: writer }).await;
            Some((Box::new(Of { conn, user }), reader))
        }
        Err(error) => {
            door.figures.refused(error.code);
            refuse(socket, error).await;
            None
        }
    }
}

/// Carries frames until one end is gone, and says how it went.
async fn carry(door: &Door, of: &Of, socket: &mut WebSocket, queue: &mut Reader) -> Closed {
    let conn = of.conn;
    // Beside the frames, because it may have to fetch keys; a newer one takes the place of the one before.
    let mut renewal: Option<Renewal<'_>> = None;
    let mut pace = Pace::start(Instant::now());
    let mut read_from = None;
    loop {
        tokio::select! {
            read = read(socket, read_from) => match read {
                Ok(Some(text)) => {
                    read_from = pace.count(Instant::now());
                    match serde_json::from_str::<ClientFrame>(&text) {
                        Ok(ClientFrame::Renew { token }) => {
                            renewal = Some(Box::pin(admission::renew(door, &of.user, token)));
                        }
                        Ok(frame) => door.hub.tell(Input::Frame { conn, frame }).await,
                        Err(error) => {
                            Box::pin(refuse(socket, malformed(&error))).await;
                            return Closed::Lost;
                        }
                    }
                }
                Ok(None) => return Closed::Leaving,
                Err(None) => return Closed::Lost,
                Err(Some(error)) => {
                    Box::pin(refuse(socket, error)).await;
                    return Closed::Lost;
                }
            },
            outcome = finished(&mut renewal) => {
                renewal = None;
                door.hub.tell(Input::Renewed { conn, outcome }).await;
            },
            outgoing = queue.next() => match outgoing {
                Some(Outgoing::Frame(frame)) => if !Box::pin(send(socket, &frame)).await { return Closed::Lost },
                Some(Outgoing::Close) => {
                    Box::pin(close(socket, close_code::NORMAL, "")).await;
                    return Closed::Lost;
                }
                // The journal has let go of this socket: it is too slow, or the node stops.
                None => {
                    Box::pin(close(socket, close_code::RESTART, "")).await;
                    return Closed::Lost;
                }
            },
        }
    }
}

/// A new user token on its way through the checks.
type Renewal<'a> = Pin<Box<dyn Future<Output = Result<Proof, WireError>> + Send + 'a>>;

async fn finished(renewal: &mut Option<Renewal<'_>>) -> Result<Proof, WireError> {
    match renewal {
        Some(renewal) => renewal.await,
        None => std::future::pending().await,
    }
}

/// The next text, not before `from`. `Ok(None)` when the other end closes, `Err(None)` when it is lost.
async fn read(socket: &mut WebSocket, from: Option<Instant>) -> Result<Option<Utf8Bytes>, Option<WireError>> {
    if let Some(from) = from {
        tokio::time::sleep_until(from).await;
    }
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => return Ok(Some(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(Some(binary())),
            Some(Ok(Message::Close(_))) => return Ok(None),
            Some(Err(_)) => return Err(Some(unreadable())),
            None => return Err(None),
        }
    }
}

async fn send(socket: &mut WebSocket, frame: &ServerFrame) -> bool {
    let text = serde_json::to_string(frame).expect("frames have string keys and no failing serialiser");
    // Who takes nothing for as long as a dead peer may be silent is one.
    matches!(timeout(HEARTBEAT_TIMEOUT.into(), socket.send(Message::text(text))).await, Ok(Ok(())))
}

/// Says why, and closes.
async fn refuse(socket: &mut WebSocket, error: WireError) {
    let code = error.code.code();
    tracing::debug!(code, "a device is refused");
    if send(socket, &ServerFrame::Refused { error }).await {
        close(socket, close_code::POLICY, code).await;
    }
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let farewell = async {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // However it ends, the socket is dropped next.
    let _ = timeout(FAREWELL, farewell).await;
}

/// A frame that is not JSON, or not one of the protocol's.
pub(super) fn malformed(error: &serde_json::Error) -> WireError {
    WireError::with(ErrorCode::Protocol, format!("The server cannot read a frame: {error}."))
}

/// A frame of the wrong kind.
pub(super) fn binary() -> WireError {
    WireError::with(ErrorCode::Protocol, "Frames must be JSON text; a binary frame came.")
}

/// What is no frame at all, or too long to be one.
pub(super) fn unreadable() -> WireError {
    let sentence = format!("A frame was longer than {FRAME_MAX} bytes, or not WebSocket.");
    WireError::with(ErrorCode::Protocol, sentence)
}
