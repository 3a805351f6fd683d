//! The wire's types, and the catalogue as values, in TypeScript.

use serde_json::{Map, Value};
use std::fmt::Write;
use tring_protocol::error::{Blame, ErrorCode, Retry, WireError};
use tring_protocol::outcome::{BUSY_SENTENCE, EndReason, EndStatus};
use tring_protocol::settings::{Branding, ButtonTheme};
use tring_protocol::signal::{
    CALL_WAITING, CallImages, CallSnapshot, CallState, ClientFrame, ClientMessage, DeclineReason, Device,
    Hello, IceServer, IceServers, LegReport, MediaPath, PROTOCOL_VERSION, Party, Platform, RelayInfo, Resume,
    Role, SdkInfo, ServerFrame, ServerMessage, UserToken, WeakNetwork, Welcome, WithdrawnReason,
};
use tring_protocol::{ids, limits, text, time};
use ts_rs::{Config, TS};

use crate::vectors;

const HEAD: &str = "// Generated from crates/protocol by `make gen`. Do not edit.\n";

/// From this number on errors are answers to requests over HTTP. No SDK makes any, and every byte of one is loaded by a
/// page.
const FIRST_OF_THE_DASHBOARD: u16 = 6000;

pub(crate) fn types() -> String {
    let mut out = String::from(HEAD);
    let mut types = Types { config: Config::default().with_large_int("number"), out: &mut out };
    types.add::<ids::AccountId>();
    types.add::<ids::CallId>();
    types.add::<ids::Cuid>();
    types.add::<ids::DeviceId>();
    types.add::<text::Colour>();
    types.add::<text::Context>();
    types.add::<text::DisplayName>();
    types.add::<text::ImageUrl>();
    types.add::<text::NetworkName>();
    types.add::<text::SystemName>();
    types.add::<text::Sdp>();
    types.add::<time::Timestamp>();
    types.add::<time::Millis>();
    types.add::<ErrorCode>();
    types.add::<Blame>();
    types.add::<Retry>();
    types.add::<WireError>();
    types.add::<EndStatus>();
    types.add::<EndReason>();
    types.add::<ButtonTheme>();
    types.add::<Branding>();
    types.add::<Platform>();
    types.add::<Device>();
    types.add::<SdkInfo>();
    types.add::<Resume>();
    types.add::<UserToken>();
    types.add::<Hello>();
    types.add::<RelayInfo>();
    types.add::<IceServer>();
    types.add::<IceServers>();
    types.add::<MediaPath>();
    types.add::<LegReport>();
    types.add::<Welcome>();
    types.add::<Role>();
    types.add::<CallState>();
    types.add::<Party>();
    types.add::<CallImages>();
    types.add::<CallSnapshot>();
    types.add::<DeclineReason>();
    types.add::<WithdrawnReason>();
    types.add::<WeakNetwork>();
    types.add::<ClientMessage>();
    types.add::<ServerMessage>();
    types.add::<ClientFrame>();
    types.add::<ServerFrame>();
    out
}

struct Types<'a> {
    config: Config,
    out: &'a mut String,
}

impl Types<'_> {
    fn add<T: TS>(&mut self) {
        self.out.push('\n');
        if let Some(docs) = T::docs() {
            self.out.push_str(&docs);
        }
        writeln!(self.out, "export {}", T::decl(&self.config)).expect("a string takes every text");
    }
}

