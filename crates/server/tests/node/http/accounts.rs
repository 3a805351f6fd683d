use serde_json::json;

use super::{Asker, member};
use crate::World;

#[tokio::test]
async fn a_member_makes_further_accounts_and_is_their_owner() {
    let world = World::new().await;
    let (_, session) = member(&world.store, "meera").await;
    let meera = Asker::browser(&world, &session);
    let shop = meera.post("/v1/accounts", json!({ "name": " Shop " })).await.with_status(201).json();
    assert_eq!((&shop["name"], &shop["role"]), (&json!("Shop"), &json!("owner")));
    let food = meera.post("/v1/accounts", json!({ "name": "Food" })).await.with_status(201).json();
    assert_eq!(meera.get("/v1/me").await.json()["accounts"], json!([food, shop]));
    let id = shop["accountId"].as_str().unwrap();
    let renamed = meera.patch("/v1/me", json!({ "name": "Meera K" })).await.with_status(200).json();
    assert_eq!(renamed["name"], "Meera K");
    let members = meera.get(&format!("/v1/accounts/{id}/members")).await.with_status(200).json();
    assert_eq!((&members[0]["name"], &members[0]["role"]), (&json!("Meera K"), &json!("owner")));
    assert!(members[0]["lastSeenAt"].is_u64(), "{members}");
}
