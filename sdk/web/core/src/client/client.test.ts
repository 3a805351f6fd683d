// @vitest-environment jsdom
/** What the app and the screen are given where the server and this device have each their part of the truth. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type FakeBrowser, installFakeBrowser } from "../../tests/fake-browser";
import { createClient } from "./client";
import type { Client } from "./types";

const ONE = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e0f";
const TWO = "0193a5c0-1a2b-7c3d-8e4f-5a6b7c8d9e10";
const IDENTITY = {
  account: "acme1234",
  apikey: "pk_live_1",
  cuid: "anita_1",
  device: { id: "tab-1", platform: "web" as const },
  sdk: { name: "test", version: "0.1.0" },
  capabilities: [],
};
/** Seconds to the relay and back. */
const NEAR = 0.05;
const FAR = 0.9;

let browser: FakeBrowser;
let client: Client;
/** Whose network it was in the last second of each call, as the app is told. */
let told: Record<string, string>;

beforeEach(async () => {
  vi.useFakeTimers();
  browser = installFakeBrowser(window);
  browser.carrySound(NEAR);
  told = {};
  client = createClient({ server: "https://calls.example", identity: IDENTITY, hold: true, onEvent: () => {} });
  client.on((event) => {
    if (event.type === "quality") told[event.callId] = event.quality.poorNetwork;
  });
  await vi.waitFor(() => expect(browser.server.heard()).not.toEqual([]));
  browser.server.welcome();
});
afterEach(() => {
  client.logout();
  vi.useRealTimers();
});

async function talk(callId: string): Promise<void> {
  client.call({ to: "ravi_22", context: "Your parcel", images: {} }).catch(() => {});
  let reference: unknown;
  await vi.waitFor(() => {
    reference = browser.server.bodies().find(({ type }) => type === "place")?.reference;
    expect(reference).toBeDefined();
  });
  browser.server.tell({ type: "placed", reference, callId, role: "caller" });
  browser.server.tell({ type: "answered", callId, at: Date.now() });
  browser.server.tell({ type: "connected", callId, at: Date.now() });
}

const network = (callId: string, weak: string) => browser.server.tell({ type: "network", callId, weak });
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    browser.server.say({ type: "ping" });
    await vi.advanceTimersByTimeAsync(1_000);
  }
}
const hints = () => {
  const root = document.getElementById("sc-sdk")?.shadowRoot;
  return [...(root?.querySelectorAll(".hints li") ?? [])].map((hint) => hint.textContent);
};

it("tells of each call whose network the server finds weak in it", async () => {
  await talk(ONE);
  client.hold(true, ONE);
  await talk(TWO);
  await seconds(3);
  expect(told).toEqual({ [ONE]: "none", [TWO]: "none" });
  network(ONE, "theirs");
  network(TWO, "yours");
  await seconds(1);
  expect(told).toEqual({ [ONE]: "theirs", [TWO]: "mine" });
  expect(hints()).toEqual(["Your network is weak"]);
  network(TWO, "none");
  await seconds(1);
  expect(told).toEqual({ [ONE]: "theirs", [TWO]: "none" });
  expect(hints()).toEqual([]);
});

it("finds its own network weak by itself, whatever the server says, and then believes the server again", async () => {
  await talk(ONE);
  network(ONE, "theirs");
  await seconds(10);
  expect([told[ONE], ...hints()]).toEqual(["theirs", "Their network is weak"]);
  browser.carrySound(FAR);
  await seconds(10);
  expect([told[ONE], ...hints()]).toEqual(["mine", "Your network is weak"]);
  browser.carrySound(NEAR);
  await seconds(15);
  expect([told[ONE], ...hints()]).toEqual(["theirs", "Their network is weak"]);
});
