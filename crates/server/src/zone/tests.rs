use super::*;

fn query(from: &str, to: &str, zone: &str, interval: Interval) -> StatisticsQuery {
    StatisticsQuery { from: from.to_owned(), to: to.to_owned(), zone: zone.to_owned(), interval }
}

fn range(from: &str, to: &str, zone: &str, interval: Interval) -> Range {
    Range::of(&query(from, to, zone, interval)).unwrap()
}

fn labels(range: &Range) -> Vec<String> {
    range.starts().into_iter().map(|start| start.label).collect()
}

fn every_zone() -> impl Iterator<Item = TimeZone> {
    jiff::tz::db().available().filter_map(|name| TimeZone::get(name.as_str()).ok())
}

const QUARTER: i64 = 15 * 60;

#[test]
fn every_zone_changes_its_clock_by_quarters_and_on_the_quarter() {
    let from = moment(Timestamp::from_millis(1_735_689_600_000));
    let mut changes = 0;
    for zone in every_zone() {
        assert_eq!(i64::from(zone.to_offset(from).seconds()) % QUARTER, 0, "{zone:?}");
        for change in zone.following(from).take_while(|change| change.timestamp().as_second() < 4_102_444_800)
        {
            assert_eq!(i64::from(change.offset().seconds()) % QUARTER, 0, "{zone:?} {}", change.timestamp());
            assert_eq!(change.timestamp().as_second() % QUARTER, 0, "{zone:?} {}", change.timestamp());
            changes += 1;
        }
    }
    assert!(changes > 10_000, "{changes} changes of the clock were looked at");
}

/// Asked of the library: whatever the zone, every quarter of an hour lies in exactly one point, whose label is the
/// local day or hour of that quarter.
#[test]
fn every_quarter_of_an_hour_is_in_the_point_of_its_local_time() {
    for zone in every_zone() {
        let Some(name) = zone.iana_name() else { continue };
        let year = range("2025-12-31", "2026-12-31", name, Interval::Day);
        let (from, to) = year.bounds();
        let starts = year.starts();
        let lasts = starts.iter().skip(1).map(|start| start.at).chain([to]);
        for (start, end) in starts.iter().zip(lasts) {
            for at in [start.at, Timestamp::from_millis(end.as_millis() - 1)] {
                quarter_is_right(&year, &starts, &zone, moment(at));
            }
        }
        // Three days around every change of the clock, quarter by quarter.
        for change in zone.following(moment(from)).take_while(|change| timestamp(change.timestamp()) < to) {
            let day = change.offset().to_datetime(change.timestamp()).date();
            let (first, last) = (after(day, -1).to_string(), after(day, 1).to_string());
            for interval in [Interval::Hour, Interval::Day] {
                every_quarter_is_right(&range(&first, &last, name, interval), &zone);
            }
        }
    }
}

fn every_quarter_is_right(range: &Range, zone: &TimeZone) {
    let starts = range.starts();
    let (from, to) = range.bounds();
    assert_eq!(starts[0].at, from);
    let mut used = vec![false; starts.len()];
    let mut at = moment(from);
    while timestamp(at) < to {
        used[quarter_is_right(range, &starts, zone, at)] = true;
        at += SignedDuration::from_mins(15);
    }
    assert!(used.iter().all(|used| *used), "a point of {zone:?} has no time in it");
}

fn quarter_is_right(range: &Range, starts: &[Start], zone: &TimeZone, at: jiff::Timestamp) -> usize {
    let local = zone.to_datetime(at);
    let index = place(starts, timestamp(at)).unwrap();
    let label = &starts[index].label;
    if range.interval == Interval::Hour {
        assert_eq!(label[..13], local.strftime("%Y-%m-%dT%H").to_string(), "{zone:?} {at}");
        assert_eq!(label[16..], clock(zone.to_offset(at).seconds()), "{zone:?} {at}");
    } else {
        assert_eq!(*label, local.date().to_string(), "{zone:?} {at}");
    }
    index
}

#[test]
fn segments_follow_each_other_and_tell_the_local_time() {
    for zone in every_zone() {
        let Some(name) = zone.iana_name() else { continue };
        let range = range("2026-01-01", "2026-12-31", name, Interval::Month);
        let (from, to) = range.bounds();
        let segments = range.segments();
        assert_eq!((segments[0].from, segments[segments.len() - 1].to), (from, to), "{name}");
        for pair in segments.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "{name}");
            assert_ne!(pair[0].offset, pair[1].offset, "{name}: one segment would do");
        }
        for segment in &segments {
            for at in [segment.from, Timestamp::from_millis(segment.to.as_millis() - 1)] {
                assert_eq!(zone.to_offset(moment(at)).seconds(), segment.offset, "{name}");
            }
        }
    }
}

