import { expect, it } from "vitest";
import { conclude, type Findings } from "./verdict";

const FINE: Findings = {
  microphone: "works",
  signalling: true,
  udp: { works: true, rtt: 30, lost: 0 },
  tcp: { works: true, rtt: 35, lost: 0 },
};

it.each<[string, Partial<Findings>, "good" | "poor" | "impossible", string[]]>([
  ["everything works", {}, "good", []],
  ["TCP is closed, which nobody needs", { tcp: { works: false } }, "good", []],
  ["UDP is closed", { udp: { works: false } }, "poor", ["udp_blocked"]],
  [
    "only a TURN server helps",
    { udp: { works: false }, tcp: { works: false }, turn: { works: true } },
    "poor",
    ["udp_blocked"],
  ],
  ["no way leads to the relay", { udp: { works: false }, tcp: { works: false } }, "impossible", ["relay_unreachable"]],
  ["much is lost", { udp: { works: true, rtt: 30, lost: 0.2 } }, "poor", ["lossy"]],
  ["it is far", { udp: { works: true, rtt: 900, lost: 0 } }, "poor", ["slow"]],
  ["the microphone hears nothing", { microphone: "silent" }, "poor", ["microphone_silent"]],
  ["the microphone is refused", { microphone: "blocked" }, "impossible", ["microphone_blocked"]],
  [
    "there is no microphone and no server",
    { microphone: "missing", signalling: false },
    "impossible",
    ["microphone_missing", "server_unreachable"],
  ],
])("when %s", (_, changes, verdict, reasons) => {
  const result = conclude({ ...FINE, ...changes });
  expect([result.verdict, result.reasons]).toEqual([verdict, reasons]);
  expect(result.words).toMatch(/\.$/);
});
