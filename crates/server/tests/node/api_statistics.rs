//! Figures and export of made-up calls, compared with sums that the database makes by itself.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tring_protocol::call::{CallEvent, CallEventKind, CallRecord, LegQuality};
use tring_protocol::http::account::SettingsChange;
use tring_protocol::http::members::MemberRole;
use tring_protocol::ids::{AccountId, CallId, Cuid, DeviceId};
use tring_protocol::outcome::EndReason;
use tring_protocol::signal::{DeviceDetails, Platform, Role};
use tring_protocol::text::Context;
use tring_protocol::time::Timestamp;

use crate::World;
use crate::http::{Asker, at, dashboard_of};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// 2026-02-26T00:00Z; calls are placed in the 46 days from then.
const BEGIN: u64 = 1_772_064_000_000;

/// When clocks changed in these days: New York, Berlin, Lord Howe.
const CHANGES: [u64; 3] = [1_772_953_200_000, 1_774_746_000_000, 1_775_314_800_000];

/// Seconds by which local clocks are ahead, in the database's own words.
const ZONES: [(&str, &str); 6] = [
    ("UTC", "0"),
    ("Asia/Kolkata", "19800"),
    ("Asia/Kathmandu", "20700"),
    ("America/New_York", "CASE WHEN placed_at < 1772953200000 THEN -18000 ELSE -14400 END"),
    ("Europe/Berlin", "CASE WHEN placed_at < 1774746000000 THEN 3600 ELSE 7200 END"),
    ("Australia/Lord_Howe", "CASE WHEN placed_at < 1775314800000 THEN 39600 ELSE 37800 END"),
];

/// What every group of calls is summed up to, with none of the sums that the server keeps.
const SUMS: &str = "COUNT(*) AS calls, \
    SUM(reason IN ('hangup','max_duration','balance_exhausted','ended_by_server','connection_lost')) AS over, \
    SUM(reason IN ('user','busy','microphone_denied','logged_out','notifications_disabled')) AS declined, \
    SUM(reason IN ('ring_timeout','unreachable')) AS missed, \
    SUM(reason IN ('caller','caller_lost')) AS cancelled, \
    SUM(reason IN ('connect_timeout','node_lost','internal')) AS failed, \
    COUNT(answered_at) AS answered, \
    COALESCE(SUM(ended_at - answered_at), 0) AS talkTime, \
    COALESCE(SUM((ended_at - answered_at + 59999) / 60000), 0) AS minutes, \
    COALESCE(SUM(answered_at - placed_at), 0) AS answerTime, \
    COUNT(json_extract(caller_quality, '$.mos')) AS rated";

const COLUMNS: [&str; 11] = [
    "calls",
    "over",
    "declined",
    "missed",
    "cancelled",
    "failed",
    "answered",
    "talkTime",
    "minutes",
    "answerTime",
    "rated",
];

/// A world with calls of two accounts, as its own journal writes them.
async fn world() -> (World, DatabaseConnection) {
    let world = World::with(&[("api.burst", "100000"), ("api.per_minute", "100000")]).await;
    let keep = SettingsChange { retention_days: Some(3_650), ..SettingsChange::default() };
    world.change().settings(&keep).await.unwrap();
    let other = world.store.create_account("Other", crate::now()).await.unwrap();
    let mut dice = Dice(1);
    let anywhere = (0..500).map(|_| dice.roll(46 * DAY) + BEGIN).collect::<Vec<_>>();
    let near_changes =
        CHANGES.iter().flat_map(|change| (0..60).map(move |i| change - 3 * HOUR + i * 7 * MINUTE));
    let (mut events, mut records) = (Vec::new(), Vec::new());
    for placed in anywhere.into_iter().chain(near_changes) {
        let account = if dice.roll(8) == 0 { &other.id } else { &world.account.id };
        let call = call(account, placed, &mut dice);
        records.push(CallRecord::fold(&call).unwrap());
        events.extend(call);
    }
    world.store.journal("elsewhere").write(&events, &records, &[]).await.unwrap();
    let file = world.dir.path().join("tring.db");
    let db = Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    (world, db)
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len() as u64) as usize]
    }
}

