/**
 * Where everything of a call's timeline is drawn: one lane for each device, time from left to right.
 *
 * A call rings for seconds, its events are milliseconds apart and it may last an hour. On an even scale all that is of
 * interest would be one blot, so the scale is bent: every step between two events has the same room at least, and more
 * by the logarithm of how long it took. The delays are written where the eye can no longer measure them.
 */
import type { CallLeg, TimelineEntry } from "../generated/api";

/** What a device is in at a time. */
export type Phase = "reaching" | "ringing" | "connecting" | "talking" | "held" | "away";

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
  return { marks, lanes: legs.map((leg) => ({ leg, segments: segmentsOf(leg, legs, marks) })) };
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

/** How one device is doing at a moment. */
interface Standing {
  /** Its part in the call; none before it has one and after. */
  readonly part: Exclude<Phase, "held" | "away"> | null;
  readonly away: boolean;
  /** Who holds the call, whichever device it was done on. */
  readonly holders: ReadonlySet<CallLeg["role"]>;
}

/** Follows one device through the events. */
function segmentsOf(leg: CallLeg, legs: readonly CallLeg[], marks: readonly Mark[]): Segment[] {
  const segments: Segment[] = [];
  let standing: Standing = { part: null, away: false, holders: new Set() };
  let since = 0;
  const close = (at: number) => {
    const phase = phaseOf(standing);
    if (phase !== null && at > since) segments.push({ phase, from: since, to: at });
  };
  for (const { at, entry } of marks) {
    const next = after(
      standing,
      entry.event,
      leg,
      legs.find((other) => other.leg === entry.leg),
    );
    if (phaseOf(next) !== phaseOf(standing)) {
      close(at);
      since = at;
    }
    standing = next;
  }
  // A call whose server stopped has no end; its lanes go as far as anything is known.
  close(marks.at(-1)?.at ?? 0);
  return segments;
}

function phaseOf({ part, away, holders }: Standing): Phase | null {
  if (part === null) return null;
  if (away) return "away";
  return part === "talking" && holders.size > 0 ? "held" : part;
}

/** `by` is the leg of the event, if it is one leg's. */
function after(standing: Standing, event: string, leg: CallLeg, by: CallLeg | undefined): Standing {
  const { part, holders } = standing;
  const own = by?.leg === leg.leg;
  const caller = leg.role === "caller";
  switch (event) {
    case "placed":
    case "offered":
      return own ? { ...standing, part: "reaching" } : standing;
    case "ringing":
      return part === "reaching" && (own || caller) ? { ...standing, part: "ringing" } : standing;
    case "answered":
      // The callee's other devices stop ringing.
      return { ...standing, part: part !== null && (caller || own) ? "connecting" : null };
    case "connected":
      return part === null ? standing : { ...standing, part: "talking" };
    case "taken_over":
      if (own) return { ...standing, part: "talking", away: false };
      return by?.role === leg.role ? { ...standing, part: null } : standing;
    case "held":
    case "resumed":
      return by === undefined ? standing : { ...standing, holders: changed(holders, by.role, event === "held") };
    case "away":
      return own ? { ...standing, away: true } : standing;
    case "back":
      return own ? { ...standing, away: false } : standing;
    case "ended":
      return { ...standing, part: null };
    default:
      return standing;
  }
}

function changed<Item>(set: ReadonlySet<Item>, item: Item, isIn: boolean): ReadonlySet<Item> {
  const others = [...set].filter((other) => other !== item);
  return new Set(isIn ? [...others, item] : others);
}
