//! Ten million calls in some minutes: rows as text, a thousand to a statement, and figures by the store's own code.

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};
use std::fmt::Write as _;
use tring_protocol::call::{CallRecord, LegQuality};
use tring_protocol::http::calls::CallFilter;
use tring_protocol::ids::{AccountId, CallId, Cuid};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{Platform, Role};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;
use tring_store::{Counts, Store, Sums};

const ACCOUNT: &str = "ten_million";
/// 2025-11-21, midnight UTC.
const FIRST: u64 = 1_763_683_200_000;
pub(crate) const DAY: u64 = 86_400_000;
const DAYS: u64 = 365;

/// Rows of one INSERT. SQLite takes a megabyte of SQL at once.
const ROWS: usize = 1_000;
/// Calls of one transaction.
const BATCH: usize = 50_000;
/// One call of so many has its events and samples.
const WHOLE: u64 = 2_000;

const CUSTOMERS: u32 = 20_000;
const COURIERS: u32 = 500;
/// Who is in one call of a hundred.
pub(crate) const BUSY: &str = "dispatch_desk";
/// Who is in three calls of all.
pub(crate) const RARE: &str = "once_a_quarter";

/// What was put into the database.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) account: AccountId,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) calls: u64,
    /// Whether this run has filled it.
    pub(crate) is_new: bool,
    /// Calls with events and samples.
    pub(crate) whole: Vec<CallId>,
}

/// Fills the database, unless it is full already.
pub(crate) async fn run(store: &Store, url: &str, calls: u64) -> Result<Filled> {
    let account = AccountId::parse(ACCOUNT)?;
    let is_there = store.accounts().await?.iter().any(|there| there.id == account);
    let mut filled = Filled {
        is_new: !is_there,
        account: account.clone(),
        from: FIRST,
        to: FIRST + DAYS * DAY,
        calls,
        whole: Vec::new(),
    };
    if !is_there {
        store.create_account_as(account, "Ten million", Timestamp::from_millis(FIRST)).await?;
        insert(store, url, &mut filled).await?;
    }
    let first = store.account(&filled.account).search(&CallFilter::default()).await?;
    ensure!(!first.items.is_empty(), "the fill was interrupted; start with an empty database");
    if is_there {
        // The same seed makes the same calls.
        let mut random = StdRng::seed_from_u64(1);
        let calls = (0..calls).map(|number| call(&filled, number, &mut random).call);
        filled.whole = calls.step_by(WHOLE as usize).collect();
    }
    Ok(filled)
}

async fn insert(store: &Store, url: &str, filled: &mut Filled) -> Result<()> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await.context("a connection to fill the database")?;
    if url.starts_with("sqlite:") {
        db.execute_unprepared("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000").await?;
    }
    let mut random = StdRng::seed_from_u64(1);
    let mut done = 0;
    while done < filled.calls {
        let batch: Vec<_> = (done..filled.calls.min(done + BATCH as u64))
            .map(|number| call(filled, number, &mut random))
            .collect();
        db.execute_unprepared("BEGIN").await?;
        for rows in batch.chunks(ROWS) {
            db.execute_unprepared(&calls_sql(rows)).await?;
        }
        for (record, number) in batch.iter().zip(done..) {
            if number % WHOLE == 0 {
                write_whole(&db, record).await?;
                filled.whole.push(record.call);
            }
        }
        db.execute_unprepared("COMMIT").await?;
        let mut counts = Counts::default();
        batch.iter().for_each(|record| counts.add(record));
        store.add_counts(counts).await?;
        done += batch.len() as u64;
    }
    if !url.starts_with("sqlite:") {
        // What its autovacuum does some time later by itself.
        db.execute_unprepared("VACUUM ANALYZE").await?;
    }
    db.close().await?;
    Ok(())
}

fn id(filled: &Filled, number: u64, random: &mut StdRng) -> CallId {
    let placed = filled.from
        + (u128::from(number) * u128::from(filled.to - filled.from) / u128::from(filled.calls)) as u64;
    CallId::new(Timestamp::from_millis(placed), random.random())
}

fn call(filled: &Filled, number: u64, random: &mut StdRng) -> CallRecord {
    let call = id(filled, number, random);
    let placed_at = call.placed_at();
    let after = |millis| Timestamp::from_millis(placed_at.as_millis() + millis);
    let reason = reason(number, random);
    let is_answered =
        matches!(reason, EndReason::Hangup | EndReason::ConnectionLost | EndReason::ConnectTimeout);
    let answered_at = is_answered.then(|| after(random.random_range(2_000..25_000)));
    let ended_at = Timestamp::from_millis(
        answered_at.unwrap_or(placed_at).as_millis() + random.random_range(3_000..400_000),
    );
    let [caller, callee] = parties(number, filled.calls, random);
    CallRecord {
        call,
        account: filled.account.clone(),
        caller: Cuid::parse(&caller).expect("a cuid"),
        callee: Cuid::parse(&callee).expect("a cuid"),
        context: Context::parse("Your order is on its way").expect("a context"),
        caller_platform: platform(number, random),
        callee_platform: (reason != EndReason::Unreachable).then(|| platform(number + 7, random)),
        placed_at,
        ringing_at: (reason != EndReason::Unreachable).then(|| after(400)),
        answered_at,
        connected_at: answered_at,
        ended_at,
        reason,
        ended_by: is_answered.then_some(Role::Caller),
        caller_quality: is_answered.then(|| quality(random)),
        callee_quality: is_answered.then(|| quality(random)),
    }
}

