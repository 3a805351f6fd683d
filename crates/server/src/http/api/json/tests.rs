use super::*;
use axum::response::IntoResponse;
use serde::Deserialize;
use tring_protocol::http::Problem;
use tring_protocol::http::account::SettingsChange;
use tring_protocol::http::calls::CallFilter;
use tring_protocol::http::members::{NewInvitation, SignUp};

async fn problem(refusal: Refusal) -> Problem {
    let body = refusal.into_response().into_body();
    serde_json::from_slice(&axum::body::to_bytes(body, JSON_MAX).await.unwrap()).unwrap()
}

async fn wrong_field<T: DeserializeOwned>(body: &str) -> (String, String) {
    let refusal = parse::<T>(body.as_bytes()).err().unwrap();
    let field = problem(refusal).await.fields.remove(0);
    (field.field, field.rule)
}

async fn wrong_query(query: &str) -> (String, String) {
    let uri = format!("/v1/calls?{query}");
    let (mut parts, ()) = axum::http::Request::get(uri).body(()).unwrap().into_parts();
    let refusal = Query::<CallFilter>::from_request_parts(&mut parts, &()).await.err().unwrap();
    let field = problem(refusal).await.fields.remove(0);
    (field.field, field.rule)
}

fn pair(field: &str, rule: &str) -> (String, String) {
    (field.to_owned(), rule.to_owned())
}

#[tokio::test]
async fn an_error_names_the_field_and_its_rule_and_never_the_value() {
    assert_eq!(wrong_field::<NewInvitation>("{}").await, pair("role", "is missing"));
    assert_eq!(
        wrong_field::<NewInvitation>(r#"{"role":"king"}"#).await,
        pair("role", "must be one of `viewer`, `admin`, `owner`")
    );
    assert_eq!(
        wrong_field::<NewInvitation>(r#"{"role":"admin","email":"nobody"}"#).await,
        pair("email", "must be an email address such as name@shop.example")
    );
    let (field, rule) = wrong_field::<NewInvitation>(r#"{"role":"admin","rule":1}"#).await;
    assert_eq!((field.as_str(), rule.as_str()), ("rule", "is not known here; there are `email`, `role`"));
    let secret = r#"{"email":"m@shop.example","name":"M","password":"too short"}"#;
    assert_eq!(wrong_field::<SignUp>(secret).await, pair("password", "must have 10 to 200 characters"));
    assert_eq!(
        wrong_field::<SettingsChange>(r#"{"retentionDays":"seven"}"#).await,
        pair("retentionDays", "must be a whole number in its bounds")
    );
    assert_eq!(
        wrong_field::<SettingsChange>(r#"{"retentionDays":70000}"#).await,
        pair("retentionDays", "must be a whole number in its bounds")
    );
    assert_eq!(
        wrong_field::<SettingsChange>(r#"{"access":{"allowedOrigins":["https://a.example","shop"]}}"#)
            .await
            .0,
        "access.allowedOrigins[1]"
    );
    let number = wrong_field::<NewInvitation>(r#"{"role":3}"#).await;
    assert_eq!(number, pair("role", "must be one of the names that are allowed here"));
    // In the order of the fields: the library alone would take it.
    let list = parse::<NewInvitation>(br#"[null,"admin"]"#).err().unwrap();
    assert_eq!(problem(list).await.detail, "The body must be an object.");
}

#[tokio::test]
async fn what_is_not_json_is_said_to_be_so_with_its_place() {
    #[derive(Debug, Deserialize)]
    struct Anything {}
    for body in ["", "{", "{} x", "\u{feff}{}", "{\"a\":\u{0}}"] {
        let refusal = parse::<Anything>(body.as_bytes()).err().unwrap();
        assert_eq!(refusal.code(), ErrorCode::BadRequest, "{body:?}");
    }
}

#[tokio::test]
async fn a_query_is_held_to_the_same_rules() {
    assert_eq!(wrong_query("limit=many").await, pair("limit", "must be a whole number in its bounds"));
    assert_eq!(wrong_query("limit=-1").await, pair("limit", "must be a whole number in its bounds"));
    assert_eq!(wrong_query("limit=1&limit=2").await, pair("limit", "may be there only once"));
    assert_eq!(wrong_query("cuid=a").await, pair("cuid", "must have 5 to 50 characters"));
    assert_eq!(wrong_query("stat=over").await.0, "stat");
    assert!(wrong_query("status=great").await.1.starts_with("must be one of `"), "");
}

#[tokio::test]
async fn a_body_that_is_too_long_or_of_another_kind_is_refused() {
    let request = |kind: &str, body: Vec<u8>| {
        Request::post("/").header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
    };
    let read = async |request| Json::<NewInvitation>::from_request(request, &()).await.err().unwrap().code();
    assert_eq!(read(request("application/json", vec![b' '; JSON_MAX + 1])).await, ErrorCode::TooLarge);
    let form = request("application/x-www-form-urlencoded", b"role=admin".to_vec());
    assert_eq!(read(form).await, ErrorCode::UnsupportedMediaType);
    let good = request("Application/JSON; charset=utf-8", br#"{"role":"admin"}"#.to_vec());
    assert!(Json::<NewInvitation>::from_request(good, &()).await.is_ok());
}
