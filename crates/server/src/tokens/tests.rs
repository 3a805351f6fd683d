//! Tokens and what is said of them: each test makes its own, mostly with a JWT library as a customer's backend would.

use super::*;
use crate::outbound::Reach;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tring_protocol::http::tokens::{NewToken, TOKEN_MAX};
use tring_protocol::time::Millis;

const NOW: u64 = 1_795_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1_000)
}

fn cuid(text: &str) -> Cuid {
    Cuid::parse(text).unwrap()
}

/// An account with two secrets, the second retiring.
fn trust() -> Trust {
    let secret = |id: &str, secret: &str| SigningSecret {
        secret_id: id.to_owned(),
        secret: secret.to_owned(),
        retires_at: None,
    };
    Trust {
        account: AccountId::parse("acme1234").unwrap(),
        signers: Signers::Secrets(vec![
            secret("ts_new", "the secret in use"),
            secret("ts_old", "the one before"),
        ]),
    }
}

fn published() -> Trust {
    let url = FetchUrl::parse("http://127.0.0.1:1/jwks.json").unwrap();
    Trust { signers: Signers::Published(url), ..trust() }
}

fn tokens() -> Tokens {
    Tokens::new(Outbound::new(Reach::Public))
}

fn claims() -> Value {
    json!({ "iss": "acme1234", "sub": "anita_1", "iat": NOW, "exp": NOW + 3_600, "name": "Anita" })
}

fn header(kid: Option<&str>) -> Header {
    Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::HS256) }
}

/// Signed with the secret in use.
fn signed(claims: &Value) -> String {
    signed_with("the secret in use", Some("ts_new"), claims)
}

