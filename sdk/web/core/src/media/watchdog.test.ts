import { expect, it } from "vitest";
import { CONNECT_PATIENCE, createWatchdog, STALL } from "./watchdog";

it("says once that audio arrives, and once that it stopped", () => {
  const watchdog = createWatchdog(0);
  expect(watchdog.sample(500, { packets: 10, connection: "connected" })).toBe("back");
  expect(watchdog.sample(1_000, { packets: 35, connection: "connected" })).toBeUndefined();
  expect(watchdog.sample(1_000 + STALL - 1, { packets: 35, connection: "connected" })).toBeUndefined();
  expect(watchdog.sample(1_000 + STALL, { packets: 35, connection: "connected" })).toBe("lost");
  expect(watchdog.sample(9_000, { packets: 35, connection: "connected" })).toBeUndefined();
  expect(watchdog.sample(9_500, { packets: 36, connection: "connected" })).toBe("back");
});

it("leaves a peer alone that is up while the other side sends nothing", () => {
  const watchdog = createWatchdog(0);
  expect(watchdog.sample(500, { packets: 0, connection: "connected" })).toBe("back");
  expect(watchdog.sample(60_000, { packets: 0, connection: "connected" })).toBeUndefined();
});

it("gives up a peer that does not come up, and one that failed", () => {
  const slow = createWatchdog(0);
  expect(slow.sample(CONNECT_PATIENCE - 1, { packets: 0, connection: "connecting" })).toBeUndefined();
  expect(slow.sample(CONNECT_PATIENCE, { packets: 0, connection: "connecting" })).toBe("lost");
  expect(createWatchdog(0).sample(100, { packets: 0, connection: "failed" })).toBe("lost");
});
