import { describe, expect, it } from "vitest";
import { addDays, dayAt, daysBetween, isDay, isZone, startOfDay, zones } from "./zone";

const at = (text: string) => Date.parse(text);

describe("a moment's day", () => {
  it("is the viewer's, not UTC's", () => {
    const moment = at("2026-11-01T20:00:00Z");
    expect(dayAt(moment, "UTC")).toBe("2026-11-01");
    expect(dayAt(moment, "Asia/Kolkata")).toBe("2026-11-02");
    expect(dayAt(moment, "Pacific/Honolulu")).toBe("2026-11-01");
  });
});

describe("a day's first moment", () => {
  it("moves with the zone's offset, quarters of an hour included", () => {
    expect(startOfDay("2026-11-01", "UTC")).toBe(at("2026-11-01T00:00:00Z"));
    expect(startOfDay("2026-11-01", "Asia/Kathmandu")).toBe(at("2026-10-31T18:15:00Z"));
    expect(startOfDay("2026-11-01", "Pacific/Kiritimati")).toBe(at("2026-10-31T10:00:00Z"));
    expect(startOfDay("2026-11-01", "Pacific/Pago_Pago")).toBe(at("2026-11-01T11:00:00Z"));
  });

  it("makes days of 23 and of 25 hours where clocks change", () => {
    const length = (day: string, zone: string) =>
      (startOfDay(addDays(day, 1), zone) - startOfDay(day, zone)) / 3_600_000;
    expect(length("2026-03-29", "Europe/Berlin")).toBe(23);
    expect(length("2026-10-25", "Europe/Berlin")).toBe(25);
    expect(length("2026-10-26", "Europe/Berlin")).toBe(24);
    expect(length("2026-04-05", "Australia/Lord_Howe")).toBe(24.5);
  });

  it("is one o'clock where midnight is skipped", () => {
    expect(startOfDay("2026-04-24", "Africa/Cairo")).toBe(at("2026-04-23T22:00:00Z"));
    expect(dayAt(at("2026-04-23T21:59:59Z"), "Africa/Cairo")).toBe("2026-04-23");
  });
});

describe("calendar arithmetic", () => {
  it("goes over ends of months, years and leap days", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });

  it("counts both ends", () => {
    expect(daysBetween("2026-11-01", "2026-11-01")).toBe(1);
    expect(daysBetween("2026-10-20", "2026-11-18")).toBe(30);
  });

  it("knows which texts are days", () => {
    expect(["2026-02-28", "2026-02-30", "2026-2-3", "today", "2026-13-01", ""].map(isDay)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

it("knows which names are zones, and always offers the viewer's", () => {
  expect(["Asia/Kolkata", "UTC", "Mars/Olympus", ""].map(isZone)).toEqual([true, true, false, false]);
  expect(zones()).toEqual(expect.arrayContaining(["Asia/Kolkata", "Asia/Kathmandu", "Europe/Kyiv"]));
  expect(zones()).not.toContain("Asia/Calcutta");
  expect(zones("US/Pacific")).toEqual(expect.arrayContaining(["UTC", "Europe/Berlin", "US/Pacific"]));
});
