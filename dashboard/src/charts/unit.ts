/** How a figure of each unit reads for people, and as which plain number it is exported. */

/**
 * What a figure counts. `share` is 0 to 1, `duration` and `latency` are milliseconds; a duration is something that
 * people wait or talk, a latency something that only machines notice.
 */
export type Unit = "count" | "share" | "duration" | "latency" | "score";

export interface UnitRule {
  /** For people. */
  readonly text: (value: number) => string;
  /** What a heading of an exported column adds, because an exported cell is a bare number. */
  readonly suffix: string;
  /** The bare number. */
  readonly exported: (value: number) => number;
  /** How a spreadsheet shows the bare number. */
  readonly format: string;
}

export const UNITS: Readonly<Record<Unit, UnitRule>> = {
  count: { text: countText, suffix: "", exported: (value) => value, format: "#,##0" },
  share: { text: shareText, suffix: " (%)", exported: (value) => rounded(value * 100, 2), format: "0.00" },
  duration: { text: durationText, suffix: " (s)", exported: (value) => rounded(value / 1000, 3), format: "0.000" },
  latency: {
    text: (value) => `${countText(Math.round(value))} ms`,
    suffix: " (ms)",
    exported: (value) => rounded(value, 1),
    format: "0.0",
  },
  score: { text: (value) => value.toFixed(2), suffix: "", exported: (value) => rounded(value, 2), format: "0.00" },
};

const COUNT = new Intl.NumberFormat("en");

/** `12,345`. */
export function countText(value: number): string {
  return COUNT.format(value);
}

/** `12.3%`; whole per cents lose the decimal, and what is little is never called nothing. */
export function shareText(value: number): string {
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  // 99.96 % is not everything, so it must not round up to it.
  if (percent < 100 && percent > 99.9) return ">99.9%";
  return `${rounded(percent, 1)}%`;
}

/** `350 ms`, `4.2 s`, `38 s`, `3 min 20 s`, `2 h 5 min`, `120 h`: two steps of the clock at most. */
export function durationText(millis: number): string {
  // Nothing is nothing on any clock.
  if (millis === 0) return "0 s";
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 9950) return `${rounded(millis / 1000, 1)} s`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return steps(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  // Beside a hundred hours nobody counts minutes.
  if (minutes >= 6000) return `${countText(Math.round(minutes / 60))} h`;
  return steps(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** `4:07`, `1:02:07`: what a running call has come to. */
export function clockText(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

function steps(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const whole = `${countText(large)} ${largeUnit}`;
  return small === 0 ? whole : `${whole} ${small} ${smallUnit}`;
}

function rounded(value: number, digits: number): number {
  const power = 10 ** digits;
  return Math.round(value * power) / power;
}
