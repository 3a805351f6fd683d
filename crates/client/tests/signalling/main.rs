//! The signalling machine against `vectors/scenarios/`, and against a server, a network and people who do whatever such do.

mod coverage;
mod exploration;
mod scenario;
mod scenarios;
mod witness;
mod world;
