//! What two processes of Tring must agree on: ids and their rules, messages, the error catalogue, call states and
//! limits. No I/O, no clock, no randomness: everything here is data and the rules that data must meet.
//!
//! | module | decides |
//! |---|---|
//! | [`ids`], [`text`], [`time`] | what a well-formed id, text or moment is |
//! | [`signal`] | the frames and messages of `/v1/signal` |
//! | [`link`] | how messages are numbered so that a session survives its sockets |
//! | [`call`] | what is kept of a call |
//! | [`mos`] | how good something sounds |
//! | [`outcome`] | how a call can end, and what every SDK says to it |
//! | [`error`] | every error that crosses a wire |
//! | [`settings`] | what an account decides |
//! | [`http`] | the bodies of `/v1`, for the dashboard and for backends |
//! | [`limits`] | every timeout and bound |
#![forbid(unsafe_code)]

pub mod call;
mod checked;
pub mod error;
pub mod http;
pub mod ids;
pub mod limits;
pub mod link;
pub mod mos;
pub mod outcome;
pub mod settings;
pub mod signal;
pub mod text;
pub mod time;
