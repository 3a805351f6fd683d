import { describe, expect, it } from "vitest";
import {
  type Choice,
  choiceFrom,
  daysOf,
  intervalOf,
  intervalsFor,
  queryFor,
  queryOf,
  rangeProblem,
  rangeText,
} from "./range";

const at = (text: string) => Date.parse(text);

describe("the days of a duration", () => {
  it("are the viewer's: late in the evening in Delhi is tomorrow already", () => {
    const now = at("2026-11-20T19:00:00Z");
    expect(daysOf({ kind: "today" }, now, "UTC")).toEqual({ from: "2026-11-20", to: "2026-11-20" });
    expect(daysOf({ kind: "today" }, now, "Asia/Kolkata")).toEqual({ from: "2026-11-21", to: "2026-11-21" });
  });

  it("are seven and thirty days with today, also when the clocks change in between", () => {
    const now = at("2026-10-26T23:30:00+01:00");
    expect(daysOf({ kind: "7d" }, now, "Europe/Berlin")).toEqual({ from: "2026-10-20", to: "2026-10-26" });
    expect(daysOf({ kind: "30d" }, now, "Europe/Berlin")).toEqual({ from: "2026-09-27", to: "2026-10-26" });
  });
});

describe("the interval", () => {
  const week = { from: "2026-11-01", to: "2026-11-07" };
  const choice = (interval?: Choice["interval"]): Choice => ({
    duration: { kind: "7d" },
    zone: "UTC",
    ...(interval === undefined ? {} : { interval }),
  });

  it("is hours of one day and days of several unless asked otherwise", () => {
    expect(intervalOf(choice(), { from: "2026-11-01", to: "2026-11-01" })).toBe("hour");
    expect(intervalOf(choice(), week)).toBe("day");
    expect(intervalOf(choice("month"), week)).toBe("month");
  });

  it("is never hours of more than a week", () => {
    const longer = { from: "2026-11-01", to: "2026-11-08" };
    expect(intervalsFor(week)).toContain("hour");
    expect(intervalsFor(longer)).not.toContain("hour");
    expect(intervalOf(choice("hour"), longer)).toBe("day");
  });
});

describe("the page's address", () => {
  const own = "Europe/Berlin";
  const choices: Choice[] = [
    { duration: { kind: "today" }, zone: own },
    { duration: { kind: "7d" }, zone: "Asia/Kolkata", interval: "hour" },
    { duration: { kind: "30d" }, zone: own, interval: "week" },
    { duration: { kind: "custom", from: "2026-01-01", to: "2026-03-31" }, zone: "UTC", interval: "month" },
  ];

  it.each(choices)("gives back the choice that was put in: %j", (choice) => {
    expect(choiceFrom(new URLSearchParams(queryFor(choice, own).toString()), own)).toEqual(choice);
  });

  it("is empty for the usual choice", () => {
    expect(queryFor({ duration: { kind: "7d" }, zone: own }, own).toString()).toBe("");
  });

  it.each([
    "range=custom&from=2026-03-01&to=2026-02-01",
    "range=custom&from=2026-02-30&to=2026-03-01",
    "range=custom&from=2020-01-01&to=2026-02-01",
    "range=year&zone=Mars%2FOlympus&interval=minute",
  ])("that makes no sense shows the usual range: %s", (query) => {
    expect(choiceFrom(new URLSearchParams(query), own)).toEqual({ duration: { kind: "7d" }, zone: own });
  });
});

it("asks the server for the days, the zone and the interval", () => {
  expect(queryOf({ duration: { kind: "today" }, zone: "Asia/Kolkata" }, at("2026-11-20T19:00:00Z"))).toEqual({
    from: "2026-11-21",
    to: "2026-11-21",
    zone: "Asia/Kolkata",
    interval: "hour",
  });
});

it("says what is wrong with a custom range", () => {
  expect(rangeProblem({ from: "", to: "2026-01-01" })).toMatch(/first and a last/);
  expect(rangeProblem({ from: "2026-01-02", to: "2026-01-01" })).toMatch(/before/);
  expect(rangeProblem({ from: "2025-01-01", to: "2026-01-02" })).toMatch(/366/);
  expect(rangeProblem({ from: "2025-01-01", to: "2026-01-01" })).toBeNull();
});

it("names a single day once", () => {
  expect(rangeText({ from: "2026-11-01", to: "2026-11-01" })).toBe("2026-11-01");
  expect(rangeText({ from: "2026-11-01", to: "2026-11-07" })).toBe("2026-11-01 to 2026-11-07");
});
