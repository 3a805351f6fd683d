//! Every socket of the server side.
#![forbid(unsafe_code)]

pub mod config;
