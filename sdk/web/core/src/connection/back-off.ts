/** How long to wait before a lost socket is opened again. */
import { LIMITS } from "../generated/catalogue";

/**
 * The wait before attempt `attempt` (counted from 0) in milliseconds: doubles from `RECONNECT_MIN` up to
 * `RECONNECT_MAX`. Up to half of it is cut off by `random` (0 to 1), so that a restarted server is not flooded by
 * everybody in the same instant.
 */
export function backOff(attempt: number, random: number): number {
  const full = Math.min(LIMITS.RECONNECT_MIN * 2 ** attempt, LIMITS.RECONNECT_MAX);
  return Math.round(full - (full / 2) * random);
}
