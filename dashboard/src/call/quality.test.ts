import { expect, it } from "vitest";
import type { CallDetail, CallLeg } from "../generated/api";
import { legChart, lossOf } from "./quality";

const leg: CallLeg = {
  leg: 1,
  role: "callee",
  cuid: "bob_22",
  deviceId: "device-1",
  platform: "web",
  system: null,
  sdk: null,
  network: null,
  tookPart: true,
  quality: null,
};

const ANSWERED = 10_000;

const detail: CallDetail = {
  call: {
    callId: "0193",
    caller: "alice_1",
    callee: "bob_22",
    context: "Order 7",
    callerPlatform: "web",
    calleePlatform: "web",
    placedAt: 0,
    ringingAt: 100,
    answeredAt: ANSWERED,
    connectedAt: ANSWERED + 300,
    endedAt: ANSWERED + 70_000,
    status: "over",
    reason: "hangup",
    endedBy: "caller",
    talkTime: 70_000,
    mos: 4,
    quality: "good",
    callerPath: "udp",
    calleePath: "tcp",
    pathChanges: 1,
    concealed: 0.02,
  },
  explanation: { what: "", advice: "" },
  legs: [leg],
  timeline: [],
  samples: [
    { leg: 1, at: ANSWERED + 5300, packets: 240, lost: 10, jitter: 8, rtt: 90, mos: 4.1, concealed: 0.02 },
    { leg: 0, at: ANSWERED + 5300, packets: 250, lost: 0, jitter: 2, rtt: 20, mos: 4.4, concealed: null },
    { leg: 1, at: ANSWERED + 65_340, packets: 0, lost: 0, jitter: 0, rtt: null, mos: null, concealed: null },
  ],
};

it("the chart of a leg has that leg's samples alone, by time since the answer", () => {
  expect(legChart(detail, leg).rows.map(({ name, tick, values }) => [name, tick, ...values])).toEqual([
    ["0:05.3", "0:05", 4.1, 0.04, 0.02, 8, 90, 240, 10],
    ["1:05.3", "1:05", null, null, null, 0, null, 0, 0],
  ]);
});

it("there is no loss of what was never sent", () => {
  expect(lossOf({ packets: 0, lost: 0 })).toBeNull();
  expect(lossOf({ packets: 0, lost: 5 })).toBe(1);
});
