//! The authorisation matrix: every route of the table, asked for by everybody there can be. Who is let in reaches the
//! handler with a request that it can carry out; who is not is refused in the one way that their case has.
//!
//! A route without an entry in [`sample`] fails here, and a route without a rule cannot be registered.

use serde_json::{Value, json};
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord};
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::{CallId, Cuid, DeviceAddress, DeviceId, UserAddress};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{DeviceDetails, Platform};
use tring_protocol::text::Context;
use tring_server::{Access, Route};
use tring_store::{Actor, NewAccount, Sighting};

use super::{Asker, PASSWORD, join, member};
use crate::{World, now};

/// Everybody who can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Persona {
    Nobody,
    WrongCookie,
    Apikey,
    OtherOwner,
    OtherSecretKey,
    Viewer,
    Admin,
    Owner,
    SecretKey,
}

use Persona::{Admin, Apikey, Nobody, OtherOwner, OtherSecretKey, Owner, SecretKey, Viewer, WrongCookie};

const EVERYBODY: [Persona; 9] =
    [Nobody, WrongCookie, Apikey, OtherOwner, OtherSecretKey, Viewer, Admin, Owner, SecretKey];

/// What somebody must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    LetIn,
    Refused(u16, &'static str),
}

const UNKNOWN: Outcome = Outcome::Refused(401, "ERR_UNAUTHENTICATED");
const FORBIDDEN: Outcome = Outcome::Refused(403, "ERR_FORBIDDEN");
const STRANGER: Outcome = Outcome::Refused(404, "ERR_NOT_FOUND");

fn expected(access: Access, persona: Persona) -> Outcome {
    let role = match persona {
        Viewer => Some(MemberRole::Viewer),
        Admin => Some(MemberRole::Admin),
        Owner => Some(MemberRole::Owner),
        _ => None,
    };
    match (access, persona) {
        (Access::Public, _) => Outcome::LetIn,
        (_, Nobody | WrongCookie | Apikey) => UNKNOWN,
        (Access::Member, SecretKey | OtherSecretKey) => FORBIDDEN,
        (Access::Member, _) => Outcome::LetIn,
        (_, OtherOwner | OtherSecretKey) => STRANGER,
        (Access::Account { secret_key: true, .. }, SecretKey) => Outcome::LetIn,
        (_, SecretKey) => FORBIDDEN,
        (Access::Account { least, .. } | Access::AccountOrSelf { least }, _) if role >= Some(least) => {
            Outcome::LetIn
        }
        _ => FORBIDDEN,
    }
}

/// An account with everything in it that a route can be about, and all who can ask.
struct Stage {
    account: NewAccount,
    other: NewAccount,
    sessions: [(Persona, String); 4],
    /// A member whom nobody would miss.
    spare: String,
    invitation_id: String,
    invitation: String,
    reset: String,
    key_id: String,
    /// A secret that was taken over from.
    old_secret: String,
    turn_server: String,
    call: CallId,
}

const USER: &str = "alice";

