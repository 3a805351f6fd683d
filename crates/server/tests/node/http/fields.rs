//! Bad input for every field that a member can write.

use serde_json::{Value, json};
use tring_protocol::http::members::MemberRole;

use super::{PASSWORD, at, dashboard_of};
use crate::World;

/// What no field takes, whatever it is for.
fn wrong_for_every_text() -> Vec<Value> {
    vec![json!(null), json!(1), json!(true), json!([]), json!({}), json!("x".repeat(300)), json!("a\u{0}b")]
}

#[tokio::test]
async fn every_field_of_a_member_keeps_to_its_rule() {
    let world = World::with(&[("login.burst", "1000"), ("dashboard.sign_up", "open")]).await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let (members, invitations) = (at(&world, "/members/mem_x"), at(&world, "/invitations"));
    let sign_up =
        json!({ "email": "m@shop.example", "password": PASSWORD, "name": "M", "accountName": "Shop" });
    let not_text = || vec![json!(1), json!([]), json!({}), json!(true)];
    let secret = || vec![json!("nine char"), json!("x".repeat(201)), json!(1), json!(null)];
    let role = || vec![json!("king"), json!(""), json!("Owner"), json!(3), json!(null)];
    let email = || [wrong_for_every_text(), vec![json!("m"), json!("m@"), json!("a b@c.example")]].concat();
    let title = || [wrong_for_every_text(), vec![json!(""), json!("   "), json!("x".repeat(81))]].concat();
    for (method, path, good, field, wrong) in [
        ("POST", "/v1/sign-up", sign_up.clone(), "email", email()),
        ("POST", "/v1/sign-up", sign_up.clone(), "password", secret()),
        ("POST", "/v1/sign-up", sign_up.clone(), "name", title()),
        ("POST", "/v1/sign-up", sign_up.clone(), "accountName", [title()[1..].to_vec()].concat()),
        ("POST", "/v1/sign-up", sign_up, "invitation", not_text()),
        ("POST", "/v1/sign-in", json!({ "email": "m@shop.example", "password": "x" }), "email", email()),
        (
            "POST",
            "/v1/sign-in",
            json!({ "email": "m@shop.example", "password": "x" }),
            "password",
            not_text(),
        ),
        ("POST", "/v1/password/forgotten", json!({}), "email", email()),
        ("POST", "/v1/password/reset", json!({ "password": PASSWORD }), "token", not_text()),
        ("POST", "/v1/password/reset", json!({ "token": "x" }), "password", secret()),
        ("PATCH", "/v1/me", json!({}), "name", title()),
        ("POST", "/v1/me/password", json!({ "new": PASSWORD }), "current", not_text()),
        ("POST", "/v1/me/password", json!({ "current": "x" }), "new", secret()),
        ("POST", "/v1/accounts", json!({}), "name", title()),
        ("PATCH", &members, json!({}), "role", role()),
        ("POST", &invitations, json!({}), "role", role()),
        ("POST", &invitations, json!({ "role": "viewer" }), "email", email()[1..].to_vec()),
    ] {
        for wrong in wrong {
            let mut body = good.clone();
            body[field] = wrong.clone();
            let refused = owner.ask(method, path, Some(body)).await;
            assert_eq!(refused.wrong_field().0, field, "{method} {path} {field} {wrong}: {}", refused.text);
        }
        let mut more = good;
        more["unheard"] = json!(1);
        let refused = owner.ask(method, path, Some(more)).await;
        assert_eq!(refused.problem().0, 422, "{method} {path}: {}", refused.text);
    }
}

#[tokio::test]
async fn what_is_missing_or_no_json_at_all_is_said_to_be_so() {
    let world = World::with(&[("login.burst", "1000")]).await;
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    let refused = owner.post("/v1/accounts", json!({})).await;
    assert_eq!(refused.wrong_field(), ("name".to_owned(), "is missing".to_owned()));
    for body in ["", "{", "{\"name\":\"N\"} null", "\u{feff}{}"] {
        let refused = owner.send("POST", "/v1/accounts", Some(("application/json", body.into()))).await;
        assert_eq!(refused.problem(), (400, "400".to_owned()), "{body:?}");
    }
    let deep = "[".repeat(10_000);
    let refused = owner.send("POST", "/v1/accounts", Some(("application/json", deep.into()))).await;
    assert_eq!(refused.problem().0 / 100, 4);
    let long = vec![b' '; 70_000];
    let refused = owner.send("POST", "/v1/accounts", Some(("application/json", long))).await;
    assert_eq!(refused.problem(), (413, "ERR_TOO_LARGE".to_owned()));
    let latin = Some(("application/json", b"{\"name\":\"\xe9t\xe9\"}".to_vec()));
    assert_eq!(owner.send("POST", "/v1/accounts", latin).await.problem().0 / 100, 4);
    let without = owner.ask("POST", "/v1/accounts", None).await;
    assert_eq!(without.problem(), (415, "ERR_UNSUPPORTED_MEDIA_TYPE".to_owned()));
}
