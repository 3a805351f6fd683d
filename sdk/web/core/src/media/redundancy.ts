/**
 * Whether what is said travels twice: each packet with a copy of the one before it (RED, RFC 2198).
 *
 * A call begins with it, because the first report of the far end takes seconds and bad networks are bad from the start.
 * Where nothing is lost it only costs the network, so it ends after a while, and comes back with the first loss.
 */

/** Reported loss from which on copies are sent. Higher: audible gaps are left to concealment; lower: one stray packet
 * doubles what is sent. */
export const WORTH_COPIES = 0.01;
/** How long nothing must have been lost before copies end, in milliseconds. Higher: bytes for nothing; lower: on and off
 * with every burst. */
export const CLEAN_FOR = 30_000;
/** The same at the beginning of a call, when nothing was lost yet: two reports. */
export const CLEAN_AT_FIRST = 10_000;

export interface Redundancy {
  /** Takes the loss that the far end reports at `now`, 0 to 1, and says whether copies are to be sent. */
  judge(now: number, sentLoss: number): boolean;
}

/** For a call that began at `startedAt`. */
export function createRedundancy(startedAt: number): Redundancy {
  let copies = true;
  let lossAt: number | undefined;
  return {
    judge(now, sentLoss) {
      if (sentLoss >= WORTH_COPIES) {
        copies = true;
        lossAt = now;
      } else if (lossAt === undefined ? now - startedAt >= CLEAN_AT_FIRST : now - lossAt >= CLEAN_FOR) {
        copies = false;
      }
      return copies;
    },
  };
}
