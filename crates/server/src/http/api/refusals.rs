//! Which errors a route may answer with, as far as its line in the table tells. What a handler adds of its own is in its
//! description, and `default` stands for the rest of the catalogue.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{HttpMethod, Operation, ParameterIn};

use super::table::{ACCOUNT, Access};

/// Statuses with what they mean.
pub(super) fn of(
    operation: &Operation,
    path: &str,
    method: &HttpMethod,
    access: Access,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_an_account = path.starts_with(ACCOUNT);
    let changes = *method != HttpMethod::Get;
    let has_body = operation.request_body.is_some();
    let in_query = |parameter: &_| matches!(parameter, RefOr::T(parameter) if is_in_query(parameter));
    let has_query = operation.parameters.iter().flatten().any(in_query);
    let repeats = of_an_account && changes;
    [
        (has_body, "400", "The body is not valid JSON, or did not arrive as a whole."),
        (
            access != Access::Public,
            "401",
            "Nobody is signed in, the session has ended, or the secret key is wrong or revoked.",
        ),
        (
            access != Access::Public || changes,
            "403",
            "The role does not allow it, a secret key may not do it, or another site's page asked for it.",
        ),
        (path.contains('{'), "404", "There is no such thing that the requester may see."),
        (
            repeats,
            "409",
            "It cannot be done as things stand, or the first request with this idempotency key is being worked on.",
        ),
        (has_body, "413", "The body is too long."),
        (has_body, "415", "The body is of a kind that is not taken here."),
        (
            has_body || has_query || repeats,
            "422",
            "Fields break their rules: `fields` names each with its rule. Or the idempotency key was used with another \
             request.",
        ),
        (true, "429", "Too many requests; `Retry-After` says when the next one is taken."),
    ]
    .into_iter()
    .filter(|(may, ..)| *may)
    .map(|(_, status, meaning)| (status, meaning))
}

fn is_in_query(parameter: &utoipa::openapi::path::Parameter) -> bool {
    parameter.parameter_in == ParameterIn::Query
}
