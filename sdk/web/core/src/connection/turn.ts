/**
 * When this device needs new credentials for the TURN servers: they come with each `welcome`, so the session is
 * continued once for them, at a time when no call depends on it.
 */
import { LIMITS } from "../generated/catalogue";

/** How long after an attempt that brought nothing the next is made. Higher: networks without UDP are shut out for
 * longer; lower: a server in trouble is asked more often. */
export const TURN_RETRY = 60_000;

export interface TurnKeeper {
  /** A `welcome` came; its credentials hold until `endsAt`, on this machine's clock. */
  welcomed(now: number, endsAt: number | undefined): void;
  /** Whether they must be renewed now. */
  isDue(now: number): boolean;
  deadline(): number | undefined;
}

/** No credentials yet. */
export function createTurnKeeper(): TurnKeeper {
  let due: number | undefined;
  return {
    welcomed(now, endsAt) {
      // Of short-lived ones half their life is the margin.
      due =
        endsAt === undefined
          ? undefined
          : Math.round(endsAt - Math.min(LIMITS.TURN_CREDENTIAL_MARGIN, (endsAt - now) / 2));
    },
    isDue(now) {
      if (due === undefined || now < due) return false;
      due = now + TURN_RETRY;
      return true;
    },
    deadline: () => due,
  };
}