fn call(account: &AccountId, placed: u64, dice: &mut Dice) -> Vec<CallEvent> {
    let platforms = [Platform::Web, Platform::Ios, Platform::Android];
    let moment = Timestamp::from_millis;
    let id = CallId::new(moment(placed), std::array::from_fn(|_| dice.roll(256) as u8));
    let cuid = |name: u64| Cuid::parse(&format!("user_{name}")).unwrap();
    let device = DeviceId::parse("device-a").unwrap();
    let caller = dice.roll(20);
    let context = dice.one_of(&["Your order", "=SUM(A1)", "a, \"b\"\nc", "-1", "Überraschung ☎"]);
    let mut what = vec![(
        0,
        CallEventKind::Placed {
            account: account.clone(),
            caller: cuid(caller),
            device: device.clone(),
            platform: dice.one_of(&platforms),
            details: DeviceDetails::default(),
            callee: cuid(20 + dice.roll(20)),
            context: Context::parse(context).unwrap(),
        },
    )];
    let reason = dice.one_of(EndReason::ALL);
    let mut end = 1 + dice.roll(20_000);
    if reason != EndReason::Unreachable {
        let platform = dice.one_of(&platforms);
        what.push((
            3,
            CallEventKind::Offered {
                leg: 1,
                device,
                platform,
                details: DeviceDetails::default(),
                waiting: false,
            },
        ));
        what.push((90, CallEventKind::Ringing { leg: 1 }));
        end += 100;
    }
    if matches!(reason.status().as_str(), "over" | "failed") {
        what.push((end, CallEventKind::Answered { leg: 1 }));
        end += dice.roll(10 * MINUTE);
        for leg in [0, 1] {
            let mos = 1.0 + dice.roll(3_500) as f32 / 1_000.0;
            let rtt = Some(dice.roll(300) as f32);
            let quality = LegQuality {
                packets: 1 + dice.roll(20_000) as u32,
                lost: dice.roll(500) as u32,
                jitter: 2.0,
                rtt,
                mos: Some(mos),
                ..LegQuality::default()
            };
            what.push((end, CallEventKind::Quality { leg, quality }));
        }
    }
    what.push((end, CallEventKind::Ended { reason, by: dice.one_of(&[None, Some(Role::Callee)]) }));
    let event = |(index, (after, what))| CallEvent { call: id, index, at: moment(placed + after), what };
    (0..).zip(what).map(event).collect()
}

/// The sums of the account's calls in the days from `from` to `to`, by what `group` makes of the local time.
async fn summed(
    (world, db): (&World, &DatabaseConnection),
    offset: &str,
    group: &str,
    from: &str,
    to: &str,
) -> BTreeMap<String, Vec<i64>> {
    let sql = format!(
        "SELECT {group} AS label, {SUMS} FROM (SELECT *, placed_at / 1000 + ({offset}) AS local FROM calls) \
         WHERE account_id = '{}' AND ended_at IS NOT NULL \
         AND date(local, 'unixepoch') BETWEEN '{from}' AND '{to}' GROUP BY 1",
        world.account.id
    );
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let sums =
        |row: &sea_orm::QueryResult| COLUMNS.map(|name| row.try_get::<i64>("", name).unwrap()).to_vec();
    rows.iter().map(|row| (row.try_get::<String>("", "label").unwrap(), sums(row))).collect()
}

fn sums_of(totals: &Value) -> Vec<i64> {
    let figure = |name: &&str| match *name {
        "rated" => totals["quality"]["rated"].as_i64().unwrap(),
        name => totals[name].as_i64().unwrap_or_else(|| panic!("{name}: {totals}")),
    };
    COLUMNS.iter().map(figure).collect()
}

fn added<'a>(all: impl IntoIterator<Item = &'a Vec<i64>>) -> Vec<i64> {
    all.into_iter().fold(vec![0; COLUMNS.len()], |sum, one| sum.iter().zip(one).map(|(a, b)| a + b).collect())
}

async fn figures(asker: &Asker, world: &World, from: &str, to: &str, zone: &str, interval: &str) -> Value {
    let zone = zone.replace('/', "%2F");
    let path = at(world, &format!("/statistics?from={from}&to={to}&zone={zone}&interval={interval}"));
    asker.get(&path).await.with_status(200).json()
}