/// Common ones, some that one call of a hundred thousand or a million has, and some that none has.
fn reason(number: u64, random: &mut StdRng) -> EndReason {
    if number % 1_000_003 == 500_000 {
        return EndReason::BalanceExhausted;
    }
    if number % 100_003 == 50_000 {
        return EndReason::Internal;
    }
    match random.random_range(0..100) {
        0..70 => EndReason::Hangup,
        70..80 => EndReason::RingTimeout,
        80..87 => EndReason::Caller,
        87..92 => EndReason::User,
        92..95 => EndReason::Busy,
        95..97 => EndReason::Unreachable,
        97..98 => EndReason::ConnectionLost,
        98..99 => EndReason::ConnectTimeout,
        _ => EndReason::MicrophoneDenied,
    }
}

fn platform(number: u64, random: &mut StdRng) -> Platform {
    if number % 100_003 == 60_000 {
        return Platform::Native;
    }
    match random.random_range(0..10) {
        0..2 => Platform::Web,
        2..5 => Platform::Ios,
        _ => Platform::Android,
    }
}

fn parties(number: u64, calls: u64, random: &mut StdRng) -> [String; 2] {
    let customer = format!("customer_x{}", random.random_range(0..CUSTOMERS));
    let courier = format!("courier_x{}", random.random_range(0..COURIERS));
    let other = match number {
        _ if number % (calls / 3).max(1) == calls / 7 => RARE.to_owned(),
        _ if number.is_multiple_of(100) => BUSY.to_owned(),
        _ => courier,
    };
    if random.random_bool(0.6) { [other, customer] } else { [customer, other] }
}

fn quality(random: &mut StdRng) -> LegQuality {
    let mos =
        if random.random_bool(0.02) { random.random_range(1.5..3.0) } else { random.random_range(3.8..4.5) };
    LegQuality {
        packets: random.random_range(1_000..20_000),
        lost: random.random_range(0..60),
        jitter: random.random_range(0.5..20.0),
        rtt: Some(random.random_range(15.0..250.0)),
        mos: Some(mos),
        ..LegQuality::default()
    }
}

fn calls_sql(rows: &[CallRecord]) -> String {
    let mut sql = String::from(
        "INSERT INTO calls (call_id, account_id, node, caller, callee, context, caller_platform, callee_platform, \
         placed_at, ringing_at, answered_at, connected_at, ended_at, status, reason, ended_by, talk_time, \
         caller_quality, callee_quality, mos, quality, counted) VALUES ",
    );
    for (index, record) in rows.iter().enumerate() {
        let text = |text: Option<&str>| text.map_or_else(|| "NULL".to_owned(), |text| format!("'{text}'"));
        let at =
            |at: Option<Timestamp>| at.map_or_else(|| "NULL".to_owned(), |at| at.as_millis().to_string());
        let json = |quality: Option<LegQuality>| {
            quality.map_or_else(
                || "NULL".to_owned(),
                |quality| format!("'{}'", serde_json::to_string(&quality).expect("plain numbers")),
            )
        };
        let sums = Sums::of(record);
        let band = [(sums.good, "good"), (sums.fair, "fair"), (sums.poor, "poor")];
        let band = band.into_iter().find(|(calls, _)| *calls == 1).map(|(_, band)| band);
        let _ = write!(
            sql,
            "{}('{}','{}','one','{}','{}','{}','{}',{},{},{},{},{},{},'{}','{}',{},{},{},{},{},{},TRUE)",
            if index == 0 { "" } else { "," },
            record.call,
            record.account,
            record.caller,
            record.callee,
            record.context.as_str(),
            record.caller_platform.as_str(),
            text(record.callee_platform.map(Platform::as_str)),
            record.placed_at.as_millis(),
            at(record.ringing_at),
            at(record.answered_at),
            at(record.connected_at),
            record.ended_at.as_millis(),
            record.reason.status().as_str(),
            record.reason.as_str(),
            text(record.ended_by.map(|_| "caller")),
            record.talk_time().get(),
            json(record.caller_quality),
            json(record.callee_quality),
            if sums.rated == 1 { sums.mos_sum.to_string() } else { "NULL".to_owned() },
            text(band),
        );
    }
    sql
}

/// Events and samples as a call of three minutes has them.
async fn write_whole(db: &DatabaseConnection, record: &CallRecord) -> Result<()> {
    let placed = record.placed_at.as_millis();
    let events = (0..14).map(|index| {
        let what = match index {
            0 => format!(
                r#"{{"type":"placed","account":"{}","caller":"{}","device":"device-a","platform":"web","callee":"{}","context":"Your order"}}"#,
                record.account, record.caller, record.callee
            ),
            1 => r#"{"type":"offered","leg":1,"device":"device-b","platform":"ios"}"#.to_owned(),
            13 => format!(r#"{{"type":"ended","reason":"{}","by":null}}"#, record.reason.as_str()),
            _ => r#"{"type":"away","leg":1}"#.to_owned(),
        };
        format!("('{}',{index},{},'{what}')", record.call, placed + index * 1_000)
    });
    let events = events.collect::<Vec<_>>().join(",");
    db.execute_unprepared(&format!("INSERT INTO call_events (call_id, \"index\", at, what) VALUES {events}"))
        .await?;
    let samples =
        (0..72).map(|n| format!("('{}',{},{},250,2,3.5,40.25,4.25)", record.call, n % 2, placed + n * 2_500));
    let samples = samples.collect::<Vec<_>>().join(",");
    let columns = "call_id, leg, at, packets, lost, jitter, rtt, mos";
    db.execute_unprepared(&format!("INSERT INTO quality_samples ({columns}) VALUES {samples}")).await?;
    Ok(())
}
