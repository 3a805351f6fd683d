//! The wire's types, and the catalogue as values, in TypeScript.

use serde_json::{Map, Value};
use std::fmt::Write;
use tring_protocol::error::{Blame, ErrorCode, Retry, WireError};
use tring_protocol::outcome::{BUSY_SENTENCE, EndReason, EndStatus};
use tring_protocol::settings::{Branding, ButtonTheme};
use tring_protocol::signal::{
    CallImages, CallSnapshot, CallState, ClientFrame, ClientMessage, DeclineReason, Device, Hello,
    PROTOCOL_VERSION, Party, Platform, RelayInfo, Resume, Role, SdkInfo, ServerFrame, ServerMessage, Welcome,
    WithdrawnReason,
};
use tring_protocol::{ids, limits, text, time};
use ts_rs::{Config, TS};

use crate::vectors;

const HEAD: &str = "// Generated from crates/protocol by `make gen`. Do not edit.\n";

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
    types.add::<Hello>();
    types.add::<RelayInfo>();
    types.add::<Welcome>();
    types.add::<Role>();
    types.add::<CallState>();
    types.add::<Party>();
    types.add::<CallImages>();
    types.add::<CallSnapshot>();
    types.add::<DeclineReason>();
    types.add::<WithdrawnReason>();
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

pub(crate) fn catalogue() -> String {
    let mut out = String::from(HEAD);
    out.push_str("import type { Blame, EndReason, EndStatus, ErrorCode, Retry } from \"./protocol\";\n");
    constant(&mut out, "The version of the wire.", "PROTOCOL_VERSION", &PROTOCOL_VERSION.into());
    constant(&mut out, "What a busy callee's caller is told.", "BUSY_SENTENCE", &BUSY_SENTENCE.into());

    let limits: Map<String, Value> =
        limits::FOR_CLIENTS.iter().map(|(name, value)| ((*name).to_owned(), value.get().into())).collect();
    constant(&mut out, "Limits in milliseconds.", "LIMITS", &limits.into());
    let sizes: Map<String, Value> = [
        ("NAME_MAX", limits::NAME_MAX),
        ("CONTEXT_MAX", limits::CONTEXT_MAX),
        ("IMAGE_URL_MAX", limits::IMAGE_URL_MAX),
        ("OUTBOX_MAX", limits::OUTBOX_MAX),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect();
    constant(&mut out, "Bounds in characters or messages.", "BOUNDS", &sizes.into());

    out.push_str(
        "\n/** An entry of the error catalogue. */\nexport interface CatalogueEntry {\n  readonly number: number;\n  readonly blame: Blame;\n  readonly retry: Retry;\n  readonly message: string;\n}\n\n/** Every error that crosses a wire. */\nexport const ERRORS: Readonly<Record<ErrorCode, CatalogueEntry>> = ",
    );
    let errors: Map<String, Value> = ErrorCode::ALL
        .iter()
        .map(|&error| (error.code().to_owned(), without(vectors::error(error), &["code", "http"])))
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