/// The bodies of `/v1` for the dashboard, with everything that they are made of.
pub(crate) fn api() -> String {
    use tring_protocol::{call, http, settings};
    let mut out = String::from(HEAD);
    let mut types = Types { config: Config::default().with_large_int("number"), out: &mut out };
    types.add::<ids::AccountId>();
    types.add::<ids::CallId>();
    types.add::<ids::Cuid>();
    types.add::<ids::DeviceId>();
    types.add::<text::Colour>();
    types.add::<text::Context>();
    types.add::<text::DisplayName>();
    types.add::<text::ImageUrl>();
    types.add::<time::Timestamp>();
    types.add::<time::Millis>();
    types.add::<ErrorCode>();
    types.add::<Blame>();
    types.add::<Retry>();
    types.add::<EndStatus>();
    types.add::<EndReason>();
    types.add::<Platform>();
    types.add::<Role>();
    types.add::<CallState>();
    types.add::<ButtonTheme>();
    types.add::<Branding>();
    types.add::<settings::DevicePolicy>();
    types.add::<settings::DeclineScope>();
    types.add::<tring_protocol::signal::MediaPath>();
    types.add::<settings::CallSettings>();
    types.add::<call::LegQuality>();
    types.add::<http::FieldProblem>();
    types.add::<http::Problem>();
    types.add::<http::text::Email>();
    types.add::<http::text::FetchUrl>();
    types.add::<http::text::NewPassword>();
    types.add::<http::text::Title>();
    types.add::<http::text::TurnSecret>();
    types.add::<http::text::TurnUrl>();
    types.add::<http::text::WebOrigin>();
    types.add::<http::DemoLogin>();
    types.add::<http::ServerInfo>();
    types.add::<http::members::MemberRole>();
    types.add::<http::members::SignUp>();
    types.add::<http::members::Login>();
    types.add::<http::members::Membership>();
    types.add::<http::members::Me>();
    types.add::<http::members::MyChange>();
    types.add::<http::members::PasswordChange>();
    types.add::<http::members::PasswordForgotten>();
    types.add::<http::members::PasswordReset>();
    types.add::<http::members::Member>();
    types.add::<http::members::MemberChange>();
    types.add::<http::members::NewInvitation>();
    types.add::<http::members::Invitation>();
    types.add::<http::members::InvitationOffer>();
    types.add::<http::account::NewAccount>();
    types.add::<http::account::AccessSettings>();
    types.add::<http::account::AccountSettings>();
    types.add::<http::account::SettingsChange>();
    types.add::<http::account::Account>();
    types.add::<http::account::Apikey>();
    types.add::<http::account::SecretKey>();
    types.add::<http::account::NewKey>();
    types.add::<http::account::TokenSecret>();
    types.add::<http::account::TokenSecretRotation>();
    types.add::<http::turn::TurnServer>();
    types.add::<http::turn::NewTurnServer>();
    types.add::<http::account::LogoAddress>();
    types.add::<http::account::Logo>();
    types.add::<http::account::ActorKind>();
    types.add::<http::account::AuditChange>();
    types.add::<http::account::AuditEntry>();
    types.add::<http::account::AuditPage>();
    types.add::<http::tokens::NewToken>();
    types.add::<http::tokens::MintedToken>();
    types.add::<http::tokens::TokenQuestion>();
    types.add::<http::tokens::TokenCheck>();
    types.add::<http::tokens::TokenVerdict>();
    types.add::<http::users::UserDevice>();
    types.add::<http::users::User>();
    types.add::<http::users::UserPage>();
    types.add::<http::calls::QualityBand>();
    types.add::<http::calls::CallSummary>();
    types.add::<http::calls::CallFilter>();
    types.add::<http::calls::CallPage>();
    types.add::<http::calls::LiveCall>();
    types.add::<http::calls::Explanation>();
    types.add::<http::calls::CallLeg>();
    types.add::<http::calls::TimelineEntry>();
    types.add::<http::calls::QualitySample>();
    types.add::<http::calls::CallDetail>();
    types.add::<http::statistics::Interval>();
    types.add::<http::statistics::StatisticsQuery>();
    types.add::<http::statistics::QualityTotals>();
    types.add::<http::statistics::Totals>();
    types.add::<http::statistics::Point>();
    types.add::<http::statistics::ReasonCount>();
    types.add::<http::statistics::PlatformCount>();
    types.add::<http::statistics::Statistics>();
    out.push_str("\n/** What the dashboard calls each way in which a call ends, with its status. */\nexport const REASONS: Readonly<Record<EndReason, { readonly status: EndStatus; readonly label: string }>> = ");
    let reasons: Map<String, Value> = EndReason::ALL
        .iter()
        .map(|&reason| {
            let row = serde_json::json!({ "status": reason.status(), "label": reason.dashboard() });
            (reason.as_str().to_owned(), row)
        })
        .collect();
    writeln!(out, "{:#};", Value::from(reasons)).expect("a string takes every text");
    out
}

