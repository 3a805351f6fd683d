/**
 * The bounds of an account's settings, and what the fields on the page mean in the request.
 * The server has the last word; these say it before anything is sent.
 */
import type { CallSettings } from "../generated/api";

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** In the units of the page: seconds, and minutes for the longest call. */
export const BOUNDS = {
  ringTimeout: { min: 2, max: 120 },
  connectTimeout: { min: 2, max: 60 },
  maxDuration: { min: 1, max: 240 },
  retentionDays: { min: 1, max: 3650 },
} as const satisfies Record<string, Bounds>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Call settings as the page shows them. */
export interface CallFields {
  readonly ringTimeout: number | string;
  readonly connectTimeout: number | string;
  readonly maxDuration: number | string;
  readonly devices: CallSettings["devices"];
}

export function callFields({ ringTimeout, connectTimeout, maxDuration, devices }: CallSettings): CallFields {
  return {
    ringTimeout: ringTimeout / SECOND,
    connectTimeout: connectTimeout / SECOND,
    maxDuration: maxDuration / MINUTE,
    devices,
  };
}

export function callSettings({ ringTimeout, connectTimeout, maxDuration, devices }: CallFields): CallSettings {
  return {
    ringTimeout: Math.round(Number(ringTimeout) * SECOND),
    connectTimeout: Math.round(Number(connectTimeout) * SECOND),
    maxDuration: Math.round(Number(maxDuration) * MINUTE),
    devices,
  };
}

/** A rule for a number field, which holds text while somebody types. */
export function within({ min, max }: Bounds, unit: string): (value: number | string) => string | null {
  const rule = `Enter ${min.toLocaleString("en")} to ${max.toLocaleString("en")} ${unit}.`;
  return (value) => {
    const number = value === "" ? Number.NaN : Number(value);
    return number >= min && number <= max ? null : rule;
  };
}

const ORIGINS_MAX = 50;

/** The lines of the field as origins: without blanks, empty lines, repetitions and a last slash. */
export function originList(text: string): string[] {
  const lines = text.split(/[\s,]+/).map((line) => line.replace(/\/+$/, ""));
  return [...new Set(lines.filter((line) => line !== ""))];
}

export function origins(text: string): string | null {
  const list = originList(text);
  if (list.length > ORIGINS_MAX) return `There are at most ${ORIGINS_MAX} origins.`;
  const wrong = list.find((origin) => !isOrigin(origin));
  return wrong === undefined
    ? null
    : `${wrong} is no origin. Enter one such as https://shop.example.com, without a path.`;
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(text)) return false;
  return URL.canParse(text);
}
