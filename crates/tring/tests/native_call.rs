//! Two native clients that call each other through a whole server on loopback: what one says must be what the other hears.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod command;
#[path = "native_call/coturn.rs"]
mod coturn;
#[path = "native_call/speech.rs"]
mod speech;

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::process::{Child, Stdio};
use std::time::Duration;

use command::tring;
use coturn::{Coturn, V4, V6};
use serde_json::Value;
use speech::{Heard, Voice, likeness};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tring_client::driver::{Call, Client, Ended, Event, Events, Options};
use tring_client::engine;
use tring_client::files::Paced;
use tring_client::peer::Tcp;
use tring_client::peer::turn::Turn;
use tring_client::signalling::{Ending, ShownCall, ShownStatus};
use tring_protocol::error::ErrorCode;
use tring_protocol::ids::CallId;
use tring_protocol::outcome::{EndReason, EndStatus};
use tring_protocol::signal::{MediaPath, WithdrawnReason};
use tring_protocol::time::Timestamp;

/// How long anything that must happen may take on a busy machine. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(30);
/// From here on a recording is clearly the speech that it is compared with; other speech scored 0.3 to 0.5 where this was
/// tried, speech that arrived 0.7 to 0.9, the worse on a machine that was short of time.
const RECOGNISED: f32 = 0.6;

/// A running server with one account, ended with the test.
struct World {
    server: Child,
    address: SocketAddr,
    account: String,
    apikey: String,
    _dir: TempDir,
}

impl World {
    fn new() -> Self {
        Self::start(V4, None)
    }

    /// At this address, with an account that lists this TURN server at that one.
    fn with_turn(address: IpAddr, coturn: &Coturn, url: &str) -> Self {
        Self::start(address, Some((coturn, url)))
    }

    fn start(address: IpAddr, turn: Option<(&Coturn, &str)>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let created = tring(dir.path(), &["account", "create", "Acme", "--json"]).output().unwrap();
        let account: Value = serde_json::from_slice(&created.stdout).unwrap();
        let id = account["accountId"].as_str().unwrap();
        if let Some((coturn, url)) = turn {
            let secret = coturn.secret();
            let add = ["turn-server", "add", id, url, "--secret-file", secret.to_str().unwrap()];
            assert!(tring(dir.path(), &add).output().unwrap().status.success(), "a TURN server is listed");
        }
        let many = tring(dir.path(), &["account", "settings", id, "--devices", "many"]).output().unwrap();
        assert!(many.status.success(), "people may have several devices");
        let anywhere = SocketAddr::new(address, 0).to_string();
        let listen = ["serve", "--listen", &anywhere, "--relay", &anywhere, "--json"];
        let mut server =
            tring(dir.path(), &listen).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let address = text(&said["http"]).trim_start_matches("http://").parse().unwrap();
        let (account, apikey) = (text(&account["accountId"]), text(&account["apikey"]));
        Self { server, address, account, apikey, _dir: dir }
    }

    fn options(&self, cuid: &str) -> Options {
        self.options_by(self.address, cuid)
    }

    /// By another way to the server.
    fn options_by(&self, address: SocketAddr, cuid: &str) -> Options {
        Options::new(&format!("http://{address}"), &self.account, cuid).unwrap().apikey(&self.apikey)
    }

