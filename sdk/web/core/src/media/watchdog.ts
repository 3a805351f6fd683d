/**
 * Whether a peer's path to the relay still works, judged by what arrives on it.
 *
 * Browsers say nothing for many seconds when a network path dies: the connection stays `connected` while nothing comes.
 * The relay sends something to every device at least each `MEDIA_KEEP_ALIVE`, whether or not the other side is heard,
 * so bytes that stand still are a dead path; a muted, held or silent other side is not. A page that slept has not
 * watched: what it did not see is no evidence, and it looks anew for as long as it takes to be sure.
 */
import { LIMITS } from "../generated/catalogue";

/** How long a new peer may take until its connection is up. Higher: a hopeless one is kept; lower: slow networks, which
 * repeat the DTLS handshake after a second and then two, never get through. */
export const CONNECT_PATIENCE = 5_000;
/** How long bytes may stay away once the browser hinted at a change of network. Higher: the hint is of less use; lower:
 * keep-alives lost in a row after a hint that meant nothing open a peer for nothing: of five, at 20 % loss and in the three
 * seconds of a hint, in 1 of 100 cases; with 250 ms Firefox did so in a minute of such a network. */
export const HINTED_STALL = 500;
/** For how long a hint counts. */
export const HINT_LASTS = 3_000;
/** A pause between two looks that is longer than this was sleep: of the machine, or of a page that was put away. Timers
 * of a tab in the background run once a second, and what they see counts. */
export const SLEPT = 2_000;

/** What is seen of the peer at one moment. */
export interface Sample {
  /** What has arrived since the peer was made, keep-alives included. */
  bytes: number;
  connection: RTCPeerConnectionState;
}

export interface Watchdog {
  /** What is new at `now`: the path works (again), or the peer is of no use any more. */
  sample(now: number, sample: Sample): "back" | "lost" | undefined;
  /** The browser suspects something: its network changed, or checks stay unanswered. */
  hint(now: number): void;
  /** The longest time without a byte, in milliseconds, since this was asked last. */
  longestGap(): number;
}

/** Watches a peer that was opened at `openedAt`. */
export function createWatchdog(openedAt: number): Watchdog {
  let bytes = 0;
  let sampledAt = openedAt;
  /** Since when nothing has come, or since when it has not come up. */
  let silentSince = openedAt;
  let wasUp = false;
  let hintedAt = Number.NEGATIVE_INFINITY;
  let told: "back" | "lost" | undefined;
  let gap = 0;

  /** Says it, unless it was the last thing said. */
  function tell(news: "back" | "lost"): "back" | "lost" | undefined {
    if (told === news) return undefined;
    told = news;
    return news;
  }

  function patience(now: number): number {
    if (!wasUp) return CONNECT_PATIENCE;
    return now - hintedAt < HINT_LASTS ? HINTED_STALL : LIMITS.MEDIA_STALL;
  }

  return {
    sample(now, sample) {
      if (now - sampledAt > SLEPT) silentSince += now - sampledAt;
      sampledAt = now;
      const arrived = sample.bytes > bytes;
      const cameUp = !wasUp && sample.connection === "connected";
      if (wasUp) gap = Math.max(gap, now - silentSince);
      if (arrived || cameUp) silentSince = now;
      bytes = Math.max(bytes, sample.bytes);
      wasUp ||= cameUp;
      if (sample.connection === "failed" || sample.connection === "closed") return tell("lost");
      if (now - silentSince >= patience(now)) return tell("lost");
      return wasUp && (arrived || cameUp) ? tell("back") : undefined;
    },
    hint(now) {
      hintedAt = now;
    },
    longestGap() {
      const longest = gap;
      gap = 0;
      return longest;
    },
  };
}
