//! `tring call` and `tring listen` as the shell sees them: processes that call each other through a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod command;
#[path = "native_call/speech.rs"]
#[expect(dead_code, reason = "files speak and hear here")]
mod speech;
mod terminal;
#[path = "phone/view.rs"]
mod view;
#[path = "phone/world.rs"]
mod world;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use command::tring;
use speech::{Voice, likeness};
use world::{Phone, World};

/// From here on a recording is clearly the speech that it is compared with; `native_call.rs` says why.
const RECOGNISED: f32 = 0.6;

fn heard(path: &Path, voice: &Voice) -> f32 {
    likeness(&tring_client::files::read(path).unwrap(), voice)
}

#[test]
fn two_phones_hear_the_files_of_the_other_and_the_call_ends_by_its_time() {
    let world = World::new();
    let (low, high) = (Voice::low(), Voice::high());
    let (a, b) = (world.speech("a.wav", &low), world.speech("b.wav", &high));
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    let listen =
        ["listen", "--auto-answer", "--once", "--name", "Bharat", "--play", b, "--record", "at-b.ogg"];
    let bharat = world.phone("bharat_2", &listen);
    let call =
        ["call", "bharat_2", "--context", "Your parcel", "--max-duration", "6s", "--play", a, "--record"];
    let anita = world.phone("anita_1", &[&call[..], &["at-a.wav"]].concat());

    let incoming = bharat.until_status("ringing");
    assert_eq!(incoming["role"], "callee");
    assert_eq!(incoming["peer"]["cuid"], "anita_1");
    assert_eq!(incoming["context"], "Your parcel");
    let connected = anita.until_status("connected");
    assert_eq!(connected["role"], "caller");
    assert_eq!(connected["peer"]["name"], "Bharat");
    assert!(connected["at"].as_u64().unwrap() > 1_700_000_000_000);
    let quality = anita.until("quality", |event| event["event"] == "quality" && event["rtt"].is_number());
    assert_eq!((&quality["path"], &quality["poorNetwork"]), (&"udp".into(), &"none".into()));
    assert_eq!(quality["callId"], connected["callId"]);

    let (code, ended) = anita.end();
    assert_eq!((code, &ended["event"], &ended["exitCode"]), (0, &"ended".into(), &0.into()));
    assert_eq!((&ended["status"], &ended["reason"]), (&"over".into(), &"hangup".into()));
    assert!((6_000..30_000).contains(&ended["duration"].as_u64().unwrap()), "{ended}");
    assert_eq!(bharat.end().0, 0);

    let (at_a, at_b) = (world.dir.path().join("at-a.wav"), world.dir.path().join("at-b.ogg"));
    let (there, back) = (heard(&at_b, &low), heard(&at_a, &high));
    assert!(there > RECOGNISED && back > RECOGNISED, "likeness {there} and {back}");
    assert!(heard(&at_b, &high) < RECOGNISED, "nobody hears themselves");
}

#[test]
fn letters_mute_hold_and_hang_up() {
    let world = World::new();
    let mut bharat = world.phone("bharat_2", &["listen", "--once"]);
    let mut anita = world.phone("anita_1", &["call", "bharat_2", "--context", "Your parcel"]);
    bharat.until_status("ringing");
    bharat.type_in("a");
    bharat.until_status("connected");
    anita.until_status("connected");
    anita.type_in("m");
    bharat.until("the mute", |event| event["peerMuted"] == true);
    anita.type_in("m");
    bharat.until("the end of the mute", |event| event["peerMuted"] == false);
    bharat.type_in("h");
    anita.until("the hold", |event| event["peerHeld"] == true);
    bharat.until("the hold confirmed", |event| event["held"] == true);
    bharat.type_in("h");
    anita.until("the end of the hold", |event| event["peerHeld"] == false);
    bharat.type_in("q");
    assert_eq!(anita.end().0, 0);
    assert_eq!(bharat.end().0, 0);
}