impl Stage {
    async fn new(world: &World, number: usize) -> Self {
        let store = &world.store;
        let account = store.create_account("Stage", now()).await.unwrap();
        let other = store.create_account("Other", now()).await.unwrap();
        let mut sessions = Vec::new();
        for (persona, at, role) in [
            (Viewer, &account, MemberRole::Viewer),
            (Admin, &account, MemberRole::Admin),
            (Owner, &account, MemberRole::Owner),
            (OtherOwner, &other, MemberRole::Owner),
        ] {
            let (member, session) = member(store, &format!("{persona:?}{number}").to_lowercase()).await;
            join(store, &at.id, &member, role).await;
            sessions.push((persona, session));
        }
        let (spare, _) = member(store, &format!("spare{number}")).await;
        join(store, &account.id, &spare, MemberRole::Viewer).await;
        let reset = store.new_reset(&spare.id, now()).await.unwrap();
        let here = store.account(&account.id);
        let change = here.change(&Actor::Operator, now());
        let invited = change.invite(None, MemberRole::Viewer).await.unwrap();
        let key_id = change.new_secret_key("spare").await.unwrap().key_id;
        let old_secret = here.token_secrets(now()).await.unwrap()[0].secret_id.clone();
        change.rotate_token_secret(1).await.unwrap();
        let turn = json!({ "urls": ["turn:turn.shop.example"], "secret": "north-wind" });
        let turn_server =
            change.add_turn_server(&serde_json::from_value(turn).unwrap()).await.unwrap().turn_server_id;
        let call = finished_call(world, &account).await;
        let device = DeviceAddress {
            user: UserAddress { account: account.id.clone(), cuid: Cuid::parse(USER).unwrap() },
            device: DeviceId::parse("device-a").unwrap(),
        };
        let sighting = Sighting {
            device,
            platform: Platform::Web,
            name: None,
            apikey: account.apikey.clone(),
            at: now(),
        };
        store.note(&[sighting]).await.unwrap();
        Self {
            account,
            other,
            sessions: sessions.try_into().unwrap(),
            spare: spare.id,
            invitation_id: invited.invitation.invitation_id,
            invitation: invited.token,
            reset,
            key_id,
            old_secret,
            turn_server,
            call,
        }
    }

    fn asker(&self, world: &World, persona: Persona) -> Asker {
        match persona {
            Nobody => Asker::nobody(world),
            WrongCookie => Asker::browser(world, &"x".repeat(52)),
            Apikey => Asker::backend(world, &self.account.apikey),
            SecretKey => Asker::backend(world, &self.account.secret),
            OtherSecretKey => Asker::backend(world, &self.other.secret),
            OtherOwner | Viewer | Admin | Owner => {
                let session = self.sessions.iter().find(|(known, _)| *known == persona).unwrap();
                Asker::browser(world, &session.1)
            }
        }
    }
}

async fn finished_call(world: &World, account: &NewAccount) -> CallId {
    let call = CallId::new(now(), rand::random());
    let placed = CallEventKind::Placed {
        account: account.id.clone(),
        caller: Cuid::parse(USER).unwrap(),
        device: DeviceId::parse("device-a").unwrap(),
        platform: Platform::Web,
        details: DeviceDetails::default(),
        callee: Cuid::parse("bobby").unwrap(),
        context: Context::parse("Your order").unwrap(),
    };
    let ended = CallEventKind::Ended { reason: EndReason::Unreachable, by: None };
    let event = |index, what| CallEvent { call, index, at: now(), what };
    let events = [event(0, placed), event(1, ended)];
    let record = CallRecord::fold(&events).unwrap();
    world.store.journal("elsewhere").write(&events, &[record], &[]).await.unwrap();
    call
}

/// A request that a route can carry out, and with which status it then answers.
struct Sample {
    path: String,
    body: Option<Value>,
    status: u16,
}

