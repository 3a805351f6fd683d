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
  readonly decline: CallSettings["decline"];
}

export function callFields({ ringTimeout, connectTimeout, maxDuration, ...choices }: CallSettings): CallFields {
  return {
    ...choices,
    ringTimeout: ringTimeout / SECOND,
    connectTimeout: connectTimeout / SECOND,
    maxDuration: maxDuration / MINUTE,
  };
}

export function callSettings({ ringTimeout, connectTimeout, maxDuration, ...choices }: CallFields): CallSettings {
  return {
    ...choices,
    ringTimeout: Math.round(Number(ringTimeout) * SECOND),
    connectTimeout: Math.round(Number(connectTimeout) * SECOND),
    maxDuration: Math.round(Number(maxDuration) * MINUTE),
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

const TURN_URLS_MAX = 4;

/** The lines of the field as addresses of one TURN server, each once. */
export function turnUrlList(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((line) => line !== ""))];
}

export function turnUrls(text: string): string | null {
  const list = turnUrlList(text);
  if (list.length === 0) return "Enter an address such as turn:turn.shop.example:3478.";
  if (list.length > TURN_URLS_MAX) return `One server has at most ${TURN_URLS_MAX} addresses.`;
  const wrong = list.find((url) => !isTurn(url));
  if (wrong === undefined) return null;
  return /^turns:.*transport=udp$/.test(wrong)
    ? `${wrong} works in no browser. TLS goes over TCP: enter turns:…?transport=tcp.`
    : `${wrong} is no address of a TURN server. It begins with turn: or turns:, then come host and port.`;
}

/** As RFC 7065 has it, and as browsers take it. */
function isTurn(text: string): boolean {
  const parts = /^(turns?):(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/.exec(text);
  if (parts === null) return false;
  const [, scheme, host = "", port = "1", transport] = parts;
  const labels = host.startsWith("[") ? [host] : host.split(".");
  const portFits = Number(port) >= 1 && Number(port) <= 65_535;
  return portFits && labels.every((label) => label !== "") && !(scheme === "turns" && transport === "udp");
}

const SECRET = { min: 8, max: 200 };

export function turnSecret(text: string): string | null {
  const length = [...text.trim()].length;
  if (length >= SECRET.min && length <= SECRET.max) return null;
  return `Enter the secret of the server, ${SECRET.min} to ${SECRET.max} characters.`;
}
