/** Whether this browser and this page can make calls at all. */
import { TringError } from "../fault";

/** What is missing for a call, as an error that says what to do, or nothing. */
export function missingSupport(window: Window & typeof globalThis): TringError | undefined {
  // Outside https and localhost browsers take the microphone away, which reads as if they had none.
  if (window.isSecureContext === false)
    return unsupported("Browsers allow calls only on https pages and on localhost.");
  if (typeof window.RTCPeerConnection !== "function")
    return unsupported("This browser has no WebRTC. Use a current one.");
  if (!window.navigator.mediaDevices?.getUserMedia) return unsupported("This browser gives pages no microphone.");
  if (typeof window.WebSocket !== "function") return unsupported("This browser has no WebSocket. Use a current one.");
  return undefined;
}

function unsupported(sentence: string): TringError {
  return new TringError("ERR_BROWSER_UNSUPPORTED", sentence);
}
