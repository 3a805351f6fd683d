//! The built SDK and the demo page: read from the source tree by a debug build, part of the program in a release
//! build. Building them is `make sdk`; without it the server builds and runs and says what is missing.

use axum::extract::Path;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::fmt::Write;

/// `signed-call.mjs`, `signed-call.umd.js`, their types and source maps.
#[derive(Embed)]
#[folder = "../../sdk/web/signed-call/dist"]
#[allow_missing = true]
struct Sdk;

/// `index.html` and what it loads.
#[derive(Embed)]
#[folder = "../../sdk/web/demo"]
#[exclude = "node_modules/*"]
#[exclude = "package.json"]
#[exclude = "*.md"]
#[allow_missing = true]
struct Demo;

pub(super) async fn sdk(Path(name): Path<String>, headers: HeaderMap) -> Response {
    respond(&name, Sdk::get(&name), &headers, Sdk::iter().next().is_none())
}

pub(super) async fn demo_index(headers: HeaderMap) -> Response {
    respond("index.html", Demo::get("index.html"), &headers, true)
}

pub(super) async fn demo(Path(name): Path<String>, headers: HeaderMap) -> Response {
    respond(&name, Demo::get(&name), &headers, Demo::iter().next().is_none())
}

fn respond(name: &str, file: Option<EmbeddedFile>, request: &HeaderMap, unbuilt: bool) -> Response {
    let Some(file) = file else {
        let text = if unbuilt {
            "This part of the server was not built. Run `make sdk` and build the server again.\n"
        } else {
            "There is no such file.\n"
        };
        return (StatusCode::NOT_FOUND, text).into_response();
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
