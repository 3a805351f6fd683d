import { describe, expect, it } from "vitest";
import { clockText, countText, durationText, shareText, UNITS } from "./unit";

describe("durations", () => {
  it.each([
    [0, "0 s"],
    [350, "350 ms"],
    [999, "999 ms"],
    [1000, "1 s"],
    [4249, "4.2 s"],
    [9940, "9.9 s"],
    [9950, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [200_000, "3 min 20 s"],
    [3_599_700, "1 h"],
    [7_500_000, "2 h 5 min"],
    [3_600_000 * 99.75, "99 h 45 min"],
    [3_600_000 * 1234.4, "1,234 h"],
  ])("%i ms reads %s", (millis, text) => expect(durationText(millis)).toBe(text));

  it("count up like a clock while a call runs", () => {
    expect([0, 7_999, 247_000, 3_727_000, -5].map(clockText)).toEqual(["0:00", "0:07", "4:07", "1:02:07", "0:00"]);
  });
});

describe("shares", () => {
  it.each([
    [0, "0%"],
    [0.0004, "<0.1%"],
    [0.123, "12.3%"],
    [0.5, "50%"],
    [0.9996, ">99.9%"],
    [1, "100%"],
  ])("%f reads %s", (share, text) => expect(shareText(share)).toBe(text));
});

it("groups thousands", () => expect(countText(1234567)).toBe("1,234,567"));

it("exports bare numbers in the unit that the heading names", () => {
  expect(UNITS.share.exported(0.12345)).toBe(12.35);
  expect(UNITS.duration.exported(61_234.6)).toBe(61.235);
  expect(UNITS.latency.exported(45.678)).toBe(45.7);
  expect(UNITS.score.exported(4.128)).toBe(4.13);
});