fn sample(route: &Route, stage: &Stage, number: usize) -> Sample {
    let branding = serde_json::to_value(tring_protocol::settings::Branding::default()).unwrap();
    let email = format!("new{number}@shop.example");
    let days = "?from=2026-11-01&to=2026-11-02&zone=UTC&interval=day";
    let (query, body, status) = match (route.method, route.path.strip_prefix("/v1").unwrap()) {
        ("GET", "/server" | "/me") => ("", None, 200),
        ("POST", "/sign-up") => {
            let token = &stage.invitation;
            ("", Some(json!({ "email": email, "password": PASSWORD, "name": "N", "invitation": token })), 201)
        }
        // Nobody has this password: that the handler says so is enough here.
        ("POST", "/sign-in") => ("", Some(json!({ "email": email, "password": PASSWORD })), 401),
        ("POST", "/sign-out" | "/me/sign-out-everywhere") => ("", None, 204),
        ("POST", "/password/forgotten") => ("", Some(json!({ "email": email })), 202),
        ("POST", "/password/reset") => ("", Some(json!({ "token": stage.reset, "password": PASSWORD })), 204),
        ("GET", "/invitations/{token}") | ("POST", "/invitations/{token}/accept") => ("", None, 200),
        ("PATCH", "/me") => ("", Some(json!({ "name": "N" })), 200),
        ("POST", "/me/password") => ("", Some(json!({ "current": PASSWORD, "new": PASSWORD })), 422),
        ("POST", "/accounts") => ("", Some(json!({ "name": "N" })), 201),
        ("GET", path) if path.ends_with("/statistics") => (days, None, 200),
        ("GET", path) if !path.ends_with("{token}") => ("", None, 200),
        ("DELETE", _) => ("", None, 204),
        ("PATCH", "/accounts/{accountId}/settings") => ("", Some(json!({ "retentionDays": 30 })), 200),
        ("PUT", "/accounts/{accountId}/branding") => ("", Some(branding), 200),
        // That the server would not fetch from itself shows that it tried.
        ("POST", "/accounts/{accountId}/branding/logo") => {
            ("", Some(json!({ "url": "https://127.0.0.1/logo.png" })), 422)
        }
        ("POST", "/accounts/{accountId}/apikeys" | "/accounts/{accountId}/secret-keys") => {
            ("", Some(json!({ "name": "N" })), 201)
        }
        ("POST", "/accounts/{accountId}/turn-servers") => {
            ("", Some(json!({ "urls": ["turn:turn.shop.example"], "secret": "north-wind" })), 201)
        }
        ("POST", "/accounts/{accountId}/token-secrets") => ("", Some(json!({ "overlapHours": 1 })), 201),
        ("POST", "/accounts/{accountId}/token-secrets/{secretId}/reveal") => ("", None, 200),
        ("POST", "/accounts/{accountId}/tokens") => ("", Some(json!({ "cuid": USER })), 201),
        ("POST", "/accounts/{accountId}/tokens/check") => ("", Some(json!({ "token": "x" })), 200),
        // It has ended: the handler says so in its own words.
        ("POST", "/accounts/{accountId}/calls/{callId}/end") => ("", None, 404),
        ("PATCH", "/accounts/{accountId}/members/{memberId}") => ("", Some(json!({ "role": "admin" })), 200),
        ("POST", "/accounts/{accountId}/invitations") => ("", Some(json!({ "role": "viewer" })), 201),
        _ => panic!("{} {} has no sample here: write one", route.method, route.path),
    };
    let mut path = route.path.clone();
    for (parameter, value) in [
        ("{accountId}", stage.account.id.as_str()),
        ("{memberId}", &stage.spare),
        ("{invitationId}", &stage.invitation_id),
        ("{token}", &stage.invitation),
        ("{apikey}", &stage.account.apikey),
        ("{keyId}", &stage.key_id),
        ("{secretId}", &stage.old_secret),
        ("{turnServerId}", &stage.turn_server),
        ("{cuid}", USER),
        ("{callId}", &stage.call.to_string()),
    ] {
        path = path.replace(parameter, value);
    }
    assert!(!path.contains('{'), "{path} has a parameter without a sample: write one");
    Sample { path: path + query, body, status }
}

/// With this nobody has to wait, whoever asks.
pub(crate) const UNHURRIED: &[(&str, &str)] = &[("login.burst", "10000"), ("api.burst", "10000")];

#[tokio::test]
async fn every_route_lets_in_whom_its_rule_names_and_nobody_else() {
    everybody_asks_for_everything(World::with(UNHURRIED).await).await;
}

