//! Who asks, and may they. [`identify`] runs once for each request and finds out who it is; [`guard`] runs for each
//! route with the rule that the table has for it.
//!
//! What was changed in an account is told to the node at once: no handler needs to think of it.
//!
//! Strangers to an account are told that it does not exist (404), whether it does or not; members whose role is too
//! low are told so (403).

use axum::Extension;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::AccountId;
use tring_store::{AccountStore, Actor, KnownKey, Member, Store};

use super::cookie::{self, Transport};
use super::limits::Payer;
use super::problem::Refusal;
use super::state::{Api, ApiState};
use super::table::Access;
use crate::http::Peer;

/// How every secret key begins.
const SECRET_KEY: &str = "sk_";

/// How every apikey begins.
const APIKEY: &str = "pk_";

/// Who asks, as far as they proved it.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// Nobody known, and what they are told where somebody must be.
    Nobody(WireError),
    /// Somebody who is signed in to the dashboard.
    Member(SignedIn),
    /// A backend.
    SecretKey(Arc<KnownKey>),
}

/// A member with a session. Handlers of [`Access::Member`] take it as an argument.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) member: Arc<Member>,
    /// The session's token, to end this session or all others.
    pub(crate) token: Arc<str>,
}

/// Somebody in an account that they may see. Handlers of [`Access::Account`] take it as an argument.
#[derive(Debug, Clone)]
pub(crate) struct InAccount {
    /// The account that the path names.
    pub(crate) id: AccountId,
    /// Who; never [`Caller::Nobody`].
    pub(crate) caller: Caller,
    /// What they are in the account. A secret key may what an admin may, where it may anything.
    pub(crate) role: MemberRole,
}

impl InAccount {
    /// The account's part of the database.
    pub(crate) fn of<'a>(&self, store: &'a Store) -> AccountStore<'a> {
        store.account(&self.id)
    }

    /// Who changes something, for the account's history.
    pub(crate) fn actor(&self) -> Actor {
        match &self.caller {
            Caller::SecretKey(key) => Actor::SecretKey(key.name.clone()),
            Caller::Member(signed_in) => Actor::Member(signed_in.member.name.clone()),
            Caller::Nobody(_) => Actor::Operator,
        }
    }

    /// The member, if it is one and no secret key.
    pub(crate) fn member(&self) -> Option<&Member> {
        match &self.caller {
            Caller::Member(signed_in) => Some(&signed_in.member),
            Caller::SecretKey(_) | Caller::Nobody(_) => None,
        }
    }
}

impl Caller {
    /// Who asks, as a text that is different for each of them.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Nobody(_) => String::new(),
            Self::Member(signed_in) => signed_in.member.id.clone(),
            Self::SecretKey(key) => key.key_id.clone(),
        }
    }
}

/// Finds out who asks, counts the request for them, and writes into the answer where they stand.
pub(super) async fn identify(State(api): State<ApiState>, mut request: Request, next: Next) -> Response {
    let caller = match caller(&api, request.headers()).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal.into_response(),
    };
    let payer = match &caller {
        Caller::Member(signed_in) => Payer::Member(signed_in.member.id.clone()),
        Caller::SecretKey(key) => Payer::SecretKey(key.key_id.clone()),
        Caller::Nobody(_) => Payer::Address(address(&api, request.headers(), request.extensions())),
    };
    let standing = api.limits.count(&payer);
    let mut response = match standing.refusal() {
        Some(refusal) => refusal.into_response(),
        None => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(api);
            next.run(request).await
        }
    };
    standing.write(response.headers_mut());
    response
}

/// The address that a request counts for. Those without one, which no listener brings, share one.
fn address(api: &Api, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<Peer>().copied();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.client(headers, api.proxy))
}

/// A key that is shown counts, whatever cookies come with it.
async fn caller(api: &Api, headers: &HeaderMap) -> Result<Caller, Refusal> {
    if let Some(shown) = headers.get(AUTHORIZATION) {
        return holder(api, shown.to_str().unwrap_or_default()).await;
    }
    let transport = transport(api, headers);
    let Some(token) = cookie::read(headers, transport) else {
        return Ok(Caller::Nobody(ErrorCode::Unauthenticated.into()));
    };
    match api.store.session(token, api.clock.now()).await? {
        Some(session) => {
            Ok(Caller::Member(SignedIn { member: Arc::new(session.member), token: token.into() }))
        }
        None => {
            let message = "Your session has ended. Sign in again.";
            Ok(Caller::Nobody(WireError::with(ErrorCode::Unauthenticated, message)))
        }
    }
}

