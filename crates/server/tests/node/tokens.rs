//! User tokens and web origins at the door: what signs in, what is refused and with which words, and how a session
//! lives on with a new token.

mod publisher;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tring_protocol::error::{ErrorCode, WireError};
use tring_protocol::http::account::{AccessSettings, SettingsChange};
use tring_protocol::http::text::{FetchUrl, WebOrigin};
use tring_protocol::signal::{
    CallImages, ClientFrame, ClientMessage, Hello, ServerFrame, ServerMessage, UserToken,
};
use tring_protocol::text::{Context, ImageUrl};
use tring_protocol::time::Timestamp;
use tring_store::Actor;

use crate::device::{Device, Wire, hello};
use crate::{World, now};
use publisher::{Pair, Publisher};

impl World {
    async fn access(&self, access: AccessSettings) {
        let change = SettingsChange { access: Some(access), ..SettingsChange::default() };
        self.change().settings(&change).await.unwrap();
    }

    async fn require_tokens(&self) {
        self.access(AccessSettings { require_user_tokens: true, ..AccessSettings::default() }).await;
    }

    /// The account's tokens are signed by what is published there.
    async fn trust(&self, publisher: &Publisher) {
        let jwks_url = Some(FetchUrl::parse(&publisher.url()).unwrap());
        self.access(AccessSettings { require_user_tokens: true, jwks_url, ..AccessSettings::default() })
            .await;
    }

    /// Claims of a token that ends in so many milliseconds.
    fn claims(&self, cuid: &str, ends_in: i64) -> Value {
        let seconds = (now().as_millis() as i64 + ends_in) as f64 / 1_000.0;
        json!({ "iss": self.account.id, "sub": cuid, "exp": seconds })
    }

    /// A token signed with the secret in use.
    async fn token(&self, claims: &Value) -> String {
        let secrets = self.store.account(&self.account.id).token_secrets_in_force(now()).await.unwrap();
        let key = EncodingKey::from_secret(secrets[0].secret.as_bytes());
        let header = Header { kid: Some(secrets[0].secret_id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }

    async fn good_token(&self, cuid: &str) -> String {
        self.token(&self.claims(cuid, 60_000)).await
    }

    fn hello(&self, cuid: &str, token: impl Into<Option<String>>) -> Hello {
        Hello { token: token.into().map(UserToken), ..hello(&self.account.id, &self.account.apikey, cuid) }
    }

    async fn refused(&self, hello: Hello) -> WireError {
        let mut wire = Wire::open(&self.node).await;
        wire.send_frame(&ClientFrame::Hello(Box::new(hello))).await;
        wire.refusal().await
    }
}

impl Device {
    /// Sends a new token and returns what comes of it.
    async fn renew(&mut self, token: String) -> Result<Timestamp, WireError> {
        self.wire.send_frame(&ClientFrame::Renew { token: UserToken(token) }).await;
        loop {
            match self.wire.frame().await {
                Some(ServerFrame::Renewed { token_expires_at }) => return Ok(token_expires_at),
                Some(ServerFrame::RenewRefused { error }) => return Err(error),
                Some(ServerFrame::Ping {}) => self.wire.send_frame(&ClientFrame::Pong {}).await,
                Some(ServerFrame::Ack { .. }) => {}
                other => panic!("the answer to a renewal was due, not {other:?}"),
            }
        }
    }

    /// Waits until the server had nothing to say for as long as a heartbeat.
    async fn pinged(&mut self) {
        loop {
            match self.wire.frame().await {
                Some(ServerFrame::Ping {}) => return self.wire.send_frame(&ClientFrame::Pong {}).await,
                Some(ServerFrame::Ack { .. }) => {}
                other => panic!("a ping was due, not {other:?}"),
            }
        }
    }
}

fn near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other).get() < 1_000 && other.since(one).get() < 1_000
}

