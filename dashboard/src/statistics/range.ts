/** Which days the figures are of, and how the address of the page says it. */
import type { Interval, StatisticsQuery } from "../generated/api";
import { addDays, type Day, dayAt, daysBetween, isDay, isZone } from "./zone";

/** What the viewer chose. `today`, `7d` and `30d` move on with the clock; a custom range stays where it is. */
export type Duration =
  | { readonly kind: "today" }
  | { readonly kind: "7d" }
  | { readonly kind: "30d" }
  | { readonly kind: "custom"; readonly from: Day; readonly to: Day };

export interface Choice {
  readonly duration: Duration;
  /** The zone whose days are counted. */
  readonly zone: string;
  /** What the viewer asked for; `intervalOf` decides what fits. */
  readonly interval?: Interval;
}

/** Both ends included. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** The server's own bound. */
export const MOST_DAYS = 366;

/** Hours of more days than these are too many bars to tell apart. */
const MOST_DAYS_BY_HOUR = 7;

/** The days of a duration: the last 7 days are today and the six before. */
export function daysOf(duration: Duration, now: number, zone: string): DayRange {
  if (duration.kind === "custom") return { from: duration.from, to: duration.to };
  const to = dayAt(now, zone);
  return { from: addDays(to, 1 - LENGTHS[duration.kind]), to };
}

const LENGTHS = { today: 1, "7d": 7, "30d": 30 } as const;

/** The intervals that make a readable chart of the range. */
export function intervalsFor({ from, to }: DayRange): readonly Interval[] {
  return daysBetween(from, to) <= MOST_DAYS_BY_HOUR ? ["hour", "day", "week", "month"] : ["day", "week", "month"];
}

/** The interval asked for if it fits, else the usual one: hours of a single day, days of several. */
export function intervalOf(choice: Choice, range: DayRange): Interval {
  if (choice.interval !== undefined && intervalsFor(range).includes(choice.interval)) return choice.interval;
  return range.from === range.to ? "hour" : "day";
}

/** What the server is asked. */
export function queryOf(choice: Choice, now: number): StatisticsQuery {
  const range = daysOf(choice.duration, now, choice.zone);
  return { ...range, zone: choice.zone, interval: intervalOf(choice, range) };
}

/** Why a custom range cannot be shown; none if it can. */
export function rangeProblem({ from, to }: DayRange): string | null {
  if (!isDay(from) || !isDay(to)) return "Choose a first and a last day.";
  if (to < from) return "The last day is before the first.";
  if (daysBetween(from, to) > MOST_DAYS) return `Choose at most ${MOST_DAYS} days.`;
  return null;
}

/** What the page's address says; whatever it does not say, or says wrongly, is as for a first visit. */
export function choiceFrom(query: URLSearchParams, ownZone: string): Choice {
  const zone = query.get("zone");
  const interval = INTERVALS.find((known) => known === query.get("interval"));
  return {
    duration: durationFrom(query),
    zone: zone !== null && isZone(zone) ? zone : ownZone,
    ...(interval === undefined ? {} : { interval }),
  };
}

/** The address for a choice; the viewer's own zone is left out, so that a shared link shows everybody their days. */
export function queryFor({ duration, zone, interval }: Choice, ownZone: string): URLSearchParams {
  const query = new URLSearchParams();
  if (duration.kind !== USUAL.kind) query.set("range", duration.kind);
  if (duration.kind === "custom") {
    query.set("from", duration.from);
    query.set("to", duration.to);
  }
  if (interval !== undefined) query.set("interval", interval);
  if (zone !== ownZone) query.set("zone", zone);
  return query;
}

const INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];
const USUAL: Duration = { kind: "7d" };

function durationFrom(query: URLSearchParams): Duration {
  const kind = query.get("range");
  if (kind === "today" || kind === "30d") return { kind };
  if (kind === "custom") {
    const range = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
    if (rangeProblem(range) === null) return { kind, ...range };
  }
  return USUAL;
}

/** `2026-11-01` or `2026-11-01 to 2026-11-07`. */
export function rangeText({ from, to }: DayRange): string {
  return from === to ? from : `${from} to ${to}`;
}
