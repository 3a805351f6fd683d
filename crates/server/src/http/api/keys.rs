//! Keys: publishable ones for apps, secret ones for backends.

use axum::extract::State;
use axum::http::StatusCode;
use tring_protocol::http::account::{Apikey, NewKey, SecretKey};
use tring_protocol::http::members::MemberRole;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Id, Json};
use super::problem::Answer;
use super::state::ApiState;
use super::table::{Access, Table};

pub(super) fn routes(table: &mut Table) {
    let viewers = Access::Account { least: MemberRole::Viewer, secret_key: false };
    let admins = Access::Account { least: MemberRole::Admin, secret_key: false };
    table.add(viewers, routes!(list_apikeys));
    table.add(admins, routes!(create_apikey));
    table.add(admins, routes!(revoke_apikey));
    table.add(admins, routes!(list_secret_keys, create_secret_key));
    table.add(admins, routes!(revoke_secret_key));
}

/// List the apikeys
///
/// The oldest first; also those that were revoked.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/apikeys", tag = "Keys",
    responses((status = 200, description = "The apikeys.", body = Vec<Apikey>))
)]
async fn list_apikeys(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<Apikey>>> {
    Ok(Json(account.of(&api.store).apikeys().await?))
}

/// Make an apikey
///
/// It is public: it names the account in apps and pages.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/apikeys", tag = "Keys",
    request_body(content = NewKey, example = json!({ "name": "Android app" })),
    responses((status = 201, description = "The new apikey.", body = Apikey))
)]
async fn create_apikey(
    State(api): State<ApiState>,
    account: InAccount,
    Json(new): Json<NewKey>,
) -> Answer<(StatusCode, Json<Apikey>)> {
    let now = api.clock.now();
    let apikey = account.of(&api.store).change(&account.actor(), now).new_apikey(new.name.as_str()).await?;
    let made =
        Apikey { apikey, name: new.name.into(), created_at: now, last_used_at: None, revoked_at: None };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke an apikey
///
/// Nobody signs in with it from now on. Devices that are signed in stay so until their session ends.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/apikeys/{apikey}", tag = "Keys",
    responses((status = 204, description = "The apikey is refused from now on."))
)]
async fn revoke_apikey(
    State(api): State<ApiState>,
    account: InAccount,
    Id(apikey): Id<String>,
) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).revoke_apikey(&apikey).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the secret keys
///
/// The oldest first, also those that were revoked, and none with the key itself.
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/secret-keys", tag = "Keys",
    responses((status = 200, description = "The secret keys, without the keys themselves.", body = Vec<SecretKey>))
)]
async fn list_secret_keys(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Vec<SecretKey>>> {
    Ok(Json(account.of(&api.store).secret_keys().await?))
}

/// Make a secret key
///
/// This answer is the only one that has the key in it: the server keeps a hash.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/secret-keys", tag = "Keys",
    request_body(content = NewKey, example = json!({ "name": "Order service" })),
    responses((status = 201, description = "The new secret key, with the key itself.", body = SecretKey))
)]
async fn create_secret_key(
    State(api): State<ApiState>,
    account: InAccount,
    Json(new): Json<NewKey>,
) -> Answer<(StatusCode, Json<SecretKey>)> {
    let kept = account.of(&api.store);
    let made = kept.change(&account.actor(), api.clock.now()).new_secret_key(new.name.as_str()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a secret key
///
/// The next request with it is refused.
#[utoipa::path(
    delete, path = "/v1/accounts/{accountId}/secret-keys/{keyId}", tag = "Keys",
    responses((status = 204, description = "The key is refused from now on."))
)]
async fn revoke_secret_key(
    State(api): State<ApiState>,
    account: InAccount,
    Id(key): Id<String>,
) -> Answer<StatusCode> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).revoke_secret_key(&key).await?;
    Ok(StatusCode::NO_CONTENT)
}
