import { expect, it } from "vitest";
import { formatDuration } from "./duration";

it("shows minutes and seconds, and hours only once there are some", () => {
  expect(formatDuration(0)).toBe("00:00");
  expect(formatDuration(59_999)).toBe("00:59");
  expect(formatDuration(3_599_999)).toBe("59:59");
  expect(formatDuration(3_600_000)).toBe("01:00:00");
  expect(formatDuration(100 * 3_600_000 + 61_000)).toBe("100:01:01");
});

it("starts at zero although the clock was set back", () => {
  expect(formatDuration(-5_000)).toBe("00:00");
});
