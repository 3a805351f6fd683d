//! Calls somebody, talks from and to files, and says how it went.
//!
//! ```sh
//! cargo run -p tring-client --features driver,files --example call -- \
//!     http://127.0.0.1:8080 ACCOUNT APIKEY courier_7 customer_1 "Your parcel" speech.wav heard.wav
//! ```
#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "it is a program for a terminal")]

use std::path::Path;

use tring_client::driver::{Client, Options};
use tring_client::files::Files;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, account, apikey, cuid, to, context, speech, recording] = arguments.as_slice() else {
        return Err("usage: call SERVER ACCOUNT APIKEY CUID TO CONTEXT SPEECH.wav RECORDING.wav".into());
    };
    let unit = Files::new(Some(Path::new(speech)), Some(Path::new(recording)))?;
    let options = Options::new(server, account, cuid)?.apikey(apikey).audio(unit);
    let client = Client::sign_in(options).await?;
    let mut call = client.call(to, context)?;
    loop {
        let state = call.changed().await;
        if let Some(ended) = state.ended {
            println!("{ended}");
            break;
        }
        if let Some(shown) = state.shown {
            println!("{:?}, sound: {:?}", shown.status, state.quality);
        }
    }
    client.sign_out().await;
    Ok(())
}
