//! The signalling machine against `vectors/scenarios/`, and against a server, a network and people who do whatever such do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod coverage;
mod exploration;
mod hostile;
mod scenario;
mod scenarios;
mod witness;
mod world;
