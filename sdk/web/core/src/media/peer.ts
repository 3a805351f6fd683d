/**
 * One WebRTC connection to the relay: one audio line both ways, offered by us and answered by the relay.
 *
 * The offer leaves without waiting for addresses: the relay has a public one and learns ours from the first check. Which
 * codecs are used is the relay's choice; it prefers redundant audio where the browser offers it.
 */

/** How often the statistics are read: a stalled path is seen within this much of its time. */
const SAMPLE_EVERY = 500;

export interface PeerEvents {
  /** The offer that the relay is to answer. */
  offer(sdp: string): void;
  /** What the other side says, to be played. */
  remote(track: MediaStreamTrack): void;
  /** The statistics at regular intervals. */
  sample(report: RTCStatsReport, connection: RTCPeerConnectionState): void;
  /** The connection cannot be made. */
  failed(): void;
}

export interface Peer {
  accept(sdp: string): void;
  /** What is sent; `null` for nothing. */
  send(track: MediaStreamTrack | null): void;
  close(): void;
}

/** Opens a peer that sends `track`. */
export function openPeer(track: MediaStreamTrack | null, events: PeerEvents): Peer {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const transceiver = connection.addTransceiver(track ?? "audio", { direction: "sendrecv" });
  let closed = false;

  const fail = () => {
    if (!closed) events.failed();
  };

  connection.addEventListener("track", (event) => {
    if (!closed) events.remote(event.track);
  });
  // A failed connection is told at once, not with the next sample.
  connection.addEventListener("connectionstatechange", () => {
    if (stateOf(connection) === "failed") fail();
  });

  const sampling = setInterval(() => {
    connection.getStats().then(
      (report) => {
        if (!closed) events.sample(report, stateOf(connection));
      },
      // A connection that is being closed has no statistics any more.
      () => {},
    );
  }, SAMPLE_EVERY);

  connection
    .createOffer()
    .then((offer) => connection.setLocalDescription(offer))
    .then(() => {
      if (!closed) events.offer(connection.localDescription?.sdp ?? "");
    })
    .catch(fail);

  return {
    accept(sdp) {
      if (connection.signalingState === "have-local-offer") {
        connection.setRemoteDescription({ type: "answer", sdp }).catch(fail);
      }
    },
    send(next) {
      transceiver.sender.replaceTrack(next).catch(fail);
    },
    close() {
      closed = true;
      clearInterval(sampling);
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
