//! `tring doctor`: what an operator would look at before a server goes live, each with what to do about it.
//!
//! Every check has two halves: a probe that collects facts, and a judge that makes lines of them and does nothing else.
//! Nothing of the server is changed: its directory, database and key are looked at, and calls are made in a server of the
//! doctor's own.
//!
//! | module | checks |
//! |---|---|
//! | `configuration` | that what the operator says fits together |
//! | `database` | the data directory, the database, its tables and key |
//! | `ports` | that the addresses are free, or held by the server itself |
//! | `certificate` | the chain, its key, names, end, and the authority |
//! | `dns` | where the public name leads |
//! | `stun` | by which address the world sees this machine |
//! | `clock` | the time |
//! | `traces` | that the collector takes traces |
//! | `machine` | files, memory, buffers, disk |
//! | `calls` | that two people hear each other through a server |
//! | `outside` | a server that runs, seen from elsewhere |

mod calls;
mod certificate;
mod clock;
mod configuration;
mod database;
mod dns;
mod machine;
mod outside;
mod own_server;
mod ports;
mod report;
mod stun;
mod tone;
mod traces;
mod web;

use tring_server::config::{Config, Layers};

use crate::args::DoctorArgs;
use crate::error::CommandError;
use crate::output::Output;
use report::{Finding, Report};

pub(crate) async fn run(mut args: DoctorArgs) -> Result<(), CommandError> {
    let mut report = Report::new(Output::of(args.json));
    match args.url.take() {
        Some(url) => outside::check(&url, &args, &mut report).await?,
        None => here(args, &mut report).await?,
    }
    report.close()
}

/// Everything that can be looked at where the server is to run.
async fn here(args: DoctorArgs, report: &mut Report) -> Result<(), CommandError> {
    let DoctorArgs { server, ca, stun, calls, devices, no_calls, .. } = args;
    let config = match Config::load(&Layers::from(server)) {
        Ok(config) => config,
        Err(error) => {
            let advice = "correct it; `tring config` prints every key with its explanation";
            report.add(Finding::red("configuration", error.to_string(), advice))?;
            return report.add(Finding::unknown(
                "everything else",
                "nothing can be looked at without a configuration",
                "correct the configuration and run this again",
            ));
        }
    };
    report.add_all(configuration::judge(&config))?;
    report.add_all(database::judge(&database::probe(&config).await))?;
    report.add_all(ports::judge(&ports::probe(&config).await))?;
    report.add_all(certificate::check(&config, ca.as_deref()).await)?;
    if let Some(facts) = dns::probe(&config).await {
        report.add(dns::judge(&facts))?;
    }
    report.add(stun::judge(&stun::probe(stun.as_deref(), &config).await))?;
    report.add(clock::judge(&clock::probe(&config).await))?;
    if let Some(answer) = tring_server::ask_collector(&config.traces).await {
        report.add(traces::judge(&answer))?;
    }
    let wanted =
        machine::Wanted { calls, devices, workers: config.relay.listen.len(), tcp: config.relay.tcp };
    report.add_all(machine::judge(&machine::probe(&config), &wanted))?;
    if no_calls {
        return report.add(calls::left_out("`--no-calls`", "leave it away"));
    }
    report.add_all(own_server::check(&config).await)
}
