//! Serves logos. Not part of the interface under `/v1`: pages with a call screen load them without a key, so they are
//! neither counted nor kept from other sites. An image's name is the hash of its content, so it never changes.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tring_protocol::error::ErrorCode;

use super::problem::{Answer, Refusal};
use super::state::ApiState;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Characters of an image's name: SHA-256 in hexadecimal.
const ID_LENGTH: usize = 64;

/// The addresses of images.
pub(super) fn router(api: ApiState) -> Router {
    Router::new().route("/images/{file}", get(image)).with_state(api)
}

async fn image(
    State(api): State<ApiState>,
    Path(file): Path<String>,
    request: HeaderMap,
) -> Answer<Response> {
    let id = file.strip_suffix(".png").filter(|id| is_id(id)).ok_or(ErrorCode::NotFound)?;
    let tag = HeaderValue::try_from(format!("\"{id}\""))
        .map_err(|error| Refusal::internal("an image has no tag", &error))?;
    if request.get(IF_NONE_MATCH) == Some(&tag) {
        return Ok(public(StatusCode::NOT_MODIFIED.into_response(), tag));
    }
    let bytes = api.store.image(id).await?.ok_or(ErrorCode::NotFound)?;
    Ok(public(([(CONTENT_TYPE, "image/png")], bytes).into_response(), tag))
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// For every page, for ever, and never as anything but an image.
fn public(mut response: Response, tag: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    for (name, value) in [
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (RESOURCE_POLICY, "cross-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