#[tokio::test]
async fn figures_are_the_sums_of_the_calls_in_every_zone_and_across_changes_of_the_clock() {
    let (world, db) = world().await;
    let viewer = dashboard_of(&world, "meera", MemberRole::Viewer).await;
    let monday = "date(local, 'unixepoch', 'weekday 0', '-6 days')";
    for (zone, offset) in ZONES {
        for (interval, from, to, group) in [
            ("day", "2026-03-01", "2026-04-10", "date(local, 'unixepoch')".to_owned()),
            ("week", "2026-03-04", "2026-04-10", format!("max({monday}, '2026-03-04')")),
            (
                "month",
                "2026-02-27",
                "2026-04-10",
                "max(strftime('%Y-%m-01', local, 'unixepoch'), '2026-02-27')".to_owned(),
            ),
            ("hour", "2026-03-07", "2026-04-04", "strftime('%Y-%m-%dT%H:00', local, 'unixepoch')".to_owned()),
        ] {
            let told = figures(&viewer, &world, from, to, zone, interval).await;
            let known = summed((&world, &db), offset, &group, from, to).await;
            let what = format!("{interval} in {zone}");
            let mut seen: BTreeMap<String, Vec<i64>> = BTreeMap::new();
            for point in told["series"].as_array().unwrap() {
                // Two hours of one name, where clocks go back, are one group to the database.
                let label = point["label"].as_str().unwrap();
                let label = label.get(..16).unwrap_or(label).to_owned();
                let sums = seen.entry(label).or_insert_with(|| vec![0; COLUMNS.len()]);
                *sums = added([&*sums, &sums_of(&point["totals"])]);
            }
            seen.retain(|_, sums| sums[0] > 0);
            assert_eq!(seen, known, "{what}");
            assert_eq!(sums_of(&told["totals"]), added(known.values()), "{what}");
            assert_eq!(told["live"], 0);
        }
        let told = figures(&viewer, &world, "2026-03-01", "2026-04-10", zone, "day").await;
        let group =
            "((strftime('%w', local, 'unixepoch') + 6) % 7) * 24 + strftime('%H', local, 'unixepoch')";
        let group = format!("printf('%03d', {group})");
        let known = summed((&world, &db), offset, &group, "2026-03-01", "2026-04-10").await;
        let hours = told["hours"].as_array().unwrap();
        assert_eq!(hours.len(), 168);
        for (cell, calls) in hours.iter().enumerate() {
            let expected = known.get(&format!("{cell:03}")).map_or(0, |sums| sums[0]);
            assert_eq!(calls.as_i64().unwrap(), expected, "hour {cell} of the week in {zone}");
        }
        for (field, group) in [("reasons", "reason"), ("callerPlatforms", "caller_platform")] {
            let known = summed((&world, &db), offset, group, "2026-03-01", "2026-04-10").await;
            let counts: Vec<i64> = told[field]
                .as_array()
                .unwrap()
                .iter()
                .map(|count| count["calls"].as_i64().unwrap())
                .collect();
            assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
            let name = if field == "reasons" { "reason" } else { "platform" };
            for count in told[field].as_array().unwrap() {
                assert_eq!(count["calls"], known[count[name].as_str().unwrap()][0], "{count} in {zone}");
            }
            assert_eq!(counts.len(), known.len(), "{field} in {zone}");
        }
    }
}

#[tokio::test]
async fn a_series_is_complete_and_the_range_before_is_as_long() {
    let (world, db) = world().await;
    let viewer = dashboard_of(&world, "meera", MemberRole::Viewer).await;
    let told = figures(&viewer, &world, "2026-03-08", "2026-03-14", "America/New_York", "day").await;
    let labels: Vec<_> =
        told["series"].as_array().unwrap().iter().map(|point| point["label"].clone()).collect();
    assert_eq!(labels, (8..15).map(|day| json!(format!("2026-03-{day:02}"))).collect::<Vec<_>>());
    assert_eq!(told["from"], told["series"][0]["start"]);
    assert_eq!(told["to"].as_u64().unwrap() - told["from"].as_u64().unwrap(), 7 * DAY - HOUR);
    let (_, offset) = ZONES[3];
    let before = summed((&world, &db), offset, "'all'", "2026-03-01", "2026-03-07").await;
    assert_eq!(sums_of(&told["previous"]), before["all"]);

    let empty = figures(&viewer, &world, "2027-01-01", "2027-12-31", "UTC", "month").await;
    assert_eq!(empty["series"].as_array().unwrap().len(), 12);
    assert_eq!((&empty["totals"]["calls"], &empty["totals"]["quality"]["mos"]), (&json!(0), &json!(null)));
    assert_eq!((&empty["reasons"], empty["hours"].as_array().unwrap().len()), (&json!([]), 168));
}

