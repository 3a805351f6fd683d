import { describe, expect, it } from "vitest";
import type { ChartModel } from "../charts/model";
import type { Point, Statistics, Totals } from "../generated/api";
import {
  answerRateChart,
  answerTimeChart,
  hoursChart,
  platformsChart,
  qualityChart,
  reasonsChart,
  statusChart,
  talkTimeChart,
  volumesChart,
} from "./figures";
import { pointName, pointTick } from "./point";
import { tilesOf } from "./tiles";

const NOTHING: Totals = {
  calls: 0,
  over: 0,
  declined: 0,
  missed: 0,
  cancelled: 0,
  failed: 0,
  answered: 0,
  talkTime: 0,
  minutes: 0,
  answerTime: 0,
  quality: { rated: 0, mos: null, good: 0, fair: 0, poor: 0, loss: null, rtt: null },
};

const MONDAY: Totals = {
  calls: 10,
  over: 5,
  declined: 2,
  missed: 1,
  cancelled: 1,
  failed: 1,
  answered: 6,
  talkTime: 600_000,
  minutes: 13,
  answerTime: 42_000,
  quality: { rated: 6, mos: 4.2, good: 4, fair: 1, poor: 1, loss: 0.004, rtt: 80 },
};

const point = (label: string, totals: Totals): Point => ({ label, start: Date.parse(label), totals });

const statistics: Statistics = {
  from: Date.parse("2026-11-02"),
  to: Date.parse("2026-11-04"),
  totals: MONDAY,
  previous: { ...MONDAY, calls: 8, answered: 6, talkTime: 600_000, minutes: 26, answerTime: 21_000 },
  series: [point("2026-11-02", MONDAY), point("2026-11-03", NOTHING)],
  reasons: [
    { reason: "hangup", calls: 4 },
    { reason: "user", calls: 2 },
    { reason: "connection_lost", calls: 1 },
  ],
  callerPlatforms: [{ platform: "ios", calls: 7 }],
  calleePlatforms: [{ platform: "android", calls: 6 }],
  hours: Array.from({ length: 168 }, (_, index) => index),
  live: 0,
  keptSince: 0,
};

const values = (model: ChartModel) => model.rows.map((row) => row.values);
const titles = (model: ChartModel) => model.columns.map(({ title }) => title);

describe("call status", () => {
  const chart = statusChart(statistics);

  it("names the five statuses, each with its calls, its share and what it means", () => {
    expect(chart.rows.map(({ name }) => name)).toEqual(["Over", "Declined", "Missed", "Canceled", "Failed"]);
    expect(values(chart)).toEqual([
      [5, 0.5],
      [2, 0.2],
      [1, 0.1],
      [1, 0.1],
      [1, 0.1],
    ]);
    for (const { detail } of chart.rows) expect(detail).toMatch(/^(Completed c|C)alls.+\.$/);
  });

  it("adds up to all calls", () => {
    expect(chart.rows.reduce((sum, row) => sum + (row.values[0] ?? 0), 0)).toBe(MONDAY.calls);
  });
});

describe("charts over time", () => {
  it("have a row for every point, also for one without a call", () => {
    expect(titles(volumesChart(statistics, "day"))).toEqual([
      "Over",
      "Declined",
      "Missed",
      "Canceled",
      "Failed",
      "All calls",
    ]);
    expect(values(volumesChart(statistics, "day"))).toEqual([
      [5, 2, 1, 1, 1, 10],
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  it("have a gap where there is nothing to be measured, and no nought", () => {
    expect(values(answerRateChart(statistics, "day"))).toEqual([
      [0.6, 6, 10],
      [null, 0, 0],
    ]);
    expect(values(answerTimeChart(statistics, "day"))).toEqual([
      [7000, 6],
      [null, 0],
    ]);
    expect(values(talkTimeChart(statistics, "day"))).toEqual([
      [600_000, 13, 100_000],
      [0, 0, null],
    ]);
    expect(values(qualityChart(statistics, "day"))).toEqual([
      [4.2, 0.004, 80, 4, 1, 1],
      [null, null, null, 0, 0, 0],
    ]);
  });
});

it("reasons are all but hanging up, with the status that each belongs to", () => {
  const chart = reasonsChart(statistics);
  expect(chart.rows.map(({ name, detail, tint }) => [name, detail, tint])).toEqual([
    ["Declined by the callee", "Declined", "declined"],
    ["Connection lost", "Over", "over"],
  ]);
  expect(values(chart)).toEqual([
    [2, 0.2],
    [1, 0.1],
  ]);
});

it("every platform has both sides, used or not", () => {
  expect(platformsChart(statistics).rows.map(({ name, values }) => [name, ...values])).toEqual([
    ["Web", 0, 0],
    ["iOS", 7, 0],
    ["Android", 0, 6],
    ["Native", 0, 0],
  ]);
});

it("the week's hours begin on Monday at midnight", () => {
  const chart = hoursChart(statistics, "Asia/Kolkata");
  expect(chart.rows.map(({ name, values }) => [name, values[0], values[23]])).toEqual([
    ["Monday", 0, 23],
    ["Tuesday", 24, 47],
    ["Wednesday", 48, 71],
    ["Thursday", 72, 95],
    ["Friday", 96, 119],
    ["Saturday", 120, 143],
    ["Sunday", 144, 167],
  ]);
  expect(chart.explanation).toContain("Asia/Kolkata");
});

describe("a point", () => {
  const hour = point("2026-10-25T02:00+01:00", NOTHING);

  it("is named so that the hour that comes twice has two names", () => {
    expect(pointName(hour, "hour")).toBe("2026-10-25 02:00+01:00");
    expect(pointName({ ...hour, label: "2026-10-25T02:00+02:00" }, "hour")).not.toBe(pointName(hour, "hour"));
  });

  it("has a short name for the axis, in its own day", () => {
    expect(pointTick(hour, "hour")).toBe("02:00");
    expect(pointTick(point("2026-11-03", NOTHING), "day")).toBe("3 Nov");
    expect(pointTick(point("2026-11-01", NOTHING), "month")).toBe("Nov 2026");
    expect(pointName(point("2026-11-01", NOTHING), "month")).toBe("2026-11");
  });
});

describe("the tiles", () => {
  const said = (one: Statistics) =>
    tilesOf(one).map(({ title, figure, change }) => [title, figure, change?.text ?? null, change?.mood ?? null]);

  it("say each figure and how it changed, welcome or not", () => {
    expect(said(statistics)).toEqual([
      ["Calls", "10", "+25%", "neutral"],
      ["Answer rate", "60%", "−15 points", "bad"],
      ["Time to answer", "7 s", "+100%", "bad"],
      ["Talk time", "10 min", "No change", "neutral"],
      ["Minutes used", "13", "−50%", "neutral"],
      ["Quality", "4.20", "No change", "neutral"],
    ]);
  });

  it("compare nothing with nothing", () => {
    expect(said({ ...statistics, totals: NOTHING, previous: NOTHING })).toEqual([
      ["Calls", "0", null, null],
      ["Answer rate", "–", null, null],
      ["Time to answer", "–", null, null],
      ["Talk time", "0 s", null, null],
      ["Minutes used", "0", null, null],
      ["Quality", "–", null, null],
    ]);
  });
});
