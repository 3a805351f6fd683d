/** One way to the relay, tried: a peer whose audio the relay sends back, silence on both ends. */
import type { IceServer } from "../generated/protocol";
import { type Counters, countersOf } from "../media/stats";
import type { CheckLine, PathCheck } from "./types";

/** By what the relay is to be reached; `turn` by nothing but the account's TURN servers. */
export type Way = "udp" | "tcp" | "turn";

/** How long a way may take until it is found closed, in milliseconds: a DTLS handshake repeats after one second and then
 * two. */
const CONNECT_PATIENCE = 6_000;
/** For how long packets are counted, in milliseconds: 150 packets of audio. */
const COUNTED_FOR = 3_000;

/** Tries one way. Nothing if the relay does not offer it, or the server does not answer. */
export async function tryPath(
  way: Way,
  track: MediaStreamTrack | null,
  line: CheckLine,
): Promise<PathCheck | undefined> {
  const connection = new RTCPeerConnection(configuration(way, line.iceServers()));
  try {
    connection.addTransceiver(track ?? "audio", { direction: "sendrecv" });
    await connection.setLocalDescription(await connection.createOffer());
    const answer = onlyBy(way === "tcp" ? "tcp" : "udp", await line.ask(connection.localDescription?.sdp ?? ""));
    if (answer === undefined) return undefined;
    await connection.setRemoteDescription({ type: "answer", sdp: answer });
    if (!(await isConnected(connection))) return { works: false };
    await wait(COUNTED_FOR);
    return found(countersOf(await connection.getStats()));
  } catch {
    return undefined;
  } finally {
    connection.close();
    line.done();
  }
}

function configuration(way: Way, iceServers: IceServer[]): RTCConfiguration {
  return {
    bundlePolicy: "max-bundle",
    ...(way === "turn" ? { iceServers, iceTransportPolicy: "relay" as const } : {}),
  };
}

/** The answer with the relay's addresses of one transport alone; nothing if it has none. */
export function onlyBy(transport: "udp" | "tcp", sdp: string): string | undefined {
  const isOther = (text: string) => candidateTransport(text) !== undefined && candidateTransport(text) !== transport;
  const lines = sdp.split(/\r?\n/);
  const has = lines.some((text) => candidateTransport(text) === transport);
  return has ? lines.filter((text) => !isOther(text)).join("\r\n") : undefined;
}

/** RFC 8839 §5.1: `candidate:` foundation, component, transport. */
function candidateTransport(text: string): string | undefined {
  return /^a=candidate:\S+ \d+ (\S+) /.exec(text)?.[1]?.toLowerCase();
}

function found(counters: Counters): PathCheck {
  const { received, lost, roundTrip } = counters;
  const path: PathCheck = { works: true };
  if (roundTrip !== undefined) path.rtt = roundTrip * 1_000;
  if (received + lost > 0) path.lost = Math.max(0, lost) / (received + Math.max(0, lost));
  return path;
}

function isConnected(connection: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_PATIENCE);
    const look = () => {
      const { connectionState } = connection;
      if (connectionState !== "connected" && connectionState !== "failed") return;
      clearTimeout(timer);
      resolve(connectionState === "connected");
    };
    connection.addEventListener("connectionstatechange", look);
    look();
  });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
