use super::super::wake;
use super::*;
use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, Shutdown};

const AUDIO: [u8; 160] = [0x80; 160];
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Longer than anything takes on loopback, even on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// Connections on loopback; the clock is moved by hand.
struct Site {
    streams: Streams,
    sleeper: Sleeper,
    now: Instant,
    gone: Vec<Route>,
}

impl Site {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (_, sleeper) = wake::pair().unwrap();
        let streams = Streams::new(listener, &sleeper).unwrap();
        Self { streams, sleeper, now: Instant::now(), gone: Vec::new() }
    }

    /// Connects, with a small buffer at the device's side; returns its end and its number here.
    fn connect(&mut self) -> (TcpStream, u64) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let address = self.streams.listener.local_addr().unwrap();
        socket.connect(&address.into()).unwrap();
        let number = self.streams.last_number + 1;
        self.until(|site| {
            site.gone.extend(site.streams.accept(site.now, &site.sleeper));
            site.streams.open.contains_key(&number)
        });
        (socket.into(), number)
    }

    fn read(&mut self, number: u64) -> Vec<Vec<u8>> {
        let mut datagrams = Vec::new();
        let gone =
            self.streams.read(number, &mut [0; 1_024], |_, _, datagram| datagrams.push(datagram.to_vec()));
        self.gone.extend(gone);
        datagrams
    }

    fn until(&mut self, mut condition: impl FnMut(&mut Self) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            assert!(started.elapsed() < DEADLINE);
            self.sleeper.sleep(Duration::from_millis(5), &mut Vec::new());
        }
    }

    fn sweep(&mut self, knows: bool) -> usize {
        self.streams.sweep(self.now, &self.sleeper, |_| knows).len()
    }
}

#[test]
fn datagrams_go_both_ways() {
    let mut site = Site::new();
    let (mut device, number) = site.connect();
    device.write_all(&[0, 2, 7, 8, 0, 1]).unwrap();
    device.write_all(&[9]).unwrap();
    let mut came = Vec::new();
    site.until(|site| {
        came.extend(site.read(number));
        came.len() == 2
    });
    assert_eq!(came, [vec![7, 8], vec![9]]);
    assert_eq!(site.streams.send(number, &[1, 2, 3], &site.sleeper), Sent::Yes);
    let mut frame = [0; 5];
    device.read_exact(&mut frame).unwrap();
    assert_eq!(frame, [0, 3, 1, 2, 3]);
}

#[test]
fn whoever_hangs_up_or_speaks_something_else_is_let_go() {
    let mut site = Site::new();
    let (device, number) = site.connect();
    device.shutdown(Shutdown::Both).unwrap();
    site.until(|site| site.read(number).is_empty() && site.streams.count() == 0);
    let (mut device, number) = site.connect();
    device.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    site.until(|site| site.read(number).is_empty() && site.streams.count() == 0);
    assert_eq!(site.gone.len(), 2, "the worker is told of both");
    assert!(site.streams.per_site.is_empty());
}

#[test]
fn whoever_says_nothing_authentic_for_ten_seconds_is_let_go() {
    let mut site = Site::new();
    let (_device, _) = site.connect();
    site.now += UNVOUCHED_FOR - Duration::from_millis(1);
    assert_eq!(site.sweep(false), 0);
    site.now += Duration::from_millis(1);
    assert_eq!(site.sweep(false), 1);
    assert_eq!(site.streams.count(), 0);
}

#[test]
fn a_connection_lasts_as_long_as_its_leg_and_not_longer() {
    let mut site = Site::new();
    let (_device, number) = site.connect();
    site.streams.vouch(number);
    site.now += Duration::from_secs(3_600);
    assert_eq!(site.sweep(true), 0);
    assert_eq!(site.sweep(false), 1, "at the next sweep");
}

#[test]
fn the_oldest_that_nobody_vouched_for_makes_room() {
    let mut site = Site::new();
    let mut devices = vec![site.connect()];
    site.streams.vouch(devices[0].1);
    for _ in 0..=MAX_UNVOUCHED {
        // All come from one address, whose own bound is not what is tried here.
        site.streams.per_site.insert(HERE, 1);
        devices.push(site.connect());
    }
    assert_eq!(site.streams.count(), 1 + MAX_UNVOUCHED);
    assert!(site.streams.open.contains_key(&devices[0].1), "somebody vouched for it");
    assert!(!site.streams.open.contains_key(&devices[1].1));
    assert_eq!(site.gone.len(), 1);
}

#[test]
fn one_site_cannot_take_every_connection() {
    let mut site = Site::new();
    site.streams.per_site.insert(HERE, MAX_PER_SITE);
    let address = site.streams.listener.local_addr().unwrap();
    let mut device = TcpStream::connect(address).unwrap();
    device.set_nonblocking(true).unwrap();
    site.until(|site| {
        assert_eq!(site.streams.accept(site.now, &site.sleeper), None);
        matches!(device.read(&mut [0]), Ok(0))
    });
    assert_eq!(site.streams.count(), 0);
}

#[test]
fn a_slow_reader_loses_audio_and_never_hears_old_audio() {
    let mut site = Site::new();
    let (mut device, number) = site.connect();
    let mut taken = 0;
    while site.streams.send(number, &AUDIO, &site.sleeper) == Sent::Yes {
        taken += 1;
        assert!(taken < 100, "somebody queues");
    }
    for _ in 0..1_000 {
        site.streams.send(number, &AUDIO, &site.sleeper);
    }
    assert!(site.streams.open[&number].pending.len() < AUDIO.len() + 2, "at most the rest of one frame");

    // A check waits, but not without end.
    let check = [1; 200];
    assert_eq!(site.streams.send(number, &check, &site.sleeper), Sent::Yes);
    while site.streams.send(number, &check, &site.sleeper) == Sent::Yes {}
    assert!(site.streams.open[&number].pending.len() <= PENDING_MAX);

    device.set_nonblocking(true).unwrap();
    let (mut deframer, mut audio, mut checks) = (Deframer::default(), 0, 0);
    site.until(|site| {
        let mut bytes = [0; 65_536];
        if let Ok(len) = device.read(&mut bytes) {
            let sort = |datagram: &[u8]| {
                assert!(datagram == AUDIO || datagram == check, "frames are whole");
                if datagram == AUDIO { audio += 1 } else { checks += 1 }
            };
            deframer.feed(&bytes[..len], sort).unwrap();
        }
        site.streams.flush(number, &site.sleeper);
        checks > 10 && site.streams.open[&number].pending.is_empty()
    });
    assert!(audio >= taken, "what was taken arrives");
    site.until(|site| site.streams.send(number, &AUDIO, &site.sleeper) == Sent::Yes);
}
