/**
 * The second socket of a session whose first may be dead: when to open one, when to try another, and when to let it be.
 *
 * A dead socket says nothing for many seconds, and a hint that it is dead may be wrong. So the session is continued on a
 * second socket, and the first is used until that has happened: a wrong hint costs a handshake, and no message.
 * **Its owner opens a socket whenever it is told to, and calls `tick` when `deadline()` has come.**
 */
import { LIMITS } from "../generated/catalogue";
import { backOff } from "./back-off";

/** How long the first of the sockets beside may take to be of use; doubles up to `HEARTBEAT_TIMEOUT`. Higher: one that
 * was opened a moment before the network came back waits for the system to try again; lower: slow networks never get
 * through. */
export const BESIDE_PATIENCE = 1_500;
/** How old an attempt must be to be given up for another when there is news of the network. Higher: the same as above;
 * lower: several hints for one event throw away what is under way. */
export const REDIAL_AFTER = 500;

/** `resting`: the last one failed at once, and the next is tried after a while. */
export type BesideStage = "opening" | "greeting" | "resting";

export interface Beside {
  /** There is a hint; whether to open a socket, in place of one that there may be. */
  hint(now: number): boolean;
  stage(): BesideStage | undefined;
  opened(): void;
  /** It failed, or was refused. `heardAt` is when the first socket was last heard. */
  failed(now: number, heardAt: number): void;
  /** What is due: `redial` for another in its place. */
  tick(now: number, heardAt: number): "redial" | "give up" | undefined;
  /** It is not beside any more: it became the first, or there is no first. */
  clear(): void;
  deadline(): number | undefined;
}

/** No socket beside. `random` returns 0 to 1. */
export function createBeside(random: () => number): Beside {
  let stage: BesideStage | undefined;
  let startedAt = 0;
  let dialledAt = 0;
  let attempt = 0;
  let due: number | undefined;

  function dial(now: number): void {
    stage = "opening";
    dialledAt = now;
    due = now + Math.min(BESIDE_PATIENCE * 2 ** attempt, LIMITS.HEARTBEAT_TIMEOUT);
    attempt += 1;
  }

  function clear(): void {
    stage = due = undefined;
    attempt = 0;
  }

  return {
    hint(now) {
      if (stage !== undefined && now - dialledAt < REDIAL_AFTER) return false;
      if (stage === undefined) startedAt = now;
      dial(now);
      return true;
    },
    stage: () => stage,
    opened() {
      stage = "greeting";
    },
    failed(now, heardAt) {
      // The first socket lives, and the hint was wrong.
      if (heardAt > startedAt) return clear();
      stage = "resting";
      due = now + backOff(attempt - 1, random());
    },
    tick(now, heardAt) {
      if (due === undefined || now < due) return undefined;
      if (heardAt > startedAt) {
        clear();
        return "give up";
      }
      dial(now);
      return "redial";
    },
    clear,
    deadline: () => due,
  };
}
