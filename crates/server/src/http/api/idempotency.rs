//! `Idempotency-Key`: a request that changes an account is carried out once, however often it comes.
//!
//! What was answered is kept for 24 hours. Answers can have secrets in them, so they are sealed under a key that is
//! made from the requester's own text: what the database has of it is a hash, and opens nothing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tring_protocol::error::ErrorCode;
use tring_store::{Answer, Begun};

use super::access::InAccount;
use super::json::{bytes, media_type};
use super::problem::Refusal;
use super::state::ApiState;

/// The header's name, as the OpenAPI description writes it.
pub(super) const HEADER: &str = "Idempotency-Key";

/// Longest key, in characters.
pub(super) const KEY_MAX: usize = 255;

/// Longest body of a request or an answer that is kept; a logo has 2 MB at most.
const BODY_MAX: usize = 3 * 1024 * 1024;

/// Says that an answer is a repetition.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const NONCE: usize = 12;

/// Carries a request out once, if it brings a key.
pub(super) async fn once(
    Extension(api): Extension<ApiState>,
    account: InAccount,
    request: Request,
    next: Next,
) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match key(request.headers()) {
        Ok(Some(key)) => {
            carry_out(&api, &account, key, request, next).await.unwrap_or_else(Refusal::into_response)
        }
        Ok(None) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > KEY_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::field(HEADER, "must have 1 to 255 characters of ASCII without blanks"));
    }
    Ok(Some(text.to_owned()))
}

async fn carry_out(
    api: &ApiState,
    account: &InAccount,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let body = bytes(body, BODY_MAX).await?;
    let kind = media_type(&parts.headers).unwrap_or_default();
    let asked = digest(&[parts.method.as_str(), &parts.uri.to_string(), &kind].map(str::as_bytes), &body);
    // Two members who choose the same text do not meet.
    let caller = account.caller.key();
    let (name, seal) = (Seal::name(account, &caller, &key), Seal::new(account, &caller, &key));

    let kept = account.of(&api.store);
    match kept.begin_request(&name, &asked, api.clock.now()).await? {
        Begun::First => {}
        Begun::InProgress => return Err(Refusal::from(ErrorCode::IdempotencyInProgress).retry_after(1)),
        Begun::OtherRequest => return Err(ErrorCode::IdempotencyMismatch.into()),
        Begun::Answered(answer) => return seal.open(answer),
    }
    // A client that hangs up drops this future. What it asked for is then finished all the same, so that the key does
    // not stay in progress.
    let store = api.store.clone();
    let (id, given) = (account.id.clone(), name.clone());
    let work = tokio::spawn(async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        let kept = store.account(&id);
        if response.status().is_server_error() {
            // Not carried out: the next one may try.
            kept.forget_request(&name).await?;
            return Ok(response);
        }
        let (response, answer) = seal.close(response).await?;
        kept.finish_request(&name, &answer).await?;
        Ok(response)
    });
    match work.await {
        Ok(answered) => answered,
        Err(error) => {
            kept.forget_request(&given).await?;
            Err(Refusal::internal("a request with an idempotency key broke down", &error))
        }
    }
}

/// How one requester's answers to one key are sealed.
struct Seal(RandomizedNonceKey);

impl Seal {
    /// Under which the database knows the key.
    fn name(account: &InAccount, caller: &str, key: &str) -> String {
        digest(&[b"name", account.id.as_str().as_bytes(), caller.as_bytes()], key.as_bytes())
    }

    fn new(account: &InAccount, caller: &str, key: &str) -> Self {
        let bytes = hash(&[b"seal", account.id.as_str().as_bytes(), caller.as_bytes()], key.as_bytes());
        Self(
            RandomizedNonceKey::new(&AES_256_GCM, &bytes)
                .expect("SHA-256 has as many bytes as AES-256 takes"),
        )
    }

    async fn close(&self, response: Response) -> Result<(Response, Answer), Refusal> {
        let (parts, body) = response.into_parts();
        let body = bytes(body, BODY_MAX).await?;
        let mut sealed = body.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::empty(), &mut sealed)
            .map_err(|error| Refusal::internal("an answer cannot be sealed", &error))?;
        sealed.splice(..0, *nonce.as_ref());
        let kept =
            |name: &HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
        let headers = [CONTENT_TYPE, RETRY_AFTER].iter().filter_map(kept).collect();
        let answer = Answer { status: parts.status.as_u16(), headers, body: sealed };
        Ok((Response::from_parts(parts, Body::from(body)), answer))
    }

    fn open(&self, answer: Answer) -> Result<Response, Refusal> {
        let mut response = self.body(&answer.body)?.into_response();
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
        response.headers_mut().remove(CONTENT_TYPE);
        for (name, value) in answer.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }

    fn body(&self, sealed: &[u8]) -> Result<Bytes, Refusal> {
        let broken = |error: aws_lc_rs::error::Unspecified| {
            Refusal::internal("a kept answer cannot be opened", &error)
        };
        let (nonce, text) =
            sealed.split_at_checked(NONCE).ok_or_else(|| broken(aws_lc_rs::error::Unspecified))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
        let mut text = text.to_vec();
        let open = self.0.open_in_place(nonce, Aad::empty(), &mut text).map_err(broken)?;
        Ok(Bytes::copy_from_slice(open))
    }
}

/// Of texts that cannot be confused, because each is preceded by its length.
fn hash(parts: &[&[u8]], last: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts.iter().chain([&last]) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn digest(parts: &[&[u8]], last: &[u8]) -> String {
    hash(parts, last).iter().map(|byte| format!("{byte:02x}")).collect()
}
