/** What the devices of a call are called: `Caller's device`, `Callee's device 2`; numbered where a side had several. */
import { ROLE_WORDS } from "../calls/words";
import type { CallLeg } from "../generated/api";

type Named = Pick<CallLeg, "leg" | "role">;

/** By the leg's number. */
export function legNames(legs: readonly Named[]): ReadonlyMap<number, string> {
  return new Map(legs.map((named) => [named.leg, nameOf(named, legs)]));
}

function nameOf({ leg, role }: Named, legs: readonly Named[]): string {
  const ofSide = legs.filter((other) => other.role === role);
  const number = ofSide.length > 1 ? ` ${ofSide.findIndex((other) => other.leg === leg) + 1}` : "";
  return `${ROLE_WORDS[role]}'s device${number}`;
}
