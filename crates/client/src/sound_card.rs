//! Microphone and speaker of this machine: whatever the system takes for its defaults, in whatever form they work.
//!
//! | module | decides |
//! |---|---|
//! | `echo` | what of the microphone is the person and not the speaker or the room |
//! | `rate` | how sound of another rate becomes ours |

mod echo;
mod rate;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, Error, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};

use self::echo::EchoCanceller;
use self::rate::Converter;
use crate::audio::{
    AudioError, AudioLine, AudioUnit, FRAME_SAMPLES, Frame, Microphone, SAMPLE_RATE, SILENCE, Speaker,
};

/// Frames that were played and wait for the canceller: half a second, after which the microphone's thread hangs anyway.
const PLAYED: usize = 50;

/// The sound card.
pub struct SoundCard {
    microphone: Device,
    speaker: Device,
}

impl SoundCard {
    /// The system's own choice of microphone and speaker.
    ///
    /// # Errors
    /// [`AudioError`] if one of them is missing or cannot be used.
    pub fn find() -> Result<Self, AudioError> {
        keep_system_silent();
        let host = cpal::default_host();
        let missing = |device: &str| AudioError::Missing(device.to_owned());
        let microphone = host.default_input_device().ok_or_else(|| missing("microphone"))?;
        let speaker = host.default_output_device().ok_or_else(|| missing("speaker"))?;
        // Some systems name a default that is not there, and say so only when asked what it can do.
        microphone.default_input_config().map_err(|error| why("microphone", &error))?;
        speaker.default_output_config().map_err(|error| why("speaker", &error))?;
        Ok(Self { microphone, speaker })
    }
}

impl AudioUnit for SoundCard {
    fn open(&mut self, line: AudioLine) -> Result<Box<dyn Send>, AudioError> {
        keep_system_silent();
        let (played, to_cancel) = RingBuffer::new(PLAYED);
        let ear = open_microphone(&self.microphone, line.microphone, to_cancel)?;
        let mouth = open_speaker(&self.speaker, line.speaker, played)?;
        Ok(Box::new((ear, mouth)))
    }
}

impl std::fmt::Debug for SoundCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoundCard").finish_non_exhaustive()
    }
}

/// ALSA writes on the standard error what it finds missing, across whatever a program shows there; the same comes back as an
/// [`Error`]. From here on this thread's words go to a buffer that nobody reads.
fn keep_system_silent() {
    #[cfg(target_os = "linux")]
    // Without a buffer the words are written as before, which is no reason to have no sound.
    let _ = alsa::Output::local_error_handler();
}

fn why(device: &str, error: &Error) -> AudioError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::UnsupportedOperation => {
            AudioError::Missing(device.to_owned())
        }
        _ => AudioError::Refused { device: device.to_owned(), reason: error.to_string() },
    }
}

/// Runs `$function::<T>(…)` for the type of samples that the device has.
macro_rules! for_format {
    ($format:expr, $device:literal, $function:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::I8 => $function::<i8>($($argument),*),
            SampleFormat::I16 => $function::<i16>($($argument),*),
            SampleFormat::I32 => $function::<i32>($($argument),*),
            SampleFormat::U8 => $function::<u8>($($argument),*),
            SampleFormat::U16 => $function::<u16>($($argument),*),
            SampleFormat::F32 => $function::<f32>($($argument),*),
            SampleFormat::F64 => $function::<f64>($($argument),*),
            format => Err(AudioError::Refused {
                device: $device.to_owned(),
                reason: format!("its samples are of the form {format}, which this program does not know"),
            }),
        }
    };
}

fn open_microphone(
    device: &Device,
    microphone: Box<dyn Microphone>,
    played: Consumer<Frame>,
) -> Result<Box<dyn Send>, AudioError> {
    let config = device.default_input_config().map_err(|error| why("microphone", &error))?;
    let ear = Ear {
        converter: Converter::new(config.sample_rate(), SAMPLE_RATE).map_err(no_rate)?,
        canceller: EchoCanceller::new(),
        played,
        frame: SILENCE,
        filled: 0,
        microphone,
    };
    for_format!(config.sample_format(), "microphone", listen(device, config.into(), ear))
}

fn no_rate(reason: String) -> AudioError {
    AudioError::Refused { device: "sound card".to_owned(), reason }
}

fn listen<T>(device: &Device, config: StreamConfig, mut ear: Ear) -> Result<Box<dyn Send>, AudioError>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    let heard = move |samples: &[T], _: &_| {
        for of_all_channels in samples.chunks_exact(channels) {
            let sum: f32 = of_all_channels.iter().map(|sample| f32::from_sample_(*sample)).sum();
            ear.hear(sum / channels as f32);
        }
    };
    let stream = device
        .build_input_stream(config, heard, ignore, None)
        .and_then(|stream| stream.play().map(|()| stream))
        .map_err(|error| why("microphone", &error))?;
    Ok(Box::new(stream))
}

