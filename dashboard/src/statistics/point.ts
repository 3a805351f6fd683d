/** What a point of a series is called, in the table and on an axis. */
import type { Interval, Point } from "../generated/api";

/**
 * For the table and the exports: the local time as the server wrote it, which sorts as text. The hour keeps its offset,
 * because the hour in which clocks are put back comes twice.
 */
export function pointName({ label }: Point, interval: Interval): string {
  switch (interval) {
    case "hour":
      return label.replace("T", " ");
    case "month":
      return label.slice(0, 7);
    default:
      return label;
  }
}

/** For an axis: `13:00`, `3 Nov`, `Nov 2026`. */
export function pointTick({ label }: Point, interval: Interval): string {
  if (interval === "hour") return label.slice(11, 16);
  const day = new Date(`${label.slice(0, 10)}T00:00:00Z`);
  return (interval === "month" ? MONTH : DAY).format(day);
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