#[test]
fn who_is_on_hold_hears_a_tone_unless_they_want_none() {
    let world = World::new();
    let mut bharat = world.phone("bharat_2", &["listen", "--once", "--auto-answer", "--no-hold-tone"]);
    let mut anita = world.phone("anita_1", &["call", "bharat_2", "--context", "Your parcel"]);
    anita.until_status("connected");
    bharat.until_status("connected");
    bharat.type_in("h");
    anita.until("the hold", |event| event["peerHeld"] == true);
    world.until_longer("anita_1.wav", 2);
    bharat.type_in("h");
    anita.until("the end of the hold", |event| event["peerHeld"] == false);
    bharat.until("its confirmation", |event| event["held"] == false);
    anita.type_in("h");
    bharat.until("the hold", |event| event["peerHeld"] == true);
    world.until_longer("bharat_2.wav", 2);
    anita.type_in("q");
    assert_eq!((anita.end().0, bharat.end().0), (0, 0));
    let loudest = |name: &str| {
        let heard = tring_client::files::read(&world.dir.path().join(name)).unwrap();
        heard.iter().map(|sample| sample.unsigned_abs()).max().unwrap()
    };
    let (anita, bharat) = (loudest("anita_1.wav"), loudest("bharat_2.wav"));
    assert!(anita > 5_000 && bharat < 100, "they heard up to {anita} and {bharat}");
}

#[test]
fn ctrl_c_hangs_up_before_it_leaves() {
    let world = World::new();
    let bharat = world.phone("bharat_2", &["listen", "--auto-answer"]);
    let anita = world.phone("anita_1", &["call", "bharat_2", "--context", "Your parcel"]);
    anita.until_status("connected");
    anita.interrupt();
    let (code, ended) = anita.end();
    assert_eq!((code, &ended["reason"]), (0, &"hangup".into()));
    // Who listens goes on, until it is told to stop.
    bharat.until("the end", |event| event["event"] == "ended" && event["reason"] == "hangup");
    let again = world.phone("chitra_3", &["call", "bharat_2", "--context", "Again"]);
    again.until_status("connected");
    bharat.interrupt();
    assert_eq!(bharat.end().0, 0);
    assert_eq!(again.end().0, 0);
}

/// Places a call that ends before anybody talks; the code of the caller, and what it was told last.
fn placed(world: &World, arguments: &[&str], then: impl FnOnce(&mut Phone)) -> (i32, serde_json::Value) {
    let mut caller = world.phone("anita_1", arguments);
    then(&mut caller);
    caller.end()
}

#[test]
fn the_exit_code_says_how_a_call_ended() {
    let world = World::new();
    let call = ["call", "bharat_2", "--context", "Your parcel"];
    let (code, ended) = placed(&world, &call, |_| {});
    assert_eq!((code, &ended["status"], &ended["reason"]), (12, &"missed".into(), &"unreachable".into()));

    let mut bharat = world.phone("bharat_2", &["listen"]);
    let (code, ended) = placed(&world, &call, |_| {
        bharat.until_status("ringing");
        bharat.type_in("d");
    });
    assert_eq!((code, &ended["status"], &ended["reason"]), (10, &"declined".into(), &"user".into()));

    let (code, ended) = placed(&world, &call, |anita| {
        anita.until_status("ringing");
        anita.type_in("q");
    });
    assert_eq!((code, &ended["status"], &ended["reason"]), (13, &"cancelled".into(), &"caller".into()));
    bharat.until("the cancellation", |event| event["reason"] == "caller");

    let other = world.phone("chitra_3", &call);
    bharat.until_status("ringing");
    bharat.type_in("a");
    other.until_status("connected");
    let (code, ended) = placed(&world, &call, |_| {});
    assert_eq!((code, &ended["reason"]), (11, &"busy".into()));

    let (code, ended) = placed(&world, &["call", "anita_1", "--context", "Myself"], |_| {});
    assert_eq!(code, 16, "{ended}");
    assert!(ended["error"].as_str().unwrap().starts_with("ERR_"), "{ended}");
}

#[test]
fn a_call_that_is_given_up_before_the_server_knows_of_it_is_cancelled() {
    let world = World::new();
    let _bharat = world.phone("bharat_2", &["listen"]);
    let (code, ended) =
        placed(&world, &["call", "bharat_2", "--context", "Your parcel"], |anita| anita.type_in("q"));
    assert_eq!((code, &ended["status"], &ended["reason"]), (13, &"cancelled".into(), &"caller".into()));
}

