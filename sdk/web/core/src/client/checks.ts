/**
 * The messages of network checks, which belong to no call: from an `ask` to the relay's answer or a reason why there is
 * none. Never waits for a server that is not there.
 */
import { wireError } from "../fault";
import type { ClientMessage, ServerMessage, WireError } from "../generated/protocol";

export type CheckInput =
  | { type: "check"; reference: string; sdp: string }
  /** The check is over, whether or not it was answered. */
  | { type: "check_done"; reference: string };

export type CheckOutput =
  | { type: "check_answer"; reference: string; sdp: string }
  | { type: "check_refused"; reference: string; error: WireError };

export interface Checks {
  handle(input: CheckInput, isConnected: boolean): CheckStep[];
  answered(message: Extract<ServerMessage, { type: "check_answer" | "check_refused" }>): CheckOutput[];
  /** None that was asked is answered any more. */
  lost(error: WireError): CheckOutput[];
}

/** Something to tell the server, or the one who checks. */
export type CheckStep = CheckOutput | { type: "send"; message: ClientMessage };

/** No check is under way. */
export function createChecks(): Checks {
  let asked: string[] = [];
  return {
    handle(input, isConnected) {
      const { reference } = input;
      if (input.type === "check_done") {
        asked = asked.filter((other) => other !== reference);
        return isConnected ? [{ type: "send", message: { type: "check_done", reference } }] : [];
      }
      if (!isConnected)
        return [{ type: "check_refused", reference, error: wireError("ERR_CONNECTION_NOT_ESTABLISHED") }];
      asked.push(reference);
      return [{ type: "send", message: { type: "check", reference, sdp: input.sdp } }];
    },
    answered(message) {
      if (!asked.includes(message.reference)) return [];
      asked = asked.filter((other) => other !== message.reference);
      return [message];
    },
    lost(error) {
      const lost = asked;
      asked = [];
      return lost.map((reference) => ({ type: "check_refused", reference, error }));
    },
  };
}
