import { expect, it } from "vitest";
import { onlyBy } from "./path";

const ANSWER = [
  "m=audio 40000 UDP/TLS/RTP/SAVPF 111",
  "a=candidate:1 1 udp 2130706431 192.0.2.7 40000 typ host",
  "a=candidate:2 1 tcp 1671430143 192.0.2.7 40000 typ host tcptype passive",
  "a=end-of-candidates",
  "",
].join("\r\n");

it("leaves the relay's addresses of one transport in the answer, and everything else as it was", () => {
  expect(onlyBy("udp", ANSWER)).toBe(ANSWER.replace(/a=candidate:2.*\r\n/, ""));
  expect(onlyBy("tcp", ANSWER)).toBe(ANSWER.replace(/a=candidate:1.*\r\n/, ""));
});

it("does not try what the relay does not offer", () => {
  expect(onlyBy("tcp", ANSWER.replace(/a=candidate:2.*\r\n/, ""))).toBeUndefined();
});