fn signed_with(secret: &str, kid: Option<&str>, claims: &Value) -> String {
    jsonwebtoken::encode(&header(kid), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn with(change: impl Fn(&mut Value)) -> String {
    let mut claims = claims();
    change(&mut claims);
    signed(&claims)
}

async fn verify(token: &str) -> Result<Verified, Refusal> {
    tokens().verify(now(), &trust(), &UserToken(token.to_owned()), &cuid("anita_1")).await
}

/// The checks that failed, with their sentences.
async fn faults(trust: &Trust, token: &str) -> Vec<(String, String)> {
    let verdict = tokens().check(now(), trust, token).await;
    let failed: Vec<_> = verdict.checks.iter().filter(|check| !check.passed).collect();
    assert_eq!(verdict.accepted, failed.is_empty(), "{verdict:?}");
    failed.iter().map(|check| (check.what.clone(), check.sentence.clone())).collect()
}

/// The one check that failed.
async fn fault(token: &str) -> (String, String) {
    let faults = faults(&trust(), token).await;
    let [fault] = &faults[..] else { panic!("one check fails, not {faults:?}") };
    fault.clone()
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let image = "https://shop.example/anita.png";
    let verified = verify(&with(|claims| claims["image"] = json!(image))).await;
    let expected = Verified {
        cuid: cuid("anita_1"),
        name: Some(DisplayName::parse("Anita").unwrap()),
        image: Some(ImageUrl::parse(image).unwrap()),
        expires_at: now() + Millis::seconds(3_600),
    };
    assert_eq!(verified, Ok(expected));
}

#[tokio::test]
async fn name_and_picture_may_be_left_out_or_null() {
    for token in [
        with(|claims| drop(claims.as_object_mut().unwrap().remove("name"))),
        with(|claims| claims["name"] = Value::Null),
    ] {
        assert_eq!(verify(&token).await.unwrap().name, None);
    }
}

#[tokio::test]
async fn every_secret_in_force_is_tried_if_none_is_named_and_the_named_one_alone_otherwise() {
    for (secret, kid, good) in [
        ("the secret in use", Some("ts_new"), true),
        ("the one before", Some("ts_old"), true),
        ("the secret in use", None, true),
        ("the one before", None, true),
        ("the one before", Some("ts_new"), false),
        ("the secret in use", Some("ts_gone"), false),
        ("a secret of somebody", None, false),
    ] {
        let verified = verify(&signed_with(secret, kid, &claims())).await;
        assert_eq!(verified.is_ok(), good, "{secret} {kid:?}");
        assert!(good || verified == Err(Refusal::Invalid));
    }
}

#[tokio::test]
async fn only_the_expiry_of_a_token_that_is_true_otherwise_is_told() {
    let past = |claims: &mut Value| claims["exp"] = json!(NOW);
    assert_eq!(verify(&with(past)).await, Err(Refusal::Expired), "its last moment is over");
    assert!(verify(&with(|claims| claims["exp"] = json!(NOW + 1))).await.is_ok());
    let of_another = with(|claims| {
        past(claims);
        claims["sub"] = json!("ravi_22");
    });
    assert_eq!(verify(&of_another).await, Err(Refusal::Invalid));
    let mut claims = claims();
    past(&mut claims);
    assert_eq!(verify(&signed_with("a guess", None, &claims)).await, Err(Refusal::Invalid));
}

#[tokio::test]
async fn a_token_of_somebody_else_signs_nobody_in_but_is_a_good_token() {
    let token = with(|claims| claims["sub"] = json!("ravi_22"));
    assert_eq!(verify(&token).await, Err(Refusal::Invalid));
    assert_eq!(faults(&trust(), &token).await, []);
}

#[tokio::test]
async fn a_backend_whose_clock_is_a_minute_ahead_is_understood() {
    for claim in ["nbf", "iat"] {
        assert!(verify(&with(|claims| claims[claim] = json!(NOW + 60))).await.is_ok(), "{claim}");
        let token = with(|claims| claims[claim] = json!(NOW + 61));
        assert_eq!(verify(&token).await, Err(Refusal::Invalid), "{claim}");
        assert!(fault(&token).await.1.contains("lies 61 seconds ahead"), "{claim}");
    }
}

#[tokio::test]
async fn each_fault_is_named_with_what_to_do() {
    let without =
        |claim: &'static str| with(move |claims| drop(claims.as_object_mut().unwrap().remove(claim)));
    for (token, what, words) in [
        (String::new(), "Shape", "There is no token"),
        ("x".repeat(TOKEN_MAX + 1), "Shape", "at most 8192 are read"),
        (format!("Bearer {}", signed(&claims())), "Shape", "without `Bearer`"),
        ("a.b".to_owned(), "Shape", "this has 2"),
        ("a.b.c.d.e".to_owned(), "Shape", "encrypted"),
        ("*.e30.x".to_owned(), "Shape", "The header is not base64url"),
        ("W10.e30.x".to_owned(), "Shape", "JSON, but not an object"),
        ("e30.bm8.x".to_owned(), "Shape", "The claims is not JSON"),
        (signed_with("a guess", None, &claims()), "Signature", "does not fit"),
        (signed_with("a guess", Some("ts_gone"), &claims()), "Key", "are: “ts_new”, “ts_old”"),
        (
            with(|claims| claims["iss"] = json!("other123")),
            "Issuer",
            "`iss` is “other123”; it must be the accountId",
        ),
        (without("iss"), "Issuer", "`iss` is missing"),
        (with(|claims| claims["iss"] = json!(["acme1234"])), "Issuer", "must be a text"),
        (without("sub"), "Subject", "`sub` must be a text"),
        (with(|claims| claims["sub"] = json!("91_8899555")), "Subject", "must not be a number followed by _"),
        (without("exp"), "Expiry", "`exp` is missing"),
        (with(|claims| claims["exp"] = json!("soon")), "Expiry", "must be a number"),
        (with(|claims| claims["exp"] = json!(-1)), "Expiry", "must be a number"),
        (with(|claims| claims["exp"] = json!(NOW * 1_000)), "Expiry", "looks like milliseconds"),
        (with(|claims| claims["exp"] = json!(NOW - 300)), "Expiry", "It ended 5 minutes ago (2026-11-18T"),
        (with(|claims| claims["exp"] = json!(NOW as f64 - 0.5)), "Expiry", "It ended 0 seconds ago"),
        (with(|claims| claims["nbf"] = json!("x")), "Not before", "`nbf` must be a number"),
        (
            with(|claims| claims["name"] = json!("x".repeat(51))),
            "Name",
            "`name` must have at most 50 characters",
        ),
        (with(|claims| claims["name"] = json!(7)), "Name", "`name` must be a text"),
        (with(|claims| claims["image"] = json!("javascript:x")), "Image", "`image` must be an http, https"),
    ] {
        let (failed, sentence) = fault(&token).await;
        assert_eq!(failed, what, "{sentence}");
        assert!(sentence.contains(words), "{what}: {sentence}");
        assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
        assert!(verify(&token).await.is_err(), "{what}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let claims = json!({ "iss": "other123", "sub": "a", "exp": NOW - 1 });
    let token = signed_with("a guess", None, &claims);
    let what: Vec<_> = faults(&trust(), &token).await.into_iter().map(|(what, _)| what).collect();
    assert_eq!(what, ["Signature", "Issuer", "Subject", "Expiry"]);
}

#[tokio::test]
async fn the_algorithm_follows_from_the_account_and_never_from_the_token() {
    let message = |header: Value| {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
        format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims().to_string()))
    };
    let hmac = |message: &str, algorithm| {
        let key = EncodingKey::from_secret(b"the secret in use");
        jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap()
    };
    for (trust, header, algorithm, words) in [
        (trust(), json!({ "alg": "none" }), None, "proves nothing"),
        (trust(), json!({ "alg": "None" }), None, "sign with HS256"),
        (trust(), json!({ "alg": "HS512" }), Some(Algorithm::HS512), "sign with HS256"),
        (trust(), json!({ "alg": "RS256" }), Some(Algorithm::HS256), "sign with HS256"),
        (trust(), json!({ "typ": "JWT" }), Some(Algorithm::HS256), "has no `alg`"),
        (published(), json!({ "alg": "none" }), None, "proves nothing"),
        (
            published(),
            json!({ "alg": "HS256" }),
            Some(Algorithm::HS256),
            "signed by the keys at its JWKS address",
        ),
        (published(), json!({ "alg": "RS512" }), None, "RS256, ES256 or EdDSA"),
    ] {
        let message = message(header.clone());
        let signature = algorithm.map(|algorithm| hmac(&message, algorithm)).unwrap_or_default();
        let token = format!("{message}.{signature}");
        let faults = faults(&trust, &token).await;
        assert_eq!(faults.len(), 1, "{header}: {faults:?}");
        assert_eq!(faults[0].0, "Algorithm", "{header}");
        assert!(faults[0].1.contains(words), "{header}: {}", faults[0].1);
        let verified = tokens().verify(now(), &trust, &UserToken(token), &cuid("anita_1")).await;
        assert_eq!(verified, Err(Refusal::Invalid), "{header}");
    }
}

#[tokio::test]
async fn a_header_that_asks_for_extensions_is_refused() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let header = json!({ "alg": "HS256", "crit": ["b64"], "b64": false });
    let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims().to_string()));
    let key = EncodingKey::from_secret(b"the secret in use");
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    assert_eq!(fault(&format!("{message}.{signature}")).await.0, "Header");
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_not_the_fault_of_the_token() {
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::EdDSA) };
    let pair = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
    let key = EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref());
    let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
    let verified = tokens().verify(now(), &published(), &UserToken(token.clone()), &cuid("anita_1")).await;
    assert_eq!(verified, Err(Refusal::KeysUnavailable));
    let faults = faults(&published(), &token).await;
    assert!(faults[0].1.contains("must be an https address"), "{faults:?}");
}