    /// Somebody who is signed in, with a voice of their own.
    async fn person(&self, cuid: &str, voice: Voice) -> Person {
        Person::with(self.options(cuid), voice).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

struct Person {
    client: Client,
    events: Events,
    sound: Paced<Heard>,
    voice: Voice,
}

impl Person {
    async fn with(options: Options, voice: Voice) -> Self {
        let sound = Paced::new(Heard::of(&voice));
        let client = soon("signing in", Client::sign_in(options.audio(sound.clone()))).await.unwrap();
        Self { events: client.events(), client, sound, voice }
    }

    /// The next call that comes in, answered.
    async fn answer(&mut self) -> Call {
        loop {
            match soon("an incoming call", self.events.next()).await {
                Some(Event::Incoming(incoming)) => return incoming.answer(),
                Some(_) => {}
                None => panic!("signed out"),
            }
        }
    }

    /// How much what was heard in the `length` from now is like what `other` says.
    async fn hears(&self, other: &Person, length: Duration) -> f32 {
        let heard = self.listen(length).await;
        let voices = [self.voice.clone(), other.voice.clone()];
        // It takes seconds, in which the clients' tasks must go on.
        let compared = tokio::task::spawn_blocking(move || voices.map(|voice| likeness(&heard, &voice)));
        let [own, of_other] = compared.await.unwrap();
        assert!(own < RECOGNISED, "one's own voice is not what is heard: {own}");
        of_other
    }

    /// The loudest of what is heard in the `length` from now.
    async fn loudest(&self, length: Duration) -> u16 {
        self.listen(length).await.iter().map(|sample| sample.unsigned_abs()).max().unwrap()
    }

    async fn listen(&self, length: Duration) -> Vec<i16> {
        self.sound.look(Heard::forget);
        let wanted = usize::try_from(length.as_millis()).unwrap() * 48;
        let enough = async {
            while self.sound.look(Heard::len) < wanted {
                sleep(Duration::from_millis(20)).await;
            }
        };
        soon("enough to hear", enough).await;
        self.sound.look(Heard::take)
    }
}

async fn soon<T>(what: &str, it: impl Future<Output = T>) -> T {
    let Ok(result) = timeout(PATIENCE, it).await else { panic!("{what} did not come to be") };
    result
}

async fn until(call: &Call, what: &str, is_so: impl FnMut(&ShownCall) -> bool) {
    let state = soon(what, call.until(is_so)).await;
    assert_eq!(state.ended, None, "{what}");
}

/// Anita calls Bharat, who answers; both hear each other.
async fn talking(world: &World) -> (Person, Person, Call, Call) {
    let (anita, mut bharat) =
        (world.person("anita_1", Voice::low()).await, world.person("bharat_2", Voice::high()).await);
    let placed = anita.client.call("bharat_2", "Your parcel").unwrap();
    let answered = bharat.answer().await;
    soon("the caller's connection", placed.connected()).await.unwrap();
    soon("the callee's connection", answered.connected()).await.unwrap();
    (anita, bharat, placed, answered)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_native_clients_hear_what_the_other_says_and_end_the_same() {
    let world = World::new();
    let (anita, bharat, placed, answered) = talking(&world).await;
    let there = bharat.hears(&anita, Duration::from_secs(3)).await;
    let back = anita.hears(&bharat, Duration::from_secs(3)).await;
    assert!(there > RECOGNISED && back > RECOGNISED, "likeness {there} and {back}");
    let quality = soon("a report", async {
        loop {
            if let Some(quality) = placed.quality() {
                return quality;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    let quality = quality.await;
    assert_eq!(quality.path, Some(MediaPath::Udp));
    assert!(quality.rtt.is_some_and(|rtt| rtt < 1_000.0), "{quality:?}");
    assert!(placed.levels().microphone > 0.2);

    answered.hang_up();
    let over = Ended::Because(Ending::Ended(EndReason::Hangup));
    assert_eq!(soon("the end there", placed.ended()).await, over);
    assert_eq!(soon("the end here", answered.ended()).await, over);
    assert_eq!(over.status(), Some(EndStatus::Over));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_muted_or_holds_is_not_heard_until_they_are_again() {
    let world = World::new();
    let (anita, bharat, placed, answered) = talking(&world).await;
    placed.mute(true);
    until(&answered, "the mute told", |shown| shown.peer_muted).await;
    let muted = bharat.hears(&anita, Duration::from_secs(2)).await;
    assert!(muted < RECOGNISED, "{muted}");
    placed.mute(false);
    until(&answered, "the end of the mute told", |shown| !shown.peer_muted).await;
    assert!(bharat.hears(&anita, Duration::from_secs(3)).await > RECOGNISED);

    answered.hold(true);
    until(&placed, "the hold told", |shown| shown.peer_held).await;
    until(&answered, "the hold confirmed", |shown| shown.held).await;
    let held = anita.hears(&bharat, Duration::from_secs(2)).await;
    assert!(held < RECOGNISED, "the hold tone is not taken for somebody: {held}");
    let period = Duration::from_secs(5);
    let (waits, holds) = tokio::join!(anita.loudest(period), bharat.loudest(period));
    assert!(waits > 5_000 && holds < 500, "who waits hears the tone, and nobody else: {waits} and {holds}");
    answered.hold(false);
    until(&placed, "the end of the hold told", |shown| !shown.peer_held).await;
    assert!(anita.hears(&bharat, Duration::from_secs(3)).await > RECOGNISED);
    placed.hang_up();
    soon("the end", answered.ended()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_on_over_a_lost_websocket() {
    let world = World::new();
    let road = Road::to(world.address).await;
    let mut anita = Person::with(world.options_by(road.address, "anita_1"), Voice::low()).await;
    let mut bharat = world.person("bharat_2", Voice::high()).await;
    let placed = anita.client.call("bharat_2", "Your parcel").unwrap();
    let answered = bharat.answer().await;
    soon("the connection", placed.connected()).await.unwrap();

    road.cut();
    let lost = async { while !matches!(anita.events.next().await, Some(Event::Lost)) {} };
    soon("the loss told", lost).await;
    let back = async { while !matches!(anita.events.next().await, Some(Event::Connected)) {} };
    soon("the return told", back).await;
    until(&placed, "the call shown as before", |shown| shown.status == ShownStatus::Connected).await;
    assert!(bharat.hears(&anita, Duration::from_secs(3)).await > RECOGNISED);
    placed.mute(true);
    until(&answered, "what was said after it", |shown| shown.peer_muted).await;
    placed.hang_up();
    soon("the end", answered.ended()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_go_over_tcp_alone() {
    let world = World::new();
    let settings = engine::Settings { tcp: Tcp::Only, ..engine::Settings::default() };
    let anita = Person::with(world.options("anita_1").sound(settings), Voice::low()).await;
    let mut bharat = world.person("bharat_2", Voice::high()).await;
    let placed = anita.client.call("bharat_2", "Your parcel").unwrap();
    let _answered = bharat.answer().await;
    soon("the connection", placed.connected()).await.unwrap();
    assert!(bharat.hears(&anita, Duration::from_secs(3)).await > RECOGNISED);
    goes_by(&placed, MediaPath::Tcp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_go_by_turn_over_udp_alone() {
    let coturn = Coturn::start();
    by_turn_alone(V4, &coturn, &coturn.udp(), MediaPath::TurnUdp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_go_by_turn_over_tcp_alone() {
    let coturn = Coturn::start();
    by_turn_alone(V4, &coturn, &coturn.tcp(), MediaPath::TurnTcp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_go_by_turn_over_tls_alone_where_the_app_knows_the_authority() {
    let coturn = Coturn::start();
    by_turn_alone(V4, &coturn, &coturn.tls(), MediaPath::TurnTls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_go_by_turn_where_there_is_nothing_but_ipv6() {
    let coturn = Coturn::between(V6, V6);
    by_turn_alone(V6, &coturn, &coturn.udp(), MediaPath::TurnUdp).await;
    by_turn_alone(V6, &coturn, &coturn.tls(), MediaPath::TurnTls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_reaches_a_relay_of_the_other_address_family_by_turn() {
    let to_v4 = Coturn::between(V6, V4);
    by_turn_alone(V4, &to_v4, &to_v4.udp(), MediaPath::TurnUdp).await;
    let to_v6 = Coturn::between(V4, V6);
    by_turn_alone(V6, &to_v6, &to_v6.udp(), MediaPath::TurnUdp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_server_may_send_devices_on_to_another() {
    let coturn = Coturn::start();
    let busy = Coturn::before(&coturn);
    by_turn_alone(V4, &busy, &busy.udp(), MediaPath::TurnUdp).await;
    by_turn_alone(V4, &busy, &busy.tcp(), MediaPath::TurnTcp).await;
    by_turn_alone(V4, &busy, &busy.tls(), MediaPath::TurnTls).await;
}

/// Anita has no other way to the relay at `address` than TURN, at `url`; both hear each other, and the way is named.
async fn by_turn_alone(address: IpAddr, coturn: &Coturn, url: &str, path: MediaPath) {
    let world = World::with_turn(address, coturn, url);
    let settings = engine::Settings { turn: Turn::Only, ..engine::Settings::default() };
    let options = world.options("anita_1").sound(settings).authorities(coturn.authority());
    let anita = Person::with(options, Voice::low()).await;
    let mut bharat = world.person("bharat_2", Voice::high()).await;
    let placed = anita.client.call("bharat_2", "Your parcel").unwrap();
    let answered = bharat.answer().await;
    soon("the connection", placed.connected()).await.unwrap();
    let there = bharat.hears(&anita, Duration::from_secs(3)).await;
    let back = anita.hears(&bharat, Duration::from_secs(3)).await;
    assert!(there > RECOGNISED && back > RECOGNISED, "likeness {there} and {back}");
    goes_by(&placed, path).await;
    placed.hang_up();
    soon("the end", answered.ended()).await;
}

async fn goes_by(call: &Call, path: MediaPath) {
    let told = async {
        while call.quality().and_then(|quality| quality.path) != Some(path) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    soon("the path told", told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_call_and_one_to_nobody_say_so() {
    let world = World::new();
    let anita = world.person("anita_1", Voice::low()).await;
    let mut bharat = world.person("bharat_2", Voice::high()).await;
    let placed = anita.client.call("bharat_2", "Your parcel").unwrap();
    match soon("an incoming call", bharat.events.next()).await {
        Some(Event::Incoming(incoming)) => {
            let shown = incoming.call().state().shown.unwrap();
            assert_eq!((shown.peer.cuid.as_str(), shown.context.as_str()), ("anita_1", "Your parcel"));
            incoming.decline();
        }
        other => panic!("{other:?}"),
    }
    let declined = soon("the refusal", placed.ended()).await;
    assert_eq!(declined, Ended::Because(Ending::Ended(EndReason::User)));
    assert_eq!(soon("no connection", placed.connected()).await, Err(declined));
    assert!(anita.client.call("x", "Your parcel").is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_moves_to_another_device_of_the_same_person_or_says_why_not() {
    let world = World::new();
    let (anita, bharat, placed, answered) = talking(&world).await;
    let id = placed.state().shown.unwrap().call_id.unwrap();
    let mut tablet = world.person("anita_1", Voice::low()).await;
    let offered = async {
        loop {
            match tablet.events.next().await {
                Some(Event::Elsewhere(calls)) if calls.iter().any(|call| call.call_id == id) => return,
                Some(_) => {}
                None => panic!("signed out"),
            }
        }
    };
    soon("the call on the other device", offered).await;
    soon("the move", tablet.client.take_over(id)).await.unwrap();
    let moved = Ended::Because(Ending::Withdrawn(WithdrawnReason::TakenOver));
    assert_eq!(soon("the end on the first device", placed.ended()).await, moved);
    let here = async {
        loop {
            if let Some(Event::Arrived(call)) = tablet.events.next().await {
                return call;
            }
        }
    };
    let here = soon("the call on the second device", here).await;
    assert!(bharat.hears(&tablet, Duration::from_secs(3)).await > RECOGNISED);

    let refused =
        soon("the refusal", anita.client.take_over(CallId::new(Timestamp::from_millis(1), [7; 10])));
    assert_eq!(refused.await.unwrap_err().code, ErrorCode::CallNotFound);
    here.hang_up();
    let over = Ended::Because(Ending::Ended(EndReason::Hangup));
    assert_eq!(soon("the end there", answered.ended()).await, over);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_is_refused_with_the_catalogues_error() {
    let world = World::new();
    let error =
        soon("the refusal", Client::sign_in(world.options("anita_1").apikey("wrong"))).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidCredentials);
}

/// A way to the server that can be cut: what goes on it is lost, and new connections are taken again.
struct Road {
    address: SocketAddr,
    cut: tokio::sync::watch::Sender<u32>,
}

impl Road {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, cuts) = tokio::sync::watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut cuts = cuts.clone();
                cuts.mark_unchanged();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { address, cut }
    }

    fn cut(&self) {
        self.cut.send_modify(|times| *times += 1);
    }
}
