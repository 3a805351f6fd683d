import { expect, it } from "vitest";
import { missingSupport } from "./support";

const able = {
  isSecureContext: true,
  RTCPeerConnection: class {},
  WebSocket: class {},
  navigator: { mediaDevices: { getUserMedia() {} } },
};
const faultWith = (change: object) => missingSupport({ ...able, ...change } as unknown as Window & typeof globalThis);

it("finds nothing missing in a browser that can", () => {
  expect(faultWith({})).toBeUndefined();
});

it("says what is missing, the cause that one can mend first", () => {
  expect(faultWith({ isSecureContext: false, navigator: {} })?.message).toMatch("https");
  for (const change of [{ RTCPeerConnection: undefined }, { WebSocket: undefined }, { navigator: {} }]) {
    expect(faultWith(change)?.code).toBe("ERR_BROWSER_UNSUPPORTED");
  }
});
