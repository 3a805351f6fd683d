import { describe, expect, it } from "vitest";
import { offerRepair } from "./repair";

const OFFER = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 110",
  "a=rtpmap:111 opus/48000/2",
  "a=rtcp-fb:111 transport-cc",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=rtpmap:63 red/48000/2",
  "a=fmtp:63 111/111",
  "a=rtpmap:110 telephone-event/48000",
  "",
].join("\r\n");

describe("an offer", () => {
  it("asks for lost packets of Opus and of its redundant form again, and of nothing else", () => {
    const lines = offerRepair(OFFER).split("\r\n");
    expect(lines.filter((line) => line.endsWith("nack"))).toEqual(["a=rtcp-fb:111 nack", "a=rtcp-fb:63 nack"]);
    expect(lines.indexOf("a=rtcp-fb:111 nack")).toBe(lines.indexOf("a=rtpmap:111 opus/48000/2") + 1);
    expect(lines.filter((line) => !line.endsWith("nack")).join("\r\n")).toBe(OFFER);
  });

  it("stays as it is where the browser asks by itself", () => {
    const asked = offerRepair(OFFER);
    expect(offerRepair(asked)).toBe(asked);
  });
});
