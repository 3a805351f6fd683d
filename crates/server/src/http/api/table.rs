//! The one way to register a route: path, method, who may use it and its description come from one line, so that a
//! route without a rule cannot exist. The authorisation matrix of the tests is generated from the same list.

use axum::Router;
use axum::middleware::from_fn;
use serde_json::{Value, json};
use tring_protocol::http::members::MemberRole;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Header, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::state::ApiState;
use super::{access, idempotency, refusals};

/// The beginning of every address that belongs to one account.
pub(super) const ACCOUNT: &str = "/v1/accounts/{accountId}";

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in to the dashboard.
    Member,
    /// Members of the account that the path's `{accountId}` names.
    Account {
        /// The least that they must be in it.
        least: MemberRole,
        /// Whether a backend with a secret key of this account may use it too.
        secret_key: bool,
    },
    /// The same, and whoever the path's `{memberId}` names, whatever their role.
    AccountOrSelf {
        /// The least that all others must be in the account.
        least: MemberRole,
    },
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// In capitals.
    pub method: &'static str,
    /// With its parameters in braces.
    pub path: String,
    /// Who may use it.
    pub access: Access,
}

/// Every route of the interface.
pub(super) struct Table {
    router: OpenApiRouter<ApiState>,
    routes: Vec<Route>,
}

impl Table {
    /// An empty table; `description` is what its OpenAPI document says besides the routes.
    pub(super) fn new(description: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(description), routes: Vec::new() }
    }

    /// Registers the handlers of `routes!(…)` for those who `access` names.
    pub(super) fn add(
        &mut self,
        access: Access,
        (schemas, mut paths, methods): UtoipaMethodRouter<ApiState>,
    ) {
        let mut methods = methods;
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                describe(operation, path, &method, access);
                self.routes.push(Route { method: name(&method), path: path.clone(), access });
            }
            if path.starts_with(ACCOUNT) {
                methods = methods.route_layer(from_fn(idempotency::once));
            }
        }
        // The last layer is the first that a request meets: nobody learns from a replay what they may not ask for.
        let methods = methods.route_layer(from_fn(move |request, next| access::guard(access, request, next)));
        let router = std::mem::take(&mut self.router);
        self.router = router.routes((schemas, paths, methods));
    }

    /// The list of routes.
    pub(super) fn into_routes(self) -> Vec<Route> {
        self.routes
    }

    /// What answers requests, and its description.
    pub(super) fn split(self) -> (Router<ApiState>, OpenApi) {
        self.router.split_for_parts()
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}

/// Adds to the description of a handler what the table knows: who may use it, the parameters of its path, and how
/// errors look.
fn describe(operation: &mut Operation, path: &str, method: &HttpMethod, access: Access) {
    let (said, proofs): (Value, &[&str]) = match access {
        Access::Public => (json!("public"), &[]),
        Access::Member => (json!("member"), &["session"]),
        Access::Account { least, secret_key: true } => {
            (json!({ "role": least, "secretKey": true }), &["session", "secretKey"])
        }
        Access::Account { least, secret_key: false } => (json!({ "role": least }), &["session"]),
        Access::AccountOrSelf { least } => (json!({ "role": least, "orSelf": true }), &["session"]),
    };
    let requirement = |proof: &&str| SecurityRequirement::new(*proof, [] as [&str; 0]);
    operation.security = Some(proofs.iter().map(requirement).collect());
    operation
        .extensions
        .get_or_insert_default()
        .merge(Extensions::builder().add("x-tring-access", said).build());

    let parameters = operation.parameters.get_or_insert_default();
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let known = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(parameter) => parameter.name == name && parameter.parameter_in == ParameterIn::Path,
            RefOr::Ref(_) => false,
        };
        if !parameters.iter().any(known) {
            parameters.push(path_parameter(name).into());
        }
    }
    if path.starts_with(ACCOUNT) && *method != HttpMethod::Get {
        parameters.push(idempotency_key().into());
    }
    let refusals: Vec<_> = refusals::of(operation, path, method, access).collect();
    let any = ("default", "An error of the catalogue, as RFC 9457 has it. /docs/errors lists them all.");
    for (status, meaning) in refusals.into_iter().chain([any]) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| problem(meaning).into());
    }
}

fn path_parameter(name: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let (schema, description) = match name {
        "accountId" => (
            text.min_length(Some(4)).max_length(Some(64)).pattern(Some("^[A-Za-z0-9_-]+$")),
            "The account, as its page in the dashboard names it.",
        ),
        "callId" => (text.format(Some(SchemaFormat::Custom("uuid".to_owned()))), "The call."),
        "cuid" => (
            text.min_length(Some(5)).max_length(Some(50)).pattern(Some("^[A-Za-z0-9_]+$")),
            "The user, as the customer's own system names them.",
        ),
        _ => (text.min_length(Some(1)), "As this server named it."),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name(idempotency::HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Any text that is new for each new request. When the same request comes again with it within 24 hours, it \
             is not carried out again but answered as the first time.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::String))
                .min_length(Some(1))
                .max_length(Some(idempotency::KEY_MAX))
                .pattern(Some("^[!-~]+$")),
        ))
        .build()
}

fn problem(meaning: &str) -> Response {
    let number = || Header::new(ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).build());
    ResponseBuilder::new()
        .description(meaning)
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
        .header("Retry-After", number())
        .build()
}
