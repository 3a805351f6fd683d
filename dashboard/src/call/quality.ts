/** How one device of a call sounded over time, as a chart. */
import { ROLE_WORDS } from "../calls/words";
import type { ChartModel } from "../charts/model";
import { clockText } from "../charts/unit";
import type { CallDetail, CallLeg, QualitySample } from "../generated/api";

export function legChart({ call, samples }: CallDetail, { leg, role, cuid }: CallLeg): ChartModel {
  const began = call.answeredAt ?? call.placedAt;
  return {
    id: `quality-of-${role}`,
    title: `How the ${ROLE_WORDS[role].toLowerCase()} sounded`,
    explanation:
      `What reached this server from the device of ${cuid}, by time since the answer. MOS goes from 1 to 4.5; below ` +
      "3.1 many complain. Jitter is how unevenly the audio came, loss how much never came, RTT the time to the device and back.",
    kind: "time",
    rowTitle: "Since the answer",
    columns: [
      { title: "MOS", unit: "score", mark: "line", tint: "first" },
      { title: "Loss", unit: "share", mark: "line", tint: "second" },
      { title: "Jitter", unit: "latency", mark: "line", tint: "third" },
      { title: "RTT", unit: "latency", mark: "line", tint: "first" },
      { title: "Packets", unit: "count", mark: "told", tint: "first" },
      { title: "Lost packets", unit: "count", mark: "told", tint: "first" },
    ],
    rows: samples
      .filter((sample) => sample.leg === leg)
      .map((sample) => ({
        name: tenths(sample.at - began),
        tick: clockText(sample.at - began),
        values: [sample.mos, lossOf(sample), sample.jitter, sample.rtt, sample.packets, sample.lost],
      })),
  };
}

/** Of all packets that were sent; none where none were. */
export function lossOf({ packets, lost }: Pick<QualitySample, "packets" | "lost">): number | null {
  return packets + lost === 0 ? null : lost / (packets + lost);
}

/** `1:05.3`: two stretches may end within one second. */
function tenths(millis: number): string {
  return `${clockText(millis)}.${Math.floor(Math.max(0, millis) / 100) % 10}`;
}
