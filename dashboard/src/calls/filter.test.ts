import { describe, expect, it } from "vitest";
import { askedOf, filterFrom, isCallId, isFiltered, type LogFilter, queryFor } from "./filter";

const own = "Europe/Berlin";

describe("the log's address", () => {
  const filters: LogFilter[] = [
    { zone: own },
    { zone: own, cuid: "alice_1", status: "failed" },
    {
      zone: "Asia/Kolkata",
      reason: "ring_timeout",
      platform: "ios",
      quality: "poor",
      from: "2026-10-25",
      to: "2026-11-01",
    },
  ];

  it.each(filters)("gives back the filter that was put in: %j", (filter) => {
    expect(filterFrom(new URLSearchParams(queryFor(filter, own).toString()), own)).toEqual(filter);
  });

  it("does not filter by what makes no sense", () => {
    const query = new URLSearchParams(
      "cuid=%20&status=ended&reason=x&platform=tv&quality=4&from=soon&to=2026-02-31&zone=x",
    );
    expect(filterFrom(query, own)).toEqual({ zone: own });
  });
});

it("the server is asked for whole days of the zone, across a change of the clocks", () => {
  expect(askedOf({ zone: own, from: "2026-10-25", to: "2026-10-25", status: "over" })).toEqual({
    status: "over",
    from: Date.parse("2026-10-25T00:00:00+02:00"),
    to: Date.parse("2026-10-26T00:00:00+01:00"),
  });
});

it("a zone alone filters nothing", () => {
  expect(isFiltered({ zone: "UTC" })).toBe(false);
  expect(isFiltered({ zone: "UTC", to: "2026-10-25" })).toBe(true);
});

it("tells a call's id from a user's", () => {
  expect(
    ["0193f2a4-7b1c-7def-8123-456789abcdef", "0193F2A4-7B1C-7DEF-8123-456789ABCDEF", "alice_1"].map(isCallId),
  ).toEqual([true, true, false]);
});
