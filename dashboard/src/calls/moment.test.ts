import { expect, it } from "vitest";
import { instantText, momentText } from "./moment";

const at = Date.parse("2026-11-21T22:03:09.050Z");

it("is what the clocks of the zone show", () => {
  expect(momentText(at, "UTC")).toBe("21 Nov 2026, 22:03:09");
  expect(momentText(at, "Asia/Kolkata")).toBe("22 Nov 2026, 03:33:09");
});

it("goes down to the millisecond for events", () => {
  expect(instantText(at, "Asia/Kolkata")).toBe("03:33:09.050");
});