async fn holder(api: &Api, authorization: &str) -> Result<Caller, Refusal> {
    let (scheme, key) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let key = key.trim();
    let message = if !scheme.eq_ignore_ascii_case("bearer") {
        "Send a secret key as `Authorization: Bearer sk_…`; no other scheme is taken."
    } else if key.starts_with(APIKEY) {
        "This is an apikey, which is public and only signs devices in. Send a secret key, which begins with sk_."
    } else if !key.starts_with(SECRET_KEY) {
        "This is no secret key: those begin with sk_. Make one in the account's keys."
    } else if let Some(known) = api.store.secret_key(key, api.clock.now()).await? {
        return Ok(Caller::SecretKey(Arc::new(known)));
    } else {
        "The secret key is wrong or was revoked. Make a new one in the account's keys."
    };
    Ok(Caller::Nobody(WireError::with(ErrorCode::Unauthenticated, message)))
}

pub(super) fn transport(api: &Api, headers: &HeaderMap) -> Transport {
    if api.origins.is_secure(headers) { Transport::Tls } else { Transport::Plain }
}

/// Lets pass whom `access` names.
pub(super) async fn guard(access: Access, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(refusal) = admit(access, &mut parts).await {
        return refusal.into_response();
    }
    let api = parts.extensions.get::<ApiState>().cloned();
    let changes = changes_something(&parts.method) && parts.extensions.get::<InAccount>().is_some();
    let response = next.run(Request::from_parts(parts, body)).await;
    if let Some(api) = api
        && changes
        && response.status().is_success()
    {
        api.poke.poke();
    }
    response
}

async fn admit(access: Access, parts: &mut Parts) -> Result<(), Refusal> {
    let Some(Extension(api)) = Extension::<ApiState>::from_request_parts(parts, &()).await.ok() else {
        return Err(ErrorCode::Internal.into());
    };
    let caller = parts.extensions.get::<Caller>().cloned();
    let caller = caller.unwrap_or(Caller::Nobody(ErrorCode::Unauthenticated.into()));
    if changes_something(&parts.method) {
        match caller {
            Caller::Member(_) => api.origins.require_own_page(&parts.headers)?,
            // Another page must not sign its visitors in as somebody else either.
            Caller::Nobody(_) => api.origins.refuse_other_pages(&parts.headers)?,
            Caller::SecretKey(_) => {}
        }
    }
    match (access, caller) {
        (Access::Public, Caller::Member(signed_in)) => {
            parts.extensions.insert(signed_in);
        }
        (Access::Public, _) => {}
        (_, Caller::Nobody(why)) => return Err(why.into()),
        (Access::Member, Caller::Member(signed_in)) => {
            parts.extensions.insert(signed_in);
        }
        (Access::Member, Caller::SecretKey(_)) => return Err(only_members()),
        (Access::Account { least, secret_key }, caller) => {
            let (account, _) = enter(&api, parts, caller).await?;
            match &account.caller {
                Caller::SecretKey(_) if !secret_key => return Err(only_members()),
                Caller::Member(_) if account.role < least => return Err(ErrorCode::Forbidden.into()),
                _ => {}
            }
            parts.extensions.insert(account);
        }
        (Access::AccountOrSelf { least }, caller) => {
            let (account, named) = enter(&api, parts, caller).await?;
            let Some(member) = account.member() else { return Err(only_members()) };
            if account.role < least && named.as_deref() != Some(&member.id) {
                return Err(ErrorCode::Forbidden.into());
            }
            parts.extensions.insert(account);
        }
    }
    Ok(())
}

/// The account that the path names, if `caller` may see it, and the path's `{memberId}`.
async fn enter(api: &Api, parts: &mut Parts, caller: Caller) -> Result<(InAccount, Option<String>), Refusal> {
    let stranger = || Refusal::from(ErrorCode::NotFound);
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| stranger())?;
    let named =
        |wanted: &str| params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    let id = named("accountId").and_then(|text| AccountId::parse(&text).ok()).ok_or_else(stranger)?;
    let role = match &caller {
        Caller::Member(signed_in) => api.store.role_in(&signed_in.member.id, &id).await?,
        Caller::SecretKey(key) => (key.account == id).then_some(MemberRole::Admin),
        Caller::Nobody(_) => None,
    };
    Ok((InAccount { id, caller, role: role.ok_or_else(stranger)? }, named("memberId")))
}

fn only_members() -> Refusal {
    let message = "A secret key may not do this. Sign in to the dashboard as a member of the account.";
    Refusal::with(ErrorCode::Forbidden, message)
}

fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ErrorCode::Unauthenticated.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InAccount {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// The address that an attempt counts for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address(pub(super) IpAddr);

impl FromRequestParts<ApiState> for Address {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Refusal> {
        Ok(Self(address(api, &parts.headers, &parts.extensions)))
    }
}
