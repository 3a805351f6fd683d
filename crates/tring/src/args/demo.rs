//! `tring demo`.

use clap::Args as ClapArgs;

use super::Place;

#[derive(Debug, ClapArgs)]
pub(crate) struct DemoArgs {
    /// How many weeks back. Days that have calls only get those that came since their last one.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=104))]
    pub(crate) weeks: u32,
    /// How many calls an ordinary day has.
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) calls_per_day: u32,
    /// The same seed makes the same people and calls.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) place: Place,
}
