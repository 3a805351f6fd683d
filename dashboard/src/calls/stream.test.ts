import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LiveCall } from "../generated/api";
import { POLL_EVERY, type Source, watchAccount } from "./stream";

const call: LiveCall = {
  callId: "0193",
  caller: "alice_1",
  callee: "bob_22",
  context: "Order 7",
  state: "ringing",
  placedAt: 1,
  answeredAt: null,
  onHold: false,
};

function lab() {
  const log: string[] = [];
  const sources: {
    listeners: Map<string, (event: { data?: unknown }) => void>;
    readyState: number;
    closed: boolean;
  }[] = [];
  const stop = watchAccount(
    {
      open: () => {
        const source = { listeners: new Map(), readyState: 0, closed: false };
        sources.push(source);
        return {
          get readyState() {
            return source.readyState;
          },
          addEventListener: (type, listener) => source.listeners.set(type, listener),
          close: () => {
            source.closed = true;
          },
        } satisfies Source;
      },
      live: async () => [call],
    },
    {
      state: (state) => log.push(state),
      calls: (calls) => log.push(`calls ${calls.length}`),
      ended: () => log.push("ended"),
    },
  );
  const hear = (type: string, data?: unknown) => sources.at(-1)?.listeners.get(type)?.({ data });
  const said = () => log.splice(0);
  return { sources, hear, said, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("passes on what the stream says", async () => {
  const { hear, said } = lab();
  hear("open");
  hear("live", JSON.stringify([call, call]));
  hear("ended");
  expect(said()).toEqual(["live", "calls 2", "ended"]);
  await vi.advanceTimersByTimeAsync(4 * POLL_EVERY);
  expect(said()).toEqual([]);
});

it("asks every fifteen seconds while the stream is broken, and once more when it is back", async () => {
  const { hear, said, sources } = lab();
  hear("open");
  hear("error");
  hear("error");
  await vi.advanceTimersByTimeAsync(0);
  expect(said()).toEqual(["live", "polling", "ended", "calls 1"]);
  await vi.advanceTimersByTimeAsync(POLL_EVERY);
  expect(said()).toEqual(["ended", "calls 1"]);
  hear("open");
  expect(said()).toEqual(["live", "ended"]);
  await vi.advanceTimersByTimeAsync(4 * POLL_EVERY);
  expect(said()).toEqual([]);
  expect(sources).toHaveLength(1);
});

it("opens the stream anew where the browser has given it up", async () => {
  const { hear, sources } = lab();
  const [first] = sources;
  if (first !== undefined) first.readyState = 2;
  hear("error");
  await vi.advanceTimersByTimeAsync(0);
  expect(sources).toHaveLength(2);
});

it("takes no notice of what is no list of calls", () => {
  const { hear, said } = lab();
  hear("live", "<html>");
  hear("live", "{}");
  expect(said()).toEqual([]);
});

it("is silent once it is stopped", async () => {
  const { hear, said, sources, stop } = lab();
  hear("error");
  said();
  stop();
  await vi.advanceTimersByTimeAsync(4 * POLL_EVERY);
  expect(said()).toEqual([]);
  expect(sources[0]?.closed).toBe(true);
});
