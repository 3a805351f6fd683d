import { describe, expect, it } from "vitest";
import { LIMITS } from "../generated/catalogue";
import { CONNECT_PATIENCE, createWatchdog, HINTED_STALL, SLEPT, type Watchdog } from "./watchdog";

const STALL = LIMITS.MEDIA_STALL;
const up = (bytes: number) => ({ bytes, connection: "connected" as const });

/** Looks each `every` milliseconds in (`from`, `to`], with what `bytes` says; answers what was told and when. */
function watch(watchdog: Watchdog, from: number, to: number, bytes: (now: number) => number, every = 100) {
  const told: [number, "back" | "lost"][] = [];
  for (let now = from + every; now <= to; now += every) {
    const news = watchdog.sample(now, up(bytes(now)));
    if (news) told.push([now, news]);
  }
  return told;
}

describe("a path", () => {
  it("works once the peer is up, is dead when bytes stand still, and works again when they go on", () => {
    const watchdog = createWatchdog(0);
    expect(watch(watchdog, 0, 1_000, (now) => now)).toEqual([[100, "back"]]);
    expect(watch(watchdog, 1_000, 4_000, () => 1_000)).toEqual([[1_000 + STALL, "lost"]]);
    expect(watch(watchdog, 4_000, 5_000, (now) => now)).toEqual([[4_100, "back"]]);
  });

  it("is not taken for dead while the relay's signs of life come, though nobody speaks", () => {
    const tenth = (now: number) => Math.floor(now / LIMITS.MEDIA_KEEP_ALIVE) * 60;
    expect(watch(createWatchdog(0), 0, 600_000, tenth)).toEqual([[100, "back"]]);
  });

  it("survives a fifth of its packets lost at random for ten minutes, with audio and with signs of life alone", () => {
    for (const every of [20, LIMITS.MEDIA_KEEP_ALIVE]) {
      const random = seeded(7);
      let bytes = 0;
      const lossy = () => {
        for (let sent = 0; sent < 100; sent += every) if (random() >= 0.2) bytes += 60;
        return bytes;
      };
      expect(watch(createWatchdog(0), 0, 600_000, lossy)).toEqual([[100, "back"]]);
    }
  });

  it("is judged as quickly as it is looked at in a tab whose timers run once a second", () => {
    const watchdog = createWatchdog(0);
    expect(watch(watchdog, 0, 60_000, (now) => now, 1_000)).toEqual([[1_000, "back"]]);
    expect(watch(watchdog, 60_000, 63_000, () => 60_000, 1_000)).toEqual([[61_000, "lost"]]);
  });

  it("gets its time again after the machine slept", () => {
    const watchdog = createWatchdog(0);
    watch(watchdog, 0, 1_000, (now) => now);
    const woke = 1_000 + 100 * SLEPT;
    expect(watchdog.sample(woke, up(1_000))).toBeUndefined();
    expect(watch(watchdog, woke, woke + 2_000, () => 1_000)).toEqual([[woke + STALL, "lost"]]);
  });

  it("is not lost over sleep if bytes go on after it", () => {
    const watchdog = createWatchdog(0);
    watch(watchdog, 0, 1_000, (now) => now);
    expect(watch(watchdog, 100_000, 102_000, (now) => now)).toEqual([]);
  });

  it("is given up sooner after a hint, and only if nothing comes", () => {
    const watchdog = createWatchdog(0);
    watch(watchdog, 0, 1_000, (now) => now);
    watchdog.hint(1_000);
    expect(watch(watchdog, 1_000, 3_000, (now) => now)).toEqual([]);
    watchdog.hint(3_000);
    expect(watch(watchdog, 3_000, 4_000, () => 3_000)).toEqual([[3_000 + Math.ceil(HINTED_STALL / 100) * 100, "lost"]]);
  });
});

describe("a peer", () => {
  it("is given up when it does not come up, and at once when it failed", () => {
    const slow = createWatchdog(0);
    const connecting = { bytes: 0, connection: "connecting" as const };
    const news = [];
    for (let now = 100; now < CONNECT_PATIENCE; now += 100) news.push(slow.sample(now, connecting));
    expect(news.every((item) => item === undefined)).toBe(true);
    expect(slow.sample(CONNECT_PATIENCE, connecting)).toBe("lost");
    expect(createWatchdog(0).sample(100, { bytes: 0, connection: "failed" })).toBe("lost");
  });

  it("is not proven by the bytes of a handshake that has not ended", () => {
    expect(createWatchdog(0).sample(100, { bytes: 700, connection: "connecting" })).toBeUndefined();
  });

  it("tells its longest gap once", () => {
    const watchdog = createWatchdog(0);
    watch(watchdog, 0, 1_000, (now) => now);
    watch(watchdog, 1_000, 1_400, () => 1_000);
    watch(watchdog, 1_400, 2_000, (now) => now);
    expect(watchdog.longestGap()).toBe(500);
    expect(watchdog.longestGap()).toBe(0);
  });
});

/** Repeatable numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