/// The tester and the sign-in must not disagree, whatever somebody pastes.
#[tokio::test]
async fn what_the_tester_accepts_signs_in_and_nothing_else_does() {
    let good = signed(&claims());
    let tokens = tokens();
    let mut accepted = 0;
    let mut candidates = vec![good.clone(), format!(" {good}\n"), format!("{good}=")];
    for place in 0..good.len() {
        for letter in ["A", "_", ".", ""] {
            candidates.push(format!("{}{letter}{}", &good[..place], &good[place + 1..]));
        }
    }
    for token in candidates {
        let verdict = tokens.check(now(), &trust(), &token).await;
        let verified = tokens.verify(now(), &trust(), &UserToken(token.clone()), &cuid("anita_1")).await;
        assert_eq!(verdict.accepted, verified.is_ok(), "{token}");
        assert_eq!(verdict.accepted, verdict.checks.iter().all(|check| check.passed), "{token}");
        assert_eq!(verdict.accepted, token.trim() == good, "{token}");
        accepted += usize::from(verdict.accepted);
    }
    assert!(accepted >= 2);
}

#[tokio::test]
async fn a_minted_token_is_good_and_carries_what_it_was_asked_for() {
    let new = NewToken {
        cuid: cuid("anita_1"),
        name: Some(DisplayName::parse("Anita").unwrap()),
        image: Some(ImageUrl::parse("https://shop.example/anita.png").unwrap()),
        expires_in: Some(90),
    };
    let minted = mint(now(), &trust(), &new).unwrap();
    let verified = verify(&minted.token).await.unwrap();
    assert_eq!((verified.name, verified.image), (new.name.clone(), new.image.clone()));
    assert_eq!(
        (verified.expires_at, minted.expires_at),
        (now() + Millis::seconds(90), now() + Millis::seconds(90))
    );
    let header = jsonwebtoken::decode_header(&minted.token).unwrap();
    assert_eq!((header.alg, header.kid.as_deref()), (Algorithm::HS256, Some("ts_new")));

    let nameless = mint_with(now(), &trust().account, "the secret in use", &new).unwrap();
    assert_eq!(verify(&nameless.token).await.unwrap().name, new.name);
    assert_eq!(jsonwebtoken::decode_header(&nameless.token).unwrap().kid, None);

    for life in [0, 59, 604_801, u32::MAX] {
        let new = NewToken { expires_in: Some(life), ..new.clone() };
        assert_eq!(mint(now(), &trust(), &new), Err(MintError::Life));
    }
    assert_eq!(mint(now(), &published(), &new), Err(MintError::OwnKeys));
    let none = Trust { signers: Signers::Secrets(Vec::new()), ..trust() };
    assert_eq!(mint(now(), &none, &new), Err(MintError::NoSecret));
}

#[test]
fn a_secret_never_reaches_a_log() {
    assert!(!format!("{:?}", trust()).contains("the secret in use"));
}
