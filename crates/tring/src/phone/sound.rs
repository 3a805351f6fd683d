//! What a call is spoken and heard with: files if some were named, the sound card otherwise.

use tring_client::audio::{AudioError, AudioUnit};
use tring_client::files::{Files, Paced};

use super::args::PhoneArgs;
use super::outcome::PhoneError;

/// Files begin when the two hear each other, not while it rings.
pub(super) enum Sound {
    Files(Paced<Files>),
    Card(Box<dyn AudioUnit>),
}

impl Sound {
    pub(super) fn of(args: &PhoneArgs) -> Result<Self, PhoneError> {
        let (play, record) = (args.play.as_deref(), args.record.as_deref());
        if play.is_some() || record.is_some() {
            return Ok(Self::Files(Files::on_cue(play, record)?));
        }
        Ok(Self::Card(card().map_err(PhoneError::NoCard)?))
    }

    /// What a client is given, and what begins the files.
    pub(super) fn unit(self) -> (Box<dyn AudioUnit>, Cue) {
        match self {
            Self::Files(files) => (Box::new(files.clone()), Cue(Some(files))),
            Self::Card(card) => (card, Cue(None)),
        }
    }
}

/// Begins what is said from a file and what is recorded, and knows what became of it.
pub(super) struct Cue(Option<Paced<Files>>);

impl Cue {
    pub(super) fn give(&self) {
        if let Some(files) = &self.0 {
            files.look(Files::cue);
        }
    }

    /// Why not everything was recorded.
    pub(super) fn failure(&self) -> Option<AudioError> {
        self.0.as_ref()?.look(Files::failure)
    }
}

#[cfg(feature = "sound-card")]
fn card() -> Result<Box<dyn AudioUnit>, AudioError> {
    Ok(Box::new(tring_client::sound_card::SoundCard::find()?))
}

#[cfg(not(feature = "sound-card"))]
fn card() -> Result<Box<dyn AudioUnit>, AudioError> {
    Err(AudioError::Refused {
        device: "sound card".to_owned(),
        reason: "this program was built without sound cards".to_owned(),
    })
}
