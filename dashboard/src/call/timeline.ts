/**
 * Where everything of a call's timeline is drawn: one lane for each device, time from left to right.
 *
 * A call rings for seconds, its events are milliseconds apart and it may last an hour. On an even scale all that is of
 * interest would be one blot, so the scale is bent: every step between two events has the same room at least, and more
 * by the logarithm of how long it took. The delays are written where the eye can no longer measure them.
 */
import type { CallLeg, TimelineEntry } from "../generated/api";

/** What a device is in at a time. */
export type Phase = "reaching" | "ringing" | "connecting" | "talking" | "away";

export interface Segment {
  readonly phase: Phase;
  /** In parts of the whole width, 0 to 1. */
  readonly from: number;
  readonly to: number;
}

export interface Lane {
  readonly leg: CallLeg;
  readonly segments: readonly Segment[];
}

export interface Mark {
  /** Counts from 1, as in the table of events. */
  readonly number: number;
  readonly at: number;
  /** Index of its lane; none if it is not of one device. */
  readonly lane: number | null;
  readonly entry: TimelineEntry;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
}

export function layoutOf(legs: readonly CallLeg[], timeline: readonly TimelineEntry[]): Layout {
  const places = placesOf(timeline);
  const marks = timeline.map((entry, index): Mark => {
    const lane = legs.findIndex(({ leg }) => leg === entry.leg);
    return { number: index + 1, at: places[index] ?? 0, lane: lane < 0 ? null : lane, entry };
  });
  return { marks, lanes: legs.map((leg) => ({ leg, segments: segmentsOf(leg, marks) })) };
}

/** Of a step that takes no time; a step of this many times {@link BEND} has about as much again for each doubling. */
const LEAST = 1;

/** In milliseconds. Shorter: long steps take less of the room from short ones; longer: more. */
const BEND = 200;

/** How much room a delay takes beside others. */
export function roomFor(delay: number): number {
  return LEAST + Math.log2(1 + Math.max(0, delay) / BEND);
}

/** The events' places, from 0 to 1, in order and never two at one. */
function placesOf(timeline: readonly TimelineEntry[]): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (const [index, { delay }] of timeline.entries()) {
    if (index > 0) sum += roomFor(delay);
    sums.push(sum);
  }
  return sum === 0 ? sums : sums.map((place) => place / sum);
}

/** Follows one device through the events; `null` is before it has a part in the call and after. */
function segmentsOf({ leg, role }: CallLeg, marks: readonly Mark[]): Segment[] {
  const segments: Segment[] = [];
  let phase: Phase | null = null;
  let kept: Phase | null = null;
  let since = 0;
  for (const { at, entry } of marks) {
    const own = entry.leg === leg;
    const next = after(phase, kept, entry.event, own, role);
    if (next === phase) continue;
    if (phase !== null && at > since) segments.push({ phase, from: since, to: at });
    if (next === "away") kept = phase;
    else if (phase === "away") kept = null;
    phase = next;
    since = at;
  }
  // A call whose server stopped has no end; its lanes go as far as anything is known.
  const last = marks.at(-1)?.at ?? 0;
  if (phase !== null && last > since) segments.push({ phase, from: since, to: last });
  return segments;
}

function after(
  phase: Phase | null,
  kept: Phase | null,
  event: string,
  own: boolean,
  role: CallLeg["role"],
): Phase | null {
  const caller = role === "caller";
  switch (event) {
    case "placed":
      return caller ? "reaching" : phase;
    case "offered":
      return own ? "reaching" : phase;
    case "ringing":
      return phase === "reaching" && (own || caller) ? "ringing" : phase;
    case "answered":
      // The callee's other devices stop ringing.
      return caller || own ? "connecting" : null;
    case "connected":
      return phase === null ? null : "talking";
    case "away":
      return own && phase !== null ? "away" : phase;
    case "back":
      return own && phase === "away" ? kept : phase;
    case "ended":
      return null;
    default:
      return phase;
  }
}
