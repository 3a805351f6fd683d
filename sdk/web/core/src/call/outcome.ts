/** What the promise of `call()` does when a call ends, as DESIGN §3 and the vendors' documents have it. */
import { faultOf, wireError } from "../fault";
import { OUTCOMES } from "../generated/catalogue";
import type { EndReason, EndStatus, WireError } from "../generated/protocol";

/** How a promise settles, as plain data. */
export type Outcome = { resolves: string } | { rejects: string } | { rejectsError: WireError };

/** The outcome of a call that ended for `reason`; a reason of a later version counts as its status. */
export function outcomeOf(reason: EndReason, status: EndStatus = "failed"): Outcome {
  const web = OUTCOMES[reason]?.web;
  if (web === undefined) return status === "over" ? { resolves: status } : { rejects: status };
  return "rejectsError" in web ? { rejectsError: wireError(web.rejectsError) } : web;
}

/** Settles a promise. */
export function settle(outcome: Outcome, resolve: (value: string) => void, reject: (reason: unknown) => void): void {
  if ("resolves" in outcome) resolve(outcome.resolves);
  else if ("rejects" in outcome) reject(outcome.rejects);
  else reject(faultOf(outcome.rejectsError));
}
