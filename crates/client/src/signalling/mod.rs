//! One device's session and calls as one pure machine: what is sent, what microphone and peers do, what the screen shows.
//!
//! The twin of the web SDK's; both replay `vectors/scenarios/` to the letter. It leaves sockets, clocks, audio and screens
//! to its owner.

mod input;
mod moment;
mod output;

pub use input::{CallRequest, Choices, CurrentCall, Identity, Input, Socket, TokenSource, WakeReason};
pub use moment::Moment;
pub use output::{
    CallEvent, Ending, EventName, HeldCall, Notice, Outcome, Output, ShownCall, ShownPhase, ShownStatus,
    WaitingCall,
};
