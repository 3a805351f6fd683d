/** CleverTap's three system events, in the vendors' words: who pushes which, and when. */
import type { CallId, EndReason, EndStatus } from "../generated/protocol";
import { type Call, isOngoing } from "./state";
import type { CallEvent } from "./types";

/** The caller's first event. */
export function outgoingEvent(callId: CallId, context: string): CallEvent {
  return { name: "SCOutgoing", callId, context };
}

/** The callee's first event. */
export function incomingEvent(callId: CallId, context: string): CallEvent {
  return { name: "SCIncoming", callId, context };
}

/** Somebody called this user, who was in a call and did not hear of it before. */
export function busyEvent(callId: CallId, context: string): CallEvent {
  return { name: "SCEnd", callId, context, callStatus: "declined", reason: "user busy", reasonCode: 1001 };
}

/**
 * The last event of `call` on this side, if this side pushes one: both sides when it was answered, the caller when it
 * was cancelled, the callee when it was declined or missed. A call that never got an id has no event at all.
 */
export function endEvent(call: Call, reason: EndReason, status: EndStatus): CallEvent | undefined {
  if (call.id === undefined) return undefined;
  const event: CallEvent = { name: "SCEnd", callId: call.id, context: call.context };
  switch (status) {
    case "over":
      return { ...event, callStatus: "over" };
    case "failed":
      return isOngoing(call) ? { ...event, callStatus: "over" } : undefined;
    case "cancelled":
      return call.role === "caller" ? { ...event, callStatus: "cancelled" } : undefined;
    case "missed":
      return call.role === "callee" ? { ...event, callStatus: "missed" } : undefined;
    case "declined":
      if (call.role === "caller") return undefined;
      if (reason !== "microphone_denied") return { ...event, callStatus: "declined" };
      return { ...event, callStatus: "declined", reason: "microphone permission not granted", reasonCode: 1002 };
  }
}
