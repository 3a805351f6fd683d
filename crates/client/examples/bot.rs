//! A voice bot: answers whoever calls, plays a greeting, records what it hears, and hangs up.
//!
//! ```sh
//! cargo run -p tring-client --features driver,files --example bot -- \
//!     http://127.0.0.1:8080 ACCOUNT APIKEY bot_reception greeting.wav heard.wav
//! ```
//! The greeting is Opus in Ogg, or WAV of 48 kHz and 16 bits.
#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "it is a program for a terminal")]

use std::path::Path;
use std::time::Duration;

use tring_client::driver::{Client, Event, Options};
use tring_client::engine::{OnHold, Settings};
use tring_client::files::{Files, read};

/// How long the bot listens after its greeting.
const LISTENS: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, account, apikey, cuid, greeting, recording] = arguments.as_slice() else {
        return Err("usage: bot SERVER ACCOUNT APIKEY CUID GREETING.wav RECORDING.wav".into());
    };
    let greeting = Path::new(greeting);
    let speaks = Duration::from_millis(read(greeting)?.len() as u64 / 48);
    let unit = Files::new(Some(greeting), Some(Path::new(recording)))?;
    // What is recorded is what people say.
    let sound = Settings { on_hold: OnHold::Silence, ..Settings::default() };
    let options =
        Options::new(server, account, cuid)?.apikey(apikey).name("Reception")?.audio(unit).sound(sound);
    let client = Client::sign_in(options).await?;
    println!("{cuid} waits for calls");

    let mut events = client.events();
    while let Some(event) = events.next().await {
        match event {
            Event::Incoming(incoming) => {
                let call = incoming.answer();
                if let Err(ended) = call.connected().await {
                    println!("{ended}");
                    continue;
                }
                let said_enough = tokio::time::sleep(speaks + LISTENS);
                tokio::select! {
                    ended = call.ended() => println!("{ended}"),
                    () = said_enough => {
                        println!("how it sounded: {:?}", call.quality());
                        call.hang_up();
                        println!("{}", call.ended().await);
                    }
                }
            }
            Event::Refused(error) => return Err(error.into()),
            Event::NoSound(error) => println!("{error}"),
            _ => {}
        }
    }
    Ok(())
}
