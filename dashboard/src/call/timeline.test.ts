import { describe, expect, it } from "vitest";
import type { CallLeg, TimelineEntry } from "../generated/api";
import { layoutOf, roomFor } from "./timeline";

const leg = (number: number, tookPart = true): CallLeg => ({
  leg: number,
  role: number === 0 ? "caller" : "callee",
  cuid: number === 0 ? "alice_1" : "bob_22",
  deviceId: `device-${number}`,
  platform: "web",
  system: null,
  sdk: null,
  network: null,
  tookPart,
  quality: null,
});

/** Events as `name`, whose leg and how long after the one before. */
function timeline(...events: readonly (readonly [string, number | null, number])[]): TimelineEntry[] {
  let at = 1000;
  return events.map(([event, whose, delay]) => {
    at += delay;
    return { at, sincePlaced: at - 1000, delay, leg: whose, event, sentence: event };
  });
}

const answered = timeline(
  ["placed", 0, 0],
  ["offered", 1, 5],
  ["offered", 2, 0],
  ["ringing", 1, 80],
  ["ringing", 2, 40],
  ["answered", 2, 6000],
  ["connected", null, 300],
  ["ended", null, 3_600_000],
);

const phases = (events: TimelineEntry[], legs: CallLeg[]) => {
  const { lanes, marks } = layoutOf(legs, events);
  const event = (at: number) => marks.find((mark) => mark.at === at)?.entry.event;
  return lanes.map(({ segments }) => segments.map(({ phase, from, to }) => [phase, event(from), event(to)]));
};

describe("the marks", () => {
  const { marks } = layoutOf([leg(0), leg(1, false), leg(2)], answered);

  it("go from the first event at 0 to the last at 1, never two at one place", () => {
    expect(marks[0]?.at).toBe(0);
    expect(marks.at(-1)?.at).toBe(1);
    for (const [index, { at }] of marks.entries()) expect(at).toBeGreaterThan(marks[index - 1]?.at ?? -1);
  });

  it("are numbered in order, each on the lane of its device", () => {
    expect(marks.map(({ number, lane }) => [number, lane])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 2],
      [6, 2],
      [7, null],
      [8, null],
    ]);
  });

  it("leave more room for a longer delay, but an hour does not push the seconds aside", () => {
    expect(roomFor(6000)).toBeGreaterThan(roomFor(300));
    expect(roomFor(3_600_000)).toBeLessThan(4 * roomFor(6000));
    expect(roomFor(0)).toBeGreaterThan(0);
  });
});

describe("the lanes", () => {
  it("follow each device from its first part in the call to its last", () => {
    expect(phases(answered, [leg(0), leg(1, false), leg(2)])).toEqual([
      [
        ["reaching", "placed", "ringing"],
        ["ringing", "ringing", "answered"],
        ["connecting", "answered", "connected"],
        ["talking", "connected", "ended"],
      ],
      [
        ["reaching", "offered", "ringing"],
        ["ringing", "ringing", "answered"],
      ],
      [
        ["reaching", "offered", "ringing"],
        ["ringing", "ringing", "answered"],
        ["connecting", "answered", "connected"],
        ["talking", "connected", "ended"],
      ],
    ]);
  });

  it("show when a device was away, and what it came back to", () => {
    const events = timeline(
      ["placed", 0, 0],
      ["offered", 1, 5],
      ["ringing", 1, 80],
      ["answered", 1, 900],
      ["connected", null, 300],
      ["away", 0, 5000],
      ["back", 0, 2000],
      ["ended", null, 1000],
    );
    expect(phases(events, [leg(0)])[0]?.slice(3)).toEqual([
      ["talking", "connected", "away"],
      ["away", "away", "back"],
      ["talking", "back", "ended"],
    ]);
  });

  it("show when the call was on hold, for both, until the last of the two goes on", () => {
    const events = timeline(
      ["placed", 0, 0],
      ["offered", 1, 5],
      ["ringing", 1, 80],
      ["answered", 1, 900],
      ["connected", null, 300],
      ["held", 1, 5000],
      ["held", 0, 2000],
      ["resumed", 1, 2000],
      ["resumed", 0, 2000],
      ["ended", null, 1000],
    );
    for (const lane of phases(events, [leg(0), leg(1)])) {
      expect(lane.slice(-3)).toEqual([
        ["talking", "connected", "held"],
        ["held", "held", "resumed"],
        ["talking", "resumed", "ended"],
      ]);
    }
  });

  it("go over to the device that took the call, which may hold it", () => {
    const events = timeline(
      ["placed", 0, 0],
      ["offered", 1, 5],
      ["ringing", 1, 80],
      ["answered", 1, 900],
      ["connected", null, 300],
      ["held", 1, 5000],
      ["taken_over", 2, 2000],
      ["resumed", 2, 2000],
      ["ended", null, 1000],
    );
    const [, first, second] = phases(events, [leg(0), leg(1), leg(2)]);
    expect(first?.at(-1)).toEqual(["held", "held", "taken_over"]);
    expect(second).toEqual([
      ["held", "taken_over", "resumed"],
      ["talking", "resumed", "ended"],
    ]);
  });

  it("ring until the end where nobody answers", () => {
    const events = timeline(["placed", 0, 0], ["offered", 1, 5], ["ringing", 1, 80], ["ended", null, 30_000]);
    expect(phases(events, [leg(0), leg(1)])).toEqual([
      [
        ["reaching", "placed", "ringing"],
        ["ringing", "ringing", "ended"],
      ],
      [
        ["reaching", "offered", "ringing"],
        ["ringing", "ringing", "ended"],
      ],
    ]);
  });

  it("go as far as anything is known where the server stopped", () => {
    const events = timeline(
      ["placed", 0, 0],
      ["offered", 1, 5],
      ["ringing", 1, 80],
      ["answered", 1, 500],
      ["keyed", 0, 50],
    );
    expect(phases(events, [leg(0)])[0]?.at(-1)).toEqual(["connecting", "answered", "keyed"]);
  });

  it("are empty where nothing is known", () => {
    expect(layoutOf([leg(0)], [])).toEqual({ marks: [], lanes: [{ leg: leg(0), segments: [] }] });
    expect(layoutOf([leg(0)], timeline(["placed", 0, 0])).lanes[0]?.segments).toEqual([]);
  });
});
