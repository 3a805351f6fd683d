/** How a call ended, in the words of the record. */
import { type EndReason, type EndStatus, OUTCOMES, TringError, type WithdrawnReason } from "@tring/core";

/** How a call ended. */
export interface CallEnd {
  /**
   * What became of it, the same as in the record, the webhook and the statistics. `elsewhere`: it did not end, but goes
   * on or was declined on another device of this user. `refused`: it was never placed, and `error` says why.
   */
  status: EndStatus | "elsewhere" | "refused";
  /** Why; absent if it was refused, or if the server was not reached to say so. */
  reason?: EndReason | WithdrawnReason;
  /** What went wrong, as an entry of the error catalogue; absent where people ended the call. */
  error?: TringError;
}

/** The end that the server, or this device for it, gave as `reason`. */
export function endOf(reason: EndReason | WithdrawnReason): CallEnd {
  if (isWithdrawn(reason)) return { status: "elsewhere", reason };
  const outcome = OUTCOMES[reason];
  // A reason of a later version.
  if (outcome === undefined) return { status: "failed", reason };
  const { status, web } = outcome;
  return "rejectsError" in web ? { status, reason, error: new TringError(web.rejectsError) } : { status, reason };
}

/** The end of a call whose promise was settled with `value` before any reason came: it was refused, or lost sight of. */
export function endOfPromise(value: unknown): CallEnd {
  if (value instanceof TringError) return { status: "refused", error: value };
  const known = ["over", "declined", "missed", "cancelled"].find((status) => status === value);
  return { status: (known as EndStatus | undefined) ?? "failed" };
}

function isWithdrawn(reason: EndReason | WithdrawnReason): reason is WithdrawnReason {
  return reason === "answered_elsewhere" || reason === "declined_elsewhere" || reason === "taken_over";
}