#[test]
fn who_stops_before_being_signed_in_is_told_of_no_call() {
    let world = World::new();
    // A port at which nobody answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = world.command("anita_1", &["call", "bharat_2", "--context", "Your parcel"]);
    command.env("TRING_SERVER", format!("http://{}", silent.local_addr().unwrap()));
    let process = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    silent.accept().unwrap();
    writeln!(process.stdin.as_ref().unwrap(), "q").unwrap();
    let output = process.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), text.as_str()),
        (Some(130), "tring: stopped before anybody was signed in\n")
    );
}

#[test]
fn without_json_a_call_is_told_in_lines() {
    let world = World::new();
    let output =
        world.command("anita_1", &["call", "nobody_9", "--context", "Your parcel"]).output().unwrap();
    assert_eq!(output.status.code(), Some(12));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(lines.starts_with("Signed in as anita_1.\n"), "{lines}");
    assert!(
        lines.contains("nobody_9: no device of the other side could be reached; check the cuid"),
        "{lines}"
    );
    assert!(output.stderr.is_empty(), "what was told is not told again");
}

#[test]
fn what_stands_in_the_way_of_a_call_is_said_with_what_to_do() {
    let world = World::new();
    let call = ["call", "bharat_2", "--context", "Your parcel"];
    let complaint = |command: &mut std::process::Command, code: i32| {
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        text
    };
    let refused = complaint(world.command("anita_1", &call).env("TRING_APIKEY", "wrong"), 17);
    assert!(refused.starts_with("tring: signing in as anita_1 did not work: "), "{refused}");
    let nobody = complaint(world.command("anita_1", &call).env("TRING_SERVER", "http://127.0.0.1:9"), 18);
    assert!(nobody.contains("127.0.0.1:9") && nobody.contains("Connection refused"), "{nobody}");
    let other =
        complaint(world.command("anita_1", &call).env("TRING_SERVER", a_server_of_another_kind()), 18);
    assert!(other.contains("400 Bad Request") && other.contains("want https://"), "{other}");
    let address = complaint(world.command("anita_1", &call).env("TRING_SERVER", "calls.example.com"), 2);
    assert!(address.contains("it looks like https://"), "{address}");
    let missing = [&call[..], &["--play", "missing.wav"]].concat();
    assert!(complaint(&mut world.command("anita_1", &missing), 19).contains("missing.wav"));
    let form = [&call[..], &["--record", "heard.mp3"]].concat();
    assert!(complaint(&mut world.command("anita_1", &form), 19).contains(".wav, .ogg or .opus"));
    let nowhere = [&call[..], &["--record", "missing/heard.wav"]].concat();
    assert!(complaint(&mut world.command("anita_1", &nowhere), 19).contains("cannot be written"));
    let authorities = [&call[..], &["--ca", "missing.pem"]].concat();
    assert!(complaint(&mut world.command("anita_1", &authorities), 2).contains("missing.pem"));
    let name = complaint(&mut world.command("bad", &call), 2);
    assert!(name.contains("--as <CUID>") && name.contains("5 to 50 characters"), "{name}");
    let who = complaint(&mut tring(world.dir.path(), &call), 2);
    assert!(who.contains("--server") && who.contains("--as"), "{who}");
}

/// One that understands nothing that is said to it, as a port for https does not understand http.
fn a_server_of_another_kind() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    origin
}

#[cfg(all(feature = "sound-card", target_os = "linux"))]
#[test]
fn without_a_sound_card_there_is_one_sentence_and_nothing_of_the_systems_own() {
    let dir = tempfile::tempdir().unwrap();
    let mut call = tring(dir.path(), &["call", "bharat_2", "--context", "Your parcel"]);
    call.envs([("TRING_SERVER", "http://127.0.0.1:9"), ("TRING_ACCOUNT", "acme1234")]);
    call.envs([("TRING_APIKEY", "x"), ("TRING_CUID", "anita_1")]);
    // Where ALSA knows no card, whatever this machine has.
    let output = call.env("ALSA_CONFIG_PATH", "/dev/null").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(19), "{text}");
    assert!(text.starts_with("tring: there is no microphone; ") && text.lines().count() == 1, "{text}");
}

#[test]
fn the_help_explains_the_exit_codes_and_the_keys() {
    let dir = tempfile::tempdir().unwrap();
    for command in ["call", "listen"] {
        let output = tring(dir.path(), &[command, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        for needed in ["Exit codes:", "10  declined", "h hold", "TRING_SERVER", "--record"] {
            assert!(help.contains(needed), "{command}: {needed}\n{help}");
        }
    }
}
