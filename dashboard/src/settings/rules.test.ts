import { expect, test } from "vitest";
import type { CallSettings } from "../generated/api";
import { BOUNDS, callFields, callSettings, originList, origins, within } from "./rules";

test("call settings survive the page's units", () => {
  const settings: CallSettings = {
    ringTimeout: 30_000,
    connectTimeout: 2_500,
    maxDuration: 14_400_000,
    devices: "one",
  };
  expect(callFields(settings)).toEqual({ ringTimeout: 30, connectTimeout: 2.5, maxDuration: 240, devices: "one" });
  expect(callSettings(callFields(settings))).toEqual(settings);
});

test("a number is held within its bounds, and an empty field is none", () => {
  const rule = within(BOUNDS.ringTimeout, "seconds");
  expect([2, 120, "30"].map(rule)).toEqual([null, null, null]);
  for (const wrong of [1, 121, "", "soon"]) expect(rule(wrong)).toBe("Enter 2 to 120 seconds.");
});

test("origins are taken from lines, without what people paste along", () => {
  expect(originList(" https://shop.example/ \n\nhttp://localhost:8080,https://shop.example\n")).toEqual([
    "https://shop.example",
    "http://localhost:8080",
  ]);
});

test("an origin that is none is named", () => {
  expect(origins("https://shop.example\nshop.example")).toContain("shop.example is no origin");
  for (const wrong of ["https://shop.example/path", "ftp://shop.example", "https://a b", "https://:x"]) {
    expect(origins(wrong)).not.toBeNull();
  }
  expect(origins("")).toBeNull();
  expect(origins("https://[::1]:8443")).toBeNull();
});

test("there are at most fifty origins", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `https://s${i}.example`).join("\n");
  expect(origins(lines(50))).toBeNull();
  expect(origins(lines(51))).not.toBeNull();
});