#[test]
fn the_hour_that_clocks_skip_is_no_point_and_the_one_they_repeat_is_two() {
    let spring = labels(&range("2026-03-29", "2026-03-29", "Europe/Berlin", Interval::Hour));
    assert_eq!(spring.len(), 23);
    assert_eq!(spring[1..3], ["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"]);
    let autumn = labels(&range("2026-11-01", "2026-11-01", "America/New_York", Interval::Hour));
    assert_eq!(autumn.len(), 25);
    assert_eq!(autumn[1..3], ["2026-11-01T01:00-04:00", "2026-11-01T01:00-05:00"]);
}

#[test]
fn half_an_hour_is_moved_where_half_an_hour_is_moved() {
    let spring = labels(&range("2026-10-04", "2026-10-04", "Australia/Lord_Howe", Interval::Hour));
    assert_eq!(spring[1..4], ["2026-10-04T01:00+10:30", "2026-10-04T02:30+11:00", "2026-10-04T03:00+11:00"]);
    let autumn = labels(&range("2026-04-05", "2026-04-05", "Australia/Lord_Howe", Interval::Hour));
    assert_eq!(autumn[1..4], ["2026-04-05T01:00+11:00", "2026-04-05T01:30+10:30", "2026-04-05T02:00+10:30"]);
}

#[test]
fn offsets_need_not_be_whole_hours() {
    let day = range("2026-11-01", "2026-11-01", "Asia/Kathmandu", Interval::Hour);
    assert_eq!(day.starts()[13].label, "2026-11-01T13:00+05:45");
    assert_eq!(day.segments()[0].offset, 5 * 3_600 + 45 * 60);
    assert_eq!(day.bounds().0, timestamp("2026-10-31T18:15:00Z".parse().unwrap()));
}

#[test]
fn a_day_without_midnight_begins_when_it_begins() {
    let (from, to) = range("2026-03-29", "2026-03-29", "Asia/Beirut", Interval::Day).bounds();
    assert_eq!(from, timestamp("2026-03-28T22:00:00Z".parse().unwrap()), "at 1:00 local time");
    assert_eq!(to.since(from).get(), 23 * 3_600_000);
}

#[test]
fn weeks_begin_on_monday_and_months_on_the_first_and_the_range_cuts_both() {
    let weeks = range("2026-10-28", "2026-11-10", "Asia/Kolkata", Interval::Week);
    assert_eq!(labels(&weeks), ["2026-10-28", "2026-11-02", "2026-11-09"]);
    let months = range("2026-10-28", "2027-01-02", "Asia/Kolkata", Interval::Month);
    assert_eq!(labels(&months), ["2026-10-28", "2026-11-01", "2026-12-01", "2027-01-01"]);
}

#[test]
fn the_range_before_has_as_many_days_and_ends_where_this_one_begins() {
    let week = range("2026-10-26", "2026-11-01", "America/New_York", Interval::Day);
    let before = week.previous();
    assert_eq!(labels(&before).first().unwrap(), "2026-10-19");
    assert_eq!(labels(&before).len(), 7);
    assert_eq!(before.bounds().1, week.bounds().0);
}

#[test]
fn what_is_wrong_with_a_question_is_said_of_each_field() {
    let day = Interval::Day;
    for (query, fields) in [
        (query("yesterday", "2026-02-30", "Mars/Olympus", day), vec!["from", "to", "zone"]),
        (query("2026-11-01T10:00", "2026-11-01Z", "", day), vec!["from", "to", "zone"]),
        (query("2024-12-31", "2100-01-01", "Etc/Unknown", day), vec!["from", "to", "zone"]),
        (query("+002026-11-01", "-009999-01-01", &"x".repeat(10_000), day), vec!["from", "to", "zone"]),
        (query("2026-11-02", "2026-11-01", "UTC", day), vec!["to"]),
        (query("2026-01-01", "2027-01-02", "UTC", day), vec!["to"]),
        (query("2026-01-01", "2026-02-01", "UTC", Interval::Hour), vec!["to"]),
    ] {
        let problems = Range::of(&query).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), fields);
    }
    range("2028-01-01", "2028-12-31", "UTC", day);
    range("2026-01-01", "2026-01-31", "utc", Interval::Hour);
    range("2025-01-01", "2025-01-01", "Asia/Kolkata", day).previous();
    range("2099-12-31", "2099-12-31", "Pacific/Kiritimati", day);
}
