//! The dashboard and the interface under `/v1`, spoken to as browsers and backends do.

mod accounts;
mod cookies;
mod dashboard;
mod fields;
mod guards;
mod mail;
pub(crate) mod matrix;
mod members;
mod once;
mod passwords;
mod sign_up;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use serde_json::{Value, json};
use tring_protocol::http::members::MemberRole;
use tring_protocol::http::text::{Email, Title};
use tring_protocol::ids::AccountId;
use tring_store::{Actor, Member, NewMember, Store};

use crate::{World, now};

pub(crate) const PASSWORD: &str = "correct horse";

/// Somebody who asks, with what they prove it by.
#[derive(Clone)]
pub(crate) struct Asker {
    base: String,
    headers: HeaderMap,
    client: reqwest::Client,
}

/// What they were answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Asker {
    pub(crate) fn nobody(world: &World) -> Self {
        let client =
            reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self { base: format!("http://{}", world.node.http()), headers: HeaderMap::new(), client }
    }

    /// A browser in which the dashboard is open, with the session of `token`.
    pub(crate) fn browser(world: &World, token: &str) -> Self {
        Self::nobody(world)
            .and("cookie", &format!("tring_session={token}"))
            .and("sec-fetch-site", "same-origin")
    }

    pub(crate) fn backend(world: &World, key: &str) -> Self {
        Self::nobody(world).and("authorization", &format!("Bearer {key}"))
    }

    /// The same, with one header more or another.
    pub(crate) fn and(&self, name: &'static str, value: &str) -> Self {
        let mut asker = self.clone();
        asker.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        asker
    }

    /// The same without a header.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut asker = self.clone();
        asker.headers.remove(name);
        asker
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.ask("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.ask("DELETE", path, None).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, path, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            self.client.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        if let Some((kind, body)) = body {
            request = request.header("content-type", kind).body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if is_stream { String::new() } else { response.text().await.unwrap() };
        Reply { status, headers, text }
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The status and the code of an error, checked to look as all of them do.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self:?}");
        let code = problem["code"].as_str().unwrap().to_owned();
        assert_eq!(problem["type"], format!("/docs/errors#{code}"));
        (self.status, code)
    }

    /// The field that is wrong, and the rule that it breaks.
    pub(crate) fn wrong_field(&self) -> (String, String) {
        assert_eq!(self.problem(), (422, "ERR_VALIDATION".to_owned()), "{self:?}");
        let field = &self.json()["fields"][0];
        (field["field"].as_str().unwrap().to_owned(), field["rule"].as_str().unwrap().to_owned())
    }

    /// The session that was given to the browser.
    pub(crate) fn session(&self) -> String {
        let cookie = self.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {self:?}"));
        cookie.split_once("tring_session=").unwrap().1.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// A member whose password nobody knows, and their session: made without the time that a password takes.
pub(crate) async fn member(store: &Store, name: &str) -> (Member, String) {
    let email = Email::parse(&format!("{name}@shop.example")).unwrap();
    let name = Title::parse(name).unwrap();
    let new = NewMember { email: &email, name: &name, password_hash: "none" };
    let member = store.new_member(&new, now()).await.unwrap();
    let session = store.start_session(&member.id, now()).await.unwrap();
    (member, session)
}

/// Makes somebody a member of an account.
pub(crate) async fn join(store: &Store, account: &AccountId, member: &Member, role: MemberRole) {
    let invited = store.account(account).change(&Actor::Operator, now()).invite(None, role).await.unwrap();
    store.accept_invitation(&invited.token, member, now()).await.unwrap();
}

/// The dashboard of somebody who has just become `role` of the world's account.
pub(crate) async fn dashboard_of(world: &World, name: &str, role: MemberRole) -> Asker {
    let (member, session) = member(&world.store, name).await;
    join(&world.store, &world.account.id, &member, role).await;
    Asker::browser(world, &session)
}

/// The address of something in the world's account.
pub(crate) fn at(world: &World, rest: &str) -> String {
    format!("/v1/accounts/{}{rest}", world.account.id)
}

pub(crate) fn sign_up(email: &str, account: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Meera", "accountName": account })
}

pub(crate) fn login(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}
