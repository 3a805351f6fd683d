/** How the last second of a call sounded here: for the server's record and for the app. */
import type { LegReport } from "../generated/protocol";
import { opinionScore } from "./opinion";
import type { Counters } from "./stats";
import type { OwnNetwork, OwnQuality } from "./types";

/** A packet of audio holds this many milliseconds, which the speaker's microphone needs to fill it. */
const PACKET = 20;

/** What happened between two looks at the counters of one peer; nothing if nothing was sent, as on hold. */
export function legReport(before: Counters, after: Counters): LegReport | undefined {
  const received = after.received - before.received;
  // Late packets, once counted as lost, are taken off again: a second may have fewer than none.
  const lost = Math.max(0, after.lost - before.lost);
  if (received < 0 || received + lost === 0) return undefined;
  const emitted = after.emitted - before.emitted;
  const report: LegReport = {
    lost: share(lost, received + lost),
    concealed: share(after.concealed - before.concealed, after.samples - before.samples),
    playoutDelay: emitted > 0 ? ((after.waited - before.waited) / emitted) * 1_000 : 0,
    jitter: after.jitter * 1_000,
  };
  if (after.roundTrip !== undefined) report.rtt = after.roundTrip * 1_000;
  if (after.path) report.path = after.path;
  return report;
}

/** The same in the app's terms. What redundancy and the decoder made good is not missing for the ear. */
export function callQuality(report: LegReport, poorNetwork: OwnNetwork): OwnQuality {
  const { lost, concealed, playoutDelay, jitter, rtt, path } = report;
  const delay = (rtt ?? 0) / 2 + PACKET + playoutDelay;
  const quality: OwnQuality = { mos: opinionScore(delay, concealed), lost, jitter, concealed, poorNetwork };
  if (rtt !== undefined) quality.rtt = rtt;
  if (path) quality.path = path;
  return quality;
}

/** A second in which nothing came although the relay sends all the time. */
export function deadSecond(): OwnQuality {
  return { mos: 1, lost: 1, jitter: 0, concealed: 1, poorNetwork: "mine" };
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}
