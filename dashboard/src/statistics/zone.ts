/**
 * Days in a time zone. A day is written `2026-11-01` wherever it has no zone yet; this module alone turns days into
 * moments and back. The browser's own zone data decide, as they do for every clock that the viewer sees.
 */

/** A calendar day without a zone, `YYYY-MM-DD`; such texts sort by time. */
export type Day = string;

/** The zone of the viewer's machine. */
export function viewersZone(): string {
  return presentName(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
}

/**
 * Browsers go on calling some zones by the names of decades ago; nobody in Kolkata or Kyiv would look for those. Both
 * names mean the same zone everywhere.
 */
const PRESENT_NAMES: ReadonlyMap<string, string> = new Map([
  ["America/Buenos_Aires", "America/Argentina/Buenos_Aires"],
  ["America/Godthab", "America/Nuuk"],
  ["Asia/Calcutta", "Asia/Kolkata"],
  ["Asia/Katmandu", "Asia/Kathmandu"],
  ["Asia/Rangoon", "Asia/Yangon"],
  ["Asia/Saigon", "Asia/Ho_Chi_Minh"],
  ["Atlantic/Faeroe", "Atlantic/Faroe"],
  ["Europe/Kiev", "Europe/Kyiv"],
  ["Pacific/Ponape", "Pacific/Pohnpei"],
  ["Pacific/Truk", "Pacific/Chuuk"],
]);

function presentName(zone: string): string {
  const present = PRESENT_NAMES.get(zone);
  return present !== undefined && isZone(present) ? present : zone;
}

/** Whether the browser knows the zone. */
export function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}

/** Every zone to choose from, the given ones included: the browser's list leaves out UTC and older names. */
export function zones(...besides: readonly string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone").map(presentName), "UTC", ...besides])].sort();
}

/** The day that the calendar on the wall shows. */
export function dayAt(moment: number, zone: string): Day {
  const parts = new Map(
    dayFormat(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
}

/** So many days later, or earlier. */
export function addDays(day: Day, days: number): Day {
  return new Date(utcOf(day) + days * DAY).toISOString().slice(0, 10);
}

/** How many days there are from the first to the last, both included. */
export function daysBetween(first: Day, last: Day): number {
  return Math.round((utcOf(last) - utcOf(first)) / DAY) + 1;
}

/** Whether the text is a day of the calendar: `2026-02-30` is not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = utcOf(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/**
 * The first moment of a day. That is not always 0:00: where clocks are put forward at midnight, the day begins at
 * 1:00. Therefore the calendar is asked until the minute is found at which it turns; no zone has been further than
 * fifteen hours from UTC or turned within a minute.
 */
export function startOfDay(day: Day, zone: string): number {
  let before = utcOf(day) - 15 * HOUR;
  let after = utcOf(day) + 15 * HOUR;
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
    if (dayAt(middle, zone) < day) before = middle;
    else after = middle;
  }
  return after;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function utcOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a thousand times as much as using it. */
function dayFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}