#[tokio::test]
async fn an_account_that_asks_for_tokens_lets_nobody_in_without_one() {
    let world = World::new().await;
    Device::with(&world.node, world.hello("alice", None)).await;
    world.require_tokens().await;
    assert_eq!(world.refused(world.hello("alice", None)).await, ErrorCode::TokenRequired.into());
    let token = world.good_token("alice").await;
    let alice = Device::with(&world.node, world.hello("alice", token)).await;
    let ends = alice.welcome.token_expires_at.unwrap();
    assert!(near(ends, alice.welcome.server_time + tring_protocol::time::Millis::seconds(60)));
}

#[tokio::test]
async fn a_token_stands_for_the_apikey_and_never_for_a_wrong_one() {
    let world = World::new().await;
    let token = world.good_token("alice").await;
    Device::with(&world.node, Hello { apikey: None, ..world.hello("alice", token.clone()) }).await;
    let wrong = Hello { apikey: Some("pk_wrong".to_owned()), ..world.hello("alice", token) };
    assert_eq!(world.refused(wrong).await, ErrorCode::InvalidCredentials.into());
}

#[tokio::test]
async fn what_proves_nothing_is_refused_in_the_same_words() {
    let world = World::new().await;
    let other = world.store.create_account("Other", now()).await.unwrap();
    let of_other = {
        let secrets = world.store.account(&other.id).token_secrets_in_force(now()).await.unwrap();
        EncodingKey::from_secret(secrets[0].secret.as_bytes())
    };
    let sign =
        |claims: &Value| jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &of_other).unwrap();
    let mut for_other = world.claims("alice", 60_000);
    for_other["iss"] = json!(other.id);
    for token in [
        String::new(),
        "nonsense".to_owned(),
        "x".repeat(20_000),
        world.account.secret.clone(),
        world.good_token("bobby").await,
        sign(&world.claims("alice", 60_000)),
        sign(&for_other),
        world.token(&for_other).await,
    ] {
        let nobody = tring_protocol::ids::AccountId::parse("nobody").unwrap();
        let hello = world.hello("alice", token);
        assert_eq!(world.refused(hello.clone()).await, ErrorCode::TokenInvalid.into());
        let unknown = Hello { apikey: None, account: nobody, ..hello };
        assert_eq!(world.refused(unknown).await, ErrorCode::TokenInvalid.into());
    }
}

#[tokio::test]
async fn a_token_that_has_ended_is_refused_also_for_a_session_that_would_go_on() {
    let world = World::new().await;
    let past = world.token(&world.claims("alice", -1)).await;
    assert_eq!(world.refused(world.hello("alice", past.clone())).await, ErrorCode::TokenExpired.into());
    let token = world.good_token("alice").await;
    let alice = Device::with(&world.node, world.hello("alice", token)).await;
    let mut returning = world.hello("alice", past);
    let token = alice.welcome.resume_token.clone();
    returning.resume = Some(tring_protocol::signal::Resume { token, received: 0 });
    alice.wire.cut();
    assert_eq!(world.refused(returning).await, ErrorCode::TokenExpired.into());
}

#[tokio::test]
async fn tokens_of_the_secret_before_are_taken_for_as_long_as_was_said() {
    let world = World::new().await;
    let first = world.good_token("alice").await;
    world.change().rotate_token_secret(1).await.unwrap();
    Device::with(&world.node, world.hello("alice", first.clone())).await;
    let second = world.good_token("alice").await;
    Device::with(&world.node, world.hello("alice", second.clone())).await;
    world.change().rotate_token_secret(0).await.unwrap();
    assert_eq!(world.refused(world.hello("alice", second)).await, ErrorCode::TokenInvalid.into());
    Device::with(&world.node, world.hello("alice", first)).await;
    let retired = world.store.account(&world.account.id).token_secrets_in_force(now()).await.unwrap();
    let change = world.store.account(&world.account.id).change(&Actor::Operator, now());
    change.refuse_token_secret(&retired[1].secret_id).await.unwrap();
    let third = world.good_token("alice").await;
    Device::with(&world.node, world.hello("alice", third)).await;
}

