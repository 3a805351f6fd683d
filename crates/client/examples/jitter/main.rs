//! Speech over uneven roads in virtual time: our receiver beside a buffer of the same mean delay that does not move, and
//! beside Opus alone.
//!
//! `cargo run --release -p tring-client --example jitter -- FOLDER` makes speech with `espeak-ng` and `sox`, writes what was
//! heard into FOLDER, lets `e2e/speech/score.py` judge it (`make pesq` installs what it takes; PYTHON names another one)
//! and prints a table. Run it at the root of the repository.

mod buffers;
mod roads;
mod score;

use buffers::{Heard, Packet};
use roads::Road;
use score::Scorer;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use tring_client::audio::{FRAME_SAMPLES, Frame};
use tring_client::voice::{ReceiveSettings, Redundancy, SendSettings, Sender};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How long is spoken, in seconds.
const SECONDS: usize = 64;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder for the sound")?);
    let only = std::env::args().nth(2).unwrap_or_default();
    let scorer = Scorer::new(folder)?;
    let said = scorer.speech(SECONDS)?;
    let plain = encode(&said, SendSettings::default())?;
    let best = buffers::ideal(&plain)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Opus alone at 32 kbit/s, nothing late or lost: PESQ {:.2}\n",
        scorer.pesq("ideal", &best)?
    )?;
    writeln!(out, "| road | sent | buffer | PESQ | mean delay | made up | stretched | left out |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    for road in roads::all(SECONDS * 50).iter().filter(|road| road.title.contains(&only)) {
        let lost = road.trips.iter().filter(|trip| trip.is_none()).count();
        let ways: &[(&str, SendSettings)] = if lost * 50 > road.trips.len() {
            &[
                ("FEC", SendSettings { expected_loss: 0.1, ..SendSettings::default() }),
                (
                    "RED",
                    SendSettings {
                        expected_loss: 0.05,
                        redundancy: Redundancy::OneCopy,
                        ..SendSettings::default()
                    },
                ),
            ]
        } else {
            &[("plain", SendSettings::default())]
        };
        for (way, settings) in ways {
            for line in compare(&scorer, &said, road, way, settings)? {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

/// Two rows: ours, and the buffer that does not move. A third where the road stood still for long: ours for who wants to
/// hear everything.
fn compare(
    scorer: &Scorer,
    said: &[Frame],
    road: &Road,
    way: &str,
    settings: &SendSettings,
) -> Result<Vec<String>> {
    let packets = encode(said, settings.clone())?;
    let ours = buffers::adaptive(&packets, road, ReceiveSettings::default())?;
    let fixed = buffers::fixed(&packets, road, ours.delay)?;
    let row = |name: &str, heard: &Heard| -> Result<String> {
        let file = format!("{}-{way}-{name}", road.title).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        Ok(format!(
            "| {} | {way} | {name} | {:.2} | {:.0} ms | {:.2} % | {:.2} % | {:.2} % |",
            road.title,
            scorer.pesq(&file, heard)?,
            heard.delay,
            100.0 * heard.concealed,
            100.0 * heard.stretched,
            100.0 * heard.left_out
        ))
    };
    let mut rows = vec![row("ours", &ours)?, row("fixed", &fixed)?];
    if road.title.contains("held back") {
        let settings = ReceiveSettings { catch_up: Duration::from_secs(1), ..ReceiveSettings::default() };
        rows.push(row("ours, catching up", &buffers::adaptive(&packets, road, settings)?)?);
    }
    Ok(rows)
}

fn encode(said: &[Frame], settings: SendSettings) -> Result<Vec<Packet>> {
    let mut sender = Sender::new(settings)?;
    let mut packets = Vec::new();
    for (n, frame) in said.iter().enumerate() {
        if let Some(packet) = sender.push(frame) {
            let (timestamp, form) = (packet.timestamp, packet.form);
            packets.push(Packet {
                at: 10.0 * (n + 1) as f64,
                timestamp,
                payload: packet.payload.to_vec(),
                form,
            });
        }
    }
    debug_assert_eq!(packets.len(), said.len() * FRAME_SAMPLES / 960);
    Ok(packets)
}