pub(crate) async fn everybody_asks_for_everything(world: World) {
    let routes = tring_server::routes();
    assert!(routes.len() > 40, "{}", routes.len());
    let (mut number, mut asked) = (0, 0);
    for route in &routes {
        number += 1;
        let shared = Stage::new(&world, number).await;
        for persona in EVERYBODY {
            let outcome = expected(route.access, persona);
            // Who is let in may use up what the others need.
            number += 1;
            let own = if outcome == Outcome::LetIn { Some(Stage::new(&world, number).await) } else { None };
            let stage = own.as_ref().unwrap_or(&shared);
            let Sample { path, body, status } = sample(route, stage, number);
            let reply = stage.asker(&world, persona).ask(route.method, &path, body).await;
            let what = format!("{persona:?}: {} {} ({:?})", route.method, route.path, route.access);
            match outcome {
                Outcome::LetIn => {
                    assert_eq!(reply.status, status, "{what}: {}", reply.text);
                    if status == 404 {
                        let own_words =
                            "There is nothing at this address that you may see. Check the ids in it.";
                        assert_ne!(reply.json()["detail"], own_words, "{what}");
                    }
                }
                Outcome::Refused(status, code) => {
                    assert_eq!(reply.problem(), (status, code.to_owned()), "{what}: {}", reply.text);
                }
            }
            asked += 1;
        }
    }
    assert_eq!(asked, routes.len() * EVERYBODY.len());
}

#[test]
fn no_route_is_in_the_table_twice() {
    let mut seen = std::collections::HashSet::new();
    for route in tring_server::routes() {
        assert!(seen.insert((route.method, route.path.clone())), "{route:?}");
    }
}

#[tokio::test]
async fn an_account_that_does_not_exist_looks_like_one_of_strangers() {
    let world = World::new().await;
    let stage = Stage::new(&world, 1).await;
    for persona in [Owner, SecretKey] {
        let asker = stage.asker(&world, persona);
        let strangers = asker.get(&format!("/v1/accounts/{}", stage.other.id)).await;
        let nobodys = asker.get("/v1/accounts/acc_nobody").await;
        assert_eq!((strangers.status, strangers.json()), (404, nobodys.json()), "{persona:?}");
    }
}

#[tokio::test]
async fn the_description_says_who_may_use_each_route() {
    let world = World::new().await;
    let described = Asker::nobody(&world).get("/v1/openapi.json").await.with_status(200).json();
    let mut names = std::collections::HashSet::new();
    for route in tring_server::routes() {
        let operation = &described["paths"][&route.path][route.method.to_lowercase()];
        assert!(
            names.insert(operation["operationId"].as_str().unwrap().to_owned()),
            "{route:?} has another's name"
        );
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{route:?}");
        let proofs = operation["security"].as_array().unwrap();
        let said = &operation["x-tring-access"];
        match route.access {
            Access::Public => assert_eq!((said, proofs.len()), (&json!("public"), 0)),
            Access::Member => assert_eq!((said, proofs.len()), (&json!("member"), 1)),
            Access::Account { least, secret_key } => {
                assert_eq!(said["role"], json!(least));
                assert_eq!(
                    (said["secretKey"] == true, proofs.len() == 2),
                    (secret_key, secret_key),
                    "{route:?}"
                );
            }
            Access::AccountOrSelf { least } => assert_eq!(said, &json!({ "role": least, "orSelf": true })),
        }
        for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let parameters = operation["parameters"].as_array().unwrap();
            let of_the_path = |parameter: &&Value| parameter["name"] == name && parameter["in"] == "path";
            assert_eq!(parameters.iter().filter(of_the_path).count(), 1, "{route:?} {name}");
        }
        assert_eq!(
            operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"],
            "#/components/schemas/Problem"
        );
    }
    let methods =
        described["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(methods.sum::<usize>(), names.len());
    each_reference_leads_somewhere(&described, &described);
    let codes = described["components"]["schemas"]["ErrorCode"]["enum"].as_array().unwrap();
    assert!(codes.contains(&json!("ERR_FORBIDDEN")), "{codes:?}");
    let reasons = described["components"]["schemas"]["EndReason"]["enum"].as_array().unwrap();
    assert!(reasons.contains(&json!(EndReason::Unreachable)), "{reasons:?}");
}

fn each_reference_leads_somewhere(part: &Value, whole: &Value) {
    match part {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                assert!(whole.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            }
            fields.values().for_each(|field| each_reference_leads_somewhere(field, whole));
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference_leads_somewhere(item, whole)),
        _ => {}
    }
}
