//! Roads: how long each packet takes, or that it does not arrive. All chance is seeded, so that every buffer and every run
//! meets the same.

/// Milliseconds that a packet takes, none if it is lost.
pub(crate) type Trip = Option<f64>;

/// A road with its name, which says whether it was recorded; the others are made by a formula.
pub(crate) struct Road {
    pub(crate) title: &'static str,
    /// How many millionths faster the listener's clock runs.
    pub(crate) drift: f64,
    pub(crate) trips: Vec<Trip>,
}

/// Recorded on loopback beside a busy machine; see the files' folder.
const RECORDED: [(&str, &str); 2] = [
    ("recorded: busy machine, a", include_str!("../../src/voice/roads/busy-a.txt")),
    ("recorded: busy machine, b", include_str!("../../src/voice/roads/busy-b.txt")),
];

/// All roads, for `packets` packets of 20 ms.
pub(crate) fn all(packets: usize) -> Vec<Road> {
    let made = |title, drift, trip: &mut dyn FnMut(usize, &mut Chance) -> Trip| {
        let mut chance = Chance(0x5EED);
        Road { title, drift, trips: (0..packets).map(|n| trip(n, &mut chance)).collect() }
    };
    let mut stall = Stall::default();
    let mut burst = false;
    let mut roads = vec![
        made("even", 0.0, &mut |_, _| Some(30.0)),
        made("0–40 ms jitter", 0.0, &mut |_, chance| Some(20.0 + 40.0 * chance.share())),
        made("0–100 ms jitter", 0.0, &mut |_, chance| Some(20.0 + 100.0 * chance.share())),
        made("rare spikes of 150 ms", 0.0, &mut |_, chance| {
            Some(20.0 + 5.0 * chance.share() + if chance.share() < 0.01 { 150.0 } else { 0.0 })
        }),
        made("stalls as of Wi-Fi", 0.0, &mut |n, chance| Some(stall.trip(n, chance))),
        made("drift of +200 ppm, 0–20 ms", 200.0, &mut |_, chance| Some(20.0 + 20.0 * chance.share())),
        made("drift of −200 ppm, 0–20 ms", -200.0, &mut |_, chance| Some(20.0 + 20.0 * chance.share())),
        made("one in ten overtaken", 0.0, &mut |_, chance| {
            Some(if chance.share() < 0.1 { 55.0 } else { 20.0 })
        }),
        made("10 % lost", 0.0, &mut |_, chance| (chance.share() >= 0.1).then_some(20.0)),
        made("5 % lost in bursts of 4", 0.0, &mut |_, chance| {
            let enter = 0.05 / (4.0 * 0.95);
            burst = if burst { chance.share() >= 0.25 } else { chance.share() < enter };
            (!burst).then_some(20.0)
        }),
        made("10 % lost, 0–60 ms jitter", 0.0, &mut |_, chance| {
            let trip = 20.0 + 60.0 * chance.share();
            (chance.share() >= 0.1).then_some(trip)
        }),
        made("1 s held back", 0.0, &mut |n, _| {
            let held = 1_000.0 - (20.0 * n as f64 - 6_000.0);
            Some(20.0 + if (0.0..=1_000.0).contains(&held) { held } else { 0.0 })
        }),
    ];
    let mut doze = Doze::default();
    let held_back = |millis: f64| {
        move |n: usize, _: &mut Chance| {
            let held = millis - (20.0 * n as f64 - 6_000.0);
            Some(20.0 + if (0.0..=millis).contains(&held) { held } else { 0.0 })
        }
    };
    roads.extend([
        made("2 s held back", 0.0, &mut held_back(2_000.0)),
        made("power saving as of Wi-Fi", 0.0, &mut |n, chance| Some(doze.trip(n, chance))),
        made("a scan of 110 ms every 8 s", 0.0, &mut |n, chance| {
            let into = (20.0 * n as f64 + 5_000.0) % 8_000.0;
            Some(15.0 + 5.0 * chance.share() + (110.0 - into).max(0.0))
        }),
        made("a queue that fills and drains", 0.0, &mut |n, chance| {
            let into = (20.0 * n as f64) % 8_000.0;
            let queue = if into < 3_000.0 { into / 15.0 } else { (200.0 - (into - 3_000.0) / 5.0).max(0.0) };
            Some(20.0 + 4.0 * chance.share() + queue)
        }),
        made("80 ms farther for 10 s", 0.0, &mut |n, chance| {
            Some(20.0 + 8.0 * chance.share() + if (500..1_000).contains(&n) { 80.0 } else { 0.0 })
        }),
        made("one in five overtaken by three", 0.0, &mut |_, chance| {
            Some(20.0 + if chance.share() < 0.2 { 70.0 } else { 5.0 * chance.share() })
        }),
    ]);
    for (title, text) in RECORDED {
        let trips: Vec<Trip> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.parse().ok().map(|us: f64| us / 1_000.0))
            .collect();
        roads.push(Road { title, drift: 0.0, trips: trips.into_iter().cycle().take(packets).collect() });
    }
    roads
}

/// A station that now and then may not send for 40 to 160 ms; then all that waits goes at once.
#[derive(Default)]
struct Stall {
    until: f64,
    next: f64,
}

impl Stall {
    fn trip(&mut self, n: usize, chance: &mut Chance) -> f64 {
        let now = 20.0 * n as f64;
        if now >= self.next {
            self.until = now + 40.0 + 120.0 * chance.share();
            self.next = self.until + 300.0 + 1_200.0 * chance.share();
        }
        5.0 + 3.0 * chance.share() + (self.until - now).max(0.0)
    }
}

/// A station that sleeps for one to three seconds now and then: what comes meanwhile waits at the access point for its
/// next beacon, of which there is one in 102.4 ms.
#[derive(Default)]
struct Doze {
    from: f64,
    until: f64,
}

impl Doze {
    fn trip(&mut self, n: usize, chance: &mut Chance) -> f64 {
        const BEACON: f64 = 102.4;
        let now = 20.0 * n as f64;
        if now >= self.until {
            self.from = now + 2_000.0 + 3_000.0 * chance.share();
            self.until = self.from + 1_000.0 + 2_000.0 * chance.share();
        }
        let waits = if now >= self.from { BEACON - now % BEACON } else { 0.0 };
        5.0 + 3.0 * chance.share() + waits
    }
}

/// Numbers that look like chance.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