#[tokio::test]
async fn name_and_picture_of_the_token_are_what_others_see() {
    let world = World::new().await;
    let mut claims = world.claims("alice", 60_000);
    claims["name"] = json!("Alice of the backend");
    claims["image"] = json!("https://shop.example/true.png");
    let token = world.token(&claims).await;
    let mut alice = Device::with(&world.node, world.hello("alice", token)).await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    alice
        .say(ClientMessage::Place {
            reference: "r1".to_owned(),
            to: tring_protocol::ids::Cuid::parse("bobby").unwrap(),
            context: Context::parse("Your order").unwrap(),
            remote_context: None,
            images: CallImages {
                initiator: Some(ImageUrl::parse("https://evil.example/false.png").unwrap()),
                receiver: None,
            },
        })
        .await;
    match bobby.hear().await {
        ServerMessage::Incoming { from, images, .. } => {
            assert_eq!(from.name.unwrap().as_str(), "Alice of the backend");
            assert_eq!(images.initiator.unwrap().as_str(), "https://shop.example/true.png");
        }
        other => panic!("incoming was due, not {other:?}"),
    }
}

#[tokio::test]
async fn published_keys_of_every_kind_sign_and_their_account_takes_nothing_else() {
    let world = World::with(&[("outbound.allow_private", "true")]).await;
    let pairs = [Pair::rsa("r1"), Pair::ec("e1"), Pair::ed("d1")];
    let publisher = Publisher::start(&pairs).await;
    world.trust(&publisher).await;
    for pair in &pairs {
        let token = pair.token(&world.claims("alice", 60_000));
        Device::with(&world.node, Hello { apikey: None, ..world.hello("alice", token) }).await;
    }
    assert_eq!(publisher.asked(), 1, "the keys are kept");

    let claims = world.claims("alice", 60_000);
    let public = EncodingKey::from_secret(&pairs[0].public());
    let confused = Header { kid: Some("r1".to_owned()), ..Header::new(Algorithm::HS256) };
    for token in [
        jsonwebtoken::encode(&confused, &claims, &public).unwrap(),
        world.token(&claims).await,
        Pair::ed("d1").token(&claims),
        pairs[1].token_as(&json!({ "alg": "EdDSA", "kid": "d1" }), &claims),
        pairs[0].token(&world.claims("bobby", 60_000)),
    ] {
        assert_eq!(world.refused(world.hello("alice", token)).await, ErrorCode::TokenInvalid.into());
    }
    world.require_tokens().await;
    let token = pairs[2].token(&claims);
    assert_eq!(
        world.refused(world.hello("alice", token)).await,
        ErrorCode::TokenInvalid.into(),
        "no longer trusted"
    );
}

