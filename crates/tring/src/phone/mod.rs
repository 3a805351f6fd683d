//! `tring call` and `tring listen`: a softphone in the terminal.
//!
//! | module | decides |
//! |---|---|
//! | `args` | the options |
//! | `controls` | what the person wants: keys, letters, signals |
//! | `face` | how what happens is told: a view, lines, or JSON |
//! | `outcome` | exit codes, and the sentences that go with them |
//! | `screen` | what a person sees of a call |
//! | `sound` | what is spoken and heard with |
//! | `talk` | one call from its beginning to its end |
//! | `terminal` | how a view is redrawn in place |
//! | `told` | what a program is told |

mod args;
mod controls;
mod face;
mod outcome;
mod screen;
mod sound;
mod talk;
mod terminal;
mod told;

use std::time::Duration;

use tring_client::driver::{Client, Event, Events, Options};
use tring_client::engine::{OnHold, Settings};
use tring_client::signalling::{CallRequest, Choices};
use tring_client::tls;
use tring_protocol::signal::CallImages;

pub(crate) use args::{CallArgs, ListenArgs};
pub(crate) use outcome::PhoneError;

use args::PhoneArgs;
use controls::{Controls, Wish};
use face::Face;
use sound::{Cue, Sound};
use talk::{Finished, Next, Talk};

/// One call at a time: who calls meanwhile is told that the line is busy.
const CHOICES: Choices = Choices { call_waiting: false, hold: true };

/// `tring call`.
pub(crate) async fn call(args: CallArgs) -> Result<(), PhoneError> {
    let mut phone = Phone::sign_in(&args.phone).await?;
    let request = CallRequest {
        reference: "call".to_owned(),
        to: args.to,
        context: args.context,
        remote_context: None,
        images: CallImages::default(),
        invalid: None,
    };
    let call = phone.client.place(request);
    let finished = phone.attend(Talk::placed(call, args.phone.max_duration.map(Into::into))).await;
    phone.sign_out().await;
    finished?.outcome()
}

/// `tring listen`.
pub(crate) async fn listen(args: ListenArgs) -> Result<(), PhoneError> {
    let mut phone = Phone::sign_in(&args.phone).await?;
    let heard = phone.receive(&args).await;
    phone.sign_out().await;
    heard
}

/// A signed-in device and the person at it.
struct Phone {
    client: Client,
    events: Events,
    controls: Controls,
    face: Face,
    cue: Cue,
}

impl Phone {
    async fn sign_in(args: &PhoneArgs) -> Result<Self, PhoneError> {
        let mut options =
            Options::new(&args.server, args.account.as_str(), args.cuid.as_str())?.choices(CHOICES);
        if let Some(apikey) = &args.apikey {
            options = options.apikey(apikey);
        }
        if let Some(token) = &args.token {
            options = options.token(token);
        }
        if let Some(name) = &args.name {
            options = options.name(name.as_str())?;
        }
        if let Some(file) = &args.ca {
            tls::config(Some(file)).map_err(|error| PhoneError::Options(error.to_string()))?;
            options = options.authorities(file);
        }
        let (unit, cue) = Sound::of(args)?.unit();
        let on_hold = if args.no_hold_tone { OnHold::Silence } else { OnHold::Tone };
        let options = options.audio(unit).sound(Settings { on_hold, ..Settings::default() });
        let (mut face, keyboard) = Face::open(args.json)?;
        let mut controls = Controls::listen(keyboard)?;
        face.signing_in()?;
        let signing_in = Client::sign_in(options);
        tokio::pin!(signing_in);
        let client = loop {
            tokio::select! {
                client = &mut signing_in => break client,
                wish = controls.next() => if matches!(wish, Wish::Leave | Wish::HangUp) {
                    return Err(PhoneError::NotBegun);
                },
            }
        };
        let client = client.map_err(|error| PhoneError::SignIn { cuid: args.cuid.to_string(), error })?;
        face.signed_in(args.cuid.as_str())?;
        Ok(Self { events: client.events(), client, controls, face, cue })
    }

    /// Takes calls until told to stop, or one with `--once`.
    async fn receive(&mut self, args: &ListenArgs) -> Result<(), PhoneError> {
        loop {
            self.face.wait()?;
            let call = tokio::select! {
                event = self.events.next() => match event {
                    Some(Event::Incoming(incoming)) => incoming.call().clone(),
                    Some(Event::Arrived(call)) => call,
                    Some(event) => {
                        self.hear(event)?;
                        continue;
                    }
                    None => return Ok(()),
                },
                wish = self.controls.next() => match wish {
                    Wish::Leave | Wish::HangUp => return Ok(()),
                    Wish::Redraw => {
                        self.face.resized()?;
                        continue;
                    }
                    _ => continue,
                },
            };
            let answer = args.auto_answer.map(Duration::from);
            let max_duration = args.phone.max_duration.map(Duration::from);
            let finished = self.attend(Talk::received(call, answer, max_duration)).await?;
            if args.once {
                return finished.outcome();
            }
            if finished.next == Next::Leave {
                return Ok(());
            }
        }
    }

    /// Until the call has ended.
    async fn attend(&mut self, mut talk: Talk) -> Result<Finished, PhoneError> {
        self.face.begin(&talk)?;
        let mut call = talk.call().clone();
        loop {
            if let Some(finished) = talk.finished()? {
                if let Some(error) = self.cue.failure() {
                    self.face.no_sound(&error)?;
                }
                self.face.ended(&talk, &finished)?;
                return Ok(finished);
            }
            let levels = self.client.levels();
            tokio::select! {
                state = call.changed() => {
                    talk.see(state);
                    if talk.begins() {
                        self.cue.give();
                    }
                    self.face.show(&talk, levels)?;
                }
                Some(event) = self.events.next() => self.hear(event)?,
                wish = self.controls.next() => {
                    if wish == Wish::Redraw {
                        self.face.resized()?;
                    }
                    talk.obey(wish);
                }
                () = talk.due() => talk.tick(),
                () = self.face.pause() => self.face.redraw(&talk, levels)?,
            }
        }
    }

    fn hear(&mut self, event: Event) -> Result<(), PhoneError> {
        match event {
            Event::Connected => self.face.connected()?,
            Event::Lost => self.face.lost()?,
            Event::NoSound(error) => self.face.no_sound(&error)?,
            Event::Refused(error) => return Err(PhoneError::SignedOut(error)),
            // One call at a time: another is told that the line is busy, and calls elsewhere are not this phone's.
            Event::Incoming(incoming) => incoming.decline(),
            Event::Arrived(_) | Event::Elsewhere(_) => {}
        }
        Ok(())
    }

    /// The server is told, the recording is whole, and the terminal is as it was.
    async fn sign_out(self) {
        self.client.sign_out().await;
    }
}
