/**
 * Tries all that a call needs, before there is one: microphone, server, and each way to the relay. Takes some ten
 * seconds, shows nothing to anybody, and leaves nothing open.
 */
import { tryMicrophone } from "./hearing";
import { tryPath } from "./path";
import type { CheckLine, CheckResult } from "./types";
import { conclude, type Findings } from "./verdict";

/** Never rejects: what fails is part of the verdict. */
export async function checkNetwork(line: CheckLine, window: Window & typeof globalThis): Promise<CheckResult> {
  const [{ microphone, track }, signalling] = await Promise.all([tryMicrophone(window), line.isConnected()]);
  // What is sent back and forth is silence: the microphone was heard already.
  if (track) track.enabled = false;
  const findings: Findings = { microphone, signalling };
  try {
    if (signalling) await tryPaths(findings, track, line);
  } finally {
    track?.stop();
  }
  return conclude(findings);
}

async function tryPaths(findings: Findings, track: MediaStreamTrack | null, line: CheckLine): Promise<void> {
  for (const way of ["udp", "tcp"] as const) {
    const path = await tryPath(way, track, line);
    if (path) findings[way] = path;
  }
  if (findings.udp?.works || line.iceServers().length === 0) return;
  const turn = await tryPath("turn", track, line);
  if (turn) findings.turn = turn;
}
