/** A moment as the clocks of a zone show it, which need not be the zone of the viewer's machine. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `21 Nov 2026, 14:03:09`. */
export function momentText(at: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format.format(at);
}

/** `14:03:09.250`: for what happened within seconds of each other. */
export function instantText(at: number, zone: string): string {
  const [, clock = ""] = momentText(at, zone).split(", ");
  return `${clock}.${String(at % 1000).padStart(3, "0")}`;
}
