/** Times in words. */
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const UNITS: readonly { readonly unit: Intl.RelativeTimeFormatUnit; readonly millis: number }[] = [
  { unit: "year", millis: 365 * 86_400_000 },
  { unit: "month", millis: 30 * 86_400_000 },
  { unit: "day", millis: 86_400_000 },
  { unit: "hour", millis: 3_600_000 },
  { unit: "minute", millis: 60_000 },
];

/** Down to the second, with the zone. */
export function exactly(date: Date): string {
  return EXACT.format(date);
}

/** Such as `5 minutes ago` or `in 3 days`; less than a minute is `just now`. */
export function roughly(at: number, now: number): string {
  const distance = at - now;
  const unit = UNITS.find(({ millis }) => Math.abs(distance) >= millis);
  return unit === undefined ? "just now" : RELATIVE.format(Math.trunc(distance / unit.millis), unit.unit);
}