pub(crate) fn catalogue() -> String {
    let mut out = String::from(HEAD);
    out.push_str("import type { EndReason, EndStatus, ErrorCode, Retry } from \"./protocol\";\n");
    constant(&mut out, "The version of the wire.", "PROTOCOL_VERSION", &PROTOCOL_VERSION.into());
    constant(
        &mut out,
        "The capability of a device that offers a second call to somebody who is in one.",
        "CALL_WAITING",
        &CALL_WAITING.into(),
    );
    constant(&mut out, "What a busy callee's caller is told.", "BUSY_SENTENCE", &BUSY_SENTENCE.into());

    let limits: Map<String, Value> =
        limits::FOR_CLIENTS.iter().map(|(name, value)| ((*name).to_owned(), value.get().into())).collect();
    constant(&mut out, "Limits in milliseconds.", "LIMITS", &limits.into());
    let sizes: Map<String, Value> = [
        ("NAME_MAX", limits::NAME_MAX),
        ("CONTEXT_MAX", limits::CONTEXT_MAX),
        ("IMAGE_URL_MAX", limits::IMAGE_URL_MAX),
        ("OUTBOX_MAX", limits::OUTBOX_MAX),
        ("CALLS_MAX", limits::CALLS_MAX),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect();
    constant(&mut out, "Bounds in characters, messages or calls.", "BOUNDS", &sizes.into());

    out.push_str(
        "\n/** What an SDK needs of an entry of the error catalogue. */\nexport interface CatalogueEntry {\n  readonly retry: Retry;\n  readonly message: string;\n}\n\n/** Every error that an SDK can meet; all but those of the dashboard's interface. */\nexport const ERRORS: Readonly<Partial<Record<ErrorCode, CatalogueEntry>>> = ",
    );
    let errors: Map<String, Value> = ErrorCode::ALL
        .iter()
        .filter(|error| error.number() < FIRST_OF_THE_DASHBOARD)
        .map(|&error| {
            (error.code().to_owned(), without(vectors::error(error), &["code", "number", "http", "blame"]))
        })
        .collect();
    writeln!(out, "{:#};", Value::from(errors)).expect("a string takes every text");

    out.push_str(
        "\n/** What the promise of `call()` does. */\nexport type WebOutcome =\n  | { readonly resolves: string }\n  | { readonly rejects: string }\n  | { readonly rejectsError: ErrorCode };\n\n/** How a call can end. */\nexport const OUTCOMES: Readonly<Record<EndReason, { readonly status: EndStatus; readonly web: WebOutcome }>> = ",
    );
    let outcomes: Map<String, Value> = EndReason::ALL
        .iter()
        .map(|&reason| {
            let row = without(vectors::outcome(reason), &["reason", "ios", "sendbird", "dashboard"]);
            (reason.as_str().to_owned(), row)
        })
        .collect();
    writeln!(out, "{:#};", Value::from(outcomes)).expect("a string takes every text");
    out
}

fn constant(out: &mut String, doc: &str, name: &str, value: &Value) {
    writeln!(out, "\n/** {doc} */\nexport const {name} = {value:#} as const;")
        .expect("a string takes every text");
}

fn without(row: Value, keys: &[&str]) -> Value {
    let Value::Object(mut row) = row else { return row };
    for key in keys {
        row.remove(*key);
    }
    row.into()
}
