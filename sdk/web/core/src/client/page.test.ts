// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchPage } from "./page";

class FakeConnection extends EventTarget {
  type: string | undefined = "wifi";
}

let heard: string[] = [];
let unwatch = () => {};
let connection = new FakeConnection();

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  connection = new FakeConnection();
  Object.defineProperty(window.navigator, "connection", { value: connection, configurable: true });
  unwatch = watchPage(window as Window & typeof globalThis, {
    wake: (why) => void heard.push(why),
    leave: () => void heard.push("leave"),
  });
});
afterEach(() => {
  unwatch();
  vi.useRealTimers();
});

it("hears of the network, the page's coming to the front and its going", () => {
  window.dispatchEvent(new Event("online"));
  window.dispatchEvent(new Event("pageshow"));
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("pagehide"));
  expect(heard).toEqual(["online", "visible", "visible", "leave"]);
});

it("hears of another kind of network, not of each new estimate of its speed", () => {
  connection.dispatchEvent(new Event("change"));
  connection.type = "none";
  connection.dispatchEvent(new Event("change"));
  expect(heard).toEqual([]);
  connection.type = "cellular";
  connection.dispatchEvent(new Event("change"));
  expect(heard).toEqual(["network"]);
});

it("notices that the machine slept by the time of day that ran ahead", () => {
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([]);
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual(["slept"]);
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual(["slept"]);
});

it("is silent once it is not wanted", () => {
  unwatch();
  window.dispatchEvent(new Event("online"));
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(2_000);
  expect(heard).toEqual([]);
});