#[tokio::test]
async fn a_range_lists_as_many_calls_as_its_figures_count_and_the_export_has_the_same() {
    let (world, _db) = world().await;
    let backend = Asker::backend(&world, &world.account.secret);
    let told = figures(&backend, &world, "2026-03-07", "2026-03-30", "Europe/Berlin", "day").await;
    let (from, to) = (&told["from"], &told["to"]);
    for (filter, count) in [
        (String::new(), told["totals"]["calls"].as_u64().unwrap()),
        ("&status=declined".to_owned(), told["totals"]["declined"].as_u64().unwrap()),
        ("&quality=poor".to_owned(), told["totals"]["quality"]["poor"].as_u64().unwrap()),
        (
            format!("&reason={}", told["reasons"][0]["reason"].as_str().unwrap()),
            told["reasons"][0]["calls"].as_u64().unwrap(),
        ),
    ] {
        let query = format!("?from={from}&to={to}{filter}");
        let mut listed: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = backend
                .get(&at(&world, &format!("/calls{query}&limit=40{cursor}")))
                .await
                .with_status(200)
                .json();
            listed.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(listed.len() as u64, count, "{query}");
        let placed: Vec<_> = listed.iter().map(|call| call["placedAt"].as_u64().unwrap()).collect();
        assert!(placed.is_sorted_by(|a, b| a >= b), "{query}: newest first");

        let export = backend.get(&at(&world, &format!("/calls.csv{query}"))).await.with_status(200);
        assert_eq!(export.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        let name = format!("attachment; filename=\"calls-{}.csv\"", world.account.id);
        assert_eq!(export.header("content-disposition"), Some(name.as_str()));
        let mut lines = table(export.text.strip_prefix('\u{feff}').unwrap()).into_iter();
        let names = lines.next().unwrap();
        let lines: Vec<BTreeMap<String, String>> =
            lines.map(|line| names.iter().cloned().zip(line).collect()).collect();
        assert_eq!(lines.len(), listed.len(), "{query}");
        for (line, call) in lines.iter().zip(&listed) {
            let text = |name: &str| call[name].as_str().unwrap_or_default();
            for (column, field) in [
                ("call_id", "callId"),
                ("caller", "caller"),
                ("callee", "callee"),
                ("caller_platform", "callerPlatform"),
                ("callee_platform", "calleePlatform"),
                ("status", "status"),
                ("reason", "reason"),
                ("ended_by", "endedBy"),
                ("quality", "quality"),
            ] {
                assert_eq!(line[column], text(field), "{column}");
            }
            let context = text("context");
            let harmless =
                if context.starts_with(['=', '-']) { format!("'{context}") } else { context.to_owned() };
            assert_eq!(line["context"], harmless);
            let millis: jiff::Timestamp = line["placed_at"].parse().unwrap();
            assert_eq!(json!(millis.as_millisecond()), call["placedAt"]);
            let talked: f64 = line["talk_seconds"].parse().unwrap();
            assert_eq!((talked * 1_000.0).round() as u64, call["talkTime"].as_u64().unwrap());
        }
    }
    let nobodys = backend.get(&at(&world, "/calls.csv?cuid=nobody")).await.with_status(200);
    assert_eq!(table(&nobodys.text).len(), 1, "a table without calls still has its names");
}

/// Takes RFC 4180 apart.
fn table(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => field.extend(letters.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => line.push(std::mem::take(&mut field)),
            ('\r', false) if letters.peek() == Some(&'\n') => {
                letters.next();
                line.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut line));
            }
            (letter, _) => field.push(letter),
        }
    }
    assert!(line.is_empty() && field.is_empty() && !quoted, "the table ends with a line");
    lines
}

#[tokio::test]
async fn every_field_of_a_question_is_checked() {
    let world = World::with(&[("api.burst", "1000")]).await;
    let viewer = dashboard_of(&world, "meera", MemberRole::Viewer).await;
    let good = [("from", "2026-11-01"), ("to", "2026-11-02"), ("zone", "UTC"), ("interval", "day")];
    for (field, wrong) in [
        ("from", "tomorrow"),
        ("from", ""),
        ("to", "2026-02-30"),
        ("to", "2026-10-31"),
        ("to", "2028-11-01"),
        ("zone", "Moon%2FBase"),
        ("zone", "..%2F..%2Fetc%2Fpasswd"),
        ("interval", "year"),
    ] {
        let query = good.map(|(name, value)| format!("{name}={}", if name == field { wrong } else { value }));
        let refused = viewer.get(&at(&world, &format!("/statistics?{}", query.join("&")))).await;
        assert_eq!(refused.wrong_field().0, field, "{wrong}: {}", refused.text);
    }
    for missing in ["from", "to", "zone", "interval"] {
        let query: Vec<_> = good
            .iter()
            .filter(|(name, _)| *name != missing)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let refused = viewer.get(&at(&world, &format!("/statistics?{}", query.join("&")))).await;
        assert_eq!(refused.wrong_field(), (missing.to_owned(), "is missing".to_owned()));
    }
    for (query, field) in [
        ("cuid=a%20b", "cuid"),
        ("status=fine", "status"),
        ("reason=weather", "reason"),
        ("platform=fax", "platform"),
        ("quality=superb", "quality"),
        ("from=monday", "from"),
        ("to=-1", "to"),
        ("from=2&to=1", "to"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
    ] {
        for path in ["/calls", "/calls.csv"] {
            let refused = viewer.get(&at(&world, &format!("{path}?{query}"))).await;
            assert_eq!(refused.wrong_field().0, field, "{path}?{query}: {}", refused.text);
        }
    }
}
