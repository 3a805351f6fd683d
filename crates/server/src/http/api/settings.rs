//! What an account decides. A value outside its bounds is refused with the bounds, never moved inside them: who asks
//! for two minutes and gets one would not know.

use axum::extract::State;
use tring_protocol::http::FieldProblem;
use tring_protocol::http::account::{
    AccessSettings, AccountSettings, ORIGINS_MAX, RETENTION_DAYS, SettingsChange,
};
use tring_protocol::http::members::MemberRole;
use tring_protocol::limits;
use tring_protocol::settings::CallSettings;
use tring_protocol::time::Millis;
use utoipa_axum::routes;

use super::access::InAccount;
use super::json::Json;
use super::problem::{Answer, Refusal};
use super::state::ApiState;
use super::table::{Access, Table};
use crate::outbound::Outbound;

pub(super) fn routes(table: &mut Table) {
    table.add(Access::Account { least: MemberRole::Viewer, secret_key: true }, routes!(get_settings));
    table.add(Access::Account { least: MemberRole::Admin, secret_key: true }, routes!(change_settings));
}

/// Get the settings
#[utoipa::path(
    get, path = "/v1/accounts/{accountId}/settings", tag = "Settings",
    responses((status = 200, description = "The settings in force.", body = AccountSettings))
)]
async fn get_settings(State(api): State<ApiState>, account: InAccount) -> Answer<Json<AccountSettings>> {
    Ok(Json(account.of(&api.store).settings().await?))
}

/// Change the settings
///
/// What is left out stays as it is. Timeouts hold for calls that are placed from then on. Fewer days of retention delete
/// older calls within the hour.
#[utoipa::path(
    patch, path = "/v1/accounts/{accountId}/settings", tag = "Settings",
    request_body(content = SettingsChange, example = json!({
        "calls": { "ringTimeout": 45_000, "connectTimeout": 15_000, "maxDuration": 3_600_000, "devices": "many" },
        "retentionDays": 90,
    })),
    responses((status = 200, description = "The settings in force from now on.", body = AccountSettings))
)]
async fn change_settings(
    State(api): State<ApiState>,
    account: InAccount,
    Json(change): Json<SettingsChange>,
) -> Answer<Json<AccountSettings>> {
    let problems = problems(&change, &api.outbound);
    if !problems.is_empty() {
        return Err(Refusal::fields(problems));
    }
    let settings = account.of(&api.store).change(&account.actor(), api.clock.now()).settings(&change).await?;
    Ok(Json(settings))
}

/// What of a change breaks a rule.
fn problems(change: &SettingsChange, outbound: &Outbound) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if let Some(calls) = &change.calls {
        problems.extend(of_calls(calls));
    }
    if let Some(access) = &change.access {
        problems.extend(of_access(access, outbound));
    }
    if let Some(days) = change.retention_days
        && !RETENTION_DAYS.contains(&days)
    {
        let rule = format!("must be {} to {} days", RETENTION_DAYS.start(), RETENTION_DAYS.end());
        problems.push(problem("retentionDays", rule));
    }
    problems
}

fn of_calls(calls: &CallSettings) -> impl Iterator<Item = FieldProblem> {
    [
        ("calls.ringTimeout", calls.ring_timeout, limits::RING_TIMEOUT_MIN, limits::RING_TIMEOUT_MAX),
        (
            "calls.connectTimeout",
            calls.connect_timeout,
            limits::CONNECT_TIMEOUT_MIN,
            limits::CONNECT_TIMEOUT_MAX,
        ),
        ("calls.maxDuration", calls.max_duration, Millis::seconds(1), limits::CALL_DURATION_MAX),
    ]
    .into_iter()
    .filter(|(_, value, least, most)| !(least..=most).contains(&value))
    .map(|(field, _, least, most)| {
        problem(field, format!("must be {} to {} milliseconds", least.get(), most.get()))
    })
}

fn of_access(access: &AccessSettings, outbound: &Outbound) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if access.allowed_origins.len() > ORIGINS_MAX {
        problems.push(problem("access.allowedOrigins", format!("may have {ORIGINS_MAX} origins at most")));
    }
    if let Some(url) = &access.jwks_url
        && let Err(error) = outbound.accepts(url)
    {
        problems.push(problem("access.jwksUrl", error.to_string()));
    }
    problems
}

fn problem(field: &str, rule: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.to_owned(), rule: rule.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::Reach;
    use tring_protocol::http::text::{FetchUrl, WebOrigin};

    fn found(change: &SettingsChange) -> Vec<String> {
        let problems = problems(change, &Outbound::new(Reach::Public));
        problems.into_iter().map(|problem| format!("{} {}", problem.field, problem.rule)).collect()
    }

    #[test]
    fn both_ends_of_every_bound_are_taken_and_what_lies_beyond_is_named() {
        let calls = |ring, connect, most| {
            let settings = CallSettings {
                ring_timeout: Millis::new(ring),
                connect_timeout: Millis::new(connect),
                max_duration: Millis::new(most),
                ..CallSettings::default()
            };
            found(&SettingsChange { calls: Some(settings), ..SettingsChange::default() })
        };
        assert_eq!(calls(2_000, 2_000, 1_000), [""; 0]);
        assert_eq!(calls(120_000, 60_000, 14_400_000), [""; 0]);
        let beyond = [
            "calls.ringTimeout must be 2000 to 120000 milliseconds",
            "calls.connectTimeout must be 2000 to 60000 milliseconds",
            "calls.maxDuration must be 1000 to 14400000 milliseconds",
        ];
        assert_eq!(calls(1_999, 1_999, 999), beyond);
        assert_eq!(calls(120_001, 60_001, 14_400_001), beyond);
        let days = |days| found(&SettingsChange { retention_days: Some(days), ..SettingsChange::default() });
        assert_eq!((days(1), days(3_650)), (vec![], vec![]));
        for beyond in [0, 3_651, u16::MAX] {
            assert_eq!(days(beyond), ["retentionDays must be 1 to 3650 days"]);
        }
    }

    #[test]
    fn an_address_that_this_server_may_not_reach_is_no_setting() {
        let access = |url: &str, origins: usize| {
            let access = AccessSettings {
                jwks_url: Some(FetchUrl::parse(url).unwrap()),
                allowed_origins: vec![WebOrigin::parse("https://shop.example").unwrap(); origins],
                ..AccessSettings::default()
            };
            found(&SettingsChange { access: Some(access), ..SettingsChange::default() })
        };
        assert_eq!(access("https://shop.example/keys.json", 50), [""; 0]);
        assert_eq!(access("https://shop.example/keys.json", 51).len(), 1);
        assert!(access("http://shop.example/keys.json", 0)[0].starts_with("access.jwksUrl must be an https"));
        assert!(access("https://127.0.0.1/keys.json", 0)[0].starts_with("access.jwksUrl does not lead"));
    }
}
