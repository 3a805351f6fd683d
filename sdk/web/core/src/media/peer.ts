/**
 * One WebRTC connection to the relay: one audio line both ways, offered by us and answered by the relay.
 *
 * The offer leaves without waiting for addresses: the relay has a public one and learns ours from the first check. Which
 * codecs are used is the relay's choice: redundant audio first, where the browser offers it. No browser lets a page change
 * that in mid-call without another offer (Chromium takes `encodings[].codec` and goes on as before).
 */
import type { IceServer } from "../generated/protocol";
import { offerRepair } from "./repair";
import { type Counters, countArrivals, countersOf, packetsOf } from "./stats";

export interface PeerEvents {
  /** The offer that the relay is to answer. */
  offer(sdp: string): void;
  /** What the other side says, to be played. */
  remote(track: MediaStreamTrack): void;
  /** The connection cannot be made, or its checks go unanswered: told at once, not with the next look. */
  changed(connection: RTCPeerConnectionState): void;
}

/** What a quick look shows. */
export interface Look {
  bytes: number;
  packets: number;
  connection: RTCPeerConnectionState;
}

export interface Peer {
  accept(sdp: string): void;
  /** What is sent; `null` for nothing. */
  send(track: MediaStreamTrack | null): void;
  /** Offers again, with new addresses. */
  restart(): void;
  /** Cheap enough for ten times a second. Nothing of a peer that is being closed. */
  look(): Promise<Look | undefined>;
  counters(): Promise<Counters | undefined>;
  /** Whether its checks have reached the relay, so that the relay may be about to use it. */
  hasReached(): boolean;
  close(): void;
}

/** Opens a peer that sends `track`. */
export function openPeer(track: MediaStreamTrack | null, iceServers: IceServer[], events: PeerEvents): Peer {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  const { sender, receiver } = connection.addTransceiver(track ?? "audio", { direction: "sendrecv" });
  const arrivals = countArrivals();
  let seen = 0;
  let closed = false;

  const fail = () => {
    if (!closed) events.changed("failed");
  };
  const tell = () => {
    if (!closed) events.changed(stateOf(connection));
  };

  function offer(): void {
    connection
      .createOffer()
      .then(({ type, sdp }) => connection.setLocalDescription({ type, sdp: offerRepair(sdp ?? "") }))
      .then(() => {
        if (!closed) events.offer(connection.localDescription?.sdp ?? "");
      })
      .catch(fail);
  }

  connection.addEventListener("track", (event) => {
    if (!closed) events.remote(event.track);
  });
  connection.addEventListener("connectionstatechange", tell);
  connection.addEventListener("iceconnectionstatechange", tell);
  offer();

  return {
    accept(sdp) {
      if (connection.signalingState === "have-local-offer") {
        connection.setRemoteDescription({ type: "answer", sdp }).catch(fail);
      }
    },
    send(next) {
      sender.replaceTrack(next).catch(fail);
    },
    restart() {
      connection.restartIce();
      offer();
    },
    async look() {
      // Of the receiver alone: a fraction of all the entries, and among them the pair of addresses in use. Where several
      // work and packets get lost, a browser changes pairs before the relay knows, and what comes by another is not shown.
      let report = await receiver.getStats().catch(() => undefined);
      if (report && arrivals(report) === seen) report = await connection.getStats().catch(() => undefined);
      if (closed || !report) return undefined;
      seen = arrivals(report);
      return { bytes: seen, packets: packetsOf(report), connection: stateOf(connection) };
    },
    async counters() {
      const report = await connection.getStats().catch(() => undefined);
      return closed || !report ? undefined : countersOf(report);
    },
    hasReached: () => ["connected", "completed"].includes(connection.iceConnectionState),
    close() {
      closed = true;
      connection.close();
    },
  };
}

/** Firefox had no `connectionState` for long; its `iceConnectionState` serves. */
function stateOf(connection: RTCPeerConnection): RTCPeerConnectionState {
  if (connection.connectionState) return connection.connectionState;
  const ice: string = connection.iceConnectionState;
  if (ice === "completed") return "connected";
  return ice === "checking" ? "connecting" : (ice as RTCPeerConnectionState);
}
