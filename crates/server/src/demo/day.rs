//! The calls of one day of the demo: how many, when, between whom, and how they end.

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tring_protocol::ids::AccountId;
use tring_protocol::outcome::EndReason;
use tring_protocol::time::Timestamp;

use super::people::{Person, Town, weighted};
use super::story::{Cast, Story, tell};

pub(super) const DAY: u64 = 24 * HOUR;
const HOUR: u64 = 60 * 60 * 1_000;

/// How busy each hour is: quiet nights, lunch, and the evening's deliveries.
const HOURS: [(u64, u32); 24] = [
    (0, 3),
    (1, 1),
    (2, 1),
    (3, 1),
    (4, 1),
    (5, 2),
    (6, 6),
    (7, 14),
    (8, 30),
    (9, 46),
    (10, 54),
    (11, 70),
    (12, 82),
    (13, 62),
    (14, 48),
    (15, 46),
    (16, 52),
    (17, 68),
    (18, 92),
    (19, 96),
    (20, 74),
    (21, 44),
    (22, 20),
    (23, 8),
];

/// Monday first, in hundredths of an ordinary day.
const WEEKDAYS: [u64; 7] = [92, 95, 98, 102, 122, 110, 68];

/// How calls end, of ten thousand.
const ENDS: &[(EndReason, u32)] = &[
    (EndReason::Hangup, 6_850),
    (EndReason::RingTimeout, 1_000),
    (EndReason::Caller, 700),
    (EndReason::User, 480),
    (EndReason::Busy, 280),
    (EndReason::Unreachable, 260),
    (EndReason::ConnectionLost, 110),
    (EndReason::MicrophoneDenied, 80),
    (EndReason::ConnectTimeout, 70),
    (EndReason::CallerLost, 50),
    (EndReason::NotificationsDisabled, 45),
    (EndReason::LoggedOut, 30),
    (EndReason::EndedByServer, 20),
    (EndReason::NodeLost, 9),
    (EndReason::BalanceExhausted, 6),
    (EndReason::MaxDuration, 5),
    (EndReason::Internal, 5),
];

/// How they end while a mobile network is in trouble.
const ENDS_IN_TROUBLE: &[(EndReason, u32)] = &[
    (EndReason::Hangup, 46),
    (EndReason::RingTimeout, 12),
    (EndReason::Unreachable, 12),
    (EndReason::ConnectionLost, 14),
    (EndReason::ConnectTimeout, 12),
    (EndReason::CallerLost, 4),
];

/// On one day of so many, for some hours.
const TROUBLE_EVERY: u64 = 11;
const TROUBLE_HOURS: std::ops::Range<u64> = 17..19;

const TO_COURIER: &[&str] = &[
    "Where is my order?",
    "Wrong entrance, please call",
    "Leave it with the neighbour",
    "Change of address",
    "Gate code",
];
const TO_CUSTOMER: &[&str] = &[
    "Your order is at the door",
    "Cannot find your address",
    "An item is sold out",
    "Running ten minutes late",
    "Your order is on its way",
];
const TO_DESK: &[&str] = &["Refund", "Missing item", "Payment failed", "Question about an invoice"];
const FROM_DESK: &[&str] = &["About your complaint", "We found your parcel", "Call back as you asked"];

/// The calls of the day that begins at `midnight`, oldest first. The same seed and day make the same calls.
pub(super) fn calls(
    account: &AccountId,
    town: &Town,
    seed: u64,
    midnight: Timestamp,
    ordinary: u32,
) -> Vec<Story> {
    let day = midnight.as_millis() / DAY;
    // Days that follow each other must not be alike.
    let mut random = StdRng::seed_from_u64(seed ^ day.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut moments: Vec<u64> = (0..how_many(&mut random, day, ordinary))
        .map(|_| weighted(&mut random, &HOURS) * HOUR + random.random_range(0..HOUR))
        .collect();
    moments.sort_unstable();
    let tells = moments.into_iter().map(|moment| {
        let ends = if day % TROUBLE_EVERY == 4 && TROUBLE_HOURS.contains(&(moment / HOUR)) {
            ENDS_IN_TROUBLE
        } else {
            ENDS
        };
        let reason = weighted(&mut random, ends);
        let cast = cast(&mut random, account, town);
        tell(&mut random, cast, Timestamp::from_millis(midnight.as_millis() + moment), reason)
    });
    tells.collect()
}

fn how_many(random: &mut StdRng, day: u64, ordinary: u32) -> u64 {
    // 1970 began on a Thursday.
    let weekday = WEEKDAYS[usize::try_from((day + 3) % 7).expect("a week has seven days")];
    let chance = random.random_range(92..=108);
    u64::from(ordinary) * weekday * chance / 10_000
}

fn cast<'a>(random: &mut StdRng, account: &'a AccountId, town: &'a Town) -> Cast<'a> {
    // Some call often: the square puts more weight on those in front.
    let share: f64 = random.random();
    let customer = &town.customers[(share * share * town.customers.len() as f64) as usize];
    let courier = &town.couriers[random.random_range(0..town.couriers.len())];
    let (caller, callee, contexts): (&Person, &Person, &[&str]) = match random.random_range(0..100) {
        0..52 => (courier, customer, TO_CUSTOMER),
        52..82 => (customer, courier, TO_COURIER),
        82..93 => (customer, &town.desk, TO_DESK),
        _ => (&town.desk, customer, FROM_DESK),
    };
    Cast { account, caller, callee, context: contexts[random.random_range(0..contexts.len())] }
}
