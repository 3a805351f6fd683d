//! The dashboard, the built SDK and the demo page: read from the source tree by a debug build, part of the program in a
//! release build. Building them is `make dashboard` and `make sdk`; without it the server builds and runs and says what
//! is missing.

use axum::extract::Path;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::fmt::Write;

use super::headers;

/// `signed-call.mjs`, `signed-call.umd.js`, their types and source maps.
#[derive(Embed)]
#[folder = "../../sdk/web/signed-call/dist"]
#[allow_missing = true]
struct SignedCall;

/// `tring.mjs`, `tring.umd.js` and their types: the same SDK with its own API.
#[derive(Embed)]
#[folder = "../../sdk/web/tring/dist"]
#[allow_missing = true]
struct Native;

/// `index.html` and what it loads.
#[derive(Embed)]
#[folder = "../../sdk/web/demo"]
#[exclude = "node_modules/*"]
#[exclude = "package.json"]
#[exclude = "*.md"]
#[allow_missing = true]
struct Demo;

/// `index.html`, the pages that it frames, and `assets/`, whose names change with their content.
#[derive(Embed)]
#[folder = "../../dashboard/dist"]
#[allow_missing = true]
struct Dashboard;

/// The page of the dashboard; the addresses inside it are its own to read.
const INDEX: &str = "index.html";

/// Where nothing is the dashboard's, so that a mistyped address is not answered with a page.
const ELSEWHERE: [&str; 5] = ["v1", "sdk", "demo", "docs", "images"];

pub(super) async fn dashboard(method: Method, uri: Uri, request: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], "Nothing here takes this method.\n")
            .into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let name = if path.is_empty() || is_page(path, &request) { INDEX } else { path };
    let file = Dashboard::get(name);
    let found = file.is_some();
    let text = if !found && name == INDEX { UNBUILT_DASHBOARD } else { NO_SUCH_FILE };
    let response = respond(name, file, &request, text);
    if found { headers::of_the_dashboard(name, response) } else { response }
}

/// Whether an address is one of the dashboard's own: one that a person opens and that names no file.
fn is_page(path: &str, request: &HeaderMap) -> bool {
    let accepted = request.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    let (first, last) = (path.split('/').next(), path.rsplit('/').next().unwrap_or_default());
    accepted.contains("text/html")
        && !last.contains('.')
        && first.is_none_or(|first| !ELSEWHERE.contains(&first))
}

const UNBUILT_DASHBOARD: &str = "This is Tring. Its dashboard was not built: run `make dashboard` and build the server \
    again. Pages load the SDK from /sdk/signed-call.mjs or /sdk/signed-call.umd.js.\n";
const UNBUILT: &str = "This part of the server was not built. Run `make sdk` and build the server again.\n";
const NO_SUCH_FILE: &str = "There is nothing at this address.\n";

pub(super) async fn sdk(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let text = if SignedCall::iter().next().is_none() { UNBUILT } else { NO_SUCH_FILE };
    respond(&name, SignedCall::get(&name).or_else(|| Native::get(&name)), &headers, text)
}

pub(super) async fn demo_index(headers: HeaderMap) -> Response {
    respond(INDEX, Demo::get(INDEX), &headers, UNBUILT)
}

pub(super) async fn demo(Path(name): Path<String>, headers: HeaderMap) -> Response {
    respond(&name, Demo::get(&name), &headers, NO_SUCH_FILE)
}

fn respond(name: &str, file: Option<EmbeddedFile>, request: &HeaderMap, missing: &'static str) -> Response {
    let Some(file) = file else {
        return (StatusCode::NOT_FOUND, missing).into_response();
    };
    // Weak, because what is sent may be compressed.
    let tag = file.metadata.sha256_hash()[..12].iter().fold("W/\"".to_owned(), |mut tag, byte| {
        write!(tag, "{byte:02x}").expect("writing to a String never fails");
        tag
    }) + "\"";
    let known = request.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    ([(CONTENT_TYPE, content_type(name, file.metadata.mimetype())), (ETAG, tag)], file.data).into_response()
}

fn content_type(name: &str, guessed: &str) -> String {
    match guessed {
        // `.ts` is a video format to the rest of the world.
        _ if name.ends_with(".ts") => "text/plain; charset=utf-8".to_owned(),
        // RFC 9239 has one name for it, and `.mjs` is guessed by an older one.
        _ if name.ends_with(".mjs") || name.ends_with(".js") => "text/javascript; charset=utf-8".to_owned(),
        _ if name.ends_with(".map") => "application/json".to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_what_each_file_is() {
        for (name, guessed, told) in [
            ("signed-call.mjs", "application/javascript", "text/javascript; charset=utf-8"),
            ("signed-call.d.ts", "video/vnd.dlna.mpeg-tts", "text/plain; charset=utf-8"),
            ("signed-call.mjs.map", "application/octet-stream", "application/json"),
            ("tring.svg", "image/svg+xml", "image/svg+xml"),
        ] {
            assert_eq!(content_type(name, guessed), told, "{name}");
        }
    }
}