/// A hiccup of the card is heard; one that was unplugged is silent until the call ends.
fn ignore(_: Error) {}

/// What the microphone's thread has.
struct Ear {
    converter: Converter,
    canceller: EchoCanceller,
    /// What the speaker played since.
    played: Consumer<Frame>,
    frame: Frame,
    filled: usize,
    microphone: Box<dyn Microphone>,
}

impl Ear {
    fn hear(&mut self, sample: f32) {
        let Self { converter, canceller, played, frame, filled, microphone } = self;
        converter.push(sample, |sample| {
            frame[*filled] = to_i16(sample);
            *filled += 1;
            if *filled == FRAME_SAMPLES {
                *filled = 0;
                while let Ok(frame) = played.pop() {
                    canceller.played(&frame);
                }
                canceller.clean(frame);
                microphone.captured(frame);
            }
        });
    }
}

fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16
}

fn open_speaker(
    device: &Device,
    speaker: Box<dyn Speaker>,
    played: Producer<Frame>,
) -> Result<Box<dyn Send>, AudioError> {
    let config = device.default_output_config().map_err(|error| why("speaker", &error))?;
    let mouth = Mouth {
        converter: Converter::new(SAMPLE_RATE, config.sample_rate()).map_err(no_rate)?,
        ready: std::collections::VecDeque::new(),
        played,
        speaker,
    };
    for_format!(config.sample_format(), "speaker", speak(device, config.into(), mouth))
}

fn speak<T>(device: &Device, config: StreamConfig, mut mouth: Mouth) -> Result<Box<dyn Send>, AudioError>
where
    T: SizedSample + FromSample<f32>,
{
    let channels = usize::from(config.channels.max(1));
    let to_play = move |samples: &mut [T], _: &_| {
        for of_all_channels in samples.chunks_mut(channels) {
            of_all_channels.fill(T::from_sample_(mouth.next()));
        }
    };
    let stream = device
        .build_output_stream(config, to_play, ignore, None)
        .and_then(|stream| stream.play().map(|()| stream))
        .map_err(|error| why("speaker", &error))?;
    Ok(Box::new(stream))
}

/// What the speaker's thread has.
struct Mouth {
    converter: Converter,
    ready: std::collections::VecDeque<f32>,
    /// For the canceller.
    played: Producer<Frame>,
    speaker: Box<dyn Speaker>,
}

impl Mouth {
    fn next(&mut self) -> f32 {
        let Self { converter, ready, played, speaker } = self;
        while ready.is_empty() {
            let mut frame = SILENCE;
            speaker.play(&mut frame);
            // Full: the microphone's thread hangs, and there is no echo to cancel.
            let _ = played.push(frame);
            for sample in frame {
                converter.push(f32::from(sample) / 32_768.0, |sample| ready.push_back(sample));
            }
        }
        ready.pop_front().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// A card of another rate: what its microphone hears arrives in whole frames, at the rate of calls.
    #[test]
    fn what_a_card_of_another_rate_hears_comes_in_frames_of_10_ms() {
        struct Count(Arc<Mutex<usize>>);
        impl Microphone for Count {
            fn captured(&mut self, _: &Frame) {
                *self.0.lock().unwrap() += 1;
            }
        }
        let count = Arc::new(Mutex::new(0));
        let mut ear = Ear {
            converter: Converter::new(44_100, SAMPLE_RATE).unwrap(),
            canceller: EchoCanceller::new(),
            played: RingBuffer::new(PLAYED).1,
            frame: SILENCE,
            filled: 0,
            microphone: Box::new(Count(Arc::clone(&count))),
        };
        (0..44_100).for_each(|_| ear.hear(0.1));
        assert!((97..=100).contains(&*count.lock().unwrap()), "{count:?} frames in a second");
    }

    #[test]
    fn what_is_played_is_shown_to_the_canceller() {
        struct Tone;
        impl Speaker for Tone {
            fn play(&mut self, frame: &mut Frame) {
                *frame = [16_384; FRAME_SAMPLES];
            }
        }
        let (played, mut shown) = RingBuffer::new(PLAYED);
        let converter = Converter::new(SAMPLE_RATE, SAMPLE_RATE).unwrap();
        let mut mouth = Mouth { converter, ready: Default::default(), played, speaker: Box::new(Tone) };
        let heard: Vec<f32> = (0..960).map(|_| mouth.next()).collect();
        assert!(heard.iter().all(|sample| (*sample - 0.5).abs() < 1e-3));
        assert_eq!(std::iter::from_fn(|| shown.pop().ok()).count(), 2);
    }
}
