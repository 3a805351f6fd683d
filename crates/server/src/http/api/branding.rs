//! How the call screens look, and the logo on them.

use axum::extract::{FromRequest, Request, State};
use axum::http::HeaderMap;
use tring_protocol::error::ErrorCode;
use tring_protocol::http::account::{Logo, LogoAddress};
use tring_protocol::http::members::MemberRole;
use tring_protocol::settings::Branding;
use tring_protocol::text::ImageUrl;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::{Json, bytes, media_type};
use super::problem::{Answer, Refusal};
use super::state::{Api, ApiState};
use super::table::{Access, Table};
use crate::logo::{self, LogoError};

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(get_branding));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(set_branding));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(upload_logo));
}

/// Get the branding
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/branding", tag = "Branding",
    responses((status = 200, description = "How the call screens look.", body = Branding))
)]
async fn get_branding(State(api): State<ApiState>, account: InAccount) -> Answer<Json<Branding>> {
    Ok(Json(account.of(&api.store).overview().await?.branding))
}

/// Set the branding
///
/// Devices that are signed in show it at once, in a running call too.
#[utoipa::path(
    put, path = "/v1/accounts/{accountId}/branding", tag = "Branding",
    request_body(content = Branding, example = json!({
        "logo": "https://shop.example/logo.png", "backgroundColor": "#1b1f3b", "textColor": "#ffffff",
        "buttonTheme": "white", "poweredBy": false,
    })),
    responses((status = 200, description = "The branding from now on.", body = Branding))
)]
async fn set_branding(
    State(api): State<ApiState>,
    account: InAccount,
    Json(branding): Json<Branding>,
) -> Answer<Json<Branding>> {
    account.of(&api.store).change(&account.actor(), api.clock.now()).branding(&branding).await?;
    Ok(Json(branding))
}

/// Upload a logo
///
/// The body is the image itself (PNG, JPEG, GIF or WebP, at most 2 MB and 4096 pixels a side), or JSON with the address
/// from which the server fetches it. It is made to fit into 512 pixels and kept as PNG without anything but its pixels.
/// The logo is shown once it is saved with the branding: put the answer's `url` there.
#[utoipa::path(
    post, path = "/v1/accounts/{accountId}/branding/logo", tag = "Branding",
    request_body(content(
        (LogoAddress = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"),
    )),
    responses((status = 200, description = "Where the logo is from now on.", body = Logo))
)]
async fn upload_logo(
    State(api): State<ApiState>,
    account: InAccount,
    headers: HeaderMap,
    request: Request,
) -> Answer<Json<Logo>> {
    let kind = media_type(&headers).unwrap_or_default();
    let image = if kind == "application/json" {
        let Json(LogoAddress { url }) = Json::from_request(request, &api).await?;
        let fetched = api.outbound.fetch(&url, logo::BYTES_MAX).await;
        fetched.map_err(|error| Refusal::with(ErrorCode::FetchFailed, format!("The address {error}.")))?.bytes
    } else if kind.starts_with("image/") {
        bytes(request.into_body(), logo::BYTES_MAX).await?.to_vec()
    } else {
        let message =
            "Send the image itself, with its own Content-Type such as image/png, or JSON with its address.";
        return Err(Refusal::with(ErrorCode::UnsupportedMediaType, message));
    };
    let picture = make(&api, image).await?;
    let id = account.of(&api.store).put_image(&picture.png, api.clock.now()).await?;
    let address = format!("{}/images/{id}.png", api.origins.for_requester(&headers));
    let url =
        ImageUrl::parse(&address).map_err(|error| Refusal::internal("a logo has no address", &error))?;
    let bytes = u32::try_from(picture.png.len()).unwrap_or(u32::MAX);
    Ok(Json(Logo { url, width: picture.width, height: picture.height, bytes }))
}

/// One at a time: it takes a hundred megabytes, and others wait a second at most.
async fn make(api: &Api, image: Vec<u8>) -> Answer<logo::Picture> {
    let _turn = api.logo_turn.lock().await;
    match tokio::task::spawn_blocking(move || logo::make(&image)).await {
        Ok(Ok(picture)) => Ok(picture),
        Ok(Err(error @ LogoError::Unwritable(_))) => {
            Err(Refusal::internal("a logo cannot be written", &error))
        }
        Ok(Err(error)) => Err(Refusal::with(ErrorCode::ImageRefused, error.to_string())),
        Err(error) => Err(Refusal::internal("a logo could not be made", &error)),
    }
}
