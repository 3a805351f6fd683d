use serde_json::json;
use tring_protocol::http::members::MemberRole;

use super::{Asker, at, dashboard_of, join, member};
use crate::World;

#[tokio::test]
async fn a_request_with_an_idempotency_key_is_carried_out_once() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let once = admin.and("idempotency-key", "one");
    let first = once.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await.with_status(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = once.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await.with_status(201);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), Some("true")));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(admin.get(&at(&world, "/invitations")).await.json().as_array().unwrap().len(), 1);
    // The link is in the answer, and nowhere in the database.
    let link = first.json()["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let holds = |file: &std::path::Path| {
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes.windows(link.len()).any(|window| window == link.as_bytes())
    };
    for file in std::fs::read_dir(world.dir.path()).unwrap() {
        assert!(!holds(&file.unwrap().path()));
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_requester() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await.and("idempotency-key", "one");
    let invitations = at(&world, "/invitations");
    admin.post(&invitations, json!({ "role": "viewer" })).await.with_status(201);
    let other = admin.post(&invitations, json!({ "role": "admin" })).await;
    assert_eq!(other.problem(), (422, "ERR_IDEMPOTENCY_MISMATCH".to_owned()));
    let other = admin.post(&format!("{invitations}?x=1"), json!({ "role": "viewer" })).await;
    assert_eq!(other.problem(), (422, "ERR_IDEMPOTENCY_MISMATCH".to_owned()));
    let colleague = dashboard_of(&world, "ravi", MemberRole::Admin).await.and("idempotency-key", "one");
    colleague.post(&invitations, json!({ "role": "admin" })).await.with_status(201);
}

#[tokio::test]
async fn of_two_at_once_one_is_carried_out() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await.and("idempotency-key", "both");
    let invitations = at(&world, "/invitations");
    let ask = || admin.post(&invitations, json!({ "role": "viewer" }));
    let replies = tokio::join!(ask(), ask(), ask(), ask());
    for reply in [replies.0, replies.1, replies.2, replies.3] {
        match reply.status {
            201 => {}
            _ => {
                assert_eq!(reply.problem(), (409, "ERR_IDEMPOTENCY_IN_PROGRESS".to_owned()));
                assert!(reply.header("retry-after").is_some());
            }
        }
    }
    assert_eq!(admin.get(&invitations).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_error_is_repeated_too_and_a_bad_key_is_refused() {
    let world = World::new().await;
    let admin = dashboard_of(&world, "anita", MemberRole::Admin).await;
    let nobody = admin.and("idempotency-key", "gone").delete(&at(&world, "/members/mem_nobody")).await;
    assert_eq!(nobody.problem(), (404, "ERR_NOT_FOUND".to_owned()));
    let again = admin.and("idempotency-key", "gone").delete(&at(&world, "/members/mem_nobody")).await;
    assert_eq!((again.problem(), again.header("idempotency-replayed")), (nobody.problem(), Some("true")));
    for bad in [" ", "a b", &"x".repeat(256)] {
        let refused = admin.and("idempotency-key", bad).post(&at(&world, "/invitations"), json!({})).await;
        assert_eq!(refused.wrong_field().0, "Idempotency-Key", "{bad:?}");
    }
}

#[tokio::test]
async fn a_repetition_is_for_those_who_may_ask() {
    let world = World::new().await;
    let (anita, session) = member(&world.store, "anita").await;
    join(&world.store, &world.account.id, &anita, MemberRole::Admin).await;
    let admin = Asker::browser(&world, &session).and("idempotency-key", "one");
    admin.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await.with_status(201);
    let owner = dashboard_of(&world, "meera", MemberRole::Owner).await;
    owner.delete(&at(&world, &format!("/members/{}", anita.id))).await.with_status(204);
    let refused = admin.post(&at(&world, "/invitations"), json!({ "role": "viewer" })).await;
    assert_eq!(refused.problem(), (404, "ERR_NOT_FOUND".to_owned()));
}
