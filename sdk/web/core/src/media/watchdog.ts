/**
 * Whether a peer still works, judged by what arrives on it.
 *
 * Browsers say nothing for many seconds when a network path dies: the connection stays `connected` while no packet
 * comes. A person who is muted still sends packets, so a silent path is a dead one, or the other side's is. A fresh peer
 * settles which: once its own connection is up, the path of this side is proven, and it is left alone until it fails.
 */

/** How long packets may stay away before the path counts as dead. Higher: longer silence after a change of network;
 * lower: a peer is thrown away for a hiccup that the jitter buffer hides. */
export const STALL = 1_500;
/** How long a new peer may take until its connection is up. Higher: a hopeless one is kept; lower: slow networks, which
 * repeat the DTLS handshake after a second and then two, never get through. */
export const CONNECT_PATIENCE = 5_000;

/** What is seen of the peer at one moment. */
export interface Sample {
  /** Packets that have arrived since the peer was made. */
  packets: number;
  connection: RTCPeerConnectionState;
}

export interface Watchdog {
  /** What is new at `now`: the path works (again), or the peer is of no use any more. */
  sample(now: number, sample: Sample): "back" | "lost" | undefined;
}

/** Watches a peer that was opened at `openedAt`. */
export function createWatchdog(openedAt: number): Watchdog {
  let packets = 0;
  let heardAt: number | undefined;
  let told: "back" | "lost" | undefined;

  /** Says it, unless it was the last thing said. */
  function tell(news: "back" | "lost"): "back" | "lost" | undefined {
    if (told === news) return undefined;
    told = news;
    return news;
  }

  function isDead(now: number, connection: RTCPeerConnectionState): boolean {
    if (connection === "failed" || connection === "closed") return true;
    if (heardAt !== undefined) return now - heardAt >= STALL;
    return connection !== "connected" && now - openedAt >= CONNECT_PATIENCE;
  }

  return {
    sample(now, sample) {
      if (sample.packets > packets) {
        packets = sample.packets;
        heardAt = now;
        return tell("back");
      }
      if (isDead(now, sample.connection)) return tell("lost");
      // Up, and silent from the start: the other side sends nothing.
      return heardAt === undefined && sample.connection === "connected" ? tell("back") : undefined;
    },
  };
}
