//! Speech to send, and what PESQ says of what came of it.

use super::Result;
use super::buffers::Heard;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tring_client::audio::{FRAME_SAMPLES, Frame};

/// Two voices, as in the tests of browsers.
const VOICES: [(&str, &str, &str); 2] = [
    (
        "en-us+m3",
        "38",
        "Good morning, this is your courier. I am standing in front of the blue gate, but nobody opens. Shall I leave the parcel with your neighbour?",
    ),
    (
        "en-gb+f4",
        "72",
        "Hello! Please walk around the house to the garden door. My brother works upstairs and will hear you knocking on the window.",
    ),
];
/// How long one judged piece is, in seconds: PESQ is made for 8 to 12.
const PIECE: usize = 8;
/// What comes before is a receiver getting to know its road.
const LEARNING: usize = 5;

/// Knows what was said and where sound is kept.
pub(crate) struct Scorer {
    folder: PathBuf,
}

impl Scorer {
    pub(crate) fn new(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Both voices by turns, for so many seconds.
    pub(crate) fn speech(&self, seconds: usize) -> Result<Vec<Frame>> {
        let mut turns = Vec::new();
        for (n, (voice, pitch, text)) in VOICES.iter().enumerate() {
            let (spoken, turn) = (self.file(&format!("spoken-{n}")), self.file(&format!("turn-{n}")));
            run(Command::new("espeak-ng")
                .args(["-v", voice, "-p", pitch, "-s", "150", "-w"])
                .arg(&spoken)
                .arg(text))?;
            let form = ["-r", "48000", "-c", "1", "-b", "16"];
            run(Command::new("sox")
                .arg("-D")
                .arg(&spoken)
                .args(form)
                .arg(&turn)
                .args(["pad", "0.2", "0.4", "gain", "-n", "-6"]))?;
            turns.extend(read(&turn)?);
        }
        let frames: Vec<Frame> = turns
            .chunks_exact(FRAME_SAMPLES)
            .map(|chunk| std::array::from_fn(|n| chunk[n]))
            .cycle()
            .take(seconds * 100)
            .collect();
        write(&self.file("said"), &frames.concat())?;
        Ok(frames)
    }

    /// The mean score of all whole pieces.
    pub(crate) fn pesq(&self, name: &str, heard: &Heard) -> Result<f64> {
        let file = self.file(name);
        write(&file, &heard.sound)?;
        let seconds = heard.sound.len() / 48_000;
        let mut pieces = Vec::new();
        for (n, from) in (LEARNING..seconds.saturating_sub(PIECE)).step_by(PIECE).enumerate() {
            let (said, cut) = (self.file(&format!("said-{n}")), self.file(&format!("{name}-{n}")));
            self.cut(&self.file("said"), &said, from as f64)?;
            self.cut(&file, &cut, from as f64 + heard.lag(from, PIECE) / 1_000.0)?;
            pieces.push(format!(r#"{{"said":{said:?},"heard":{cut:?}}}"#));
        }
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "target/tools/pesq/bin/python".into());
        let mut judge = Command::new(python)
            .arg("e2e/speech/score.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        judge
            .stdin
            .take()
            .ok_or("no way to the judge")?
            .write_all(format!(r#"{{"pieces":[{}]}}"#, pieces.join(",")).as_bytes())?;
        let told = String::from_utf8(judge.wait_with_output()?.stdout)?;
        let scores: Vec<f64> = told
            .trim()
            .trim_matches(['[', ']'])
            .split(',')
            .filter_map(|score| score.trim().parse().ok())
            .collect();
        if scores.is_empty() {
            return Err("the judge says nothing; is it installed? `make pesq`".into());
        }
        Ok(scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// A piece of a file in the form that is judged.
    fn cut(&self, from: &Path, to: &Path, at: f64) -> Result<()> {
        let (at, length) = (format!("{at:.4}"), PIECE.to_string());
        run(Command::new("sox")
            .arg("-D")
            .arg(from)
            .args(["-r", "16000"])
            .arg(to)
            .args(["trim", &at, &length]))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.wav"))
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}

/// Writes 48 kHz, one channel, 16 bits.
fn write(path: &Path, samples: &[i16]) -> Result<()> {
    let size = u32::try_from(2 * samples.len())?;
    let mut file = Vec::with_capacity(44 + 2 * samples.len());
    for part in [&b"RIFF"[..], &(size + 36).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()] {
        file.extend_from_slice(part);
    }
    for field in [1_u16.to_le_bytes(), 1_u16.to_le_bytes()] {
        file.extend(field);
    }
    for field in [48_000_u32, 96_000] {
        file.extend(field.to_le_bytes());
    }
    for field in [2_u16, 16] {
        file.extend(field.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    Ok(std::fs::write(path, file)?)
}

/// The samples of a file that `sox` wrote.
fn read(path: &Path) -> Result<Vec<i16>> {
    let bytes = std::fs::read(path)?;
    let at = bytes.windows(4).position(|four| four == b"data").ok_or("no sound in the file")? + 8;
    Ok(bytes
        .get(at..)
        .unwrap_or_default()
        .chunks_exact(2)
        .map(|two| i16::from_le_bytes([two[0], two[1]]))
        .collect())
}