#[tokio::test]
async fn a_key_that_was_published_since_is_found_and_strangers_do_not_make_the_server_ask() {
    let world = World::with(&[("outbound.allow_private", "true")]).await;
    let (old, new) = (Pair::ed("old"), Pair::ed("new"));
    let publisher = Publisher::start(std::slice::from_ref(&old)).await;
    world.trust(&publisher).await;
    let claims = world.claims("alice", 60_000);
    Device::with(&world.node, world.hello("alice", old.token(&claims))).await;
    publisher.publish(std::slice::from_ref(&new));
    Device::with(&world.node, world.hello("alice", new.token(&claims))).await;
    assert_eq!(world.refused(world.hello("alice", old.token(&claims))).await.code, ErrorCode::TokenInvalid);
    for name in 0..20 {
        let stranger = Pair::ed(&format!("stranger{name}"));
        world.refused(world.hello("alice", stranger.token(&claims))).await;
    }
    assert_eq!(publisher.asked(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_a_reason_to_try_again() {
    let world = World::with(&[("outbound.allow_private", "true")]).await;
    let pair = Pair::ed("d1");
    let publisher = Publisher::start(std::slice::from_ref(&pair)).await;
    world.trust(&publisher).await;
    publisher.fail();
    let token = pair.token(&world.claims("alice", 60_000));
    let refused = world.refused(world.hello("alice", token)).await;
    assert_eq!(refused.code, ErrorCode::FetchFailed);
    assert!(!refused.message.contains("127.0.0.1"), "{}", refused.message);
}

#[tokio::test]
async fn private_addresses_are_not_asked_for_keys_unless_the_operator_allows_it() {
    let world = World::new().await;
    let pair = Pair::ed("d1");
    let publisher = Publisher::start(std::slice::from_ref(&pair)).await;
    world.trust(&publisher).await;
    let token = pair.token(&world.claims("alice", 60_000));
    assert_eq!(world.refused(world.hello("alice", token)).await.code, ErrorCode::FetchFailed);
    assert_eq!(publisher.asked(), 0);
}

#[tokio::test]
async fn an_idle_session_whose_token_is_not_renewed_ends_with_it() {
    let world = World::new().await;
    let token = world.token(&world.claims("alice", 1_000)).await;
    let mut alice = Device::with(&world.node, world.hello("alice", token)).await;
    assert_eq!(alice.wire.refusal().await, ErrorCode::TokenExpired.into());
    assert!(now() >= alice.welcome.token_expires_at.unwrap());
}

#[tokio::test]
async fn a_call_outlives_the_token_and_a_renewal_in_it_keeps_the_session() {
    let world = World::new().await;
    let token = world.token(&world.claims("alice", 1_000)).await;
    let mut alice = Device::with(&world.node, world.hello("alice", token)).await;
    let mut bobby = Device::sign_in(&world, "bobby").await;
    let call = alice.call("bobby").await;
    bobby.ring().await;
    assert!(matches!(alice.hear().await, ServerMessage::Ringing { .. }));
    alice.pinged().await;
    assert!(now() > alice.welcome.token_expires_at.unwrap(), "a heartbeat is longer than the token lived");
    let renewed = alice.renew(world.good_token("alice").await).await.unwrap();
    assert!(renewed > now());
    alice.say(ClientMessage::Hangup { call_id: call }).await;
    alice.end().await;
    bobby.end().await;
    alice.call("bobby").await;
}

#[tokio::test]
async fn a_renewal_must_prove_the_same_user() {
    let world = World::new().await;
    let token = world.good_token("alice").await;
    let mut alice = Device::with(&world.node, world.hello("alice", token)).await;
    for (token, code) in [
        (world.good_token("bobby").await, ErrorCode::TokenInvalid),
        (world.token(&world.claims("alice", -1)).await, ErrorCode::TokenExpired),
        ("nonsense".to_owned(), ErrorCode::TokenInvalid),
    ] {
        assert_eq!(alice.renew(token).await, Err(code.into()));
    }
    let token = world.token(&world.claims("alice", 120_000)).await;
    assert!(alice.renew(token).await.unwrap() > alice.welcome.token_expires_at.unwrap());
}

#[tokio::test]
async fn only_pages_that_the_account_lists_sign_in() {
    let world = World::new().await;
    let allowed_origins = vec![WebOrigin::parse("https://shop.example").unwrap()];
    world.access(AccessSettings { allowed_origins, ..AccessSettings::default() }).await;
    let answer = async |origin: Option<&str>, hello: Hello| {
        let mut wire = match origin {
            Some(origin) => Wire::open_on_page(&world.node, origin).await,
            None => Wire::open(&world.node).await,
        };
        wire.send_frame(&ClientFrame::Hello(Box::new(hello))).await;
        wire.frame().await.unwrap()
    };
    let own = format!("http://{}", world.node.http());
    for origin in [None, Some("https://shop.example"), Some(own.as_str())] {
        let frame = answer(origin, world.hello("alice", None)).await;
        assert!(matches!(frame, ServerFrame::Welcome(_)), "{origin:?}: {frame:?}");
    }
    for origin in ["https://evil.example", "http://shop.example", "null"] {
        match answer(Some(origin), world.hello("alice", None)).await {
            ServerFrame::Refused { error } => {
                assert_eq!(error.code, ErrorCode::OriginNotAllowed);
                assert!(error.message.contains(origin), "{}", error.message);
            }
            other => panic!("{origin}: a refusal was due, not {other:?}"),
        }
    }
    let stranger = Hello { apikey: Some("pk_wrong".to_owned()), ..world.hello("alice", None) };
    match answer(Some("https://evil.example"), stranger).await {
        ServerFrame::Refused { error } => assert_eq!(error.code, ErrorCode::InvalidCredentials),
        other => panic!("a refusal was due, not {other:?}"),
    }
}
