//! The server's brain: who is here, who rings, who answers, what times out and what the record says. Sans-IO: no
//! clock, no socket, no task.
//!
//! Two machines. [`Sessions`] keeps the signalling sessions of one node's devices across their sockets. [`Calls`]
//! keeps the calls whose home this node is. They know each other only by the messages of [`bus`], each of which could
//! cross to another node, so that a second node changes nothing in here.
//!
//! **After every `handle`, call `poll` until it returns `None`; carry each bus message to the machine it is for; when
//! both machines are silent, tell [`Sessions`] that the round is [`sessions::Input::Settled`]. Before a frame of the
//! round, or a message to another node, leaves this one, everything that the round logged must be on disk:** what a
//! client was told, or was acknowledged, then survives a crash. Slots and relay need not wait.
//!
//! ```text
//! loop {
//!     wait for inputs (sockets, bus, slots, relay, the nearer of the two timers)
//!     for each: machine.handle(now, input), then drain:
//!         while let Some(effect) = machine.poll() {
//!             bus message    → handle it here if its topic is heard here; publish it if it is heard elsewhere
//!             Log, Finish    → this round's batch for the store
//!             Timer          → the machine's one timer
//!             Sample         → written when there is time for it
//!             the rest       → sockets, slots, relay, in order
//!         }
//!     sessions.handle(now, Settled), and drain
//!     store.append(batch).await
//!     let frames and messages to other nodes out
//! }
//! ```
//!
//! A call's home is its caller's node, for the call's whole life. Bus messages of one node to another must arrive in
//! the order in which they were sent; between different nodes any order will do.
#![forbid(unsafe_code)]

pub mod bus;
pub mod calls;
pub mod sessions;

pub use calls::Calls;
pub use sessions::Sessions;
