import { expect, test } from "vitest";
import type { CallSettings } from "../generated/api";
import {
  BOUNDS,
  callFields,
  callSettings,
  originList,
  origins,
  turnSecret,
  turnUrlList,
  turnUrls,
  within,
} from "./rules";

test("call settings survive the page's units", () => {
  const settings: CallSettings = {
    ringTimeout: 30_000,
    connectTimeout: 2_500,
    maxDuration: 14_400_000,
    devices: "many",
    decline: "this_device",
  };
  expect(callFields(settings)).toEqual({
    ringTimeout: 30,
    connectTimeout: 2.5,
    maxDuration: 240,
    devices: "many",
    decline: "this_device",
  });
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

test("addresses of a TURN server are taken from lines, each once", () => {
  expect(turnUrlList(" turn:a.example \n\nturns:a.example:443,turn:a.example")).toEqual([
    "turn:a.example",
    "turns:a.example:443",
  ]);
});

test("an address that no browser takes is named", () => {
  for (const good of [
    "turn:turn.shop.example",
    "turn:192.0.2.7:3478?transport=udp",
    "turns:turn.shop.example:443?transport=tcp",
    "turns:[2001:db8::7]:5349",
  ]) {
    expect(turnUrls(good)).toBeNull();
  }
  for (const wrong of [
    "stun:turn.shop.example",
    "turn://turn.shop.example",
    "turn:turn..example",
    "turn:turn.shop.example:0",
    "turn:turn.shop.example:70000",
    "turn:turn.shop.example?transport=sctp",
  ]) {
    expect(turnUrls(`turn:good.example\n${wrong}`)).toContain(`${wrong} is no address`);
  }
  expect(turnUrls("turns:a.example?transport=udp")).toContain("works in no browser");
  expect(turnUrls(" ")).toContain("Enter an address");
  expect(turnUrls("turn:a.example turn:b.example turn:c.example turn:d.example turn:e.example")).toContain("at most 4");
});

test("a secret has a length", () => {
  expect(["eight888", "x".repeat(200)].map(turnSecret)).toEqual([null, null]);
  for (const wrong of ["", " seven77 ", "x".repeat(201)]) expect(turnSecret(wrong)).not.toBeNull();
});
