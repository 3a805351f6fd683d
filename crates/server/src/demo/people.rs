//! Who calls whom in the demo: the couriers and the desk of some shops, and their customers.
//!
//! The same seed makes the same people, with the same names and devices, so that every run tells of the same town.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tring_protocol::ids::{Cuid, DeviceId};
use tring_protocol::signal::{DeviceDetails, Platform};
use tring_protocol::text::{DisplayName, NetworkName, SdkName, SystemName};

const COURIERS: usize = 24;
const CUSTOMERS: usize = 260;

const FIRST_NAMES: [&str; 40] = [
    "Aarav", "Amelia", "Anaya", "Arjun", "Aylin", "Bruno", "Camila", "Chen", "Dara", "Diego", "Elif",
    "Emeka", "Farah", "Felix", "Grace", "Hana", "Ines", "Ivan", "Jonas", "Kavya", "Kofi", "Lena", "Liam",
    "Lucia", "Maja", "Meera", "Milan", "Nadia", "Noah", "Olga", "Omar", "Priya", "Rafael", "Rohan", "Sana",
    "Sofia", "Tariq", "Uma", "Yara", "Zoe",
];
const LAST_INITIALS: &[u8] = b"ABCDEFGHJKLMNOPRSTVWZ";

/// Systems as the SDK names them, by platform, each with how often it is met.
const WEB: &[(&str, u32)] = &[
    ("Chrome 141 on Windows", 5),
    ("Safari 26 on macOS", 2),
    ("Firefox 144 on Linux", 1),
    ("Edge 141 on Windows", 2),
];
const IOS: &[(&str, u32)] =
    &[("iOS 26.1 on iPhone 15", 4), ("iOS 26.0 on iPhone 13", 3), ("iOS 18.7 on iPhone 11", 1)];
const ANDROID: &[(&str, u32)] = &[
    ("Android 16 on Pixel 9", 2),
    ("Android 15 on Galaxy A55", 4),
    ("Android 13 on Redmi 12", 4),
    ("Android 12 on moto g31", 1),
];
const NATIVE: &[(&str, u32)] = &[("Linux, desk phone bridge", 1)];

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) cuid: Cuid,
    pub(super) name: DisplayName,
    /// The first is the one they mostly use.
    pub(super) devices: Vec<Device>,
}

/// One of their devices.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) platform: Platform,
    pub(super) details: DeviceDetails,
    pub(super) network: Network,
}

/// What a device is mostly connected by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    Wired,
    Wifi,
    Lte,
    /// An old network at the edge of its reach.
    Edge,
}

/// Everybody.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Town {
    /// Whom customers call when something is wrong.
    pub(super) desk: Person,
    pub(super) couriers: Vec<Person>,
    pub(super) customers: Vec<Person>,
}

impl Town {
    pub(super) fn of(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let desk = Person {
            cuid: cuid("support_desk"),
            name: DisplayName::parse("Support").expect("it is a name"),
            devices: vec![
                device(&mut random, Platform::Web, Network::Wired),
                device(&mut random, Platform::Native, Network::Wired),
            ],
        };
        let couriers = (0..COURIERS).map(|number| {
            let platform = if random.random_bool(0.85) { Platform::Android } else { Platform::Ios };
            let network = if random.random_bool(0.12) { Network::Edge } else { Network::Lte };
            let devices = vec![device(&mut random, platform, network)];
            Person { cuid: cuid(&format!("courier_k{}", 100 + number)), name: name(&mut random), devices }
        });
        let couriers = couriers.collect();
        let customers = (0..CUSTOMERS).map(|number| {
            let platform = match random.random_range(0..100) {
                0..44 => Platform::Android,
                44..76 => Platform::Ios,
                _ => Platform::Web,
            };
            let network = match random.random_range(0..100) {
                0..55 => Network::Wifi,
                55..95 => Network::Lte,
                _ => Network::Edge,
            };
            let mut devices = vec![device(&mut random, platform, network)];
            if random.random_bool(0.2) {
                devices.push(device(&mut random, Platform::Web, Network::Wifi));
            }
            Person {
                cuid: cuid(&format!("customer_c{}", 1_000 + number * 7)),
                name: name(&mut random),
                devices,
            }
        });
        let customers = customers.collect();
        Self { desk, couriers, customers }
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = &Person> {
        std::iter::once(&self.desk).chain(&self.couriers).chain(&self.customers)
    }
}

fn cuid(text: &str) -> Cuid {
    Cuid::parse(text).expect("letters, digits and one _")
}

fn name(random: &mut StdRng) -> DisplayName {
    let first = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
    let last = char::from(LAST_INITIALS[random.random_range(0..LAST_INITIALS.len())]);
    DisplayName::parse(&format!("{first} {last}.")).expect("it is a name")
}

fn device(random: &mut StdRng, platform: Platform, network: Network) -> Device {
    let (systems, sdk) = match platform {
        Platform::Web => (WEB, "signed-call 0.1.0"),
        Platform::Ios => (IOS, "signed-call-ios 0.1.0"),
        Platform::Android => (ANDROID, "signed-call-android 0.1.0"),
        Platform::Native => (NATIVE, "bridge 0.1.0"),
    };
    let named = match network {
        Network::Wired => "ethernet",
        Network::Wifi => "wifi",
        Network::Lte => "4g",
        Network::Edge => "3g",
    };
    Device {
        id: DeviceId::parse(&format!("demo-{:016x}", random.random::<u64>())).expect("it is a device id"),
        platform,
        details: DeviceDetails {
            sdk: SdkName::parse(sdk).ok(),
            system: SystemName::parse(weighted(random, systems)).ok(),
            network: NetworkName::parse(named).ok(),
        },
        network,
    }
}

/// One of `all`, each as often as its weight says.
pub(super) fn weighted<T: Copy>(random: &mut StdRng, all: &[(T, u32)]) -> T {
    let sum = all.iter().map(|(_, weight)| weight).sum();
    let mut left = random.random_range(0..sum);
    for (one, weight) in all {
        if left < *weight {
            return *one;
        }
        left -= weight;
    }
    unreachable!("what is left is below the sum of the weights")
}
