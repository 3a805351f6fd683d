//! A World of many clients and nodes in one thread, from one seed: the machines of `tring-calls` as they will run, and
//! around them sockets that break, a bus and slots that take their time, a relay, a journal, nodes that crash, and
//! people who dial, answer, reload and walk away.
//!
//! [`run`] plays the schedule of one seed to its end while [`Checker`] holds the invariants 1 to 4 of the design, and
//! as much of the fifth as can be seen from outside. The same seed plays the same world, always.
//!
//! | file | is |
//! |---|---|
//! | `plan` | what a seed decides beforehand: who there is and what they will do |
//! | `world`, `queue`, `dice` | the clock, what happens next, and the only source of chance |
//! | `node` | one server: both machines and the round that the real hub drives too |
//! | `carry` | what leaves a node's round, and the bus |
//! | `network` | sockets that delay, break, and half break |
//! | `paths` | interfaces that go away, and addresses that change |
//! | `slots`, `journal`, `relay` | stand-ins for the shared slots, the store and the audio path |
//! | `client` | the reference client: an honest, small twin of the SDK |
//! | `people` | what people do, and how they react |
//! | `account` | what the account's people change, and how nodes hear of it |
//! | `crash` | nodes that die, and what the others make of it |
//! | `checker` | the invariants |
//! | `agreement` | what everybody must agree on when nothing new has happened for a while |
#![forbid(unsafe_code)]

mod account;
mod agreement;
mod carry;
mod checker;
mod client;
mod crash;
mod dice;
mod journal;
mod network;
mod node;
mod paths;
mod people;
mod plan;
mod queue;
mod relay;
mod run;
mod slots;
mod world;

pub use checker::{Checker, Violation};
pub use paths::Trouble;
pub use plan::{Action, Plan};
pub use run::{Failure, Summary, run, run_traced};
pub use world::Sabotage;
