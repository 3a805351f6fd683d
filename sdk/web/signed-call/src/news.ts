/** What the vendors' documents have no word for: how the call goes, how it sounds, and whether the connection is there. */
import { type CallQuality, type Client, createEmitter, type Emitter, type ShownCall, type Unlisten } from "@tring/core";

export type { Unlisten };

/** What a client tells, by name, with what its listener is given. */
export interface ClientEvents {
  /** The call is further, or its connection is lost or back. */
  status: CallStatus;
  /** Once a second while they talk: how the last second sounded. */
  quality: CallQuality;
  /** Whether calls can be made and received from now on; the same as `isEnabled()`. */
  connection: boolean;
}

/** How far the call is. */
export interface CallStatus {
  /** The server's name for the call, as in the CleverTap events; absent until there is one. */
  callId?: string;
  /** The other person's cuid. */
  with: string;
  /**
   * `reconnecting`: this side's connection is lost and tried again. `peer_away`: the other side's is. `ended` comes
   * once, when the promise of `call()` settles as well.
   */
  status: ShownCall["status"];
}

/** Tells the app the part of the core's events that it may know. */
export function createNews(client: Client): Pick<Emitter<ClientEvents>, "on"> {
  const emitter = createEmitter<ClientEvents>();
  let told = new Map<string, string>();

  function tell(calls: ShownCall[]): void {
    const now = new Map<string, string>();
    for (const { callId, reference, peer, status } of calls) {
      const placing = `placing ${reference}`;
      const key = callId ?? placing;
      const before = told.get(key) ?? told.get(placing);
      now.set(key, status);
      if (before === status || (status === "ended" && before === undefined)) continue;
      emitter.emit("status", { ...(callId === undefined ? {} : { callId }), with: peer.cuid, status });
    }
    told = now;
  }

  client.on((event) => {
    if (event.type === "calls") tell(event.calls);
    else if (event.type === "quality") emitter.emit("quality", event.quality);
    else if (event.type === "connection") emitter.emit("connection", event.connected);
  });
  return emitter;
}
